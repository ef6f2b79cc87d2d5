import { describe, expect, test } from 'vitest';
import {
  autoCreatedTopic,
  type CreatableTopic,
  decideCreatePartitions,
  decideCreateTopics,
  decideDeleteTopics,
  type MetadataRecord,
  zeroUuid,
} from '../../../broker/metadata/index.ts';
import { createTopicsResponse, ErrorCode, encodeToBuffer } from '../../../kafka/protocol/index.ts';
import { directory, World } from './world.ts';

const topic = (name: string, rest: Partial<CreatableTopic> = {}): CreatableTopic => ({
  name,
  numPartitions: -1,
  replicationFactor: -1,
  assignments: [],
  configs: [],
  ...rest,
});
const manual = (...replicas: readonly (readonly number[])[]) => ({
  assignments: replicas.map((brokerIds, partitionIndex) => ({ partitionIndex, brokerIds })),
});
const create = (world: World, topics: readonly CreatableTopic[], validateOnly = false) =>
  decideCreateTopics(world.context, { topics, validateOnly });
const only = <T>(items: readonly T[] | null | undefined): T => {
  const [first, ...rest] = items ?? [];
  if (first === undefined || rest.length > 0) throw new Error(`${items?.length} items instead of one`);
  return first;
};
const refused = (world: World, wish: CreatableTopic) => {
  const { records, response } = create(world, [wish]);
  expect(records).toEqual([]);
  const { errorCode, errorMessage } = only(response.topics);
  return [errorCode, errorMessage];
};

