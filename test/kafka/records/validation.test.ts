import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AcceptedBatch,
  BatchBuilder,
  batchHeader,
  CODECS,
  compress,
  HEADER_BYTES,
  type ProduceRules,
  type RejectedBatch,
  readRecords,
  validateProduced,
  withCodec,
} from '../../../kafka/records/index.ts';
import { batchOf, plain, records, smallBatch } from './record-arbitrary.ts';

const NOW = 1_700_000_000_000;
const HOUR = 3_600_000;
const rules: ProduceRules = {
  compressionType: 'producer',
  isCompacted: false,
  timestampType: 'CreateTime',
  timestampBeforeMaxMs: Number.POSITIVE_INFINITY,
  timestampAfterMaxMs: HOUR,
  maxMessageBytes: 1_048_588,
  maxDecompressedBytes: 4_000_000,
  isZstdAllowed: true,
  nowMs: NOW,
  topicPartition: 'orders-0',
};

function accepted(buffer: Buffer, changed: Partial<ProduceRules> = {}): AcceptedBatch {
  const outcome = validateProduced(buffer, { ...rules, ...changed });
  if (!outcome.ok) throw new Error(`${outcome.error}: ${outcome.message}`);
  return outcome;
}

function rejected(buffer: Buffer, changed: Partial<ProduceRules> = {}): RejectedBatch {
  const outcome = validateProduced(buffer, { ...rules, ...changed });
  if (outcome.ok) throw new Error('the batch was accepted');
  expect(outcome.message).not.toBe('');
  return outcome;
}

/** A batch whose header field was changed and whose CRC is right again. */
function patched(patch: (batch: Buffer) => void, batch = smallBatch(3)): Buffer {
  patch(batch);
  batchHeader.setCrc(batch, 0);
  return batch;
}

function timed(...timestamps: number[]): Buffer {
  const builder = new BatchBuilder();
  for (const timestamp of timestamps) builder.append(timestamp, Buffer.from('k'), Buffer.from('v'));
  return builder.build();
}

