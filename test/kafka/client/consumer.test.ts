import { beforeEach, describe, expect, test } from 'vitest';
import type { Consumer, ConsumerOptions, PolledRecords } from '../../../kafka/client/index.ts';
import {
  ErrorCode,
  fetchRequest,
  fetchResponse,
  listOffsetsRequest,
  metadataRequest,
} from '../../../kafka/protocol/index.ts';
import { BatchBuilder } from '../../../kafka/records/index.ts';
import type { ScriptedBroker } from './scripted-broker.ts';
import { serveFetch } from './scripted-log.ts';
import { Simulation } from './simulation.ts';

let simulation: Simulation;
let broker: ScriptedBroker;

beforeEach(async (context) => {
  simulation = new Simulation(context.task.name);
  broker = await simulation.broker();
  broker.serveTopics({ t: [1, 1] });
});

/** Batches of records whose value is their offset. */
function batchesOf(sizes: readonly number[], baseOffset = 0): Buffer[] {
  let next = baseOffset;
  return sizes.map((size) => {
    const builder = new BatchBuilder();
    for (let index = 0; index < size; index += 1) builder.append(0, null, Buffer.from(`${next + index}`));
    const batch = builder.build({ baseOffset: next, leaderEpoch: 3 });
    next += size;
    return batch;
  });
}

function consumerOf(options: ConsumerOptions = {}): Consumer {
  return simulation.client().consumer({ autoOffsetReset: 'earliest', ...options });
}

const t0 = { topic: 't', partition: 0 };
const t1 = { topic: 't', partition: 1 };
const offsetsOf = (polled: readonly PolledRecords[]) =>
  polled.flatMap(({ records }) => records.map(({ offset }) => offset));
const poll = (consumer: Consumer, timeoutMs = 1_000) => simulation.run(consumer.poll(timeoutMs));

/** Polls until so many records have come. */
async function read(consumer: Consumer, count: number): Promise<number[]> {
  const offsets: number[] = [];
  while (offsets.length < count) offsets.push(...offsetsOf(await poll(consumer)));
  return offsets;
}

describe('poll', () => {
  test('returns records in order, with where reading goes on', async () => {
    serveFetch(broker, { batches: batchesOf([2, 3]) });
    const consumer = consumerOf();
    consumer.assign([t0]);
    const [polled] = await poll(consumer);
    expect({ ...polled, records: offsetsOf(polled === undefined ? [] : [polled]) }).toEqual({
      ...t0,
      records: [0, 1, 2, 3, 4],
      nextOffset: 5,
      leaderEpoch: 3,
      highWatermark: 5,
    });
    expect(await simulation.run(consumer.position(t0))).toBe(5);
  });

  test('returns nothing when its time is up', async () => {
    serveFetch(broker, { batches: [] });
    const consumer = consumerOf();
    consumer.assign([t0]);
    const before = simulation.platform.clock.monotonic();
    expect(await poll(consumer, 300)).toEqual([]);
    expect(simulation.platform.clock.monotonic() - before).toBeGreaterThanOrEqual(300);
  });

  test('returns at most pollRecordsMax records, and loses none', async () => {
    serveFetch(broker, { batches: batchesOf([5, 1, 4]) });
    const consumer = consumerOf({ pollRecordsMax: 3 });
    consumer.assign([t0]);
    const sizes: number[] = [];
    const offsets: number[] = [];
    while (offsets.length < 10) {
      const polled = offsetsOf(await poll(consumer));
      sizes.push(polled.length);
      offsets.push(...polled);
    }
    expect(offsets).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(3);
  });

  test('begins with another partition each time', async () => {
    serveFetch(broker, { batches: batchesOf([6]) });
    const consumer = consumerOf({ pollRecordsMax: 2 });
    consumer.assign([t0, t1]);
    const order: (number | undefined)[] = [];
    for (let index = 0; index < 4; index += 1) order.push((await poll(consumer))[0]?.partition);
    expect(order).toEqual([0, 1, 0, 1]);
  });

  test('is woken up, and a wake-up before it counts', async () => {
    serveFetch(broker, { batches: [] });
    const consumer = consumerOf();
    consumer.assign([t0]);
    const polling = consumer.poll(60_000);
    await simulation.platform.runFor(1_000);
    consumer.wakeup();
    expect(await polling).toEqual([]);
    consumer.wakeup();
    const before = simulation.platform.clock.monotonic();
    await poll(consumer, 60_000);
    expect(simulation.platform.clock.monotonic()).toBe(before);
  });

  test('may not be called twice at a time, nor without anything to read, nor after close', async () => {
    serveFetch(broker, { batches: [] });
    const consumer = consumerOf();
    await expect(consumer.poll(0)).rejects.toMatchObject({ code: 'CLIENT_ILLEGAL_STATE' });
    consumer.assign([t0]);
    const polling = consumer.poll(100);
    await expect(consumer.poll(100)).rejects.toMatchObject({ code: 'CLIENT_ILLEGAL_STATE' });
    await simulation.run(polling);
    await simulation.run(consumer.close());
    await expect(consumer.poll(100)).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
  });

  test('needs a subscription that is one', () => {
    const consumer = consumerOf({ groupId: 'g' });
    for (const wrong of [['t'], { topics: 't' }, { topics: [1] }, {}])
      expect(() => consumer.subscribe(wrong as never)).toThrow(
        "subscribe takes { topics: ['a', 'b'] } or { pattern: /^a/ }",
      );
  });

  test('that waits is ended by close', async () => {
    serveFetch(broker, { batches: [] });
    const consumer = consumerOf();
    consumer.assign([t0]);
    const polling = expect(consumer.poll(60_000)).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
    await simulation.platform.runFor(100);
    await simulation.run(consumer.close());
    await polling;
  });
});

