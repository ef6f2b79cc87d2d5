import { constants, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CODECS,
  type Codec,
  CorruptRecordError,
  codecOf,
  compress,
  DecompressionLimitError,
  decompress,
  UnsupportedCodecError,
} from '../../../kafka/records/index.ts';

const LIMIT = 4 * 1024 * 1024;
const codecs = CODECS.filter((codec) => codec !== 'none');

/** Bytes that compress like records do: words of a small vocabulary, repeated. */
const text = fc
  .tuple(
    fc.array(fc.string({ minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 20 }),
    fc.infiniteStream(fc.nat()),
  )
  .chain(([words, stream]) =>
    fc
      .integer({ min: 0, max: 3000 })
      .map((length) => Buffer.from([...stream.take(length)].map((n) => words[n % words.length]).join(' '))),
  );
const random = fc.uint8Array({ maxLength: 2000 }).map((array) => Buffer.from(array));
const bytes = fc.oneof(text, random);

describe.each(codecs)('%s', (codec) => {
  test('what is compressed comes back, at exactly its size as the limit', () => {
    fc.assert(
      fc.property(bytes, (input) => {
        expect(decompress(codec, compress(codec, input), input.length).equals(input)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  test('blocks and streams of many kilobytes come back', () => {
    for (const length of [32_767, 32_768, 32_769, 65_536, 65_537, 300_001]) {
      const input = pattern(length);
      const packed = compress(codec, input);
      expect(packed.length).toBeLessThan(length);
      expect(decompress(codec, packed, LIMIT).equals(input)).toBe(true);
    }
  });

  test('one byte less than the output as limit is an error', () => {
    for (const length of [1, 100, 40_000, 200_000]) {
      const packed = compress(codec, pattern(length));
      expect(() => decompress(codec, packed, length - 1)).toThrow(DecompressionLimitError);
    }
  });

  test('a bomb stops at the limit', () => {
    const packed = compress(codec, Buffer.alloc(32 * 1024 * 1024));
    expect(() => decompress(codec, packed, 100_000)).toThrow(DecompressionLimitError);
  });

  test('input that is cut off at any byte is corrupt', () => {
    const packed = compress(codec, pattern(1500));
    for (let end = 0; end < packed.length; end += 1) {
      // The xerial framing has no end mark: a cut between blocks cannot be seen.
      if (codec === 'snappy' && end === 16) continue;
      expect(() => decompress(codec, packed.subarray(0, end), LIMIT)).toThrow(CorruptRecordError);
    }
  });

  test('flipped bits give other bytes or one of the two errors, never a crash', () => {
    const packed = compress(codec, pattern(600));
    for (let at = 0; at < packed.length; at += 1) {
      for (const bit of [0x01, 0x40, 0x80]) {
        const broken = Buffer.from(packed);
        broken.writeUInt8(broken.readUInt8(at) ^ bit, at);
        expectBytesOrTypedError(codec, broken);
      }
    }
  });

  test('random bytes give one of the two errors or bytes within the limit', () => {
    fc.assert(fc.property(random, (input) => expectBytesOrTypedError(codec, input)));
  });

  test('several streams in a row are one', () => {
    const [a, b] = [pattern(1000), pattern(70_000)];
    const both = Buffer.concat([compress(codec, a), compress(codec, b)]);
    expect(decompress(codec, both, LIMIT).equals(Buffer.concat([a, b]))).toBe(true);
    expect(() => decompress(codec, both, 70_999)).toThrow(DecompressionLimitError);
  });
});

test('none hands on the bytes themselves', () => {
  const input = Buffer.from('records');
  expect(compress('none', input)).toBe(input);
  expect(decompress('none', input, 0)).toBe(input);
});

test('codec ids are those of the attributes, and 5 to 7 are refused', () => {
  expect([0, 1, 2, 3, 4].map(codecOf)).toEqual(['none', 'gzip', 'snappy', 'lz4', 'zstd']);
  for (const id of [5, 6, 7]) expect(() => codecOf(id)).toThrow(UnsupportedCodecError);
});

test('levels of gzip and zstd change the size', () => {
  const input = pattern(100_000);
  expect(compress('gzip', input, 9).length).toBeLessThan(compress('gzip', input, 1).length);
  expect(compress('zstd', input, 19).length).toBeLessThan(compress('zstd', input, -50).length);
});

test('gzip written with a file name and zstd written as a stream without content size are read', () => {
  const input = pattern(5000);
  const gzip = gzipSync(input);
  const named = Buffer.concat([
    gzip.subarray(0, 3),
    Buffer.of(8),
    gzip.subarray(4, 10),
    Buffer.from('a\0'),
    gzip.subarray(10),
  ]);
  expect(decompress('gzip', named, LIMIT).equals(input)).toBe(true);
  const params = { [constants.ZSTD_c_contentSizeFlag]: 0, [constants.ZSTD_c_checksumFlag]: 1 };
  const unsized = zstdCompressSync(input, { params });
  expect(decompress('zstd', unsized, LIMIT).equals(input)).toBe(true);
  expect(() => decompress('zstd', unsized, 4999)).toThrow(DecompressionLimitError);
});

test('zstd with a declared size above the limit is refused by its header', () => {
  // Magic, single segment with an 8-byte content size of 2^40, one empty last block.
  const frame = Buffer.from('28b52ffde0000000000001000001 0000'.replaceAll(' ', ''), 'hex');
  expect(() => decompress('zstd', frame, LIMIT)).toThrow(DecompressionLimitError);
});

test('skippable zstd frames are skipped, at the beginning and at the end', () => {
  const input = pattern(500);
  const skippable = Buffer.from('5a2a4d1803000000aabbcc', 'hex');
  const packed = Buffer.concat([skippable, compress('zstd', input), skippable]);
  expect(decompress('zstd', packed, LIMIT).equals(input)).toBe(true);
  expect(() => decompress('zstd', Buffer.concat([packed, Buffer.of(1)]), LIMIT)).toThrow(CorruptRecordError);
});

/** Words in an order that does not repeat soon: compresses to about a third. */
function pattern(length: number): Buffer {
  const buffer = Buffer.alloc(length);
  const words = ['millrace ', 'partition ', 'offset=', 'leader ', '0123456789 ', 'epoch:', 'x'];
  let seed = 12_345;
  for (let at = 0; at < length; ) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    const word = words[(seed >>> 16) % words.length] ?? '';
    at += buffer.write(`${word}${(seed >>> 8) % 97}`, at);
  }
  return buffer;
}

function expectBytesOrTypedError(codec: Codec, input: Buffer): void {
  try {
    expect(decompress(codec, input, 50_000).length).toBeLessThanOrEqual(50_000);
  } catch (error) {
    expect([CorruptRecordError, DecompressionLimitError]).toContain((error as Error).constructor);
  }
}