describe('CreateTopics', () => {
  test('makes a topic with the broker’s defaults', () => {
    const world = new World({ 'num.partitions': '3' });
    const response = world.commit(create(world, [topic('a')]));
    expect(only(response.topics)).toMatchObject({
      name: 'a',
      errorCode: 0,
      errorMessage: null,
      numPartitions: 3,
      replicationFactor: 1,
      topicId: world.image.topic('a')?.id,
    });
    expect(world.image.topic('a')?.partitions.size).toBe(3);
    expect(world.image.partition('a', 2)).toEqual({
      partitionId: 2,
      replicas: [1],
      directories: [directory],
      isr: [1],
      removingReplicas: [],
      addingReplicas: [],
      eligibleLeaderReplicas: [],
      lastKnownElr: [],
      leader: 1,
      leaderRecoveryState: 0,
      leaderEpoch: 0,
      partitionEpoch: 0,
    });
  });

  test('answers with all configs in force and where they come from', () => {
    const world = new World({ 'log.retention.hours': '1' });
    const { response } = create(world, [topic('a', { configs: [{ name: 'segment.ms', value: '5' }] })]);
    const configs = only(response.topics).configs ?? [];
    expect(configs).toHaveLength(33);
    expect(configs).toEqual(
      expect.arrayContaining([
        { name: 'segment.ms', value: '5', readOnly: false, configSource: 1, isSensitive: false },
        { name: 'retention.ms', value: '3600000', readOnly: false, configSource: 4, isSensitive: false },
        { name: 'min.insync.replicas', value: '1', readOnly: false, configSource: 3, isSensitive: false },
      ]),
    );
  });

  test('hides the configs from a client that may not see them', () => {
    const world = new World();
    const request = { topics: [topic('a')], validateOnly: false };
    const { response } = decideCreateTopics(world.context, request, () => false);
    expect(only(response.topics)).toMatchObject({ errorCode: 0, topicConfigErrorCode: 29, configs: null });
  });

  test('can be encoded at every version', () => {
    const world = new World();
    const { response } = create(world, [topic('a'), topic('a b')]);
    for (let version = 2; version <= 7; version++) {
      expect(encodeToBuffer(createTopicsResponse, version, response).length).toBeGreaterThan(10);
    }
  });

  test('only checks when asked to', () => {
    const world = new World();
    const { records, response } = create(world, [topic('a')], true);
    expect(records).toEqual([]);
    expect(only(response.topics)).toMatchObject({ errorCode: 0, numPartitions: 1 });
    expect(world.image.topic('a')).toBeUndefined();
  });

  test('answers every name once, a repeated one with INVALID_REQUEST, the others as if alone, names that collide with each other too', () => {
    const world = new World();
    const { records, response } = create(world, [
      topic('a'),
      topic('b'),
      topic('a'),
      topic('c.d'),
      topic('c_d'),
    ]);
    const codes = response.topics.map(({ name, errorCode }) => [name, errorCode]);
    expect(codes).toEqual([
      ['a', 42],
      ['b', 0],
      ['c.d', 0],
      ['c_d', 0],
    ]);
    expect(records.filter(({ type }) => type === 'TopicRecord')).toHaveLength(3);
  });

  test.each([
    ['', 'the empty string is not allowed'],
    ['.', "'.' is not allowed"],
    ['..', "'..' is not allowed"],
    ['a b', "'a b' contains one or more characters"],
    ['ä', "'ä' contains one or more characters"],
    ['a'.repeat(250), 'is longer than the max allowed length 249'],
  ])('refuses the name "%s"', (name, sentence) => {
    expect(refused(new World(), topic(name))).toEqual([17, expect.stringContaining(sentence)]);
  });

  test('refuses names that exist, or collide with one that does', () => {
    const world = new World();
    world.commit(create(world, [topic('a.b'), topic('a'.repeat(249))]));
    expect(refused(world, topic('a.b'))).toEqual([36, "Topic 'a.b' already exists."]);
    expect(refused(world, topic('a_b'))).toEqual([17, "Topic 'a_b' collides with existing topic: a.b"]);
    expect(refused(world, topic('__cluster_metadata'))).toEqual([42, expect.stringContaining('prohibited')]);
  });

  const badWishes: readonly (readonly [Partial<CreatableTopic>, number, string])[] = [
    [{ numPartitions: 0 }, 37, 'Number of partitions was set to an invalid non-positive value.'],
    [{ numPartitions: -2 }, 37, 'Number of partitions was set to an invalid non-positive value.'],
    [{ replicationFactor: 0 }, 38, 'Replication factor must be larger than 0'],
    [{ replicationFactor: -2 }, 38, 'Replication factor must be larger than 0'],
    [
      { replicationFactor: 4 },
      38,
      'cannot be reached because only 3 broker(s) are registered or some brokers have all their log directories cordoned.',
    ],
    [{ ...manual([1]), replicationFactor: 1 }, 42, 'replication factor was not set to -1.'],
    [{ ...manual([1]), numPartitions: 1 }, 42, 'numPartitions was not set to -1.'],
    [{ ...manual([]) }, 39, 'includes an empty replica list'],
    [{ ...manual([9]) }, 39, 'includes broker 9, but no such broker is registered.'],
    [{ ...manual([1, 1]) }, 39, 'includes the broker 1 more than once.'],
    [{ ...manual([1, 2], [1]) }, 39, 'not consistent with previous partitions, which have 2 replica(s).'],
    [{ ...manual([3]) }, 39, 'partition 0 are fenced or in controlled shutdown.'],
    [{ assignments: [{ partitionIndex: 1, brokerIds: [1] }] }, 39, 'consecutive 0-based integer sequence'],
    [
      { assignments: [0, 0].map((partitionIndex) => ({ partitionIndex, brokerIds: [1] })) },
      39,
      'Found multiple manual partition assignments for partition 0',
    ],
    [{ numPartitions: 10_001 }, 44, 'Excessively large number of partitions per request.'],
    [{ configs: [{ name: 'retention.ms', value: null }] }, 40, 'Null value not supported for topic configs'],
    [{ configs: [{ name: 'no.such', value: '1' }] }, 40, 'Unknown topic config name: no.such'],
  ];
  test.each(badWishes)('%j is refused with %d', (wish, code, sentence) => {
    const world = new World({}, [1, 2, 3]);
    const epoch = world.image.broker(3)?.epoch ?? 0;
    world.append([{ type: 'FenceBrokerRecord', value: { id: 3, epoch } }]);
    expect(refused(world, topic('a', wish))).toEqual([code, expect.stringContaining(sentence)]);
  });

  test('names the first bad config, as Kafka does: one nobody knows, else by the order of its table', () => {
    const configs = [
      { name: 'no.such', value: '1' },
      { name: 'retention.ms', value: 'x' },
      { name: 'segment.bytes', value: '5' },
    ];
    const told = (from: number) => refused(new World(), topic('a', { configs: configs.slice(from) }));
    expect(told(0)).toEqual([40, 'Unknown topic config name: no.such']);
    const bytes = 'Invalid value 5 for configuration segment.bytes: Value must be at least 1048576';
    expect(told(1)).toEqual([40, bytes]);
  });

  test('tells of a config without value alone', () => {
    const configs = [
      { name: 'segment.bytes', value: '5' },
      { name: 'retention.ms', value: null },
    ];
    const message = 'Null value not supported for topic configs: retention.ms';
    expect(refused(new World(), topic('a', { configs }))).toEqual([40, message]);
  });

  test('answers each entry of a request that is refused whole', () => {
    const wishes = [topic('a'), topic('a'), topic('b', { numPartitions: 10_001 })];
    const codes = create(new World(), wishes).response.topics.map(({ name, errorCode }) => [name, errorCode]);
    expect(codes).toEqual([
      ['a', 44],
      ['a', 44],
      ['b', 44],
    ]);
  });

  test('shows the configs that were given as they were given', () => {
    const configs = [{ name: 'preallocate', value: ' true ' }];
    const made = only(create(new World(), [topic('a', { configs })]).response.topics);
    expect(made.configs?.find(({ name }) => name === 'preallocate')).toMatchObject({ value: ' true ' });
  });

  test('looks at an assignment entry by entry', () => {
    const assignments = [0, 1, 0].map((partitionIndex) => ({
      partitionIndex,
      brokerIds: [1 + partitionIndex],
    }));
    const message = 'The manual partition assignment includes broker 2, but no such broker is registered.';
    expect(refused(new World(), topic('a', { assignments }))).toEqual([39, message]);
  });

  test('refuses all topics of a request with more than 10 000 partitions', () => {
    const world = new World();
    const half = topic('a', { numPartitions: 5000 });
    expect(create(world, [half, { ...half, name: 'b' }]).response.topics.map((t) => t.errorCode)).toEqual([
      0, 0,
    ]);
    const { records, response } = create(world, [half, { ...half, name: 'b' }, topic('c')]);
    expect(records).toEqual([]);
    expect(response.topics.map(({ errorCode }) => errorCode)).toEqual([44, 44, 44]);
  });

  test('refuses when every broker is fenced, or none is there', () => {
    const world = new World({}, []);
    expect(refused(world, topic('a'))[0]).toBe(ErrorCode.INVALID_REPLICATION_FACTOR);
    world.register(1);
    const epoch = world.image.broker(1)?.epoch ?? 0;
    world.append([{ type: 'FenceBrokerRecord', value: { id: 1, epoch } }]);
    expect(refused(world, topic('a'))).toEqual([
      38,
      expect.stringContaining('All brokers are currently fenced.'),
    ]);
  });
});

