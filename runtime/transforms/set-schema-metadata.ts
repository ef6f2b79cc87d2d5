import {
  type ConnectRecord,
  DataError,
  type Fields,
  isPlainObject,
  type Schema,
  withOptions,
} from '../data/index.ts';
import { ConfigError, defineTransform } from '../plugin/index.ts';
import { putField, readField, replaceNullWithDefault, schemaCache } from './schema-change.ts';
import { namesOf, type Side, sides } from './side.ts';

/** Gives a struct's schema a name, a version, or both. */
export const setSchemaMetadata = sides.map((side) =>
  defineTransform({
    ...namesOf('SetSchemaMetadata', side),
    version: '1.0.0',
    description: `Names the schema of the record's ${side.name.toLowerCase()}, or sets its version.`,
    config: {
      type: 'object',
      properties: {
        'schema.name': { type: 'string', importance: 'HIGH', description: "The schema's name." },
        'schema.version': { type: 'integer', importance: 'HIGH', description: "The schema's version." },
        'replace.null.with.default': replaceNullWithDefault,
      },
    },
    validate: (config) => {
      if (config['schema.name'] !== undefined || config['schema.version'] !== undefined) return;
      throw new ConfigError('Neither schema name nor version configured');
    },
    open: (config) => ({
      replaceNull: config['replace.null.with.default'],
      schemaOf: schemaCache((schema: Schema) =>
        renamed(schema, config['schema.name'], config['schema.version']),
      ),
    }),
    map: (record, handle) => setMetadata(record, handle, side),
  }),
);

interface Handle {
  readonly replaceNull: boolean;
  readonly schemaOf: (schema: Schema) => Schema;
}

function setMetadata(record: ConnectRecord, { replaceNull, schemaOf }: Handle, side: Side): ConnectRecord {
  const [schema, value] = [side.schemaOf(record), side.valueOf(record)];
  if (schema === undefined) {
    if (value === null || value === undefined) return record;
    throw new DataError('Schema required for [updating schema metadata]');
  }
  const changed = schemaOf(schema);
  if (!isPlainObject(value)) return side.replace(record, changed, value);
  const target: Fields = {};
  for (const field of schema.fields)
    putField(target, field.name, field.schema, readField(value, field, replaceNull));
  return side.replace(record, changed, target);
}

function renamed(schema: Schema, name: string | undefined, version: number | undefined): Schema {
  if (schema.type !== 'struct') throw new DataError('Cannot list fields on non-struct type');
  return withOptions(schema, { name: name ?? schema.name, version: version ?? schema.version });
}
