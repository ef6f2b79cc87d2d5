import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newTransaction, type Transaction } from '../../../broker/transactions/transaction.ts';
import { decodeTransaction, encodeTransaction } from '../../../broker/transactions/transaction-record.ts';

const hex = (bytes: Buffer | null): string | null => bytes?.toString('hex') ?? null;

const ongoing: Transaction = {
  ...newTransaction('txn', 0x64, 0xea60),
  previousProducerId: 0x64,
  producerEpoch: 2,
  state: 'Ongoing',
  partitions: new Map([['orders', new Set([3, 1])]]),
  startTimestamp: 0x0102,
  lastUpdateTimestamp: 0x0103,
  clientVersion: 2,
};

test('a transaction is written as Kafka 4.3 writes it: value version 1 with its tagged fields', () => {
  const { key, value } = encodeTransaction(ongoing, 2);
  expect(hex(key)).toBe(`0000${'0003'}74786e`);
  expect(hex(value)).toBe(
    [
      '0001',
      '0000000000000064', // producer id
      '0002', // epoch
      '0000ea60', // timeout
      '01', // Ongoing
      '02', // one topic
      '076f7264657273', // orders
      '030000000300000001', // two partitions
      '00',
      '0000000000000103', // last update
      '0000000000000102', // start
      '02', // two tagged fields
      '00080000000000000064', // previous producer id
      '02020002', // client transaction version
    ].join(''),
  );
});

test('with transaction.version 0 the value is of version 0, and an empty transaction has no partitions', () => {
  const empty: Transaction = {
    ...ongoing,
    state: 'Empty',
    partitions: new Map(),
    startTimestamp: -1,
    clientVersion: 0,
  };
  const { value } = encodeTransaction(empty, 0);
  expect(hex(value)).toBe(
    `0000${'0000000000000064'}${'0002'}${'0000ea60'}${'00'}${'ffffffff'}${'0000000000000103'}${'ffffffffffffffff'}`,
  );
});

test('a forgotten id is a tombstone', () => {
  const { key, value } = encodeTransaction({ ...ongoing, state: 'Dead' }, 2);
  expect(value).toBeNull();
  expect(decodeTransaction(key, value)).toEqual({ transactionalId: 'txn', transaction: null });
});

test('what was written is read', () => {
  for (const serverVersion of [0, 1, 2]) {
    const { key, value } = encodeTransaction({ ...ongoing, nextProducerId: 7 }, serverVersion);
    expect(decodeTransaction(key, value)).toEqual({
      transactionalId: 'txn',
      transaction: { ...ongoing, nextProducerId: 7 },
    });
  }
});

test('records that cannot be read are ignored, whatever their bytes', () => {
  const { key, value } = encodeTransaction(ongoing, 2);
  for (let length = 0; length < key.length; length += 1) {
    expect(decodeTransaction(key.subarray(0, length), value)).toHaveProperty('ignored');
  }
  for (let length = 0; length < (value?.length ?? 0); length += 1) {
    expect(decodeTransaction(key, value?.subarray(0, length) ?? null)).toHaveProperty('ignored');
  }
  const newer = Buffer.from(value ?? []);
  newer.writeInt16BE(9, 0);
  expect(decodeTransaction(key, newer)).toHaveProperty('ignored');
  const unknownState = Buffer.from(value ?? []);
  unknownState[16] = 7;
  expect(decodeTransaction(key, unknownState)).toHaveProperty('ignored');
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
      decodeTransaction(Buffer.from(a), Buffer.from(b));
    }),
  );
});
