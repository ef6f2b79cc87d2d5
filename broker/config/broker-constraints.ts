import type { BrokerConfig } from './broker-config.ts';
import { camelCase } from './broker-config.ts';
import type { BrokerConfigLayers } from './config-layers.ts';

/** Conflicts between a broker's configs that are each good alone; empty when they fit together. */
export function brokerConstraintProblems(
  config: BrokerConfig,
  layers: BrokerConfigLayers,
): readonly string[] {
  return [
    ...logProblems(config),
    ...replicationProblems(config),
    ...listenerProblems(config, layers),
    ...groupProblems(config),
    ...failed([
      [
        !config.remoteLogStorageSystemEnable,
        'remote.log.storage.system.enable must be false: this broker has no tiered storage',
      ],
    ]),
  ];
}

type Check = readonly [isGood: boolean, problem: string];

const failed = (checks: readonly Check[]): readonly string[] =>
  checks.filter(([isGood]) => !isGood).map(([, problem]) => problem);

function logProblems(config: BrokerConfig): readonly string[] {
  const retention = config.logRetentionMs ?? config.logRetentionMinutes ?? config.logRetentionHours;
  const directories = config.logDirs ?? config.logDir;
  const unknown = config.cordonedLogDirs.filter((path) => path !== '*' && !directories.includes(path));
  return failed([
    [
      unknown.length === 0,
      `requirement failed: All entries in cordoned.log.dirs must be present in log.dirs or log.dir. Missing entries : ${unknown.join(', ')}`,
    ],
    [config.logRollMs === null || config.logRollMs >= 1, 'log.roll.ms must be greater than or equal to 1'],
    [
      config.logRollJitterMs === null || config.logRollJitterMs >= 0,
      'log.roll.jitter.ms must be greater than or equal to 0',
    ],
    [
      retention !== 0, // Whatever is below it is no limit.
      'log.retention.ms must be unlimited (-1) or, greater than or equal to 1',
    ],
    [
      config.logCleanerThreads === 0 ||
        config.logCleanerDedupeBufferSize / config.logCleanerThreads > 1_048_576,
      'log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.',
    ],
  ]);
}

function replicationProblems(config: BrokerConfig): readonly string[] {
  return failed([
    [
      config.replicaFetchWaitMaxMs <= config.replicaSocketTimeoutMs,
      'replica.socket.timeout.ms should always be at least replica.fetch.wait.max.ms to prevent unnecessary socket timeouts',
    ],
    [
      config.replicaFetchWaitMaxMs <= config.replicaLagTimeMaxMs,
      'replica.fetch.wait.max.ms should always be less than or equal to replica.lag.time.max.ms to prevent frequent changes in ISR',
    ],
    [
      config.brokerHeartbeatIntervalMs * 2 <= config.brokerSessionTimeoutMs,
      'broker.session.timeout.ms must be at least twice broker.heartbeat.interval.ms',
    ],
  ]);
}

function listenerProblems(config: BrokerConfig, layers: BrokerConfigLayers): readonly string[] {
  const names = config.listeners.map(({ name }) => name);
  const unbound = config.advertisedListeners.find(({ name }) => !names.includes(name));
  const isUnroutable = config.advertisedListeners.some(({ host }) => host === '0.0.0.0' || host === '::');
  const interBroker = config.interBrokerListenerName?.toUpperCase();
  return failed([
    [
      unbound === undefined,
      `advertised.listeners listener names must be equal to or a subset of the ones defined in listeners. ${unbound?.name} is not in listeners.`,
    ],
    [
      // Without advertised.listeners the server advertises a routable name of its own.
      config.advertisedListeners === config.listeners || !isUnroutable,
      'advertised.listeners cannot use the nonroutable meta-address 0.0.0.0. Use a routable IP address.',
    ],
    [
      interBroker === undefined || names.includes(interBroker),
      'inter.broker.listener.name must be a listener name defined in listeners',
    ],
    [
      interBroker === undefined || !layers.static.has('security.inter.broker.protocol'),
      'Only one of inter.broker.listener.name and security.inter.broker.protocol should be set.',
    ],
  ]);
}

/** What a group may set between a least and a greatest value; the broker's own value must lie between them too. */
const groupBounds = [
  ['group.consumer', 'session.timeout.ms'],
  ['group.consumer', 'heartbeat.interval.ms'],
  ['group.consumer', 'assignment.interval.ms'],
  ['group.share', 'session.timeout.ms'],
  ['group.share', 'heartbeat.interval.ms'],
  ['group.share', 'assignment.interval.ms'],
  ['group.share', 'record.lock.duration.ms'],
  ['group.share', 'delivery.count.limit'],
  ['group.share', 'partition.max.record.locks'],
  ['group.streams', 'session.timeout.ms'],
  ['group.streams', 'heartbeat.interval.ms'],
  ['group.streams', 'assignment.interval.ms'],
] as const;

function groupProblems(config: BrokerConfig): readonly string[] {
  const bounds = groupBounds.flatMap(([prefix, subject]) => [
    ordered(config, `${prefix}.min.${subject}`, `${prefix}.max.${subject}`),
    ordered(config, `${prefix}.min.${subject}`, `${prefix}.${subject}`),
    atMost(config, `${prefix}.${subject}`, `${prefix}.max.${subject}`),
  ]);
  const heartbeats = ['group.consumer', 'group.share', 'group.streams'].map((prefix): Check => {
    const [heartbeat, session] = [`${prefix}.heartbeat.interval.ms`, `${prefix}.session.timeout.ms`];
    return [
      numberOf(config, heartbeat) < numberOf(config, session),
      `${heartbeat} must be less than ${session}`,
    ];
  });
  return failed([
    ordered(config, 'group.min.session.timeout.ms', 'group.max.session.timeout.ms'),
    ordered(config, 'group.streams.num.standby.replicas', 'group.streams.max.standby.replicas'),
    ...bounds,
    ...heartbeats,
  ]);
}

function ordered(config: BrokerConfig, low: string, high: string): Check {
  return [numberOf(config, low) <= numberOf(config, high), `${high} must be greater than or equal to ${low}`];
}

function atMost(config: BrokerConfig, name: string, limit: string): Check {
  return [
    numberOf(config, name) <= numberOf(config, limit),
    `${name} must be less than or equal to ${limit}`,
  ];
}

function numberOf(config: BrokerConfig, name: string): number {
  return Number(config[camelCase(name) as keyof BrokerConfig]);
}
