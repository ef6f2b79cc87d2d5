import { describe, expect, test } from 'vitest';
import {
  answerDescribeCluster,
  answerDescribeConfigs,
  answerListConfigResources,
  answerMetadata,
  answerTopicPartitions,
  decideCreateTopics,
  type MetadataAccess,
  onListener,
  unrestrictedAccess,
  zeroUuid,
} from '../../../broker/metadata/index.ts';
import { encodeToBuffer, type MetadataRequest, metadataResponse } from '../../../kafka/protocol/index.ts';
import { World } from './world.ts';

function worldWith(topics: Readonly<Record<string, number>>, properties: Record<string, string> = {}): World {
  const world = new World(properties);
  const wishes = Object.entries(topics).map(([name, numPartitions]) => {
    return { name, numPartitions, replicationFactor: 1, assignments: [], configs: [] };
  });
  world.commit(decideCreateTopics(world.context, { topics: wishes, validateOnly: false }));
  return world;
}

const request = (names: readonly string[] | null, rest: Partial<MetadataRequest> = {}): MetadataRequest => ({
  topics: names?.map((name) => ({ name, topicId: zeroUuid })) ?? null,
  allowAutoTopicCreation: true,
  includeClusterAuthorizedOperations: false,
  includeTopicAuthorizedOperations: false,
  ...rest,
});
const ask = (world: World, wish: MetadataRequest, version = 13, access = unrestrictedAccess) =>
  answerMetadata(world.view, wish, { version, config: world.context.config, access });
const codes = ({ response }: ReturnType<typeof ask>) =>
  response.topics.map(({ name, errorCode }) => [name, errorCode]);
const hiding = (hidden: string): MetadataAccess => ({
  ...unrestrictedAccess,
  canDescribeTopic: (name) => name !== hidden,
});

