import { isUtf8 } from 'node:buffer';
import { bufferOf, DataError, Decimal } from '../data/index.ts';
import { JacksonParser } from './jackson-parser.ts';

/** What JSON text holds here. Whole numbers that a double would change are bigint, other such numbers Decimal. */
export type Json = null | boolean | number | bigint | string | Decimal | Json[] | { [name: string]: Json };

/** `text` that needs more than doubles: a long number, one with an exponent, or a schema that speaks of decimals. */
const needsExact = /\d[\d.]{15}|[:,[]\s*-?\d[\d.]*[eE]\+?\d|connect\.data\.Decimal/;
/** A schema of days and times, which must be written as whole numbers, and a number that is written otherwise. */
const needsSpelling =
  /connect\.data\.(?:Date|Time).*\d[.eE][-+\d]|\d[.eE][-+\d].*connect\.data\.(?:Date|Time)/s;

type Reviver = (key: string, value: Json, context: { readonly source?: string }) => Json;
const parseStrictly = JSON.parse as (text: string, reviver?: Reviver) => Json;

/** As JSON.parse, and what Jackson takes for JSON besides. Throws SyntaxError. */
function parse(text: string, reviver?: Reviver): Json {
  try {
    return parseStrictly(text, reviver);
  } catch {
    const readNumber = (source: string): Json => reviver?.('', Number(source), { source }) ?? Number(source);
    return new JacksonParser<Json>(text, readNumber).parse() ?? null;
  }
}

/**
 * Parses JSON; numbers keep every digit. Empty input is null. `withDecimals` keeps numbers with a fraction as
 * Decimal. Throws {@link DataError} for what is not JSON.
 */
export function parseJson(bytes: Uint8Array, withDecimals = false): Json {
  const text = textOf(bytes);
  return text === '' ? null : parseJsonText(text, withDecimals);
}

/** UTF-8, or as Jackson finds out by a mark of the byte order or a zero in the first two bytes, UTF-16. */
function textOf(bytes: Uint8Array): string {
  const [first = 1, second = 1, third] = bytes;
  if (first === 0 || (first === 0xfe && second === 0xff)) return new TextDecoder('utf-16be').decode(bytes);
  if (second === 0 || (first === 0xff && second === 0xfe)) return new TextDecoder('utf-16le').decode(bytes);
  const start = first === 0xef && second === 0xbb && third === 0xbf ? 3 : 0;
  const text = bufferOf(bytes).toString('utf8', start);
  // What is wrong behind the value is not looked at; in it, the text that ends here is no JSON.
  return isUtf8(bytes) ? text : text.slice(0, text.indexOf('\ufffd') + 1);
}

/**
 * Parses UTF-8 JSON whose numbers with a fraction become doubles anyway: as {@link parseJson}, but `isPlain` says that what
 * came out has no bigint and no Decimal in it and is not nested deep: it is a value as it is.
 */
export function parseSchemaless(bytes: Uint8Array): { readonly json: Json; readonly isPlain: boolean } {
  const text = textOf(bytes);
  if (text === '') return { json: null, isPlain: true };
  let json: Json;
  try {
    json = parse(text);
  } catch (cause) {
    throw unreadable(cause);
  }
  return isExact(json, 0) ? { json, isPlain: true } : { json: parseJsonText(text), isPlain: false };
}

/** Those who walk through a value nested so deep might run out of stack. */
const DEPTH_MAX = 100;

/** Whether doubles were enough for all whole numbers, and the value is not nested deep. */
function isExact(json: Json, depth: number): boolean {
  if (typeof json === 'number') return Math.abs(json) <= Number.MAX_SAFE_INTEGER;
  if (typeof json !== 'object' || json === null) return true;
  if (depth >= DEPTH_MAX) return false;
  if (Array.isArray(json)) {
    for (let index = 0; index < json.length; index++)
      if (!isExact(json[index] as Json, depth + 1)) return false;
    return true;
  }
  for (const name in json)
    if (!isExact((json as { [name: string]: Json })[name] as Json, depth + 1)) return false;
  return true;
}

/** As {@link parseJson}, of text. */
export function parseJsonText(text: string, withDecimals = false): Json {
  try {
    const isExact = withDecimals || needsExact.test(text) || needsSpelling.test(text);
    return isExact ? parse(text, reviveExact) : parse(text);
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
  return parseStrictly(text, (_key, value, { source = '' }) =>
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
  return parseStrictly(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && source !== String(value) ? rawJson(source) : value,
  );
}
