import { expect, test } from 'vitest';
import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { addRequest, type Producer, Transactions } from './transaction-fixture.ts';

const { NONE, CONCURRENT_TRANSACTIONS, INVALID_PRODUCER_ID_MAPPING, INVALID_TXN_STATE, PRODUCER_FENCED } =
  ErrorCode;
const bumped = ({ producerId, producerEpoch }: Producer, by = 1) => ({
  producerId,
  producerEpoch: producerEpoch + by,
});

test('version 1: partitions, commit, the next transaction with the same epoch', async () => {
  const transactions = await Transactions.start();
  const producer = await transactions.init();
  expect(await transactions.addResponse(producer, [0, 1])).toEqual([NONE, NONE]);
  expect(await transactions.end(producer, 'commit', 4)).toMatchObject({ errorCode: NONE, producerEpoch: -1 });
  expect(transactions.markers.written).toEqual(['orders-0 commit 100/0', 'orders-1 commit 100/0']);
  expect(transactions.markers.last[0]).toMatchObject({ coordinatorEpoch: 3, transactionVersion: 0 });
  expect(await transactions.state()).toBe('CompleteCommit');
  expect(await transactions.add(producer)).toBe(NONE);
  expect((await transactions.end(producer, 'abort', 4)).errorCode).toBe(NONE);
  expect(await transactions.state()).toBe('CompleteAbort');
});

test('version 2: the leader adds the partition, and each end makes the epoch grow', async () => {
  const transactions = await Transactions.start();
  const producer = await transactions.init();
  expect(await transactions.verify(producer, 'add')).toBe(NONE);
  expect(await transactions.end(producer, 'commit')).toMatchObject({ errorCode: NONE, ...bumped(producer) });
  expect(transactions.markers.written).toEqual(['orders-0 commit 100/1']);
  expect(transactions.markers.last[0]?.transactionVersion).toBe(2);
  expect(await transactions.verify(producer, 'add')).toBe(PRODUCER_FENCED);
  expect(await transactions.verify(bumped(producer), 'add')).toBe(NONE);
  expect(await transactions.end(bumped(producer), 'abort')).toMatchObject(bumped(producer, 2));
});

test('version 2: a retry of an end gets the same answer, the opposite does not', async () => {
  const transactions = await Transactions.start();
  const producer = await transactions.init();
  await transactions.verify(producer, 'add');
  const answer = await transactions.end(producer, 'commit');
  expect(await transactions.end(producer, 'commit')).toEqual(answer);
  expect((await transactions.end(producer, 'abort')).errorCode).toBe(INVALID_TXN_STATE);
  const next = bumped(producer);
  await transactions.verify(next, 'add');
  const aborted = await transactions.end(next, 'abort');
  expect(await transactions.end(next, 'abort')).toEqual(aborted);
  expect((await transactions.end(next, 'commit')).errorCode).toBe(INVALID_TXN_STATE);
  expect((await transactions.end(producer, 'commit')).errorCode).toBe(PRODUCER_FENCED);
});

test('version 2: what was not begun can be aborted, not committed', async () => {
  const transactions = await Transactions.start();
  const producer = await transactions.init();
  expect((await transactions.end(producer, 'commit')).errorCode).toBe(INVALID_TXN_STATE);
  expect((await transactions.end(bumped(producer, -1), 'abort')).errorCode).toBe(PRODUCER_FENCED);
  expect(await transactions.end(producer, 'abort')).toMatchObject({ errorCode: NONE, ...bumped(producer) });
  expect(await transactions.end(bumped(producer), 'abort')).toMatchObject(bumped(producer, 2));
  expect((await transactions.end(bumped(producer, 2), 'commit')).errorCode).toBe(INVALID_TXN_STATE);
  expect(transactions.markers.written).toEqual([]);
});

test('version 1: each state takes only the end that fits', async () => {
  const transactions = await Transactions.start();
  const producer = await transactions.init();
  const end = async (result: 'commit' | 'abort') => (await transactions.end(producer, result, 4)).errorCode;
  expect([await end('commit'), await end('abort')]).toEqual([INVALID_TXN_STATE, INVALID_TXN_STATE]);
  await transactions.add(producer);
  expect([await end('commit'), await end('commit'), await end('abort')]).toEqual([
    NONE,
    NONE,
    INVALID_TXN_STATE,
  ]);
  await transactions.add(producer);
  expect([await end('abort'), await end('abort'), await end('commit')]).toEqual([
    NONE,
    NONE,
    INVALID_TXN_STATE,
  ]);
});

