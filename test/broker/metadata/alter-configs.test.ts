import { describe, expect, test } from 'vitest';
import {
  alterConfigOperations,
  decideAllocateProducerIds,
  decideAlterConfigs,
  decideCreateTopics,
  decideIncrementalAlterConfigs,
  resourceTypes,
} from '../../../broker/metadata/index.ts';
import { World } from './world.ts';

const { SET, DELETE, APPEND, SUBTRACT } = alterConfigOperations;
const { TOPIC, BROKER, BROKER_LOGGER, CLIENT_METRICS, GROUP } = resourceTypes;
type Change = readonly [name: string, operation: number, value: string | null];

function worldWithTopic(properties: Readonly<Record<string, string>> = {}): World {
  const world = new World(properties);
  const wish = { name: 'a', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] };
  world.commit(decideCreateTopics(world.context, { topics: [wish], validateOnly: false }));
  return world;
}

function resource(resourceType: number, resourceName: string, changes: readonly Change[]) {
  const configs = changes.map(([name, configOperation, value]) => ({ name, configOperation, value }));
  return { resourceType, resourceName, configs };
}

function alter(world: World, resourceType: number, name: string, changes: readonly Change[]) {
  const resources = [resource(resourceType, name, changes)];
  const response = world.commit(
    decideIncrementalAlterConfigs(world.context, { resources, validateOnly: false }),
  );
  const [result] = response.responses;
  return [result?.errorCode, result?.errorMessage];
}

const done = [0, null];

