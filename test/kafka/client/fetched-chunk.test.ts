import { describe, expect, test } from 'vitest';
import { type AbortedTransaction, FetchedChunk } from '../../../kafka/client/consumer/fetched-chunk.ts';
import {
  BatchBuilder,
  type BatchFields,
  buildEndTxnMarker,
  type Codec,
} from '../../../kafka/records/index.ts';

const source = { topic: 't', partition: 0 };
const options = { isCrcChecked: true, decompressedBytesMax: 1 << 20 };

function batchOf(
  baseOffset: number,
  values: readonly string[],
  fields: BatchFields = {},
  deltas?: number[],
): Buffer {
  const builder = new BatchBuilder();
  for (const [index, value] of values.entries()) {
    builder.append(0, null, Buffer.from(value), undefined, deltas?.[index] ?? index);
  }
  return builder.build({ baseOffset, ...fields });
}

const marker = (type: 'ABORT' | 'COMMIT', producerId: number, baseOffset: number) =>
  buildEndTxnMarker({ type, producerId, producerEpoch: 0, coordinatorEpoch: 0, timestamp: 0, baseOffset });

function chunkOf(
  bytes: Buffer,
  aborted?: readonly AbortedTransaction[],
  more: Partial<typeof options> = {},
): FetchedChunk {
  return new FetchedChunk(source, bytes, aborted, { ...options, ...more });
}

/** All that can be taken, as `offset=value`. */
function takeAll(chunk: FetchedChunk, position = 0, recordsMax = 100) {
  const taken = chunk.take(position, recordsMax);
  return {
    records: taken.records.map(({ offset, value }) => `${offset}=${value}`),
    nextOffset: taken.nextOffset,
    isDone: chunk.isDone,
  };
}

describe('a chunk', () => {
  test.each<Codec>(['none', 'gzip', 'snappy', 'lz4', 'zstd'])(
    'gives the records of its batches, packed with %s',
    (codec) => {
      const chunk = chunkOf(Buffer.concat([batchOf(5, ['a', 'b'], { codec }), batchOf(7, ['c'], { codec })]));
      expect(chunk.endOffset).toBe(8);
      expect(takeAll(chunk, 5)).toEqual({ records: ['5=a', '6=b', '7=c'], nextOffset: 8, isDone: true });
    },
  );

  test('leaves out records before the position, and whole batches', () => {
    const chunk = chunkOf(Buffer.concat([batchOf(0, ['a', 'b']), batchOf(2, ['c', 'd', 'e'])]));
    expect(takeAll(chunk, 3)).toEqual({ records: ['3=d', '4=e'], nextOffset: 5, isDone: true });
  });

  test('goes on within a batch where the last call stopped', () => {
    const chunk = chunkOf(batchOf(0, ['a', 'b', 'c', 'd', 'e']));
    expect(takeAll(chunk, 0, 2)).toEqual({ records: ['0=a', '1=b'], nextOffset: 2, isDone: false });
    expect(takeAll(chunk, 2, 2)).toEqual({ records: ['2=c', '3=d'], nextOffset: 4, isDone: false });
    expect(takeAll(chunk, 4, 2)).toEqual({ records: ['4=e'], nextOffset: 5, isDone: true });
  });

  test('passes the holes that compaction has left, inside a batch and at its end', () => {
    const chunk = chunkOf(batchOf(10, ['a', 'b'], { lastOffsetDelta: 9 }, [2, 5]));
    expect(takeAll(chunk, 10)).toEqual({ records: ['12=a', '15=b'], nextOffset: 20, isDone: true });
  });

  test('passes a batch that compaction has emptied', () => {
    const chunk = chunkOf(Buffer.concat([batchOf(0, [], { lastOffsetDelta: 3 }), batchOf(4, ['a'])]));
    expect(takeAll(chunk)).toEqual({ records: ['4=a'], nextOffset: 5, isDone: true });
  });

  test('ends before a batch that is cut off', () => {
    const chunk = chunkOf(Buffer.concat([batchOf(0, ['a']), batchOf(1, ['b']).subarray(0, 65)]));
    expect(chunk.endOffset).toBe(1);
    expect(takeAll(chunk)).toEqual({ records: ['0=a'], nextOffset: 1, isDone: true });
  });

  test('of no bytes is done', () => {
    const chunk = chunkOf(Buffer.alloc(0));
    expect([chunk.endOffset, chunk.isDone]).toEqual([-1, true]);
  });
});

