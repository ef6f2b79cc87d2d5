import { DataError } from './errors.ts';
import { fieldOf, type Schema } from './schema.ts';
import { getField, isPlainObject, type Value } from './value.ts';

/** The value, or the schema's default where it is null. */
export function withDefault(schema: Schema, value: Value): Value {
  return value ?? schema.default ?? null;
}

/** A struct's field with its default applied. Throws {@link DataError} when the schema has no such field. */
export function structField(schema: Schema, struct: Value, name: string): Value {
  const field = fieldOf(schema, name);
  if (field === undefined) throw new DataError(`${name} is not a valid field name`);
  return withDefault(field.schema, isPlainObject(struct) ? getField(struct, name) : null);
}
