import { beforeEach, describe, expect, test } from 'vitest';
import {
  IllegalStateError,
  type KafkaClient,
  type Producer,
  ProducerFencedError,
  TransactionAbortableError,
} from '../../../kafka/client/index.ts';
import {
  addOffsetsToTxnRequest,
  addOffsetsToTxnResponse,
  addPartitionsToTxnRequest,
  addPartitionsToTxnResponse,
  ErrorCode,
  endTxnRequest,
  endTxnResponse,
  findCoordinatorRequest,
  findCoordinatorResponse,
  initProducerIdRequest,
  initProducerIdResponse,
  produceRequest,
  produceResponse,
  txnOffsetCommitRequest,
  txnOffsetCommitResponse,
} from '../../../kafka/protocol/index.ts';
import { batchHeader } from '../../../kafka/records/index.ts';
import type { ScriptedBroker } from './scripted-broker.ts';
import { Simulation } from './simulation.ts';

const ok = { throttleTimeMs: 0, errorCode: ErrorCode.NONE } as const;
const offset = { topic: 't', partition: 0, offset: 7 };
const group = { groupId: 'g', memberId: 'm', generationId: 3 };

let simulation: Simulation;
let broker: ScriptedBroker;
let client: KafkaClient;
let producer: Producer;
/** What came in the batches: producer epoch, sequence, whether transactional. */
let batches: string[];
let produceError: number;
let epoch: number;

/** A broker that coordinates and leads; `level` is that of transaction.version. */
async function start(seed: string, level: number): Promise<void> {
  simulation = new Simulation(seed);
  broker = await simulation.broker();
  broker.features = { 'transaction.version': level };
  broker.serveTopics({ t: [1, 1] });
  [batches, produceError, epoch] = [[], ErrorCode.NONE, 0];
  broker.on(findCoordinatorRequest, findCoordinatorResponse, ({ coordinatorKeys }) => ({
    ...ok,
    errorMessage: null,
    nodeId: 0,
    host: '',
    port: 0,
    coordinators: coordinatorKeys.map((key) => ({
      key,
      nodeId: 1,
      ...broker.endpoint,
      errorCode: ErrorCode.NONE,
      errorMessage: null,
    })),
  }));
  broker.on(initProducerIdRequest, initProducerIdResponse, ({ producerEpoch }) => {
    epoch = producerEpoch + 1;
    return { ...ok, producerId: 5, producerEpoch: epoch };
  });
  broker.on(addPartitionsToTxnRequest, addPartitionsToTxnResponse, ({ v3AndBelowTopics }) => ({
    throttleTimeMs: 0,
    resultsByTransaction: [],
    resultsByTopicV3AndBelow: v3AndBelowTopics.map(({ name, partitions }) => ({
      name,
      resultsByPartition: partitions.map((partitionIndex) => ({ partitionIndex, partitionErrorCode: 0 })),
    })),
  }));
  broker.on(addOffsetsToTxnRequest, addOffsetsToTxnResponse, () => ok);
  broker.on(txnOffsetCommitRequest, txnOffsetCommitResponse, ({ topics }) => ({
    throttleTimeMs: 0,
    topics: topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: 0 })),
    })),
  }));
  endWith(ErrorCode.NONE);
  broker.on(produceRequest, produceResponse, ({ topicData }, version) => ({
    throttleTimeMs: 0,
    responses: topicData.map(({ name, topicId, partitionData }) => ({
      ...(version >= 13 ? { topicId } : { name }),
      partitionResponses: partitionData.map(({ index, records }) => {
        const bytes = records ?? Buffer.alloc(0);
        batches.push(
          [
            `t-${index}`,
            batchHeader.producerEpoch(bytes, 0),
            batchHeader.baseSequence(bytes, 0),
            batchHeader.isTransactional(bytes, 0),
          ].join(' '),
        );
        return { index, errorCode: produceError, baseOffset: 0 };
      }),
    })),
  }));
  client = simulation.client();
  producer = client.producer({ transactionalId: 'x' });
  await run(producer.initTransactions());
}

/** Answers EndTxn so; from version 5 on with a higher epoch. */
function endWith(errorCode: number): void {
  broker.on(endTxnRequest, endTxnResponse, (_, version) => {
    if (version < 5) return { throttleTimeMs: 0, errorCode };
    epoch += 1;
    return { throttleTimeMs: 0, errorCode, producerId: 5, producerEpoch: epoch };
  });
}

const run = <T>(work: Promise<T>) => simulation.run(work);
const record = (partition = 0) => ({ topic: 't', partition, value: Buffer.from('v') });
const ends = () =>
  broker.bodiesOf(endTxnRequest).map(({ committed, producerEpoch }) => [committed, producerEpoch]);
