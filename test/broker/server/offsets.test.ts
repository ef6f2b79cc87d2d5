import { expect, test } from 'vitest';
import {
  deleteRecordsRequest,
  deleteRecordsResponse,
  ErrorCode,
  offsetForLeaderEpochRequest,
  offsetForLeaderEpochResponse,
} from '../../../kafka/protocol/index.ts';
import { BrokerFixture, batchOf, listOffsetsMessages } from '../broker-fixture.ts';

const NOTHING = { errorCode: 0, offset: -1, timestamp: -1 };
const T = Date.UTC(2026, 0, 1);

async function filled(): Promise<BrokerFixture> {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  await fixture.produce('t', batchOf(['a'], { timestamp: T + 10 }));
  await fixture.produce('t', batchOf(['b'], { timestamp: T + 30, codec: 'gzip' }));
  await fixture.produce('t', batchOf(['c'], { timestamp: T + 20 }));
  return fixture;
}

async function deleteRecords(fixture: BrokerFixture, offset: number, topic = 't') {
  const topics = [{ name: topic, partitions: [{ partitionIndex: 0, offset }] }];
  const messages = [deleteRecordsRequest, deleteRecordsResponse] as const;
  return (await fixture.client.request(messages, 2, { topics, timeoutMs: 1000 }))?.topics[0]?.partitions[0];
}

test('ListOffsets: latest, earliest, a timestamp and one that nothing reaches', async () => {
  const fixture = await filled();
  expect(await fixture.listOffset('t', -1)).toMatchObject({
    errorCode: 0,
    offset: 3,
    timestamp: -1,
    leaderEpoch: 0,
  });
  expect(await fixture.listOffset('t', -2)).toMatchObject({
    errorCode: 0,
    offset: 0,
    timestamp: -1,
    leaderEpoch: 0,
  });
  expect(await fixture.listOffset('t', T)).toMatchObject({ offset: 0, timestamp: T + 10, leaderEpoch: 0 });
  expect(await fixture.listOffset('t', T + 15)).toMatchObject({ offset: 1, timestamp: T + 30 });
  expect(await fixture.listOffset('t', T + 31)).toMatchObject({ ...NOTHING, leaderEpoch: -1 });
  expect(await fixture.listOffset('t', 0)).toMatchObject({ offset: 0 });
});

test('ListOffsets: the special timestamps are known from their versions on, and refused before', async () => {
  const fixture = await filled();
  const since: readonly [number, number, object][] = [
    [-3, 7, { offset: 1, timestamp: T + 30 }],
    [-4, 8, { offset: 0, timestamp: -1 }],
    [-5, 9, NOTHING],
    [-6, 11, NOTHING],
  ];
  for (const [timestamp, version, expected] of since) {
    expect(await fixture.listOffset('t', timestamp, version)).toMatchObject({ errorCode: 0, ...expected });
    expect(await fixture.listOffset('t', timestamp, version - 1)).toMatchObject({
      errorCode: ErrorCode.UNSUPPORTED_VERSION,
      offset: -1,
    });
  }
  expect(await fixture.listOffset('t', -7, 11)).toMatchObject({ errorCode: ErrorCode.UNSUPPORTED_VERSION });
  expect(await fixture.listOffset('nope', -4, 7)).toMatchObject({ errorCode: ErrorCode.UNSUPPORTED_VERSION });
  for (let version = 1; version <= 11; version++)
    expect(await fixture.listOffset('t', -1, version)).toMatchObject({ offset: 3 });
});

