import {
  type Field,
  type Fields,
  getField,
  makeSchema,
  type Schema,
  type SchemaOptions,
  setField,
  type Value,
  withDefault,
} from '../data/index.ts';
import { requireNullable } from './struct-copy.ts';

/** Name, version, doc and parameters of a schema: what transforms keep when they build another one. */
export function basicsOf({ name, version, doc, parameters }: Schema): SchemaOptions {
  return { name, version, doc, parameters };
}

/** A struct schema with the basics of `schema` and these fields. */
export function structLike(
  schema: Schema,
  fields: readonly (readonly [string, Schema])[],
  options: SchemaOptions = {},
): Schema {
  return makeSchema('struct', { ...basicsOf(schema), ...options }, { fields });
}

/** Remembers what was computed for a schema object, as long as that object lives. */
export function schemaCache<T>(compute: (schema: Schema) => T): (schema: Schema) => T {
  const cache = new WeakMap<Schema, { readonly result: T }>();
  return (schema) => {
    const known = cache.get(schema);
    if (known !== undefined) return known.result;
    const result = compute(schema);
    cache.set(schema, { result });
    return result;
  };
}

/** A struct's field: its default in place of null, unless `replace.null.with.default` is false. */
export function readField(struct: Fields, { name, schema }: Field, replaceNull: boolean): Value {
  const value = getField(struct, name);
  return replaceNull ? withDefault(schema, value) : value;
}

/** Sets a field of a new struct. Throws {@link DataError} for null where the schema does not allow it. */
export function putField(target: Fields, name: string, schema: Schema, value: Value): void {
  if (value === null || value === undefined) requireNullable(name, schema);
  setField(target, name, value ?? null);
}

/** The setting that most transforms share. */
export const replaceNullWithDefault = {
  type: 'boolean',
  default: true,
  importance: 'MEDIUM',
  description: "Whether a field's default stands in for null.",
} as const;
