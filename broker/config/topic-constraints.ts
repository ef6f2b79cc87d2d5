import type { BrokerConfigLayers, ConfigTexts } from './config-layers.ts';
import type { ConfigDefinition } from './definition.ts';
import { topicConfigs } from './definitions/topic-configs.ts';
import { topicConfig, topicConfigDefinition } from './topic-config.ts';
import { configProblem } from './value.ts';

/**
 * Everything wrong with a topic's whole set of overrides, in Kafka's wording: unknown names, bad values, values that
 * contradict each other or the broker. Empty when the set can be used. The first is the one that Kafka tells of.
 */
export function topicConfigProblems(overrides: ConfigTexts, layers: BrokerConfigLayers): readonly string[] {
  const unknown = [...overrides.keys()]
    .filter((name) => topicConfigDefinition(name) === undefined)
    .map((name) => `Unknown topic config name: ${name}`);
  const bad = Object.values<ConfigDefinition>(topicConfigs).flatMap((definition) => {
    const text = overrides.get(definition.name);
    return text === undefined ? [] : (configProblem(definition, text) ?? []);
  });
  const problems = [...unknown, ...bad];
  return problems.length > 0 ? problems : conflicts(overrides, layers);
}

function conflicts(overrides: ConfigTexts, layers: BrokerConfigLayers): readonly string[] {
  const config = topicConfig(overrides, layers);
  const found: string[] = [];
  const { minCompactionLagMs: min, maxCompactionLagMs: max } = config;
  if (min > max) {
    found.push(
      `conflict topic config setting min.compaction.lag.ms (${min}) > max.compaction.lag.ms (${max})`,
    );
  }
  if (config.remoteStorageEnable) {
    found.push(
      'Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.',
    );
  }
  return found;
}
