import { beforeEach, describe, expect, test } from 'vitest';
import type { OnDone, Producer, ProducerOptions, ProducerRecord } from '../../../kafka/client/index.ts';
import {
  ErrorCode,
  initProducerIdRequest,
  initProducerIdResponse,
  produceRequest,
} from '../../../kafka/protocol/index.ts';
import { batchHeader } from '../../../kafka/records/index.ts';
import type { ScriptedBroker } from './scripted-broker.ts';
import { type ProducedBatch, serveProduce, type Verdict } from './scripted-log.ts';
import { Simulation } from './simulation.ts';

let simulation: Simulation;
let broker: ScriptedBroker;

beforeEach(async (context) => {
  simulation = new Simulation(context.task.name);
  broker = await simulation.broker();
  broker.serveTopics({ t: [1], wide: [1, 1, 1] });
});

const record = (value: string, more: Partial<ProducerRecord> = {}): ProducerRecord => ({
  topic: 't',
  value: Buffer.from(value),
  ...more,
});

function producerOf(options: ProducerOptions = {}): Producer {
  return simulation.client().producer(options);
}

const valuesOf = (log: readonly ProducedBatch[]) => log.flatMap(({ values }) => values);
const epochOf = ({ bytes }: ProducedBatch) => batchHeader.producerEpoch(bytes, 0);
const sequenceOf = ({ bytes }: ProducedBatch) => batchHeader.baseSequence(bytes, 0);

/** Says the verdicts in turn, then that all is well. */
function inTurn(...verdicts: Verdict[]): () => Verdict {
  return () => verdicts.shift() ?? ErrorCode.NONE;
}

/** What a callback heard, as one line per record. */
function listener(): { readonly heard: string[]; readonly onDone: (name: string) => OnDone } {
  const heard: string[] = [];
  return {
    heard,
    onDone: (name) => (error, partition, offset) => {
      heard.push(`${name}: ${error === undefined ? `${partition}@${offset}` : error.code}`);
    },
  };
}

describe('records', () => {
  test('appended in one turn go out in one batch, in order', async () => {
    const log = serveProduce(broker);
    const producer = producerOf();
    await simulation.run(producer.partitionCount('t'));
    const { heard, onDone } = listener();
    for (const value of ['a', 'b', 'c']) producer.append(record(value), onDone(value));
    await simulation.run(producer.flush());
    expect(log.map(({ values }) => values)).toEqual([['a', 'b', 'c']]);
    expect(heard).toEqual(['a: 0@0', 'b: 0@1', 'c: 0@2']);
  });

  test('that come before the topic is known are sent when it is', async () => {
    const log = serveProduce(broker);
    const producer = producerOf();
    expect(producer.append(record('a'))).toBe(true);
    producer.append(record('b', { topic: 'wide', partition: 2 }));
    await simulation.run(producer.flush());
    expect(log.map(({ partition, values }) => [partition, ...values])).toEqual(
      expect.arrayContaining([
        [0, 'a'],
        [2, 'b'],
      ]),
    );
  });

  test('that come while requests are under way share the next batch', async () => {
    const log = serveProduce(broker);
    const producer = producerOf({ maxInFlight: 1 });
    await simulation.run(producer.send([record('a')]));
    const sending = producer.send([record('b')]);
    await new Promise(setImmediate);
    for (const value of ['c', 'd', 'e']) producer.append(record(value));
    await simulation.run(sending);
    await simulation.run(producer.flush());
    expect(log.map(({ values }) => values)).toEqual([['a'], ['b'], ['c', 'd', 'e']]);
  });

  test('wait lingerMs for more, but not while somebody flushes', async () => {
    const log = serveProduce(broker);
    const producer = producerOf({ lingerMs: 100 });
    await simulation.run(producer.partitionCount('t'));
    producer.append(record('a'));
    await simulation.platform.runFor(90);
    producer.append(record('b'));
    expect(log.length).toBe(0);
    await simulation.platform.runFor(20);
    expect(log.map(({ values }) => values)).toEqual([['a', 'b']]);
    producer.append(record('c'));
    await simulation.run(producer.flush());
    expect(simulation.platform.clock.monotonic()).toBeLessThan(120);
  });

  test('fill batches of at most batchBytes', async () => {
    const log = serveProduce(broker);
    const producer = producerOf({ batchBytes: 1_000 });
    await simulation.run(producer.send(Array.from({ length: 50 }, () => record('x'.repeat(100)))));
    expect(log.length).toBeGreaterThan(4);
    for (const { bytes } of log) expect(bytes.length).toBeLessThanOrEqual(1_000);
  });

  test('for one broker go in one request, whichever partition they are for', async () => {
    serveProduce(broker);
    const producer = producerOf();
    await simulation.run(producer.partitionCount('wide'));
    await simulation.run(
      producer.send([0, 1, 2].map((partition) => record('a', { topic: 'wide', partition }))),
    );
    expect(broker.countOf(produceRequest)).toBe(1);
  });

  test('go to the leader of their partition', async () => {
    const other = await simulation.broker(2);
    broker.serveTopics({ t: [1, 2] }, [broker, other]);
    const [log, otherLog] = [serveProduce(broker), serveProduce(other)];
    await simulation.run(producerOf().send([record('a', { partition: 0 }), record('b', { partition: 1 })]));
    expect([valuesOf(log), valuesOf(otherLog)]).toEqual([['a'], ['b']]);
  });

  test('get the time of the clock unless they have their own', async () => {
    const log = serveProduce(broker);
    const results = await simulation.run(producerOf().send([record('a', { timestamp: 77 }), record('b')]));
    expect(results.map(({ timestamp }) => timestamp)).toEqual([77, expect.any(Number)]);
    expect(log.length).toBe(1);
  });

  test('with acks 0 are done when they are sent, without an offset', async () => {
    const log = serveProduce(broker);
    const results = await simulation.run(producerOf({ acks: 0 }).send([record('a')]));
    await simulation.platform.settle();
    expect([results[0]?.offset, valuesOf(log)]).toEqual([-1, ['a']]);
    expect(broker.bodiesOf(produceRequest)[0]?.acks).toBe(0);
  });
});

