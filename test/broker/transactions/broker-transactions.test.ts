import { expect, test } from 'vitest';
import {
  ErrorCode,
  listTransactionsRequest,
  listTransactionsResponse,
} from '../../../kafka/protocol/index.ts';
import { TxnClient } from './txn-client.ts';

const { NONE, INVALID_TXN_STATE, PRODUCER_FENCED, INVALID_PRODUCER_EPOCH, UNSTABLE_OFFSET_COMMIT } =
  ErrorCode;

const next = ({ producerId, producerEpoch }: { producerId: number; producerEpoch: number }) => ({
  producerId,
  producerEpoch: producerEpoch + 1,
});

test('the coordinator of a transactional id is found, and its topic made as Kafka makes it', async () => {
  const txn = await TxnClient.start();
  expect(await txn.findCoordinator('txn')).toMatchObject({ errorCode: NONE, nodeId: 1, port: 9092 });
  expect(await txn.findCoordinator('txn', 1, 3)).toMatchObject({ errorCode: NONE, nodeId: 1 });
  expect(await txn.findCoordinator('txn', 7)).toMatchObject({ errorCode: ErrorCode.INVALID_REQUEST });
});

test('version 1 of the protocol: only committed records count, and the position of the group with them', async () => {
  const txn = await TxnClient.start();
  const producer = await txn.init();
  expect(await txn.produce(producer, ['early'], { version: 11 })).toBe(ErrorCode.TRANSACTION_ABORTABLE);
  expect(await txn.add(producer, [0, 1])).toEqual([NONE, NONE]);
  expect(await txn.produce(producer, ['a', 'b'], { version: 11 })).toBe(NONE);
  expect(await txn.produce(producer, ['c'], { version: 11, partition: 1 })).toBe(NONE);
  expect(await txn.commitOffset(producer, 10, 4)).toBe(ErrorCode.TRANSACTION_ABORTABLE);
  expect(await txn.addOffsets(producer)).toBe(NONE);
  expect(await txn.commitOffset(producer, 10, 4)).toBe(NONE);
  expect(await txn.stable()).toEqual({ end: 0, aborted: [] });
  expect(await txn.stableOffset()).toEqual({ errorCode: UNSTABLE_OFFSET_COMMIT });
  expect((await txn.describe())?.topics.map(({ topic }) => topic).sort()).toEqual([
    '__consumer_offsets',
    'orders',
  ]);
  expect(await txn.end(producer, true, 4)).toMatchObject({ errorCode: NONE });
  expect(await txn.stable()).toEqual({ end: 3, aborted: [] });
  expect(await txn.stable(1)).toEqual({ end: 2, aborted: [] });
  expect(await txn.stableOffset()).toBe(10);
  expect(await txn.add(producer, [0])).toEqual([NONE]);
  expect(await txn.produce(producer, ['d'], { version: 11 })).toBe(NONE);
  expect(await txn.end(producer, false, 4)).toMatchObject({ errorCode: NONE });
  expect(await txn.stable()).toEqual({
    end: 5,
    aborted: [{ producerId: producer.producerId, firstOffset: 3 }],
  });
});

test('version 2 of the protocol: writing adds partitions, and each end makes the epoch grow', async () => {
  const txn = await TxnClient.start();
  const first = await txn.init();
  expect(await txn.produce(first, ['a'])).toBe(NONE);
  expect(await txn.commitOffset(first, 5)).toBe(NONE);
  expect(await txn.end(first, true)).toMatchObject({ errorCode: NONE, ...next(first) });
  expect(await txn.stable()).toEqual({ end: 2, aborted: [] });
  expect(await txn.stableOffset()).toBe(5);
  expect(await txn.produce(first, ['late'])).toBe(INVALID_PRODUCER_EPOCH);
  expect(await txn.commitOffset(first, 6)).toBe(INVALID_PRODUCER_EPOCH);
  const second = next(first);
  expect(await txn.produce(second, ['b'])).toBe(NONE);
  expect(await txn.commitOffset(second, 7)).toBe(NONE);
  expect(await txn.end(second, false)).toMatchObject({ errorCode: NONE, ...next(second) });
  expect(await txn.stableOffset()).toBe(5);
  expect(await txn.stable()).toEqual({ end: 4, aborted: [{ producerId: first.producerId, firstOffset: 2 }] });
});

