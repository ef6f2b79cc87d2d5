import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BatchBuilder,
  batchHeader,
  CODECS,
  CorruptRecordError,
  DecompressionLimitError,
  HEADER_BYTES,
  openRecords,
  readRecords,
  UnsupportedCodecError,
} from '../../../kafka/records/index.ts';
import { writeVarint } from '../../../kafka/records/varint.ts';
import { batchOf, plain, records, smallBatch } from './record-arbitrary.ts';

const LIMIT = 1024 * 1024;

describe.each(CODECS)('%s', (codec) => {
  test('records come back as they were appended', () => {
    fc.assert(
      fc.property(records, fc.nat({ max: 2 ** 50 }), (list, baseOffset) => {
        const batch = batchOf(list, { codec, baseOffset });
        expect(batchHeader.isCrcValid(batch, 0)).toBe(true);
        const read = readRecords(batch, 0, LIMIT);
        expect(read.map(plain)).toEqual(list);
        expect(read.map(({ offset }) => offset)).toEqual(list.map((_, i) => baseOffset + i));
      }),
      { numRuns: 60 },
    );
  });

  test('flipped bits in the records give records or a typed error, never a crash', () => {
    const batch = smallBatch(4, { codec });
    for (let at = HEADER_BYTES; at < batch.length; at += 1) {
      for (const bit of [0x01, 0x02, 0x80]) {
        const broken = Buffer.from(batch);
        broken.writeUInt8(broken.readUInt8(at) ^ bit, at);
        expectTypedErrorOrRecords(broken);
      }
    }
  });

  test('a batch that is cut off at any byte is corrupt', () => {
    const batch = smallBatch(2, { codec });
    for (let end = 0; end < batch.length; end += 1) {
      expect(() => readRecords(batch.subarray(0, end), 0, LIMIT)).toThrow(CorruptRecordError);
    }
  });

  test('a length field that cuts the records off at any byte is corrupt', () => {
    const batch = smallBatch(2, { codec });
    for (let end = HEADER_BYTES; end < batch.length; end += 1) {
      const broken = Buffer.from(batch.subarray(0, end));
      broken.writeInt32BE(end - 12, batchHeader.FIELD.batchLength);
      if (end === HEADER_BYTES + 16 && codec === 'snappy') continue;
      expect(() => readRecords(broken, 0, LIMIT)).toThrow(CorruptRecordError);
    }
  });
});

test('records are read in the middle of a buffer', () => {
  const [a, b] = [smallBatch(3), smallBatch(2, { baseOffset: 3 })];
  const buffer = Buffer.concat([a, b, a]);
  expect(readRecords(buffer, a.length, LIMIT).map(({ offset }) => offset)).toEqual([3, 4]);
});

test('under LogAppendTime every record has the append time', () => {
  const batch = smallBatch(3);
  batchHeader.setLogAppendTime(batch, 0, 555);
  expect(readRecords(batch, 0, LIMIT).map(({ timestamp }) => timestamp)).toEqual([555, 555, 555]);
});

test('with a delete horizon timestamps are still those of the records', () => {
  const builder = new BatchBuilder({ deleteHorizonMs: 9_000_000 });
  builder.append(1000, Buffer.from('a'), null);
  builder.append(9_500_000, Buffer.from('b'), null);
  const batch = builder.build();
  expect(batchHeader.deleteHorizonMs(batch, 0)).toBe(9_000_000);
  expect(batchHeader.maxTimestamp(batch, 0)).toBe(9_500_000);
  expect(readRecords(batch, 0, LIMIT).map(({ timestamp }) => timestamp)).toEqual([1000, 9_500_000]);
});

test('a cursor shows positions and lengths without objects, and a view outlives its move', () => {
  const cursor = openRecords(smallBatch(2), 0, LIMIT);
  expect(cursor.next()).toBe(true);
  const first = cursor.view();
  expect(cursor.bytes.toString('utf8', cursor.keyAt, cursor.keyAt + cursor.keyLength)).toBe('key-0');
  expect(cursor.next()).toBe(true);
  expect(cursor.bytes.toString('utf8', cursor.valueAt, cursor.valueAt + cursor.valueLength)).toBe('value-1');
  expect(cursor.offsetDelta).toBe(1);
  expect(first.key?.toString()).toBe('key-0');
  expect(cursor.next()).toBe(false);
});

test('keys and values are slices of the batch, not copies', () => {
  const batch = smallBatch(1);
  const [record] = readRecords(batch, 0, LIMIT);
  expect(record?.value?.buffer).toBe(batch.buffer);
});

test('the limit of the caller holds for compressed batches', () => {
  for (const codec of CODECS) {
    const batch = smallBatch(1000, { codec });
    if (codec === 'none') expect(readRecords(batch, 0, 10).length).toBe(1000);
    else expect(() => readRecords(batch, 0, 5000)).toThrow(DecompressionLimitError);
  }
});

test('codecs that do not exist and other magics are refused', () => {
  const unknown = smallBatch(1);
  unknown.writeUInt8(6, batchHeader.FIELD.attributes + 1);
  expect(() => readRecords(unknown, 0, LIMIT)).toThrow(UnsupportedCodecError);
  const old = smallBatch(1);
  old.writeUInt8(1, batchHeader.FIELD.magic);
  expect(() => readRecords(old, 0, LIMIT)).toThrow(CorruptRecordError);
});

