/** A transaction that a marker has ended on one partition. */
export interface CompletedTransaction {
  readonly producerId: number;
  /** Offset of its first record. */
  readonly firstOffset: number;
  /** Offset of the marker. */
  readonly lastOffset: number;
  /** What could be read by read_committed consumers from then on: up to the first transaction that was still open. */
  readonly lastStableOffset: number;
  readonly isAborted: boolean;
}

/** Which transactions of a partition are not decided yet, or decided by a marker that is not durable yet. */
export class OpenTransactions {
  /** First offsets, ascending. */
  #open: number[] = [];
  /** In the order of their markers. */
  #completed: { readonly firstOffset: number; readonly lastOffset: number }[] = [];

  /** Infinity when everything is decided. */
  get firstUnstableOffset(): number {
    let first = this.#open[0] ?? Number.POSITIVE_INFINITY;
    for (const { firstOffset } of this.#completed) if (firstOffset < first) first = firstOffset;
    return first;
  }

  /** A transaction began with the record at `firstOffset`, beyond all that there were. */
  begin(firstOffset: number): void {
    this.#open.push(firstOffset);
  }

  /** The marker at `lastOffset` ended a transaction; returns the offset up to which everything is decided with it. */
  end(firstOffset: number, lastOffset: number): number {
    const at = this.#open.indexOf(firstOffset);
    if (at !== -1) this.#open.splice(at, 1);
    this.#completed.push({ firstOffset, lastOffset });
    return this.#open[0] ?? lastOffset + 1;
  }

  onDurable(endOffset: number): void {
    if (this.#completed.length === 0) return;
    this.#completed = this.#completed.filter(({ lastOffset }) => lastOffset >= endOffset);
  }

  /** Takes over the first offsets of those that are open, and forgets markers from `endOffset` on. */
  reset(open: readonly number[], endOffset: number): void {
    this.#open = open.toSorted((a, b) => a - b);
    this.#completed = this.#completed.filter(({ lastOffset }) => lastOffset < endOffset);
  }
}
