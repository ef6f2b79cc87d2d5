import { describe, expect, test } from 'vitest';
import {
  bootstrapRecords,
  decideCreateTopics,
  directoryRecords,
  imageRecords,
  leadershipRecords,
  MetadataImage,
  type MetadataRecord,
  replay,
  replayAll,
  unassignedDirectory,
} from '../../../broker/metadata/index.ts';
import { contentOf, directory, incarnation, replayed, World } from './world.ts';

const topicA = 'AAAAAAAAAAAAAAAAAAAAAw';
const create = (world: World, name: string, numPartitions = 1) =>
  decideCreateTopics(world.context, {
    topics: [{ name, numPartitions, replicationFactor: -1, assignments: [], configs: [] }],
    validateOnly: false,
  });

describe('a new cluster', () => {
  test('has the features of Kafka 4.3 and its own minimum of in-sync replicas', () => {
    const { image } = new World({ 'min.insync.replicas': '1' });
    expect([...image.features]).toEqual([
      ['metadata.version', 30],
      ['transaction.version', 2],
      ['group.version', 1],
      ['eligible.leader.replicas.version', 1],
      ['share.version', 1],
      ['streams.version', 1],
    ]);
    expect([...image.configs(4, '')]).toEqual([['min.insync.replicas', '1']]);
  });

  test('can be made without features that are not there', () => {
    const records = bootstrapRecords(new Map(), {
      'metadata.version': { minVersion: 7, maxVersion: 30, initialLevel: 30 },
    });
    expect(records.map(({ type }) => type)).toEqual([
      'BeginTransactionRecord',
      'FeatureLevelRecord',
      'EndTransactionRecord',
    ]);
  });

  test('has a registered broker that is not fenced, with its record’s offset as epoch', () => {
    const world = new World();
    expect(world.image.broker(1)).toMatchObject({
      id: 1,
      epoch: 9,
      incarnationId: incarnation,
      isFenced: false,
      logDirs: [directory],
      endpoints: [{ name: 'PLAINTEXT', host: 'host1', port: 9092, securityProtocol: 0 }],
    });
  });
});

