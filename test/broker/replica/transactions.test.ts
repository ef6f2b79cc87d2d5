import { expect, test } from 'vitest';
import type { Partition } from '../../../broker/replica/partition.ts';
import type { VerificationGuard, VerificationStart } from '../../../broker/replica/transaction-marker.ts';
import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { batchHeader } from '../../../kafka/records/index.ts';
import { batchOf } from '../broker-fixture.ts';
import { TransactionFixture } from './transaction-fixture.ts';

const {
  CONCURRENT_TRANSACTIONS,
  COORDINATOR_LOAD_IN_PROGRESS,
  COORDINATOR_NOT_AVAILABLE,
  INVALID_PRODUCER_EPOCH,
  INVALID_PRODUCER_ID_MAPPING,
  INVALID_TXN_STATE,
  NETWORK_EXCEPTION,
  NONE,
  NOT_COORDINATOR,
  NOT_ENOUGH_REPLICAS,
  OUT_OF_ORDER_SEQUENCE_NUMBER,
  PRODUCER_FENCED,
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
  TRANSACTION_ABORTABLE,
  TRANSACTION_COORDINATOR_FENCED,
  UNKNOWN_TOPIC_OR_PARTITION,
} = ErrorCode;

for (const [version, mode] of [
  [11, 'verify'],
  [12, 'add'],
] as const) {
  test(`Produce v${version}: the first batch of a transaction is preceded by one question (${mode}), the next are not`, async () => {
    const fixture = await TransactionFixture.start();
    expect(await fixture.send('a', { version })).toMatchObject({ errorCode: NONE, baseOffset: 0 });
    expect(await fixture.send('b', { version, sequence: 1 })).toMatchObject({ baseOffset: 1 });
    expect(fixture.coordinator.asked).toEqual([
      expect.objectContaining({
        transactionalId: 'tx',
        producerId: 7,
        producerEpoch: 0,
        partitions: [{ topic: 't', partition: 0 }],
        mode,
      }),
    ]);
  });
}

test('the partitions of a request are asked for together, and one that is refused does not touch the others', async () => {
  const fixture = await TransactionFixture.start();
  await fixture.send('open', { partition: 2 });
  fixture.coordinator.codes = () => [NONE, TRANSACTION_ABORTABLE];
  const producer = { producerId: 7, producerEpoch: 0, isTransactional: true };
  const response = await fixture.produce([
    { index: 0, records: batchOf(['a'], { ...producer, baseSequence: 0 }) },
    { index: 2, records: batchOf(['b'], { ...producer, baseSequence: 1 }) },
    { index: 1, records: batchOf(['c'], { ...producer, baseSequence: 0 }) },
    { index: 9, records: batchOf(['d'], { ...producer, baseSequence: 0 }) },
  ]);
  expect(fixture.coordinator.asked.at(-1)?.partitions.map(({ partition }) => partition)).toEqual([0, 1]);
  expect(response.responses[0]?.partitionResponses.map(({ errorCode }) => errorCode)).toEqual([
    NONE,
    NONE,
    TRANSACTION_ABORTABLE,
    UNKNOWN_TOPIC_OR_PARTITION,
  ]);
  expect(fixture.partition(1).log.logEndOffset).toBe(0);
});

const translations: readonly (readonly [said: number, v10: number, v11: number, v12: number])[] = [
  [TRANSACTION_ABORTABLE, INVALID_TXN_STATE, TRANSACTION_ABORTABLE, TRANSACTION_ABORTABLE],
  [INVALID_TXN_STATE, INVALID_TXN_STATE, INVALID_TXN_STATE, INVALID_TXN_STATE],
  [CONCURRENT_TRANSACTIONS, NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS, CONCURRENT_TRANSACTIONS],
  [NOT_COORDINATOR, NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS],
  [COORDINATOR_NOT_AVAILABLE, NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS],
  [COORDINATOR_LOAD_IN_PROGRESS, NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS],
  [NETWORK_EXCEPTION, NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS, NOT_ENOUGH_REPLICAS],
  [PRODUCER_FENCED, INVALID_PRODUCER_EPOCH, INVALID_PRODUCER_EPOCH, INVALID_PRODUCER_EPOCH],
  [
    INVALID_PRODUCER_ID_MAPPING,
    INVALID_PRODUCER_ID_MAPPING,
    INVALID_PRODUCER_ID_MAPPING,
    INVALID_PRODUCER_ID_MAPPING,
  ],
];
for (const [said, ...told] of translations) {
  test(`error ${said} of the coordinator is told in words that each version of Produce knows`, async () => {
    for (const [i, errorCode] of told.entries()) {
      const fixture = await TransactionFixture.start();
      fixture.coordinator.codes = () => [said];
      const sent = fixture.send('a', { version: 10 + i });
      await fixture.platform.runFor(200);
      expect(await sent, `v${10 + i}`).toMatchObject({ errorCode, baseOffset: -1 });
      expect(fixture.partition().log.logEndOffset).toBe(0);
    }
  });
}

