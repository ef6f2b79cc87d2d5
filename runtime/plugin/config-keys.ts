import { javaTrim } from '../data/index.ts';
import { enumReason } from './config-limits.ts';
import { type ParsedConfig, parsePluginConfig, type RawConfig } from './config-parser.ts';
import { type ConfigProblem, invalidValue, missingKey, problemText, showValue } from './config-problem.ts';
import type { ConfigOf, ConfigProperty, ConfigSchema, ConfigType } from './config-schema.ts';
import { configTypeOf, readValue } from './config-value.ts';

/** How Kafka Connect's REST API describes one key (`ConfigKeyInfo`). */
export interface ConfigKey {
  readonly name: string;
  readonly type: ConfigType;
  readonly required: boolean;
  readonly default_value: string | null;
  readonly importance: 'HIGH' | 'MEDIUM' | 'LOW';
  readonly documentation: string;
  readonly group: string | null;
  readonly order_in_group: number;
  readonly width: 'NONE' | 'SHORT' | 'MEDIUM' | 'LONG';
  readonly display_name: string;
  readonly dependents: readonly string[];
}

/** How Kafka Connect's REST API reports the value of one key (`ConfigValueInfo`). */
export interface ConfigKeyValue {
  readonly name: string;
  readonly value: string | null;
  readonly recommended_values: readonly string[];
  readonly errors: readonly string[];
  readonly visible: boolean;
}

/** A key and its value, as `PUT /connector-plugins/{plugin}/config/validate` lists them. */
export interface ConfigKeyReport {
  readonly definition: ConfigKey;
  readonly value: ConfigKeyValue;
}

/** The keys of a schema in order; nested ones joined with dots. Objects with free keys are not listed. */
export function configKeys(schema: ConfigSchema): readonly ConfigKey[] {
  return leaves(schema, '').map(({ key, property, isRequired }) => definitionOf(key, property, isRequired));
}

/** Checks `raw` and reports key by key. Problems that concern no single key, and unknown keys, are left out. */
export function validateConfig<S extends ConfigSchema>(
  schema: S,
  raw: RawConfig,
): readonly ConfigKeyReport[] {
  const parsed = parsePluginConfig(schema, raw);
  return leaves(schema, '').map(({ key, property, isRequired }) => ({
    definition: definitionOf(key, property, isRequired),
    value: reportOf(key, property, parsed, raw[key]),
  }));
}

interface Leaf {
  readonly key: string;
  readonly property: ConfigProperty;
  readonly isRequired: boolean;
}

function leaves(group: ConfigProperty, prefix: string): Leaf[] {
  return Object.entries(group.properties ?? {}).flatMap(([name, property]) => {
    const isRequired = group.required?.includes(name) === true && property.default === undefined;
    if (property.type === 'object') return leaves(property, `${prefix}${name}.`);
    return [{ key: prefix + name, property, isRequired }];
  });
}

function definitionOf(key: string, property: ConfigProperty, isRequired: boolean): ConfigKey {
  return {
    name: key,
    type: configTypeOf(property),
    required: isRequired,
    default_value: property.default === undefined ? null : textOf(property, property.default),
    importance: property.importance ?? (isRequired ? 'HIGH' : 'MEDIUM'),
    documentation: property.description ?? '',
    group: property.group ?? null,
    order_in_group: property.orderInGroup ?? -1,
    width: property.width ?? 'NONE',
    display_name: property.title ?? key,
    dependents: [],
  };
}

function reportOf<S extends ConfigSchema>(
  key: string,
  property: ConfigProperty,
  parsed: ParsedConfig<ConfigOf<S>>,
  raw: unknown,
): ConfigKeyValue {
  const problems = parsed.problems.filter((problem) => problem.key === key && problem.isUnknownKey !== true);
  const value = lookUp(parsed.config, key);
  return {
    name: key,
    value: value === undefined ? null : shown(property, value, raw),
    recommended_values: property.recommended ?? [],
    errors: [...problems.map(problemText), ...missingReasons(key, property, problems)],
    visible: true,
  };
}

/** A choice in any case is shown as it was given. */
function shown(property: ConfigProperty, value: unknown, raw: unknown): string {
  return property.ignoreCase === true && typeof raw === 'string' ? javaTrim(raw) : textOf(property, value);
}

/** Kafka runs its other rules on the null that a missing value is, too. */
function missingReasons(key: string, property: ConfigProperty, problems: readonly ConfigProblem[]): string[] {
  if (!problems.some(({ message }) => message === missingKey(key).message)) return [];
  if (property.whenMissing !== undefined) return [property.whenMissing];
  if (property.enum !== undefined) return [invalidValue(key, null, enumReason(property)).message];
  if ((property.minItems ?? 0) > 0) return [`Configuration '${key}' values must not be null.`];
  return [];
}

/** Follows a dotted key through flat and nested names. */
function lookUp(config: unknown, key: string): unknown {
  if (typeof config !== 'object' || config === null) return undefined;
  const fields = config as Readonly<Record<string, unknown>>;
  if (Object.hasOwn(fields, key)) return fields[key];
  for (const [name, value] of Object.entries(fields)) {
    if (key.startsWith(`${name}.`)) return lookUp(value, key.slice(name.length + 1));
  }
  return undefined;
}

/** The text form of a value: what a flat config would have said. */
function textOf(property: ConfigProperty, value: unknown): string {
  const read = readValue(property, value);
  const parsed = 'value' in read ? read.value : value;
  if (Array.isArray(parsed)) return parsed.map(showValue).join(',');
  if (property.type === 'number' && Number.isInteger(parsed)) return `${parsed}.0`;
  return showValue(parsed);
}
