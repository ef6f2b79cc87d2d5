import {
  addOffsetsToTxnRequest,
  addPartitionsToTxnRequest,
  createTopicsRequest,
  describeProducersRequest,
  describeTransactionsRequest,
  endTxnRequest,
  fetchRequest,
  initProducerIdRequest,
  listOffsetsRequest,
  listTransactionsRequest,
  offsetFetchRequest,
  produceRequest,
  txnOffsetCommitRequest,
  writeTxnMarkersRequest,
} from '../../../kafka/protocol/index.ts';
import type { Answer } from './answer.ts';
import { batchOf } from './batches.ts';
import type { Wire, WireFamily } from './wire.ts';

/** Transactions of both versions (KIP-98, KIP-890). */
export const transactions: WireFamily = {
  name: 'transactions',
  about:
    'InitProducerId, AddPartitionsToTxn, AddOffsetsToTxn, EndTxn, TxnOffsetCommit, WriteTxnMarkers, Describe- and ListTransactions, DescribeProducers',
  async ask(wire) {
    await wire.ask(
      'topics',
      createTopicsRequest,
      7,
      {
        topics: ['transacted', 'transacted-too'].map((name) => ({
          name,
          numPartitions: 2,
          replicationFactor: 1,
          assignments: [],
          configs: [],
        })),
      },
      { counted: ['topics.configs'] },
    );
    await wire.untilLed(['transacted', 'transacted-too'], 2);
    await ids(wire);
    await firstVersion(wire);
    await secondVersion(wire);
    await fencing(wire);
    await offsetsOf(wire);
    await markers(wire);
    await admin(wire);
  },
};

interface Producer {
  readonly producerId: number;
  readonly producerEpoch: number;
}

interface Init {
  readonly version?: number;
  readonly timeoutMs?: number;
  readonly producer?: Producer;
}

async function init(
  wire: Wire,
  what: string,
  transactionalId: string,
  { version = 5, timeoutMs = 60_000, producer }: Init = {},
): Promise<Producer> {
  // The coordinator of a new id may still be loading, or ending the transaction of the producer before.
  const body = { transactionalId, transactionTimeoutMs: timeoutMs, ...(producer ?? {}) };
  const answer = await wire.askUntilReady(what, initProducerIdRequest, version, body, 'errorCode');
  return producerOf(answer);
}

function producerOf(answer: Answer): Producer {
  return { producerId: answer.number('producerId'), producerEpoch: answer.number('producerEpoch') };
}

async function ids(wire: Wire): Promise<void> {
  wire.title('producer ids of transactions');
  for (const version of [0, 1, 2, 3, 4, 5])
    await init(wire, 'a transactional id', `ids-${version}`, { version });
  const { producerId, producerEpoch } = await init(wire, 'the same again', 'ids-5');
  await init(wire, 'with its id and epoch', 'ids-5', { producer: { producerId, producerEpoch } });
  await init(wire, 'with its id and epoch, as sent before', 'ids-5', {
    producer: { producerId, producerEpoch },
  });
  await init(wire, 'with its id and an old epoch', 'ids-5', { producer: { producerId, producerEpoch: 0 } });
  await init(wire, 'with its id and an old epoch, an old version', 'ids-5', {
    version: 3,
    producer: { producerId, producerEpoch: 0 },
  });
  await init(wire, 'with its id and an epoch to come', 'ids-5', {
    producer: { producerId, producerEpoch: 99 },
  });
  await init(wire, 'with another id', 'ids-5', { producer: { producerId: 987_654_321, producerEpoch: 0 } });
  await init(wire, 'with an id, an id nobody knows', 'ids-new', {
    producer: { producerId: 987_654_321, producerEpoch: 3 },
  });
  await init(wire, 'with an id and no epoch', 'ids-5', { producer: { producerId, producerEpoch: -1 } });
  for (const timeoutMs of [0, -1, 900_000, 900_001])
    await init(wire, `a timeout of ${timeoutMs}`, 'ids-timeout', { timeoutMs });
  await init(wire, 'an empty id', '');
}

