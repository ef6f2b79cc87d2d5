import { type ConfigSchema, parsePluginConfig } from '../plugin/index.ts';
import { clientProblems } from './client-schema.ts';
import { WorkerConfigError } from './errors.ts';
import { type Properties, withPrefix } from './properties.ts';

/** One of the worker's compacted topics. */
export interface StorageTopic {
  readonly name: string;
  readonly partitionCount: number;
  /** Undefined: Kafka's 3, or as many brokers as there are. */
  readonly replicationFactor: number | undefined;
  /** Further topic configs, from `config.storage.*` and the like. */
  readonly configs: Properties;
  /** Name of the property that names the topic, for messages. */
  readonly property: string;
}

/** A converter with its own keys, without their prefix. */
export interface ConverterSpec {
  readonly className: string;
  readonly config: Properties;
}

/** How connectors may override the worker's clients. Kafka's `connector.client.config.override.policy`. */
export interface OverridePolicy {
  readonly name: 'All' | 'None' | 'Principal' | 'Allowlist';
  readonly allowlist: readonly string[];
}

/** A worker's properties, read. Times are in ms. */
export interface WorkerSettings {
  /** `host:port` shown as worker_id. */
  readonly workerId: string;
  readonly groupId: string;
  readonly keyConverter: ConverterSpec;
  readonly valueConverter: ConverterSpec;
  readonly headerConverter: ConverterSpec;
  readonly configTopic: StorageTopic;
  readonly offsetTopic: StorageTopic;
  readonly statusTopic: StorageTopic;
  readonly isTopicCreationAutomatic: boolean;
  readonly offsetFlushIntervalMs: number;
  readonly offsetFlushTimeoutMs: number;
  readonly gracefulStopMs: number;
  readonly canCreateTopics: boolean;
  readonly isTrackingTopics: boolean;
  readonly canResetTopics: boolean;
  readonly overridePolicy: OverridePolicy;
  /** Kafka's names, without the prefixes `producer.` and `consumer.`. */
  readonly producer: Properties;
  readonly consumer: Properties;
  readonly properties: Properties;
}

const text = (value: string) => ({ type: 'string', minLength: 1, default: value }) as const;
const ms = (value: number) => ({ type: 'integer', configType: 'LONG', minimum: 0, default: value }) as const;
const count = (value: number) => ({ type: 'integer', minimum: 1, default: value }) as const;
const factor = { type: 'integer', minimum: -1, check: isFactor } as const;
const yes = { type: 'boolean', default: true } as const;

const schema = {
  type: 'object',
  passUnknown: true,
  properties: {
    'group.id': text('connect-cluster'),
    'key.converter': text('org.apache.kafka.connect.json.JsonConverter'),
    'value.converter': text('org.apache.kafka.connect.json.JsonConverter'),
    'header.converter': text('org.apache.kafka.connect.storage.SimpleHeaderConverter'),
    'config.storage.topic': text('connect-configs'),
    'config.storage.replication.factor': factor,
    'offset.storage.topic': text('connect-offsets'),
    'offset.storage.partitions': count(25),
    'offset.storage.replication.factor': factor,
    'status.storage.topic': text('connect-status'),
    'status.storage.partitions': count(5),
    'status.storage.replication.factor': factor,
    'internal.topics.automatic.creation.enable': yes,
    'offset.flush.interval.ms': ms(60_000),
    'offset.flush.timeout.ms': ms(5_000),
    'task.shutdown.graceful.timeout.ms': ms(5_000),
    'topic.creation.enable': yes,
    'topic.tracking.enable': yes,
    'topic.tracking.allow.reset': yes,
    'connector.client.config.override.policy': {
      type: 'string',
      enum: ['All', 'None', 'Principal', 'Allowlist'],
      default: 'All',
    },
    'connector.client.config.override.allowlist': { type: 'array', items: { type: 'string' }, default: [] },
    'rest.advertised.host.name': text('localhost'),
    'rest.advertised.port': { type: 'integer', minimum: 0, maximum: 65_535, default: 8083 },
  },
} as const satisfies ConfigSchema;

const keyPrefixes =
  /^((key|value|header)\.converter|(config|offset|status)\.storage|producer|consumer|config\.providers)\./;

/** Whether this worker does anything with a key of its properties; those of the REST API and of its client aside. */
export function isWorkerKey(key: string): boolean {
  return Object.hasOwn(schema.properties, key) || key === 'config.providers' || keyPrefixes.test(key);
}

/** Reads a worker's properties; nothing is required. Throws {@link WorkerConfigError} with every problem. */
export function workerSettings(properties: Properties): WorkerSettings {
  const { config, problems } = parsePluginConfig(schema, properties);
  const wrong = [
    ...problems.map(({ message }) => message),
    ...clientProblems('producer', withPrefix(properties, 'producer.')),
    ...clientProblems('consumer', withPrefix(properties, 'consumer.')),
  ];
  if (wrong.length > 0) throw new WorkerConfigError(wrong);
  const converter = (kind: 'key' | 'value' | 'header'): ConverterSpec => ({
    className: config[`${kind}.converter`],
    config: withPrefix(properties, `${kind}.converter.`),
  });
  const storage = (kind: 'config' | 'offset' | 'status', partitionCount: number): StorageTopic => ({
    name: config[`${kind}.storage.topic`],
    partitionCount,
    replicationFactor: config[`${kind}.storage.replication.factor`],
    configs: topicConfigs(properties, `${kind}.storage.`),
    property: `${kind}.storage.topic`,
  });
  return {
    workerId: `${config['rest.advertised.host.name']}:${config['rest.advertised.port']}`,
    groupId: config['group.id'],
    keyConverter: converter('key'),
    valueConverter: converter('value'),
    headerConverter: converter('header'),
    configTopic: storage('config', 1),
    offsetTopic: storage('offset', config['offset.storage.partitions']),
    statusTopic: storage('status', config['status.storage.partitions']),
    isTopicCreationAutomatic: config['internal.topics.automatic.creation.enable'],
    offsetFlushIntervalMs: config['offset.flush.interval.ms'],
    offsetFlushTimeoutMs: config['offset.flush.timeout.ms'],
    gracefulStopMs: config['task.shutdown.graceful.timeout.ms'],
    canCreateTopics: config['topic.creation.enable'],
    isTrackingTopics: config['topic.tracking.enable'],
    canResetTopics: config['topic.tracking.allow.reset'],
    overridePolicy: {
      name: config['connector.client.config.override.policy'],
      allowlist: config['connector.client.config.override.allowlist'],
    },
    producer: withPrefix(properties, 'producer.'),
    consumer: withPrefix(properties, 'consumer.'),
    properties,
  };
}

function topicConfigs(properties: Properties, prefix: string): Properties {
  const { topic, partitions, 'replication.factor': replication, ...configs } = withPrefix(properties, prefix);
  return configs;
}

function isFactor(value: unknown): string | undefined {
  return value === 0 ? 'Value must be at least 1, or -1 for the broker’s default' : undefined;
}
