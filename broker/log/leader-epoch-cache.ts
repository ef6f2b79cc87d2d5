/** From `startOffset` on, records were appended under `epoch`. */
export interface EpochStart {
  readonly epoch: number;
  readonly startOffset: number;
}

/** What {@link LeaderEpochCache.endOffsetFor} answers; both -1 when nothing is known. */
export interface EpochEnd {
  readonly leaderEpoch: number;
  readonly endOffset: number;
}

/**
 * Which leader epoch each range of a partition's log belongs to (KIP-101), epochs and offsets strictly ascending.
 * Kept in `leader-epoch-checkpoint`; a cache, since every batch carries its epoch.
 */
export class LeaderEpochCache {
  #entries: EpochStart[] = [];

  get entries(): readonly EpochStart[] {
    return this.#entries;
  }

  get latest(): EpochStart | undefined {
    return this.#entries.at(-1);
  }

  /** Notes that `epoch` begins at `startOffset`; returns true when that is news. */
  assign(epoch: number, startOffset: number): boolean {
    const latest = this.latest;
    if (epoch < 0 || (latest !== undefined && epoch <= latest.epoch)) return false;
    const earlier = this.#entries.filter((entry) => entry.startOffset < startOffset);
    this.#entries = earlier.concat({ epoch, startOffset }); // As long as it has to be, unlike what `push` makes.
    return true;
  }

  /** The epoch of the record at `offset`, -1 when unknown. */
  epochAt(offset: number): number {
    return this.#entries.findLast((entry) => entry.startOffset <= offset)?.epoch ?? -1;
  }

  /** End offset of the largest epoch that is at most `epoch` (OffsetForLeaderEpoch); `logEndOffset` ends the latest. */
  endOffsetFor(epoch: number, logEndOffset: number): EpochEnd {
    const unknown: EpochEnd = { leaderEpoch: -1, endOffset: -1 };
    const latest = this.latest;
    if (epoch === -1 || latest === undefined || epoch > latest.epoch) return unknown;
    if (epoch === latest.epoch) return { leaderEpoch: epoch, endOffset: logEndOffset };
    const next = this.#entries.findIndex((entry) => entry.epoch > epoch);
    const endOffset = this.#entries[next]?.startOffset ?? logEndOffset;
    return { leaderEpoch: this.#entries[next - 1]?.epoch ?? epoch, endOffset };
  }

  /** Forgets what lies at or beyond `endOffset`; returns true when something changed. */
  truncateFromEnd(endOffset: number): boolean {
    const before = this.#entries.length;
    this.#entries = this.#entries.filter((entry) => entry.startOffset < endOffset);
    return this.#entries.length !== before;
  }

  /** Forgets epochs that end at or before `startOffset`; the one that holds it then starts there. */
  truncateFromStart(startOffset: number): boolean {
    const held = this.#entries.findLastIndex((entry) => entry.startOffset <= startOffset);
    const entry = this.#entries[held];
    if (entry === undefined || (held === 0 && entry.startOffset === startOffset)) return false;
    this.#entries = [{ epoch: entry.epoch, startOffset }, ...this.#entries.slice(held + 1)];
    return true;
  }

  static from(entries: readonly EpochStart[]): LeaderEpochCache {
    const cache = new LeaderEpochCache();
    for (const { epoch, startOffset } of entries) cache.assign(epoch, startOffset);
    return cache;
  }
}
