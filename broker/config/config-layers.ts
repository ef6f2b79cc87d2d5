import { brokerConfigDefinition, listenerConfigBase } from './broker-configs.ts';

/** Config texts by name, as they were given. */
export type ConfigTexts = ReadonlyMap<string, string>;

/** Source numbers of DescribeConfigs v1+. */
export const configSources = {
  TOPIC_CONFIG: 1,
  DYNAMIC_BROKER_CONFIG: 2,
  DYNAMIC_DEFAULT_BROKER_CONFIG: 3,
  STATIC_BROKER_CONFIG: 4,
  DEFAULT_CONFIG: 5,
  DYNAMIC_BROKER_LOGGER_CONFIG: 6,
  CLIENT_METRICS_CONFIG: 7,
  GROUP_CONFIG: 8,
} as const;

export type ConfigSource = (typeof configSources)[keyof typeof configSources];

/** Where a broker's configs come from, the most specific first: this broker, all brokers, the properties it started with. */
export interface BrokerConfigLayers {
  readonly dynamicBroker: ConfigTexts;
  readonly dynamicDefault: ConfigTexts;
  readonly static: ConfigTexts;
}

/** One place a value was found. */
export interface ConfigSynonym {
  readonly name: string;
  readonly value: string;
  readonly source: ConfigSource;
}

const none: ConfigTexts = new Map();

/** Layers of a broker on which nothing was changed while it ran. */
export function staticLayers(properties: ConfigTexts): BrokerConfigLayers {
  return { dynamicBroker: none, dynamicDefault: none, static: properties };
}

/**
 * Every value given for `names`, the most specific first: by layer, and inside a layer in the order of `names`. The
 * first is the one in force. Empty when nothing is given and no default exists.
 */
export function configSynonyms(
  names: readonly string[],
  layers: BrokerConfigLayers,
): readonly ConfigSynonym[] {
  const found: ConfigSynonym[] = [];
  const collect = (source: ConfigSource, textOf: (name: string) => string | null | undefined): void => {
    for (const name of names) {
      const value = textOf(name);
      if (value !== undefined && value !== null) found.push({ name, value, source });
    }
  };
  collect(configSources.DYNAMIC_BROKER_CONFIG, (name) => layers.dynamicBroker.get(name));
  collect(configSources.DYNAMIC_DEFAULT_BROKER_CONFIG, (name) => layers.dynamicDefault.get(name));
  collect(configSources.STATIC_BROKER_CONFIG, (name) => layers.static.get(name));
  collect(configSources.DEFAULT_CONFIG, (name) =>
    listenerConfigBase(name) === undefined ? brokerConfigDefinition(name)?.default : undefined,
  );
  return found;
}

/** The text of a config that only listener `listener` has (`listener.name.<listener>.<name>`), when it is given. */
export function listenerConfigText(
  layers: BrokerConfigLayers,
  listener: string,
  name: string,
): string | undefined {
  return configSynonyms([`listener.name.${listener.toLowerCase()}.${name}`], layers)[0]?.value;
}

/**
 * The synonyms that DescribeConfigs tells of a topic config. Where the broker config of the same meaning has no default
 * of its own (`log.retention.ms`), Kafka tells of what stands in for it only when that config is set.
 */
export function toldTopicSynonyms(
  names: readonly string[],
  layers: BrokerConfigLayers,
): readonly ConfigSynonym[] {
  const found = configSynonyms(names, layers);
  const [main] = names;
  const hasDefault = main === undefined || (brokerConfigDefinition(main)?.default ?? null) !== null;
  return hasDefault || found.some(({ name }) => name === main)
    ? found
    : found.filter(({ source }) => source !== configSources.DEFAULT_CONFIG);
}

const fallbacks: Readonly<Record<string, readonly string[]>> = {
  'log.roll.ms': ['log.roll.ms', 'log.roll.hours'],
  'log.roll.jitter.ms': ['log.roll.jitter.ms', 'log.roll.jitter.hours'],
  'log.retention.ms': ['log.retention.ms', 'log.retention.minutes', 'log.retention.hours'],
  'log.flush.interval.ms': ['log.flush.interval.ms', 'log.flush.scheduler.interval.ms'],
};

/** The broker configs that decide `name`, the most specific first: the config itself, then what stands in for it. */
export function brokerConfigNames(name: string): readonly string[] {
  const base = listenerConfigBase(name);
  if (base !== undefined) return [name, base];
  return Object.hasOwn(fallbacks, name) ? (fallbacks[name] ?? [name]) : [name];
}
