import { Decimal } from './decimal.ts';
import type { Schema } from './schema.ts';
import { logicalNames } from './schemas.ts';
import { bufferOf, type Fields, getField, type Value } from './value.ts';

/**
 * A value as one line of JSON that people and other tools read: for sinks. Decimals and long integers are numbers with all
 * their digits, dates ISO 8601 (`2026-01-31`, `23:59:00.000`, `2026-01-31T23:59:00.000Z`), bytes base64, maps with other
 * keys than strings a list of pairs, NaN and the infinities text. Fields of a struct come in the schema's order.
 */
export function toJsonText(schema: Schema | undefined, value: Value): string {
  const isObject = typeof value === 'object' && value !== null;
  return schema === undefined && isObject && isJson(value, 0) ? JSON.stringify(value) : write(schema, value);
}

const DEPTH_MAX = 100;

/** Whether JSON.stringify writes a value as we do: what comes out of JSON.parse, for one. */
function isJson(value: unknown, depth: number): boolean {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object':
      return value === null || (depth < DEPTH_MAX && isJsonObject(value, depth + 1));
    default:
      return false;
  }
}

function isJsonObject(value: object, depth: number): boolean {
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) if (!isJson(value[index], depth)) return false;
    return true;
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const name in value) if (!isJson((value as Fields)[name], depth)) return false;
  return true;
}

function write(schema: Schema | undefined, value: Value): string {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'number':
      return Number.isFinite(value) ? writeNumber(schema, value) : `"${value}"`;
    case 'boolean':
      return value ? 'true' : 'false';
    case 'bigint':
      return value.toString();
    case 'object':
      return value === null ? 'null' : writeObject(schema, value);
    default:
      return 'null';
  }
}

/** A text as a JSON string. */
export function quoted(text: string): string {
  return isPlainText(text) ? `"${text}"` : JSON.stringify(text);
}

const plainText = /^[ !#-[\]-~]*$/;
/** To begin to match takes as long as to look at so many characters. */
const LOOP_MAX = 40;

/** Whether JSON writes a text as it is, between quotes: it is ASCII and has nothing that is escaped. */
export function isPlainText(text: string): boolean {
  if (text.length > LOOP_MAX) return plainText.test(text);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code < 0x20 || code > 0x7e || code === 0x22 || code === 0x5c) return false;
  }
  return true;
}

/** JSON.stringify turns -0 into 0, and that is right. */
function writeNumber(schema: Schema | undefined, value: number): string {
  const isMoment = schema?.name !== undefined && dateWriters.has(schema.name);
  const date = isMoment ? new Date(value) : undefined;
  return date !== undefined && !Number.isNaN(date.getTime())
    ? writeDate(schema, date)
    : JSON.stringify(value);
}

function writeObject(schema: Schema | undefined, value: Value & object): string {
  if (value instanceof Date) return writeDate(schema, value);
  if (value instanceof Decimal) return value.toString();
  if (value instanceof Uint8Array) {
    return `"${bufferOf(value).toString('base64')}"`;
  }
  if (Array.isArray(value))
    return `[${value.map((item: Value) => write(schema?.valueSchema, item)).join(',')}]`;
  if (value instanceof Map) return writeMap(schema, value as ReadonlyMap<Value, Value>);
  const fields = value as { readonly [name: string]: Value };
  return schema?.type === 'struct' ? writeStruct(schema, fields) : writeFields(schema?.valueSchema, fields);
}

function writeStruct(schema: Schema, fields: { readonly [name: string]: Value }): string {
  let text = '';
  const prefixes = prefixesOf(schema);
  for (const field of schema.fields) {
    text += prefixes[field.index] + write(field.schema, getField(fields, field.name));
  }
  return text === '' ? '{}' : `${text}}`;
}

const knownPrefixes = new WeakMap<Schema, readonly string[]>();

/** What stands before each field's value: `{"id":`, `,"name":`. */
function prefixesOf(schema: Schema): readonly string[] {
  let prefixes = knownPrefixes.get(schema);
  if (prefixes === undefined) {
    prefixes = schema.fields.map(({ index, name }) => `${index === 0 ? '{' : ','}${JSON.stringify(name)}:`);
    knownPrefixes.set(schema, prefixes);
  }
  return prefixes;
}

function writeFields(schema: Schema | undefined, fields: { readonly [name: string]: Value }): string {
  let text = '';
  for (const name of Object.keys(fields)) {
    text += `${text === '' ? '{' : ','}${quoted(name)}:${write(schema, fields[name] ?? null)}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

function writeMap(schema: Schema | undefined, map: ReadonlyMap<Value, Value>): string {
  const entries = [...map];
  if (entries.every(([key]) => typeof key === 'string')) {
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${write(schema?.valueSchema, item)}`).join(',')}}`;
  }
  const pairs = entries.map(
    ([key, item]) => `[${write(schema?.keySchema, key)},${write(schema?.valueSchema, item)}]`,
  );
  return `[${pairs.join(',')}]`;
}

function writeDate(schema: Schema | undefined, date: Date): string {
  if (Number.isNaN(date.getTime())) return 'null';
  return `"${(dateWriters.get(schema?.name ?? '') ?? isoText)(date)}"`;
}

const isoText = (date: Date): string => date.toISOString();

const dateWriters: ReadonlyMap<string, (date: Date) => string> = new Map([
  [logicalNames.timestamp, isoText],
  [logicalNames.date, (date: Date) => date.toISOString().slice(0, -14)],
  [logicalNames.time, (date: Date) => date.toISOString().slice(-13, -1)],
]);
