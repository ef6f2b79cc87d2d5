import { limitProblem } from './config-limits.ts';
import { type ConfigProblem, invalidValue, missingKey } from './config-problem.ts';
import type { ConfigOf, ConfigProperty, ConfigSchema } from './config-schema.ts';
import { type Read, readValue } from './config-value.ts';
import { ConfigError } from './errors.ts';
import { suggestName } from './suggestion.ts';

/** A configuration as a user wrote it: flat text from Kafka's REST API, or nested typed values from YAML. */
export type RawConfig = Readonly<Record<string, unknown>>;

/** What {@link parsePluginConfig} found. `config` is complete only when `problems` is empty. */
export interface ParsedConfig<C> {
  readonly config: C;
  readonly problems: readonly ConfigProblem[];
}

/**
 * Reads `raw` as `schema` describes it: text becomes numbers, lists, durations, secrets; defaults are filled in. Null means
 * absent. Reports every problem at once, unknown keys among them; never throws.
 */
export function parsePluginConfig<S extends ConfigSchema>(
  schema: S,
  raw: RawConfig,
): ParsedConfig<ConfigOf<S>> {
  return parse(schema, raw, false);
}

/** `isStart`: what is there twice in a list counts once, and is not told. */
function parse<S extends ConfigSchema>(
  schema: S,
  raw: RawConfig,
  isStart: boolean,
): ParsedConfig<ConfigOf<S>> {
  const problems: ConfigProblem[] = [];
  const config = readGroup(schema, raw, { prefix: '', isStart, problems });
  return { config: config as ConfigOf<S>, problems };
}

/**
 * As {@link parsePluginConfig}, and applies the plugin's own `validate`. Throws {@link ConfigError} with all problems. As in
 * Kafka, keys that the schema does not know and what is twice in a list are for validation alone: a start ignores them.
 */
export function requirePluginConfig<S extends ConfigSchema>(
  plugin: { readonly config: S; validate?(config: ConfigOf<S>): void },
  raw: RawConfig,
): ConfigOf<S> {
  const { config, problems: all } = parse(plugin.config, raw, true);
  const problems = all.filter(({ isUnknownKey }) => isUnknownKey !== true);
  if (problems.length > 0) throw new ConfigError(problems);
  plugin.validate?.(config);
  return config;
}

type Group = Pick<ConfigProperty, 'properties' | 'required' | 'additionalProperties'> &
  Pick<ConfigSchema, 'passUnknown'>;

interface Reading {
  readonly prefix: string;
  readonly isStart: boolean;
  readonly problems: ConfigProblem[];
}

function readGroup(group: Group, raw: RawConfig, reading: Reading): object {
  const { prefix, problems } = reading;
  const properties = group.properties ?? {};
  const { known, rest } = sortKeys(properties, raw);
  const config: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(properties)) {
    const isRequired = group.required?.includes(name) === true;
    const value = readProperty(property, known.get(name), isRequired, prefix + name, reading);
    if (value !== undefined) config[name] = value;
  }
  for (const [name, value] of rest) {
    if (group.additionalProperties) {
      config[name] = readProperty(group.additionalProperties, value, false, prefix + name, reading);
    } else if (group.passUnknown === true) config[name] = value;
    else problems.push(unknownKey(name, prefix, Object.keys(properties)));
  }
  return config;
}

function readProperty(
  property: ConfigProperty,
  raw: unknown,
  isRequired: boolean,
  key: string,
  reading: Reading,
): unknown {
  const { problems } = reading;
  const given = raw ?? property.default;
  if (property.type === 'object') {
    if (given === undefined && !isRequired) return undefined;
    if (given === undefined || isObject(given))
      return readGroup(property, given ?? {}, { ...reading, prefix: `${key}.` });
    problems.push(invalidValue(key, given, 'Expected a group of keys.'));
    return undefined;
  }
  if (given === undefined) {
    if (isRequired) problems.push(missingKey(key));
    return undefined;
  }
  const read = withoutDuplicates(property, readValue(property, given), reading);
  const problem =
    'reason' in read ? invalidValue(key, given, read.reason) : limitProblem(key, property, read.value);
  if (problem !== undefined) problems.push(problem);
  return 'value' in read ? read.value : undefined;
}

function withoutDuplicates(property: ConfigProperty, read: Read, { isStart }: Reading): Read {
  const isSet = isStart && property.uniqueItems === true && 'value' in read && Array.isArray(read.value);
  return isSet ? { value: [...new Set(read.value as readonly unknown[])] } : read;
}

/**
 * Finds the property that each raw key belongs to. `a.b` may be the flat key `a.b`, or the key `b` of the group `a`; a
 * nested `{a: {b}}` may be either too, so that YAML can nest what Connect writes flat.
 */
function sortKeys(properties: Readonly<Record<string, ConfigProperty>>, raw: RawConfig) {
  const known = new Map<string, unknown>();
  const rest: [string, unknown][] = [];
  const groups = Object.keys(properties).filter((name) => properties[name]?.type === 'object');
  const place = (key: string, value: unknown): void => {
    if (Object.hasOwn(properties, key)) {
      known.set(
        key,
        isObject(value) && isObject(known.get(key)) ? { ...(known.get(key) as object), ...value } : value,
      );
      return;
    }
    const group = groups.find((name) => key.startsWith(`${name}.`));
    if (group !== undefined) {
      const before = known.get(group);
      known.set(group, { ...(isObject(before) ? before : {}), [key.slice(group.length + 1)]: value });
    } else if (isObject(value) && Object.keys(properties).some((name) => name.startsWith(`${key}.`))) {
      for (const [name, nested] of Object.entries(value)) place(`${key}.${name}`, nested);
    } else rest.push([key, value]);
  };
  for (const [key, value] of Object.entries(raw)) place(key, value);
  return { known, rest };
}

function unknownKey(name: string, prefix: string, known: readonly string[]): ConfigProblem {
  const suggestion = suggestName(name, known);
  return {
    key: prefix + name,
    message: `Unknown configuration "${prefix}${name}".`,
    hint:
      suggestion === undefined
        ? `Known here: ${known.map((key) => prefix + key).join(', ') || 'nothing'}.`
        : `Did you mean "${prefix}${suggestion}"?`,
    isUnknownKey: true,
  };
}

function isObject(value: unknown): value is RawConfig {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
