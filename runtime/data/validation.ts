import { Decimal } from './decimal.ts';
import { DataError } from './errors.ts';
import type { Schema } from './schema.ts';
import { logicalNames } from './schemas.ts';
import { getField, isPlainObject, type Value } from './value.ts';

/**
 * Checks that `value` fits `schema`, all the way down. Throws {@link DataError} that names the place: `order.lines[3].price`.
 * Null fits where the schema is optional, and in a struct where the field has a default, as in Kafka.
 */
export function validateValue(schema: Schema, value: Value, path = 'value'): void {
  if (value === null || value === undefined) {
    if (schema.optional) return;
    throw new DataError(
      `Invalid value: null used for required field: "${path}", schema type: ${schema.type.toUpperCase()}`,
    );
  }
  const check = logicalChecks.get(schema.name ?? '') ?? checks[schema.type];
  if (!check(value, schema, path)) {
    const name = schema.name === undefined ? '' : ` ${schema.name}`;
    throw new DataError(
      `Invalid value for field "${path}": ${schema.type.toUpperCase()}${name} does not hold ${describeValue(value)}.`,
    );
  }
}

/** What kind of value it is, for messages: `a string`, `a struct or map`. Never the value itself: it may be secret. */
export function describeValue(value: Value): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Date) return 'a date';
  if (value instanceof Decimal) return 'a decimal';
  return typeof value === 'object' ? 'a struct or map' : `a ${typeof value}`;
}

/** True when the value fits. Composite types throw for what they hold. */
type Check = (value: Value, schema: Schema, path: string) => boolean;

const integer =
  (low: number, high: number): Check =>
  (value) =>
    Number.isInteger(value) && Number(value) >= low && Number(value) <= high;

const isInt64: Check = (value) =>
  Number.isSafeInteger(value) || (typeof value === 'bigint' && BigInt.asIntN(64, value) === value);

const isNumber: Check = (value) => typeof value === 'number';

const checks: Readonly<Record<Schema['type'], Check>> = {
  int8: integer(-128, 127),
  int16: integer(-32768, 32767),
  int32: integer(-2147483648, 2147483647),
  int64: isInt64,
  float32: isNumber,
  float64: isNumber,
  boolean: (value) => typeof value === 'boolean',
  string: (value) => typeof value === 'string',
  bytes: (value) => value instanceof Uint8Array,
  array: checkArray,
  map: checkMap,
  struct: checkStruct,
};

const isDate: Check = (value, schema) => value instanceof Date || checks[schema.type](value, schema, '');

const logicalChecks: ReadonlyMap<string, Check> = new Map([
  [logicalNames.decimal, (value) => value instanceof Decimal],
  [logicalNames.date, isDate],
  [logicalNames.time, isDate],
  [logicalNames.timestamp, isDate],
] satisfies [string, Check][]);

function checkArray(value: Value, { valueSchema }: Schema, path: string): boolean {
  if (!Array.isArray(value)) return false;
  if (valueSchema === undefined) return true;
  for (const [index, item] of value.entries()) validateValue(valueSchema, item, `${path}[${index}]`);
  return true;
}

function checkMap(value: Value, { keySchema, valueSchema }: Schema, path: string): boolean {
  if (!(value instanceof Map) && !isPlainObject(value)) return false;
  for (const [key, item] of value instanceof Map ? value : Object.entries(value)) {
    if (keySchema !== undefined) validateValue(keySchema, key, `${path} key ${String(key)}`);
    if (valueSchema !== undefined) validateValue(valueSchema, item, `${path}.${String(key)}`);
  }
  return true;
}

function checkStruct(value: Value, schema: Schema, path: string): boolean {
  if (!isPlainObject(value)) return false;
  const prefix = path === 'value' ? '' : `${path}.`;
  for (const { name, schema: fieldSchema } of schema.fields) {
    const item = getField(value, name);
    const hasDefault = item === null && fieldSchema.default !== undefined;
    if (!hasDefault) validateValue(fieldSchema, item, prefix + name);
  }
  return true;
}
