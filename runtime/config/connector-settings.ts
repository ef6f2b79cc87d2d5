import { type ConfigOf, type ConfigSchema, requirePluginConfig } from '../plugin/index.ts';
import { commonKeys, deadLetterKeys, sinkKeys, sourceKeys } from './connector-keys.ts';
import { listOf, type Properties, withPrefix } from './properties.ts';
import type { ConverterSpec, WorkerSettings } from './worker-settings.ts';

const sourceSchema = {
  type: 'object',
  required: ['name', 'connector.class'],
  properties: { ...commonKeys, ...sourceKeys, ...deadLetterKeys },
} as const satisfies ConfigSchema;

const sinkSchema = {
  type: 'object',
  required: ['name', 'connector.class'],
  properties: { ...commonKeys, ...sinkKeys, ...deadLetterKeys },
} as const satisfies ConfigSchema;

/** What happens to records that fail. Times are in ms. */
export interface ErrorSettings {
  readonly isTolerated: boolean;
  /** 0: no second attempt; Infinity: for ever. */
  readonly retryTimeoutMs: number;
  readonly retryDelayMaxMs: number;
  readonly isLogged: boolean;
  readonly isMessageLogged: boolean;
  /** Undefined: there is none. */
  readonly deadLetterTopic: string | undefined;
  /** Undefined: not given. */
  readonly deadLetterReplicationFactor: number | undefined;
  readonly hasContextHeaders: boolean;
}

/** What the runtime itself reads of a connector's config. */
export interface ConnectorSettings {
  readonly name: string;
  readonly connectorClass: string;
  readonly tasksMax: number;
  readonly errors: ErrorSettings;
  readonly keyConverter: ConverterSpec;
  readonly valueConverter: ConverterSpec;
  readonly headerConverter: ConverterSpec;
}

export interface SinkSettings extends ConnectorSettings {
  /** Empty when `topicPattern` is given. */
  readonly topics: readonly string[];
  readonly topicPattern: string | undefined;
}

/** Reads a source's config. Throws ConfigError. */
export function sourceSettings(config: Properties, worker: WorkerSettings): ConnectorSettings {
  return commonSettings(requirePluginConfig({ config: sourceSchema }, config), config, worker);
}

/** Reads a sink's config. Throws ConfigError. */
export function sinkSettings(config: Properties, worker: WorkerSettings): SinkSettings {
  const read = requirePluginConfig({ config: sinkSchema }, config);
  const pattern = read['topics.regex'];
  return {
    ...commonSettings(read, config, worker),
    topics: listOf(config['topics']),
    topicPattern: pattern === '' ? undefined : pattern,
  };
}

type CommonConfig = Pick<
  ConfigOf<typeof sourceSchema>,
  keyof ConfigOf<typeof sourceSchema> & keyof ConfigOf<typeof sinkSchema>
>;

function commonSettings(read: CommonConfig, config: Properties, worker: WorkerSettings): ConnectorSettings {
  return {
    name: read.name,
    connectorClass: read['connector.class'],
    tasksMax: read['tasks.max'],
    errors: errorSettings(read, config),
    keyConverter: converterSpec('key.converter', config, worker.keyConverter),
    valueConverter: converterSpec('value.converter', config, worker.valueConverter),
    headerConverter: converterSpec('header.converter', config, worker.headerConverter),
  };
}

function errorSettings(read: CommonConfig, config: Properties): ErrorSettings {
  const timeout = read['errors.retry.timeout'];
  const topic = read['errors.deadletterqueue.topic.name'];
  const factorKey = 'errors.deadletterqueue.topic.replication.factor';
  return {
    isTolerated: read['errors.tolerance'] === 'all',
    retryTimeoutMs: timeout < 0 ? Number.POSITIVE_INFINITY : timeout,
    retryDelayMaxMs: read['errors.retry.delay.max.ms'],
    isLogged: read['errors.log.enable'],
    isMessageLogged: read['errors.log.include.messages'],
    deadLetterTopic: topic === '' ? undefined : topic,
    deadLetterReplicationFactor: config[factorKey] === undefined ? undefined : read[factorKey],
    hasContextHeaders: read['errors.deadletterqueue.context.headers.enable'],
  };
}

/** As in Kafka: a connector that names a converter configures it alone; one that does not gets the worker's, ready. */
function converterSpec(key: string, config: Properties, worker: ConverterSpec): ConverterSpec {
  const className = config[key];
  return className === undefined ? worker : { className, config: withPrefix(config, `${key}.`) };
}
