/** Room for the record that closes a batch. */
const SLACK_BYTES = 1024;
/**
 * Below this, or a quarter of a batch, new memory is cheaper than keeping old. A larger buffer than a batch needs costs
 * nothing: the system gives memory when it is written to.
 */
const POOLED_BYTES_MIN = 64 << 10;
/** Buffers kept for reuse; about as many as are under way at a time. */
const FREE_MAX = 8;

/**
 * Memory for batches. Large buffers are used again, as taking new ones makes the garbage collector work: that is where a
 * busy producer spent half of its time.
 */
export class BatchMemory {
  readonly #bytes: number;
  readonly #free: Buffer[] = [];

  /** `batchBytes` is the size at which batches are closed. */
  constructor(batchBytes: number) {
    this.#bytes = batchBytes + SLACK_BYTES;
  }

  /** Memory for a batch of about `expectedBytes`; undefined when it is better to begin small. */
  take(expectedBytes: number): Buffer | undefined {
    if (expectedBytes < Math.min(POOLED_BYTES_MIN, this.#bytes / 4)) return undefined;
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(this.#bytes);
  }

  /** Takes memory back that came from {@link take}. Nobody may read or write it any more. */
  give(buffer: Buffer): void {
    if (this.#free.length < FREE_MAX) this.#free.push(buffer);
  }
}
