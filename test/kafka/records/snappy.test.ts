import { createRequire } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BoundedOutput } from '../../../kafka/records/compression/bounded-output.ts';
import { decodeSnappyBlock, readSnappyPreamble } from '../../../kafka/records/compression/snappy-block.ts';
import {
  CorruptRecordError,
  compress,
  DecompressionLimitError,
  decompress,
} from '../../../kafka/records/index.ts';

const native: typeof import('snappy') = createRequire(import.meta.url)('snappy');
const LIMIT = 1024 * 1024;
const words = fc
  .array(
    fc.constantFrom('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'offset', 'key', 'é', '0', 'abcabcabcabc'),
    {
      maxLength: 400,
    },
  )
  .map((list) => Buffer.from(list.join('')));

function decode(block: Buffer): Buffer {
  const { outputBytes, end } = readSnappyPreamble(block, 0, block.length);
  const output = new BoundedOutput(outputBytes, LIMIT);
  output.require(outputBytes);
  decodeSnappyBlock(block, end, block.length, output, outputBytes);
  return output.written();
}

test('our block decoder expands what the native package has compressed', () => {
  fc.assert(
    fc.property(words, (input) => {
      expect(decode(native.compressSync(input)).equals(input)).toBe(true);
    }),
  );
});

test('our block decoder reads every kind of element', () => {
  // 11 bytes: literal of 4, copy of 4 with a 1-byte offset, copy of 2 with a 2-byte, copy of 1 with a 4-byte offset.
  expect(decode(Buffer.from('0b0c6162636401040602000307000000', 'hex')).toString()).toBe('abcdabcdcdd');
  const literal = Buffer.alloc(70_000, 'q');
  const long = Buffer.concat([Buffer.from('f0a204f86f1101', 'hex'), literal]);
  expect(decode(long).equals(literal)).toBe(true);
});

test('our block decoder refuses random bytes and stays within what they declare', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (array) => {
      try {
        decode(Buffer.from(array));
      } catch (error) {
        expect([CorruptRecordError, DecompressionLimitError]).toContain((error as Error).constructor);
      }
    }),
    { numRuns: 500 },
  );
});

test('the framing is that of snappy-java with blocks of 32 KiB', () => {
  const packed = compress('snappy', Buffer.alloc(40_000, 'ab'));
  expect(packed.subarray(0, 16).toString('hex')).toBe('82534e41505059000000000100000001');
  const first = packed.readInt32BE(16);
  expect(native.uncompressSync(packed.subarray(20, 20 + first)).length).toBe(32_768);
  const second = packed.readInt32BE(20 + first);
  expect(20 + first + 4 + second).toBe(packed.length);
});

test('a raw block without framing is read, short or long', () => {
  for (const length of [0, 10, 100_000]) {
    const input = Buffer.alloc(length, 'raw block');
    expect(decompress('snappy', native.compressSync(input), LIMIT).equals(input)).toBe(true);
  }
});

test('a declared size is refused before anything is allocated for it', () => {
  // 2^32-1 bytes out of three: not possible. 900 KB out of 50 KB: possible, but above the limit.
  expect(() => decompress('snappy', Buffer.from('ffffffff0f000000', 'hex'), LIMIT)).toThrow(
    CorruptRecordError,
  );
  const bomb = native.compressSync(Buffer.alloc(900_000));
  expect(() => decompress('snappy', bomb, 899_999)).toThrow(DecompressionLimitError);
  const framed = compress('snappy', Buffer.alloc(900_000));
  expect(() => decompress('snappy', framed, 899_999)).toThrow(DecompressionLimitError);
});

test('a negative block size and an empty input are corrupt', () => {
  const header = Buffer.from('82534e41505059000000000100000001', 'hex');
  expect(() => decompress('snappy', Buffer.concat([header, Buffer.from('ffffffff', 'hex')]), LIMIT)).toThrow(
    CorruptRecordError,
  );
  expect(() => decompress('snappy', Buffer.alloc(0), LIMIT)).toThrow(CorruptRecordError);
});
