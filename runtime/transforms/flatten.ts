import {
  type ConnectRecord,
  DataError,
  type Fields,
  getField,
  isPlainObject,
  type Schema,
  SchemaBuilderError,
  setField,
  type Value,
  withDefault,
  withOptions,
} from '../data/index.ts';
import { defineTransform } from '../plugin/index.ts';
import { requireMap, requireStruct } from './requirements.ts';
import { schemaCache, structLike } from './schema-change.ts';
import { namesOf, type Side, sides } from './side.ts';

const purpose = 'flattening';

/** Makes nested structs and maps one level, with joined names. */
export const flatten = sides.map((side) =>
  defineTransform({
    ...namesOf('Flatten', side),
    version: '1.0.0',
    description: `Makes the record's ${side.name.toLowerCase()} one level: nested names are joined.`,
    config: {
      type: 'object',
      properties: {
        delimiter: {
          type: 'string',
          default: '.',
          importance: 'MEDIUM',
          description: 'Put between the names.',
        },
      },
    },
    open: ({ delimiter }) => ({
      delimiter,
      schemaOf: schemaCache((schema) => flatSchema(schema, delimiter)),
    }),
    map: (record, handle) => flattened(record, handle, side),
  }),
);

interface Handle {
  readonly delimiter: string;
  readonly schemaOf: (schema: Schema) => Schema;
}

function flattened(record: ConnectRecord, { delimiter, schemaOf }: Handle, side: Side): ConnectRecord {
  const [schema, value] = [side.schemaOf(record), side.valueOf(record)];
  if (value === null || value === undefined) return record;
  const target: Fields = {};
  if (schema === undefined) {
    flattenMap(requireMap(value, purpose), '', delimiter, target);
    return side.replace(record, undefined, target);
  }
  const struct = requireStruct(schema, value, purpose);
  const flat = schemaOf(schema);
  flattenStruct(schema, struct, '', delimiter, target);
  return side.replace(record, flat, target);
}

function flattenMap(map: Fields, prefix: string, delimiter: string, target: Fields): void {
  for (const [name, value] of Object.entries(map)) {
    if (isPlainObject(value) || value instanceof Map) {
      flattenMap(requireMap(value, purpose), prefix + name + delimiter, delimiter, target);
    } else setField(target, prefix + name, value);
  }
}

function flattenStruct(
  schema: Schema,
  struct: Fields,
  prefix: string,
  delimiter: string,
  target: Fields,
): void {
  for (const { name, schema: fieldSchema } of schema.fields) {
    const value = getField(struct, name);
    if (fieldSchema.type !== 'struct') setField(target, prefix + name, withDefault(fieldSchema, value));
    else if (isPlainObject(value))
      flattenStruct(fieldSchema, value, prefix + name + delimiter, delimiter, target);
  }
}

function flatSchema(schema: Schema, delimiter: string): Schema {
  const fields: [string, Schema][] = [];
  collectFields(
    schema,
    { prefix: '', delimiter, isOptional: schema.optional, fallback: schema.default },
    fields,
  );
  return structLike(schema, fields);
}

interface Level {
  readonly prefix: string;
  readonly delimiter: string;
  /** True below an optional struct: everything in it may be absent. */
  readonly isOptional: boolean;
  /** The default of the struct around. */
  readonly fallback: Value;
}

function collectFields(schema: Schema, level: Level, fields: [string, Schema][]): void {
  for (const { name, schema: fieldSchema } of schema.fields) {
    const flatName = level.prefix + name;
    const isOptional = level.isOptional || fieldSchema.optional;
    const inherited = isPlainObject(level.fallback) ? getField(level.fallback, name) : undefined;
    const fallback = fieldSchema.default ?? inherited ?? undefined;
    if (fieldSchema.type === 'map') {
      throw new DataError(
        `Flatten transformation does not support MAP for record with schemas (for field ${flatName}).`,
      );
    }
    if (fieldSchema.type === 'struct') {
      collectFields(
        fieldSchema,
        { ...level, prefix: flatName + level.delimiter, isOptional, fallback },
        fields,
      );
    } else if (fields.some(([taken]) => taken === flatName)) {
      throw new SchemaBuilderError(`Cannot create field because of field name duplication ${flatName}`);
    } else fields.push([flatName, withOptions(fieldSchema, { optional: isOptional, default: fallback })]);
  }
}
