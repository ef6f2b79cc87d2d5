/** A byte array that grows, with zeros where nothing was written. */
export class GrowingBytes {
  #bytes = new Uint8Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  write(bytes: Uint8Array, position: number): void {
    const end = position + bytes.length;
    if (end > this.#length) this.resize(end);
    this.#bytes.set(bytes, position);
  }

  resize(length: number): void {
    if (length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
      grown.set(this.view());
      this.#bytes = grown;
    }
    if (length < this.#length) this.#bytes.fill(0, length, this.#length);
    this.#length = length;
  }

  /** The content itself: do not write to it, and copy what must outlive the next change. */
  view(start = 0, end: number = this.#length): Uint8Array {
    return this.#bytes.subarray(Math.min(start, this.#length), Math.min(end, this.#length));
  }

  /** Takes over the content of another. */
  assign(other: GrowingBytes): void {
    this.resize(0);
    this.write(other.view(), 0);
  }
}