describe('IncrementalAlterConfigs of a topic', () => {
  test('sets and deletes single configs', () => {
    const world = worldWithTopic();
    const set: readonly Change[] = [
      ['retention.ms', SET, '5'],
      ['segment.ms', SET, '6'],
    ];
    expect(alter(world, TOPIC, 'a', set)).toEqual(done);
    expect(alter(world, TOPIC, 'a', [['segment.ms', DELETE, null]])).toEqual(done);
    expect([...world.image.configs(TOPIC, 'a')]).toEqual([['retention.ms', '5']]);
  });

  test('appends to and takes from lists, starting from the default', () => {
    const world = worldWithTopic();
    const policy = () => world.image.configs(TOPIC, 'a').get('cleanup.policy');
    expect(alter(world, TOPIC, 'a', [['cleanup.policy', APPEND, 'compact']])).toEqual(done);
    expect(policy()).toBe('delete,compact');
    expect(alter(world, TOPIC, 'a', [['cleanup.policy', APPEND, 'compact']])).toEqual(done);
    expect(policy()).toBe('delete,compact');
    expect(alter(world, TOPIC, 'a', [['cleanup.policy', SUBTRACT, 'delete']])).toEqual(done);
    expect(policy()).toBe('compact');
    expect(alter(world, TOPIC, 'a', [['cleanup.policy', APPEND, 'delete,']])).toEqual(done);
    expect(policy()).toBe('compact,delete');
    expect(alter(world, TOPIC, 'a', [['cleanup.policy', APPEND, '']])[0]).toBe(40);
  });

  test('looks at the operations before it looks at the name', () => {
    const change = ['retention.ms', APPEND, '1'] as const;
    expect(alter(worldWithTopic(), TOPIC, 'bad name', [change])[0]).toBe(40);
  });

  test('looks at the configs before it looks for the topic', () => {
    const world = worldWithTopic();
    expect(alter(world, TOPIC, 'nothing', [['no.such', SET, '1']])).toEqual([
      40,
      'Unknown topic config name: no.such',
    ]);
    expect(alter(world, TOPIC, 'nothing', [['retention.ms', SET, '1']])).toEqual([
      3,
      "The topic 'nothing' does not exist.",
    ]);
  });

  const refusedChanges: readonly (readonly [readonly Change[], number, string])[] = [
    [[['no.such', SET, '1']], 40, 'Unknown topic config name: no.such'],
    [[['retention.ms', SET, 'x']], 40, 'Invalid value x for configuration retention.ms'],
    [[['retention.ms', SET, null]], 42, 'Null value not supported for : retention.ms'],
    [[['retention.ms', APPEND, '1']], 40, 'because its type is not LIST'],
    [[['no.such', SUBTRACT, '1']], 40, 'because its type is not LIST'],
    [[['retention.ms', 9, '1']], 42, 'Unknown operation 9'],
    [
      [
        ['retention.ms', SET, '1'],
        ['retention.ms', DELETE, null],
      ],
      42,
      'Error due to duplicate config keys',
    ],
    [
      [
        ['min.compaction.lag.ms', SET, '9'],
        ['max.compaction.lag.ms', SET, '8'],
      ],
      40,
      'conflict topic config',
    ],
    [[['leader.replication.throttled.replicas', SET, '1:1,'.repeat(9000)]], 40, 'maximum value size'],
  ];
  test.each(refusedChanges)('%j is refused with %d', (changes, code, sentence) => {
    const world = worldWithTopic();
    expect(alter(world, TOPIC, 'a', changes)).toEqual([code, expect.stringContaining(sentence)]);
    expect([...world.image.configs(TOPIC, 'a')]).toEqual([]);
  });

  test('the resource as a whole must stay good', () => {
    const world = worldWithTopic();
    expect(alter(world, TOPIC, 'a', [['max.compaction.lag.ms', SET, '8']])).toEqual(done);
    expect(alter(world, TOPIC, 'a', [['min.compaction.lag.ms', SET, '9']])[0]).toBe(40);
  });

  test('deleting what is not set changes nothing', () => {
    const world = worldWithTopic();
    const length = world.log.length;
    expect(alter(world, TOPIC, 'a', [['no.such', DELETE, null]])).toEqual(done);
    expect(world.log).toHaveLength(length);
  });

  test.each([
    [TOPIC, 'missing', 3],
    [TOPIC, 'a b', 17],
    [BROKER, '7', 42],
    [BROKER, 'one', 42],
    [GROUP, '', 42],
    [CLIENT_METRICS, '', 42],
    [99, 'a', 42],
  ])('resource type %d "%s" is refused with %d', (type, name, code) => {
    expect(alter(worldWithTopic(), type, name, [['retention.ms', SET, '1']])[0]).toBe(code);
  });

  test('each resource is answered, a repeated one refused each time', () => {
    const world = worldWithTopic();
    const set: readonly Change[] = [['retention.ms', SET, '1']];
    const resources = [resource(TOPIC, 'a', set), resource(TOPIC, 'x', set), resource(TOPIC, 'a', set)];
    const decision = decideIncrementalAlterConfigs(world.context, { resources, validateOnly: false });
    expect(decision.records).toEqual([]);
    expect(decision.response.responses.map((r) => [r.resourceName, r.errorCode])).toEqual([
      ['a', 42],
      ['x', 3],
      ['a', 42],
    ]);
  });

  test('only checks when asked to', () => {
    const world = worldWithTopic();
    const resources = [resource(TOPIC, 'a', [['retention.ms', SET, '1']])];
    const decision = decideIncrementalAlterConfigs(world.context, { resources, validateOnly: true });
    expect([decision.records, decision.response.responses[0]?.errorCode]).toEqual([[], 0]);
  });

  test('a new minimum of in-sync replicas forgets eligible leaders', () => {
    const world = worldWithTopic();
    const resources = [resource(TOPIC, 'a', [['min.insync.replicas', SET, '2']])];
    const { records } = decideIncrementalAlterConfigs(world.context, { resources, validateOnly: false });
    expect(records.map(({ type }) => type)).toEqual(['ConfigRecord', 'ClearElrRecord']);
  });
});

