import { DecompressionLimitError } from '../errors.ts';

/** Largest first allocation: more is taken only once bytes have really been produced. */
const FIRST_BYTES_MAX = 256 * 1024;

/** Output of a decompressor: a buffer that grows by doubling and never beyond `limitBytes`. */
export class BoundedOutput {
  readonly limitBytes: number;
  buffer: Buffer;
  /** Bytes written so far. The decoder moves it. */
  length = 0;

  /** `expectedBytes` is a guess, `limitBytes` the promise. */
  constructor(expectedBytes: number, limitBytes: number) {
    this.limitBytes = limitBytes;
    this.buffer = Buffer.allocUnsafe(Math.min(expectedBytes, limitBytes, FIRST_BYTES_MAX));
  }

  /**
   * Makes room for `bytes` more; may replace {@link buffer}.
   * Throws {@link DecompressionLimitError} when that passes the limit.
   */
  require(bytes: number): void {
    const end = this.length + bytes;
    if (end > this.limitBytes) throw new DecompressionLimitError(this.limitBytes);
    if (end > this.buffer.length) this.#grow(end);
  }

  /** What was written, as a view: no copy. */
  written(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  #grow(end: number): void {
    const grown = Buffer.allocUnsafe(Math.min(Math.max(end, this.buffer.length * 2), this.limitBytes));
    this.buffer.copy(grown, 0, 0, this.length);
    this.buffer = grown;
  }
}
