import {
  type ConnectRecord,
  DataError,
  type Fields,
  type Schema,
  schemas,
  setField,
  UnknownNameError,
} from '../data/index.ts';
import { defineTransform } from '../plugin/index.ts';
import {
  type FieldPath,
  fieldAt,
  fieldSyntaxVersion,
  mapValueAt,
  parseFieldPath,
  structValueAt,
} from './field-path.ts';
import { requireMap, requireStruct } from './requirements.ts';
import { putField, replaceNullWithDefault, schemaCache } from './schema-change.ts';
import { namesOf, type Side, sides } from './side.ts';

const fieldName = { type: 'string', importance: 'MEDIUM', description: 'Name of the field.' } as const;

/** Makes one field the whole key or value. */
export const extractField = sides.map((side) =>
  defineTransform({
    ...namesOf('ExtractField', side),
    version: '1.0.0',
    description: `Makes one field of the record's ${side.name.toLowerCase()} the whole of it.`,
    config: {
      type: 'object',
      required: ['field'],
      properties: {
        field: fieldName,
        'replace.null.with.default': replaceNullWithDefault,
        'field.syntax.version': fieldSyntaxVersion,
      },
    },
    open: (config) => ({
      path: parseFieldPath(config.field, config['field.syntax.version']),
      replaceNull: config['replace.null.with.default'],
    }),
    map: (record, handle) => extract(record, handle, side),
  }),
);

function extract(
  record: ConnectRecord,
  { path, replaceNull }: { readonly path: FieldPath; readonly replaceNull: boolean },
  side: Side,
): ConnectRecord {
  const purpose = 'field extraction';
  const [schema, value] = [side.schemaOf(record), side.valueOf(record)];
  const isNull = value === null || value === undefined;
  if (schema === undefined) {
    return side.replace(record, undefined, isNull ? null : mapValueAt(requireMap(value, purpose), path));
  }
  const struct = isNull ? undefined : requireStruct(schema, value, purpose);
  const field = fieldAt(schema, path);
  if (field === undefined) throw new UnknownNameError(`Unknown field: ${path.text}`);
  const extracted = struct === undefined ? null : structValueAt(schema, struct, path, replaceNull);
  return side.replace(record, field.schema, extracted);
}

/** Wraps the whole key or value in a struct or map with one field. */
export const hoistField = sides.map((side) =>
  defineTransform({
    ...namesOf('HoistField', side),
    version: '1.0.0',
    description: `Wraps the record's ${side.name.toLowerCase()} in a struct or map with one field.`,
    config: { type: 'object', required: ['field'], properties: { field: fieldName } },
    open: (config) => ({
      name: config.field,
      schemaOf: schemaCache((schema: Schema) => schemas.struct([[config.field, schema]])),
    }),
    map: (record, { name, schemaOf }) => {
      const schema = side.schemaOf(record);
      const wrapped: Fields = {};
      const hoisted = schema === undefined ? undefined : schemaOf(schema);
      if (schema === undefined) setField(wrapped, name, side.valueOf(record));
      else putField(wrapped, name, schema, side.valueOf(record));
      return side.replace(record, hoisted, wrapped);
    },
  }),
);

/** Makes a key from fields of the value. */
export const valueToKey = defineTransform({
  ...namesOf('ValueToKey'),
  version: '1.0.0',
  description: 'Replaces the key by some fields of the value.',
  config: {
    type: 'object',
    required: ['fields'],
    properties: {
      fields: {
        type: 'array',
        items: { type: 'string' },
        minItems: 1,
        uniqueItems: true,
        importance: 'HIGH',
        description: 'Fields of the value that make the key.',
      },
      'replace.null.with.default': replaceNullWithDefault,
      'field.syntax.version': fieldSyntaxVersion,
    },
  },
  open: (config) => {
    const paths = config.fields.map((field) => parseFieldPath(field, config['field.syntax.version']));
    return {
      paths,
      replaceNull: config['replace.null.with.default'],
      schemaOf: schemaCache((schema: Schema) => keySchemaOf(schema, paths)),
    };
  },
  map: (record, { paths, replaceNull, schemaOf }) => {
    const purpose = 'copying fields from value to key';
    const key: Fields = {};
    const { valueSchema, value } = record;
    if (valueSchema === undefined) {
      const map = requireMap(value, purpose);
      for (const path of paths) setField(key, keyName(path), mapValueAt(map, path));
      return sides[0].replace(record, undefined, key);
    }
    const struct = requireStruct(valueSchema, value, purpose);
    const keySchema = schemaOf(valueSchema);
    for (const [index, path] of paths.entries()) {
      const fieldSchema = keySchema.fields[index]?.schema ?? valueSchema;
      putField(key, keyName(path), fieldSchema, structValueAt(valueSchema, struct, path, replaceNull));
    }
    return sides[0].replace(record, keySchema, key);
  },
});

/** A nested field goes into the key by its own name. */
function keyName(path: FieldPath): string {
  return path.steps.at(-1) ?? path.text;
}

function keySchemaOf(schema: Schema, paths: readonly FieldPath[]): Schema {
  return schemas.struct(
    paths.map((path) => {
      const field = fieldAt(schema, path);
      if (field === undefined) throw new DataError(`Field does not exist: ${path.text}`);
      return [keyName(path), field.schema] as const;
    }),
  );
}