test('a transaction that follows another at once is tried again until the other is complete', async () => {
  const fixture = await TransactionFixture.start();
  fixture.coordinator.codes = () => [fixture.coordinator.asked.length < 3 ? CONCURRENT_TRANSACTIONS : NONE];
  const sent = fixture.send('a');
  await fixture.platform.runFor(39);
  expect(fixture.partition().log.logEndOffset).toBe(0);
  await fixture.platform.runFor(1);
  expect(await sent).toMatchObject({ errorCode: NONE, baseOffset: 0 });
});

test('requests of one producer stay in order while the first is verified; another producer does not wait', async () => {
  const fixture = await TransactionFixture.start();
  fixture.coordinator.codes = ({ producerId }) => (producerId === 7 ? undefined : [NONE]);
  const first = fixture.send('a');
  const second = fixture.send('b', { sequence: 1 });
  expect(await fixture.send('other', { producerId: 8, partition: 1 })).toMatchObject({ errorCode: NONE });
  expect(fixture.coordinator.asked.length).toBe(2);
  fixture.coordinator.answer(NONE);
  await fixture.settle();
  expect((await first)?.baseOffset).toBe(0);
  expect((await second)?.baseOffset).toBe(1);
});

test('a request that waits for its verification keeps its records when its memory is used for others', async () => {
  const fixture = await TransactionFixture.start();
  fixture.coordinator.codes = () => undefined;
  const sent = fixture.send('kept', { ownsBytes: false });
  fixture.coordinator.answer(NONE);
  await fixture.settle();
  expect(await sent).toMatchObject({ errorCode: NONE, baseOffset: 0 });
  await fixture.end('commit');
  expect((await fixture.fetch(0))?.records?.includes('kept')).toBe(true);
});

test('B49: a marker that is written while a batch is verified makes the verification void', async () => {
  const fixture = await TransactionFixture.start();
  fixture.coordinator.codes = () => undefined;
  const sent = fixture.send('late');
  expect(await fixture.end('abort')).toBe(NONE);
  fixture.coordinator.answer(NONE);
  await fixture.settle();
  expect(await sent).toMatchObject({ errorCode: INVALID_TXN_STATE });
  expect(fixture.partition().log.logEndOffset).toBe(1);
});

test('B48: what was verified for one transaction opens no other', async () => {
  const fixture = await TransactionFixture.start();
  const partition = fixture.partition();
  const start = { producerId: 7, producerEpoch: 0, sequence: -1, mode: 'verify' } as const;
  const guard = begun(partition, start);
  await fixture.end('commit');
  partition.startVerification(start);
  const codes: number[] = [];
  const producer = { producerId: 7, producerEpoch: 0, baseSequence: -1, isTransactional: true };
  partition.appendTransactional(batchOf(['x'], producer), guard, (code) => codes.push(code));
  expect(codes).toEqual([INVALID_TXN_STATE]);
});

/** The guard of a verification; throws for a producer that is fenced. */
function begun(partition: Partition, start: VerificationStart): VerificationGuard | undefined {
  const guard = partition.startVerification(start);
  if (guard === 'fenced') throw new Error('fenced');
  return guard;
}

for (const version of [11, 12]) {
  test(`Produce v${version}: of an epoch that the partition knows to be over, the coordinator is not asked`, async () => {
    const fixture = await TransactionFixture.start();
    await fixture.send('newer', { epoch: 3, isTransactional: false });
    expect(await fixture.send('older', { epoch: 2, version })).toMatchObject({
      errorCode: INVALID_PRODUCER_EPOCH,
      logStartOffset: -1,
    });
    expect(fixture.coordinator.asked).toEqual([]);
    expect(
      fixture.partition().startVerification({ producerId: 7, producerEpoch: 2, sequence: -1, mode: 'add' }),
    ).toBe('fenced');
  });
}

