import { expect, test } from 'vitest';
import {
  createPartitionsRequest,
  createPartitionsResponse,
  describeClusterRequest,
  describeClusterResponse,
  describeConfigsRequest,
  describeConfigsResponse,
  describeTopicPartitionsRequest,
  describeTopicPartitionsResponse,
  ErrorCode,
  findCoordinatorRequest,
  findCoordinatorResponse,
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
  listConfigResourcesRequest,
  listConfigResourcesResponse,
  offsetCommitRequest,
  offsetCommitResponse,
  offsetFetchRequest,
  offsetFetchResponse,
} from '../../../kafka/protocol/index.ts';
import { BrokerFixture, batchOf, metadataMessages, ZERO_UUID } from '../broker-fixture.ts';

const metadata = (fixture: BrokerFixture, name: string, allowAutoTopicCreation = true) =>
  fixture.client.request(metadataMessages, 12, {
    topics: [{ name, topicId: ZERO_UUID }],
    allowAutoTopicCreation,
  });

test('a missing topic is created when it is asked for: unknown at first, there when asked again', async () => {
  const fixture = await BrokerFixture.start({ 'num.partitions': '3' });
  expect((await metadata(fixture, 'auto'))?.topics[0]).toMatchObject({
    errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    name: 'auto',
  });
  await fixture.platform.settle();
  const second = (await metadata(fixture, 'auto'))?.topics[0];
  expect(second).toMatchObject({ errorCode: 0, isInternal: false });
  expect(second?.partitions).toHaveLength(3);
  expect(await fixture.produce('auto', batchOf(['a']))).toMatchObject({ errorCode: 0 });
});

test('a topic is not created when the request or the broker does not allow it, or the name is bad', async () => {
  const fixture = await BrokerFixture.start();
  const ask = async (name: string, isAllowed = true) => {
    await metadata(fixture, name, isAllowed);
    await fixture.platform.settle();
    return (await metadata(fixture, name, isAllowed))?.topics[0]?.errorCode;
  };
  expect(await ask('no', false)).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  expect(await ask('bad name!')).toBe(ErrorCode.INVALID_TOPIC_EXCEPTION);
  expect(await ask('../etc')).toBe(ErrorCode.INVALID_TOPIC_EXCEPTION);
  const strict = await BrokerFixture.start({ 'auto.create.topics.enable': 'false' });
  await metadata(strict, 'no');
  await strict.platform.settle();
  expect((await metadata(strict, 'no'))?.topics[0]?.errorCode).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
});

test('metadata tells the broker as it can be reached, and itself as the controller', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t', 2);
  const response = await fixture.client.request(metadataMessages, 12, { topics: null });
  expect(response?.brokers).toMatchObject([{ nodeId: 1, host: 'localhost', port: 9092 }]);
  expect(response).toMatchObject({ controllerId: 1, clusterId: fixture.broker.clusterId });
  expect(response?.topics.map(({ name }) => name)).toEqual(['t']);
  expect(response?.topics[0]?.partitions[1]).toMatchObject({ leaderId: 1, replicaNodes: [1], isrNodes: [1] });
});

test('topics, partitions and configs are there after a restart and after a power cut, deleted ones are not', async () => {
  const fixture = await BrokerFixture.start();
  const id = await fixture.createTopic('keep', 2, { 'retention.ms': '1234' });
  await fixture.createTopic('drop');
  await fixture.produce('drop', batchOf(['x']));
  expect(await fixture.deleteTopic('drop')).toBe(0);
  expect(await fixture.deleteTopic('drop')).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  const messages = [createPartitionsRequest, createPartitionsResponse] as const;
  const topics = [{ name: 'keep', count: 4, assignments: null }];
  await fixture.client.request(messages, 3, { topics, timeoutMs: 1000, validateOnly: false });
  for (const survive of [() => fixture.restart(), () => fixture.crash()]) {
    await survive();
    const found = await fixture.client.request(metadataMessages, 12, { topics: null });
    expect(found?.topics.map(({ name, topicId, partitions }) => [name, topicId, partitions.length])).toEqual([
      ['keep', id, 4],
    ]);
    const configs = [describeConfigsRequest, describeConfigsResponse] as const;
    const asked = {
      resources: [{ resourceType: 2, resourceName: 'keep', configurationKeys: ['retention.ms'] }],
    };
    expect((await fixture.client.request(configs, 4, asked))?.results[0]?.configs[0]).toMatchObject({
      value: '1234',
      configSource: 1,
    });
    expect(await fixture.produce('keep', batchOf(['x']), { partition: 3 })).toMatchObject({ errorCode: 0 });
  }
});

test('a changed config counts for the next append', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  expect(await fixture.produce('t', batchOf(['x'.repeat(300)]))).toMatchObject({ errorCode: 0 });
  const messages = [incrementalAlterConfigsRequest, incrementalAlterConfigsResponse] as const;
  const configs = [{ name: 'max.message.bytes', configOperation: 0, value: '100' }];
  const resources = [{ resourceType: 2, resourceName: 't', configs }];
  await fixture.client.request(messages, 1, { resources, validateOnly: false });
  expect(await fixture.produce('t', batchOf(['x'.repeat(300)]))).toMatchObject({
    errorCode: ErrorCode.MESSAGE_TOO_LARGE,
  });
  const listed = await fixture.client.request(
    [listConfigResourcesRequest, listConfigResourcesResponse] as const,
    1,
    { resourceTypes: [2] },
  );
  expect(listed?.configResources).toMatchObject([{ resourceName: 't', resourceType: 2 }]);
});

