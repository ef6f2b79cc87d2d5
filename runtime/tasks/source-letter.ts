import { type Header, isPlainObject, type SourceRecord, type Value } from '../plugin/index.ts';
import type { DeadLetter } from './dead-letter-queue.ts';

/** A source's record as a dead letter: text and bytes as they are, everything else as JSON. */
export function sourceLetter(
  record: SourceRecord,
  context: { readonly topic: string; readonly partition: unknown; readonly position: unknown },
): DeadLetter {
  return {
    key: bytesOf(record.key),
    value: bytesOf(record.value),
    headers: headersOf(record.headers).map(([key, value]) => ({ key, value: bytesOf(value) })),
    timestamp: record.timestamp,
    context: {
      ...(context.topic !== '' && { topic: context.topic }),
      'source.partition': JSON.stringify(context.partition),
      'source.position': JSON.stringify(context.position),
    },
  };
}

function headersOf(headers: SourceRecord['headers']): (readonly [string, Value])[] {
  if (headers === undefined) return [];
  if (Array.isArray(headers))
    return (headers as readonly Header[]).map(({ key, value }) => [key, value] as const);
  return Object.entries(headers as Readonly<Record<string, string>>);
}

function bytesOf(value: Value): Uint8Array | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return value;
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(plain(value)));
}

/** The value as JSON can show it: big numbers and decimals as text, bytes in base64, maps with other keys as pairs. */
function plain(value: Value): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value ?? null;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return [...value].map(([key, each]) => [plain(key), plain(each)]);
  if (isPlainObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
  }
  return value instanceof Date ? value.toJSON() : String(value);
}