describe('fetching', () => {
  test('goes on while nobody polls, until enough is buffered', async () => {
    const log = { batches: batchesOf([10, 10, 10, 10]) };
    serveFetch(broker, log);
    const size = log.batches[0]?.length ?? 0;
    const consumer = consumerOf({ partitionFetchBytesMax: size, prefetchBytesMax: size * 2 });
    consumer.assign([{ ...t0, offset: 0 }]);
    await simulation.platform.runFor(10_000);
    const fetches = broker.countOf(fetchRequest);
    expect(fetches).toBeLessThanOrEqual(2);
    expect(await read(consumer, 40)).toHaveLength(40);
  });

  test('has one request per partition under way, and asks for what comes after what it has', async () => {
    serveFetch(broker, { batches: batchesOf([4]) });
    const consumer = consumerOf();
    consumer.assign([{ ...t0, offset: 2 }]);
    expect(await read(consumer, 2)).toEqual([2, 3]);
    await simulation.platform.runFor(100);
    const asked = broker.bodiesOf(fetchRequest).map(({ topics }) => topics[0]?.partitions[0]?.fetchOffset);
    expect(asked.slice(0, 2)).toEqual([2, 4]);
  });

  test('for busy partitions is not held up by a long poll for idle ones', async () => {
    const idle = Promise.withResolvers<void>();
    const batches = batchesOf([1]);
    broker.on(fetchRequest, fetchResponse, async ({ topics }) => {
      const partitions = topics[0]?.partitions ?? [];
      if (!partitions.some(({ partition, fetchOffset }) => partition === 0 && fetchOffset === 0))
        await idle.promise;
      return {
        responses: topics.map(({ topic, topicId }) => ({
          topic,
          topicId,
          partitions: partitions.map(({ partition, fetchOffset }) => ({
            partitionIndex: partition,
            errorCode: 0,
            highWatermark: 1,
            abortedTransactions: null,
            records: partition === 0 && fetchOffset === 0 ? (batches[0] ?? null) : Buffer.alloc(0),
          })),
        })),
      };
    });
    const consumer = consumerOf();
    consumer.assign([{ ...t1, offset: 0 }]);
    await simulation.platform.runFor(100);
    consumer.assign([{ ...t0, offset: 0 }, t1]);
    expect(await read(consumer, 1)).toEqual([0]);
    idle.resolve();
  });

  test.each([
    ErrorCode.NOT_LEADER_OR_FOLLOWER,
    ErrorCode.FENCED_LEADER_EPOCH,
    ErrorCode.UNKNOWN_LEADER_EPOCH,
    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    ErrorCode.KAFKA_STORAGE_ERROR,
  ])('reads metadata and goes on after error %i', async (code) => {
    const codes: number[] = [code, code];
    serveFetch(broker, { batches: batchesOf([2]) }, () => codes.shift() ?? ErrorCode.NONE);
    const consumer = consumerOf();
    consumer.assign([{ ...t0, offset: 0 }]);
    const before = broker.countOf(metadataRequest);
    expect(await read(consumer, 2)).toEqual([0, 1]);
    expect(broker.countOf(metadataRequest)).toBeGreaterThan(before);
  });

  test('goes on over broken connections', async () => {
    serveFetch(broker, { batches: batchesOf([2]) });
    const consumer = consumerOf();
    consumer.assign([{ ...t0, offset: 0 }]);
    await read(consumer, 2);
    broker.disconnect();
    await simulation.platform.runFor(100);
    serveFetch(broker, { batches: batchesOf([2, 2]) });
    expect(await read(consumer, 2)).toEqual([2, 3]);
  });

  test('follows the leader', async () => {
    const other = await simulation.broker(2);
    serveFetch(broker, { batches: [] }, () => ErrorCode.NOT_LEADER_OR_FOLLOWER);
    serveFetch(other, { batches: batchesOf([1]) });
    const consumer = consumerOf();
    consumer.assign([{ ...t0, offset: 0 }]);
    await simulation.platform.runFor(1_000);
    broker.serveTopics({ t: [2, 1] }, [broker, other]);
    other.serveTopics({ t: [2, 1] }, [broker, other]);
    expect(await read(consumer, 1)).toEqual([0]);
  });

  test('reads from the replica that the leader recommends', async () => {
    const other = await simulation.broker(2);
    broker.serveTopics({ t: [1] }, [broker, other]);
    serveFetch(other, { batches: batchesOf([1]) });
    broker.on(fetchRequest, fetchResponse, ({ topics, rackId }) => ({
      responses: topics.map(({ topic, topicId }) => ({
        topic,
        topicId,
        partitions: [
          {
            partitionIndex: 0,
            errorCode: 0,
            highWatermark: 1,
            abortedTransactions: null,
            preferredReadReplica: rackId === 'r2' ? 2 : -1,
            records: Buffer.alloc(0),
          },
        ],
      })),
    }));
    const consumer = consumerOf({ rackId: 'r2' });
    consumer.assign([{ ...t0, offset: 0 }]);
    expect(await read(consumer, 1)).toEqual([0]);
  });

  test('that is not allowed is thrown by poll, and other partitions are read on', async () => {
    serveFetch(broker, { batches: batchesOf([1]) }, (_, partition) =>
      partition === 0 ? ErrorCode.TOPIC_AUTHORIZATION_FAILED : ErrorCode.NONE,
    );
    const consumer = consumerOf();
    consumer.assign([
      { ...t0, offset: 0 },
      { ...t1, offset: 0 },
    ]);
    await simulation.platform.runFor(100);
    const results = [
      await Promise.allSettled([poll(consumer)]),
      await Promise.allSettled([poll(consumer)]),
    ].flat();
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const rejected = results.find((result) => result.status === 'rejected');
    expect(rejected?.reason).toMatchObject({ errorName: 'TOPIC_AUTHORIZATION_FAILED' });
  });

  test('of a damaged batch is thrown by each poll, until a seek passes it', async () => {
    const batches = batchesOf([1, 1, 1]);
    const bad = Buffer.from(batches[1] ?? '');
    bad.writeUInt8(bad.readUInt8(bad.length - 2) ^ 1, bad.length - 2);
    serveFetch(broker, { batches: [batches[0] ?? bad, bad, batches[2] ?? bad] });
    const consumer = consumerOf();
    consumer.assign([{ ...t0, offset: 0 }]);
    expect(await read(consumer, 1)).toEqual([0]);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(poll(consumer)).rejects.toMatchObject({ code: 'RECORDS_CORRUPT' });
    }
    consumer.seek({ ...t0, offset: 2 });
    expect(await read(consumer, 1)).toEqual([2]);
  });
});

