import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BatchBuilder, BatchCursor, batchHeader, HEADER_BYTES } from '../../../kafka/records/index.ts';
import { smallBatch } from './record-arbitrary.ts';

const AT = 5;

function shifted(batch: Buffer): Buffer {
  return Buffer.concat([Buffer.alloc(AT, 0xee), batch, Buffer.alloc(3, 0xee)]);
}

test('every header field is read back at any position', () => {
  const builder = new BatchBuilder();
  builder.append(1000, null, null);
  builder.append(3000, null, null);
  const batch = builder.build({
    codec: 'gzip',
    baseOffset: 2 ** 40 + 7,
    leaderEpoch: 12,
    producerId: 2 ** 45 + 1,
    producerEpoch: 32_767,
    baseSequence: 2 ** 31 - 1,
    isTransactional: true,
  });
  const buffer = shifted(batch);
  expect(batchHeader.baseOffset(buffer, AT)).toBe(2 ** 40 + 7);
  expect(batchHeader.lastOffset(buffer, AT)).toBe(2 ** 40 + 8);
  expect(batchHeader.sizeInBytes(buffer, AT)).toBe(batch.length);
  expect(batchHeader.batchLength(buffer, AT)).toBe(batch.length - 12);
  expect(batchHeader.leaderEpoch(buffer, AT)).toBe(12);
  expect(batchHeader.magic(buffer, AT)).toBe(2);
  expect(batchHeader.attributes(buffer, AT)).toBe(0x11);
  expect(batchHeader.codecId(buffer, AT)).toBe(1);
  expect(batchHeader.isCompressed(buffer, AT)).toBe(true);
  expect(batchHeader.isTransactional(buffer, AT)).toBe(true);
  expect(batchHeader.isControl(buffer, AT)).toBe(false);
  expect(batchHeader.timestampType(buffer, AT)).toBe('CreateTime');
  expect(batchHeader.lastOffsetDelta(buffer, AT)).toBe(1);
  expect(batchHeader.baseTimestamp(buffer, AT)).toBe(1000);
  expect(batchHeader.maxTimestamp(buffer, AT)).toBe(3000);
  expect(batchHeader.producerId(buffer, AT)).toBe(2 ** 45 + 1);
  expect(batchHeader.producerEpoch(buffer, AT)).toBe(32_767);
  expect(batchHeader.baseSequence(buffer, AT)).toBe(2 ** 31 - 1);
  expect(batchHeader.lastSequence(buffer, AT)).toBe(0);
  expect(batchHeader.recordCount(buffer, AT)).toBe(2);
  expect(batchHeader.deleteHorizonMs(buffer, AT)).toBeUndefined();
  expect(batchHeader.isCrcValid(buffer, AT)).toBe(true);
});

test('offset and leader epoch are set without touching the CRC', () => {
  const buffer = shifted(smallBatch(3));
  const crc = batchHeader.crc(buffer, AT);
  batchHeader.setBaseOffset(buffer, AT, 2 ** 52 + 1);
  batchHeader.setLeaderEpoch(buffer, AT, 9);
  expect(batchHeader.baseOffset(buffer, AT)).toBe(2 ** 52 + 1);
  expect(batchHeader.leaderEpoch(buffer, AT)).toBe(9);
  expect(batchHeader.crc(buffer, AT)).toBe(crc);
  expect(batchHeader.isCrcValid(buffer, AT)).toBe(true);
});

test('a new maximum timestamp, append time or producer state brings a new CRC', () => {
  const buffer = shifted(smallBatch(3));
  const crcs = [batchHeader.crc(buffer, AT)];
  batchHeader.setMaxTimestamp(buffer, AT, 42);
  crcs.push(batchHeader.crc(buffer, AT));
  expect(batchHeader.timestampType(buffer, AT)).toBe('CreateTime');
  batchHeader.setLogAppendTime(buffer, AT, 43);
  crcs.push(batchHeader.crc(buffer, AT));
  expect(batchHeader.timestampType(buffer, AT)).toBe('LogAppendTime');
  expect(batchHeader.maxTimestamp(buffer, AT)).toBe(43);
  batchHeader.setProducerState(buffer, AT, { producerId: 7, producerEpoch: 1, baseSequence: 5 });
  crcs.push(batchHeader.crc(buffer, AT));
  expect(batchHeader.lastSequence(buffer, AT)).toBe(7);
  expect(batchHeader.isCrcValid(buffer, AT)).toBe(true);
  expect(new Set(crcs).size).toBe(4);
});

