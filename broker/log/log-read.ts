import { BatchCursor, batchHeader } from '../../kafka/records/index.ts';
import type { Segment } from './segment.ts';

const EMPTY = Buffer.alloc(0);

/** A stretch of a segment file and how much of it is wanted. */
export interface ReadRange {
  readonly from: number;
  readonly to: number;
  readonly maxBytes: number;
  readonly minOneBatch: boolean;
}

/**
 * Reads the whole batches in a stretch of a segment: at most `maxBytes`, but at least the first one when `minOneBatch`.
 * A batch that is cut off by `maxBytes` is left out. The memory comes from `allocate`.
 */
export function readBatches(segment: Segment, range: ReadRange, allocate: (bytes: number) => Buffer): Buffer {
  const wanted = Math.min(range.to - range.from, Math.max(range.maxBytes, 0));
  const bytes = wanted === 0 ? EMPTY : readExactly(segment, range.from, allocate(wanted).subarray(0, wanted));
  const cursor = new BatchCursor(bytes);
  let nextOffset = -1;
  while (cursor.next()) nextOffset = batchHeader.lastOffset(bytes, cursor.at) + 1;
  if (nextOffset >= 0) {
    segment.hint(nextOffset, range.from + cursor.at);
    return bytes.subarray(0, cursor.at);
  }
  return range.minOneBatch ? readFirstBatch(segment, range, allocate) : EMPTY;
}

function readFirstBatch(segment: Segment, range: ReadRange, allocate: (bytes: number) => Buffer): Buffer {
  const header = readExactly(segment, range.from, Buffer.allocUnsafe(batchHeader.LENGTH_PREFIX_BYTES));
  if (header.length < batchHeader.LENGTH_PREFIX_BYTES) return EMPTY;
  const size = batchHeader.sizeInBytes(header, 0);
  if (size > range.to - range.from) return EMPTY;
  return readExactly(segment, range.from, allocate(size).subarray(0, size));
}

function readExactly(segment: Segment, position: number, target: Buffer): Buffer {
  return target.subarray(0, segment.read(target, position));
}
