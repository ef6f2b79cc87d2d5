import { batchHeader, readRecords } from '../../kafka/records/index.ts';
import type { PartitionLog } from './partition-log.ts';
import type { Segment } from './segment.ts';

/** A batch in the log was expanded once when it was checked, so this bounds only what rot could make of it. */
const OUTPUT_BYTES_MAX = 1 << 30;

/** A record found by its timestamp. */
export interface TimestampedOffset {
  readonly offset: number;
  readonly timestamp: number;
  readonly leaderEpoch: number;
}

/** The first record below `endOffset` with a timestamp of at least `timestamp` (ListOffsets). */
export function findOffsetByTimestamp(
  log: PartitionLog,
  timestamp: number,
  endOffset: number,
): TimestampedOffset | undefined {
  for (const segment of log.segments) {
    if (segment.largestTimestamp < timestamp) continue;
    const from = segment.positionForTimestamp(timestamp);
    const found = scanFor(segment, from, endOffset, (buffer, at) => {
      if (batchHeader.maxTimestamp(buffer, at) < timestamp) return undefined;
      return firstRecord(buffer, at, (each) => each.timestamp >= timestamp && each.offset >= log.logStartOffset);
    });
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The first record below `endOffset` that has the largest timestamp of all (ListOffsets MAX_TIMESTAMP, KIP-734). */
export function findLargestTimestamp(log: PartitionLog, endOffset: number): TimestampedOffset | undefined {
  let largest: Segment | undefined;
  for (const segment of log.segments) {
    if (segment.size > 0 && segment.largestTimestamp > (largest?.largestTimestamp ?? -1)) largest = segment;
  }
  if (largest === undefined) return undefined;
  const timestamp = largest.largestTimestamp;
  return scanFor(largest, largest.positionForTimestamp(timestamp), endOffset, (buffer, at) =>
    batchHeader.maxTimestamp(buffer, at) < timestamp
      ? undefined
      : firstRecord(buffer, at, (each) => each.timestamp >= timestamp),
  );
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

function firstRecord(
  buffer: Buffer,
  at: number,
  matches: (record: { offset: number; timestamp: number }) => boolean,
): TimestampedOffset | undefined {
  const leaderEpoch = batchHeader.leaderEpoch(buffer, at);
  for (const record of readRecords(buffer, at, OUTPUT_BYTES_MAX)) {
    if (matches(record)) return { offset: record.offset, timestamp: record.timestamp, leaderEpoch };
  }
  return undefined;
}
