import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  BatchBuilder,
  batchHeader,
  CODECS,
  contentBytes,
  HEADER_BYTES,
  readRecords,
  recordBytesMax,
  withCodec,
} from '../../../kafka/records/index.ts';
import { batchOf, plain, records, smallBatch } from './record-arbitrary.ts';

const LIMIT = 1024 * 1024;

test('the estimated size is the size of the uncompressed batch', () => {
  fc.assert(
    fc.property(records, (list) => {
      const builder = new BatchBuilder({ initialBytes: 0 });
      for (const { timestamp, key, value, headers } of list) {
        const before = builder.estimatedSizeInBytes;
        builder.append(timestamp, key, value, headers);
        const grown = builder.estimatedSizeInBytes - before;
        expect(grown).toBeLessThanOrEqual(recordBytesMax(key, value, headers));
      }
      const { estimatedSizeInBytes } = builder;
      expect(builder.build().length).toBe(estimatedSizeInBytes);
    }),
  );
});

test('appended bytes are copied: the caller may write to them again', () => {
  const key = Buffer.from('key');
  const builder = new BatchBuilder();
  builder.append(1, key, key);
  key.fill(0);
  expect(readRecords(builder.build(), 0, LIMIT)[0]?.key?.toString()).toBe('key');
});

test('offsets with holes and a last offset without a record are kept, as compaction wants it', () => {
  const builder = new BatchBuilder();
  builder.append(5, Buffer.from('a'), null, [], 2);
  builder.append(6, Buffer.from('b'), null, [], 7);
  builder.append(7, Buffer.from('c'), null);
  const batch = builder.build({
    baseOffset: 100,
    lastOffsetDelta: 20,
    baseSequence: 3,
    producerId: 1,
    producerEpoch: 0,
  });
  expect(readRecords(batch, 0, LIMIT).map(({ offset }) => offset)).toEqual([102, 107, 108]);
  expect(batchHeader.recordCount(batch, 0)).toBe(3);
  expect(batchHeader.lastOffset(batch, 0)).toBe(120);
  expect(batchHeader.baseSequence(batch, 0)).toBe(3);
  expect(batchHeader.lastSequence(batch, 0)).toBe(23);
});

test('a batch without records is the header alone, never compressed', () => {
  const batch = new BatchBuilder().build({
    codec: 'zstd',
    baseOffset: 7,
    lastOffsetDelta: 3,
    maxTimestamp: 99,
    producerId: 5,
    producerEpoch: 1,
    baseSequence: 8,
  });
  expect(batch.length).toBe(HEADER_BYTES);
  expect(batchHeader.codecId(batch, 0)).toBe(0);
  expect(batchHeader.baseTimestamp(batch, 0)).toBe(-1);
  expect(batchHeader.maxTimestamp(batch, 0)).toBe(99);
  expect(batchHeader.lastOffset(batch, 0)).toBe(10);
  expect(batchHeader.isCrcValid(batch, 0)).toBe(true);
});

test('the largest timestamp is found whatever the order, and can be overruled', () => {
  const build = (fields = {}) => {
    const builder = new BatchBuilder();
    for (const timestamp of [50, 70, 60]) builder.append(timestamp, null, null);
    return builder.build(fields);
  };
  expect(batchHeader.maxTimestamp(build(), 0)).toBe(70);
  expect(batchHeader.baseTimestamp(build(), 0)).toBe(50);
  expect(batchHeader.maxTimestamp(build({ maxTimestamp: 1000 }), 0)).toBe(1000);
  const appended = build({ logAppendTimeMs: 2000 });
  expect(batchHeader.maxTimestamp(appended, 0)).toBe(2000);
  expect(batchHeader.timestampType(appended, 0)).toBe('LogAppendTime');
});

test('offsets that do not rise and times that are no integers are mistakes of the caller', () => {
  const builder = new BatchBuilder();
  builder.append(1, null, null, [], 4);
  expect(() => builder.append(1, null, null, [], 4)).toThrow(RangeError);
  expect(() => builder.append(1.5, null, null)).toThrow(RangeError);
  expect(() => builder.append(2 ** 53, null, null)).toThrow(RangeError);
});

test('a builder is used up by building', () => {
  const builder = new BatchBuilder();
  builder.append(1, null, Buffer.from('first'));
  const batch = builder.build();
  expect(() => builder.append(2, null, Buffer.from('second'))).toThrow(RangeError);
  expect(readRecords(batch, 0, LIMIT).length).toBe(1);
});

test('another codec changes the bytes of a batch and nothing else about it', () => {
  fc.assert(
    fc.property(records, fc.constantFrom(...CODECS), (list, codec) => {
      const fields = { baseOffset: 9, leaderEpoch: 4, producerId: 8, producerEpoch: 2, baseSequence: 1 };
      const source = batchOf(list, { ...fields, isTransactional: true });
      const padded = Buffer.concat([Buffer.alloc(7), source]);
      const target = withCodec(padded, 7, source.subarray(HEADER_BYTES), { codec });
      expect(target.equals(batchOf(list, { ...fields, isTransactional: true, codec }))).toBe(true);
      expect(readRecords(target, 0, LIMIT).map(plain)).toEqual(list);
    }),
    { numRuns: 50 },
  );
});

test('a batch grows over many doublings of its buffer', () => {
  const batch = smallBatch(20_000);
  const read = readRecords(batch, 0, LIMIT);
  expect(read.length).toBe(20_000);
  expect(read[19_999]?.value?.toString()).toBe('value-19999');
});

test('text is written as its UTF-8, whatever it is and however long', () => {
  const long = fc
    .tuple(fc.string({ unit: 'binary' }), fc.nat(300))
    .map(([text, times]) => text.repeat(times));
  const content = fc.option(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), long));
  fc.assert(
    fc.property(fc.array(fc.tuple(content, content), { minLength: 1, maxLength: 5 }), (records) => {
      const [text, bytes] = [new BatchBuilder({ initialBytes: 1 }), new BatchBuilder({ initialBytes: 1 })];
      for (const [index, [key, value]] of records.entries()) {
        const before = text.estimatedSizeInBytes;
        text.append(1000 + index, key, value);
        bytes.append(1000 + index, contentBytes(key), contentBytes(value));
        expect(text.estimatedSizeInBytes - before).toBeLessThanOrEqual(recordBytesMax(key, value));
      }
      expect(text.build()).toEqual(bytes.build());
    }),
  );
});
