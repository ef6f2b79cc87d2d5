import { CorruptRecordError, DecompressionLimitError } from '../errors.ts';
import { BoundedOutput, Scratch } from './bounded-output.ts';
import { decodeLz4Block, LZ4_MALFORMED, type Lz4Block, measureLz4Block } from './lz4-block.ts';
import { type Lz4FrameHeader, readLz4FrameHeader } from './lz4-frame-header.ts';
import { giveBack, takeOver } from './native-memory.ts';
import { type BlockCodec, NATIVE_BYTES_MIN, NativePackage } from './native-package.ts';
import { xxHash32 } from './xxhash32.ts';

const FRAME_MAGIC = 0x184d2204;
const SKIPPABLE_MAGIC_MASK = 0xfffffff0;
const SKIPPABLE_MAGIC = 0x184d2a50;
const STORED_BIT = 0x8000_0000;
const BLOCK_BYTES = 64 * 1024;
/**
 * Version 1, independent blocks of at most 64 KiB, no sizes, no checksums: the only frame that Kafka's Java
 * reads everywhere.
 */
const WRITTEN_HEADER = Buffer.from('04224d18604082', 'hex');
/** One input byte of an LZ4 block can stand for at most this many output bytes. */
const EXPANSION_MAX = 255;

const input = new Scratch();

/** The package puts the uncompressed size, a little-endian uint32, in front of the raw block. */
const native = new NativePackage((require): BlockCodec => {
  const { compressSync, uncompressSync }: typeof import('lz4-napi') = require('lz4-napi');
  return {
    compress: (block) => compressSync(block),
    decompress: (block) => uncompressSync(block),
  };
});

/**
 * Compresses into one LZ4 frame of independent 64 KiB blocks, as Kafka's Java does.
 * Throws UnsupportedCodecError when the native package does not load.
 */
export function compressLz4(bytes: Buffer): Buffer {
  const { compress } = native.demand('lz4');
  const parts: Buffer[] = [WRITTEN_HEADER];
  const made: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const block = bytes.subarray(at, at + BLOCK_BYTES);
    const sized = compress(block);
    made.push(sized);
    const compressed = sized.subarray(4);
    const isStored = compressed.length >= block.length;
    const body = isStored ? block : compressed;
    parts.push(uint32(isStored ? body.length + STORED_BIT : body.length), body);
  }
  parts.push(uint32(0));
  const frame = Buffer.concat(parts);
  made.forEach(giveBack);
  return frame;
}

/**
 * Expands one or several LZ4 frames, skipping skippable ones: linked or independent blocks, stored blocks,
 * and every checksum that is there is checked. Throws {@link CorruptRecordError}, or
 * {@link DecompressionLimitError} before more than `maxOutputBytes` are allocated.
 */
export function decompressLz4(bytes: Buffer, maxOutputBytes: number, scratch?: Scratch): Buffer {
  const output = new BoundedOutput(bytes.length * 4, maxOutputBytes, scratch);
  let at = 0;
  do {
    at = readFrame(bytes, at, output);
  } while (at < bytes.length);
  return output.written();
}

function readFrame(bytes: Buffer, start: number, output: BoundedOutput): number {
  const frameMagic = readUint32(bytes, start);
  if ((frameMagic & SKIPPABLE_MAGIC_MASK) >>> 0 === SKIPPABLE_MAGIC) {
    return within(bytes, start + 8 + readUint32(bytes, start + 4));
  }
  if (frameMagic !== FRAME_MAGIC) throw new CorruptRecordError('lz4: no frame where one must begin');
  const header = readLz4FrameHeader(bytes, start + 4);
  const { contentBytes } = header;
  if (contentBytes !== undefined && output.length + contentBytes > output.limitBytes) {
    throw new DecompressionLimitError(output.limitBytes);
  }
  const frameStart = output.length;
  const at = readBlocks(bytes, header, output);
  if (contentBytes !== undefined && output.length - frameStart !== contentBytes) {
    throw new CorruptRecordError('lz4: the frame does not hold as many bytes as it declares');
  }
  if (!header.hasContentChecksum) return at;
  if (readUint32(bytes, at) !== xxHash32(output.buffer, frameStart, output.length)) {
    throw new CorruptRecordError('lz4: the content checksum of the frame is wrong');
  }
  return at + 4;
}

/** Reads blocks up to and including the end mark; returns the position after it. */
function readBlocks(bytes: Buffer, header: Lz4FrameHeader, output: BoundedOutput): number {
  const frameStart = output.length;
  let at = header.end;
  for (;;) {
    const word = readUint32(bytes, at);
    at += 4;
    if (word === 0) return at;
    const size = word % STORED_BIT;
    const end = within(bytes, at + size);
    if (size > header.blockBytesMax)
      throw new CorruptRecordError('lz4: a block is larger than its frame allows');
    if (word >= STORED_BIT) {
      output.require(size);
      output.length += bytes.copy(output.buffer, output.length, at, end);
    } else {
      const historyStart = header.isLinked ? frameStart : output.length;
      expandBlock({ source: bytes, start: at, end }, historyStart, header.blockBytesMax, output);
    }
    if (header.hasBlockChecksums && readUint32(bytes, end) !== xxHash32(bytes, at, end)) {
      throw new CorruptRecordError('lz4: the checksum of a block is wrong');
    }
    at = header.hasBlockChecksums ? end + 4 : end;
  }
}

/** Appends the expansion of one compressed block to `output`. */
function expandBlock(
  block: Lz4Block,
  historyStart: number,
  blockBytesMax: number,
  output: BoundedOutput,
): void {
  if (historyStart === output.length && expandNatively(block, blockBytesMax, output)) return;
  const bytes = measureLz4Block(block);
  if (bytes === LZ4_MALFORMED) throw new CorruptRecordError('lz4: a block is malformed');
  if (bytes > blockBytesMax)
    throw new CorruptRecordError('lz4: a block expands beyond what its frame allows');
  output.require(bytes);
  const end = decodeLz4Block(block, output.buffer, output.length, historyStart);
  if (end === LZ4_MALFORMED)
    throw new CorruptRecordError('lz4: a block refers to bytes before its beginning');
  output.length = end;
}

/** False when the native package is not there, not worth it, or refuses: then our own decoder knows why. */
function expandNatively(block: Lz4Block, blockBytesMax: number, output: BoundedOutput): boolean {
  const size = block.end - block.start;
  const codec = size < NATIVE_BYTES_MIN ? undefined : native.get();
  if (codec === undefined) return false;
  const room = Math.min(blockBytesMax, size * EXPANSION_MAX, output.limitBytes - output.length);
  try {
    const sized = input.take(4 + size).subarray(0, 4 + size);
    sized.writeUInt32LE(room);
    block.source.copy(sized, 4, block.start, block.end);
    const expanded = codec.decompress(sized);
    output.require(expanded.length);
    output.length += takeOver(expanded, output.buffer, output.length);
    return true;
  } catch {
    return false;
  }
}

function readUint32(bytes: Buffer, at: number): number {
  within(bytes, at + 4);
  return bytes.readUInt32LE(at);
}

function within(bytes: Buffer, end: number): number {
  if (end > bytes.length) throw new CorruptRecordError('lz4: the frame is cut off');
  return end;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