describe('a refused batch', () => {
  test.each([
    ErrorCode.NOT_LEADER_OR_FOLLOWER,
    ErrorCode.NOT_ENOUGH_REPLICAS,
    ErrorCode.REQUEST_TIMED_OUT,
    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
    ErrorCode.CORRUPT_MESSAGE,
    ErrorCode.KAFKA_STORAGE_ERROR,
  ])('is sent again unchanged after error %i', async (code) => {
    const seen: Buffer[] = [];
    const verdicts = inTurn(code, code);
    const log = serveProduce(broker, ({ bytes }) => {
      seen.push(Buffer.from(bytes));
      return verdicts();
    });
    const [result] = await simulation.run(producerOf().send([record('a')]));
    expect([result?.offset, valuesOf(log), seen.length]).toEqual([0, ['a'], 3]);
    for (const bytes of seen) expect(bytes).toEqual(seen[0]);
  });

  test.each<Verdict>(['close', 'silence'])('is sent again on another connection after %s', async (fate) => {
    const log = serveProduce(broker, inTurn(fate));
    await simulation.run(producerOf({ requestTimeoutMs: 1_000 }).send([record('a')]));
    expect(valuesOf(log)).toEqual(['a']);
  });

  test('counts as delivered when the broker has it already', async () => {
    serveProduce(broker, inTurn(ErrorCode.DUPLICATE_SEQUENCE_NUMBER));
    const [result] = await simulation.run(producerOf().send([record('a')]));
    expect(result).toMatchObject({ topic: 't', partition: 0, offset: -1 });
  });

  test.each([
    ErrorCode.INVALID_RECORD,
    ErrorCode.TOPIC_AUTHORIZATION_FAILED,
    ErrorCode.UNSUPPORTED_COMPRESSION_TYPE,
  ])('fails at once with error %i, and says where and why', async (code) => {
    serveProduce(broker, () => code);
    const sending = simulation.run(producerOf().send([record('a')]));
    await expect(sending).rejects.toThrow(/a record for t-0 was not delivered: the broker refused it/);
    await expect(sending).rejects.toMatchObject({ topic: 't', partition: 0, cause: { errorCode: code } });
    expect(broker.countOf(produceRequest)).toBe(1);
  });

  test('does not hold up the records behind it', async () => {
    const log = serveProduce(broker, ({ values }) =>
      values.includes('bad') ? ErrorCode.INVALID_RECORD : ErrorCode.NONE,
    );
    const producer = producerOf({ batchBytes: 100 });
    const { heard, onDone } = listener();
    await simulation.run(producer.partitionCount('t'));
    for (const value of ['bad', 'x'.repeat(40), 'y'.repeat(40)])
      producer.append(record(value), onDone(value.slice(0, 3)));
    await simulation.run(producer.flush());
    expect(heard).toEqual(['bad: KAFKA_INVALID_RECORD', 'xxx: 0@0', 'yyy: 0@1']);
    expect(valuesOf(log).length).toBe(2);
  });

  test('fails when the delivery timeout is over', async () => {
    serveProduce(broker, () => ErrorCode.NOT_ENOUGH_REPLICAS);
    const sending = simulation.run(producerOf({ deliveryTimeoutMs: 5_000 }).send([record('a')]));
    await expect(sending).rejects.toMatchObject({ code: 'CLIENT_DELIVERY_TIMEOUT' });
    expect(simulation.platform.clock.monotonic()).toBeLessThan(5_100);
  });

  test('fails when the delivery timeout is over even while the broker is silent', async () => {
    serveProduce(broker, () => 'silence');
    const sending = simulation.run(
      producerOf({ deliveryTimeoutMs: 5_000, requestTimeoutMs: 60_000 }).send([record('a')]),
    );
    await expect(sending).rejects.toMatchObject({ code: 'CLIENT_DELIVERY_TIMEOUT' });
    expect(simulation.platform.clock.monotonic()).toBeLessThan(5_100);
  });
});

