import type { BrokerConfigName, brokerConfigs } from './broker-configs.ts';
import type { ConfigDefinition } from './definition.ts';
import type { Listener } from './listener.ts';

/** `offsets.topic.num.partitions` as a property: `offsetsTopicNumPartitions`. */
type CamelCase<S extends string> = S extends `${infer Head}.${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S;

type ValueOf<D> = D extends ConfigDefinition<infer V> ? V : never;

/** Every broker config in force as a property of its camel-cased name. */
export type BrokerConfigValues = {
  readonly [N in BrokerConfigName as CamelCase<N>]: ValueOf<(typeof brokerConfigs)[N]>;
};

/**
 * A broker's configs as it uses them: `config.messageMaxBytes`, `config.groupInitialRebalanceDelayMs`, one property
 * for every config of `brokerConfigs`. Long.MAX is `Infinity`. Computed anew when a dynamic config changes.
 */
export interface BrokerConfig
  extends Omit<BrokerConfigValues, 'listeners' | 'advertisedListeners' | 'logDirs' | 'durability'> {
  readonly listeners: readonly Listener[];
  /** What clients are told; `listeners` unless configured. */
  readonly advertisedListeners: readonly Listener[];
  /** The listeners of `controller.listener.names`, as they are told to other controllers. They are not opened. */
  readonly controllerListeners: readonly Listener[];
  /** `log.dirs`, or `log.dir`; at least one. */
  readonly logDirs: readonly string[];
  /** `fsync`: acknowledged means on disk. `page-cache`: acknowledged means written, as in Kafka. */
  readonly durability: 'fsync' | 'page-cache';
}

/** `offsets.topic.num.partitions` to `offsetsTopicNumPartitions`. */
export function camelCase(name: string): string {
  return name.replace(/\.(.)/g, (_match, letter: string) => letter.toUpperCase());
}