test('until all partitions know of the end, everything else has to wait', async () => {
  const transactions = await Transactions.start();
  const producer = await transactions.init();
  await transactions.add(producer);
  transactions.markers.isHolding = true;
  expect((await transactions.end(producer, 'commit', 4)).errorCode).toBe(NONE);
  expect(await transactions.state()).toBe('PrepareCommit');
  expect(await transactions.add(producer)).toBe(CONCURRENT_TRANSACTIONS);
  expect(await transactions.verify(producer, 'verify')).toBe(CONCURRENT_TRANSACTIONS);
  expect((await transactions.end(producer, 'commit', 4)).errorCode).toBe(CONCURRENT_TRANSACTIONS);
  expect((await transactions.end(producer, 'abort', 4)).errorCode).toBe(CONCURRENT_TRANSACTIONS);
  expect((await transactions.initResponse()).errorCode).toBe(CONCURRENT_TRANSACTIONS);
  transactions.markers.release();
  expect(await transactions.add(producer)).toBe(NONE);
});

test('version 2: while the end is under way, its retry waits and others are fenced', async () => {
  const transactions = await Transactions.start();
  const producer = await transactions.init();
  await transactions.verify(producer, 'add');
  transactions.markers.isHolding = true;
  await transactions.end(producer, 'abort');
  expect((await transactions.end(producer, 'abort')).errorCode).toBe(CONCURRENT_TRANSACTIONS);
  expect((await transactions.end(bumped(producer), 'abort')).errorCode).toBe(PRODUCER_FENCED);
  expect(await transactions.verify(bumped(producer), 'add')).toBe(CONCURRENT_TRANSACTIONS);
});

test('a version 2 id may go on in version 1', async () => {
  const transactions = await Transactions.start();
  const producer = await transactions.init();
  await transactions.verify(producer, 'add');
  await transactions.end(producer, 'commit');
  const downgraded = await transactions.init();
  expect(downgraded).toEqual(bumped(producer, 2));
  expect(await transactions.add(downgraded)).toBe(NONE);
  expect(await transactions.end(downgraded, 'commit', 3)).toMatchObject({ errorCode: NONE, producerId: -1 });
  expect(transactions.markers.written).toEqual(['orders-0 commit 100/1', 'orders-0 commit 100/2']);
});

test('version 2: the last epoch of an id ends its transaction, and the next id follows', async () => {
  const transactions = await Transactions.start();
  let producer = await transactions.init();
  while (producer.producerEpoch < 32_766) producer = await transactions.init();
  await transactions.verify(producer, 'add');
  const answer = await transactions.end(producer, 'commit');
  expect(answer).toMatchObject({ errorCode: NONE, producerId: 101, producerEpoch: 0 });
  expect(transactions.markers.written).toEqual(['orders-0 commit 100/32767']);
  expect(await transactions.end(producer, 'commit')).toEqual(answer);
  expect((await transactions.end(producer, 'abort')).errorCode).toBe(INVALID_TXN_STATE);
  expect(await transactions.verify({ producerId: 101, producerEpoch: 0 }, 'add')).toBe(NONE);
});

test('a fence of the last epoch leads to the next id as well', async () => {
  const transactions = await Transactions.start();
  let producer = await transactions.init();
  while (producer.producerEpoch < 32_766) producer = await transactions.init();
  await transactions.verify(producer, 'add');
  await transactions.initResponse();
  expect(transactions.markers.written).toEqual(['orders-0 abort 100/32767']);
  expect(await transactions.init()).toEqual({ producerId: 101, producerEpoch: 1 });
  expect((await transactions.initResponse(producer)).errorCode).toBe(PRODUCER_FENCED);
});

test('a transaction of the last epoch that times out leads to the next id as well', async () => {
  const transactions = await Transactions.start();
  let producer = await transactions.init({ transactionTimeoutMs: 5000 });
  while (producer.producerEpoch < 32_766) producer = await transactions.init({ transactionTimeoutMs: 5000 });
  await transactions.verify(producer, 'add');
  await transactions.pass(10_000);
  expect(transactions.markers.written).toEqual(['orders-0 abort 100/32767']);
  expect((await transactions.end(producer, 'commit')).errorCode).toBe(INVALID_TXN_STATE);
  const next = { producerId: 101, producerEpoch: 0 };
  expect(await transactions.end(producer, 'abort')).toMatchObject({ errorCode: NONE, ...next });
  expect(await transactions.verify(next, 'add')).toBe(NONE);
});

