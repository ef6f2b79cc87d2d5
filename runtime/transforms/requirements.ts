import {
  DataError,
  describeValue,
  type Field,
  type Fields,
  isPlainObject,
  type Schema,
  type Value,
} from '../data/index.ts';

/** The map of a schemaless record. Throws {@link DataError}; `purpose` says what for: `field extraction`. */
export function requireMap(value: Value, purpose: string): Fields {
  if (value instanceof Map && [...value.keys()].every((key) => typeof key === 'string'))
    return Object.fromEntries(value);
  if (isPlainObject(value)) return value;
  throw new DataError(
    `Only Map objects supported in absence of schema for [${purpose}], found: ${describeValue(value)}`,
  );
}

/** The fields of a struct's schema. Throws {@link DataError} for any other schema. */
export function fieldsOf(schema: Schema): readonly Field[] {
  if (schema.type === 'struct') return schema.fields;
  throw new DataError('Cannot list fields on non-struct type');
}

/** The struct of a record with a schema. Throws {@link DataError}. */
export function requireStruct(schema: Schema, value: Value, purpose: string): Fields {
  if (schema.type === 'struct' && isPlainObject(value)) return value;
  throw new DataError(`Only Struct objects supported for [${purpose}], found: ${describeValue(value)}`);
}