const versionsOf = (api: string) =>
  broker.received.filter((each) => each.api === api).map(({ apiVersion }) => apiVersion);

describe('of the first generation', () => {
  beforeEach((context) => start(context.task.name, 1));

  test('partitions and groups are announced before they are written to, once in a transaction', async () => {
    producer.beginTransaction();
    await run(producer.send([record(), record(1)]));
    await run(producer.send([record()]));
    await run(producer.sendOffsets([offset], group));
    await run(producer.commitTransaction());
    expect(broker.received.map(({ api }) => api.replace('Request', '')).slice(2)).toEqual([
      'Metadata',
      'AddPartitionsToTxn',
      'Produce',
      'Produce',
      'AddOffsetsToTxn',
      'FindCoordinator',
      'TxnOffsetCommit',
      'EndTxn',
    ]);
    expect(broker.bodiesOf(addPartitionsToTxnRequest)[0]).toMatchObject({
      v3AndBelowTransactionalId: 'x',
      v3AndBelowProducerId: 5,
      v3AndBelowTopics: [{ name: 't', partitions: [0, 1] }],
    });
    expect(broker.bodiesOf(txnOffsetCommitRequest)[0]).toMatchObject({
      groupId: 'g',
      memberId: 'm',
      generationId: 3,
      topics: [{ name: 't', partitions: [{ partitionIndex: 0, committedOffset: 7 }] }],
    });
    expect(Math.max(...versionsOf('ProduceRequest'))).toBe(11);
    expect(versionsOf('EndTxnRequest')).toEqual([4]);
    expect(broker.bodiesOf(produceRequest)[0]?.transactionalId).toBe('x');
  });

  test('epoch and sequence go on from one to the next', async () => {
    for (let count = 0; count < 2; count += 1) {
      producer.beginTransaction();
      await run(producer.send([record()]));
      await run(producer.commitTransaction());
    }
    expect(batches).toEqual(['t-0 0 0 true', 't-0 0 1 true']);
    expect(ends()).toEqual([
      [true, 0],
      [true, 0],
    ]);
  });

  test('a new epoch follows one that lost a record', async () => {
    producer.beginTransaction();
    produceError = ErrorCode.INVALID_RECORD;
    await run(producer.send([record()]).catch(() => {}));
    await expect(run(producer.commitTransaction())).rejects.toThrow(TransactionAbortableError);
    await run(producer.abortTransaction());
    expect(broker.bodiesOf(initProducerIdRequest)[1]).toMatchObject({ producerId: 5, producerEpoch: 0 });
    produceError = ErrorCode.NONE;
    producer.beginTransaction();
    await run(producer.send([record()]));
    await run(producer.commitTransaction());
    expect(batches.at(-1)).toBe('t-0 1 0 true');
    expect(ends()).toEqual([
      [false, 0],
      [true, 1],
    ]);
  });

  test('a partition that may not be written to makes it abortable', async () => {
    broker.on(addPartitionsToTxnRequest, addPartitionsToTxnResponse, () => ({
      throttleTimeMs: 0,
      resultsByTransaction: [],
      resultsByTopicV3AndBelow: [
        {
          name: 't',
          resultsByPartition: [
            { partitionIndex: 0, partitionErrorCode: ErrorCode.OPERATION_NOT_ATTEMPTED },
            { partitionIndex: 1, partitionErrorCode: ErrorCode.TOPIC_AUTHORIZATION_FAILED },
          ],
        },
      ],
    }));
    producer.beginTransaction();
    await expect(run(producer.send([record(), record(1)]))).rejects.toMatchObject({
      code: 'KAFKA_TOPIC_AUTHORIZATION_FAILED',
    });
    expect(() => producer.append(record())).toThrow(TransactionAbortableError);
    await run(producer.abortTransaction());
    expect(batches).toEqual([]);
    producer.beginTransaction();
  });
});

