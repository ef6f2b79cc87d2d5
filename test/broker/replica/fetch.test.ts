import { expect, test } from 'vitest';
import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { batchHeader } from '../../../kafka/records/index.ts';
import { BrokerFixture, batchOf, endOf, fetchBody, fetchMessages, recordsOf } from '../broker-fixture.ts';

async function started(partitions = 1, configs: Record<string, string> = {}): Promise<BrokerFixture> {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t', partitions, configs);
  return fixture;
}

/** A fetch that is on its way, and whether it was answered. */
function pending<T>(promise: Promise<T>) {
  const state: { isDone: boolean; value: T | undefined } = { isDone: false, value: undefined };
  void promise.then((value) => Object.assign(state, { isDone: true, value }));
  return state;
}

test('every supported version of Fetch is answered', async () => {
  const fixture = await BrokerFixture.start();
  const topicId = await fixture.createTopic('t');
  await fixture.produce('t', batchOf(['a']));
  for (let version = 4; version <= 18; version++) {
    const part = await fixture.fetch('t', 0, { version, topicId });
    expect(part, `version ${version}`).toMatchObject({ errorCode: 0, highWatermark: 1, lastStableOffset: 1 });
    expect(recordsOf(part?.records ?? null)).toEqual([{ offset: 0, value: 'a' }]);
  }
});

test('B74: a fetch in the middle of a batch gets the whole batch', async () => {
  const fixture = await started();
  await fixture.produce('t', batchOf(['a', 'b', 'c'], { codec: 'gzip' }));
  await fixture.produce('t', batchOf(['d']));
  for (const offset of [0, 1, 2]) {
    const part = await fixture.fetch('t', offset);
    expect(recordsOf(part?.records ?? null).map((each) => each.offset)).toEqual([0, 1, 2, 3]);
  }
});

test('an offset below the start or beyond the end is out of range; the end itself is empty, not null', async () => {
  const fixture = await started();
  await fixture.produce('t', batchOf(['a']));
  const outOfRange = {
    errorCode: ErrorCode.OFFSET_OUT_OF_RANGE,
    highWatermark: -1,
    lastStableOffset: -1,
    logStartOffset: -1,
  };
  expect(await fixture.fetch('t', 2)).toMatchObject(outOfRange);
  expect(await fixture.fetch('t', -1)).toMatchObject(outOfRange);
  const atEnd = await fixture.fetch('t', 1);
  expect(atEnd).toMatchObject({ errorCode: 0, highWatermark: 1, logStartOffset: 0 });
  expect(atEnd?.records).toEqual(Buffer.alloc(0));
});

test('an unknown topic, partition or id is told as such, at once', async () => {
  const fixture = await started();
  const unknown = { errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION };
  expect(await fixture.fetch('nope', 0, { maxWaitMs: 9999 })).toMatchObject(unknown);
  expect(await fixture.fetch('t', 0, { maxWaitMs: 9999, partition: 4 })).toMatchObject(unknown);
  const byId = await fixture.fetch('t', 0, {
    maxWaitMs: 9999,
    version: 13,
    topicId: 'AAAAAAAAAAAAAAAAAAAAZQ',
  });
  expect(byId).toMatchObject({ errorCode: ErrorCode.UNKNOWN_TOPIC_ID });
});

test('who comes as a replica is sent to the leader that the metadata names', async () => {
  const fixture = await started();
  const topicId = await fixture.createTopic('u');
  await fixture.produce('t', batchOf(['a']));
  const refused = { errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER, highWatermark: -1 };
  const old = { ...fetchBody('t', 0, { maxWaitMs: 9999 }), replicaId: 9 };
  const answer = await fixture.client.request(fetchMessages, 12, old);
  expect(answer?.responses[0]?.partitions[0]).toMatchObject(refused);
  const replicaState = { replicaId: 9, replicaEpoch: -1 };
  const body = { ...fetchBody('u', 0, { version: 16, topicId, maxWaitMs: 9999 }), replicaState };
  const byId = await fixture.client.request(fetchMessages, 16, body);
  expect(byId?.responses[0]?.partitions[0]).toMatchObject({
    ...refused,
    currentLeader: { leaderId: 1, leaderEpoch: 0 },
  });
});

test('of one partition twice in a request the last counts', async () => {
  const fixture = await started();
  await fixture.produce('t', batchOf(['a']));
  await fixture.produce('t', batchOf(['b']));
  const [first, second] = [fetchBody('t', 0), fetchBody('t', 1)];
  for (const topics of [
    [...(first.topics ?? []), ...(second.topics ?? [])],
    [{ topic: 't', partitions: [first, second].flatMap((each) => each.topics?.[0]?.partitions ?? []) }],
  ]) {
    const answer = await fixture.client.request(fetchMessages, 12, { ...first, topics });
    const partitions = answer?.responses.flatMap((each) => each.partitions);
    expect(partitions?.map(({ records }) => recordsOf(records).map(({ value }) => value))).toEqual([['b']]);
  }
});

