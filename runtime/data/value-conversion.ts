import { Decimal } from './decimal.ts';
import { DataError } from './errors.ts';
import { valueToText } from './header-text.ts';
import { truncateToInt64, wrapInteger } from './java-number.ts';
import { javaTrim } from './java-text.ts';
import { convertToLogical } from './logical-conversion.ts';
import { momentNumber } from './logical-moment.ts';
import type { Schema } from './schema.ts';
import { logicalNames } from './schemas.ts';
import { int64, type Value } from './value.ts';

/**
 * Converts a value to the type of `target` as Connect's `Values` do: numbers are truncated and wrapped, text is parsed,
 * anything becomes text. Null stays null where the target is optional. `source` may be undefined when it is not known.
 * Composite types are returned as they are. Throws {@link DataError} when there is no conversion.
 */
export function convertValue(target: Schema, source: Schema | undefined, value: Value): Value {
  if (value === null || value === undefined) {
    if (target.optional) return null;
    throw new DataError('Unable to convert a null value to a schema that requires a value');
  }
  if (isLogical(target)) return convertToLogical(target, source, value, (number) => toInt64(source, number));
  switch (target.type) {
    case 'int8':
      return wrapInteger(toInt64(source, value), 8);
    case 'int16':
      return wrapInteger(toInt64(source, value), 16);
    case 'int32':
      return wrapInteger(toInt64(source, value), 32);
    case 'int64':
      return int64(toInt64(source, value));
    case 'float32':
      return Math.fround(toFloat(source, value));
    case 'float64':
      return toFloat(source, value);
    case 'boolean':
      return toBoolean(source, value);
    case 'string':
      return valueToText(source, value);
    default:
      return value;
  }
}

function isLogical({ name }: Schema): boolean {
  return Object.values<string | undefined>(logicalNames).includes(name);
}

function toInt64(source: Schema | undefined, value: Value): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return truncateToInt64(value);
  if (value instanceof Date) return BigInt(underlying(source, value));
  return toDecimal(source, value).toInt64();
}

function toFloat(source: Schema | undefined, value: Value): number {
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  if (value instanceof Date) return Number(underlying(source, value));
  return toDecimal(source, value).toNumber();
}

function toBoolean(source: Schema | undefined, value: Value): boolean {
  if (typeof value === 'boolean') return value;
  const text = typeof value === 'string' ? javaTrim(value) : '';
  return text === 'true' || (text !== 'false' && toInt64(source, value) !== 0n);
}

function toDecimal(source: Schema | undefined, value: Value): Decimal {
  if (value instanceof Decimal) return value;
  if (typeof value === 'string') {
    try {
      return Decimal.parse(value);
    } catch (cause) {
      throw notANumber(source, value, cause);
    }
  }
  throw notANumber(source, value);
}

function notANumber(source: Schema | undefined, value: Value, cause?: unknown): DataError {
  const type = source?.type ?? (Array.isArray(value) ? 'array' : typeof value);
  return new DataError(`Unable to convert ${valueToText(source, value)} (${type}) to a number`, { cause });
}

/** Days for a Date, milliseconds for the others. */
function underlying(source: Schema | undefined, date: Date): number | bigint {
  const number = momentNumber(source, date);
  if (number !== undefined) return number;
  throw new DataError('Unable to convert a date without a schema of dates to a number');
}
