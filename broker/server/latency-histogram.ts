/** Buckets for each doubling: a quantile is off by an eighth at most. */
const STEPS_PER_DOUBLING = 8;
/** The first bucket ends at 10 µs, the last is open. */
const FIRST_MS = 0.01;
const BUCKETS = 28 * STEPS_PER_DOUBLING;

/** Times in ms, counted in buckets that grow: no allocation and no sorting when one is observed. */
export class LatencyHistogram {
  readonly #counts = new Float64Array(BUCKETS);
  #count = 0;
  #sum = 0;

  get count(): number {
    return this.#count;
  }

  /** Of all observed, ms. */
  get sum(): number {
    return this.#sum;
  }

  observe(ms: number): void {
    const bucket = ms <= FIRST_MS ? 0 : Math.ceil(Math.log2(ms / FIRST_MS) * STEPS_PER_DOUBLING);
    const index = Math.min(bucket, BUCKETS - 1);
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#count += 1;
    this.#sum += ms;
  }

  /** The upper end, ms, of the bucket that the given share (0 to 1) lies in; 0 when nothing was observed. */
  quantile(share: number): number {
    const wanted = this.#count * share;
    let seen = 0;
    for (let index = 0; index < BUCKETS; index += 1) {
      seen += this.#counts[index] ?? 0;
      if (seen > 0 && seen >= wanted) return FIRST_MS * 2 ** (index / STEPS_PER_DOUBLING);
    }
    return 0;
  }
}