describe('placement', () => {
  const replicasOf = (records: readonly MetadataRecord[]) =>
    records.flatMap((record) => (record.type === 'PartitionRecord' ? [record.value.replicas] : []));

  test('spreads leaders and replicas over the brokers', () => {
    const world = new World({}, [1, 2, 3]);
    const wish = topic('a', { numPartitions: 6, replicationFactor: 2 });
    const replicas = replicasOf(create(world, [wish]).records);
    const leaders = Object.groupBy(replicas, ([leader]) => leader ?? -1);
    expect(Object.entries(leaders).map(([id, led]) => [id, led?.length])).toEqual([
      ['1', 2],
      ['2', 2],
      ['3', 2],
    ]);
    expect(replicas.every(([first, second]) => first !== second)).toBe(true);
  });

  test('keeps the replicas of a partition on different racks', () => {
    const world = new World({}, []);
    const racks = new Map([
      [1, 'x'],
      [2, 'x'],
      [3, 'y'],
      [4, 'y'],
    ]);
    for (const [id, rack] of racks) world.register(id, { rack });
    const wish = topic('a', { numPartitions: 8, replicationFactor: 2 });
    for (const replicas of replicasOf(create(world, [wish]).records)) {
      expect(new Set(replicas.map((id) => racks.get(id))).size).toBe(2);
    }
  });

  test('takes a given assignment, and leaves fenced replicas out of the ISR', () => {
    const world = new World({}, [1, 2]);
    const epoch = world.image.broker(1)?.epoch ?? 0;
    world.append([{ type: 'FenceBrokerRecord', value: { id: 1, epoch } }]);
    world.commit(create(world, [topic('a', manual([1, 2], [2, 1]))]));
    expect(world.image.partition('a', 0)).toMatchObject({ replicas: [1, 2], isr: [2], leader: 2 });
    expect(world.image.partition('a', 1)).toMatchObject({ replicas: [2, 1], isr: [2], leader: 2 });
  });

  test('uses fenced brokers only when the others are too few', () => {
    const world = new World({}, [1, 2, 3]);
    const epoch = world.image.broker(2)?.epoch ?? 0;
    world.append([{ type: 'FenceBrokerRecord', value: { id: 2, epoch } }]);
    const wish = topic('a', { numPartitions: 4, replicationFactor: 2 });
    expect(replicasOf(create(world, [wish]).records).flat()).not.toContain(2);
    const all = replicasOf(create(world, [{ ...wish, replicationFactor: 3 }]).records);
    expect(all.map((replicas) => replicas[2])).toEqual([2, 2, 2, 2]);
  });
});