describe('an idempotent producer', () => {
  test('keeps the order and the sequence when the first of several batches has to be repeated', async () => {
    const verdicts: Verdict[] = [ErrorCode.NOT_ENOUGH_REPLICAS];
    let expected = 0;
    const log = serveProduce(broker, (batch) => {
      const verdict = verdicts.shift();
      if (verdict !== undefined) return verdict;
      if (sequenceOf(batch) !== expected) return ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER;
      expected += batch.values.length;
      return ErrorCode.NONE;
    });
    const producer = producerOf({ batchBytes: 100 });
    const values = Array.from({ length: 12 }, (_, index) => `${index} ${'x'.repeat(40)}`);
    await simulation.run(producer.send(values.map((value) => record(value))));
    expect(valuesOf(log)).toEqual(values);
    expect(new Set(log.map(epochOf))).toEqual(new Set([0]));
  });

  test('begins a new epoch when the broker has forgotten it', async () => {
    const log = serveProduce(broker, inTurn(ErrorCode.NONE, ErrorCode.UNKNOWN_PRODUCER_ID));
    const producer = producerOf();
    await simulation.run(producer.send([record('a')]));
    await simulation.run(producer.send([record('b')]));
    expect(log.map((batch) => [epochOf(batch), sequenceOf(batch)])).toEqual([
      [0, 0],
      [1, 0],
    ]);
  });

  test('asks for its id until it gets one', async () => {
    const log = serveProduce(broker);
    const codes: number[] = [ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, ErrorCode.NONE];
    broker.on(initProducerIdRequest, initProducerIdResponse, () => ({
      errorCode: codes.shift() ?? ErrorCode.NONE,
      producerId: 5,
      producerEpoch: 0,
    }));
    await simulation.run(producerOf().send([record('a')]));
    expect(log.map(({ bytes }) => batchHeader.producerId(bytes, 0))).toEqual([5]);
  });

  test('fails everything when it may not have an id', async () => {
    broker.on(initProducerIdRequest, initProducerIdResponse, () => ({
      errorCode: ErrorCode.CLUSTER_AUTHORIZATION_FAILED,
      producerEpoch: -1,
    }));
    await expect(simulation.run(producerOf().send([record('a')]))).rejects.toMatchObject({
      code: 'KAFKA_CLUSTER_AUTHORIZATION_FAILED',
    });
  });

  test('does not send to a new leader before the old one has answered', async () => {
    const other = await simulation.broker(2);
    broker.serveTopics({ t: [1] }, [broker, other]);
    const answer = Promise.withResolvers<Verdict>();
    const log = serveProduce(broker, () => answer.promise);
    const otherLog = serveProduce(other);
    const client = simulation.client({ metadataMaxAgeMs: 100 });
    const producer = client.producer();
    await simulation.run(producer.partitionCount('t'));
    producer.append(record('a'));
    await simulation.platform.runFor(10);
    broker.serveTopics({ t: [2] }, [broker, other]);
    await simulation.platform.runFor(300);
    producer.append(record('b'));
    await simulation.platform.runFor(300);
    expect(valuesOf(otherLog)).toEqual([]);
    answer.resolve(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    await simulation.run(producer.flush());
    expect([valuesOf(log), valuesOf(otherLog)]).toEqual([[], ['a', 'b']]);
  });

  test('has no sequence when it is told not to be idempotent', async () => {
    const log = serveProduce(broker);
    await simulation.run(producerOf({ isIdempotent: false }).send([record('a')]));
    expect(log.map(sequenceOf)).toEqual([-1]);
    expect(broker.countOf(initProducerIdRequest)).toBe(0);
  });

  test.each<ProducerOptions>([
    { isIdempotent: true, acks: 1 },
    { isIdempotent: true, maxInFlight: 6 },
    { maxInFlight: 0 },
  ])('cannot be had with %j', (options) => {
    expect(() => producerOf(options)).toThrow(expect.objectContaining({ code: 'CLIENT_CONFIGURATION' }));
  });
});

describe('a batch that is too large for the topic', () => {
  test('is split until it fits, and nobody notices', async () => {
    const log = serveProduce(broker, ({ values }) =>
      values.length > 3 ? ErrorCode.MESSAGE_TOO_LARGE : ErrorCode.NONE,
    );
    const producer = producerOf();
    await simulation.run(producer.partitionCount('t'));
    const { heard, onDone } = listener();
    const values = Array.from({ length: 10 }, (_, index) => `${index}`);
    for (const value of values) {
      producer.append(
        record(value, { headers: [{ key: 'h', value: null }] }),
        value === '4' ? undefined : onDone(value),
      );
    }
    await simulation.run(producer.flush());
    expect(valuesOf(log)).toEqual(values);
    expect(heard).toEqual(values.filter((value) => value !== '4').map((value) => `${value}: 0@${value}`));
    expect(log.map(sequenceOf)).toEqual([0, 2, 5, 7]);
  });

  test('is an error when it is a single record', async () => {
    serveProduce(broker, () => ErrorCode.MESSAGE_TOO_LARGE);
    const sending = simulation.run(producerOf().send([record('a')]));
    await expect(sending).rejects.toMatchObject({
      code: 'CLIENT_RECORD_TOO_LARGE',
      topic: 't',
      partition: 0,
    });
    await expect(sending).rejects.toThrow(/raise max.message.bytes/);
  });
});

describe('a record', () => {
  test('that is larger than requestBytesMax is refused when it is appended', () => {
    const producer = producerOf({ requestBytesMax: 1_000 });
    expect(() => producer.append(record('x'.repeat(1_000)))).toThrow(
      expect.objectContaining({ code: 'CLIENT_RECORD_TOO_LARGE', topic: 't' }),
    );
  });

  test('of text is refused for its bytes, not for its length', () => {
    const producer = producerOf({ requestBytesMax: 1_000 });
    expect(producer.append({ topic: 't', value: 'x'.repeat(800) })).toBe(true);
    expect(() => producer.append({ topic: 't', value: '\u20ac'.repeat(400) })).toThrow(
      expect.objectContaining({ code: 'CLIENT_RECORD_TOO_LARGE', topic: 't' }),
    );
  });

  test('with a timestamp that is none is refused when it is appended', () => {
    expect(() => producerOf().append(record('a', { timestamp: 1.5 }))).toThrow(RangeError);
  });

  test('for a partition that does not exist fails, after metadata was read once more', async () => {
    serveProduce(broker);
    const producer = producerOf();
    await simulation.run(producer.partitionCount('t'));
    await expect(simulation.run(producer.send([record('a', { partition: 3 })]))).rejects.toThrow(
      /t-3 was not delivered: the topic has 1 partitions/,
    );
    broker.serveTopics({ t: [1, 1, 1, 1] });
    const [result] = await simulation.run(producer.send([record('a', { partition: 3 })]));
    expect(result?.partition).toBe(3);
  });

  test('for a topic that never appears fails, and says so', async () => {
    serveProduce(broker);
    const producer = producerOf({ metadataTimeoutMs: 2_000 });
    await expect(simulation.run(producer.send([record('a', { topic: 'nope' })]))).rejects.toMatchObject({
      code: 'CLIENT_TOPIC_MISSING',
      topic: 'nope',
    });
    await expect(simulation.run(producer.partitionCount('nope'))).rejects.toMatchObject({
      code: 'CLIENT_TOPIC_MISSING',
    });
  });

  test('waits while its partition has no leader, and metadata is not asked for all the time', async () => {
    const log = serveProduce(broker);
    broker.serveTopics({ t: [-1] });
    const producer = producerOf();
    const sending = producer.send([record('a')]);
    await simulation.platform.runFor(10_000);
    expect(broker.received.length).toBeLessThan(20);
    broker.serveTopics({ t: [1] });
    await simulation.run(sending);
    expect(valuesOf(log)).toEqual(['a']);
  });
});

describe('a full producer', () => {
  test('says so, takes the record all the same, and tells when there is room', async () => {
    const answer = Promise.withResolvers<Verdict>();
    const log = serveProduce(broker, () => answer.promise);
    const producer = producerOf({ bufferBytesMax: 1_000 });
    await simulation.run(producer.partitionCount('t'));
    expect(producer.append(record('x'.repeat(500)))).toBe(true);
    expect(producer.append(record('y'.repeat(500)))).toBe(false);
    expect([producer.isFull, producer.bufferedBytes > 1_000]).toEqual([true, true]);
    let hasRoom = false;
    const ready = producer.ready().then(() => {
      hasRoom = true;
    });
    await simulation.platform.runFor(100);
    expect(hasRoom).toBe(false);
    answer.resolve(ErrorCode.NONE);
    await simulation.run(ready);
    expect([producer.isFull, producer.bufferedBytes, valuesOf(log).length]).toEqual([false, 0, 2]);
  });

  test('is empty again after everything has failed, too', async () => {
    serveProduce(broker, () => ErrorCode.INVALID_RECORD);
    const producer = producerOf({ metadataTimeoutMs: 100 });
    const results = producer.send([record('a')]).catch(() => {});
    const others = producer.send([record('b', { topic: 'nope' })]).catch(() => {});
    await simulation.run(Promise.all([results, others]));
    expect(producer.bufferedBytes).toBe(0);
  });

  test('makes send wait, so that any number of records can be sent at once', async () => {
    const log = serveProduce(broker);
    const producer = producerOf({ bufferBytesMax: 2_000, batchBytes: 500 });
    const records = Array.from({ length: 100 }, (_, index) => record(`${index} ${'x'.repeat(90)}`));
    const results = await simulation.run(producer.send(records));
    expect(results.map(({ offset }) => offset)).toEqual(records.map((_, index) => index));
    expect(valuesOf(log).length).toBe(100);
  });
});

describe('flush', () => {
  test('tells the first error that nobody else has heard of, once', async () => {
    serveProduce(broker, inTurn(ErrorCode.INVALID_RECORD));
    const producer = producerOf();
    producer.append(record('a'));
    await expect(simulation.run(producer.flush())).rejects.toMatchObject({ code: 'KAFKA_INVALID_RECORD' });
    await simulation.run(producer.flush());
  });

  test('is no error when a callback has heard of it', async () => {
    serveProduce(broker, () => ErrorCode.INVALID_RECORD);
    const producer = producerOf();
    const { heard, onDone } = listener();
    producer.append(record('a'), onDone('a'));
    await simulation.run(producer.flush());
    expect(heard).toEqual(['a: KAFKA_INVALID_RECORD']);
  });

  test('of a producer that has nothing is done at once', async () => {
    await producerOf().flush();
  });
});

describe('close', () => {
  test('sends everything first, and takes nothing afterwards', async () => {
    const log = serveProduce(broker);
    const producer = producerOf({ lingerMs: 10_000 });
    producer.append(record('a'));
    const closing = producer.close();
    expect(() => producer.append(record('b'))).toThrow(expect.objectContaining({ code: 'CLIENT_CLOSED' }));
    await simulation.run(closing);
    await simulation.run(producer.close());
    expect(valuesOf(log)).toEqual(['a']);
  });

  test('fails what is left when its time is up', async () => {
    serveProduce(broker, () => 'silence');
    const producer = producerOf();
    const { heard, onDone } = listener();
    producer.append(record('a'), onDone('a'));
    await simulation.run(producer.close(1_000));
    expect(heard).toEqual(['a: CLIENT_CLOSED']);
    expect(simulation.platform.clock.monotonic()).toBeLessThan(1_100);
  });

  test('of the client closes its producers', async () => {
    const log = serveProduce(broker);
    const client = simulation.client();
    client.producer().append(record('a'));
    await simulation.run(client.close());
    expect(valuesOf(log)).toEqual(['a']);
    expect(() => client.producer()).toThrow(expect.objectContaining({ code: 'CLIENT_CLOSED' }));
  });
});