test('after a batch that was refused, no later one is taken, not even outside of transactions', async () => {
  const fixture = await TransactionFixture.start();
  fixture.coordinator.codes = () => [TRANSACTION_ABORTABLE];
  await fixture.send('refused', { version: 11, sequence: 3 });
  const later = { sequence: 4, isTransactional: false };
  expect(await fixture.send('later', later)).toMatchObject({ errorCode: OUT_OF_ORDER_SEQUENCE_NUMBER });
  expect(await fixture.send('as late', { ...later, sequence: 3 })).toMatchObject({ errorCode: NONE });
});

test('a marker of a negative epoch is refused', async () => {
  const fixture = await TransactionFixture.start();
  expect(await fixture.end('abort', { producerEpoch: -1 })).toBe(INVALID_PRODUCER_EPOCH);
  expect(fixture.partition().log.logEndOffset).toBe(0);
});

test('a coordinator writes to an open transaction without sequences, and not under an old epoch', async () => {
  const fixture = await TransactionFixture.start();
  const partition = fixture.partition();
  const codes: number[] = [];
  const write = (epoch: number, guard?: VerificationGuard) => {
    const producer = { producerId: 7, producerEpoch: epoch, baseSequence: -1, isTransactional: true };
    partition.appendTransactional(batchOf(['x'], producer), guard, (code) => codes.push(code));
  };
  write(1, begun(partition, { producerId: 7, producerEpoch: 1, sequence: -1, mode: 'add' }));
  write(1);
  write(0);
  await fixture.settle();
  expect(codes).toEqual([INVALID_PRODUCER_EPOCH, NONE, NONE]);
  expect(partition.lastStableOffset).toBe(0);
});

test('without verification a transaction opens unasked, but for version 2, which must add the partition', async () => {
  const fixture = await TransactionFixture.start();
  fixture.isVerificationEnabled = false;
  expect(await fixture.send('a', { version: 11 })).toMatchObject({ errorCode: NONE });
  expect(fixture.coordinator.asked).toEqual([]);
  expect(await fixture.send('a', { version: 12, producerId: 8 })).toMatchObject({ errorCode: NONE });
  expect(fixture.coordinator.asked.map(({ mode }) => mode)).toEqual(['add']);
});

test('transactional records need a transactional id and one producer; then nothing of the request is appended', async () => {
  const fixture = await TransactionFixture.start();
  expect(await fixture.send('a', { transactionalId: null })).toMatchObject({
    errorCode: TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
  });
  const of = (producerId: number) =>
    batchOf(['a'], { producerId, producerEpoch: 0, baseSequence: 0, isTransactional: true });
  const response = await fixture.produce([
    { index: 0, records: batchOf(['plain']) },
    { index: 1, records: of(7) },
    { index: 2, records: of(8) },
  ]);
  const codes = response.responses[0]?.partitionResponses.map(({ errorCode }) => errorCode);
  expect(codes).toEqual(Array.from({ length: 3 }, () => INVALID_PRODUCER_ID_MAPPING));
  expect(fixture.partition().log.logEndOffset).toBe(0);
});

test('a batch outside of the transaction that its producer has open is refused', async () => {
  const fixture = await TransactionFixture.start();
  await fixture.send('a');
  expect(await fixture.send('b', { sequence: 1, isTransactional: false })).toMatchObject({
    errorCode: INVALID_TXN_STATE,
  });
  await fixture.end('commit');
  expect(await fixture.send('b', { sequence: 1, isTransactional: false })).toMatchObject({ errorCode: NONE });
});