describe('topics made when they are needed', () => {
  test.each([
    ['__consumer_offsets', 50, { 'cleanup.policy': 'compact', 'segment.bytes': '104857600' }],
    ['__transaction_state', 50, { 'min.insync.replicas': '1', 'compression.type': 'uncompressed' }],
    ['__share_group_state', 50, { 'retention.ms': '-1' }],
    ['orders', 1, {}],
  ])('%s has %d partitions', (name, count, configs) => {
    const world = new World();
    world.commit(create(world, [autoCreatedTopic(name, world.context.config)]));
    expect(world.image.topic(name)?.partitions.size).toBe(count);
    expect(Object.fromEntries(world.image.configs(2, name))).toMatchObject(configs);
  });

  test('an internal topic may have segments smaller than a topic may ask for', () => {
    const world = new World({ 'offsets.topic.segment.bytes': '1000' });
    world.commit(create(world, [autoCreatedTopic('__consumer_offsets', world.context.config)]));
    expect(world.image.configs(2, '__consumer_offsets').get('internal.segment.bytes')).toBe('1000');
  });
});

test('a request to create topics that gives no time comes too late', () => {
  const world = new World();
  const request = { topics: [topic('a')], validateOnly: false, timeoutMs: 0 };
  const { records, response } = decideCreateTopics(world.context, request);
  expect([records, response.topics]).toMatchObject([[], [{ name: 'a', errorCode: 7, errorMessage: null }]]);
});

