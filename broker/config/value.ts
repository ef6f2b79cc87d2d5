import type { ConfigDefinition, ConfigType, ConfigValue } from './definition.ts';
import { doubleText } from './definition.ts';
import { ConfigError } from './errors.ts';
import { invalidValue, throttledReplicas } from './validator.ts';

/**
 * The typed value of a config's text, validated. Spaces around numbers, booleans and list items are dropped, list
 * duplicates too. Throws {@link ConfigError} with Kafka's sentence (`Invalid value x for configuration y: ...`).
 */
export function parseConfigValue<V extends ConfigValue | null>(
  definition: ConfigDefinition<V>,
  text: string,
): NonNullable<V> {
  const value = isFreeList(definition) ? listItems(text) : parsers[definition.type](definition.name, text);
  const finding = definition.validator?.(definition.name, value);
  if (finding !== undefined) throw new ConfigError(finding);
  return value as NonNullable<V>;
}

/** {@link parseConfigValue} as data: what is wrong with the text, or undefined. */
export function configProblem(definition: ConfigDefinition, text: string): string | undefined {
  try {
    parseConfigValue(definition, text);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

/** Of these Kafka keeps what is there twice. */
function isFreeList({ validator }: ConfigDefinition): boolean {
  return validator !== undefined && validator === throttledReplicas.validator;
}

/** Items of a LIST text, trimmed, without duplicates; none when the text is blank. */
export function parseList(text: string): readonly string[] {
  return [...new Set(listItems(text))];
}

function listItems(text: string): readonly string[] {
  const trimmed = text.trim();
  return trimmed === '' ? [] : trimmed.split(/\s*,\s*/);
}

type Parser = (name: string, text: string) => ConfigValue;

const parsers: Readonly<Record<ConfigType, Parser>> = {
  BOOLEAN: parseBoolean,
  STRING: (_name, text) => text.trim(),
  INT: integer('INT', -2147483648n, 2147483647n),
  SHORT: integer('SHORT', -32768n, 32767n),
  LONG: integer('LONG', -(2n ** 63n), 2n ** 63n - 1n),
  DOUBLE: parseDouble,
  LIST: (_name, text) => parseList(text),
  CLASS: (_name, text) => text.trim(),
  PASSWORD: (_name, text) => text,
};

function parseBoolean(name: string, text: string): boolean {
  const word = text.trim().toLowerCase();
  if (word === 'true') return true;
  if (word === 'false') return false;
  throw new ConfigError(invalidValue(name, text, 'Expected value to be either true or false'));
}

function integer(type: 'INT' | 'SHORT' | 'LONG', min: bigint, max: bigint): Parser {
  return (name, text) => {
    const trimmed = text.trim();
    // 20 characters hold every 64-bit number; longer runs of digits are refused before they are converted.
    const digits = trimmed.replace(/^([+-]?)0+(?=\d)/, '$1');
    const value = /^[+-]?\d{1,19}$/.test(digits) ? BigInt(digits.replace(/^\+/, '')) : undefined;
    if (value === undefined || value < min || value > max) {
      throw new ConfigError(invalidValue(name, text, `Not a number of type ${type}`));
    }
    return safeNumber(value);
  };
}

function safeNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) return Number.POSITIVE_INFINITY;
  return value < BigInt(Number.MIN_SAFE_INTEGER) ? Number.NEGATIVE_INFINITY : Number(value);
}

function parseDouble(name: string, text: string): number {
  const trimmed = text.trim();
  // As in Java, a letter may say which type of number it is.
  const [, digits] = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,5})?)[dDfF]?$/.exec(trimmed) ?? [];
  if (digits === undefined) throw new ConfigError(invalidValue(name, text, 'Not a number of type DOUBLE'));
  return Number(digits);
}

/** The text Kafka would print for a value: trimmed, booleans in lower case, doubles with a fraction. */
export function canonicalText(definition: ConfigDefinition, text: string): string {
  if (definition.type === 'STRING' || definition.type === 'CLASS') return text.trim();
  if (definition.type === 'PASSWORD' || configProblem(definition, text) !== undefined) return text;
  if (definition.type === 'BOOLEAN') return text.trim().toLowerCase();
  if (definition.type === 'LIST')
    return (isFreeList(definition) ? listItems(text) : parseList(text)).join(',');
  if (definition.type === 'DOUBLE') return doubleText(parseDouble(definition.name, text));
  return BigInt(text.trim().replace(/^\+/, '')).toString();
}