describe('IncrementalAlterConfigs of brokers', () => {
  test('changes one broker or all of them', () => {
    const world = worldWithTopic();
    expect(alter(world, BROKER, '1', [['log.cleaner.threads', SET, '2']])).toEqual(done);
    expect(alter(world, BROKER, '', [['log.retention.ms', SET, '77']])).toEqual(done);
    expect(world.context.config).toMatchObject({ logCleanerThreads: 2, logRetentionMs: 77 });
  });

  test.each([
    ['1', 'num.partitions', 'Cannot update these configs dynamically: [num.partitions]'],
    ['', 'cordoned.log.dirs', 'broker id must be specified: [cordoned.log.dirs]'],
    ['1', 'ssl.keystore.location', 'only per-listener'],
  ])('broker "%s" refuses %s', (name, key, sentence) => {
    expect(alter(worldWithTopic(), BROKER, name, [[key, SET, '1']])).toEqual([
      42,
      expect.stringContaining(sentence),
    ]);
  });

  test('the cluster’s minimum of in-sync replicas can be changed, not removed, and is no broker’s own', () => {
    const world = worldWithTopic();
    expect(alter(world, BROKER, '', [['min.insync.replicas', SET, '2']])).toEqual(done);
    expect(alter(world, BROKER, '', [['min.insync.replicas', DELETE, null]])[0]).toBe(40);
    expect(alter(world, BROKER, '1', [['min.insync.replicas', SET, '2']])[0]).toBe(40);
  });

  test('setting what is set is written again, so that files are read again', () => {
    const world = worldWithTopic();
    const change: readonly Change[] = [['listener.name.plaintext.ssl.keystore.location', SET, 'k']];
    alter(world, BROKER, '1', change);
    const length = world.log.length;
    alter(world, BROKER, '1', change);
    expect(world.log).toHaveLength(length + 1);
  });
});

describe('IncrementalAlterConfigs of loggers', () => {
  const loggers = new Map([
    ['root', 'INFO'],
    ['broker', 'INFO'],
  ]);
  const set = (name: string, operation: number, value: string | null, broker = '1') => {
    const world = new World();
    const resources = [resource(BROKER_LOGGER, broker, [[name, operation, value]])];
    const request = { resources, validateOnly: false };
    const { loggerLevels, response } = decideIncrementalAlterConfigs(world.context, request, loggers);
    return [response.responses[0]?.errorCode, [...loggerLevels]];
  };

  test('gives levels to apply, and writes nothing', () => {
    expect(set('broker', SET, 'DEBUG')).toEqual([0, [['broker', 'DEBUG']]]);
    expect(set('broker', DELETE, null)).toEqual([0, [['broker', null]]]);
  });

  test.each([
    ['broker', SET, 'LOUD', '1', 40],
    ['broker', SET, 'debug', '1', 40],
    ['nobody', SET, 'INFO', '1', 40],
    ['root', DELETE, null, '1', 42],
    ['broker', APPEND, 'INFO', '1', 42],
    ['broker', SET, 'INFO', '2', 42],
  ])('%s %d %s on broker %s: %d', (name, operation, value, broker, code) => {
    expect(set(name, operation, value, broker)).toEqual([code, []]);
  });
});

