import {
  asciiDigits,
  DataError,
  Decimal,
  dateToText,
  describeValue,
  epochMsOf,
  int64,
  javaFloat,
  javaTrim,
  logicalNames,
  momentNumber,
  numberToText,
  type Schema,
  truncateToInt32,
  truncateToInt64,
  type Value,
  wrapInteger,
} from '../data/index.ts';
import type { CastType } from './cast-types.ts';

const supported = 'INT8, INT16, INT32, INT64, FLOAT32, FLOAT64, BOOLEAN, STRING, BYTES';

/** Casts one value as Connect's Cast does: numbers are truncated and wrapped, text is parsed. Null stays null. */
export function castValue(schema: Schema | undefined, value: Value, type: CastType): Value {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value) || (typeof value === 'object' && describeValue(value) === 'a struct or map')) {
    const from = schema?.type.toUpperCase() ?? (Array.isArray(value) ? 'ARRAY' : 'MAP');
    throw new DataError(
      `Cast transformation does not support casting from ${from}; supported types are [${supported}]`,
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
      return toFloat32(schema, castToFloat(raw));
    case 'float64':
      return castToFloat(raw);
    case 'boolean':
      return castToBoolean(raw);
  }
}

/** Days of a Date, milliseconds of the others; without a schema a date is not a number. */
function underlying(schema: Schema | undefined, date: Date): Value {
  const number = momentNumber(schema, date);
  if (number === undefined) throw unexpected(date);
  return number;
}

function castToInteger(schema: Schema | undefined, value: Value, bits: 8 | 16 | 32): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'bigint') return wrapInteger(value, bits);
  if (value instanceof Decimal) return wrapInteger(value.toInt64(), bits);
  if (typeof value === 'number') {
    const isFloat = schema === undefined ? !Number.isSafeInteger(value) : schema.type.startsWith('float');
    return wrapInteger(isFloat ? truncateToInt32(value) : value, bits);
  }
  return Number(parseInteger(value, bits));
}

function castToInt64(value: Value): number | bigint {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'bigint') return value;
  if (value instanceof Decimal) return int64(value.toInt64());
  if (typeof value !== 'number') return int64(parseInteger(value, 64));
  // No -0: an integer has none.
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? Math.trunc(value) + 0 : int64(truncateToInt64(value));
}

function parseInteger(value: Value, bits: number): bigint {
  if (typeof value !== 'string') throw unexpected(value);
  const text = asciiDigits(value);
  const number = /^[+-]?\d+$/.test(text) ? BigInt(text.replace('+', '')) : undefined;
  if (number === undefined || BigInt.asIntN(bits, number) !== number) throw outOfRange(value);
  return number;
}

/** Without a schema a float is a double: the one that is printed alike. */
function toFloat32(schema: Schema | undefined, value: number): number {
  return schema === undefined ? Number(javaFloat(value)) : Math.fround(value);
}

function castToFloat(value: Value): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  if (value instanceof Decimal) return value.toNumber();
  if (typeof value !== 'string') throw unexpected(value);
  const text = javaTrim(value).replace(/(?<=[\d.])[fFdD]$/, '');
  const hexadecimal = readHexadecimal(text);
  if (hexadecimal !== undefined) return hexadecimal;
  const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$|^[+-]?Infinity$|^[+-]?NaN$/.test(text);
  if (!isNumber) throw outOfRange(value);
  return text.endsWith('NaN') ? Number.NaN : Number(text);
}

/** `0x1.8p3`: Java reads it, too. */
function readHexadecimal(text: string): number | undefined {
  const match = /^([+-]?)0x([0-9a-f]*)\.?([0-9a-f]*)p([+-]?\d+)$/i.exec(text);
  const [, sign = '', whole = '', fraction = '', power = '0'] = match ?? [];
  if (whole + fraction === '') return undefined;
  const size = Number(BigInt(`0x${whole}${fraction}`)) * 2 ** (Number(power) - 4 * fraction.length);
  return sign === '-' ? -size : size;
}

function castToBoolean(value: Value): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return value !== 0n;
  if (typeof value === 'number') return Math.trunc(value) !== 0 && !Number.isNaN(value);
  if (value instanceof Decimal) return value.toInt64() !== 0n;
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