test('transactions follow each other without a pause', async () => {
  const txn = await TxnClient.start();
  let producer = await txn.init();
  for (let round = 0; round < 20; round += 1) {
    expect(await txn.produce(producer, [`value ${round}`])).toBe(NONE);
    expect((await txn.end(producer, round % 2 === 0))?.errorCode).toBe(NONE);
    producer = next(producer);
  }
  expect((await txn.stable()).end).toBe(40);
});

test('a second producer of the id fences the first and aborts what it had open', async () => {
  const txn = await TxnClient.start();
  const zombie = await txn.init();
  await txn.produce(zombie, ['a']);
  expect((await txn.initResponse())?.errorCode).toBe(ErrorCode.CONCURRENT_TRANSACTIONS);
  const producer = await txn.init();
  expect(producer).toEqual({ ...zombie, producerEpoch: 2 });
  expect(await txn.produce(zombie, ['b'])).toBe(INVALID_PRODUCER_EPOCH);
  expect((await txn.end(zombie, true))?.errorCode).toBe(PRODUCER_FENCED);
  expect((await txn.end(zombie, true, 1))?.errorCode).toBe(INVALID_PRODUCER_EPOCH);
  expect(await txn.commitOffset(zombie, 1)).toBe(INVALID_PRODUCER_EPOCH);
  expect((await txn.stable()).aborted).toHaveLength(1);
  expect(await txn.produce(producer, ['c'])).toBe(NONE);
});

test('a transaction that takes too long is aborted by the broker', async () => {
  const txn = await TxnClient.start();
  const producer = await txn.init({ transactionTimeoutMs: 5000 });
  await txn.produce(producer, ['a']);
  await txn.fixture.platform.runFor(9_000);
  expect((await txn.describe())?.transactionState).toBe('Ongoing');
  await txn.fixture.platform.runFor(11_000);
  expect((await txn.describe())?.transactionState).toBe('CompleteAbort');
  expect((await txn.stable()).aborted).toHaveLength(1);
  expect(await txn.produce(producer, ['b'])).toBe(INVALID_PRODUCER_EPOCH);
});

test('a restart keeps an open transaction, and its producer can go on', async () => {
  const txn = await TxnClient.start();
  const producer = await txn.init();
  await txn.produce(producer, ['a']);
  await txn.commitOffset(producer, 5);
  await txn.fixture.restart();
  expect((await txn.describe())?.transactionState).toBe('Ongoing');
  expect(await txn.stable()).toEqual({ end: 0, aborted: [] });
  expect(await txn.produce(producer, ['b'])).toBe(NONE);
  expect((await txn.end(producer, true))?.errorCode).toBe(NONE);
  expect((await txn.stable()).end).toBe(3);
  expect(await txn.stableOffset()).toBe(5);
});

test('a restart knows which offsets were committed and which dropped', async () => {
  const txn = await TxnClient.start();
  const first = await txn.init();
  await txn.commitOffset(first, 5);
  await txn.end(first, true);
  await txn.commitOffset(next(first), 6);
  await txn.end(next(first), false);
  await txn.fixture.restart();
  expect(await txn.stableOffset()).toBe(5);
});

test('a deleted topic does not keep a transaction from its end', async () => {
  const txn = await TxnClient.start();
  const producer = await txn.init();
  await txn.produce(producer, ['a']);
  await txn.commitOffset(producer, 5);
  await txn.during(txn.fixture.deleteTopic('orders'));
  expect((await txn.end(producer, true))?.errorCode).toBe(NONE);
  expect((await txn.describe())?.transactionState).toBe('CompleteCommit');
  expect(await txn.stableOffset()).toBe(-1);
});

test('a hanging transaction is ended by markers alone', async () => {
  const txn = await TxnClient.start();
  const producer = await txn.init();
  await txn.produce(producer, ['a']);
  expect(await txn.writeMarkers(producer, [0, 9])).toEqual([NONE, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION]);
  expect((await txn.stable()).aborted).toHaveLength(1);
  const past = { ...producer, producerEpoch: producer.producerEpoch - 1 };
  expect(await txn.writeMarkers(past, [0], { version: 1 })).toEqual([INVALID_PRODUCER_EPOCH]);
  expect(await txn.writeMarkers(producer, [0], { coordinatorEpoch: -1 })).toEqual([
    ErrorCode.TRANSACTION_COORDINATOR_FENCED,
  ]);
});

