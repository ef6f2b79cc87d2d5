import type { Decimal } from './decimal.ts';

/**
 * How Connect's values look in JavaScript. The schema, not the JavaScript type, says which Connect type a value has.
 *
 * | Connect | here |
 * | --- | --- |
 * | INT8, INT16, INT32, FLOAT32, FLOAT64 | number |
 * | INT64 | number when it is a safe integer, else bigint |
 * | BOOLEAN, STRING | boolean, string |
 * | BYTES | Buffer (any Uint8Array is accepted) |
 * | ARRAY | array |
 * | MAP | plain object when the keys are strings, else Map |
 * | STRUCT | plain object; an absent field is null |
 * | Decimal | {@link Decimal} |
 * | Date, Time, Timestamp | Date (Time: on 1970-01-01), or the int64 milliseconds beyond what Date can hold |
 *
 * Without a schema an object is a map, a whole number is INT64, any other number FLOAT64.
 */
export type Value =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | Date
  | Decimal
  | readonly Value[]
  | ReadonlyMap<Value, Value>
  | { readonly [field: string]: Value };

/** A struct's, or a string-keyed map's, plain object while it is being filled. */
export type Fields = Record<string, Value>;

/** True for structs and string-keyed maps: objects that are not one of the other value classes. */
export function isPlainObject(value: Value): value is Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Sets an own property whatever its name is, `__proto__` included. */
export function setField(target: Fields, name: string, value: Value): void {
  if (name === '__proto__') {
    Object.defineProperty(target, name, { value, writable: true, enumerable: true, configurable: true });
  } else target[name] = value;
}

/** The own property, or null: never what the prototype has. */
export function getField(source: Fields, name: string): Value {
  const value = source[name];
  if (value === undefined || value === null) return null;
  // What plain objects inherit are functions, which are no values, and __proto__.
  const isSuspect = typeof value === 'function' || name === '__proto__';
  return isSuspect && !Object.hasOwn(source, name) ? null : value;
}

/** The same bytes as a Buffer, not copied. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** INT64 as this model holds it: number when safe, else bigint. */
export function int64(value: bigint): number | bigint {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

/** Milliseconds since the epoch as Date, or as they are when a Date cannot hold them. */
export function dateOf(epochMs: number | bigint): Date | number | bigint {
  const date = new Date(Number(epochMs));
  return Number.isNaN(date.getTime()) ? epochMs : date;
}

/** The milliseconds of a Date, Time or Timestamp value. */
export function epochMsOf(value: Date | number | bigint): number | bigint {
  return value instanceof Date ? value.getTime() : value;
}