test('sequences: version 2 begins at 0, version 1 anywhere; a batch is not taken before one that failed', async () => {
  const fixture = await TransactionFixture.start();
  const outOfOrder = { errorCode: OUT_OF_ORDER_SEQUENCE_NUMBER };
  expect(await fixture.send('a', { version: 12, sequence: 5 })).toMatchObject(outOfOrder);
  expect(await fixture.send('a', { version: 11, sequence: 5, producerId: 8 })).toMatchObject({
    errorCode: NONE,
  });
  fixture.coordinator.codes = () => [NOT_COORDINATOR];
  const failed = { version: 11, producerId: 9, partition: 1 };
  await fixture.send('first', { ...failed, sequence: 3 });
  fixture.coordinator.codes = () => [NONE];
  expect(await fixture.send('second', { ...failed, sequence: 4 })).toMatchObject(outOfOrder);
  expect(await fixture.send('first', { ...failed, sequence: 3 })).toMatchObject({ errorCode: NONE });
  expect(await fixture.send('second', { ...failed, sequence: 4 })).toMatchObject({ errorCode: NONE });
});

test('after the marker of version 2 the next epoch begins at 0, and the old one is fenced', async () => {
  const fixture = await TransactionFixture.start();
  await fixture.send('a');
  expect(await fixture.end('commit', { producerEpoch: 1, transactionVersion: 2 })).toBe(NONE);
  expect(await fixture.send('zombie', { sequence: 1 })).toMatchObject({ errorCode: INVALID_PRODUCER_EPOCH });
  expect(await fixture.send('b', { epoch: 1, sequence: 3 })).toMatchObject({
    errorCode: OUT_OF_ORDER_SEQUENCE_NUMBER,
  });
  expect(await fixture.send('b', { epoch: 1 })).toMatchObject({ errorCode: NONE });
});

test('B40: a retry of a transactional batch is recognised, also when the transaction is over', async () => {
  const fixture = await TransactionFixture.start();
  await fixture.send('a');
  expect(await fixture.send('a')).toMatchObject({ errorCode: NONE, baseOffset: 0 });
  await fixture.end('commit');
  expect(await fixture.send('a')).toMatchObject({ errorCode: NONE, baseOffset: 0 });
  expect(fixture.partition().log.logEndOffset).toBe(2);
});

test('markers: an older coordinator is fenced, and an older epoch; in version 2 also the epoch of the records', async () => {
  const fixture = await TransactionFixture.start();
  await fixture.send('a', { epoch: 2 });
  expect(await fixture.end('commit', { producerEpoch: 1 })).toBe(INVALID_PRODUCER_EPOCH);
  expect(await fixture.end('commit', { producerEpoch: 2, transactionVersion: 2 })).toBe(
    INVALID_PRODUCER_EPOCH,
  );
  expect(await fixture.end('commit', { producerEpoch: 3, transactionVersion: 2 })).toBe(NONE);
  expect(await fixture.end('commit', { producerEpoch: 3, coordinatorEpoch: 2 })).toBe(
    TRANSACTION_COORDINATOR_FENCED,
  );
  // The coordinator that was interrupted sends the same marker again.
  expect(await fixture.end('commit', { producerEpoch: 3, transactionVersion: 2, coordinatorEpoch: 4 })).toBe(
    NONE,
  );
  expect(fixture.partition().lastStableOffset).toBe(3);
});

test('a marker carries the append time where the topic wants that', async () => {
  const fixture = await TransactionFixture.start({ 'message.timestamp.type': 'LogAppendTime' });
  await fixture.end('commit');
  const records = (await fixture.fetch(0))?.records ?? Buffer.alloc(0);
  expect(batchHeader.timestampType(records, 0)).toBe('LogAppendTime');
  expect(batchHeader.isCrcValid(records, 0)).toBe(true);
  expect(batchHeader.maxTimestamp(records, 0)).toBe(fixture.platform.clock.now());
});

test('read_committed reads up to the last stable offset, and is told which transactions were aborted', async () => {
  const fixture = await TransactionFixture.start();
  await fixture.send('a', { producerId: 9, sequence: 0 });
  await fixture.send('b', { producerId: 8 });
  await fixture.send('c', { producerId: 8, sequence: 1 });
  await fixture.end('abort', { producerId: 8 });
  expect(await fixture.fetch(0)).toMatchObject({
    highWatermark: 4,
    lastStableOffset: 0,
    abortedTransactions: [],
  });
  expect((await fixture.fetch(0))?.records?.length).toBe(0);
  const all = await fixture.fetch(0, { isolationLevel: 0 });
  expect(all).toMatchObject({ lastStableOffset: 0, abortedTransactions: null });
  await fixture.end('abort', { producerId: 9 });
  const aborted = [
    { producerId: 9, firstOffset: 0 },
    { producerId: 8, firstOffset: 1 },
  ];
  expect(await fixture.fetch(0)).toMatchObject({ lastStableOffset: 5, abortedTransactions: aborted });
  // In the middle of a transaction, too.
  expect(await fixture.fetch(2)).toMatchObject({ abortedTransactions: aborted });
  expect(await fixture.fetch(4)).toMatchObject({ abortedTransactions: aborted.slice(0, 1) });
  expect(await fixture.fetch(5)).toMatchObject({ abortedTransactions: [] });
});

