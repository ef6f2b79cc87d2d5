import type { BrokerConfig, BrokerConfigValues } from './broker-config.ts';
import { camelCase } from './broker-config.ts';
import { brokerConfigDefinition, brokerConfigs } from './broker-configs.ts';
import { brokerConstraintProblems } from './broker-constraints.ts';
import type { BrokerConfigLayers, ConfigTexts } from './config-layers.ts';
import { configSources, configSynonyms, staticLayers } from './config-layers.ts';
import type { ConfigDefinition, ConfigValue } from './definition.ts';
import { ConfigError } from './errors.ts';
import { parseListeners } from './listener.ts';
import { configProblem, parseConfigValue } from './value.ts';

/**
 * The typed configs of a broker. Throws {@link ConfigError} with every problem of the static properties; a dynamic
 * value that cannot be used is passed over for the layer below.
 */
export function brokerConfig(layers: BrokerConfigLayers): BrokerConfig {
  const problems: string[] = [];
  const entries = Object.values<ConfigDefinition>(brokerConfigs).map(
    (definition): [string, ConfigValue | null] => [
      camelCase(definition.name),
      effectiveValue(definition, layers, problems),
    ],
  );
  if (problems.length > 0) throw new ConfigError(problems);
  // Sound because the entries are exactly the rows that BrokerConfigValues maps over.
  const config = withDerived(Object.fromEntries(entries) as unknown as BrokerConfigValues);
  const conflicts = brokerConstraintProblems(config, layers);
  if (conflicts.length > 0) throw new ConfigError(conflicts);
  return config;
}

/**
 * Static properties of a node that is its whole cluster: `properties`, over values for what Kafka requires and for
 * what its defaults set too high for one node (three replicas of the internal topics).
 */
export function singleNodeProperties(properties: ConfigTexts): ConfigTexts {
  return new Map([
    ['process.roles', 'broker,controller'],
    ['node.id', '1'],
    ['controller.listener.names', 'CONTROLLER'],
    ['offsets.topic.replication.factor', '1'],
    ['transaction.state.log.replication.factor', '1'],
    ['transaction.state.log.min.isr', '1'],
    ['share.coordinator.state.topic.replication.factor', '1'],
    ['share.coordinator.state.topic.min.isr', '1'],
    ...properties,
  ]);
}

/** Properties that are no broker config, for a warning; listeners' own configs are known. */
export function unknownBrokerProperties(properties: ConfigTexts): readonly string[] {
  return [...properties.keys()].filter((name) => brokerConfigDefinition(name) === undefined);
}

/** What {@link brokerConfig} would throw for static properties; empty when they are good. */
export function brokerPropertyProblems(properties: ConfigTexts): readonly string[] {
  try {
    brokerConfig(staticLayers(properties));
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

function effectiveValue(
  definition: ConfigDefinition,
  layers: BrokerConfigLayers,
  problems: string[],
): ConfigValue | null {
  for (const { value, source } of configSynonyms([definition.name], layers)) {
    const problem = configProblem(definition, value);
    if (problem === undefined) return parseConfigValue(definition, value);
    if (source === configSources.STATIC_BROKER_CONFIG) problems.push(problem);
  }
  if (definition.default === undefined) {
    problems.push(`Missing required configuration "${definition.name}" which has no default value.`);
  }
  return null;
}

function withDerived(values: BrokerConfigValues): BrokerConfig {
  const protocolMap = values.listenerSecurityProtocolMap;
  const listeners = parseListeners('listeners', values.listeners, protocolMap);
  const advertised = values.advertisedListeners;
  return {
    ...values,
    listeners,
    advertisedListeners:
      advertised === null ? listeners : parseListeners('advertised.listeners', advertised, protocolMap),
    logDirs: values.logDirs ?? values.logDir,
    durability: values.durability === 'page-cache' ? 'page-cache' : 'fsync',
  };
}
