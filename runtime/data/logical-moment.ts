import { DataError } from './errors.ts';
import type { Schema } from './schema.ts';
import { logicalNames } from './schemas.ts';
import { epochMsOf } from './value.ts';

const dayMs = 86_400_000;

/**
 * The number that a Date, Time or Timestamp has on the wire: days, milliseconds of the day, milliseconds since the epoch.
 * Undefined for other schemas. Throws {@link DataError} for a Date that is not midnight and a Time that is not of 1970-01-01.
 */
export function momentNumber(
  schema: Schema | undefined,
  value: Date | number | bigint,
): number | bigint | undefined {
  const ms = epochMsOf(value);
  if (schema?.name === logicalNames.timestamp) return ms;
  if (schema?.name === logicalNames.date) return wholeDays(Number(ms));
  return schema?.name === logicalNames.time ? timeOfDay(Number(ms)) : undefined;
}

function wholeDays(ms: number): number {
  if (ms % dayMs === 0) return ms / dayMs;
  throw new DataError('Kafka Connect Date type should not have any time fields set to non-zero values.');
}

function timeOfDay(ms: number): number {
  if (ms >= 0 && ms < dayMs) return ms;
  throw new DataError('Kafka Connect Time type should not have any date fields set to non-zero values.');
}
