import {
  DataError,
  describeValue,
  type Fields,
  isPlainObject,
  type Schema,
  type Value,
} from '../data/index.ts';

/** The schema of what a composite holds. Throws {@link DataError} when it is not known. */
export function requirePart(schema: Schema | undefined, what: string): Schema {
  if (schema === undefined) throw new DataError(`The ${what} have no schema, and Avro needs one.`);
  return schema;
}

/** The value has another type than its schema. */
export function mismatch(schema: Schema, value: Value): DataError {
  return new DataError(`Invalid type for ${schema.type.toUpperCase()}: ${describeValue(value)}`);
}

/** A struct's or map's plain object. Throws {@link DataError}. */
export function requireFields(schema: Schema, value: Value): Fields {
  if (isPlainObject(value)) return value;
  throw mismatch(schema, value);
}

/** A map's entries, whatever kind of map it is. Throws {@link DataError}. */
export function entriesOf(schema: Schema, value: Value): [Value, Value][] {
  if (value instanceof Map) return [...(value as ReadonlyMap<Value, Value>)];
  return Object.entries(requireFields(schema, value));
}
