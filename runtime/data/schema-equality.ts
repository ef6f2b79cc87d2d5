import { Decimal } from './decimal.ts';
import type { Schema } from './schema.ts';
import { isPlainObject, type Value } from './value.ts';

/** True when both describe the same data: type, optional, name, version, doc, parameters, default, fields, in order. */
export function schemasEqual(a: Schema | undefined, b: Schema | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  return (
    a.type === b.type &&
    a.optional === b.optional &&
    a.name === b.name &&
    a.version === b.version &&
    a.doc === b.doc &&
    parametersEqual(a.parameters, b.parameters) &&
    valuesEqual(a.default, b.default) &&
    a.fields.length === b.fields.length &&
    a.fields.every((field, index) => fieldsEqual(field, b.fields[index])) &&
    schemasEqual(a.keySchema, b.keySchema) &&
    schemasEqual(a.valueSchema, b.valueSchema)
  );
}

/** True when both have the same parameters; none and an empty set are the same. */
export function parametersEqual(a: Schema['parameters'], b: Schema['parameters']): boolean {
  const [left, right] = [Object.entries(a ?? {}), b ?? {}];
  return (
    left.length === Object.keys(right).length &&
    left.every(([key, value]) => Object.hasOwn(right, key) && right[key] === value)
  );
}

/** Deep equality of values. Null and undefined are the same; 1.5 and 1.50 as Decimal are not. */
export function valuesEqual(a: Value, b: Value): boolean {
  if (a === b || Object.is(a, b) || ((a ?? null) === null && (b ?? null) === null)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (a instanceof Decimal) return b instanceof Decimal && a.equals(b);
  if (a instanceof Date) return b instanceof Date && a.getTime() === b.getTime();
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => valuesEqual(item, b[index]));
  }
  if (a instanceof Map || b instanceof Map) return mapsEqual(a, b);
  return isPlainObject(a) && isPlainObject(b) && objectsEqual(a, b);
}

type SchemaField = Schema['fields'][number];

function fieldsEqual(a: SchemaField, b: SchemaField | undefined): boolean {
  return b !== undefined && a.name === b.name && schemasEqual(a.schema, b.schema);
}

function mapsEqual(a: Value, b: Value): boolean {
  if (!(a instanceof Map) || !(b instanceof Map) || a.size !== b.size) return false;
  return [...a].every(([key, value]) => b.has(key) && valuesEqual(value, b.get(key)));
}

function objectsEqual(a: Readonly<Record<string, Value>>, b: Readonly<Record<string, Value>>): boolean {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => valuesEqual(a[key], b[key]));
}