describe('of the second generation', () => {
  beforeEach((context) => start(context.task.name, 2));

  test('nothing is announced, and each has an epoch of its own', async () => {
    for (const isCommit of [true, false, true]) {
      producer.beginTransaction();
      await run(producer.send([record(), record()]));
      await run(producer.sendOffsets([offset], group));
      await run(isCommit ? producer.commitTransaction() : producer.abortTransaction());
    }
    expect(broker.countOf(addPartitionsToTxnRequest) + broker.countOf(addOffsetsToTxnRequest)).toBe(0);
    expect(batches).toEqual(['t-0 0 0 true', 't-0 1 0 true', 't-0 2 0 true']);
    expect(ends()).toEqual([
      [true, 0],
      [false, 1],
      [true, 2],
    ]);
    expect(Math.min(...versionsOf('ProduceRequest'))).toBeGreaterThanOrEqual(12);
    expect(versionsOf('TxnOffsetCommitRequest')).toEqual([5, 5, 5]);
  });

  test('one without records is not ended at the coordinator', async () => {
    producer.beginTransaction();
    await run(producer.commitTransaction());
    producer.beginTransaction();
    await run(producer.abortTransaction());
    expect(ends()).toEqual([]);
  });

  test('what is not sent yet is dropped by an abort', async () => {
    producer.beginTransaction();
    const errors: (string | undefined)[] = [];
    producer.append(record(), (error) => errors.push(error?.code));
    await run(producer.abortTransaction());
    expect(errors).toEqual(['CLIENT_TRANSACTION_ABORTED']);
    expect(batches).toEqual([]);
  });

  test('a coordinator that is still completing the last one is asked again', async () => {
    let refusals = 2;
    broker.on(endTxnRequest, endTxnResponse, () => {
      refusals -= 1;
      const errorCode = refusals >= 0 ? ErrorCode.CONCURRENT_TRANSACTIONS : ErrorCode.NONE;
      return { throttleTimeMs: 0, errorCode, producerId: 5, producerEpoch: 1 };
    });
    producer.beginTransaction();
    await run(producer.send([record()]));
    await run(producer.commitTransaction());
    expect(ends()).toHaveLength(3);
  });

  test('a commit that is refused can be aborted', async () => {
    endWith(ErrorCode.TRANSACTION_ABORTABLE);
    producer.beginTransaction();
    await run(producer.send([record()]));
    await expect(run(producer.commitTransaction())).rejects.toThrow(TransactionAbortableError);
    endWith(ErrorCode.NONE);
    await run(producer.abortTransaction());
    producer.beginTransaction();
  });

  test('a producer that is fenced is of no use any more', async () => {
    endWith(ErrorCode.PRODUCER_FENCED);
    producer.beginTransaction();
    await run(producer.send([record()]));
    await expect(run(producer.commitTransaction())).rejects.toThrow(ProducerFencedError);
    expect(() => producer.beginTransaction()).toThrow(ProducerFencedError);
    expect(() => producer.append(record())).toThrow(ProducerFencedError);
    await expect(run(producer.abortTransaction())).rejects.toThrow(ProducerFencedError);
    await run(client.close());
  });

  test('a record that meets a newer epoch leaves the verdict to the coordinator', async () => {
    produceError = ErrorCode.INVALID_PRODUCER_EPOCH;
    producer.beginTransaction();
    await expect(run(producer.send([record()]))).rejects.toThrow('t-0 was not delivered');
    endWith(ErrorCode.INVALID_PRODUCER_EPOCH);
    await expect(run(producer.abortTransaction())).rejects.toThrow(ProducerFencedError);
  });

  test('offsets of a member that has left the group make it abortable', async () => {
    broker.on(txnOffsetCommitRequest, txnOffsetCommitResponse, () => ({
      throttleTimeMs: 0,
      topics: [{ name: 't', partitions: [{ partitionIndex: 0, errorCode: ErrorCode.ILLEGAL_GENERATION }] }],
    }));
    producer.beginTransaction();
    await expect(run(producer.sendOffsets([offset], group))).rejects.toThrow(TransactionAbortableError);
    await expect(run(producer.commitTransaction())).rejects.toThrow(TransactionAbortableError);
    await run(producer.abortTransaction());
    expect(ends()).toEqual([[false, 0]]);
  });

  test('one that is open is aborted when the producer closes', async () => {
    producer.beginTransaction();
    await run(producer.send([record()]));
    await run(client.close());
    expect(ends()).toEqual([[false, 0]]);
  });
});

test('calls in the wrong order are refused', async (context) => {
  await start(context.task.name, 2);
  expect(() => producer.append(record())).toThrow(IllegalStateError);
  await expect(run(producer.initTransactions())).rejects.toThrow(IllegalStateError);
  await expect(run(producer.commitTransaction())).rejects.toThrow(IllegalStateError);
  producer.beginTransaction();
  expect(() => producer.beginTransaction()).toThrow(IllegalStateError);
  const fresh = client.producer({ transactionalId: 'y' });
  expect(() => fresh.beginTransaction()).toThrow('call initTransactions first');
  const plain = client.producer();
  expect(() => plain.beginTransaction()).toThrow('the producer has no transactionalId');
  expect(() => client.producer({ transactionalId: 'z', acks: 1 })).toThrow(
    'a transactional producer is idempotent',
  );
});
