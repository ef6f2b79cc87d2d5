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

/** What is wrong with the configs of a client metrics subscription but for its `match`, in Kafka's wording. */
export function clientMetricsConfigProblems(overrides: ConfigTexts): readonly string[] {
  return [...overrides].flatMap(([name, text]) => {
    const definition = clientMetricsConfigDefinition(name);
    if (definition === undefined) return [`Unknown client metrics configuration: ${name}`];
    const problem = configProblem(definition, text);
    if (problem !== undefined) return [problem];
    return name === 'interval.ms' ? intervalProblems(text) : [];
  });
}

/** The patterns in `match` that no client can be matched with, in Kafka's wording. */
export function clientMatchProblems(overrides: ConfigTexts): readonly string[] {
  return parseList(overrides.get('match') ?? '').flatMap(selectorProblems);
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
        `Invalid value ${text} for interval.ms, interval must be between ${intervalMsMin} and ${intervalMsMax} (1 hour)`,
      ];
}

function selectorProblems(selector: string): readonly string[] {
  const separator = selector.indexOf('=');
  const [key, pattern] = [selector.slice(0, separator).trim(), selector.slice(separator + 1).trim()];
  if (separator < 0 || !selectors.some((known) => known === key)) {
    return [`Illegal client matching pattern: ${selector}`];
  }
  return 'problem' in linearPattern(pattern) ? [`Illegal client matching pattern: ${selector}`] : [];
}