test('a read_committed fetch that waits is answered when the transaction ends, not when it goes on', async () => {
  const fixture = await TransactionFixture.start();
  await fixture.send('a');
  let answered = false;
  const fetched = fixture.fetch(0, { maxWaitMs: 10_000 }).then((part) => {
    answered = true;
    return part;
  });
  await fixture.send('b', { sequence: 1 });
  expect(answered).toBe(false);
  await fixture.end('commit');
  await fixture.settle();
  expect(answered).toBe(true);
  expect(await fetched).toMatchObject({ highWatermark: 3, lastStableOffset: 3, abortedTransactions: [] });
});

test('ListOffsets with read_committed ends at the last stable offset', async () => {
  const fixture = await TransactionFixture.start();
  const now = fixture.platform.clock.now();
  const plain = { transactionalId: null };
  await fixture.produce([{ index: 0, records: batchOf(['a'], { timestamp: now - 5000 }) }], plain);
  await fixture.send('open');
  const [LATEST, EARLIEST, MAX_TIMESTAMP, EARLIEST_LOCAL, LATEST_TIERED] = [-1, -2, -3, -4, -5];
  const ask = async (isolationLevel: number) => [
    await fixture.listOffset(LATEST, isolationLevel),
    await fixture.listOffset(EARLIEST, isolationLevel),
    await fixture.listOffset(MAX_TIMESTAMP, isolationLevel),
    await fixture.listOffset(EARLIEST_LOCAL, isolationLevel),
    await fixture.listOffset(LATEST_TIERED, isolationLevel),
    await fixture.listOffset(now - 6000, isolationLevel),
    await fixture.listOffset(now - 1000, isolationLevel),
  ];
  expect(await ask(0)).toEqual([2, 0, 1, 0, -1, 0, 1]);
  expect(await ask(1)).toEqual([1, 0, -1, 0, -1, 0, -1]);
});

test('DescribeProducers tells who wrote, and whose transactions are open', async () => {
  const fixture = await TransactionFixture.start();
  const now = fixture.platform.clock.now();
  await fixture.send('a', { epoch: 1 });
  await fixture.end('commit', { producerEpoch: 1, coordinatorEpoch: 6 });
  await fixture.send('b', { producerId: 8, sequence: 0 });
  await fixture.end('abort', { producerId: 9, producerEpoch: 4 });
  const [described, unknown] = (await fixture.producers([0, 7])) ?? [];
  expect(unknown).toMatchObject({
    partitionIndex: 7,
    errorCode: UNKNOWN_TOPIC_OR_PARTITION,
    activeProducers: [],
  });
  expect(described?.activeProducers).toEqual([
    {
      producerId: 7,
      producerEpoch: 1,
      lastSequence: 0,
      lastTimestamp: now,
      coordinatorEpoch: 6,
      currentTxnStartOffset: -1,
    },
    {
      producerId: 8,
      producerEpoch: 0,
      lastSequence: 0,
      lastTimestamp: now,
      coordinatorEpoch: -1,
      currentTxnStartOffset: 2,
    },
    {
      producerId: 9,
      producerEpoch: 4,
      lastSequence: -1,
      lastTimestamp: now,
      coordinatorEpoch: 3,
      currentTxnStartOffset: -1,
    },
  ]);
});

test('verifications that came to nothing are forgotten with idle producers', async () => {
  const fixture = await TransactionFixture.start();
  const start = { producerId: 7, producerEpoch: 0, sequence: 0, mode: 'verify' } as const;
  const guard = fixture.partition().startVerification(start);
  fixture.partition().expireProducers(fixture.platform.clock.now() + 1);
  expect(fixture.partition().startVerification(start)).not.toBe(guard);
});
