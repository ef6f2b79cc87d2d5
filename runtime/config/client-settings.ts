import type { ConsumerOptions, ProducerOptions } from '../../kafka/client/index.ts';
import { parsePluginConfig } from '../plugin/index.ts';
import { assignorNamed, consumerSchema, producerSchema } from './client-schema.ts';
import { type Properties, withPrefix } from './properties.ts';
import type { OverridePolicy, WorkerSettings } from './worker-settings.ts';

const acksOf = { all: -1, '-1': -1, '1': 1, '0': 0 } as const;
const deliveryTimeoutMs = 2_147_483_647;

/** What a source may be ahead of the broker: more than five requests of 1 MB under way, with which a connection is never idle. */
const BUFFER_BYTES = 8 << 20;
/** Records that a sink gets at once: enough for a transaction, few enough that they are gone before they count as old. */
const POLL_RECORDS_MAX = 2_000;
/** What a sink's consumer may be ahead of the sink: several fetches of a partition, which take longer to write than to bring. */
const PREFETCH_BYTES = 4 << 20;

/** Which task of which connector a client is for: it shows in the client's id. */
export interface ClientUser {
  readonly connector: string;
  readonly task: number;
}

/** A connector's producer: the worker's `producer.*`, then `producer.override.*`. By default it never gives a record up. */
export function producerOptions(
  worker: WorkerSettings,
  config: Properties,
  user: ClientUser,
): ProducerOptions {
  const raw = { ...worker.producer, ...withPrefix(config, 'producer.override.') };
  const { config: own } = parsePluginConfig(producerSchema, raw);
  return given({
    clientId: own['client.id'] ?? `connector-producer-${user.connector}-${user.task}`,
    acks: own.acks === undefined ? undefined : acksOf[own.acks],
    isIdempotent: own['enable.idempotence'],
    lingerMs: own['linger.ms'],
    batchBytes: own['batch.size'],
    requestBytesMax: own['max.request.size'],
    compression: own['compression.type'],
    maxInFlight: own['max.in.flight.requests.per.connection'],
    deliveryTimeoutMs: own['delivery.timeout.ms'] ?? deliveryTimeoutMs,
    requestTimeoutMs: own['request.timeout.ms'],
    metadataTimeoutMs: own['max.block.ms'],
    bufferBytesMax: own['buffer.memory'] ?? BUFFER_BYTES,
  });
}

/** A sink's consumer: the worker's `consumer.*`, then `consumer.override.*`. Offsets are committed by the task. */
export function consumerOptions(
  worker: WorkerSettings,
  connector: Properties,
  user: ClientUser,
): ConsumerOptions {
  const raw = { ...worker.consumer, ...withPrefix(connector, 'consumer.override.') };
  const { config } = parsePluginConfig(consumerSchema, raw);
  return given({
    clientId: config['client.id'] ?? `connector-consumer-${user.connector}-${user.task}`,
    groupId: config['group.id'] ?? `connect-${user.connector}`,
    groupInstanceId: config['group.instance.id'],
    autoCommit: false,
    autoOffsetReset: config['auto.offset.reset'] ?? 'earliest',
    isolationLevel: config['isolation.level'],
    assignors: config['partition.assignment.strategy']?.flatMap((each) => assignorNamed(each) ?? []),
    sessionTimeoutMs: config['session.timeout.ms'],
    heartbeatIntervalMs: config['heartbeat.interval.ms'],
    maxPollIntervalMs: config['max.poll.interval.ms'],
    pollRecordsMax: config['max.poll.records'] ?? POLL_RECORDS_MAX,
    fetchMinBytes: config['fetch.min.bytes'],
    fetchMaxWaitMs: config['fetch.max.wait.ms'],
    fetchBytesMax: config['fetch.max.bytes'],
    partitionFetchBytesMax: config['max.partition.fetch.bytes'],
    isCrcChecked: config['check.crcs'],
    rackId: config['client.rack'],
    apiTimeoutMs: config['default.api.timeout.ms'],
    prefetchBytesMax: PREFETCH_BYTES,
  });
}

/** The consumer group of a sink. */
export function sinkGroupId(worker: WorkerSettings, connector: Properties, name: string): string {
  return consumerOptions(worker, connector, { connector: name, task: 0 }).groupId ?? `connect-${name}`;
}

/** One override with what is wrong with it. */
export interface OverrideReport {
  readonly key: string;
  readonly value: string;
  readonly errors: readonly string[];
}

/** Checks the overrides of one client against the worker's policy and the types of their values. */
export function overrideReports(
  client: 'producer' | 'consumer' | 'admin',
  connector: Properties,
  policy: OverridePolicy,
): readonly OverrideReport[] {
  const prefix = `${client}.override.`;
  const raw = withPrefix(connector, prefix);
  const schema = client === 'consumer' ? consumerSchema : producerSchema;
  const { problems } = client === 'admin' ? { problems: [] } : parsePluginConfig(schema, raw);
  return Object.entries(raw).map(([key, value]) => ({
    key: prefix + key,
    value,
    errors: [
      ...(isAllowed(policy, key)
        ? []
        : [
            `The '${policy.name}' policy does not allow '${key}' to be overridden in the connector configuration.`,
          ]),
      ...problems.filter((problem) => problem.key === key).map(({ message }) => message),
    ],
  }));
}

const principalKeys = ['sasl.jaas.config', 'sasl.mechanism', 'security.protocol'];

function isAllowed({ name, allowlist }: OverridePolicy, key: string): boolean {
  if (name === 'All') return true;
  if (name === 'Principal') return principalKeys.includes(key);
  return name === 'Allowlist' && allowlist.includes(key);
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the entries that are undefined: the client's defaults hold for them. */
function given<T extends object>(options: T): Given<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Given<T>;
}