test('a negative number of bytes and an unknown isolation level are refused', async () => {
  const fixture = await started();
  await fixture.produce('t', batchOf(['a']));
  const refused = { errorCode: ErrorCode.UNKNOWN_SERVER_ERROR, highWatermark: -1 };
  expect(await fixture.fetch('t', 0, { partitionMaxBytes: -1 })).toMatchObject(refused);
  expect(await fixture.fetch('t', 1, { partitionMaxBytes: -1 })).toMatchObject({ errorCode: 0 });
  expect(await fixture.fetch('t', -2, { partitionMaxBytes: -1 })).toMatchObject({
    errorCode: ErrorCode.OFFSET_OUT_OF_RANGE,
  });
  const answer = await fixture.client.request(fetchMessages, 12, fetchBody('t', 0, { isolationLevel: 5 }));
  expect(answer).toMatchObject({
    errorCode: ErrorCode.UNKNOWN_SERVER_ERROR,
    sessionId: 0,
    responses: [{ topic: 't', partitions: [{ partitionIndex: 0, ...refused }] }],
  });
});

test('an older leader epoch is fenced, a newer one is not known yet, the right one is served', async () => {
  const fixture = await started();
  await fixture.crash();
  const epoch = (await fixture.leaderEpoch('t')) ?? 0;
  expect(epoch).toBeGreaterThan(0);
  const fetch = (currentLeaderEpoch: number) =>
    fixture.fetch('t', 0, { currentLeaderEpoch, maxWaitMs: 9999, minBytes: 0 });
  expect(await fetch(epoch - 1)).toMatchObject({ errorCode: ErrorCode.FENCED_LEADER_EPOCH });
  expect(await fetch(epoch + 1)).toMatchObject({ errorCode: ErrorCode.UNKNOWN_LEADER_EPOCH });
  expect(await fetch(epoch)).toMatchObject({ errorCode: 0 });
  expect(await fetch(-2)).toMatchObject({ errorCode: 0 });
});

test('a reader whose last epoch ends elsewhere is told where it parts from this log', async () => {
  const fixture = await started();
  await fixture.produce('t', batchOf(['a', 'b']));
  await fixture.crash();
  await fixture.produce('t', batchOf(['c']));
  const epoch = (await fixture.leaderEpoch('t')) ?? 0;
  const part = await fixture.fetch('t', 3, { lastFetchedEpoch: epoch - 1 });
  expect(part).toMatchObject({ errorCode: 0, divergingEpoch: { epoch: epoch - 1, endOffset: 2 } });
  expect(part?.records).toEqual(Buffer.alloc(0));
  const committed = await fixture.fetch('t', 3, { lastFetchedEpoch: epoch - 1, isolationLevel: 1 });
  expect(committed).toMatchObject({ divergingEpoch: { endOffset: 2 }, abortedTransactions: null });
  expect(await fixture.fetch('t', 3, { lastFetchedEpoch: epoch })).toMatchObject({
    divergingEpoch: { epoch: -1, endOffset: -1 },
  });
  expect(await fixture.fetch('t', 3, { lastFetchedEpoch: epoch + 5 })).toMatchObject({
    errorCode: ErrorCode.OFFSET_OUT_OF_RANGE,
  });
});

test('a fetch waits max_wait for min_bytes, and then gets what there is', async () => {
  const fixture = await started();
  const fetch = pending(fixture.fetch('t', 0, { maxWaitMs: 500, minBytes: 1 }));
  await fixture.platform.runFor(499);
  expect(fetch.isDone).toBe(false);
  await fixture.platform.runFor(2);
  expect(fetch.value).toMatchObject({ errorCode: 0, highWatermark: 0 });
  await fixture.produce('t', batchOf(['a']));
  const more = pending(fixture.fetch('t', 0, { maxWaitMs: 500, minBytes: 10_000 }));
  await fixture.platform.runFor(499);
  expect(more.isDone).toBe(false);
  await fixture.platform.runFor(2);
  expect(recordsOf(more.value?.records ?? null)).toHaveLength(1);
});

