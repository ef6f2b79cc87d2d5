import { Decimal } from './decimal.ts';
import { DataError } from './errors.ts';
import { javaDouble, javaFloat } from './java-number.ts';
import type { Schema } from './schema.ts';
import { simpleDateFormat } from './simple-date-format.ts';
import { structField } from './struct.ts';
import { isPlainObject, type Value } from './value.ts';

const dayMs = 86_400_000;

/** Formats that Connect reads and writes dates, times and timestamps in. */
export const isoFormats = {
  date: simpleDateFormat('yyyy-MM-dd'),
  time: simpleDateFormat("HH:mm:ss.SSS'Z'"),
  timestamp: simpleDateFormat("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'"),
};

/**
 * A value as text, as header converters write it: arrays and maps like JSON, strings and the base64 of bytes
 * quoted inside and plain on the outside. Null is `null`. Kafka's `Values.convertToString`.
 */
export function valueToText(schema: Schema | undefined, value: Value): string {
  if (typeof value === 'string') return value;
  return value instanceof Uint8Array ? base64(value) : textOf(schema, value);
}

/** A moment as time, date or timestamp, whichever its milliseconds look like: below one day, whole days, or else. */
export function dateToText(epochMs: number): string {
  if (epochMs < dayMs) return isoFormats.time.format(epochMs);
  return epochMs % dayMs === 0 ? isoFormats.date.format(epochMs) : isoFormats.timestamp.format(epochMs);
}

/** A number as Java prints it: by its schema, and without one a whole number as integer. */
export function numberToText(schema: Schema | undefined, value: number | bigint): string {
  if (typeof value === 'bigint') return value.toString();
  if (schema?.type === 'float32') return javaFloat(value);
  if (schema?.type === 'float64') return javaDouble(value);
  return Number.isSafeInteger(value) ? String(value) : javaDouble(value);
}

function textOf(schema: Schema | undefined, value: Value): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'number' || typeof value === 'bigint') return numberToText(schema, value);
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'boolean' || value instanceof Decimal) return value.toString();
  if (value instanceof Uint8Array) return `"${base64(value)}"`;
  if (value instanceof Date) return dateToText(value.getTime());
  if (Array.isArray(value)) return `[${value.map((item) => textOf(schema?.valueSchema, item)).join(',')}]`;
  return `{${entriesOf(schema, value).join(',')}}`;
}

function entriesOf(schema: Schema | undefined, value: Value): string[] {
  if (schema?.type === 'struct') {
    return schema.fields.map(
      (field) => `${quote(field.name)}:${textOf(field.schema, structField(schema, value, field.name))}`,
    );
  }
  if (value instanceof Map) {
    return [...(value as ReadonlyMap<Value, Value>)].map(
      ([key, item]) => `${textOf(schema?.keySchema, key)}:${textOf(schema?.valueSchema, item)}`,
    );
  }
  if (!isPlainObject(value))
    throw new DataError('Headers cannot hold objects of classes that Connect does not know.');
  return Object.entries(value).map(([key, item]) => `${quote(key)}:${textOf(schema?.valueSchema, item)}`);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
