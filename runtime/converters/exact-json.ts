import { isUtf8 } from 'node:buffer';
import { DataError, Decimal } from '../data/index.ts';

/** What JSON text holds here. Whole numbers that a double would change are bigint, other such numbers Decimal. */
export type Json = null | boolean | number | bigint | string | Decimal | Json[] | { [name: string]: Json };

/** `text` that needs more than doubles: a long number, or a schema that speaks of decimals. */
const needsExact = /\d[\d.]{15}|connect\.data\.Decimal/;

type Reviver = (key: string, value: Json, context: { readonly source?: string }) => Json;
const parse = JSON.parse as (text: string, reviver?: Reviver) => Json;

/**
 * Parses UTF-8 JSON; numbers keep every digit. Empty input is null. `withDecimals` keeps numbers with a fraction as
 * Decimal. Throws {@link DataError} for what is not JSON.
 */
export function parseJson(bytes: Uint8Array, withDecimals = false): Json {
  if (bytes.length === 0) return null;
  if (!isUtf8(bytes)) throw unreadable(new Error('the bytes are not UTF-8'));
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return parseJsonText(text, withDecimals);
}

/** A whole number with more digits than a double is sure to keep; those of a fraction may be as many as they like. */
const longInteger = /(?:^|[^.\d])\d{16}/;

/**
 * Parses UTF-8 JSON whose numbers with a fraction become doubles anyway: as {@link parseJson}, but `isPlain` says that what
 * came out has no bigint and no Decimal in it and is not nested deep: it is a value as it is.
 */
export function parseSchemaless(bytes: Uint8Array): { readonly json: Json; readonly isPlain: boolean } {
  if (bytes.length === 0) return { json: null, isPlain: true };
  if (!isUtf8(bytes)) throw unreadable(new Error('the bytes are not UTF-8'));
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  if (longInteger.test(text)) return { json: parseJsonText(text), isPlain: false };
  try {
    return { json: parse(text), isPlain: isShallow(text) };
  } catch (cause) {
    throw unreadable(cause);
  }
}

const OPENED_MAX = 500;

/** Too few brackets to be nested so deep that those who walk through the value run out of stack. */
function isShallow(text: string): boolean {
  if (text.length <= OPENED_MAX) return true;
  let opened = 0;
  for (let at = 0; at < text.length && opened <= OPENED_MAX; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x5b || code === 0x7b) opened++;
  }
  return opened <= OPENED_MAX;
}

/** As {@link parseJson}, of text. */
export function parseJsonText(text: string, withDecimals = false): Json {
  try {
    return withDecimals || needsExact.test(text) ? parse(text, reviveExact) : parse(text);
  } catch (cause) {
    throw unreadable(cause);
  }
}

function unreadable(cause: unknown): DataError {
  return new DataError('Converting byte[] to Kafka Connect data failed due to serialization error: ', {
    cause,
  });
}

const reviveExact: Reviver = (_key, value, { source }) => {
  if (typeof value !== 'number' || source === undefined) return value;
  if (/^-?\d+$/.test(source)) return Number.isSafeInteger(value) ? value : BigInt(source);
  return Decimal.parse(source);
};

/** Parses JSON whose whole numbers keep every digit; other numbers are plain. For schemas with defaults. */
export function parseWithIntegers(text: string): Json {
  return parse(text, (_key, value, { source = '' }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source)
      ? BigInt(source)
      : value,
  );
}

const rawJson = (JSON as unknown as { rawJSON(text: string): Json }).rawJSON;

/** A number that `JSON.stringify` writes with all its digits. `text` must be a JSON number. */
export function exactNumber(text: string): unknown {
  return rawJson(text);
}

/** Parses JSON that will only be printed again, as a part of other JSON: every number keeps its text. */
export function parseForPrinting(text: string): unknown {
  return parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && source !== String(value) ? rawJson(source) : value,
  );
}
