import { CorruptRecordError } from '../errors.ts';
import { xxHash32 } from './xxhash32.ts';

/** What the descriptor of an LZ4 frame says; `end` is where the first block begins. */
export interface Lz4FrameHeader {
  readonly isLinked: boolean;
  readonly hasBlockChecksums: boolean;
  readonly hasContentChecksum: boolean;
  readonly blockBytesMax: number;
  readonly contentBytes: number | undefined;
  readonly end: number;
}

const FLAG = {
  version: 0xc0,
  version1: 0x40,
  independent: 0x20,
  blockChecksums: 0x10,
  contentSize: 0x08,
  contentChecksum: 0x04,
  reserved: 0x02,
  dictionary: 0x01,
} as const;

/**
 * Reads the frame descriptor that follows the magic, checksum included. Throws {@link CorruptRecordError}
 * when it is cut off, not version 1, or asks for a dictionary. Source: the LZ4 frame format description 1.6.
 */
export function readLz4FrameHeader(bytes: Buffer, start: number): Lz4FrameHeader {
  if (start + 3 > bytes.length) throw new CorruptRecordError('lz4: the frame header is cut off');
  const flags = bytes.readUInt8(start);
  if ((flags & FLAG.version) !== FLAG.version1 || (flags & (FLAG.reserved | FLAG.dictionary)) !== 0) {
    throw new CorruptRecordError('lz4: the frame has an unknown version or needs a dictionary');
  }
  const hasContentSize = (flags & FLAG.contentSize) !== 0;
  const checksumAt = start + (hasContentSize ? 10 : 2);
  if (checksumAt >= bytes.length) throw new CorruptRecordError('lz4: the frame header is cut off');
  if (bytes.readUInt8(checksumAt) !== ((xxHash32(bytes, start, checksumAt) >>> 8) & 0xff)) {
    throw new CorruptRecordError('lz4: the checksum of the frame header is wrong');
  }
  return {
    isLinked: (flags & FLAG.independent) === 0,
    hasBlockChecksums: (flags & FLAG.blockChecksums) !== 0,
    hasContentChecksum: (flags & FLAG.contentChecksum) !== 0,
    blockBytesMax: blockBytesMax(bytes.readUInt8(start + 1)),
    contentBytes: hasContentSize ? readContentSize(bytes, start + 2) : undefined,
    end: checksumAt + 1,
  };
}

/** The descriptor's block size codes 4 to 7 stand for 64 KiB, 256 KiB, 1 MiB and 4 MiB. */
function blockBytesMax(descriptor: number): number {
  const code = descriptor >>> 4;
  if ((descriptor & 0x8f) !== 0 || code < 4) throw new CorruptRecordError('lz4: the block size is not valid');
  return 2 ** (8 + 2 * code);
}

/** Little-endian uint64. Above 2^53 it is inexact, and above every limit anyway. */
function readContentSize(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 0x1_0000_0000;
}
