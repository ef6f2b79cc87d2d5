import { Decimal } from './decimal.ts';
import { DataError } from './errors.ts';
import { parseHeaderScalar } from './header-scalar.ts';
import { javaDouble, wrapInteger } from './java-number.ts';
import { momentNumber } from './logical-moment.ts';
import type { Schema } from './schema.ts';
import { logicalNames } from './schemas.ts';
import { dateOf, int64, type Value } from './value.ts';

const dayMs = 86_400_000;

/** The number of a value that is none of what a conversion knows. */
type ToNumber = (value: Value) => bigint;

/**
 * Converts to Date, Time, Timestamp or Decimal as Connect's `Values` do: of a Timestamp a Date takes the day and a Time the
 * time, numbers are days or milliseconds, text is parsed. Throws {@link DataError}.
 */
export function convertToLogical(
  target: Schema,
  source: Schema | undefined,
  value: Value,
  toNumber: ToNumber,
): Value {
  if (target.name === logicalNames.decimal) return convertToDecimal(target, value, toNumber);
  const parsed = typeof value === 'string' ? (parseHeaderScalar(value)?.value ?? value) : value;
  if (parsed instanceof Date) {
    const moment = convertMoment(target, source, parsed);
    if (moment !== undefined) return moment;
  }
  const number = toNumber(parsed);
  if (target.name === logicalNames.timestamp) return dateOf(int64(number));
  const int32 = wrapInteger(number, 32);
  return target.name === logicalNames.date ? dateOf(int32 * dayMs) : dateOf(requireTime(int32));
}

/** Without a schema of its own a date is what is asked for. Undefined: it counts by its number. */
function convertMoment(target: Schema, source: Schema | undefined, value: Date): Value {
  if (source === undefined || source.name === target.name) return value;
  const ms = value.getTime();
  if (target.name === logicalNames.timestamp) return isMoment(source, value) ? value : undefined;
  if (source.name !== logicalNames.timestamp) return undefined;
  if (target.name === logicalNames.date) return dateOf(Math.trunc(ms / dayMs) * dayMs);
  // In Java a time before Christ keeps its era.
  return dateOf(requireTime(ms < christMs ? ms : ((ms % dayMs) + dayMs) % dayMs));
}

/** The first moment of the year 1, by the calendar of that time. */
const christMs = -62_135_769_600_000;

/** Throws {@link DataError} for a date that does not fit its schema. */
function isMoment(schema: Schema, value: Date): boolean {
  return schema.name !== logicalNames.timestamp && momentNumber(schema, value) !== undefined;
}

/** Numbers go by way of a double, as Java has it: 52 becomes 52.0. */
function convertToDecimal(target: Schema, value: Value, toNumber: ToNumber): Value {
  if (value instanceof Decimal) return value;
  if (value instanceof Uint8Array && value.length > 0)
    return Decimal.fromBytes(value, Number(target.parameters?.['scale']));
  if (typeof value === 'string') return parseDecimal(value);
  const number = typeof value === 'number' || value instanceof Date ? value : Number(toNumber(value));
  if (typeof number === 'number' && Number.isFinite(number)) return Decimal.parse(javaDouble(number));
  throw new DataError('Only finite numbers can be converted to a decimal.');
}

function parseDecimal(text: string): Decimal {
  try {
    return Decimal.parse(text);
  } catch (cause) {
    throw new DataError(`Unable to convert ${text} to a decimal`, { cause });
  }
}

/** Throws {@link DataError} for a Time that is not within a day. The end of the day is in it. */
export function requireTime(ms: number): number {
  if (ms >= 0 && ms <= dayMs) return ms;
  throw new DataError('Time values must use number of milliseconds greater than 0 and less than 86400000');
}
