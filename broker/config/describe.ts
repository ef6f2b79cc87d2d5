import { isReadOnlyBrokerConfig } from './broker-changes.ts';
import { brokerConfigDefinition, brokerConfigs } from './broker-configs.ts';
import { clientMetricsConfigDefinition } from './client-metrics.ts';
import type { BrokerConfigLayers, ConfigSource, ConfigSynonym, ConfigTexts } from './config-layers.ts';
import { brokerConfigNames, configSources, configSynonyms, toldTopicSynonyms } from './config-layers.ts';
import type { ConfigDefinition, ConfigTable } from './definition.ts';
import { configTypeCodes } from './definition.ts';
import { clientMetricsConfigs } from './definitions/client-metrics-configs.ts';
import { groupConfigs } from './definitions/group-configs.ts';
import { isReplicationThrottle } from './definitions/quota-configs.ts';
import { topicConfigs } from './definitions/topic-configs.ts';
import { groupConfigDefinition, groupConfigSynonym } from './group-config.ts';
import { topicConfigDefinition } from './topic-config.ts';
import { inTopicUnit, topicConfigSynonyms } from './topic-synonyms.ts';
import { canonicalText } from './value.ts';

/** One entry of a DescribeConfigs answer. Values of sensitive configs are null. */
export interface DescribedConfig {
  readonly name: string;
  readonly value: string | null;
  readonly isReadOnly: boolean;
  readonly source: ConfigSource;
  readonly isSensitive: boolean;
  /** The most specific first; the first is in force. */
  readonly synonyms: readonly DescribedSynonym[];
  /** A code of `configTypeCodes`, 0 for a config nobody defines. */
  readonly type: number;
  readonly documentation: string | null;
}

export interface DescribedSynonym {
  readonly name: string;
  readonly value: string | null;
  readonly source: ConfigSource;
}

/** Every config of a topic with these overrides. */
export function describeTopicConfigs(
  overrides: ConfigTexts,
  layers: BrokerConfigLayers,
): readonly DescribedConfig[] {
  return listedNames(topicConfigs, overrides).map((name) => {
    const server = configSynonyms(topicConfigSynonyms(name), layers);
    const definition = topicConfigDefinition(name);
    const own = ownSynonym({ name, definition }, overrides, configSources.TOPIC_CONFIG);
    const inherited = server[0] === undefined ? undefined : inTopicUnit(server[0].name, server[0].value);
    const text = own[0]?.value ?? inherited ?? definition?.default ?? null;
    const told = toldTopicSynonyms(topicConfigSynonyms(name), layers);
    return entry({ name, definition, text, synonyms: [...own, ...told], isReadOnly: false });
  });
}

/** Every config of a running broker. `derived` has what takes the place of configs without value. */
export function describeBrokerConfigs(
  layers: BrokerConfigLayers,
  derived: ConfigTexts = new Map(),
): readonly DescribedConfig[] {
  const given = new Map([...layers.static, ...layers.dynamicDefault, ...layers.dynamicBroker]);
  return listedNames(brokerConfigs, given).map((name) => {
    const found = configSynonyms(brokerConfigNames(name), layers);
    const own = found.findIndex((synonym) => synonym.name === name);
    const told = own < 0 ? [] : found.slice(own); // What only stands in for a config is told after the config itself.
    const synonyms = isReplicationThrottle(name)
      ? told.filter(({ source }) => source !== configSources.DEFAULT_CONFIG)
      : told;
    const text = configSynonyms([name], layers)[0]?.value ?? derived.get(name) ?? null;
    const definition = brokerConfigDefinition(name);
    const isReadOnly = definition === undefined || isReadOnlyBrokerConfig(name);
    return entry({ name, definition, text, synonyms, isReadOnly });
  });
}

/** The dynamic configs set for all brokers, as they were given: what a BROKER resource without a name answers. */
export function describeBrokerDefaults(dynamicDefault: ConfigTexts): readonly DescribedConfig[] {
  return [...dynamicDefault].map(([name, text]) => {
    const definition = brokerConfigDefinition(name);
    const synonyms = [{ name, value: text, source: configSources.DYNAMIC_DEFAULT_BROKER_CONFIG }];
    const isReadOnly = definition === undefined || isReadOnlyBrokerConfig(name);
    const told = entry({ name, definition, text, synonyms, isReadOnly });
    return { ...told, value: told.isSensitive ? null : text };
  });
}