test('a waiting fetch is answered as soon as min_bytes are there, over all its partitions', async () => {
  const fixture = await started(2);
  const producer = await fixture.connect();
  const size = batchOf(['a']).length;
  const body = fetchBody('t', 0, { maxWaitMs: 60_000, minBytes: 2 * size });
  const partitions = [0, 1].map((partition) => ({ partition, fetchOffset: 0, partitionMaxBytes: 1000 }));
  const fetch = pending(
    fixture.client.request(fetchMessages, 12, { ...body, topics: [{ topic: 't', partitions }] }),
  );
  await fixture.produce('t', batchOf(['a']), { client: producer });
  await fixture.platform.settle();
  expect(fetch.isDone).toBe(false);
  await fixture.produce('t', batchOf(['a']), { client: producer, partition: 1 });
  await fixture.platform.settle();
  expect(fetch.value?.responses[0]?.partitions.map((part) => part.records?.length)).toEqual([size, size]);
});

test('min_bytes of 0 and max_wait of 0 do not wait', async () => {
  const fixture = await started();
  expect(await fixture.fetch('t', 0, { maxWaitMs: 60_000, minBytes: 0 })).toMatchObject({ errorCode: 0 });
  expect(await fixture.fetch('t', 0, { maxWaitMs: 0, minBytes: 100 })).toMatchObject({ errorCode: 0 });
});

test('B6: a waiting fetch is not woken by records that are not durable, and never gets them', async () => {
  const fixture = await started();
  const producer = await fixture.connect();
  await fixture.produce('t', batchOf(['a']), { client: producer });
  const fetch = pending(fixture.fetch('t', 1, { maxWaitMs: 60_000 }));
  await fixture.platform.settle();
  fixture.platform.files.failNextDatasync();
  await fixture.produce('t', batchOf(['b']), { client: producer });
  await fixture.platform.settle();
  expect(fetch.value).toMatchObject({ errorCode: ErrorCode.KAFKA_STORAGE_ERROR });
});

test('the first partition with data gives its first batch whatever the limits; others get what is left', async () => {
  const fixture = await started(3);
  const batch = batchOf(['x'.repeat(500)]);
  for (const partition of [0, 1, 2])
    for (let i = 0; i < 3; i++) await fixture.produce('t', batchOf(['x'.repeat(500)]), { partition });
  const sizes = async (maxBytes: number, partitionMaxBytes: number) => {
    const partitions = [0, 1, 2].map((partition) => ({
      partition,
      fetchOffset: partition === 0 ? 3 : 0,
      partitionMaxBytes,
    }));
    const response = await fixture.client.request(fetchMessages, 12, {
      ...fetchBody('t', 0, { maxBytes }),
      topics: [{ topic: 't', partitions }],
    });
    return response?.responses[0]?.partitions.map((part) => (part.records?.length ?? 0) / batch.length);
  };
  expect(await sizes(1, 1)).toEqual([0, 1, 0]);
  expect(await sizes(1 << 20, 1)).toEqual([0, 1, 0]);
  expect(await sizes(batch.length * 2, 1 << 20)).toEqual([0, 2, 0]);
  expect(await sizes(batch.length * 4 + 5, 1 << 20)).toEqual([0, 3, 1]);
  expect(await sizes(1 << 20, batch.length + 10)).toEqual([0, 1, 1]);
  expect(await sizes(1 << 20, 1 << 20)).toEqual([0, 3, 3]);
});

test('a consumer makes progress at any size of batch and limit', async () => {
  const fixture = await started();
  const expected: string[] = [];
  for (let i = 0; i < 12; i++) {
    const value = `${i}`.padEnd((i * 97) % 700, '.');
    expected.push(`${i}:${value}`);
    await fixture.produce('t', batchOf([value]));
  }
  for (const limit of [1, 100, 300, 1000]) {
    const found: string[] = [];
    for (let offset = 0; offset < 12; ) {
      const part = await fixture.fetch('t', offset, { partitionMaxBytes: limit, maxBytes: limit });
      found.push(...recordsOf(part?.records ?? null).map((each) => `${each.offset}:${each.value}`));
      offset = endOf(part?.records ?? Buffer.alloc(0));
    }
    expect(found).toEqual(expected);
  }
});

test('read_committed is told that there are no aborted transactions, others are not', async () => {
  const fixture = await started();
  await fixture.produce('t', batchOf(['a']));
  expect(await fixture.fetch('t', 0, { isolationLevel: 1 })).toMatchObject({
    abortedTransactions: [],
    lastStableOffset: 1,
  });
  expect(await fixture.fetch('t', 0)).toMatchObject({ abortedTransactions: null, lastStableOffset: 1 });
});

test('read_committed is told nothing of aborted transactions where not even a batch fits', async () => {
  const fixture = await started(2);
  for (const partition of [0, 1]) await fixture.produce('t', batchOf(['a']), { partition });
  const partitions = [0, 1].map((partition) => ({ partition, fetchOffset: 0, partitionMaxBytes: 20 }));
  const body = { ...fetchBody('t', 0, { isolationLevel: 1 }), topics: [{ topic: 't', partitions }] };
  const answer = await fixture.client.request(fetchMessages, 12, body);
  const aborted = answer?.responses[0]?.partitions.map(({ abortedTransactions }) => abortedTransactions);
  expect(aborted).toEqual([[], null]);
});