test('unknown ids, other producers and other epochs are told apart', async () => {
  const transactions = await Transactions.start();
  const nobody = { producerId: 5, producerEpoch: 0 };
  expect(await transactions.add(nobody)).toBe(INVALID_PRODUCER_ID_MAPPING);
  expect((await transactions.end(nobody, 'commit', 4)).errorCode).toBe(INVALID_PRODUCER_ID_MAPPING);
  expect((await transactions.end(nobody, 'commit', 5)).errorCode).toBe(INVALID_PRODUCER_ID_MAPPING);
  expect(await transactions.verify(nobody, 'verify')).toBe(INVALID_PRODUCER_ID_MAPPING);
  const producer = await transactions.init();
  const later = bumped(producer);
  expect(await transactions.add({ ...producer, producerId: 5 })).toBe(INVALID_PRODUCER_ID_MAPPING);
  expect((await transactions.end({ ...producer, producerId: 5 }, 'abort', 4)).errorCode).toBe(
    INVALID_PRODUCER_ID_MAPPING,
  );
  expect(await transactions.add(later)).toBe(PRODUCER_FENCED);
  expect(await transactions.add(later, 0, 1)).toBe(ErrorCode.INVALID_PRODUCER_EPOCH);
  expect((await transactions.end(later, 'commit', 2)).errorCode).toBe(PRODUCER_FENCED);
  expect((await transactions.end(later, 'commit', 1)).errorCode).toBe(ErrorCode.INVALID_PRODUCER_EPOCH);
  const offsets = (producer: Producer, apiVersion: number) =>
    transactions.service.addOffsetsToTxn(
      { transactionalId: 'txn', ...producer, groupId: 'g' },
      { apiVersion },
    );
  expect((await offsets(later, 2)).errorCode).toBe(PRODUCER_FENCED);
  expect((await offsets(later, 1)).errorCode).toBe(ErrorCode.INVALID_PRODUCER_EPOCH);
  expect((await offsets(nobody, 3)).errorCode).toBe(INVALID_PRODUCER_ID_MAPPING);
});

test('an empty transactional id is an invalid request', async () => {
  const transactions = await Transactions.start();
  const request = { transactionalId: '', producerId: 1, producerEpoch: 0 };
  const { INVALID_REQUEST } = ErrorCode;
  const ended = await transactions.service.endTxn({ ...request, committed: true }, { apiVersion: 5 });
  expect(ended.errorCode).toBe(INVALID_REQUEST);
  const added = await transactions.service.addOffsetsToTxn({ ...request, groupId: 'g' }, { apiVersion: 3 });
  expect(added.errorCode).toBe(INVALID_REQUEST);
  const described = await transactions.service.describeTransactions({ transactionalIds: [''] });
  expect(described.transactionStates[0]?.errorCode).toBe(INVALID_REQUEST);
});

test('a client adds no partition of an internal topic', async () => {
  const transactions = await Transactions.start();
  const producer = await transactions.init();
  expect(await transactions.addResponse(producer, [0], 3, '__consumer_offsets')).toEqual([
    ErrorCode.TOPIC_AUTHORIZATION_FAILED,
  ]);
  expect(await transactions.state()).toBe('Empty');
});

test('partitions are added all or none', async () => {
  const transactions = await Transactions.start();
  const producer = await transactions.init();
  expect(await transactions.addResponse(producer, [0, 9])).toEqual([
    ErrorCode.OPERATION_NOT_ATTEMPTED,
    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ]);
  expect(await transactions.state()).toBe('Empty');
});

test('what is in the transaction is not written again', async () => {
  const transactions = await Transactions.start();
  const producer = await transactions.init();
  await transactions.addResponse(producer, [0, 1]);
  const records = transactions.log.records().length;
  expect(await transactions.addResponse(producer, [1, 0])).toEqual([NONE, NONE]);
  expect(transactions.log.records().length).toBe(records);
  await transactions.addResponse(producer, [2]);
  expect(transactions.log.records().length).toBe(records + 1);
});