test('a flipped bit behind the CRC makes it wrong', () => {
  const batch = smallBatch(1);
  for (let at = batchHeader.CRC_START; at < batch.length; at += 1) {
    const broken = Buffer.from(batch);
    broken.writeUInt8(broken.readUInt8(at) ^ 0x10, at);
    expect(batchHeader.isCrcValid(broken, 0)).toBe(false);
  }
});

test('int64 fields hold every safe integer', () => {
  const buffer = smallBatch(1);
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      batchHeader.setBaseOffset(buffer, 0, value);
      expect(batchHeader.baseOffset(buffer, 0)).toBe(value);
      expect(buffer.readBigInt64BE(0)).toBe(BigInt(value));
    }),
  );
});

test('sequence numbers go from the largest to 0', () => {
  expect(batchHeader.incrementSequence(2 ** 31 - 1, 1)).toBe(0);
  expect(batchHeader.incrementSequence(2 ** 31 - 2, 50)).toBe(48);
  expect(batchHeader.incrementSequence(0, 0)).toBe(0);
});

test('a cursor walks batches one after the other to the exact end', () => {
  const parts = [smallBatch(1), smallBatch(20, { codec: 'zstd' }), smallBatch(3)];
  const cursor = new BatchCursor(Buffer.concat(parts));
  const sizes: number[] = [];
  while (cursor.next()) sizes.push(cursor.sizeInBytes);
  expect(sizes).toEqual(parts.map(({ length }) => length));
  expect(cursor.state).toBe('end');
  expect(cursor.next()).toBe(false);
});

test('a batch that is cut off at any byte is incomplete, and the ones before it are found', () => {
  const first = smallBatch(2);
  const second = smallBatch(1);
  const whole = Buffer.concat([first, second]);
  for (let end = first.length + 1; end < whole.length; end += 1) {
    const cursor = new BatchCursor(whole, 0, end);
    expect(cursor.next()).toBe(true);
    expect(cursor.next()).toBe(false);
    expect(cursor.state).toBe('incomplete');
    expect(cursor.at).toBe(first.length);
    expect(cursor.sizeInBytes).toBe(end - first.length < 12 ? 0 : second.length);
  }
});

test('a size below the header, and another magic, are corrupt and end the walk', () => {
  for (const size of [HEADER_BYTES - 1, 12, 0, -5]) {
    const batch = smallBatch(1);
    batch.writeInt32BE(size - 12, 8);
    const cursor = new BatchCursor(batch);
    expect(cursor.next()).toBe(false);
    expect(cursor.state).toBe('corrupt');
  }
  for (const magic of [0, 1, 3, 0xff]) {
    const batch = smallBatch(1);
    batch.writeUInt8(magic, 16);
    const cursor = new BatchCursor(batch);
    expect(cursor.next()).toBe(false);
    expect(cursor.state).toBe('corrupt');
  }
});

test('a size up to the largest int32 is incomplete, not read', () => {
  const batch = smallBatch(1);
  batch.writeInt32BE(0x7fff_ffff, 8);
  const cursor = new BatchCursor(batch);
  expect(cursor.next()).toBe(false);
  expect(cursor.state).toBe('incomplete');
  expect(cursor.sizeInBytes).toBe(0x7fff_ffff + 12);
});

test('random bytes never make a cursor leave its range', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (array) => {
      const buffer = Buffer.from(array);
      const cursor = new BatchCursor(buffer);
      while (cursor.next()) expect(cursor.at + cursor.sizeInBytes).toBeLessThanOrEqual(buffer.length);
      expect(cursor.at).toBeLessThanOrEqual(buffer.length);
    }),
  );
});
