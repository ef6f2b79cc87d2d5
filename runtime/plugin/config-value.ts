import { javaTrim } from '../data/index.ts';
import type { ConfigProperty, ConfigType } from './config-schema.ts';
import { parseBytes, parseDuration } from './quantity.ts';
import { Secret } from './secret.ts';

/** A value that was read, or why it could not be. */
export type Read = { readonly value: unknown } | { readonly reason: string };

/** Kafka's type of a key. */
export function configTypeOf(property: ConfigProperty): ConfigType {
  if (property.configType !== undefined) return property.configType;
  if (property.format !== undefined && Object.hasOwn(typeOfFormat, property.format)) {
    return typeOfFormat[property.format as keyof typeof typeOfFormat];
  }
  return typeOfJson[property.type ?? 'string'];
}

const typeOfFormat = { secret: 'PASSWORD', class: 'CLASS' } as const;

const typeOfJson = {
  string: 'STRING',
  integer: 'INT',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  array: 'LIST',
  object: 'STRING',
} as const;

/**
 * Reads one value as the schema says it is meant. `raw` is text from a flat config, or a typed value from YAML or code.
 * Only the type is checked here; limits are checked by `limitProblem`.
 */
export function readValue(property: ConfigProperty, raw: unknown): Read {
  switch (property.type) {
    case 'integer':
      return readInteger(property, raw);
    case 'number':
      return readNumber(raw);
    case 'boolean':
      return readBoolean(raw);
    case 'array':
      return readList(property, raw);
    case 'string':
      return readText(property, raw);
    default:
      return property.enum === undefined ? { value: raw } : readText(property, raw);
  }
}

const integerRanges: Readonly<Partial<Record<ConfigType, readonly [number, number]>>> = {
  SHORT: [-32768, 32767],
  INT: [-2147483648, 2147483647],
};

function readInteger(property: ConfigProperty, raw: unknown): Read {
  const type = configTypeOf(property);
  const value = typeof raw === 'string' && /^[+-]?\d+$/.test(javaTrim(raw)) ? Number(raw) : raw;
  const [low, high] = integerRanges[type] ?? [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];
  const isValid = typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high;
  return isValid ? { value } : { reason: `Not a number of type ${type}` };
}

function readNumber(raw: unknown): Read {
  if (typeof raw === 'number') return { value: raw };
  const text = typeof raw === 'string' ? javaTrim(raw) : '';
  const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$|^[+-]?Infinity$|^NaN$/i.test(text);
  return isNumber ? { value: Number(text) } : { reason: 'Not a number of type DOUBLE' };
}

function readBoolean(raw: unknown): Read {
  if (typeof raw === 'boolean') return { value: raw };
  const text = typeof raw === 'string' ? javaTrim(raw).toLowerCase() : '';
  if (text === 'true' || text === 'false') return { value: text === 'true' };
  return { reason: 'Expected value to be either true or false' };
}

function readList(property: ConfigProperty, raw: unknown): Read {
  const items = Array.isArray(raw) ? raw : splitList(raw);
  if (items === undefined) return { reason: 'Expected a comma separated list.' };
  const values: unknown[] = [];
  for (const item of items) {
    const read = readValue(property.items ?? { type: 'string' }, item);
    if ('reason' in read) return read;
    values.push(read.value);
  }
  return { value: values };
}

/** Splits at commas; blank text is the empty list. */
function splitList(raw: unknown): string[] | undefined {
  if (typeof raw === 'object') return undefined;
  const text = javaTrim(String(raw));
  return text === '' ? [] : text.split(/[ \t\n\v\f\r]*,[ \t\n\v\f\r]*/);
}

function readText(property: ConfigProperty, raw: unknown): Read {
  if (raw instanceof Secret) return { value: property.format === 'secret' ? raw : raw.reveal() };
  if (typeof raw === 'object') return { reason: 'Expected value to be a string' };
  const text = trimmed(property, String(raw));
  if (property.enum !== undefined) return { value: spelling(property, text) };
  if (property.format === 'secret') return { value: new Secret(text) };
  if (property.format === 'duration') {
    return parsed(parseDuration(text), 'Expected a duration such as 500ms, 5s, 2m, 1h or 7d');
  }
  if (property.format === 'bytes')
    return parsed(parseBytes(text), 'Expected a size such as 512B, 64KB or 1MiB');
  return { value: text };
}

/** Kafka trims every value. */
function trimmed(property: ConfigProperty, text: string): string {
  const short = javaTrim(text);
  return short === '' && property.keepsBlanks === true ? text : short;
}

function spelling(property: ConfigProperty, text: string): string {
  if (property.ignoreCase !== true) return text;
  return property.enum?.find((value) => value.toLowerCase() === text.toLowerCase()) ?? text;
}

function parsed(value: number | undefined, reason: string): Read {
  return value === undefined ? { reason } : { value };
}