describe('groups and client metrics', () => {
  test('need not exist', () => {
    const world = worldWithTopic();
    expect(alter(world, GROUP, 'g', [['consumer.session.timeout.ms', SET, '50000']])).toEqual(done);
    expect(alter(world, CLIENT_METRICS, 'm', [['interval.ms', SET, '500']])).toEqual(done);
    expect(alter(world, CLIENT_METRICS, 'm', [['match', SET, 'client_id=x']])).toEqual(done);
    expect([world.image.configuredNames(GROUP), world.image.configuredNames(CLIENT_METRICS)]).toEqual([
      ['g'],
      ['m'],
    ]);
  });

  test('client metrics are no lists to append to, and an entry of a list is not empty', () => {
    const world = worldWithTopic();
    expect(alter(world, CLIENT_METRICS, 'm', [['match', APPEND, 'client_id=x']])[0]).toBe(40);
    expect(alter(world, CLIENT_METRICS, 'm', [['metrics', SET, 'a,,b']])).toEqual([
      40,
      "Configuration 'metrics' values must not be empty.",
    ]);
    expect(alter(world, CLIENT_METRICS, 'm', [['interval.ms', SET, 'x']])[0]).toBe(40);
  });

  test('have bounds', () => {
    const world = worldWithTopic();
    expect(alter(world, GROUP, 'g', [['consumer.session.timeout.ms', SET, '5']])[0]).toBe(40);
    expect(alter(world, CLIENT_METRICS, 'm', [['interval.ms', SET, '5']])).toEqual([
      42,
      'Invalid value 5 for interval.ms, interval must be between 100 and 3600000 (1 hour)',
    ]);
    expect(alter(world, CLIENT_METRICS, 'm', [['match', SET, 'x']])[0]).toBe(40);
  });
});

describe('AlterConfigs', () => {
  const replace = (world: World, type: number, name: string, configs: Record<string, string | null>) => {
    const entries = Object.entries(configs).map(([key, value]) => ({ name: key, value }));
    const resources = [{ resourceType: type, resourceName: name, configs: entries }];
    const response = world.commit(decideAlterConfigs(world.context, { resources, validateOnly: false }));
    return response.responses[0]?.errorCode;
  };

  test('replaces everything a resource has', () => {
    const world = worldWithTopic();
    expect(replace(world, TOPIC, 'a', { 'retention.ms': '1', 'segment.ms': '2' })).toBe(0);
    expect(replace(world, TOPIC, 'a', { 'segment.ms': '3' })).toBe(0);
    expect([...world.image.configs(TOPIC, 'a')]).toEqual([['segment.ms', '3']]);
    expect(replace(world, TOPIC, 'a', {})).toBe(0);
    expect([...world.image.configs(TOPIC, 'a')]).toEqual([]);
  });

  test('does not take from the cluster its minimum of in-sync replicas', () => {
    const world = worldWithTopic();
    expect(replace(world, BROKER, '', { 'log.retention.ms': '5' })).toBe(40);
    expect(replace(world, BROKER, '', { 'log.retention.ms': '5', 'min.insync.replicas': '1' })).toBe(0);
    expect(Object.fromEntries(world.image.configs(BROKER, ''))).toEqual({
      'min.insync.replicas': '1',
      'log.retention.ms': '5',
    });
  });

  test('refuses nulls, bad values and log levels', () => {
    const world = worldWithTopic();
    expect(replace(world, TOPIC, 'a', { 'retention.ms': null })).toBe(42);
    expect(replace(world, TOPIC, 'a', { 'retention.ms': 'x' })).toBe(40);
    expect(replace(world, TOPIC, 'x', { 'retention.ms': '1' })).toBe(3);
    expect(replace(world, BROKER_LOGGER, '1', { root: 'INFO' })).toBe(42);
  });
});

describe('AllocateProducerIds', () => {
  test('gives blocks of 1000 that never overlap, over restarts too', () => {
    const world = new World();
    const allocate = (brokerEpoch: number, brokerId = 1) =>
      world.commit(decideAllocateProducerIds(world.image, { brokerId, brokerEpoch }));
    const epoch = world.image.broker(1)?.epoch ?? 0;
    expect(allocate(epoch)).toMatchObject({ errorCode: 0, producerIdStart: 0, producerIdLen: 1000 });
    expect(allocate(epoch)).toMatchObject({ errorCode: 0, producerIdStart: 1000 });
    world.register(1);
    expect(allocate(epoch).errorCode).toBe(77);
    expect(allocate(epoch, 9).errorCode).toBe(102);
    expect(allocate(world.image.broker(1)?.epoch ?? 0)).toMatchObject({ producerIdStart: 2000 });
  });
});
