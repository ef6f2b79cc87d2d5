import { CorruptRecordError } from '../errors.ts';
import { BoundedOutput, type Scratch } from './bounded-output.ts';
import { giveBack, takeOver } from './native-memory.ts';
import { type BlockCodec, NATIVE_BYTES_MIN, NativePackage } from './native-package.ts';
import { decodeSnappyBlock, readSnappyPreamble } from './snappy-block.ts';

const XERIAL_MAGIC = Buffer.from('82534e4150505900', 'hex');
/** The magic, then version 1 and compatible-with version 1. */
const XERIAL_HEADER = Buffer.concat([XERIAL_MAGIC, Buffer.from('0000000100000001', 'hex')]);
/** Block size of snappy-java, and so of Kafka. */
const BLOCK_BYTES = 32 * 1024;

const native = new NativePackage((require): BlockCodec => {
  const { compressSync, uncompressSync }: typeof import('snappy') = require('snappy');
  // Memory outside V8's heap would cost more to register than these 32 KiB cost to copy.
  return {
    compress: (block) => compressSync(block, { copyOutputData: true }),
    decompress: (block) => uncompressSync(block, { copyOutputData: true, asBuffer: true }) as Buffer,
  };
});

/**
 * Compresses into the framing of snappy-java (xerial) with 32 KiB blocks, as Kafka does.
 * Throws UnsupportedCodecError when the native package does not load.
 */
export function compressSnappy(bytes: Buffer): Buffer {
  const { compress } = native.demand('snappy');
  const parts: Buffer[] = [XERIAL_HEADER];
  const made: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += BLOCK_BYTES) {
    const block = compress(bytes.subarray(at, at + BLOCK_BYTES));
    const size = Buffer.allocUnsafe(4);
    size.writeInt32BE(block.length);
    parts.push(size, block);
    made.push(block);
  }
  const framed = Buffer.concat(parts);
  made.forEach(giveBack);
  return framed;
}

/**
 * Expands xerial framing, one stream or several in a row, or a single raw block without framing (librdkafka).
 * Throws {@link CorruptRecordError}, or DecompressionLimitError before more than `maxOutputBytes` are
 * allocated.
 */
export function decompressSnappy(bytes: Buffer, maxOutputBytes: number, scratch?: Scratch): Buffer {
  const output = new BoundedOutput(bytes.length * 3, maxOutputBytes, scratch);
  if (isXerialHeader(bytes, 0)) expandFramed(bytes, output);
  else expandBlock(bytes, 0, bytes.length, output);
  return output.written();
}

function expandFramed(bytes: Buffer, output: BoundedOutput): void {
  let at = 0;
  while (at < bytes.length) {
    if (isXerialHeader(bytes, at)) {
      at += XERIAL_HEADER.length;
      continue;
    }
    const start = at + 4;
    const size = start > bytes.length ? -1 : bytes.readInt32BE(at);
    if (size < 0 || start + size > bytes.length) throw new CorruptRecordError('snappy: a block is cut off');
    expandBlock(bytes, start, start + size, output);
    at = start + size;
  }
}

function expandBlock(source: Buffer, start: number, end: number, output: BoundedOutput): void {
  const preamble = readSnappyPreamble(source, start, end);
  output.require(preamble.outputBytes);
  const codec = end - start < NATIVE_BYTES_MIN ? undefined : native.get();
  if (codec === undefined) {
    decodeSnappyBlock(source, preamble.end, end, output, preamble.outputBytes);
    return;
  }
  try {
    const expanded = codec.decompress(source.subarray(start, end));
    output.length += takeOver(expanded, output.buffer, output.length);
  } catch (cause) {
    throw new CorruptRecordError('snappy: a block is malformed', { cause });
  }
}

function isXerialHeader(bytes: Buffer, at: number): boolean {
  const end = at + XERIAL_MAGIC.length;
  return (
    at + XERIAL_HEADER.length <= bytes.length &&
    bytes.compare(XERIAL_MAGIC, 0, XERIAL_MAGIC.length, at, end) === 0
  );
}