describe('a restart', () => {
  test('gives the broker another epoch and keeps leader epochs after a clean stop', () => {
    const world = new World();
    world.commit(create(world, 'a'));
    const before = world.image.broker(1)?.epoch ?? -1;
    world.register(1);
    expect(world.image.broker(1)?.epoch).toBeGreaterThan(before);
    expect(leadershipRecords(world.image, 1, { isCleanStart: true })).toEqual([]);
  });

  test('raises every leader epoch after a stop that was not clean', () => {
    const world = new World();
    world.commit(create(world, 'a', 2));
    const delta = world.append(leadershipRecords(world.image, 1, { isCleanStart: false }));
    expect(world.image.partition('a', 1)).toMatchObject({ leader: 1, leaderEpoch: 1, partitionEpoch: 1 });
    expect(delta.partitionsChanged.map(({ partitionId }) => partitionId)).toEqual([0, 1]);
    world.append(leadershipRecords(world.image, 1, { isCleanStart: false }));
    expect(world.image.partition('a', 0)?.leaderEpoch).toBe(2);
  });

  test('gives leaders to partitions that lost theirs', () => {
    const world = new World();
    world.commit(create(world, 'a'));
    const id = world.image.topic('a')?.id ?? '';
    const [change] = leadershipRecords(world.image, 1, { isCleanStart: false });
    if (change?.type !== 'PartitionChangeRecord') throw new Error('no change');
    world.append([{ ...change, value: { ...change.value, leader: -1 } }]);
    expect(world.image.partition('a', 0)).toMatchObject({ leader: -1, leaderEpoch: 1 });
    world.append(leadershipRecords(world.image, 1, { isCleanStart: true }));
    expect(world.image.topicById(id)?.partitions.get(0)).toMatchObject({ leader: 1, leaderEpoch: 2 });
  });

  test('gives leaders to partitions that Kafka left without any when it stopped in order', () => {
    const world = new World();
    world.commit(create(world, 'a', 3));
    const topicId = world.image.topic('a')?.id ?? '';
    const [change] = leadershipRecords(world.image, 1, { isCleanStart: false });
    if (change?.type !== 'PartitionChangeRecord') throw new Error('no change');
    const leave = (partitionId: number, eligibleLeaderReplicas: number[], lastKnownElr: number[]) => {
      const left = { topicId, partitionId, leader: -1, isr: [], eligibleLeaderReplicas, lastKnownElr };
      world.append([{ ...change, value: { ...change.value, ...left } }]);
    };
    leave(0, [1], [1]);
    leave(1, [], [1]);
    leave(2, [7], [1]);
    world.append(leadershipRecords(world.image, 1, { isCleanStart: true }));
    const whole = { leader: 1, isr: [1], eligibleLeaderReplicas: [], lastKnownElr: [], leaderEpoch: 2 };
    expect(world.image.partition('a', 0)).toMatchObject(whole);
    expect(world.image.partition('a', 1)).toMatchObject(whole);
    expect(world.image.partition('a', 2)).toMatchObject({ leader: -1, isr: [], leaderEpoch: 1 });
  });

  test('changes by an earlier incarnation of a broker are ignored', () => {
    const world = new World();
    const { epoch } = world.image.broker(1) ?? { epoch: 0 };
    world.append([
      { type: 'FenceBrokerRecord', value: { id: 1, epoch: epoch - 1 } },
      { type: 'UnregisterBrokerRecord', value: { brokerId: 1, brokerEpoch: epoch - 1 } },
    ]);
    expect(world.image.broker(1)?.isFenced).toBe(false);
    expect(world.image.ignoredRecords).toBe(2);
    world.append([{ type: 'FenceBrokerRecord', value: { id: 1, epoch } }]);
    expect(world.image.broker(1)?.isFenced).toBe(true);
    world.append([{ type: 'UnfenceBrokerRecord', value: { id: 1, epoch } }]);
    expect(world.image.broker(1)?.isFenced).toBe(false);
    world.append([{ type: 'UnregisterBrokerRecord', value: { brokerId: 1, brokerEpoch: epoch } }]);
    expect(world.image.broker(1)).toBeUndefined();
  });
});

describe('directories', () => {
  test('one log directory is written down at once, of several the broker tells later', () => {
    const world = new World({}, []);
    world.register(1, { logDirs: ['AAAAAAAAAAAAAAAAAAAAAQ', directory] });
    world.commit(create(world, 'a'));
    const topicId = world.image.topic('a')?.id ?? '';
    expect(world.image.partition('a', 0)?.directories).toEqual([unassignedDirectory]);
    const placement = { topicId, partitionId: 0, directory };
    world.append(directoryRecords(world.image, 1, [placement]));
    expect(world.image.partition('a', 0)).toMatchObject({ directories: [directory], leaderEpoch: 0 });
    expect(directoryRecords(world.image, 1, [placement, { ...placement, partitionId: 7 }])).toEqual([]);
  });
});

