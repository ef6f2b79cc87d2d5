import { BatchCursor, batchHeader } from '../../kafka/records/index.ts';
import { CorruptLogError, OffsetOutOfRangeError } from './errors.ts';
import type { RottenBatches } from './scrub/rotten-batches.ts';
import type { Segment } from './segment.ts';

const EMPTY = Buffer.alloc(0);

/** What reading needs to know of a log. */
export interface ReadableLog {
  readonly segments: readonly Segment[];
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  /** End of what is in files. */
  readonly writtenOffset: number;
  /** What must not be served. */
  readonly rotten: Pick<RottenBatches, 'limit'>;
  /** End of what is durable, and where that is. */
  readonly durable: { readonly offset: number; readonly segment: Segment; readonly position: number };
}

/** What a reader wants: whole batches in [startOffset, endOffset), at most `maxBytes`, but the first all the same when `minOneBatch`. */
export interface ReadOptions {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly maxBytes: number;
  readonly minOneBatch: boolean;
}

interface ReadRange {
  readonly from: number;
  readonly to: number;
  readonly maxBytes: number;
  readonly minOneBatch: boolean;
}

/**
 * Reads whole batches from the one that holds `startOffset`, of one segment, into memory that comes from `allocate`.
 * Empty when there is nothing yet, or nothing small enough.
 * Throws {@link OffsetOutOfRangeError}, {@link CorruptLogError}, and the system's errors.
 */
export function readLog(log: ReadableLog, options: ReadOptions, allocate: (bytes: number) => Buffer): Buffer {
  const { startOffset, maxBytes, minOneBatch } = options;
  if (startOffset < log.logStartOffset || startOffset > log.logEndOffset) {
    throw new OffsetOutOfRangeError(startOffset, log.logStartOffset, log.logEndOffset);
  }
  const endOffset = log.rotten.limit(startOffset, Math.min(options.endOffset, log.writtenOffset));
  let index = log.segments.findLastIndex((segment) => segment.baseOffset <= startOffset);
  for (; startOffset < endOffset && index < log.segments.length; index++) {
    const segment = log.segments[index];
    if (segment === undefined || segment.baseOffset >= endOffset) break;
    const from = segment.positionOf(startOffset);
    const to = endPosition(log, index, endOffset);
    if (from < to) return readBatches(segment, { from, to, maxBytes, minOneBatch }, allocate);
  }
  return EMPTY;
}

/** Bytes from `startOffset` to `endOffset`; Infinity when they are not in one segment. Throws the system's errors. */
export function bytesBetween(log: ReadableLog, startOffset: number, endOffset: number): number {
  if (startOffset >= endOffset) return 0;
  const index = log.segments.findLastIndex((segment) => segment.baseOffset <= startOffset);
  const next = log.segments[index + 1];
  const segment = log.segments[index];
  if (segment === undefined || (next !== undefined && next.baseOffset < endOffset))
    return Number.POSITIVE_INFINITY;
  return Math.max(0, endPosition(log, index, endOffset) - segment.positionOf(startOffset));
}

function endPosition(log: ReadableLog, index: number, endOffset: number): number {
  const segment = log.segments[index];
  if (segment === undefined) return 0;
  const next = log.segments[index + 1];
  if (next !== undefined && next.baseOffset <= endOffset) return segment.writtenSize;
  const { durable } = log;
  if (segment === durable.segment && endOffset === durable.offset) return durable.position;
  return endOffset >= log.writtenOffset ? segment.writtenSize : segment.positionOf(endOffset);
}

/** A batch that is cut off by `maxBytes` is left out. */
function readBatches(segment: Segment, range: ReadRange, allocate: (bytes: number) => Buffer): Buffer {
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
  const header = readExactly(segment, range.from, Buffer.allocUnsafe(batchHeader.HEADER_BYTES));
  const { state, sizeInBytes } = firstOf(header);
  if (state === 'corrupt' || sizeInBytes === 0 || sizeInBytes > range.to - range.from) {
    throw new CorruptLogError(segment.path, range.from);
  }
  return readExactly(segment, range.from, allocate(sizeInBytes).subarray(0, sizeInBytes));
}

function firstOf(header: Buffer): BatchCursor {
  const cursor = new BatchCursor(header);
  cursor.next();
  return cursor;
}

function readExactly(segment: Segment, position: number, target: Buffer): Buffer {
  return target.subarray(0, segment.read(target, position));
}