interface InTransaction {
  readonly version?: number;
  readonly id?: string;
  readonly topic?: string;
  readonly partitions?: readonly number[];
}

function add(
  wire: Wire,
  what: string,
  producer: Producer,
  { version = 3, id = 'tv1', topic = 'transacted', partitions = [0] }: InTransaction = {},
) {
  const topics = [{ name: topic, partitions: [...partitions] }];
  return wire.askUntilReady(
    what,
    addPartitionsToTxnRequest,
    version,
    {
      v3AndBelowTransactionalId: id,
      v3AndBelowProducerId: producer.producerId,
      v3AndBelowProducerEpoch: producer.producerEpoch,
      v3AndBelowTopics: topics,
    },
    'resultsByTopicV3AndBelow.0.resultsByPartition.0.partitionErrorCode',
  );
}

function end(
  wire: Wire,
  what: string,
  id: string,
  producer: Producer,
  committed: boolean,
  version = 4,
): Promise<Answer> {
  return wire.askUntilReady(
    what,
    endTxnRequest,
    version,
    { transactionalId: id, ...producer, committed },
    'errorCode',
  );
}

interface Sending {
  readonly version?: number;
  readonly id?: string | null;
  readonly topic?: string;
  readonly partition?: number;
  readonly sequence?: number;
  readonly transactional?: boolean;
}

function send(
  wire: Wire,
  what: string,
  producer: Producer,
  {
    version = 11,
    id = 'tv1',
    topic = 'transacted',
    partition = 0,
    sequence = 0,
    transactional = true,
  }: Sending = {},
) {
  // Markers carry the time of day: with records of long ago before them, they would begin a segment of their own.
  const fields = { ...producer, baseSequence: sequence, isTransactional: transactional };
  const records = batchOf([what], fields, Date.now());
  return wire.askUntilReady(
    what,
    produceRequest,
    version,
    {
      transactionalId: id,
      acks: -1,
      timeoutMs: 5000,
      topicData: [{ name: topic, partitionData: [{ index: partition, records }] }],
    },
    'responses.0.partitionResponses.0.errorCode',
  );
}

async function firstVersion(wire: Wire): Promise<void> {
  wire.title('a client of before 4.0');
  const producer = await init(wire, 'a producer', 'tv1', { version: 4 });
  const other = { producerId: 987_654_321, producerEpoch: 0 };
  await end(wire, 'commit of nothing', 'tv1', producer, true, 3);
  await end(wire, 'abort of nothing', 'tv1', producer, false, 3);
  await send(wire, 'not added', producer);
  for (const version of [0, 1, 2, 3]) await add(wire, 'a partition', producer, { version });
  await add(wire, 'unknown ones', producer, { partitions: [0, 9] });
  await add(wire, 'an unknown topic', producer, { topic: 'unknown' });
  await add(wire, 'an internal topic', producer, { topic: '__transaction_state' });
  await add(wire, 'of an empty transactional id', producer, { id: '' });
  await add(wire, 'of a transactional id nobody knows', producer, { id: 'nobody' });
  await add(wire, 'of another producer', other);
  await add(wire, 'of an old epoch', { ...producer, producerEpoch: -1 });
  await add(wire, 'of an epoch to come', { ...producer, producerEpoch: 9 });
  await send(wire, 'first', producer);
  await send(wire, 'second', producer, { sequence: 1 });
  await send(wire, 'another transactional id', producer, { id: 'tv1-other', sequence: 2 });
  await send(wire, 'no transactional id', producer, { id: null, sequence: 2 });
  await send(wire, 'not transactional', producer, { sequence: 2, transactional: false });
  await send(wire, 'a partition that was not added', producer, { partition: 1 });
  await look(wire, 'while it is open');
  await producers(wire, 'while it is open');
  await describe(wire, 'while it is open', ['tv1']);
  await end(wire, 'another producer', 'tv1', other, true);
  await end(wire, 'an old epoch', 'tv1', { ...producer, producerEpoch: -1 }, true);
  await end(wire, 'an epoch to come', 'tv1', { ...producer, producerEpoch: 9 }, true);
  await end(wire, 'a transactional id nobody knows', 'nobody', producer, true);
  await end(wire, 'an empty transactional id', '', producer, true);
  await end(wire, 'commit', 'tv1', producer, true, 1);
  await wire.pause(200);
  await end(wire, 'commit again', 'tv1', producer, true, 2);
  await end(wire, 'abort after commit', 'tv1', producer, false, 3);
  await look(wire, 'after the commit');
  await add(wire, 'a partition', producer);
  await send(wire, 'third', producer, { sequence: 3 });
  await end(wire, 'abort', 'tv1', producer, false);
  await wire.pause(200);
  await end(wire, 'abort again', 'tv1', producer, false);
  await end(wire, 'commit after abort', 'tv1', producer, true);
  await look(wire, 'after the abort');
  await describe(wire, 'after the abort', ['tv1']);
}

