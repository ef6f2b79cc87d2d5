import { batchHeader } from '../../kafka/records/index.ts';
import type { TopicConfig } from '../config/index.ts';
import type { Segment } from './segment.ts';

/** Relative offsets in an index are int32. */
const RELATIVE_OFFSET_MAX = 0x7fffffff;

/**
 * Whether `batch`, which will begin at `baseOffset`, belongs in a new segment: by size, by the time between messages
 * (the clock has no part in it), because an index is full, or because its offsets would not fit the index.
 */
export function isRollDue(
  active: Segment,
  batch: Buffer,
  config: TopicConfig,
  { baseOffset, jitterMs }: { readonly baseOffset: number; readonly jitterMs: number },
): boolean {
  if (active.size === 0) return false;
  const { segmentMs, cleanupPolicy, maxCompactionLagMs } = config;
  const rollMs = cleanupPolicy.compact ? Math.min(segmentMs, maxCompactionLagMs) : segmentMs;
  const first = active.firstTimestamp ?? -1;
  const timestamp = batchHeader.maxTimestamp(batch, 0);
  const ageMs = first >= 0 && timestamp >= 0 ? timestamp - first : 0;
  return (
    active.size + batch.length > config.segmentBytes ||
    ageMs > rollMs - jitterMs ||
    active.isIndexFull(config.segmentIndexBytes) ||
    baseOffset + batchHeader.lastOffsetDelta(batch, 0) - active.baseOffset > RELATIVE_OFFSET_MAX
  );
}