test('an emptied batch has no records, even if it names a codec', () => {
  const empty = new BatchBuilder().build({ lastOffsetDelta: 5 });
  expect(readRecords(empty, 0, LIMIT)).toEqual([]);
  empty.writeUInt8(4, batchHeader.FIELD.attributes + 1);
  expect(readRecords(empty, 0, LIMIT)).toEqual([]);
});

describe('a malformed record is corrupt:', () => {
  test('more records than the header counts', () => {
    const batch = smallBatch(3);
    batch.writeInt32BE(2, batchHeader.FIELD.recordCount);
    expect(() => readRecords(batch, 0, LIMIT)).toThrow(/bytes are left/);
  });

  test('fewer records than the header counts, up to the largest int32', () => {
    for (const count of [4, 0x7fff_ffff]) {
      const batch = smallBatch(3);
      batch.writeInt32BE(count, batchHeader.FIELD.recordCount);
      expect(() => readRecords(batch, 0, LIMIT)).toThrow(CorruptRecordError);
    }
  });

  test('a negative record count with records behind it', () => {
    const batch = smallBatch(1);
    batch.writeInt32BE(-1, batchHeader.FIELD.recordCount);
    expect(() => readRecords(batch, 0, LIMIT)).toThrow(CorruptRecordError);
  });

  test.each([
    ['a length of 0', '00'],
    ['a negative length', '01'],
    ['an offset delta above the last one', '0c 00 00 02 01 01 00'],
    ['a negative offset delta', '0c 00 00 01 01 01 00'],
    ['a key length below -1', '0c 00 00 00 03 01 00'],
    ['a value length below -1', '0c 00 00 00 01 03 00'],
    ['a key that leaves the record', '0c 00 00 00 7e 01 00'],
    ['a value that leaves the record', '0c 00 00 00 01 7e 00'],
    ['a key of 2 GiB', '14 00 00 00 feffffff0f 01 00'],
    ['a negative header count', '0c 00 00 00 01 01 01'],
    ['a header count that is not possible', '14 00 00 00 01 01 feffffff0f'],
    ['a header without a key', '10 00 00 00 01 01 02 01 00'],
    ['a header value below -1', '10 00 00 00 01 01 02 00 03'],
    ['a header that leaves the record', '10 00 00 00 01 01 02 00 7e'],
    ['bytes behind the headers', '0e 00 00 00 01 01 00 00'],
    ['an int32 of six bytes', '18 00 00 8080808080 00 01 01 00'],
    ['an int32 of more than 32 bits', '14 00 00 ffffffff1f 01 01 00'],
    ['an int64 of eleven bytes', '20 00 8080808080808080808000 00 01 01 00'],
    ['an int64 of more than 64 bits', '1e 00 80808080808080808002 00 01 01 00'],
  ])('%s', (_, hex) => {
    expect(() => readRecords(rawBatch(hex), 0, LIMIT)).toThrow(CorruptRecordError);
  });

  test('while the same with allowed values is read', () => {
    expect(readRecords(rawBatch('0c 00 00 00 01 01 00'), 0, LIMIT).length).toBe(1);
    expect(readRecords(rawBatch('10 00 00 00 01 01 02 00 01'), 0, LIMIT)[0]?.headers).toEqual([
      { key: '', value: null },
    ]);
    // Wider than needed, but within the width of the type.
    expect(readRecords(rawBatch('14 00 00 8080808000 01 01 00'), 0, LIMIT).length).toBe(1);
    expect(readRecords(rawBatch('1e 00 ffffffffffffffffff01 00 01 01 00'), 0, LIMIT)[0]?.timestamp).toBe(
      -(2 ** 63),
    );
  });
});

test('random record bytes behind a valid header never crash', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 120 }), fc.nat({ max: 4 }), (bytes, codec) => {
      const batch = rawBatch(Buffer.from(bytes).toString('hex'));
      batch.writeUInt8(codec, batchHeader.FIELD.attributes + 1);
      expectTypedErrorOrRecords(batch);
    }),
    { numRuns: 1000 },
  );
});

test('varints have the bytes of the protocol', () => {
  const written = (value: number) => {
    const buffer = Buffer.alloc(5);
    return buffer.subarray(0, writeVarint(buffer, value, 0)).toString('hex');
  };
  expect([0, -1, 1, 63, -64, 64, 300].map(written)).toEqual(['00', '01', '02', '7e', '7f', '8001', 'd804']);
  expect([2 ** 31 - 1, -(2 ** 31)].map(written)).toEqual(['feffffff0f', 'ffffffff0f']);
});

/** A batch with one record whose bytes are given: base timestamp 0, last offset delta 0. */
function rawBatch(hex: string): Buffer {
  const body = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const batch = Buffer.concat([new BatchBuilder().build({ lastOffsetDelta: 0 }), body]);
  batch.writeInt32BE(batch.length - 12, batchHeader.FIELD.batchLength);
  batch.writeBigInt64BE(0n, batchHeader.FIELD.baseTimestamp);
  batch.writeInt32BE(1, batchHeader.FIELD.recordCount);
  batchHeader.setCrc(batch, 0);
  return batch;
}

function expectTypedErrorOrRecords(batch: Buffer): void {
  try {
    for (const record of readRecords(batch, 0, LIMIT)) expect(record.headers.length).toBe(record.headerCount);
  } catch (error) {
    const known = [CorruptRecordError, DecompressionLimitError, UnsupportedCodecError];
    expect(known).toContain((error as Error).constructor);
  }
}