async function secondVersion(wire: Wire): Promise<void> {
  wire.title('a client of 4.0 and later');
  const id = 'tv2';
  const topic = 'transacted-too';
  let producer = await init(wire, 'a producer', id);
  await end(wire, 'commit of nothing', id, producer, true, 5);
  producer = producerOf(await end(wire, 'abort of nothing', id, producer, false, 5));
  await send(wire, 'adds its partition itself', producer, { version: 12, id, topic });
  await send(wire, 'another partition', producer, { version: 12, id, topic, partition: 1 });
  await send(wire, 'an unknown partition', producer, { version: 12, id, topic, partition: 9 });
  await send(wire, 'a sequence that is not next', producer, { version: 12, id, topic, sequence: 5 });
  await describe(wire, 'while it is open', [id]);
  const committed = producerOf(await end(wire, 'commit', id, producer, true, 5));
  await wire.pause(200);
  await end(wire, 'commit again', id, producer, true, 5);
  await end(wire, 'abort after commit', id, producer, false, 5);
  await send(wire, 'with the epoch before', producer, { version: 12, id, topic, sequence: 1 });
  await send(wire, 'with the epoch it was given', committed, { version: 12, id, topic });
  const aborted = producerOf(await end(wire, 'abort', id, committed, false, 5));
  await wire.pause(200);
  await end(wire, 'abort again', id, committed, false, 5);
  await end(wire, 'abort of nothing after that', id, aborted, false, 5);
  await look(wire, 'after both', topic);
  await describe(wire, 'after both', [id]);
}

async function fencing(wire: Wire): Promise<void> {
  wire.title('fencing');
  const id = 'fenced';
  const first = await init(wire, 'a producer', id, { version: 4 });
  await add(wire, 'a partition', first, { id });
  await send(wire, 'of the first', first, { id });
  const next = await init(wire, 'a second producer, which ends what the first began', id, { version: 4 });
  await send(wire, 'of the first, fenced', first, { id, sequence: 1 });
  await add(wire, 'of the first, fenced', first, { id });
  for (const version of [0, 1, 2]) await add(wire, 'of the first, fenced', first, { id, version });
  for (const version of [0, 1, 4, 5]) await end(wire, 'of the first, fenced', id, first, true, version);
  await add(wire, 'of the second', next, { id });
  await end(wire, 'of the second', id, next, true);
  await wire.pause(200);
  await look(wire, 'after the fencing');
}