describe('Metadata', () => {
  test('describes brokers, controller, topics and partitions', () => {
    const world = worldWith({ a: 2 });
    expect(ask(world, request(['a'])).response).toEqual({
      throttleTimeMs: 0,
      brokers: [{ nodeId: 1, host: 'host1', port: 9092, rack: null }],
      clusterId: 'CCCCCCCCCCCCCCCCCCCCCA',
      controllerId: 1,
      topics: [
        {
          errorCode: 0,
          name: 'a',
          topicId: world.image.topic('a')?.id,
          isInternal: false,
          topicAuthorizedOperations: -2_147_483_648,
          partitions: [0, 1].map((partitionIndex) => ({
            errorCode: 0,
            partitionIndex,
            leaderId: 1,
            leaderEpoch: 0,
            replicaNodes: [1],
            isrNodes: [1],
            offlineReplicas: [],
          })),
        },
      ],
    });
  });

  test('null is all topics and an empty list none, but in v0 an empty list is all', () => {
    const world = worldWith({ a: 1, b: 1 });
    expect(codes(ask(world, request(null)))).toHaveLength(2);
    expect(codes(ask(world, request([])))).toHaveLength(0);
    expect(codes(ask(world, request([]), 0))).toHaveLength(2);
  });

  test('every name is answered once', () => {
    const world = worldWith({ a: 1 });
    expect(codes(ask(world, request(['a', 'x', 'a', 'b c', 'x'])))).toEqual([
      ['a', 0],
      ['x', 3],
      ['b c', 17],
    ]);
  });

  test('a missing topic is UNKNOWN_TOPIC_OR_PARTITION and to be created, unless that is not wanted', () => {
    const world = worldWith({});
    expect(ask(world, request(['x', 'y']))).toMatchObject({ topicsToCreate: ['x', 'y'] });
    expect(ask(world, request(['x'], { allowAutoTopicCreation: false })).topicsToCreate).toEqual([]);
    expect(
      ask(worldWith({}, { 'auto.create.topics.enable': 'false' }), request(['x'])).topicsToCreate,
    ).toEqual([]);
    expect(ask(world, request(['a b'])).topicsToCreate).toEqual([]);
    expect(ask(world, request(null)).topicsToCreate).toEqual([]);
    const cannotCreate = { ...unrestrictedAccess, canCreateTopic: () => false };
    expect(codes(ask(world, request(['x']), 13, cannotCreate))).toEqual([['x', 29]]);
  });

  test('a topic that could not be created is INVALID_REPLICATION_FACTOR', () => {
    const answer = ask(
      worldWith({}, { 'default.replication.factor': '2' }),
      request(['x', '__consumer_offsets']),
    );
    expect(codes(answer)).toEqual([
      ['x', 38],
      ['__consumer_offsets', 3],
    ]);
    expect(answer.topicsToCreate).toEqual(['__consumer_offsets']);
  });

  test('topics are found by id from v12, unknown ids without a name', () => {
    const world = worldWith({ a: 1, b: 1 });
    const a = world.image.topic('a')?.id ?? '';
    const other = 'AAAAAAAAAAAAAAAAAAAAAw';
    const topics = [a, other, a].map((topicId) => ({ name: null, topicId }));
    const answer = ask(world, { ...request([]), topics }, 12);
    expect(answer.response.topics.map((t) => [t.name, t.topicId, t.errorCode])).toEqual([
      ['a', a, 0],
      [null, other, 100],
    ]);
    expect(codes(ask(world, { ...request([]), topics: topics.slice(0, 2) }, 11))).toEqual([
      ['', 42],
      ['', 42],
    ]);
  });

  test('a topic with neither name nor id makes no sense, and the answer tells of nothing else', () => {
    const nothing = { brokers: [], clusterId: null, controllerId: -1 };
    const topics = [{ name: null, topicId: 'AAAAAAAAAAAAAAAAAAAAAA' }];
    for (const [version, errorCode] of [
      [12, -1],
      [11, 42],
    ] as const)
      expect(ask(worldWith({ a: 1 }), { ...request([]), topics }, version).response).toMatchObject({
        ...nothing,
        errorCode,
        topics: [{ errorCode, name: '' }],
      });
  });

  test('what may be done to a topic is told of one that is not there, too', () => {
    const { topics } = ask(
      worldWith({}),
      request(['a'], { includeTopicAuthorizedOperations: true }),
    ).response;
    expect(topics).toMatchObject([{ errorCode: 3, topicAuthorizedOperations: 3576 }]);
  });

  test('internal topics are marked', () => {
    const world = worldWith({ __consumer_offsets: 1, __mine: 1 });
    const { topics } = ask(world, request(null)).response;
    expect(topics.map(({ name, isInternal }) => [name, isInternal])).toEqual([
      ['__consumer_offsets', true],
      ['__mine', false],
    ]);
  });

  test('a topic the client may not see is refused by name and left out of all', () => {
    const world = worldWith({ a: 1, b: 1 });
    expect(codes(ask(world, request(['a', 'b']), 13, hiding('a')))).toEqual([
      ['a', 29],
      ['b', 0],
    ]);
    expect(codes(ask(world, request(null), 13, hiding('a')))).toEqual([['b', 0]]);
    const topics = [{ name: null, topicId: world.image.topic('a')?.id ?? '' }];
    expect(codes(ask(world, { ...request([]), topics }, 12, hiding('a')))).toEqual([[null, 29]]);
  });

  test('rights are told when asked for', () => {
    const wish = request(['a'], {
      includeClusterAuthorizedOperations: true,
      includeTopicAuthorizedOperations: true,
    });
    const { response } = ask(worldWith({ a: 1 }), wish, 8);
    expect(response.clusterAuthorizedOperations).toBe(8096);
    expect(response.topics[0]?.topicAuthorizedOperations).toBe(3576);
  });

  test('can be encoded at every version', () => {
    const world = worldWith({ a: 1 });
    for (let version = 0; version <= 13; version++) {
      const { response } = ask(world, request(['a', 'x']), version);
      expect(encodeToBuffer(metadataResponse, version, response).length).toBeGreaterThan(20);
    }
  });

  test('a fenced broker is not listed, leads nothing, and its replicas are offline', () => {
    const world = worldWith({ a: 1 });
    const epoch = world.image.broker(1)?.epoch ?? 0;
    world.append([{ type: 'FenceBrokerRecord', value: { id: 1, epoch } }]);
    const { response } = ask(world, request(['a']));
    expect([response.brokers, response.controllerId]).toEqual([[], -1]);
    expect(response.topics[0]?.partitions[0]).toMatchObject({
      errorCode: 5,
      leaderId: -1,
      offlineReplicas: [1],
    });
  });

  test.each([
    [5, 5],
    [6, 72],
  ])('v%d answers %d for a leader without the client’s listener', (version, code) => {
    const world = worldWith({ a: 1 });
    const view = { ...world.view, endpointOf: onListener('OTHER') };
    const options = { version, config: world.context.config, access: unrestrictedAccess };
    const { response } = answerMetadata(view, request(['a']), options);
    expect(response.topics[0]?.partitions[0]).toMatchObject({ errorCode: code, leaderId: -1 });
  });
});