/** Every config of a group with these overrides; a group nobody configured has the broker's. */
export function describeGroupConfigs(
  overrides: ConfigTexts,
  layers: BrokerConfigLayers,
): readonly DescribedConfig[] {
  return listedNames(groupConfigs, overrides).map((name) => {
    const server = groupConfigSynonym(name);
    const definition = groupConfigDefinition(name);
    const inherited = server === undefined ? ownDefault(definition) : configSynonyms([server], layers);
    const synonyms = [
      ...ownSynonym({ name, definition }, overrides, configSources.GROUP_CONFIG),
      ...inherited,
    ];
    const text = synonyms[0]?.value ?? definition?.default ?? null;
    return entry({ name, definition, text, synonyms, isReadOnly: false });
  });
}

/** Every config of a client metrics subscription. */
export function describeClientMetricsConfigs(overrides: ConfigTexts): readonly DescribedConfig[] {
  return listedNames(clientMetricsConfigs, overrides).map((name) => {
    const definition = clientMetricsConfigDefinition(name);
    const synonyms = ownSynonym({ name, definition }, overrides, configSources.CLIENT_METRICS_CONFIG);
    const text = synonyms[0]?.value ?? definition?.default ?? null;
    return entry({ name, definition, text, synonyms, isReadOnly: false });
  });
}

/** Log levels by logger name, as a BROKER_LOGGER resource. */
export function describeLoggers(levels: ConfigTexts): readonly DescribedConfig[] {
  const source = configSources.DYNAMIC_BROKER_LOGGER_CONFIG;
  return [...levels].map(([name, value]) => ({
    name,
    value,
    isReadOnly: false,
    source,
    isSensitive: false,
    synonyms: [],
    type: 0,
    documentation: '',
  }));
}

interface Finding {
  readonly name: string;
  readonly definition: ConfigDefinition | undefined;
  readonly text: string | null;
  readonly synonyms: readonly ConfigSynonym[];
  readonly isReadOnly: boolean;
}

function entry({ name, definition, text, synonyms, isReadOnly }: Finding): DescribedConfig {
  // A config nobody defines may be a plugin's password.
  const isSensitive = definition === undefined || definition.type === 'PASSWORD';
  const shown = (value: string): string | null => (isSensitive ? null : value);
  return {
    name,
    value: text === null || isSensitive ? null : canonicalText(definition, text),
    isReadOnly,
    source: synonyms[0]?.source ?? configSources.DEFAULT_CONFIG,
    isSensitive,
    synonyms: synonyms.map((synonym) => ({ ...synonym, value: shown(synonym.value) })),
    type: definition === undefined ? 0 : configTypeCodes[definition.type],
    documentation: definition?.documentation ?? null,
  };
}

/** Names in the table's order, without the internal ones, then what else is set. */
function listedNames(table: ConfigTable, set: ConfigTexts): readonly string[] {
  const known = Object.values(table).filter(({ isInternal }) => !isInternal);
  return [...new Set([...known.map(({ name }) => name), ...set.keys()])];
}

/** The default of a config that no broker config stands behind. */
function ownDefault(definition: ConfigDefinition | undefined): readonly ConfigSynonym[] {
  if (definition?.default === undefined || definition.default === null) return [];
  return [{ name: definition.name, value: definition.default, source: configSources.DEFAULT_CONFIG }];
}

/** What a topic, group or subscription itself sets, as it is understood: a broker's configs are told as they were written. */
function ownSynonym(
  { name, definition }: Pick<Finding, 'name' | 'definition'>,
  texts: ConfigTexts,
  source: ConfigSource,
): readonly ConfigSynonym[] {
  const text = texts.get(name);
  if (text === undefined) return [];
  return [{ name, value: definition === undefined ? text : canonicalText(definition, text), source }];
}
