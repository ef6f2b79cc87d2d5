import type { TopicConfig } from '../config/index.ts';

/** What retention looks at in a segment. */
export interface SegmentFacts {
  readonly baseOffset: number;
  /** Offset after the last record. */
  readonly endOffset: number;
  readonly size: number;
  /** Largest record timestamp, or the file's modification time when records have none. */
  readonly largestTimestamp: number;
}

/**
 * How many of the oldest segments may go: those below the log start offset, and those that `retention.bytes` or
 * `retention.ms` no longer wants when the policy deletes. Only a prefix, nothing at or above the high watermark, and not
 * a segment in which nothing was ever written.
 */
export function countDeletable(
  segments: readonly SegmentFacts[],
  config: TopicConfig,
  bounds: { readonly logStartOffset: number; readonly highWatermark: number; readonly nowMs: number },
): number {
  const bySize = excessBySize(segments, config);
  let count = 0;
  for (const [i, segment] of segments.entries()) {
    if (segment.endOffset > bounds.highWatermark || segment.endOffset === segment.baseOffset) break;
    const isBelowStart = segment.endOffset <= bounds.logStartOffset;
    const isOld = config.retentionMs >= 0 && bounds.nowMs - segment.largestTimestamp > config.retentionMs;
    const isExpired = config.cleanupPolicy.delete && (i < bySize || isOld);
    if (!isBelowStart && !isExpired) break;
    count += 1;
  }
  return count;
}

function excessBySize(segments: readonly SegmentFacts[], config: TopicConfig): number {
  if (config.retentionBytes < 0) return 0;
  let excess = segments.reduce((sum, segment) => sum + segment.size, 0) - config.retentionBytes;
  let count = 0;
  for (const segment of segments) {
    if (excess - segment.size < 0) break;
    excess -= segment.size;
    count += 1;
  }
  return count;
}