describe('DescribeTopicPartitions', () => {
  const page = (
    world: World,
    names: readonly string[],
    rest: { limit?: number; cursor?: { topicName: string; partitionIndex: number }; limitMax?: number } = {},
  ) =>
    answerTopicPartitions(
      world.view,
      {
        topics: names.map((name) => ({ name })),
        responsePartitionLimit: rest.limit ?? 2000,
        cursor: rest.cursor ?? null,
      },
      { access: unrestrictedAccess, limitMax: rest.limitMax ?? 2000 },
    );
  const shape = (answer: ReturnType<typeof page>) =>
    answer.topics.map((t) => [t.name, t.errorCode, t.partitions.map((p) => p.partitionIndex)]);

  test('answers by name, each once', () => {
    const world = worldWith({ b: 1, a: 2 });
    const answer = page(world, ['x', 'b', 'a', 'b', 'c d']);
    expect(shape(answer)).toEqual([
      ['a', 0, [0, 1]],
      ['b', 0, [0]],
      ['c d', 17, []],
      ['x', 3, []],
    ]);
    expect(answer.nextCursor).toBeNull();
    expect(answer.topics[0]).toMatchObject({ topicAuthorizedOperations: 3576 });
    expect(answer.topics[0]?.partitions[0]).toMatchObject({ eligibleLeaderReplicas: [], lastKnownElr: [] });
  });

  test.each([1, 2, 3, 4, 5, 6, 7])('pages of %d partitions give every partition once', (limit) => {
    const world = worldWith({ a: 3, b: 1, c: 2 });
    const seen: string[] = [];
    let cursor: { topicName: string; partitionIndex: number } | undefined;
    for (let pages = 0; pages < 10; pages++) {
      const answer = page(world, [], { limit, ...(cursor === undefined ? {} : { cursor }) });
      const partitions = answer.topics.flatMap((t) =>
        t.partitions.map((p) => `${t.name}-${p.partitionIndex}`),
      );
      expect(partitions.length).toBeLessThanOrEqual(limit);
      expect(answer.topics.every((t) => t.partitions.length > 0)).toBe(true);
      seen.push(...partitions);
      cursor = answer.nextCursor ?? undefined;
      if (cursor === undefined) break;
    }
    expect(seen).toEqual(['a-0', 'a-1', 'a-2', 'b-0', 'c-0', 'c-1']);
  });

  test('the broker’s own limit holds', () => {
    expect(page(worldWith({ a: 3 }), [], { limitMax: 2 }).nextCursor).toEqual({
      topicName: 'a',
      partitionIndex: 2,
    });
  });

  test('a cursor to a topic that is gone goes on behind it, one that makes no sense is refused', () => {
    const world = worldWith({ a: 1, c: 1 });
    expect(shape(page(world, [], { cursor: { topicName: 'b', partitionIndex: 5 } }))).toEqual([
      ['c', 0, [0]],
    ]);
    expect(shape(page(world, ['a'], { cursor: { topicName: 'a', partitionIndex: -1 } }))).toEqual([
      ['a', 42, []],
    ]);
    expect(shape(page(world, ['a', 'c', 'a'], { cursor: { topicName: 'b', partitionIndex: 0 } }))).toEqual([
      ['a', 42, []],
      ['c', 42, []],
      ['a', 42, []],
    ]);
    expect(shape(page(world, [], { cursor: { topicName: 'a', partitionIndex: -1 } }))).toEqual([]);
  });
});

describe('DescribeCluster', () => {
  const wish = { includeClusterAuthorizedOperations: false, endpointType: 1, includeFencedBrokers: false };

  test('lists the brokers, fenced ones when asked', () => {
    const world = new World({}, [1, 2]);
    const epoch = world.image.broker(1)?.epoch ?? 0;
    world.append([{ type: 'FenceBrokerRecord', value: { id: 1, epoch } }]);
    expect(answerDescribeCluster(world.view, wish, unrestrictedAccess)).toMatchObject({
      errorCode: 0,
      clusterId: 'CCCCCCCCCCCCCCCCCCCCCA',
      controllerId: 2,
      brokers: [{ brokerId: 2, host: 'host2', port: 9092, isFenced: false }],
      clusterAuthorizedOperations: -2_147_483_648,
    });
    const all = { ...wish, includeFencedBrokers: true, includeClusterAuthorizedOperations: true };
    const answer = answerDescribeCluster(world.view, all, unrestrictedAccess);
    expect(answer.brokers.map(({ brokerId, isFenced }) => [brokerId, isFenced])).toEqual([
      [1, true],
      [2, false],
    ]);
    expect([answer.controllerId, answer.clusterAuthorizedOperations]).toEqual([2, 8096]);
  });

  test.each([
    [2, 114],
    [7, 115],
  ])('endpoint type %d is answered with %d', (endpointType, code) => {
    const answer = answerDescribeCluster(new World().view, { ...wish, endpointType }, unrestrictedAccess);
    expect([answer.errorCode, answer.brokers]).toEqual([code, []]);
  });
});

