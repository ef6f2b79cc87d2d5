import { expect, test } from 'vitest';
import {
  BatchBuilder,
  batchHeader,
  buildEndTxnMarker,
  CONTROL_RECORD_TYPES,
  controlRecordKey,
  controlRecordType,
  endTxnCoordinatorEpoch,
  readRecords,
} from '../../../kafka/records/index.ts';

test('each type of control record is known by its key', () => {
  for (const type of CONTROL_RECORD_TYPES) expect(controlRecordType(controlRecordKey(type))).toBe(type);
  expect(controlRecordKey('COMMIT').toString('hex')).toBe('00000001');
  expect(controlRecordKey('KRAFT_VOTERS').toString('hex')).toBe('00000006');
});

test('keys that are none, and types of later versions, have no type', () => {
  expect(controlRecordType(null)).toBeUndefined();
  expect(controlRecordType(Buffer.alloc(3))).toBeUndefined();
  expect(controlRecordType(Buffer.from('ffff0001', 'hex'))).toBeUndefined();
  expect(controlRecordType(Buffer.from('00000063', 'hex'))).toBeUndefined();
  expect(controlRecordType(Buffer.from('0000ffff', 'hex'))).toBeUndefined();
});

test('a transaction marker is one transactional control record without a sequence', () => {
  const ids = { producerId: 77, producerEpoch: 3, coordinatorEpoch: 12 };
  const batch = buildEndTxnMarker({ type: 'ABORT', ...ids, timestamp: 1000, baseOffset: 5, leaderEpoch: 2 });
  expect(batchHeader.isControl(batch, 0)).toBe(true);
  expect(batchHeader.isTransactional(batch, 0)).toBe(true);
  expect(batchHeader.producerId(batch, 0)).toBe(77);
  expect(batchHeader.producerEpoch(batch, 0)).toBe(3);
  expect(batchHeader.baseSequence(batch, 0)).toBe(-1);
  expect(batchHeader.lastOffset(batch, 0)).toBe(5);
  expect(batchHeader.isCrcValid(batch, 0)).toBe(true);
  const [record] = readRecords(batch, 0, 0);
  expect(controlRecordType(record?.key ?? null)).toBe('ABORT');
  expect(endTxnCoordinatorEpoch(record?.value ?? null)).toBe(12);
});

test('a marker value that is none has no epoch', () => {
  expect(endTxnCoordinatorEpoch(null)).toBeUndefined();
  expect(endTxnCoordinatorEpoch(Buffer.alloc(5))).toBeUndefined();
  expect(endTxnCoordinatorEpoch(Buffer.from('ffff00000001', 'hex'))).toBeUndefined();
});

test('a control batch outside transactions has the control bit alone', () => {
  const builder = new BatchBuilder();
  builder.append(1000, controlRecordKey('LEADER_CHANGE'), Buffer.from('0000', 'hex'));
  const batch = builder.build({ isControl: true, leaderEpoch: 1 });
  expect(batchHeader.attributes(batch, 0)).toBe(batchHeader.ATTRIBUTE.control);
});
