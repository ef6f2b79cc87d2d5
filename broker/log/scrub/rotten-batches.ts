import { CorruptLogError } from '../errors.ts';
import type { Segment } from '../segment.ts';

/** A stretch of a segment that cannot be what was written: one batch, or all from where no batch can be told any more. */
export interface RottenRange {
  readonly position: number;
  readonly firstOffset: number;
  readonly lastOffset: number;
}

/** What of a log was found to be rotten. It is not served; what lies before and behind it is. */
export class RottenBatches {
  /** Made when there are some. */
  #ranges: Map<Segment, readonly RottenRange[]> | undefined;

  /** Takes over what a scrub of the whole segment has found; returns what was not known before. */
  replace(segment: Segment, ranges: readonly RottenRange[]): readonly RottenRange[] {
    const known = this.#ranges?.get(segment) ?? [];
    this.#ranges?.delete(segment);
    if (ranges.length > 0) {
      this.#ranges ??= new Map();
      this.#ranges.set(segment, ranges);
    }
    return ranges.filter(({ position }) => !known.some((each) => each.position === position));
  }

  /**
   * Where a read from `startOffset` has to end at the latest: before the next rotten batch. Throws {@link CorruptLogError}
   * when it would begin with one.
   */
  limit(startOffset: number, endOffset: number): number {
    if (this.#ranges === undefined) return endOffset;
    let end = endOffset;
    for (const [segment, ranges] of this.#ranges) {
      if (segment.isRetired) {
        this.#ranges.delete(segment);
        continue;
      }
      for (const { position, firstOffset, lastOffset } of ranges) {
        if (startOffset > lastOffset) continue;
        if (startOffset >= firstOffset) throw new CorruptLogError(segment.path, position);
        end = Math.min(end, firstOffset);
      }
    }
    return end;
  }
}
