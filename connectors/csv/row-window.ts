import type { CsvFile } from './csv-file.ts';

const chunkBytes = 256 * 1024;

/** A stretch of a file in memory: what is not consumed yet is moved to the front, and more is read behind it. */
export class RowWindow {
  #bytes = Buffer.allocUnsafe(2 * chunkBytes);
  #filled = 0;
  /** Position in the file of the first byte here. */
  offset: number;

  constructor(offset: number) {
    this.offset = offset;
  }

  /** What is in memory. Valid until the next {@link fill}. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#filled);
  }

  /** Drops the first `consumed` bytes and reads on; returns how many bytes came, 0 at the end of the file. */
  async fill(file: CsvFile, consumed: number): Promise<number> {
    this.#bytes.copyWithin(0, consumed, this.#filled);
    this.#filled -= consumed;
    this.offset += consumed;
    if (this.#bytes.length - this.#filled < chunkBytes) {
      const larger = Buffer.allocUnsafe(2 * this.#bytes.length);
      this.#bytes.copy(larger, 0, 0, this.#filled);
      this.#bytes = larger;
    }
    const target = this.#bytes.subarray(this.#filled, this.#filled + chunkBytes);
    const count = await file.read(target, this.offset + this.#filled);
    this.#filled += count;
    return count;
  }
}
