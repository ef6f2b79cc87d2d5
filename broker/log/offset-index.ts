const ENTRY_BYTES = 8;
/** Of the thousands of segments that are too small for an entry. */
const NO_ENTRIES = new Int32Array(0);

/** One entry: the batch at `position` ends with the offset `baseOffset + relativeOffset`. */
export interface OffsetEntry {
  readonly relativeOffset: number;
  readonly position: number;
}

/**
 * Sparse map from offset to file position of one segment, Kafka's `.index`: entries of
 * `int32 offset - baseOffset, int32 position`, both ascending. A cache: it can be rebuilt from the log.
 */
export class OffsetIndex {
  readonly entryBytes = ENTRY_BYTES;
  #offsets = NO_ENTRIES;
  #positions = NO_ENTRIES;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** `relativeOffset` is that of the last record of the batch at `position`. */
  append(relativeOffset: number, position: number): void {
    if (this.#count === this.#offsets.length) {
      this.#offsets = grown(this.#offsets);
      this.#positions = grown(this.#positions);
    }
    this.#offsets[this.#count] = relativeOffset;
    this.#positions[this.#count] = position;
    this.#count += 1;
  }

  /** The last entry whose offset is at most `relativeOffset`. */
  floor(relativeOffset: number): OffsetEntry | undefined {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#offsets[middle] ?? 0) <= relativeOffset) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return undefined;
    return { relativeOffset: this.#offsets[low - 1] ?? 0, position: this.#positions[low - 1] ?? 0 };
  }

  /** The last entry whose position is at most `position`. */
  floorByPosition(position: number): OffsetEntry | undefined {
    const at = this.#positions.subarray(0, this.#count).findLastIndex((each) => each <= position);
    return at === -1
      ? undefined
      : { relativeOffset: this.#offsets[at] ?? 0, position: this.#positions[at] ?? 0 };
  }

  /** Drops entries that point at or beyond `position`. */
  truncateToPosition(position: number): void {
    while (this.#count > 0 && (this.#positions[this.#count - 1] ?? 0) >= position) this.#count -= 1;
  }

  clear(): void {
    this.#count = 0;
  }

  /** The entries from number `first` on, in the file's form. */
  encode(first = 0): Buffer {
    const bytes = Buffer.allocUnsafe((this.#count - first) * ENTRY_BYTES);
    for (let i = first; i < this.#count; i++) {
      bytes.writeInt32BE(this.#offsets[i] ?? 0, (i - first) * ENTRY_BYTES);
      bytes.writeInt32BE(this.#positions[i] ?? 0, (i - first) * ENTRY_BYTES + 4);
    }
    return bytes;
  }

  /**
   * Reads a file's content; `undefined` when it cannot be the index of a log file of `logSize` bytes
   * (then it must be rebuilt). Kafka's preallocated zero tail is ignored.
   */
  static decode(bytes: Buffer, logSize: number): OffsetIndex | undefined {
    const index = new OffsetIndex();
    let lastOffset = -1;
    let lastPosition = -1;
    for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
      const offset = bytes.readInt32BE(at);
      const position = bytes.readInt32BE(at + 4);
      if (offset === 0 && position === 0 && at > 0) break;
      if (offset <= lastOffset || position <= lastPosition || position >= logSize) return undefined;
      index.append(offset, position);
      lastOffset = offset;
      lastPosition = position;
    }
    return bytes.length % ENTRY_BYTES === 0 ? index : undefined;
  }
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(Math.max(array.length * 2, 8));
  larger.set(array);
  return larger;
}