test('markers end the offsets of a group as well', async () => {
  const txn = await TxnClient.start();
  const producer = await txn.init();
  await txn.commitOffset(producer, 5);
  expect(await txn.stableOffset()).toEqual({ errorCode: UNSTABLE_OFFSET_COMMIT });
  const options = { topic: '__consumer_offsets', committed: true };
  expect(await txn.writeMarkers(producer, [0, 1], options)).toEqual([NONE, NONE]);
  expect(await txn.stableOffset()).toBe(5);
});

test('requests about unknown ids and partitions are told apart', async () => {
  const txn = await TxnClient.start();
  const nobody = { producerId: 999, producerEpoch: 0 };
  const { INVALID_PRODUCER_ID_MAPPING, UNKNOWN_TOPIC_OR_PARTITION, OPERATION_NOT_ATTEMPTED } = ErrorCode;
  expect(await txn.add(nobody, [0])).toEqual([INVALID_PRODUCER_ID_MAPPING]);
  expect(await txn.produce(nobody, ['a'])).toBe(INVALID_PRODUCER_ID_MAPPING);
  expect(await txn.commitOffset(nobody, 1)).toBe(INVALID_PRODUCER_ID_MAPPING);
  expect((await txn.end(nobody, true))?.errorCode).toBe(INVALID_PRODUCER_ID_MAPPING);
  const producer = await txn.init();
  expect(await txn.add(producer, [0, 7], 2)).toEqual([OPERATION_NOT_ATTEMPTED, UNKNOWN_TOPIC_OR_PARTITION]);
  expect((await txn.end(producer, true, 3))?.errorCode).toBe(INVALID_TXN_STATE);
  expect((await txn.describe('nobody'))?.errorCode).toBe(ErrorCode.TRANSACTIONAL_ID_NOT_FOUND);
});

test('every version of the requests is answered', async () => {
  const txn = await TxnClient.start();
  for (let version = 0; version <= 5; version += 1) {
    expect((await txn.initResponse({}, version))?.errorCode).toBe(NONE);
    const { producerId = -1, producerEpoch = -1 } = (await txn.initResponse({}, version)) ?? {};
    const producer = { producerId, producerEpoch };
    expect(await txn.add(producer, [0], Math.min(version, 3))).toEqual([NONE]);
    expect(await txn.addOffsets(producer, Math.min(version, 4))).toBe(NONE);
    expect(await txn.commitOffset(producer, version, version)).toBe(NONE);
    expect((await txn.end(producer, true, version))?.errorCode).toBe(NONE);
    expect(await txn.stableOffset()).toBe(version);
  }
});

test('transactions are listed over the wire', async () => {
  const txn = await TxnClient.start();
  await txn.init();
  await txn.init({ transactionalId: 'other' });
  const messages = [listTransactionsRequest, listTransactionsResponse] as const;
  const filters = { stateFilters: ['Empty'], producerIdFilters: [] };
  for (const version of [0, 1, 2]) {
    const all = await txn.during(txn.client.request(messages, version, filters));
    expect(all?.transactionStates.map(({ transactionalId }) => transactionalId).sort()).toEqual([
      'other',
      'txn',
    ]);
  }
  const some = await txn.during(
    txn.client.request(messages, 2, { ...filters, transactionalIdPattern: 'o.*' }),
  );
  expect(some?.transactionStates.map(({ transactionalId }) => transactionalId)).toEqual(['other']);
});

test('with transaction.version 0 or 1 the broker fences by one epoch, and a restart reads what was written', async () => {
  for (const level of [1, 0]) {
    const txn = await TxnClient.start();
    expect(await txn.setTransactionVersion(level)).toBe(NONE);
    const producer = await txn.init();
    await txn.add(producer, [0]);
    await txn.produce(producer, ['a'], { version: 11 });
    await txn.initResponse();
    expect(await txn.init()).toEqual({ ...producer, producerEpoch: 2 });
    await txn.fixture.restart();
    expect(await txn.describe()).toMatchObject({ transactionState: 'Empty', producerEpoch: 2 });
    expect((await txn.stable()).aborted).toHaveLength(1);
  }
});

test('the state topic that is deleted is made again, and ids begin anew', async () => {
  const txn = await TxnClient.start();
  await txn.init();
  await txn.during(txn.fixture.deleteTopic('__transaction_state'));
  expect((await txn.initResponse())?.errorCode).toBe(ErrorCode.NOT_COORDINATOR);
  await txn.findCoordinator('txn');
  expect(await txn.init()).toMatchObject({ producerEpoch: 0 });
});
