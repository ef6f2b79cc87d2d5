import { isUtf8 } from 'node:buffer';

const newline = 10;
const carriageReturn = 13;

/** A line without its end; `text` is undefined when the bytes are not UTF-8. */
export interface Line {
  readonly text: string | undefined;
  readonly bytes: Buffer;
}

/** Cuts a stream of bytes into lines that end with LF, CR LF or CR. */
export class LineCutter {
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;
  /** Bytes of all lines that were taken, with their ends. */
  taken = 0;

  /** Adds bytes behind those that are left. They are kept, not copied. */
  add(bytes: Buffer): void {
    const rest = this.#bytes.subarray(this.#start);
    this.#bytes = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    this.#start = 0;
  }

  /** Bytes that are not taken yet. */
  get pending(): number {
    return this.#bytes.length - this.#start;
  }

  /** The next complete line. A CR at the very end may be half of CR LF, so it ends nothing yet. */
  next(): Line | undefined {
    const lineFeed = this.#bytes.indexOf(newline, this.#start);
    const stop = lineFeed < 0 ? this.#bytes.length : lineFeed;
    const found = this.#bytes.subarray(this.#start, stop).indexOf(carriageReturn);
    if (found < 0) return lineFeed < 0 ? undefined : this.#take(lineFeed, lineFeed + 1);
    const end = this.#start + found;
    if (end + 1 === this.#bytes.length) return undefined;
    return this.#take(end, end + 1 === lineFeed ? end + 2 : end + 1);
  }

  /** What is left when no more bytes will come; undefined when nothing is. */
  last(): Line | undefined {
    if (this.pending === 0) return undefined;
    const hasEnd = this.#bytes.at(-1) === carriageReturn;
    return this.#take(this.#bytes.length - (hasEnd ? 1 : 0), this.#bytes.length);
  }

  #take(end: number, next: number): Line {
    const bytes = this.#bytes.subarray(this.#start, end);
    this.taken += next - this.#start;
    this.#start = next;
    const text = bytes.toString('utf8');
    return { bytes, text: text.includes('\uFFFD') && !isUtf8(bytes) ? undefined : text };
  }
}