describe('the position', () => {
  test.each([
    ['earliest', 10],
    ['latest', 15],
  ] as const)('is the %s when nothing else says', async (autoOffsetReset, offset) => {
    serveFetch(broker, { startOffset: 10, batches: batchesOf([5], 10) });
    const consumer = consumerOf({ autoOffsetReset });
    consumer.assign([t0]);
    expect(await simulation.run(consumer.position(t0))).toBe(offset);
  });

  test('is an error when nothing says and the policy is none, until there is a seek', async () => {
    serveFetch(broker, { batches: batchesOf([1]) });
    const consumer = consumerOf({ autoOffsetReset: 'none' });
    consumer.assign([t0]);
    await expect(poll(consumer)).rejects.toMatchObject({ code: 'CLIENT_NO_OFFSET', partitions: [t0] });
    consumer.seek({ ...t0, offset: 0 });
    expect(await read(consumer, 1)).toEqual([0]);
  });

  test('is reset when it is out of the log', async () => {
    const log = { startOffset: 10, batches: batchesOf([2], 10) };
    serveFetch(broker, log, (offset) => (offset < 10 ? ErrorCode.OFFSET_OUT_OF_RANGE : ErrorCode.NONE));
    const consumer = consumerOf();
    consumer.assign([{ ...t0, offset: 3 }]);
    expect(await read(consumer, 2)).toEqual([10, 11]);
  });

  test('moves with seek, and nothing that was fetched before it is returned', async () => {
    serveFetch(broker, { batches: batchesOf([10]) });
    const consumer = consumerOf({ pollRecordsMax: 2 });
    consumer.assign([{ ...t0, offset: 0 }]);
    expect(await read(consumer, 2)).toEqual([0, 1]);
    consumer.seek({ ...t0, offset: 8 });
    expect(await simulation.run(consumer.position(t0))).toBe(8);
    expect(await read(consumer, 2)).toEqual([8, 9]);
    consumer.seek({ ...t0, offset: 5 });
    expect(await read(consumer, 2)).toEqual([5, 6]);
  });

  test('moves back while a fetch is under way, whose answer is not used any more', async () => {
    const batches = batchesOf([10, 10]);
    const consumer = consumerOf();
    const held = Promise.withResolvers<void>();
    broker.on(fetchRequest, fetchResponse, async ({ topics }) => {
      const fetchOffset = topics[0]?.partitions[0]?.fetchOffset ?? 0;
      if (fetchOffset === 10) await held.promise;
      if (fetchOffset >= 20) return 'silence';
      const partition = { partitionIndex: 0, errorCode: 0, highWatermark: 20, abortedTransactions: null };
      const records = batches[fetchOffset === 10 ? 1 : 0] ?? null;
      return {
        responses: topics.map(({ topic, topicId }) => ({
          topic,
          topicId,
          partitions: [{ ...partition, records }],
        })),
      };
    });
    consumer.assign([{ ...t0, offset: 10 }]);
    await simulation.platform.runFor(100);
    consumer.seek({ ...t0, offset: 0 });
    held.resolve();
    await simulation.platform.runFor(100);
    expect(await read(consumer, 20)).toEqual(Array.from({ length: 20 }, (_, offset) => offset));
  });

  test('moves to the beginning and to the end', async () => {
    serveFetch(broker, { startOffset: 2, batches: batchesOf([3], 2) });
    const consumer = consumerOf();
    consumer.assign([{ ...t0, offset: 4 }]);
    consumer.seekToBeginning();
    expect(await simulation.run(consumer.position(t0))).toBe(2);
    consumer.seekToEnd([t0]);
    expect(await simulation.run(consumer.position(t0))).toBe(5);
  });

  test('cannot be moved, paused or asked for where nothing is assigned, or to what is no offset', async () => {
    const consumer = consumerOf();
    consumer.assign([{ ...t0, offset: 0 }]);
    const notAssigned = expect.objectContaining({ code: 'CLIENT_NOT_ASSIGNED' });
    expect(() => consumer.seek({ ...t1, offset: 0 })).toThrow(notAssigned);
    expect(() => consumer.pause([t1])).toThrow(notAssigned);
    await expect(consumer.position(t1)).rejects.toEqual(notAssigned);
    expect(() => consumer.seek({ ...t0, offset: -1 })).toThrow(RangeError);
  });

  test('stays with a partition that is assigned again, and is given up with one that is not', async () => {
    serveFetch(broker, { batches: batchesOf([4]) });
    const consumer = consumerOf({ pollRecordsMax: 2 });
    consumer.assign([{ ...t0, offset: 0 }]);
    await read(consumer, 2);
    consumer.assign([t0, { ...t1, offset: 3 }]);
    expect([
      await simulation.run(consumer.position(t0)),
      await simulation.run(consumer.position(t1)),
    ]).toEqual([2, 3]);
    consumer.assign([t1]);
    expect(consumer.assignment()).toEqual([t1]);
  });

  test('is looked for again and again while the topic does not exist', async () => {
    serveFetch(broker, { batches: batchesOf([1]) });
    broker.serveTopics({});
    const consumer = consumerOf();
    consumer.assign([t0]);
    expect(await poll(consumer, 5_000)).toEqual([]);
    broker.serveTopics({ t: [1] });
    expect(await read(consumer, 1)).toEqual([0]);
  });
});

