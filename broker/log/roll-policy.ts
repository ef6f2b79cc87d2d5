import { batchHeader } from '../../kafka/records/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Entropy } from '../../platform/entropy.ts';
import type { TopicConfig } from '../config/index.ts';
import type { Segment } from './segment.ts';

/** Relative offsets in an index are int32. */
const RELATIVE_OFFSET_MAX = 0x7fffffff;

/** When the next segment of a log begins. */
export class RollPolicy {
  readonly #platform: { readonly clock: Clock; readonly entropy: Entropy };
  #jitterMs = 0;
  #beganMs = 0;

  constructor(platform: { readonly clock: Clock; readonly entropy: Entropy }, config: TopicConfig) {
    this.#platform = platform;
    this.begin(config);
  }

  /** A segment becomes the active one: by a roll, or because the log was opened. */
  begin({ segmentJitterMs }: TopicConfig): void {
    const { clock, entropy } = this.#platform;
    this.#jitterMs = segmentJitterMs > 0 ? entropy.u32() % segmentJitterMs : 0;
    this.#beganMs = clock.now();
  }

  /**
   * Whether `batch`, which will begin at `baseOffset`, belongs in a new segment: by size, by age, because an index is full,
   * or because its offsets would not fit the index.
   */
  isDue(active: Segment, batch: Buffer, baseOffset: number, config: TopicConfig): boolean {
    if (active.size === 0) return false;
    const { segmentMs, cleanupPolicy, maxCompactionLagMs } = config;
    const rollMs = cleanupPolicy.compact ? Math.min(segmentMs, maxCompactionLagMs) : segmentMs;
    return (
      active.size + batch.length > config.segmentBytes ||
      this.#ageMs(active, batch) > rollMs - this.#jitterMs ||
      active.isIndexFull(config.segmentIndexBytes) ||
      baseOffset + batchHeader.lastOffsetDelta(batch, 0) - active.baseOffset > RELATIVE_OFFSET_MAX
    );
  }

  /** The time between messages; by the clock only when the first of them has no timestamp. */
  #ageMs(active: Segment, batch: Buffer): number {
    const first = active.firstTimestamp ?? -1;
    if (first < 0) return this.#platform.clock.now() - this.#beganMs;
    return batchHeader.maxTimestamp(batch, 0) - first;
  }
}
