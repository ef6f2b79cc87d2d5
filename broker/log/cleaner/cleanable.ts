import type { PartitionLog } from '../partition-log.ts';
import type { Segment } from '../segment.ts';

/** What there is to clean in a log. */
export interface Cleanable {
  readonly log: PartitionLog;
  /** Offset up to which the log was cleaned before. */
  readonly firstDirtyOffset: number;
  /** Offset from which on the log must be left alone. */
  readonly firstUncleanableOffset: number;
  /** Bytes not cleaned yet as a share of all that may be cleaned. */
  readonly dirtyRatio: number;
  /** Whether `max.compaction.lag.ms` has run out for a record. */
  readonly isOverdue: boolean;
}

/**
 * Looks at a compacted log as Kafka's cleaner does; `checkpoint` is where the last cleaning ended. The active segment,
 * what is not durable or not decided (B37), and segments younger than `min.compaction.lag.ms` are left alone.
 */
export function examine(log: PartitionLog, checkpoint: number, nowMs: number): Cleanable {
  const { minCompactionLagMs, maxCompactionLagMs } = log.config;
  const activeBase = log.activeSegment.baseOffset;
  const isUsable = checkpoint >= log.logStartOffset && checkpoint <= activeBase;
  const firstDirtyOffset = isUsable ? checkpoint : log.logStartOffset;
  const tooYoung =
    minCompactionLagMs > 0
      ? log.segments.find((segment) => segment.largestTimestamp > nowMs - minCompactionLagMs)
      : undefined;
  const notDurable = log.segments.find((_, i) => endOf(log, log.segments, i) > log.durableOffset);
  const unstable = log.segments.findLast((segment) => segment.baseOffset <= log.firstUnstableOffset);
  const firstUncleanableOffset = Math.min(
    activeBase,
    unstable?.baseOffset ?? activeBase,
    notDurable?.baseOffset ?? activeBase,
    tooYoung?.baseOffset ?? activeBase,
  );
  const closed = log.segments.filter((segment) => segment.baseOffset < firstUncleanableOffset);
  const dirty = closed.filter((_, i) => endOf(log, closed, i) > firstDirtyOffset);
  const dirtyBytes = bytesOf(dirty);
  const totalBytes = bytesOf(closed);
  const oldest = Math.min(nowMs, ...dirty.map((segment) => segment.firstTimestamp ?? nowMs));
  return {
    log,
    firstDirtyOffset,
    firstUncleanableOffset,
    dirtyRatio: totalBytes === 0 ? 0 : dirtyBytes / totalBytes,
    isOverdue: dirtyBytes > 0 && nowMs - oldest > maxCompactionLagMs,
  };
}

/** Whether it is time to clean: past `min.cleanable.dirty.ratio` or overdue, with something dirty at all. */
export function isDue({
  log,
  firstDirtyOffset,
  firstUncleanableOffset,
  dirtyRatio,
  isOverdue,
}: Cleanable): boolean {
  const hasDirt = firstUncleanableOffset > firstDirtyOffset;
  return hasDirt && (isOverdue || dirtyRatio > log.config.minCleanableDirtyRatio);
}

function endOf(log: PartitionLog, segments: readonly Segment[], index: number): number {
  return segments[index + 1]?.baseOffset ?? log.activeSegment.baseOffset;
}

function bytesOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, segment) => sum + segment.writtenSize, 0);
}