test('a topic is told of again when another came between its partitions', async () => {
  const fixture = await started(2);
  await fixture.createTopic('u');
  const target = (topic: string, partition: number) => ({
    topic,
    partitions: [{ partition, fetchOffset: 0, partitionMaxBytes: 1000 }],
  });
  const topics = [target('t', 0), target('u', 0), target('t', 1)];
  const answer = await fixture.client.request(fetchMessages, 12, { ...fetchBody('t', 0), topics });
  expect(answer?.responses.map(({ topic }) => topic)).toEqual(['t', 'u', 't']);
});

test('deletion of the topic answers those who wait for its records', async () => {
  const fixture = await BrokerFixture.start();
  const topicId = await fixture.createTopic('t');
  const reader = await fixture.connect();
  const fetch = pending(fixture.fetch('t', 0, { client: reader, maxWaitMs: 60_000 }));
  const byId = pending(
    fixture.fetch('t', 0, { client: await fixture.connect(), maxWaitMs: 60_000, version: 13, topicId }),
  );
  await fixture.platform.settle();
  expect(await fixture.deleteTopic('t')).toBe(0);
  await fixture.platform.settle();
  expect(fetch.value).toMatchObject({ errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION });
  expect(byId.value).toMatchObject({ errorCode: ErrorCode.UNKNOWN_TOPIC_ID });
});

test('B69: a topic that was made again has another id and none of the old records; the old id is unknown', async () => {
  const fixture = await BrokerFixture.start();
  const oldId = await fixture.createTopic('t');
  await fixture.produce('t', batchOf(['old']));
  await fixture.deleteTopic('t');
  const newId = await fixture.createTopic('t');
  expect(newId).not.toBe(oldId);
  expect(await fixture.fetch('t', 0, { version: 13, topicId: oldId })).toMatchObject({
    errorCode: ErrorCode.UNKNOWN_TOPIC_ID,
  });
  expect(await fixture.fetch('t', 0, { version: 13, topicId: newId })).toMatchObject({
    errorCode: 0,
    highWatermark: 0,
  });
  expect(await fixture.produce('t', batchOf(['new']))).toMatchObject({ baseOffset: 0 });
  await fixture.crash();
  expect(await fixture.readAll('t')).toEqual(['0:new']);
  expect(await fixture.fetch('t', 0, { version: 13, topicId: oldId })).toMatchObject({
    errorCode: ErrorCode.UNKNOWN_TOPIC_ID,
  });
});

test('DeleteRecords answers those who wait below the new start', async () => {
  const fixture = await started();
  await fixture.produce('t', batchOf(['a', 'b']));
  const reader = await fixture.connect();
  const fetch = pending(fixture.fetch('t', 0, { client: reader, maxWaitMs: 60_000, minBytes: 100_000 }));
  await fixture.platform.settle();
  const { deleteRecordsRequest, deleteRecordsResponse } = await import('../../../kafka/protocol/index.ts');
  const topics = [{ name: 't', partitions: [{ partitionIndex: 0, offset: 1 }] }];
  await fixture.client.request([deleteRecordsRequest, deleteRecordsResponse] as const, 2, {
    topics,
    timeoutMs: 1000,
  });
  await fixture.platform.settle();
  expect(fetch.value).toMatchObject({ errorCode: ErrorCode.OFFSET_OUT_OF_RANGE });
});

test('a fetch whose offset lies in an older segment is answered at once', async () => {
  const fixture = await started(1, { 'internal.segment.bytes': '200' });
  for (let i = 0; i < 6; i++) await fixture.produce('t', batchOf([`v${i}`]));
  const part = await fixture.fetch('t', 0, { maxWaitMs: 60_000, minBytes: 1 << 20 });
  expect(part?.records?.length).toBeGreaterThan(0);
  expect(await fixture.readAll('t')).toHaveLength(6);
});

test('a file that does not hold what was written gives CORRUPT_MESSAGE, not silence', async () => {
  const fixture = await started();
  await fixture.produce('t', batchOf(['a']));
  const path = '/data/t-0/00000000000000000000.log';
  const bytes = fixture.platform.files.readFile(path);
  const file = fixture.platform.files.open(path, 'write');
  file.write(Buffer.alloc(batchHeader.HEADER_BYTES, 0x7f), 0);
  file.close();
  expect(bytes.length).toBeGreaterThan(61);
  expect(await fixture.fetch('t', 0)).toMatchObject({ errorCode: ErrorCode.CORRUPT_MESSAGE });
});