async function offsetsOf(wire: Wire): Promise<void> {
  wire.title('offsets of groups');
  const id = 'offsets';
  const producer = await init(wire, 'a producer', id, { version: 4 });
  const addGroup = (what: string, version: number, groupId: string, who = producer, transactionalId = id) =>
    wire.askUntilReady(
      what,
      addOffsetsToTxnRequest,
      version,
      { transactionalId, ...who, groupId },
      'errorCode',
    );
  const commit = (
    what: string,
    version: number,
    options: {
      readonly partition?: number;
      readonly topic?: string;
      readonly group?: string;
      readonly generation?: number;
      readonly memberId?: string;
      readonly instance?: string;
      readonly metadata?: string;
      readonly who?: Producer;
    } = {},
  ) =>
    wire.askUntilReady(
      what,
      txnOffsetCommitRequest,
      version,
      {
        transactionalId: id,
        groupId: options.group ?? 'transacting',
        ...(options.who ?? producer),
        ...(options.generation === undefined ? {} : { generationId: options.generation }),
        ...(options.memberId === undefined ? {} : { memberId: options.memberId }),
        ...(options.instance === undefined ? {} : { groupInstanceId: options.instance }),
        topics: [
          {
            name: options.topic ?? 'transacted',
            partitions: [
              {
                partitionIndex: options.partition ?? 0,
                committedOffset: 4,
                committedMetadata: options.metadata ?? 'note',
              },
            ],
          },
        ],
      },
      'topics.0.partitions.0.errorCode',
    );
  for (const version of [0, 1, 2, 3, 4]) await addGroup('a group', version, 'transacting');
  await addGroup('an empty group', 4, '');
  await addGroup('of a transactional id nobody knows', 4, 'transacting', producer, 'nobody');
  await addGroup('of another producer', 4, 'transacting', { producerId: 987_654_321, producerEpoch: 0 });
  await addGroup('of an epoch to come', 4, 'transacting', { ...producer, producerEpoch: 9 });
  for (const version of [0, 1, 2, 3, 4]) await commit('offsets', version);
  await commit('an unknown topic', 4, { topic: 'unknown' });
  await commit('an unknown partition', 4, { partition: 9 });
  await commit('metadata that is too long', 4, { metadata: 'x'.repeat(5000) });
  await commit('an empty group', 4, { group: '' });
  await commit('a member nobody knows', 4, { memberId: 'nobody', generation: 1 });
  await commit('a generation without a member', 4, { generation: 1 });
  await commit('an instance nobody knows', 4, { instance: 'i', memberId: 'x', generation: 1 });
  await commit('an epoch of before', 4, { who: { ...producer, producerEpoch: -1 } });
  const fetched = (what: string, requireStable: boolean) =>
    wire.ask(what, offsetFetchRequest, 9, {
      groups: [{ groupId: 'transacting', topics: [{ name: 'transacted', partitionIndexes: [0] }] }],
      requireStable,
    });
  await fetched('while it is open', false);
  await fetched('while it is open, only stable', true);
  await end(wire, 'commit', id, producer, true);
  await wire.pause(300);
  await fetched('after the commit', true);
  const later = await init(wire, 'a producer of the second version', id);
  await wire.askUntilReady(
    'offsets that add their group',
    txnOffsetCommitRequest,
    5,
    {
      transactionalId: id,
      groupId: 'transacting',
      ...later,
      topics: [
        {
          name: 'transacted',
          partitions: [{ partitionIndex: 0, committedOffset: 9, committedMetadata: '' }],
        },
      ],
    },
    'topics.0.partitions.0.errorCode',
  );
  await end(wire, 'abort', id, later, false, 5);
  await wire.pause(300);
  await fetched('after the abort', true);
}

async function markers(wire: Wire): Promise<void> {
  wire.title('markers');
  const ask = (what: string, version: number, name: string, partition: number, producer: Producer) =>
    wire.ask(what, writeTxnMarkersRequest, version, {
      markers: [
        {
          ...producer,
          transactionResult: false,
          coordinatorEpoch: 0,
          topics: [{ name, partitionIndexes: [partition] }],
        },
      ],
    });
  const nobody = { producerId: 987_654_399, producerEpoch: 0 };
  for (const version of [1, 2]) await ask('of a producer nobody knows', version, 'transacted', 1, nobody);
  await ask('of an old epoch', 1, 'transacted', 1, { ...nobody, producerEpoch: -1 });
  await ask('to an unknown topic', 1, 'unknown', 0, nobody);
  await ask('to an unknown partition', 1, 'transacted', 9, nobody);
  await wire.ask('none', writeTxnMarkersRequest, 1, { markers: [] });
}