describe('a paused partition', () => {
  test('is not returned, keeps its place and what was fetched, and goes on when it is resumed', async () => {
    serveFetch(broker, { batches: batchesOf([4]) });
    const consumer = consumerOf({ pollRecordsMax: 2 });
    consumer.assign([{ ...t0, offset: 0 }]);
    expect(await read(consumer, 2)).toEqual([0, 1]);
    await simulation.platform.runFor(1_000);
    consumer.pause([t0]);
    expect(consumer.paused()).toEqual([t0]);
    await simulation.platform.runFor(1_000);
    const fetches = broker.countOf(fetchRequest);
    expect(await poll(consumer, 500)).toEqual([]);
    expect(broker.countOf(fetchRequest)).toBe(fetches);
    consumer.resume([t0]);
    expect(offsetsOf(await poll(consumer))).toEqual([2, 3]);
  });

  test('that is resumed ends a poll that waits', async () => {
    serveFetch(broker, { batches: batchesOf([1]) });
    const consumer = consumerOf();
    consumer.assign([{ ...t0, offset: 0 }]);
    await simulation.platform.runFor(100);
    consumer.pause([t0]);
    const polling = consumer.poll(60_000);
    await simulation.platform.runFor(1_000);
    consumer.resume([t0]);
    expect(offsetsOf(await simulation.run(polling))).toEqual([0]);
    expect(simulation.platform.clock.monotonic()).toBeLessThan(10_000);
  });
});

