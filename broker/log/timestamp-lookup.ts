import { batchHeader, readRecords } from '../../kafka/records/index.ts';
import type { PartitionLog } from './partition-log.ts';
import type { Segment } from './segment.ts';

/** A batch in the log was expanded once when it was checked, so this bounds only what rot could make of it. */
const OUTPUT_BYTES_MAX = 1 << 30;

/** Below the -1 of a record without a timestamp: where there are no others, the first of those is the largest. */
const BELOW_ALL = -2;

/** A record found by its timestamp. */
export interface TimestampedOffset {
  readonly offset: number;
  readonly timestamp: number;
  readonly leaderEpoch: number;
}

/**
 * The first record below `endOffset` with a timestamp of at least `timestamp` (ListOffsets).
 * Throws as {@link PartitionLog.guard} does.
 */
export function findOffsetByTimestamp(
  log: PartitionLog,
  timestamp: number,
  endOffset: number,
): TimestampedOffset | undefined {
  return log.guard(() => {
    for (const segment of log.segments) {
      if (segment.largestTimestamp < timestamp) continue;
      const from = segment.positionForTimestamp(timestamp);
      const found = scanFor(segment, from, endOffset, (buffer, at) =>
        firstRecord(log, buffer, at, timestamp),
      );
      if (found !== undefined) return found;
    }
    return undefined;
  });
}

/**
 * The first record below `endOffset` that has the largest timestamp of all (ListOffsets MAX_TIMESTAMP, KIP-734).
 * Throws as {@link PartitionLog.guard} does.
 */
export function findLargestTimestamp(log: PartitionLog, endOffset: number): TimestampedOffset | undefined {
  return log.guard(() => {
    let largest: TimestampedOffset | undefined;
    for (const segment of log.segments) {
      if (segment.writtenSize === 0 || segment.largestTimestamp <= (largest?.timestamp ?? BELOW_ALL))
        continue;
      const found = largestOf(log, segment, endOffset);
      if (found !== undefined && found.timestamp > (largest?.timestamp ?? BELOW_ALL)) largest = found;
    }
    return largest;
  });
}

function largestOf(log: PartitionLog, segment: Segment, endOffset: number): TimestampedOffset | undefined {
  const timestamp = segment.largestTimestamp;
  const isVisible = segment.offsetOfLargestTimestamp < endOffset;
  const found = isVisible
    ? scanFor(segment, segment.positionForTimestamp(timestamp), endOffset, (buffer, at) =>
        firstRecord(log, buffer, at, timestamp),
      )
    : undefined;
  // Else it is not visible yet, below the log start, or compaction has left its batch without records.
  return found ?? largestByScan(log, segment, endOffset);
}

function largestByScan(
  log: PartitionLog,
  segment: Segment,
  endOffset: number,
): TimestampedOffset | undefined {
  let largest: TimestampedOffset | undefined;
  scanFor(segment, 0, endOffset, (buffer, at) => {
    if (batchHeader.maxTimestamp(buffer, at) <= (largest?.timestamp ?? BELOW_ALL)) return undefined;
    const leaderEpoch = batchHeader.leaderEpoch(buffer, at);
    for (const { offset, timestamp } of readRecords(buffer, at, OUTPUT_BYTES_MAX)) {
      const isInRange = offset >= log.logStartOffset && offset < endOffset;
      if (isInRange && timestamp > (largest?.timestamp ?? BELOW_ALL))
        largest = { offset, timestamp, leaderEpoch };
    }
    return undefined;
  });
  return largest;
}

function scanFor(
  segment: Segment,
  from: number,
  endOffset: number,
  find: (buffer: Buffer, at: number) => TimestampedOffset | undefined,
): TimestampedOffset | undefined {
  let found: TimestampedOffset | undefined;
  segment.scan({ from }, (buffer, at) => {
    if (batchHeader.baseOffset(buffer, at) >= endOffset) return false;
    found = find(buffer, at);
    return found === undefined;
  });
  return found !== undefined && found.offset < endOffset ? found : undefined;
}

/** The first record of a batch, at or above the log start, with a timestamp of at least `timestamp`. */
function firstRecord(
  log: PartitionLog,
  buffer: Buffer,
  at: number,
  timestamp: number,
): TimestampedOffset | undefined {
  if (batchHeader.maxTimestamp(buffer, at) < timestamp) return undefined;
  const leaderEpoch = batchHeader.leaderEpoch(buffer, at);
  for (const record of readRecords(buffer, at, OUTPUT_BYTES_MAX)) {
    if (record.timestamp >= timestamp && record.offset >= log.logStartOffset) {
      return { offset: record.offset, timestamp: record.timestamp, leaderEpoch };
    }
  }
  return undefined;
}
