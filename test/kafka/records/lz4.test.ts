import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeLz4Block,
  LZ4_MALFORMED,
  measureLz4Block,
} from '../../../kafka/records/compression/lz4-block.ts';
import { xxHash32 } from '../../../kafka/records/compression/xxhash32.ts';
import {
  CorruptRecordError,
  compress,
  DecompressionLimitError,
  decompress,
} from '../../../kafka/records/index.ts';

const native: typeof import('lz4-napi') = createRequire(import.meta.url)('lz4-napi');
const LIMIT = 1024 * 1024;
const MAGIC = '04224d18';
const words = fc
  .array(
    fc.constantFrom('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'offset', 'key', 'é', '0', 'abcabcabcabc'),
    {
      maxLength: 400,
    },
  )
  .map((list) => Buffer.from(list.join('')));

test('xxHash32 has its published values', () => {
  const hash = (text: string) => xxHash32(Buffer.from(text), 0, text.length);
  expect(hash('')).toBe(0x02cc5d05);
  expect(hash('a')).toBe(0x550d7456);
  expect(hash('Nobody inspects the spammish repetition')).toBe(0xe2293b2f);
});

describe('our block decoder', () => {
  test('measures and expands what the native package has compressed', () => {
    fc.assert(
      fc.property(words, (input) => {
        const source = native.compressSync(input);
        const block = { source, start: 4, end: source.length };
        expect(measureLz4Block(block)).toBe(input.length);
        const target = Buffer.alloc(input.length + 20, 0xee);
        expect(decodeLz4Block(block, target, 10, 10)).toBe(input.length + 10);
        expect(target.subarray(10, -10).equals(input)).toBe(true);
        expect(target.subarray(-10).every((byte) => byte === 0xee)).toBe(true);
      }),
    );
  });

  test('never measures or expands random bytes beyond what it measured', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (array) => {
        const block = { source: Buffer.from(array), start: 0, end: array.length };
        const bytes = measureLz4Block(block);
        if (bytes === LZ4_MALFORMED || bytes > LIMIT) return;
        const target = Buffer.alloc(bytes + 8, 0xee);
        const end = decodeLz4Block(block, target, 0, 0);
        expect(end === LZ4_MALFORMED || end === bytes).toBe(true);
        expect(target.subarray(bytes).every((byte) => byte === 0xee)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

test('frames are written as Kafka writes them: independent 64 KiB blocks, no sizes, no checksums', () => {
  const frame = compress('lz4', Buffer.alloc(150_000, 'ab'));
  expect(frame.subarray(0, 7).toString('hex')).toBe(`${MAGIC}604082`);
  expect(frame.subarray(-4).readUInt32LE()).toBe(0);
  expect(native.decompressFrameSync(frame).equals(Buffer.alloc(150_000, 'ab'))).toBe(true);
});

test('bytes that do not compress are stored', () => {
  const input = Buffer.from(Array.from({ length: 256 }, (_, i) => (i * 167) & 0xff));
  const frame = compress('lz4', input);
  expect(frame.length).toBe(7 + 4 + input.length + 4);
  expect(decompress('lz4', frame, input.length).equals(input)).toBe(true);
});

test('frames of the native package with all checksums are read, and each checksum is checked', () => {
  const input = Buffer.from('checksums '.repeat(300));
  const frame = native.compressFrameSync(input, { blockChecksums: true, contentChecksum: true });
  expect(decompress('lz4', frame, LIMIT).equals(input)).toBe(true);
  for (const fromEnd of [1, 9]) {
    const broken = Buffer.from(frame);
    broken.writeUInt8(broken.readUInt8(frame.length - fromEnd) ^ 1, frame.length - fromEnd);
    expect(() => decompress('lz4', broken, LIMIT)).toThrow(CorruptRecordError);
  }
});

test('linked blocks refer to the block before', () => {
  const stored = block(Buffer.from('abcdefgh'), true);
  // No literal, a match of 8 at distance 8; then one literal and the end.
  const linked = block(Buffer.from('0408001078', 'hex'), false);
  expect(decompress('lz4', frameOf('4040', [stored, linked]), LIMIT).toString()).toBe('abcdefghabcdefghx');
  expect(() => decompress('lz4', frameOf('6040', [stored, linked]), LIMIT)).toThrow(CorruptRecordError);
});

test('a declared content size is checked against the limit and against the content', () => {
  const stored = block(Buffer.from('abcdefgh'), true);
  expect(decompress('lz4', frameOf('68400800000000000000', [stored]), LIMIT).toString()).toBe('abcdefgh');
  expect(() => decompress('lz4', frameOf('68400900000000000000', [stored]), LIMIT)).toThrow(
    CorruptRecordError,
  );
  expect(() => decompress('lz4', frameOf('68400000000000000100', [stored]), LIMIT)).toThrow(
    DecompressionLimitError,
  );
});

test('skippable frames are skipped', () => {
  const input = Buffer.from('content');
  const skippable = Buffer.from('5f2a4d1802000000ffff', 'hex');
  const packed = Buffer.concat([skippable, compress('lz4', input), skippable]);
  expect(decompress('lz4', packed, LIMIT).equals(input)).toBe(true);
});

test('other versions, dictionaries, reserved bits, block sizes and header checksums are refused', () => {
  const stored = [block(Buffer.from('abcdefgh'), true)];
  for (const descriptor of ['a040', '2040', '6140', '6240', '6030', '60c0', '6041']) {
    expect(() => decompress('lz4', frameOf(descriptor, stored), LIMIT)).toThrow(CorruptRecordError);
  }
  const wrongChecksum = frameOf('6040', stored);
  wrongChecksum.writeUInt8(0, 6);
  expect(() => decompress('lz4', wrongChecksum, LIMIT)).toThrow(CorruptRecordError);
});

test('a block larger than the frame allows, before or after expanding, is refused', () => {
  const large = block(Buffer.alloc(65_537), true);
  expect(() => decompress('lz4', frameOf('6040', [large]), LIMIT)).toThrow(CorruptRecordError);
  const zeros = native.compressSync(Buffer.alloc(70_000)).subarray(4);
  expect(() => decompress('lz4', frameOf('6040', [block(zeros, false)]), LIMIT)).toThrow(CorruptRecordError);
  expect(decompress('lz4', frameOf('6050', [block(zeros, false)]), LIMIT).length).toBe(70_000);
});

function block(body: Buffer, isStored: boolean): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(body.length + (isStored ? 2 ** 31 : 0));
  return Buffer.concat([size, body]);
}

function frameOf(descriptorHex: string, blocks: readonly Buffer[]): Buffer {
  const descriptor = Buffer.from(descriptorHex, 'hex');
  const checksum = Buffer.of((xxHash32(descriptor, 0, descriptor.length) >>> 8) & 0xff);
  return Buffer.concat([Buffer.from(MAGIC, 'hex'), descriptor, checksum, ...blocks, Buffer.alloc(4)]);
}