test('ListOffsets: unknown partitions, wrong epochs and a partition that is asked for twice', async () => {
  const fixture = await filled();
  expect(await fixture.listOffset('nope', -1)).toMatchObject({
    errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  });
  expect(await fixture.listOffset('t', -1, 7, 5)).toMatchObject({
    errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  });
  const ask = async (
    partitions: { partitionIndex: number; timestamp: number; currentLeaderEpoch?: number }[],
  ) => {
    const response = await fixture.client.request(listOffsetsMessages, 7, {
      replicaId: -1,
      topics: [{ name: 't', partitions }],
    });
    return response?.topics[0]?.partitions.map(({ errorCode }) => errorCode);
  };
  const one = { partitionIndex: 0, timestamp: -1 };
  expect(await ask([one, one])).toEqual([ErrorCode.INVALID_REQUEST]);
  expect(await ask([{ ...one, currentLeaderEpoch: 9 }])).toEqual([ErrorCode.UNKNOWN_LEADER_EPOCH]);
  expect(await ask([{ ...one, currentLeaderEpoch: -2 }])).toEqual([ErrorCode.FENCED_LEADER_EPOCH]);
  const topics = [
    { name: 't', partitions: [one] },
    { name: 'empty', partitions: [] },
    { name: 't', partitions: [one] },
  ];
  const response = await fixture.client.request(listOffsetsMessages, 7, { replicaId: -1, topics });
  expect(response?.topics).toMatchObject([
    { name: 't', partitions: [{ errorCode: ErrorCode.INVALID_REQUEST }] },
  ]);
});

test('DeleteRecords moves the start, for ListOffsets, Fetch and timestamps, and -1 means the high watermark', async () => {
  const fixture = await filled();
  expect(await deleteRecords(fixture, 1)).toMatchObject({ errorCode: 0, lowWatermark: 1 });
  expect(await fixture.listOffset('t', -2)).toMatchObject({ offset: 1 });
  expect(await fixture.listOffset('t', T)).toMatchObject({ offset: 1 });
  expect(await fixture.fetch('t', 0)).toMatchObject({ errorCode: ErrorCode.OFFSET_OUT_OF_RANGE });
  expect(await fixture.fetch('t', 1)).toMatchObject({ logStartOffset: 1 });
  expect(await deleteRecords(fixture, 0)).toMatchObject({ errorCode: 0, lowWatermark: 1 });
  expect(await deleteRecords(fixture, -1)).toMatchObject({ errorCode: 0, lowWatermark: 3 });
  expect(await fixture.listOffset('t', -3)).toMatchObject(NOTHING);
  await fixture.crash();
  expect(await fixture.listOffset('t', -2)).toMatchObject({ offset: 3 });
  expect(await fixture.produce('t', batchOf(['d']))).toMatchObject({ baseOffset: 3, logStartOffset: 3 });
});

test('an empty partition has the epoch of its leader', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  expect(await fixture.listOffset('t', -1)).toMatchObject({ offset: 0, leaderEpoch: 0 });
  expect(await fixture.listOffset('t', -2)).toMatchObject({ offset: 0, leaderEpoch: 0 });
});