async function admin(wire: Wire): Promise<void> {
  wire.title('describe and list');
  await describe(wire, 'unknown ones and an empty one', ['nobody', '', 'tv1', 'tv1']);
  await describe(wire, 'none', []);
  const open = await init(wire, 'a producer', 'open', { version: 4 });
  await add(wire, 'a partition', open, { id: 'open', partitions: [0, 1] });
  await send(wire, 'of the open one', open, { id: 'open' });
  await describe(wire, 'an open one', ['open']);
  await producers(wire, 'with an open transaction');
  const list = (
    what: string,
    version: number,
    filters: {
      readonly states?: readonly string[];
      readonly producerIds?: readonly number[];
      readonly durationMs?: number;
      readonly pattern?: string | null;
    } = {},
  ) =>
    wire.ask(what, listTransactionsRequest, version, {
      stateFilters: [...(filters.states ?? [])],
      producerIdFilters: [...(filters.producerIds ?? [])],
      ...(filters.durationMs === undefined ? {} : { durationFilter: filters.durationMs }),
      ...(filters.pattern === undefined ? {} : { transactionalIdPattern: filters.pattern }),
    });
  for (const version of [0, 1, 2]) await list('all', version);
  await list('open ones', 2, { states: ['Ongoing'] });
  await list('ended ones', 2, { states: ['CompleteCommit', 'CompleteAbort'] });
  await list('in a state that is not there', 2, { states: ['Sleeping', 'Ongoing'] });
  await list('of a producer', 2, { producerIds: [open.producerId] });
  await list('of a producer nobody knows', 2, { producerIds: [987_654_321] });
  await list('for a long time', 2, { durationMs: 3_600_000 });
  await list('for no time', 2, { durationMs: 0 });
  await list('by a pattern', 2, { pattern: 'tv.*' });
  await list('by an empty pattern', 2, { pattern: '' });
  await list('by a pattern that is none', 2, { pattern: '(' });
  await end(wire, 'the end', 'open', open, false);
  const ask = (what: string, name: string, partitionIndexes: readonly number[]) =>
    wire.ask(what, describeProducersRequest, 0, {
      topics: [{ name, partitionIndexes: [...partitionIndexes] }],
    });
  await ask('of an unknown topic', 'unknown', [0]);
  await ask('of an unknown partition', 'transacted', [9]);
  await ask('of a bad name', 'bad name', [0]);
  await ask('of no partition', 'transacted', []);
}

function describe(wire: Wire, what: string, transactionalIds: readonly string[]) {
  return wire.ask(what, describeTransactionsRequest, 0, { transactionalIds: [...transactionalIds] });
}

function producers(wire: Wire, what: string) {
  return wire.ask(what, describeProducersRequest, 0, {
    topics: [{ name: 'transacted', partitionIndexes: [0, 1] }],
  });
}

async function look(wire: Wire, what: string, topic = 'transacted'): Promise<void> {
  for (const isolationLevel of [0, 1]) {
    const mode = isolationLevel === 0 ? 'uncommitted' : 'committed';
    await wire.ask(`${what}, ${mode}`, listOffsetsRequest, 7, {
      replicaId: -1,
      isolationLevel,
      topics: [{ name: topic, partitions: [{ partitionIndex: 0, timestamp: -1 }] }],
    });
    await wire.ask(`${what}, ${mode}`, fetchRequest, 12, {
      maxWaitMs: 0,
      minBytes: 0,
      isolationLevel,
      topics: [{ topic, partitions: [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1 << 20 }] }],
    });
  }
}
