import { isJsonArray, isJsonObject, JsonNumber, type JsonTree } from '../json-text/tree.ts';
import type { AvroSchema } from './schema.ts';

/**
 * Whether a field of type `schema` may have this default, by Avro 1.12's rules: a union's default may fit any branch;
 * symbols of an enum and the length of bytes and fixed are not looked at.
 */
export function isValidDefault(schema: AvroSchema, value: JsonTree | undefined, depth = 0): boolean {
  // A record whose own default leaves out a field of its own type would go on for ever.
  if (value === undefined || depth > depthMax) return false;
  const fits = (type: AvroSchema, part: JsonTree | undefined) => isValidDefault(type, part, depth + 1);
  switch (schema.kind) {
    case 'null':
      return value === null;
    case 'boolean':
      return typeof value === 'boolean';
    case 'int':
      return isIntegerWithin(value, 31n);
    case 'long':
      return isIntegerWithin(value, 63n);
    case 'float':
    case 'double':
      return value instanceof JsonNumber;
    case 'string':
    case 'bytes':
    case 'enum':
    case 'fixed':
      return typeof value === 'string';
    case 'array':
      return isJsonArray(value) && value.every((item) => fits(schema.items, item));
    case 'map':
      return isJsonObject(value) && [...value.values()].every((item) => fits(schema.values, item));
    case 'union':
      return schema.branches.some((branch) => fits(branch, value));
    case 'record':
      return (
        isJsonObject(value) &&
        schema.fields.every(({ name, type, default: own }) =>
          fits(type, value.has(name) ? value.get(name) : own),
        )
      );
  }
}

/** Deepest nesting of values that is looked at. */
const depthMax = 500;

function isIntegerWithin(value: JsonTree, bits: bigint): boolean {
  if (!(value instanceof JsonNumber) || !value.isInteger || value.text.length > 20) return false;
  const integer = BigInt(value.text);
  return integer >= -(1n << bits) && integer < 1n << bits;
}