test('an unknown isolation level is refused', async () => {
  const fixture = await filled();
  const response = await fixture.client.request(listOffsetsMessages, 7, {
    replicaId: -1,
    isolationLevel: 9,
    topics: [{ name: 't', partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
  });
  expect(response?.topics[0]?.partitions[0]).toMatchObject({
    ...NOTHING,
    errorCode: ErrorCode.UNKNOWN_SERVER_ERROR,
  });
});

test('DeleteRecords of one partition twice: the last counts, and internal topics are refused', async () => {
  const fixture = await filled();
  const topics = [{ name: 't', partitions: [1, 2].map((offset) => ({ partitionIndex: 0, offset })) }];
  const messages = [deleteRecordsRequest, deleteRecordsResponse] as const;
  const response = await fixture.client.request(messages, 2, { topics, timeoutMs: 1000 });
  expect(response?.topics[0]?.partitions).toMatchObject([{ errorCode: 0, lowWatermark: 2 }]);
  await fixture.createTopic('__transaction_state');
  expect(await deleteRecords(fixture, 0, '__transaction_state')).toMatchObject({
    errorCode: ErrorCode.INVALID_TOPIC_EXCEPTION,
  });
});

test('DeleteRecords refuses what is beyond the high watermark, unknown or only compacted', async () => {
  const fixture = await filled();
  await fixture.createTopic('compacted', 1, { 'cleanup.policy': 'compact' });
  expect(await deleteRecords(fixture, 4)).toMatchObject({
    errorCode: ErrorCode.OFFSET_OUT_OF_RANGE,
    lowWatermark: -1,
  });
  expect(await deleteRecords(fixture, -2)).toMatchObject({ errorCode: ErrorCode.OFFSET_OUT_OF_RANGE });
  expect(await deleteRecords(fixture, 0, 'nope')).toMatchObject({
    errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  });
  expect(await deleteRecords(fixture, 0, 'compacted')).toMatchObject({
    errorCode: ErrorCode.POLICY_VIOLATION,
  });
});

test('DeleteRecords that cannot be made durable is told as KAFKA_STORAGE_ERROR', async () => {
  const fixture = await filled();
  fixture.platform.files.capacityBytes = 1;
  expect(await deleteRecords(fixture, 1)).toMatchObject({
    errorCode: ErrorCode.KAFKA_STORAGE_ERROR,
    lowWatermark: -1,
  });
  fixture.platform.files.capacityBytes = Number.POSITIVE_INFINITY;
  expect(await deleteRecords(fixture, 2)).toMatchObject({ errorCode: 0, lowWatermark: 2 });
});

test('OffsetForLeaderEpoch: where an epoch ended, and nothing for one that is not known', async () => {
  const fixture = await filled();
  await fixture.crash();
  await fixture.produce('t', batchOf(['d']));
  const epoch = (await fixture.leaderEpoch('t')) ?? -1;
  const ask = async (leaderEpoch: number, currentLeaderEpoch = -1, topic = 't') => {
    const topics = [{ topic, partitions: [{ partition: 0, currentLeaderEpoch, leaderEpoch }] }];
    const messages = [offsetForLeaderEpochRequest, offsetForLeaderEpochResponse] as const;
    return (await fixture.client.request(messages, 4, { replicaId: -1, topics }))?.topics[0]?.partitions[0];
  };
  expect(await ask(0)).toMatchObject({ errorCode: 0, leaderEpoch: 0, endOffset: 3 });
  expect(await ask(epoch)).toMatchObject({ errorCode: 0, leaderEpoch: epoch, endOffset: 4 });
  expect(await ask(epoch + 1)).toMatchObject({ errorCode: 0, leaderEpoch: -1, endOffset: -1 });
  expect(await ask(-1)).toMatchObject({ errorCode: 0, leaderEpoch: -1, endOffset: -1 });
  expect(await ask(-2)).toMatchObject({ errorCode: 0, leaderEpoch: -2, endOffset: 0 });
  expect(await ask(0, epoch + 1)).toMatchObject({
    errorCode: ErrorCode.UNKNOWN_LEADER_EPOCH,
    leaderEpoch: -1,
    endOffset: -1,
  });
  expect(await ask(0, 0)).toMatchObject({ errorCode: epoch === 0 ? 0 : ErrorCode.FENCED_LEADER_EPOCH });
  expect(await ask(0, -1, 'nope')).toMatchObject({ errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION });
});

test('DeleteRecords answers about a topic once, and not about one without partitions', async () => {
  const fixture = await filled();
  const topics = [
    { name: 'empty', partitions: [] },
    { name: 't', partitions: [{ partitionIndex: 0, offset: 1 }] },
    { name: 't', partitions: [{ partitionIndex: 0, offset: 2 }] },
  ];
  const messages = [deleteRecordsRequest, deleteRecordsResponse] as const;
  const response = await fixture.client.request(messages, 2, { topics, timeoutMs: 1000 });
  expect(response?.topics).toEqual([
    { name: 't', partitions: [{ partitionIndex: 0, errorCode: 0, lowWatermark: 2 }] },
  ]);
});

test('ListOffsets: where no record has a timestamp, the first has the largest; where there is none, none', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  expect(await fixture.listOffset('t', -3)).toMatchObject({ ...NOTHING, leaderEpoch: -1 });
  for (const value of ['a', 'b']) await fixture.produce('t', batchOf([value], { timestamp: -1 }));
  expect(await fixture.listOffset('t', -3)).toMatchObject({ offset: 0, timestamp: -1, leaderEpoch: 0 });
  await fixture.produce('t', batchOf(['c'], { timestamp: T }));
  expect(await fixture.listOffset('t', -3)).toMatchObject({ offset: 2, timestamp: T });
});
