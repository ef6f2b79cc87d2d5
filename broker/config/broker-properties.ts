import type { BrokerConfig, BrokerConfigValues } from './broker-config.ts';
import { camelCase } from './broker-config.ts';
import { brokerConfigs } from './broker-configs.ts';
import { brokerConstraintProblems } from './broker-constraints.ts';
import type { BrokerConfigLayers, ConfigTexts } from './config-layers.ts';
import { configSources, configSynonyms, staticLayers } from './config-layers.ts';
import type { ConfigDefinition, ConfigValue } from './definition.ts';
import { ConfigError } from './errors.ts';
import { type Listener, type ProtocolMap, parseListeners, parseProtocolMap } from './listener.ts';
import { configProblem, parseConfigValue } from './value.ts';

/**
 * The typed configs of a broker. Throws {@link ConfigError} with every problem of the static properties; a dynamic
 * value that cannot be used is passed over for the layer below.
 */
export function brokerConfig(layers: BrokerConfigLayers): BrokerConfig {
  const problems: string[] = [];
  const given = new Set(Object.values<ConfigTexts>({ ...layers }).flatMap((texts) => [...texts.keys()]));
  const entries = rows().map(({ definition, property, standard }): [string, ConfigValue | null] => [
    property,
    given.has(definition.name) || standard === undefined
      ? effectiveValue(definition, layers, problems)
      : standard,
  ]);
  if (problems.length > 0) throw new ConfigError(problems);
  // Sound because the entries are exactly the rows that BrokerConfigValues maps over.
  const config = withDerived(Object.fromEntries(entries) as unknown as BrokerConfigValues);
  const conflicts = brokerConstraintProblems(config, layers);
  if (conflicts.length > 0) throw new ConfigError(conflicts);
  return config;
}

/** A config, its property, and the value of its default; `undefined` when it has none. */
interface Row {
  readonly definition: ConfigDefinition;
  readonly property: string;
  readonly standard: ConfigValue | undefined;
}

let knownRows: readonly Row[] | undefined;

/** Most configs stay at their default, and the whole is computed at each start and change: it is parsed once. */
function rows(): readonly Row[] {
  knownRows ??= Object.values<ConfigDefinition>(brokerConfigs).map((definition) => {
    const text = definition.default ?? undefined;
    const standard = text === undefined ? undefined : (parseConfigValue(definition, text) ?? undefined);
    return { definition, property: camelCase(definition.name), standard };
  });
  return knownRows;
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
  const controllers = values.controllerListenerNames.map((name) => name.toUpperCase());
  const protocols = protocolMap(values.listenerSecurityProtocolMap, controllers);
  const problems: string[] = [];
  const parse = (name: 'listeners' | 'advertised.listeners', addresses: readonly string[]) =>
    collecting(problems, () => parseListeners(name, addresses, protocols)) ?? [];
  const forClients = (all: readonly Listener[]) => all.filter(({ name }) => !controllers.includes(name));
  const bound = parse('listeners', values.listeners);
  const told =
    values.advertisedListeners === null ? [] : parse('advertised.listeners', values.advertisedListeners);
  if (problems.length > 0) throw new ConfigError(problems);
  const listeners = forClients(bound);
  return {
    ...values,
    listeners,
    advertisedListeners: values.advertisedListeners === null ? listeners : forClients(told),
    controllerListeners: bound
      .filter(({ name }) => controllers.includes(name))
      .map((listener) => told.find(({ name }) => name === listener.name) ?? listener),
    logDirs: values.logDirs ?? values.logDir,
    durability: values.durability === 'page-cache' ? 'page-cache' : 'fsync',
  };
}

/** Without a map of the user's own, the listeners of the controller need not be in it. */
function protocolMap(text: string, controllers: readonly string[]): ProtocolMap {
  const isDefault = text === brokerConfigs['listener.security.protocol.map'].default;
  const implied = isDefault ? controllers.map((name) => [name, 'PLAINTEXT'] as const) : [];
  return new Map([...implied, ...parseProtocolMap(text)]);
}

function collecting<T>(problems: string[], parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(...error.problems);
    return undefined;
  }
}