describe('replay', () => {
  const topic: MetadataRecord = { type: 'TopicRecord', value: { name: 'a', topicId: topicA } };

  test('holds a transaction back until it ends', () => {
    const image = new MetadataImage();
    replay(image, { type: 'BeginTransactionRecord', value: { name: null } });
    replay(image, topic);
    expect(image.topic('a')).toBeUndefined();
    const delta = replayAll(image, [{ type: 'EndTransactionRecord', value: {} }]);
    expect(image.topic('a')?.id).toBe(topicA);
    expect(delta.topicsCreated.map(({ name }) => name)).toEqual(['a']);
  });

  test('drops a transaction that was aborted', () => {
    const image = new MetadataImage();
    replayAll(image, [
      { type: 'BeginTransactionRecord', value: { name: null } },
      topic,
      { type: 'AbortTransactionRecord', value: { reason: null } },
      { type: 'NoOpRecord', value: {} },
    ]);
    expect([...image.topics()]).toEqual([]);
  });

  test('counts what is about nothing, and changes nothing', () => {
    const image = new MetadataImage();
    const records: readonly MetadataRecord[] = [
      { type: 'RemoveTopicRecord', value: { topicId: topicA } },
      { type: 'ClearElrRecord', value: { topicName: 'a' } },
      { type: 'RemoveAccessControlEntryRecord', value: { id: topicA } },
      { type: 'RemoveUserScramCredentialRecord', value: { name: 'u', mechanism: 1 } },
      { type: 'RemoveDelegationTokenRecord', value: { tokenId: 't' } },
    ];
    const delta = replayAll(image, records);
    expect(image.ignoredRecords).toBe(records.length);
    expect([delta.topicsRemoved, delta.hasSecurityChanges]).toEqual([[], false]);
  });

  test('a topic created and removed in one batch is not news; its configs go with it', () => {
    const image = new MetadataImage();
    const config = { resourceType: 2, resourceName: 'a', name: 'retention.ms', value: '1' };
    const delta = replayAll(image, [
      topic,
      { type: 'ConfigRecord', value: config },
      { type: 'RemoveTopicRecord', value: { topicId: topicA } },
    ]);
    expect([delta.topicsCreated, delta.topicsRemoved, delta.partitionsAdded]).toEqual([[], [], []]);
    expect([...image.configs(2, 'a')]).toEqual([]);
    expect(image.configuredNames(2)).toEqual([]);
  });

  test('a removed topic’s configs are news, so that nobody keeps them for the next of its name', () => {
    const world = new World();
    world.commit(create(world, 'a'));
    const config = { resourceType: 2, resourceName: 'a', name: 'retention.ms', value: '1' };
    world.append([{ type: 'ConfigRecord', value: config }]);
    const topicId = world.image.topic('a')?.id ?? '';
    const delta = world.append([{ type: 'RemoveTopicRecord', value: { topicId } }]);
    expect(delta.configsChanged).toEqual([{ resourceType: 2, name: 'a' }]);
    expect(delta.topicsRemoved.map(({ name }) => name)).toEqual(['a']);
  });

  test('a partition that is new and changed in one batch is only new', () => {
    const world = new World();
    const { records } = create(world, 'a');
    const topicId = records.flatMap(({ type, value }) => (type === 'TopicRecord' ? [value.topicId] : []))[0];
    const copy = replayed(world.log);
    replayAll(copy, records);
    const moved = { topicId: topicId ?? '', partitionId: 0, directory: incarnation };
    const delta = world.append([...records, ...directoryRecords(copy, 1, [moved])]);
    expect(world.image.partition('a', 0)?.directories).toEqual([incarnation]);
    expect([delta.partitionsAdded.length, delta.partitionsChanged]).toEqual([1, []]);
  });

  test('credentials are copied out of the log’s buffer', () => {
    const image = new MetadataImage();
    const bytes = Buffer.from('salt');
    const value = { name: 'u', mechanism: 1, salt: bytes, storedKey: bytes, serverKey: bytes, iterations: 1 };
    replay(image, { type: 'UserScramCredentialRecord', value });
    bytes.fill(0);
    const { salt, storedKey, serverKey } = image.scramCredentials.get('u/1') ?? value;
    expect([salt, storedKey, serverKey].map(String)).toEqual(['salt', 'salt', 'salt']);
  });

  test('a topic made anew under its name is another topic', () => {
    const world = new World();
    world.commit(create(world, 'a', 2));
    const old = world.image.topic('a');
    world.append([{ type: 'RemoveTopicRecord', value: { topicId: old?.id ?? '' } }]);
    const delta = world.append(create(world, 'a').records);
    expect(world.image.topic('a')?.id).not.toBe(old?.id);
    expect(delta.topicsCreated).toHaveLength(1);
    expect(delta.partitionsAdded).toEqual([
      { topic: 'a', topicId: world.image.topic('a')?.id, partitionId: 0 },
    ]);
  });

  test('eligible leaders are forgotten for one topic or all', () => {
    const world = new World();
    world.commit(create(world, 'a'));
    const topicId = world.image.topic('a')?.id ?? '';
    const [change] = directoryRecords(world.image, 1, [
      { topicId, partitionId: 0, directory: unassignedDirectory },
    ]);
    if (change?.type !== 'PartitionChangeRecord') throw new Error('no change');
    const value = { ...change.value, eligibleLeaderReplicas: [2], lastKnownElr: [3] };
    for (const topicName of ['a', '']) {
      world.append([{ type: 'PartitionChangeRecord', value }]);
      expect(world.image.partition('a', 0)).toMatchObject({ eligibleLeaderReplicas: [2], lastKnownElr: [3] });
      world.append([{ type: 'ClearElrRecord', value: { topicName } }]);
      expect(world.image.partition('a', 0)).toMatchObject({ eligibleLeaderReplicas: [], lastKnownElr: [] });
    }
  });
});