test('brokers ask for several transactions at once, or only whether partitions are in', async () => {
  const transactions = await Transactions.start();
  const producer = await transactions.init();
  const topics = [{ name: 'orders', partitions: [0, 1] }];
  const ask = async (verifyOnly: boolean) => {
    const asked = { ...producer, verifyOnly, topics };
    const request = {
      ...addRequest(producer, []),
      transactions: [
        { transactionalId: 'txn', ...asked },
        { transactionalId: 'unknown', ...asked },
      ],
    };
    const response = await transactions.service.addPartitionsToTxn(request, { apiVersion: 5 });
    return response.resultsByTransaction.map(({ transactionalId, topicResults }) => [
      transactionalId,
      ...topicResults.flatMap((topic) => topic.resultsByPartition.map((each) => each.partitionErrorCode)),
    ]);
  };
  const { TRANSACTION_ABORTABLE } = ErrorCode;
  const unknown = ['unknown', INVALID_PRODUCER_ID_MAPPING, INVALID_PRODUCER_ID_MAPPING];
  expect(await ask(true)).toEqual([['txn', TRANSACTION_ABORTABLE, TRANSACTION_ABORTABLE], unknown]);
  expect(await ask(false)).toEqual([['txn', NONE, NONE], unknown]);
  expect(await ask(true)).toEqual([['txn', NONE, NONE], unknown]);
});

test('offsets of a group add the partition where the group commits', async () => {
  const transactions = await Transactions.start();
  const producer = await transactions.init();
  const request = { transactionalId: 'txn', ...producer, groupId: 'g' };
  expect((await transactions.service.addOffsetsToTxn(request, { apiVersion: 3 })).errorCode).toBe(NONE);
  await transactions.end(producer, 'commit', 3);
  expect(transactions.markers.written).toEqual(['__consumer_offsets-1 commit 100/0']);
});

test('version 2: a transaction that is open too long is aborted, and its producer told so when it ends it', async () => {
  const transactions = await Transactions.start();
  const producer = await transactions.init({ transactionTimeoutMs: 15_000 });
  await transactions.verify(producer, 'add');
  await transactions.pass(10_000);
  expect(await transactions.state()).toBe('Ongoing');
  await transactions.pass(10_000);
  expect(await transactions.state()).toBe('CompleteAbort');
  expect(transactions.markers.written).toEqual(['orders-0 abort 100/1']);
  expect(await transactions.verify(producer, 'add')).toBe(PRODUCER_FENCED);
  expect((await transactions.end(producer, 'commit', 4)).errorCode).toBe(PRODUCER_FENCED);
  expect((await transactions.end(producer, 'commit')).errorCode).toBe(INVALID_TXN_STATE);
  const aborted = await transactions.end(producer, 'abort');
  expect(aborted).toMatchObject({ errorCode: NONE, ...bumped(producer) });
  expect(await transactions.verify(bumped(producer), 'add')).toBe(NONE);
});

test('version 1: a producer whose transaction was open too long is fenced', async () => {
  const transactions = await Transactions.start();
  transactions.serverVersion = 1;
  const producer = await transactions.init({ transactionTimeoutMs: 5000 });
  await transactions.add(producer);
  await transactions.pass(10_000);
  expect(transactions.markers.written).toEqual(['orders-0 abort 100/1']);
  expect((await transactions.end(producer, 'commit', 4)).errorCode).toBe(PRODUCER_FENCED);
  expect((await transactions.end(producer, 'abort', 4)).errorCode).toBe(PRODUCER_FENCED);
});

test('an id that is not used for long is forgotten', async () => {
  const transactions = await Transactions.start({ transactionalIdExpirationMs: 7_200_000 });
  const producer = await transactions.init();
  await transactions.pass(3_600_000);
  expect(await transactions.state()).toBe('Empty');
  await transactions.pass(3_600_000);
  expect(await transactions.state()).toBe('');
  expect(transactions.log.records().at(-1)?.value).toBeNull();
  expect(await transactions.add(producer)).toBe(INVALID_PRODUCER_ID_MAPPING);
  expect(await (await transactions.restart()).add(producer)).toBe(INVALID_PRODUCER_ID_MAPPING);
});

test('an id with an open transaction is not forgotten', async () => {
  const transactions = await Transactions.start({
    transactionalIdExpirationMs: 1000,
    transactionTwoPhaseCommitEnable: true,
  });
  const producer = await transactions.init({ enable2Pc: true });
  await transactions.add(producer);
  await transactions.pass(3_600_000);
  expect(await transactions.state()).toBe('Ongoing');
});
