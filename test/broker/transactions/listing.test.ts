import { expect, test } from 'vitest';
import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { listDefaults, Transactions } from './transaction-fixture.ts';

async function withTwo(): Promise<Transactions> {
  const transactions = await Transactions.start();
  const producer = await transactions.init();
  await transactions.init({ transactionalId: 'other-1' });
  await transactions.add(producer, 2);
  return transactions;
}

test('a transaction is described with its producer, its start and its partitions', async () => {
  const transactions = await withTwo();
  const now = transactions.clock.now();
  const response = await transactions.service.describeTransactions({ transactionalIds: ['txn', 'nobody'] });
  expect(response.transactionStates).toEqual([
    {
      errorCode: ErrorCode.NONE,
      transactionalId: 'txn',
      transactionState: 'Ongoing',
      transactionTimeoutMs: 60_000,
      transactionStartTimeMs: now,
      producerId: 100,
      producerEpoch: 0,
      topics: [{ topic: 'orders', partitions: [2] }],
    },
    expect.objectContaining({ errorCode: ErrorCode.TRANSACTIONAL_ID_NOT_FOUND, transactionalId: 'nobody' }),
  ]);
});

test('transactions are listed by state, producer, duration and pattern', async () => {
  const transactions = await withTwo();
  expect(await transactions.list()).toEqual(['other-1', 'txn']);
  expect(await transactions.list({ stateFilters: ['Ongoing'] })).toEqual(['txn']);
  expect(await transactions.list({ stateFilters: ['Ongoing', 'Empty'] })).toEqual(['other-1', 'txn']);
  expect(await transactions.list({ producerIdFilters: [101] })).toEqual(['other-1']);
  expect(await transactions.list({ transactionalIdPattern: 'other-.' })).toEqual(['other-1']);
  expect(await transactions.list({ transactionalIdPattern: 'other' })).toEqual([]);
  expect(await transactions.list({ transactionalIdPattern: '' })).toEqual(['other-1', 'txn']);
  expect(await transactions.list({ stateFilters: ['Ongoing'], durationFilter: 1000 })).toEqual([]);
  await transactions.pass(1001);
  expect(await transactions.list({ stateFilters: ['Ongoing'], durationFilter: 1000 })).toEqual(['txn']);
});

test('states that do not exist are told, and filter', async () => {
  const transactions = await withTwo();
  const response = await transactions.service.listTransactions({
    ...listDefaults,
    stateFilters: ['Running'],
  });
  expect(response).toMatchObject({ unknownStateFilters: ['Running'], transactionStates: [] });
});

test('a pattern that is none is an error', async () => {
  const transactions = await withTwo();
  const response = await transactions.service.listTransactions({
    ...listDefaults,
    transactionalIdPattern: '(',
  });
  expect(response).toMatchObject({ errorCode: ErrorCode.INVALID_REGULAR_EXPRESSION, transactionStates: [] });
});
