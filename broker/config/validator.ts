import type { ConfigValue, Trait, Validator } from './definition.ts';
import { doubleText } from './definition.ts';

/** Codecs of `compression.type`, in Kafka's order. */
export const compressionTypes = ['uncompressed', 'zstd', 'lz4', 'snappy', 'gzip', 'producer'] as const;

/** The form all of Kafka's findings about one value share. */
export function invalidValue(name: string, value: ConfigValue | null, finding: string): string {
  return `Invalid value ${valueText(value)} for configuration ${name}: ${finding}`;
}

/** A number not below `min`. */
export const atLeast = (min: number): Trait =>
  checked((value) =>
    typeof value === 'number' && value < min ? `Value must be at least ${min}` : undefined,
  );

/** A number from `min` to `max`, both included. */
export const between = (min: number, max: number): Trait =>
  checked((value) => {
    if (typeof value !== 'number' || Number.isNaN(value)) return 'Value must be a number';
    if (value < min) return `Value must be at least ${min}`;
    return value > max ? `Value must be no more than ${max}` : undefined;
  });

/** A DOUBLE from 0 to `max`, told with a fraction as Java prints it. */
export const fraction = (max: number): Trait => ({
  validator: (name, value) => {
    const number = Number(value);
    if (number < 0) return invalidValue(name, doubleText(number), 'Value must be at least 0');
    return number > max
      ? invalidValue(name, doubleText(number), `Value must be no more than ${max}`)
      : undefined;
  },
});

/** Exactly one of these strings. */
export const oneOf = (...allowed: readonly string[]): Trait =>
  checked((value) =>
    allowed.includes(String(value)) ? undefined : `String must be one of: ${allowed.join(', ')}`,
  );

/** One of these strings in any letter case. */
export const oneOfIgnoringCase = (...allowed: readonly string[]): Trait =>
  checked((value) =>
    allowed.some((word) => word.toLowerCase() === String(value).toLowerCase())
      ? undefined
      : `String must be one of (case insensitive): ${allowed.map((word) => word.toUpperCase()).join(', ')}`,
  );

/** Any string but the empty one. */
export const nonEmptyString: Trait = checked((value) =>
  String(value).trim() === '' ? 'String must be non-empty' : undefined,
);

/** A list, possibly empty, of these words. */
export const listOf = (allowed: readonly string[]): Trait => ({
  validator: (name, value) => firstUnknown(name, items(value), allowed),
});

/** A list of at least one of these words. */
export const nonEmptyListOf = (allowed: readonly string[]): Trait => ({
  validator: (name, value) =>
    items(value).length === 0
      ? `Configuration '${name}' must not be empty. Valid values include: [${allowed.join(', ')}]`
      : firstUnknown(name, items(value), allowed),
});

/** A list of at least one non-empty word. */
export const nonEmptyList: Trait = {
  validator: (name, value) => {
    if (items(value).length === 0) {
      return `Configuration '${name}' must not be empty. Valid values include: any non-empty value`;
    }
    return items(value).includes('') ? `Configuration '${name}' values must not be empty.` : undefined;
  },
};

/** A list, possibly empty, of non-empty words. */
export const listOfWords: Trait = {
  validator: (name, value) =>
    items(value).includes('') ? `Configuration '${name}' values must not be empty.` : undefined,
};

/** `-1` for the codec's own default, or 1 to 9. */
export const gzipLevel: Trait = checked((value) =>
  value === -1 || (typeof value === 'number' && value >= 1 && value <= 9)
    ? undefined
    : 'Value must be between 1 and 9 or equal to -1',
);

/** `*` alone, or `partition:broker` pairs; Kafka passes over what is empty among them. */
export const throttledReplicas: Trait = {
  validator: (name, value) => {
    const words = items(value);
    const isGood =
      (words.length === 1 && words[0] === '*') || words.every((word) => /^(\d+:\d+)?$/.test(word));
    const finding = `${name} must be the literal '*' or a list of replicas in the following format: [partitionId]:[brokerId],[partitionId]:[brokerId],...`;
    return isGood ? undefined : invalidValue(name, words, finding);
  },
};

/** `id@host:port` voters of a static quorum. */
export const quorumVoters: Trait = {
  validator: (name, value) => {
    const bad = items(value).find((word) => !/^\d+@(\[[0-9a-fA-F:.]+\]|[^:@\s]+):\d{1,5}$/.test(word));
    return bad === undefined
      ? undefined
      : invalidValue(name, bad, 'Each entry should be in the form {id}@{host}:{port}.');
  },
};

/** `host:port` addresses. */
export const hostPorts: Trait = {
  validator: (name, value) => {
    const bad = items(value).find((word) => !/^(\[[0-9a-fA-F:.]+\]|[^:\s]+):\d{1,5}$/.test(word));
    return bad === undefined
      ? undefined
      : invalidValue(name, bad, 'Each entry should be in the form {host}:{port}.');
  },
};

/** `host:count` pairs in one string; what is wrong with one is told as Java's parsers tell it. */
export const hostCounts: Trait = {
  validator: (name, value) => {
    const pairs = String(value)
      .split(',')
      .filter((pair) => pair.trim() !== '');
    const finding = pairs.map(hostCountFinding).find((each) => each !== undefined);
    return finding === undefined ? undefined : `Error parsing configuration property '${name}': ${finding}`;
  },
};

function hostCountFinding(pair: string): string | undefined {
  const trimmed = pair.trim();
  const colon = trimmed.lastIndexOf(':');
  if (colon < 0) return `begin 0, end -1, length ${trimmed.length}`;
  const count = trimmed.slice(colon + 1).trim();
  return /^[+-]?\d{1,10}$/.test(count) ? undefined : `For input string: "${count}"`;
}

/** `earliest`, `latest` or `by_duration:` with an ISO-8601 duration such as `PT1H` (KIP-1106). */
export const shareAutoOffsetReset: Trait = {
  validator: (name, value) => {
    const isGood = /^(earliest|latest|by_duration:P(?!$)(\d+D)?(T(?!$)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?)$/.test(
      String(value),
    );
    const finding = `Invalid value \`${value}\` for configuration ${name}. The value must be either 'earliest', 'latest' or of the format 'by_duration:<PnDTnHnMn.nS>'.`;
    return isGood ? undefined : invalidValue(name, value, finding);
  },
};

/** The text of a value inside an error message, as Java's toString would print it. */
function valueText(value: ConfigValue | null): string {
  if (typeof value === 'number') return numberText(value);
  return Array.isArray(value) ? `[${value.join(', ')}]` : String(value);
}

function numberText(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '9223372036854775807';
  if (value === Number.NEGATIVE_INFINITY) return '-9223372036854775808';
  return Number.isInteger(value) ? String(value) : doubleText(value);
}

function checked(find: (value: ConfigValue) => string | undefined): Trait {
  const validator: Validator = (name, value) => {
    const finding = find(value);
    return finding === undefined ? undefined : invalidValue(name, value, finding);
  };
  return { validator };
}

function firstUnknown(
  name: string,
  words: readonly string[],
  allowed: readonly string[],
): string | undefined {
  const unknown = words.find((word) => !allowed.includes(word));
  if (unknown === undefined) return undefined;
  if (unknown === '') return `Configuration '${name}' values must not be empty.`;
  return invalidValue(name, unknown, `String must be one of: ${allowed.join(', ')}`);
}

function items(value: ConfigValue): readonly string[] {
  return typeof value === 'object' ? value : [String(value)];
}
