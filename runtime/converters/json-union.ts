import {
  DataError,
  Decimal,
  type Fields,
  getField,
  isPlainObject,
  type Schema,
  schemas,
  setField,
  type Value,
} from '../data/index.ts';
import type { Json } from './exact-json.ts';

/** The name that Confluent gives the struct for JSON of several types: one field per type, all but one null. */
export const jsonUnionName = 'io.confluent.connect.json.OneOf';

/** The struct schema for one of several types. */
export function jsonUnionSchema(members: readonly Schema[], isOptional: boolean): Schema {
  return schemas.struct(
    members.map((member, index) => [`${jsonUnionName}.field.${index}`, schemas.optional(member)] as const),
    { name: jsonUnionName, optional: isOptional },
  );
}

/** Puts the JSON into the field of the first type that it fits. Throws {@link DataError} when it fits none. */
export function readJsonUnion(
  schema: Schema,
  json: Json,
  read: (member: Schema, json: Json) => Value,
): Value {
  const chosen = schema.fields.find((field) => fits(field.schema, json));
  if (chosen === undefined) throw new DataError('The JSON fits none of the types that its schema allows.');
  const target: Fields = {};
  for (const { name, schema: member } of schema.fields) {
    setField(target, name, name === chosen.name ? read(member, json) : null);
  }
  return target;
}

/** The type and value of the one field that is not null. Throws {@link DataError} when there is none. */
export function chosenMember(
  schema: Schema,
  value: Value,
): { readonly schema: Schema; readonly value: Value } {
  for (const { name, schema: member } of schema.fields) {
    const item = isPlainObject(value) ? getField(value, name) : null;
    if (item !== null) return { schema: member, value: item };
  }
  throw new DataError('A union value must have one field that is not null.');
}

function fits(schema: Schema, json: Json): boolean {
  switch (schema.type) {
    case 'string':
    case 'bytes':
      return typeof json === 'string';
    case 'boolean':
      return typeof json === 'boolean';
    case 'array':
      return Array.isArray(json);
    case 'map':
      return Array.isArray(json) ? schema.keySchema?.type !== 'string' : isObject(json);
    case 'struct':
      return (
        isObject(json) &&
        hasRequired(schema, json) &&
        Object.keys(json).every((name) => isField(schema, name))
      );
    case 'float32':
    case 'float64':
      return typeof json === 'number' || typeof json === 'bigint' || json instanceof Decimal;
    default:
      return Number.isInteger(json) || typeof json === 'bigint';
  }
}

function isObject(json: Json): json is Record<string, Json> {
  return typeof json === 'object' && json !== null && !Array.isArray(json) && !(json instanceof Decimal);
}

function hasRequired(schema: Schema, json: Record<string, Json>): boolean {
  return schema.fields.every((field) => field.schema.optional || Object.hasOwn(json, field.name));
}

function isField(schema: Schema, name: string): boolean {
  return schema.fields.some((field) => field.name === name);
}