test('DescribeCluster and DescribeTopicPartitions answer from the same image', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t', 2);
  const cluster = await fixture.client.request(
    [describeClusterRequest, describeClusterResponse] as const,
    1,
    { includeClusterAuthorizedOperations: false },
  );
  expect(cluster).toMatchObject({
    errorCode: 0,
    controllerId: 1,
    brokers: [{ brokerId: 1, host: 'localhost', port: 9092 }],
  });
  const messages = [describeTopicPartitionsRequest, describeTopicPartitionsResponse] as const;
  const topics = await fixture.client.request(messages, 0, { topics: [{ name: 't' }], cursor: null });
  expect(topics?.topics[0]).toMatchObject({
    errorCode: 0,
    name: 't',
    partitions: [{ partitionIndex: 0 }, { partitionIndex: 1 }],
  });
});

test('the files of a deleted topic are gone after file.delete.delay.ms, those of a crash in between are set aside', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t', 1, { 'file.delete.delay.ms': '1000' });
  await fixture.produce('t', batchOf(['a']));
  await fixture.deleteTopic('t');
  const folders = () => fixture.platform.files.list('/data').filter((name) => name.startsWith('t-0'));
  expect(folders().map((name) => name.replace(/\w{32}/, 'id'))).toEqual(['t-0.id-delete']);
  await fixture.platform.runFor(1001);
  expect(folders()).toEqual([]);
  const { files } = fixture.platform;
  files.makeDirectory('/data/ghost-7');
  files.open('/data/ghost-7/00000000000000000000.log', 'write').close();
  await fixture.restart();
  const names = files.list('/data');
  expect(names).not.toContain('ghost-7');
  expect(names.filter((name) => /^ghost-7\..*-stray$/.test(name))).toHaveLength(1);
});

const commit = (fixture: BrokerFixture, groupId: string, offset: number) =>
  fixture.client.request([offsetCommitRequest, offsetCommitResponse] as const, 8, {
    groupId,
    generationIdOrMemberEpoch: -1,
    memberId: '',
    topics: [
      {
        name: 't',
        partitions: [
          { partitionIndex: 0, committedOffset: offset, committedLeaderEpoch: -1, committedMetadata: 'm' },
        ],
      },
    ],
  });

async function committed(fixture: BrokerFixture, groupId: string): Promise<number | undefined> {
  const messages = [offsetFetchRequest, offsetFetchResponse] as const;
  const response = await fixture.client.request(messages, 7, {
    groupId,
    topics: [{ name: 't', partitionIndexes: [0] }],
  });
  return response?.topics[0]?.partitions[0]?.committedOffset;
}

test('committed offsets of groups survive restarts and power cuts, and compaction of their topic', async () => {
  const fixture = await BrokerFixture.start({
    'offsets.topic.segment.bytes': '2000',
    'log.cleaner.min.cleanable.ratio': '0.01',
  });
  await fixture.createTopic('t');
  const find = [findCoordinatorRequest, findCoordinatorResponse] as const;
  const found = await fixture.client.request(find, 4, { keyType: 0, coordinatorKeys: ['g1', 'g2'] });
  expect(found?.coordinators).toMatchObject([
    { errorCode: 0, nodeId: 1, port: 9092 },
    { errorCode: 0, nodeId: 1 },
  ]);
  for (let i = 0; i < 60; i++) {
    const response = await commit(fixture, i % 2 === 0 ? 'g1' : 'g2', i);
    expect(response?.topics[0]?.partitions[0]?.errorCode).toBe(0);
  }
  await fixture.restart();
  expect([await committed(fixture, 'g1'), await committed(fixture, 'g2')]).toEqual([58, 59]);
  expect(await fixture.during(fixture.broker.cleanLogs())).toBeGreaterThan(0);
  await commit(fixture, 'g1', 100);
  await fixture.crash();
  expect([
    await committed(fixture, 'g1'),
    await committed(fixture, 'g2'),
    await committed(fixture, 'g3'),
  ]).toEqual([100, 59, -1]);
});

test('a deleted topic takes the committed offsets with it', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  await fixture.client.request([findCoordinatorRequest, findCoordinatorResponse] as const, 4, {
    keyType: 0,
    coordinatorKeys: ['g'],
  });
  await commit(fixture, 'g', 7);
  await fixture.deleteTopic('t');
  await fixture.createTopic('t');
  await fixture.platform.settle();
  expect(await committed(fixture, 'g')).toBe(-1);
});

test('when the topic of committed offsets is deleted nobody coordinates its groups, and a new one begins without offsets', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  const find = () =>
    fixture.during(
      fixture.client.request([findCoordinatorRequest, findCoordinatorResponse] as const, 4, {
        keyType: 0,
        coordinatorKeys: ['g'],
      }),
    );
  const errorOf = async () =>
    (await fixture.during(commit(fixture, 'g', 5)))?.topics[0]?.partitions[0]?.errorCode;
  await find();
  expect(await errorOf()).toBe(ErrorCode.NONE);
  expect(await committed(fixture, 'g')).toBe(5);
  await fixture.during(fixture.deleteTopic('__consumer_offsets'));
  expect(await errorOf()).toBe(ErrorCode.NOT_COORDINATOR);
  expect((await find())?.coordinators[0]?.errorCode).toBe(ErrorCode.NONE);
  expect(await committed(fixture, 'g')).toBe(-1);
  expect(await errorOf()).toBe(ErrorCode.NONE);
  expect(await committed(fixture, 'g')).toBe(5);
});