describe('DescribeConfigs', () => {
  const loggers = new Map([['root', 'INFO']]);
  const describeOne = (
    resourceType: number,
    resourceName: string,
    rest: { keys?: readonly string[]; synonyms?: boolean; documentation?: boolean; world?: World } = {},
  ) => {
    const world = rest.world ?? worldWith({ a: 1 });
    const view = { image: world.image, nodeId: 1, properties: world.properties, loggers };
    const [result] = answerDescribeConfigs(view, {
      resources: [{ resourceType, resourceName, configurationKeys: rest.keys ?? null }],
      includeSynonyms: rest.synonyms ?? false,
      includeDocumentation: rest.documentation ?? false,
    }).results;
    if (result === undefined) throw new Error('no result');
    return result;
  };

  test('gives all configs, or those asked for', () => {
    expect(describeOne(2, 'a').configs).toHaveLength(33);
    expect(describeOne(2, 'a', { keys: ['retention.ms', 'no.such'] }).configs).toEqual([
      {
        name: 'retention.ms',
        value: '604800000',
        readOnly: false,
        configSource: 5,
        isSensitive: false,
        synonyms: [],
        configType: 5,
        documentation: null,
      },
    ]);
    expect(describeOne(2, 'a', { keys: [] }).configs).toHaveLength(33);
  });

  test('gives synonyms and documentation when asked', () => {
    const { configs } = describeOne(2, 'a', {
      keys: ['retention.bytes'],
      synonyms: true,
      documentation: true,
    });
    expect(configs[0]?.synonyms).toEqual([{ name: 'log.retention.bytes', value: '-1', source: 5 }]);
    expect(configs[0]?.documentation).toMatch(/\.$/);
  });

  test.each([
    [2, 'missing', 3],
    [2, 'a b', 17],
    [4, '2', 42],
    [4, 'one', 42],
    [8, '', 42],
    [8, '2', 42],
    [16, '', 42],
    [32, '', 42],
    [77, 'a', 42],
  ])('resource type %d "%s" is refused with %d', (type, name, code) => {
    expect(describeOne(type, name)).toMatchObject({ errorCode: code, configs: [] });
  });

  test('a resource of no known type spoils the whole request', () => {
    const world = worldWith({ a: 1 });
    const view = { image: world.image, nodeId: 1, properties: world.properties, loggers };
    const resources = [2, 3].map((resourceType) => ({
      resourceType,
      resourceName: 'a',
      configurationKeys: null,
    }));
    const { results } = answerDescribeConfigs(view, {
      resources,
      includeSynonyms: false,
      includeDocumentation: false,
    });
    expect(results.map(({ errorCode }) => errorCode)).toEqual([42, 42]);
  });

  test('answers for this broker, for all brokers, its loggers, and groups nobody configured', () => {
    expect(describeOne(4, '1', { keys: ['offsets.topic.replication.factor'] }).configs).toMatchObject([
      { value: '1', configSource: 4, readOnly: true, configType: 4 },
    ]);
    expect(describeOne(4, '').configs.map(({ name }) => name)).toEqual(['min.insync.replicas']);
    expect(describeOne(8, '1').configs).toMatchObject([{ name: 'root', value: 'INFO', configSource: 6 }]);
    expect(describeOne(32, 'g').configs).toHaveLength(17);
    expect(describeOne(16, 'm').configs).toHaveLength(3);
  });

  test('lists resources that have configs', () => {
    const world = worldWith({ a: 1 });
    world.append([
      {
        type: 'ConfigRecord',
        value: { resourceType: 16, resourceName: 'm', name: 'interval.ms', value: '500' },
      },
      { type: 'ConfigRecord', value: { resourceType: 32, resourceName: 'g', name: 'x', value: '500' } },
    ]);
    const list = (resourceTypes: readonly number[], version: number) =>
      answerListConfigResources(world.image, { resourceTypes }, version);
    expect(list([], 0).configResources).toEqual([{ resourceName: 'm', resourceType: 16 }]);
    expect(list([], 1).configResources.map((r) => `${r.resourceType}:${r.resourceName}`)).toEqual([
      '2:a',
      '4:1',
      '8:1',
      '16:m',
      '32:g',
    ]);
    expect(list([32, 32], 1).configResources).toHaveLength(1);
    expect(list([3], 1)).toMatchObject({ errorCode: 35, configResources: [] });
  });
});
