import { DecompressionLimitError } from '../errors.ts';
import { giveBack } from './native-memory.ts';

/** Largest first allocation: more is taken only once bytes have really been produced. */
const FIRST_BYTES_MAX = 256 * 1024;

/** Memory beyond that is not kept. */
const SCRATCH_BYTES_MAX = 8 << 20;

/**
 * Memory that one decompression after the other writes to. What was expanded into it is good until the next one: for who
 * looks at records and keeps nothing of them. One user at a time, and none across an await.
 */
export class Scratch {
  #buffer: Buffer | undefined;
  #lent: Buffer | undefined;

  /** What a native library has made instead of writing here; its memory goes back at the next use. */
  lend(made: Buffer): Buffer {
    this.#end();
    this.#lent = made;
    return made;
  }

  /** At least `bytes`, or what an earlier use has left. */
  take(bytes: number): Buffer {
    this.#end();
    if (this.#buffer === undefined || this.#buffer.length < Math.min(bytes, SCRATCH_BYTES_MAX))
      this.keep(Buffer.allocUnsafeSlow(bytes));
    return this.#buffer ?? Buffer.allocUnsafeSlow(bytes);
  }

  /** The next use gets this buffer. */
  keep(buffer: Buffer): void {
    if (buffer.length <= SCRATCH_BYTES_MAX) this.#buffer = buffer;
  }

  /** The use before is over. */
  #end(): void {
    if (this.#lent !== undefined) giveBack(this.#lent);
    this.#lent = undefined;
  }
}

/** Output of a decompressor: a buffer that grows by doubling and never beyond `limitBytes`. */
export class BoundedOutput {
  readonly limitBytes: number;
  readonly #scratch: Scratch | undefined;
  buffer: Buffer;
  /** Bytes written so far. The decoder moves it. */
  length = 0;

  /** `expectedBytes` is a guess, `limitBytes` the promise. */
  constructor(expectedBytes: number, limitBytes: number, scratch?: Scratch) {
    this.limitBytes = limitBytes;
    this.#scratch = scratch;
    const bytes = Math.min(expectedBytes, limitBytes, FIRST_BYTES_MAX);
    this.buffer = scratch?.take(bytes) ?? Buffer.allocUnsafe(bytes);
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
    const grown = Buffer.allocUnsafeSlow(Math.min(Math.max(end, this.buffer.length * 2), this.limitBytes));
    this.buffer.copy(grown, 0, 0, this.length);
    this.buffer = grown;
    this.#scratch?.keep(grown);
  }
}