describe('a snapshot', () => {
  test('has everything, security and quotas too', () => {
    const world = new World({}, [1, 2, 3]);
    world.commit(create(world, 'a', 3));
    const quota = { entity: [{ entityType: 'user', entityName: null }], key: 'producer_byte_rate', value: 5 };
    world.append([
      { type: 'ProducerIdsRecord', value: { brokerId: 1, brokerEpoch: 2, nextProducerId: 1000 } },
      { type: 'ClientQuotaRecord', value: { ...quota, remove: false } },
      {
        type: 'AccessControlEntryRecord',
        value: {
          id: topicA,
          resourceType: 2,
          resourceName: 'a',
          patternType: 3,
          principal: 'User:u',
          host: '*',
          operation: 3,
          permissionType: 3,
        },
      },
      {
        type: 'UserScramCredentialRecord',
        value: {
          name: 'u',
          mechanism: 1,
          salt: Buffer.from('s'),
          storedKey: Buffer.from('k'),
          serverKey: Buffer.from('v'),
          iterations: 4096,
        },
      },
      {
        type: 'DelegationTokenRecord',
        value: {
          owner: 'User:u',
          requester: 'User:u',
          renewers: [],
          issueTimestamp: 1,
          maxTimestamp: 2,
          expirationTimestamp: 3,
          tokenId: 't',
        },
      },
      {
        type: 'RegisterControllerRecord',
        value: {
          controllerId: 1,
          incarnationId: incarnation,
          zkMigrationReady: false,
          endPoints: [],
          features: [],
        },
      },
    ]);
    const types = new Set([...imageRecords(world.image)].map(({ type }) => type));
    expect(types.size).toBe(11);
    const copy = new MetadataImage();
    replayAll(copy, imageRecords(world.image));
    expect(contentOf(copy)).toEqual(contentOf(world.image));
    expect(copy.nextProducerId).toBe(1000);
    expect([...copy.acls.keys(), ...copy.scramCredentials.keys(), ...copy.delegationTokens.keys()]).toEqual([
      topicA,
      'u/1',
      't',
    ]);
    const delta = world.append([{ type: 'ClientQuotaRecord', value: { ...quota, remove: true } }]);
    expect(delta.hasQuotaChanges).toBe(true);
    expect([...world.image.clientQuotas]).toEqual([]);
  });

  test('keeps the log and the live image equal', () => {
    const world = new World({}, [1, 2]);
    world.commit(create(world, 'a', 5));
    expect(contentOf(replayed(world.log))).toEqual(contentOf(world.image));
  });

  test('is not taken inside a transaction', () => {
    const image = new MetadataImage();
    replay(image, { type: 'BeginTransactionRecord', value: { name: null } });
    expect(() => [...imageRecords(image)]).toThrow('inside a transaction');
  });
});