describe('questions about offsets', () => {
  test('are answered without an assignment', async () => {
    serveFetch(broker, { startOffset: 2, batches: batchesOf([3], 2) });
    const consumer = consumerOf();
    expect(await simulation.run(consumer.beginningOffsets([t0, t1]))).toMatchObject([
      { ...t0, offset: 2 },
      { ...t1, offset: 2 },
    ]);
    expect(await simulation.run(consumer.endOffsets([t1]))).toMatchObject([{ ...t1, offset: 5 }]);
    await simulation.run(consumer.offsetsForTimes([{ ...t0, timestamp: 77 }]));
    const asked = broker
      .bodiesOf(listOffsetsRequest)
      .map(({ topics }) => topics[0]?.partitions[0]?.timestamp);
    expect(asked).toEqual([-2, -1, 77]);
  });

  test('about a topic that does not exist are an error in the end', async () => {
    const consumer = consumerOf({ apiTimeoutMs: 2_000 });
    await expect(
      simulation.run(consumer.endOffsets([{ topic: 'nope', partition: 0 }])),
    ).rejects.toMatchObject({
      errorName: 'UNKNOWN_TOPIC_OR_PARTITION',
    });
  });
});

describe('options', () => {
  test.each<ConsumerOptions>([
    { groupId: '' },
    { autoCommit: true },
    { groupId: 'g', sessionTimeoutMs: 1_000, heartbeatIntervalMs: 1_000 },
    { pollRecordsMax: 0 },
    { assignors: ['range', 'range'] },
  ])('may not be %j', (options) => {
    expect(() => simulation.client().consumer(options)).toThrow(
      expect.objectContaining({ code: 'CLIENT_CONFIGURATION' }),
    );
  });

  test('without a group exclude subscribe and commit', async () => {
    const consumer = consumerOf();
    const illegal = expect.objectContaining({ code: 'CLIENT_ILLEGAL_STATE' });
    expect(() => consumer.subscribe({ topics: ['t'] })).toThrow(illegal);
    await expect(consumer.commit([{ ...t0, offset: 1 }])).rejects.toEqual(illegal);
    expect(consumer.groupMetadata()).toBeUndefined();
  });
});
