import { linearPattern } from '../../platform/linear-pattern.ts';
import type { ConfigTexts } from './config-layers.ts';
import type { ConfigDefinition } from './definition.ts';
import { clientMetricsConfigs } from './definitions/client-metrics-configs.ts';
import { configProblem, parseList } from './value.ts';

/** What a client can be selected by in `match` (KIP-714). */
const selectors = [
  'client_instance_id',
  'client_id',
  'client_software_name',
  'client_software_version',
  'client_source_address',
  'client_source_port',
] as const;

const intervalMsMin = 100;
const intervalMsMax = 3_600_000;

/** What is wrong with the configs of a client metrics subscription, in Kafka's wording, by kind in Kafka's order. */
export interface ClientMetricsProblems {
  readonly unknown: readonly string[];
  readonly values: readonly string[];
  readonly interval: readonly string[];
  /** Patterns that no client can be matched with. */
  readonly match: readonly string[];
}

/** Looks at the whole set of overrides; every list is empty when they can be used. */
export function clientMetricsProblems(overrides: ConfigTexts): ClientMetricsProblems {
  const unknown = [...overrides.keys()]
    .filter((name) => clientMetricsConfigDefinition(name) === undefined)
    .map((name) => `Unknown client metrics configuration: ${name}`);
  const values = Object.values<ConfigDefinition>(clientMetricsConfigs).flatMap((definition) => {
    const text = overrides.get(definition.name);
    return text === undefined ? [] : (configProblem(definition, text) ?? []);
  });
  const interval = overrides.get('interval.ms');
  return {
    unknown,
    values,
    interval: interval === undefined ? [] : intervalProblems(interval.trim()),
    match: parseList(overrides.get('match') ?? '').flatMap(selectorProblems),
  };
}

/** The definition of client metrics config `name`, or undefined. */
export function clientMetricsConfigDefinition(name: string): ConfigDefinition | undefined {
  return Object.hasOwn(clientMetricsConfigs, name)
    ? clientMetricsConfigs[name as keyof typeof clientMetricsConfigs]
    : undefined;
}

function intervalProblems(text: string): readonly string[] {
  const intervalMs = Number(text);
  return intervalMs >= intervalMsMin && intervalMs <= intervalMsMax
    ? []
    : [
        `Invalid value ${intervalMs} for interval.ms, interval must be between ${intervalMsMin} and ${intervalMsMax} (1 hour)`,
      ];
}

function selectorProblems(selector: string): readonly string[] {
  const [key = '', pattern = '', ...more] = selector.replace(/=+$/, '').split('=');
  if (pattern === '' || more.length > 0 || !selectors.some((known) => known === key.trim())) {
    return [`Illegal client matching pattern: ${selector}`];
  }
  return 'problem' in linearPattern(pattern.trim()) ? [`Illegal client matching pattern: ${selector}`] : [];
}