describe('a damaged batch', () => {
  function damaged(): Buffer {
    const bytes = Buffer.concat([batchOf(0, ['a']), batchOf(1, ['b'])]);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 2) ^ 1, bytes.length - 2);
    return bytes;
  }

  test('is an error that says where it is, after the records before it were given', () => {
    const chunk = chunkOf(damaged());
    expect(takeAll(chunk)).toEqual({ records: ['0=a'], nextOffset: 1, isDone: false });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      expect(() => chunk.take(1, 10)).toThrow(/offset 1 of t-0 is wrong: seek to 2/);
    }
  });

  test('is passed over after a seek behind it', () => {
    const chunk = chunkOf(Buffer.concat([damaged(), batchOf(2, ['c'])]));
    expect(takeAll(chunk, 2)).toEqual({ records: ['2=c'], nextOffset: 3, isDone: true });
  });

  test('is not looked for when checksums are not checked', () => {
    expect(takeAll(chunkOf(damaged(), undefined, { isCrcChecked: false })).nextOffset).toBe(2);
  });

  test('that is no batch at all is an error at once', () => {
    expect(() => chunkOf(Buffer.alloc(100))).toThrow(expect.objectContaining({ code: 'RECORDS_CORRUPT' }));
    expect(() => chunkOf(batchOf(0, ['a']).subarray(0, 40))).toThrow(
      expect.objectContaining({ code: 'RECORDS_CORRUPT' }),
    );
  });

  test('that would expand to more than allowed is an error', () => {
    const chunk = chunkOf(batchOf(0, ['x'.repeat(10_000)], { codec: 'gzip' }), undefined, {
      decompressedBytesMax: 100,
    });
    expect(() => chunk.take(0, 10)).toThrow(expect.objectContaining({ code: 'RECORDS_DECOMPRESSION_LIMIT' }));
  });
});

describe('transactions', () => {
  const transactional = (producerId: number) => ({
    producerId,
    producerEpoch: 0,
    baseSequence: 0,
    isTransactional: true,
  });
  const bytes = Buffer.concat([
    batchOf(0, ['aborted'], transactional(1)),
    batchOf(1, ['committed'], transactional(2)),
    batchOf(2, ['aborted too'], transactional(1)),
    marker('ABORT', 1, 3),
    batchOf(4, ['plain'], { producerId: 1, producerEpoch: 0, baseSequence: 0 }),
    batchOf(5, ['again'], transactional(1)),
    marker('COMMIT', 2, 6),
    marker('COMMIT', 1, 7),
  ]);

  test('that were aborted are left out when only committed records are wanted', () => {
    expect(takeAll(chunkOf(bytes, [{ producerId: 1, firstOffset: 0 }]))).toEqual({
      records: ['1=committed', '4=plain', '5=again'],
      nextOffset: 8,
      isDone: true,
    });
  });

  test('count from the offset on at which they began', () => {
    expect(takeAll(chunkOf(bytes, [{ producerId: 1, firstOffset: 2 }])).records).toEqual([
      '0=aborted',
      '1=committed',
      '4=plain',
      '5=again',
    ]);
  });

  test('all count when everything is wanted, but for the markers', () => {
    expect(takeAll(chunkOf(bytes)).records).toEqual([
      '0=aborted',
      '1=committed',
      '2=aborted too',
      '4=plain',
      '5=again',
    ]);
  });

  test('leave a chunk of markers only without records, and its end is reached', () => {
    expect(takeAll(chunkOf(marker('COMMIT', 1, 9), []), 9)).toEqual({
      records: [],
      nextOffset: 10,
      isDone: true,
    });
  });
});