describe.each(CODECS)('%s', (codec) => {
  test('what was accepted stays as it is while other batches are checked', () => {
    const batch = (letter: string) => {
      const builder = new BatchBuilder();
      for (let i = 0; i < 2000; i++) builder.append(NOW, null, Buffer.from(letter.repeat(200)));
      const built = builder.build();
      return withCodec(built, 0, built.subarray(HEADER_BYTES), { codec });
    };
    for (const compressionType of ['producer', 'uncompressed', 'gzip'] as const) {
      const first = accepted(batch('a'), { compressionType }).batch;
      const before = Buffer.from(first);
      accepted(batch('b'), { compressionType });
      expect(first.equals(before)).toBe(true);
    }
  });

  test('a good batch is accepted as it is, without a copy', () => {
    const sent = smallBatch(50, { codec });
    const before = Buffer.from(sent);
    const { batch, isRebuilt, logAppendTimeMs } = accepted(sent);
    expect(batch.equals(before)).toBe(true);
    expect(batch.buffer).toBe(sent.buffer);
    expect([isRebuilt, logAppendTimeMs]).toEqual([false, -1]);
  });

  test('every batch that the builder makes is accepted', () => {
    fc.assert(
      fc.property(records, (list) => {
        const limits = { timestampAfterMaxMs: Number.POSITIVE_INFINITY };
        expect(accepted(batchOf(list, { codec }), limits).isRebuilt).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  test('LogAppendTime sets the time of all records and leaves their bytes alone', () => {
    const sent = smallBatch(5, { codec });
    const tail = Buffer.from(sent.subarray(HEADER_BYTES));
    const { batch, logAppendTimeMs } = accepted(sent, { timestampType: 'LogAppendTime', nowMs: NOW + 9 });
    expect(logAppendTimeMs).toBe(NOW + 9);
    expect(batchHeader.isCrcValid(batch, 0)).toBe(true);
    expect(batch.subarray(HEADER_BYTES).equals(tail)).toBe(true);
    expect(readRecords(batch, 0, 100_000).map(({ timestamp }) => timestamp)).toEqual(Array(5).fill(NOW + 9));
  });

  test.each(['uncompressed', 'gzip', 'snappy', 'lz4', 'zstd'] as const)(
    'a topic with %s gets that codec',
    (type) => {
      const ids = { producerId: 4, producerEpoch: 1, baseSequence: 8, isTransactional: true };
      const sent = smallBatch(200, { codec, ...ids });
      const { batch, isRebuilt } = accepted(Buffer.from(sent), { compressionType: type });
      const target = type === 'uncompressed' ? 'none' : type;
      expect(isRebuilt).toBe(codec !== target);
      expect(batch.equals(codec === target ? sent : smallBatch(200, { codec: target, ...ids }))).toBe(true);
    },
  );

  test('attributes that nobody has named stay in a batch as it came, and not in one that is written anew', () => {
    const sent = patched(
      (batch) => {
        batch.writeInt16BE(batch.readInt16BE(21) | 0x0180, 21);
      },
      smallBatch(3, { codec }),
    );
    const id = CODECS.indexOf(codec);
    expect(batchHeader.attributes(accepted(Buffer.from(sent)).batch, 0)).toBe(id | 0x0180);
    const compressionType = codec === 'gzip' ? 'lz4' : 'gzip';
    const packed = accepted(Buffer.from(sent), { compressionType }).batch;
    expect(batchHeader.attributes(packed, 0)).toBe(CODECS.indexOf(compressionType));
    const appended = accepted(sent, { timestampType: 'LogAppendTime' }).batch;
    expect(batchHeader.attributes(appended, 0)).toBe(id | 0x08);
  });

  test('a wrong maximum timestamp is put right, with a new CRC', () => {
    const sent = patched((batch) => batchHeader.setMaxTimestamp(batch, 0, 5), smallBatch(5, { codec }));
    const { batch } = accepted(sent);
    expect(batchHeader.maxTimestamp(batch, 0)).toBe(NOW + 4);
    expect(batchHeader.isCrcValid(batch, 0)).toBe(true);
  });

  test('records without a key on a compacted topic are listed', () => {
    const builder = new BatchBuilder();
    for (const key of ['a', null, 'b', null])
      builder.append(NOW, key === null ? null : Buffer.from(key), null);
    const batch = builder.build({ codec });
    expect(accepted(Buffer.from(batch)).ok).toBe(true);
    const { error, recordErrors } = rejected(batch, { isCompacted: true });
    expect(error).toBe('INVALID_RECORD');
    expect(recordErrors.map(({ batchIndex }) => batchIndex)).toEqual([1, 3]);
  });

  test('offsets with holes are refused', () => {
    const builder = new BatchBuilder();
    for (const delta of [0, 2, 3]) builder.append(NOW, null, null, [], delta);
    const batch = patched(
      (sent) => sent.writeInt32BE(4, batchHeader.FIELD.recordCount),
      builder.build({ codec }),
    );
    expect(rejected(batch).error).toBe('INVALID_RECORD');
    const twice = withCodec(smallBatch(2), 0, repeatedRecord(), { codec });
    expect(rejected(twice).recordErrors.map(({ batchIndex }) => batchIndex)).toEqual([1]);
  });

  test('flipped bits behind a CRC that was made right are refused or accepted, never a crash', () => {
    const sent = smallBatch(3, { codec });
    for (let at = batchHeader.CRC_START; at < sent.length; at += 1) {
      for (const bit of [0x01, 0x08, 0x80]) {
        const broken = Buffer.from(sent);
        broken.writeUInt8(broken.readUInt8(at) ^ bit, at);
        batchHeader.setCrc(broken, 0);
        const limits = { timestampAfterMaxMs: Number.POSITIVE_INFINITY };
        const outcome = validateProduced(broken, { ...rules, ...limits, compressionType: 'gzip' });
        if (outcome.ok) expect(readRecords(outcome.batch, 0, 100_000).length).toBe(3);
      }
    }
  });
});

describe('the shape of the batch', () => {
  test('no bytes, or a batch that is cut off, are no batch', () => {
    const batch = smallBatch(1);
    for (let end = 0; end < batch.length; end += 1) {
      expect(rejected(batch.subarray(0, end)).error).toBe('INVALID_RECORD');
    }
  });

  test('two batches are refused, a cut-off second one is dropped', () => {
    const batch = smallBatch(1);
    const two = Buffer.concat([batch, batch]);
    expect(rejected(Buffer.from(two)).error).toBe('INVALID_RECORD');
    expect(accepted(two.subarray(0, -1)).batch.equals(batch)).toBe(true);
    two.writeBigInt64BE(7n, 0);
    expect(rejected(two)).toMatchObject({ error: 'INVALID_RECORD', isByLog: false });
  });

  test('an impossible size is corrupt, and so is one behind the batch', () => {
    const batch = smallBatch(1);
    const broken = Buffer.from(batch);
    broken.writeInt32BE(48, 8);
    expect(rejected(broken).error).toBe('CORRUPT_MESSAGE');
    expect(rejected(Buffer.concat([batch, broken])).error).toBe('CORRUPT_MESSAGE');
  });

  test.each([
    [0, 'INVALID_RECORD'],
    [1, 'INVALID_RECORD'],
    [3, 'CORRUPT_MESSAGE'],
    [-1, 'CORRUPT_MESSAGE'],
  ])('magic %i is refused: %s', (magic, error) => {
    const old = smallBatch(1);
    old.writeInt8(magic, 16);
    expect(rejected(old)).toMatchObject({ error, isByLog: false });
  });

  test('what is told of refused records names the first three', () => {
    const keyless = new BatchBuilder();
    for (let i = 0; i < 4; i++) keyless.append(NOW, null, Buffer.from('v'));
    const { message, recordErrors, isByLog } = rejected(keyless.build(), { isCompacted: true });
    expect([recordErrors.length, isByLog]).toEqual([4, true]);
    expect(message).toContain('due to 4 record errors in total');
    expect(message.match(/RecordError\(batchIndex=\d/g)).toHaveLength(3);
    expect(message).toContain('topic partition orders-0');
  });

  test('a wrong CRC is corrupt', () => {
    const batch = smallBatch(1);
    batch.writeUInt8(batch.readUInt8(batch.length - 2) ^ 1, batch.length - 2);
    expect(rejected(batch).error).toBe('CORRUPT_MESSAGE');
  });

  test('a base offset other than 0 is refused', () => {
    expect(rejected(smallBatch(1, { baseOffset: 1 })).error).toBe('INVALID_RECORD');
  });

  test('no records, or a count that does not fit the last offset, are refused', () => {
    expect(rejected(new BatchBuilder().build()).error).toBe('INVALID_RECORD');
    expect(rejected(patched((b) => b.writeInt32BE(-1, batchHeader.FIELD.lastOffsetDelta))).error).toBe(
      'INVALID_RECORD',
    );
    expect(rejected(patched((b) => b.writeInt32BE(2, batchHeader.FIELD.recordCount))).error).toBe(
      'INVALID_RECORD',
    );
    expect(rejected(patched((b) => b.writeInt32BE(9, batchHeader.FIELD.lastOffsetDelta))).error).toBe(
      'INVALID_RECORD',
    );
  });

  test('control batches are refused', () => {
    expect(rejected(smallBatch(1, { isControl: true, isTransactional: true })).error).toBe('INVALID_RECORD');
  });

  test('a producer id needs a sequence number', () => {
    expect(rejected(smallBatch(1, { producerId: 0, producerEpoch: 0 })).error).toBe('INVALID_RECORD');
    expect(accepted(smallBatch(1, { producerId: 0, producerEpoch: 0, baseSequence: 0 })).ok).toBe(true);
  });
});

describe('sizes and codecs', () => {
  test('a batch above max.message.bytes is too large, also after recompression', () => {
    const packed = smallBatch(1000, { codec: 'zstd' });
    expect(accepted(Buffer.from(packed), { maxMessageBytes: packed.length }).ok).toBe(true);
    expect(rejected(packed, { maxMessageBytes: packed.length - 1 }).error).toBe('MESSAGE_TOO_LARGE');
    const limits = { maxMessageBytes: packed.length, compressionType: 'uncompressed' } as const;
    expect(rejected(packed, limits).error).toBe('MESSAGE_TOO_LARGE');
  });

  test('a decompression bomb is too large', () => {
    for (const codec of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
      const bomb = withCodec(smallBatch(1), 0, Buffer.alloc(8_000_000), { codec });
      expect(rejected(bomb, { maxMessageBytes: bomb.length }).error).toBe('MESSAGE_TOO_LARGE');
    }
  });

  test('zstd is refused for old requests, and codecs that do not exist for all', () => {
    const type = 'UNSUPPORTED_COMPRESSION_TYPE';
    expect(rejected(smallBatch(1, { codec: 'zstd' }), { isZstdAllowed: false }).error).toBe(type);
    expect(accepted(smallBatch(1, { codec: 'lz4' }), { isZstdAllowed: false }).ok).toBe(true);
    expect(rejected(patched((b) => b.writeUInt8(5, batchHeader.FIELD.attributes + 1))).error).toBe(type);
  });

  test('compressed bytes that are none are an error that is not retried', () => {
    for (const codec of [1, 2, 3, 4]) {
      const sent = patched((b) => b.writeUInt8(codec, batchHeader.FIELD.attributes + 1));
      expect(rejected(sent).error).toBe('INVALID_RECORD');
    }
  });

  test('records that do not fill the batch are refused, packed or not', () => {
    const recordBytes = smallBatch(3).subarray(HEADER_BYTES);
    for (const codec of CODECS) {
      const longer = withCodec(smallBatch(3), 0, Buffer.concat([recordBytes, Buffer.of(0)]), { codec });
      expect(rejected(longer).error).toBe('INVALID_RECORD');
      const shorter = withCodec(smallBatch(3), 0, recordBytes.subarray(0, -1), { codec });
      expect(rejected(shorter).error).toBe('INVALID_RECORD');
    }
    expect(compress('none', recordBytes)).toBe(recordBytes);
  });
});

describe('timestamps', () => {
  test('more than the allowed time ahead is refused with the records named', () => {
    expect(accepted(timed(NOW, NOW + HOUR)).ok).toBe(true);
    const { error, recordErrors } = rejected(timed(NOW, NOW + HOUR + 1, NOW - HOUR, NOW + 2 * HOUR));
    expect(error).toBe('INVALID_TIMESTAMP');
    expect(recordErrors.map(({ batchIndex }) => batchIndex)).toEqual([1, 3]);
    const longest = BigInt(NOW) - (2n ** 63n - 1n);
    expect(recordErrors[0]?.message).toContain(`should be within [${longest}, ${NOW + HOUR}]`);
  });

  test('the past is open by default, and closed by its own limit', () => {
    expect(accepted(timed(0, NOW)).ok).toBe(true);
    const limits = { timestampBeforeMaxMs: HOUR };
    expect(accepted(timed(NOW - HOUR), limits).ok).toBe(true);
    expect(rejected(timed(NOW - HOUR - 1), limits).error).toBe('INVALID_TIMESTAMP');
  });

  test('no timestamp at all is allowed, but does not excuse the others', () => {
    const limits = { timestampBeforeMaxMs: HOUR };
    expect(batchHeader.maxTimestamp(accepted(timed(-1, -1), limits).batch, 0)).toBe(-1);
    expect(accepted(timed(-1, NOW), limits).ok).toBe(true);
    expect(rejected(timed(-1, 5, NOW), limits).recordErrors.map(({ batchIndex }) => batchIndex)).toEqual([1]);
  });

  test('under LogAppendTime any timestamp of the producer is fine', () => {
    expect(accepted(timed(NOW + 50 * HOUR, 0), { timestampType: 'LogAppendTime' }).ok).toBe(true);
  });

  test('a producer that sets LogAppendTime is refused where it would count, and put right where not', () => {
    const sent = smallBatch(2, { logAppendTimeMs: NOW + 7 });
    expect(rejected(Buffer.from(sent), { timestampType: 'LogAppendTime' }).error).toBe('INVALID_TIMESTAMP');
    expect(rejected(smallBatch(1, { logAppendTimeMs: -1 })).error).toBe('INVALID_TIMESTAMP');
    const { batch, logAppendTimeMs } = accepted(sent);
    expect(logAppendTimeMs).toBe(-1);
    expect(batchHeader.timestampType(batch, 0)).toBe('CreateTime');
    expect(batchHeader.isCrcValid(batch, 0)).toBe(true);
    expect(readRecords(batch, 0, 100_000).map(({ timestamp }) => timestamp)).toEqual([NOW, NOW + 1]);
  });

  test('one refused timestamp names the error of the whole batch', () => {
    const builder = new BatchBuilder();
    builder.append(NOW, null, null);
    builder.append(NOW + 2 * HOUR, Buffer.from('k'), null);
    const { error, recordErrors } = rejected(builder.build(), { isCompacted: true });
    expect(error).toBe('INVALID_TIMESTAMP');
    expect(recordErrors.map(({ batchIndex }) => batchIndex)).toEqual([0, 1]);
  });

  test('times that no number can hold are refused, not rounded', () => {
    const sent = patched((b) => b.writeBigInt64BE(2n ** 63n - 1n, batchHeader.FIELD.baseTimestamp));
    const limits = { timestampAfterMaxMs: Number.POSITIVE_INFINITY };
    expect(rejected(sent, limits).error).toBe('INVALID_TIMESTAMP');
  });
});

test('random bytes behind a valid header are refused without a crash', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 150 }),
      fc.nat({ max: 7 }),
      fc.integer({ min: 0, max: 3 }),
      (tail, codec, n) => {
        const sent = Buffer.concat([smallBatch(n + 1).subarray(0, HEADER_BYTES), tail]);
        sent.writeInt32BE(sent.length - 12, batchHeader.FIELD.batchLength);
        sent.writeUInt8(codec, batchHeader.FIELD.attributes + 1);
        batchHeader.setCrc(sent, 0);
        const outcome = validateProduced(sent, rules);
        if (outcome.ok)
          expect(readRecords(outcome.batch, 0, rules.maxDecompressedBytes).map(plain).length).toBe(n + 1);
      },
    ),
    { numRuns: 500 },
  );
});

/** The bytes of one record twice, so with the offset delta 0 twice. */
function repeatedRecord(): Buffer {
  const record = smallBatch(1).subarray(HEADER_BYTES);
  return Buffer.concat([record, record]);
}
