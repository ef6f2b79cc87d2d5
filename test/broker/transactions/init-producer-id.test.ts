import { expect, test } from 'vitest';
import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { Transactions } from './transaction-fixture.ts';

const errorOf = async (response: Promise<{ readonly errorCode: number }>) => (await response).errorCode;

test('a producer without transactional id gets a new id each time, and nothing is recorded', async () => {
  const transactions = await Transactions.start();
  expect(await transactions.init({ transactionalId: null })).toEqual({ producerId: 100, producerEpoch: 0 });
  expect(await transactions.init({ transactionalId: null })).toEqual({ producerId: 101, producerEpoch: 0 });
  expect(transactions.log.records()).toEqual([]);
});

test('a transactional id keeps its producer id, and its epoch grows each time', async () => {
  const transactions = await Transactions.start();
  expect(await transactions.init()).toEqual({ producerId: 100, producerEpoch: 0 });
  expect(await transactions.init()).toEqual({ producerId: 100, producerEpoch: 1 });
  expect(await transactions.init({ transactionalId: 'other' })).toEqual({
    producerId: 101,
    producerEpoch: 0,
  });
});

test('requests that make no sense are refused', async () => {
  const transactions = await Transactions.start();
  const refused = (fields: Parameters<Transactions['initResponse']>[0]) =>
    errorOf(transactions.initResponse(fields));
  expect(await refused({ transactionalId: '' })).toBe(ErrorCode.INVALID_REQUEST);
  expect(await refused({ producerId: 5 })).toBe(ErrorCode.INVALID_REQUEST);
  expect(await refused({ producerEpoch: 5 })).toBe(ErrorCode.INVALID_REQUEST);
  expect(await refused({ transactionTimeoutMs: 0 })).toBe(ErrorCode.INVALID_TRANSACTION_TIMEOUT);
  expect(await refused({ transactionTimeoutMs: 900_001 })).toBe(ErrorCode.INVALID_TRANSACTION_TIMEOUT);
  expect(await refused({ transactionTimeoutMs: 900_000 })).toBe(ErrorCode.NONE);
});

test('two-phase commit needs its config, and kept transactions are not there yet', async () => {
  const without = await Transactions.start();
  expect(await errorOf(without.initResponse({ enable2Pc: true }))).toBe(
    ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
  );
  expect(await errorOf(without.initResponse({ keepPreparedTxn: true }))).toBe(ErrorCode.UNSUPPORTED_VERSION);
  const transactions = await Transactions.start({ transactionTwoPhaseCommitEnable: true });
  const producer = await transactions.init({ enable2Pc: true, transactionTimeoutMs: -1 });
  await transactions.verify(producer, 'add');
  await transactions.pass(100_000_000);
  expect(await transactions.state()).toBe('Ongoing');
});

test('an open transaction is aborted first, and the client asks again', async () => {
  const transactions = await Transactions.start();
  const producer = await transactions.init();
  await transactions.add(producer);
  transactions.markers.isHolding = true;
  expect(await errorOf(transactions.initResponse())).toBe(ErrorCode.CONCURRENT_TRANSACTIONS);
  expect(await errorOf(transactions.initResponse())).toBe(ErrorCode.CONCURRENT_TRANSACTIONS);
  transactions.markers.release();
  expect(transactions.markers.written).toEqual(['orders-0 abort 100/1']);
  const next = await transactions.init();
  expect(next).toEqual({ producerId: 100, producerEpoch: 2 });
  expect((await transactions.end(producer, 'commit', 4)).errorCode).toBe(ErrorCode.PRODUCER_FENCED);
});

test('half a producer is no producer, with and without a transactional id', async () => {
  const transactions = await Transactions.start();
  for (const transactionalId of ['tx', null])
    for (const half of [{ producerId: 5 }, { producerEpoch: 5 }])
      expect(await errorOf(transactions.initResponse({ transactionalId, ...half }))).toBe(
        ErrorCode.INVALID_REQUEST,
      );
});

test('a fence with transaction version 1 takes one epoch, and is not told from a new producer', async () => {
  const transactions = await Transactions.start();
  transactions.serverVersion = 1;
  await transactions.add(await transactions.init());
  await transactions.initResponse();
  expect(transactions.markers.written).toEqual(['orders-0 abort 100/1']);
  expect(transactions.markers.last[0]?.transactionVersion).toBe(0);
});

test('a producer that names itself goes on, and a retry of that gets the same answer', async () => {
  const transactions = await Transactions.start();
  const first = await transactions.init();
  const second = await transactions.init(first);
  expect(second).toEqual({ producerId: 100, producerEpoch: 1 });
  expect(await transactions.init(first)).toEqual(second);
  expect(await transactions.init(first)).toEqual(second);
  await transactions.init(second);
  expect(await errorOf(transactions.initResponse(first))).toBe(ErrorCode.PRODUCER_FENCED);
  expect(await errorOf(transactions.initResponse(first, 3))).toBe(ErrorCode.INVALID_PRODUCER_EPOCH);
});

test('a producer that was replaced, or that is another one, is fenced', async () => {
  const transactions = await Transactions.start();
  const first = await transactions.init();
  await transactions.init();
  expect(await errorOf(transactions.initResponse(first))).toBe(ErrorCode.PRODUCER_FENCED);
  expect(await errorOf(transactions.initResponse({ producerId: 7, producerEpoch: 1 }))).toBe(
    ErrorCode.PRODUCER_FENCED,
  );
});

test('an id that was forgotten starts anew for a producer that names itself', async () => {
  const transactions = await Transactions.start();
  expect(await transactions.init({ producerId: 7, producerEpoch: 9 })).toEqual({
    producerId: 100,
    producerEpoch: 0,
  });
});

test('used up epochs are followed by another producer id', async () => {
  const transactions = await Transactions.start();
  let producer = await transactions.init();
  while (producer.producerEpoch < 32_766) producer = await transactions.init();
  const rotated = await transactions.init(producer);
  expect(rotated).toEqual({ producerId: 101, producerEpoch: 0 });
  expect(await transactions.init(producer)).toEqual(rotated);
  expect(await transactions.init()).toEqual({ producerId: 101, producerEpoch: 1 });
  expect(await errorOf(transactions.initResponse(producer))).toBe(ErrorCode.PRODUCER_FENCED);
});

test('without a producer id to give the client asks again', async () => {
  const transactions = await Transactions.start();
  transactions.ids.failure = new Error('no block');
  expect(await errorOf(transactions.initResponse())).toBe(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
  expect(await errorOf(transactions.initResponse({ transactionalId: null }))).toBe(
    ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  );
});

test('two that ask at once for a new id get one producer id and two epochs', async () => {
  const transactions = await Transactions.start();
  const both = await Promise.all([transactions.init(), transactions.init()]);
  expect(both.map(({ producerId }) => producerId)).toEqual([100, 100]);
  expect(both.map(({ producerEpoch }) => producerEpoch).sort()).toEqual([0, 1]);
});
