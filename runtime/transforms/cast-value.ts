import {
  DataError,
  Decimal,
  dateToText,
  describeValue,
  epochMsOf,
  int64,
  logicalNames,
  numberToText,
  type Schema,
  truncateToInt32,
  truncateToInt64,
  type Value,
  wrapInteger,
} from '../data/index.ts';
import type { CastType } from './cast-types.ts';

/** Casts one value as Connect's Cast does: numbers are truncated and wrapped, text is parsed. Null stays null. */
export function castValue(schema: Schema | undefined, value: Value, type: CastType): Value {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value) || (typeof value === 'object' && describeValue(value) === 'a struct or map')) {
    const from = schema?.type.toUpperCase() ?? (Array.isArray(value) ? 'ARRAY' : 'MAP');
    throw new DataError(
      `Cast transformation does not support casting from ${from}; it casts numbers, booleans, text and bytes`,
    );
  }
  if (type === 'string') return castToString(schema, value);
  const raw = value instanceof Date ? underlying(schema, value) : value;
  switch (type) {
    case 'int8':
      return castToInteger(schema, raw, 8);
    case 'int16':
      return castToInteger(schema, raw, 16);
    case 'int32':
      return castToInteger(schema, raw, 32);
    case 'int64':
      return castToInt64(raw);
    case 'float32':
      return Math.fround(castToFloat(raw));
    case 'float64':
      return castToFloat(raw);
    case 'boolean':
      return castToBoolean(raw);
  }
}

/** Days of a Date, milliseconds of the others; without a schema a date is not a number. */
function underlying(schema: Schema | undefined, date: Date): Value {
  if (schema === undefined) throw unexpected(date);
  return schema.name === logicalNames.date ? Math.floor(date.getTime() / 86_400_000) : date.getTime();
}

function castToInteger(schema: Schema | undefined, value: Value, bits: 8 | 16 | 32): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'bigint') return wrapInteger(value, bits);
  if (value instanceof Decimal) return wrapInteger(value.toBigInt(), bits);
  if (typeof value === 'number') {
    const isFloat = schema === undefined ? !Number.isInteger(value) : schema.type.startsWith('float');
    return wrapInteger(isFloat ? truncateToInt32(value) : value, bits);
  }
  return Number(parseInteger(value, bits));
}

function castToInt64(value: Value): number | bigint {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'bigint') return value;
  if (value instanceof Decimal) return int64(BigInt.asIntN(64, value.toBigInt()));
  if (typeof value !== 'number') return int64(parseInteger(value, 64));
  // No -0: an integer has none.
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? Math.trunc(value) + 0 : int64(truncateToInt64(value));
}

function parseInteger(value: Value, bits: number): bigint {
  if (typeof value !== 'string') throw unexpected(value);
  const number = /^[+-]?\d+$/.test(value) ? BigInt(value.replace('+', '')) : undefined;
  if (number === undefined || BigInt.asIntN(bits, number) !== number) throw outOfRange(value);
  return number;
}

function castToFloat(value: Value): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  if (value instanceof Decimal) return value.toNumber();
  if (typeof value !== 'string') throw unexpected(value);
  const text = value.trim().replace(/(?<=[\d.])[fFdD]$/, '');
  const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?Infinity$|^[+-]?NaN$/.test(text);
  if (!isNumber) throw outOfRange(value);
  return text.endsWith('NaN') ? Number.NaN : Number(text);
}

function castToBoolean(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return value !== 0n;
  if (typeof value === 'number') return Math.trunc(value) !== 0 && !Number.isNaN(value);
  if (value instanceof Decimal) return BigInt.asIntN(64, value.toBigInt()) !== 0n;
  if (typeof value === 'string') return value.toLowerCase() === 'true';
  throw unexpected(value);
}

function castToString(schema: Schema | undefined, value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint') {
    const isMoment = schema?.name === logicalNames.timestamp;
    return isMoment ? dateToText(Number(epochMsOf(value))) : numberToText(schema, value);
  }
  if (value instanceof Date) return dateToText(value.getTime());
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return String(value);
}

function outOfRange(value: string): DataError {
  return new DataError(`Value (${value}) was out of range for requested data type`);
}

function unexpected(value: Value): DataError {
  return new DataError(`Unexpected type in Cast transformation: ${describeValue(value)}`);
}
