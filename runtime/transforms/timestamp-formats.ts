import {
  DataError,
  dateOf,
  describeValue,
  epochMsOf,
  int64,
  logicalNames,
  type Schema,
  type SimpleDateFormat,
  schemas,
  type Value,
} from '../data/index.ts';

/** The forms a moment can have. */
export type TimestampForm = 'string' | 'unix' | 'Date' | 'Time' | 'Timestamp';

/** What a unix time counts. */
type UnixPrecision = 'seconds' | 'milliseconds' | 'microseconds' | 'nanoseconds';

/** What conversions need to know. */
export interface TimestampSettings {
  readonly format: SimpleDateFormat | undefined;
  readonly pattern: string;
  readonly precision: UnixPrecision;
}

const dayMs = 86_400_000n;
const int64Max = 2n ** 63n - 1n;

/** Units of a precision in one millisecond, or milliseconds in one unit. */
const perMs = { milliseconds: 1n, microseconds: 1000n, nanoseconds: 1_000_000n } as const;

/** The schema of a form. */
export function formSchema(form: TimestampForm, optional: boolean): Schema {
  switch (form) {
    case 'string':
      return schemas.string({ optional });
    case 'unix':
      return schemas.int64({ optional });
    case 'Date':
      return schemas.date({ optional });
    case 'Time':
      return schemas.time({ optional });
    case 'Timestamp':
      return schemas.timestamp({ optional });
  }
}

/** The form that values with `schema` have; without one the value tells. Throws {@link DataError} when it is none. */
export function formOf(schema: Schema | undefined, value: Value): TimestampForm {
  if (schema === undefined) return formOfValue(value);
  if (schema.name === logicalNames.timestamp) return 'Timestamp';
  if (schema.name === logicalNames.date) return 'Date';
  if (schema.name === logicalNames.time) return 'Time';
  if (schema.type === 'string') return 'string';
  if (schema.type === 'int64') return 'unix';
  const name = schema.name === undefined ? '' : `${schema.name}:`;
  throw new DataError(
    `Schema Schema{${name}${schema.type.toUpperCase()}} does not correspond to a known timestamp type format`,
  );
}

function formOfValue(value: Value): TimestampForm {
  if (value instanceof Date) return 'Timestamp';
  if (Number.isSafeInteger(value) || typeof value === 'bigint') return 'unix';
  if (typeof value === 'string') return 'string';
  throw new DataError(`TimestampConverter does not support ${describeValue(value)} as timestamps`);
}

/** Milliseconds since the epoch of a value in that form. */
export function readForm(form: TimestampForm, value: Value, settings: TimestampSettings): bigint {
  if (form === 'string') return parseText(value, settings);
  if (typeof value !== 'number' && typeof value !== 'bigint' && !(value instanceof Date)) {
    throw new DataError(
      `Expected ${form} timestamp to be a number or date, but found ${describeValue(value)}`,
    );
  }
  const raw = BigInt(epochMsOf(value));
  if (form !== 'unix') return raw;
  return settings.precision === 'seconds' ? saturate(raw * 1000n) : raw / perMs[settings.precision];
}

/** The milliseconds in that form. */
export function writeForm(form: TimestampForm, epochMs: bigint, settings: TimestampSettings): Value {
  switch (form) {
    case 'string':
      return requireFormat(settings).format(Number(epochMs));
    case 'unix':
      return int64(
        settings.precision === 'seconds' ? epochMs / 1000n : saturate(epochMs * perMs[settings.precision]),
      );
    case 'Date':
      return dateOf(int64(epochMs - timeOfDay(epochMs)));
    case 'Time':
      return dateOf(int64(timeOfDay(epochMs)));
    case 'Timestamp':
      return dateOf(int64(epochMs));
  }
}

function parseText(value: Value, settings: TimestampSettings): bigint {
  if (typeof value !== 'string') {
    throw new DataError(`Expected string timestamp to be a String, but found ${describeValue(value)}`);
  }
  const epochMs = requireFormat(settings).parse(value);
  if (epochMs !== undefined) return BigInt(epochMs);
  throw new DataError(
    `Could not parse timestamp: value (${value}) does not match pattern (${settings.pattern})`,
  );
}

function requireFormat({ format }: TimestampSettings): SimpleDateFormat {
  if (format === undefined)
    throw new DataError('TimestampConverter needs format to read timestamps that are text.');
  return format;
}

function timeOfDay(epochMs: bigint): bigint {
  return ((epochMs % dayMs) + dayMs) % dayMs;
}

/** As Java's TimeUnit: beyond int64 the largest or smallest. */
function saturate(value: bigint): bigint {
  if (value > int64Max) return int64Max;
  return value < -int64Max - 1n ? -int64Max - 1n : value;
}
