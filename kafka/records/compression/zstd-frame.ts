import { CorruptRecordError } from '../errors.ts';

const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC_MASK = 0xfffffff0;
const SKIPPABLE_MAGIC = 0x184d2a50;
const MAGIC_BYTES = 4;
const BLOCK_HEADER_BYTES = 3;

/** One frame in a sequence of zstd frames. */
export interface ZstdFrame {
  readonly isSkippable: boolean;
  /** Size of the content when the frame declares it. */
  readonly contentBytes: number | undefined;
  readonly end: number;
}

/**
 * Finds the end of the zstd frame at `start` by its block headers, without expanding anything.
 * Throws {@link CorruptRecordError} when there is none or it is cut off. Source: RFC 8878 §3.1.
 */
export function readZstdFrame(bytes: Buffer, start: number): ZstdFrame {
  within(bytes, start + MAGIC_BYTES + 1);
  const magic = bytes.readUInt32LE(start);
  if ((magic & SKIPPABLE_MAGIC_MASK) >>> 0 === SKIPPABLE_MAGIC) {
    within(bytes, start + 8);
    const end = within(bytes, start + 8 + bytes.readUInt32LE(start + 4));
    return { isSkippable: true, contentBytes: undefined, end };
  }
  if (magic !== FRAME_MAGIC) throw new CorruptRecordError('zstd: no frame where one must begin');
  const descriptor = bytes.readUInt8(start + MAGIC_BYTES);
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const dictionaryIdBytes = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const contentSizeAt = start + MAGIC_BYTES + 1 + (isSingleSegment ? 0 : 1) + dictionaryIdBytes;
  const contentSizeBytes = [isSingleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6] ?? 0;
  within(bytes, contentSizeAt + contentSizeBytes);
  const blocksEnd = skipBlocks(bytes, contentSizeAt + contentSizeBytes);
  const hasChecksum = (descriptor & 0x04) !== 0;
  return {
    isSkippable: false,
    contentBytes: readContentSize(bytes, contentSizeAt, contentSizeBytes),
    end: within(bytes, hasChecksum ? blocksEnd + 4 : blocksEnd),
  };
}

function skipBlocks(bytes: Buffer, start: number): number {
  let at = start;
  for (;;) {
    within(bytes, at + BLOCK_HEADER_BYTES);
    const header = bytes.readUIntLE(at, BLOCK_HEADER_BYTES);
    const isRunLength = ((header >>> 1) & 3) === 1;
    at = within(bytes, at + BLOCK_HEADER_BYTES + (isRunLength ? 1 : header >>> 3));
    if ((header & 1) === 1) return at;
  }
}

function readContentSize(bytes: Buffer, at: number, size: number): number | undefined {
  switch (size) {
    case 0:
      return undefined;
    case 1:
      return bytes.readUInt8(at);
    case 2:
      return bytes.readUInt16LE(at) + 256;
    case 4:
      return bytes.readUInt32LE(at);
    default:
      return bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 0x1_0000_0000;
  }
}

function within(bytes: Buffer, end: number): number {
  if (end > bytes.length) throw new CorruptRecordError('zstd: the frame is cut off');
  return end;
}