describe('DeleteTopics', () => {
  const named = (...topicNames: string[]) => ({ topics: [], topicNames });
  const remove = (world: World, request: Parameters<typeof decideDeleteTopics>[1], version = 6) =>
    decideDeleteTopics(world.context, request, { version });

  test('by name before v6, each name answered once', () => {
    const world = new World();
    world.commit(create(world, [topic('a'), topic('b')]));
    const response = world.commit(remove(world, named('a', 'x', 'b', 'b'), 5));
    expect(response.responses.map(({ name, errorCode }) => [name, errorCode])).toEqual([
      ['a', 0],
      ['x', 3],
      ['b', 42],
    ]);
    expect([world.image.topic('a'), world.image.topic('b')?.name]).toEqual([undefined, 'b']);
  });

  test('by name or id from v6', () => {
    const world = new World();
    world.commit(create(world, [topic('a'), topic('b'), topic('c')]));
    const id = (name: string) => world.image.topic(name)?.id ?? '';
    const [b, c] = [id('b'), id('c')];
    const topics = [
      { name: 'a', topicId: zeroUuid },
      { name: null, topicId: b },
      { name: null, topicId: 'AAAAAAAAAAAAAAAAAAAAAw' },
      { name: 'c', topicId: c },
      { name: null, topicId: zeroUuid },
    ];
    const response = world.commit(remove(world, { topics, topicNames: [] }));
    expect(response.responses.map(({ name, errorCode }) => [name, errorCode])).toEqual([
      ['c', 42],
      [null, 42],
      ['a', 0],
      ['b', 0],
      [null, 100],
    ]);
    expect([...world.image.topics()].map(({ name }) => name)).toEqual(['c']);
  });

  test('the same topic by name and by id is not deleted, and answered once', () => {
    const world = new World();
    world.commit(create(world, [topic('a')]));
    const topics = [
      { name: null, topicId: world.image.topic('a')?.id ?? '' },
      { name: 'a', topicId: zeroUuid },
    ];
    const { records, response } = remove(world, { topics, topicNames: [] });
    expect(records).toEqual([]);
    expect(response.responses).toMatchObject([
      { name: 'a', topicId: world.image.topic('a')?.id, errorCode: 42 },
    ]);
  });

  test('an entry with both name and id does not keep another entry from deleting the topic', () => {
    const world = new World();
    world.commit(create(world, [topic('a')]));
    const topicId = world.image.topic('a')?.id ?? '';
    const topics = [
      { name: 'a', topicId },
      { name: null, topicId },
    ];
    const { responses } = world.commit(remove(world, { topics, topicNames: [] }));
    expect(responses.map(({ errorCode }) => errorCode)).toEqual([42, 0]);
    expect(world.image.topic('a')).toBeUndefined();
  });

  test('hides the name of a topic the client may not see', () => {
    const world = new World();
    world.commit(create(world, [topic('a')]));
    const topics = [{ name: null, topicId: world.image.topic('a')?.id ?? '' }];
    const options = { version: 6, canSeeName: () => false };
    const { response } = decideDeleteTopics(world.context, { topics, topicNames: [] }, options);
    expect(only(response.responses)).toMatchObject({ name: null, errorCode: 0 });
  });

  test.each([
    [6, 73],
    [3, 73],
    [2, 42],
  ])('when it is switched off, v%d answers %d', (version, code) => {
    const world = new World({ 'delete.topic.enable': 'false' });
    const request = { topics: [{ name: 'a', topicId: zeroUuid }], topicNames: ['a'] };
    const { records, response } = remove(world, request, version);
    expect([records, only(response.responses).errorCode]).toEqual([[], code]);
  });
});

describe('CreatePartitions', () => {
  const grow = (world: World, count: number, assignments: readonly number[][] | null = null) =>
    decideCreatePartitions(world.context, {
      topics: [{ name: 'a', count, assignments: assignments?.map((brokerIds) => ({ brokerIds })) ?? null }],
      validateOnly: false,
    });
  const world = (): World => {
    const made = new World({}, [1, 2]);
    made.commit(create(made, [topic('a', { numPartitions: 2, replicationFactor: 2 })]));
    return made;
  };

  test('adds partitions with as many replicas as the others', () => {
    const grown = world();
    expect(only(grown.commit(grow(grown, 4)).results).errorCode).toBe(0);
    expect(grown.image.partition('a', 3)?.replicas).toHaveLength(2);
    expect(grown.commit(grow(grown, 5, [[2, 1]])).results).toMatchObject([{ errorCode: 0 }]);
    expect(grown.image.partition('a', 4)?.replicas).toEqual([2, 1]);
  });

  test.each([
    [2, null, 37, 'Topic already has 2 partition(s).'],
    [1, null, 37, 'The topic a currently has 2 partition(s); 1 would not be an increase.'],
    [0, null, 37, 'would not be an increase'],
    [20_000, null, 44, 'Excessively large'],
    [4, [[1, 2]], 39, 'Attempted to add 2 additional partition(s), but only 1 assignment(s) were specified.'],
    [3, [[1]], 39, 'not consistent with previous partitions'],
    [3, [[1, 9]], 39, 'no such broker is registered'],
  ])('count %d with %j is refused with %d', (count, assignments, code, sentence) => {
    const { records, response } = grow(world(), count, assignments);
    expect(records).toEqual([]);
    expect(only(response.results)).toMatchObject({
      errorCode: code,
      errorMessage: expect.stringContaining(sentence),
    });
  });

  test('answers each name once, and only checks when asked to', () => {
    const wish = (name: string) => ({ name, count: 3, assignments: null });
    const request = { topics: [wish('a'), wish('x'), wish('b'), wish('b')], validateOnly: true };
    const { records, response } = decideCreatePartitions(world().context, request);
    expect(records).toEqual([]);
    expect(response.results.map(({ name, errorCode }) => [name, errorCode])).toEqual([
      ['a', 0],
      ['x', 3],
      ['b', 42],
    ]);
  });
});
