const ENTRY_BYTES = 12;

/** One entry: `timestamp` (ms) is the largest up to the batch whose last record is `baseOffset + relativeOffset`. */
export interface TimeEntry {
  readonly timestamp: number;
  readonly relativeOffset: number;
}

/**
 * Sparse map from timestamp to offset of one segment, Kafka's `.timeindex`: entries of
 * `int64 timestamp, int32 offset - baseOffset`, both ascending. A cache: it can be rebuilt from the log.
 */
export class TimeIndex {
  readonly entryBytes = ENTRY_BYTES;
  #entries: TimeEntry[] = [];

  get count(): number {
    return this.#entries.length;
  }

  get last(): TimeEntry | undefined {
    return this.#entries.at(-1);
  }

  /** Adds an entry unless the last one already says as much. */
  maybeAppend(timestamp: number, relativeOffset: number): void {
    const last = this.last;
    if (last !== undefined && (timestamp <= last.timestamp || relativeOffset <= last.relativeOffset)) return;
    this.#entries.push({ timestamp, relativeOffset });
  }

  /** The last entry whose timestamp is below `timestamp`: every earlier record is older. */
  floor(timestamp: number): TimeEntry | undefined {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#entries[middle]?.timestamp ?? 0) < timestamp) low = middle + 1;
      else high = middle;
    }
    return this.#entries[low - 1];
  }

  /** Drops entries at or beyond `relativeOffset`. */
  truncateToOffset(relativeOffset: number): void {
    while ((this.last?.relativeOffset ?? -1) >= relativeOffset) this.#entries.pop();
  }

  clear(): void {
    this.#entries = [];
  }

  /** The entries from number `first` on, in the file's form. */
  encode(first = 0): Buffer {
    const bytes = Buffer.allocUnsafe((this.#entries.length - first) * ENTRY_BYTES);
    for (const [i, entry] of this.#entries.slice(first).entries()) {
      bytes.writeBigInt64BE(BigInt(entry.timestamp), i * ENTRY_BYTES);
      bytes.writeInt32BE(entry.relativeOffset, i * ENTRY_BYTES + 8);
    }
    return bytes;
  }

  /** Reads a file's content; `undefined` when it is not a time index (then it must be rebuilt). */
  static decode(bytes: Buffer): TimeIndex | undefined {
    const index = new TimeIndex();
    for (let at = 0; at + ENTRY_BYTES <= bytes.length; at += ENTRY_BYTES) {
      const timestamp = Number(bytes.readBigInt64BE(at));
      const relativeOffset = bytes.readInt32BE(at + 8);
      if (timestamp === 0 && relativeOffset === 0 && at > 0) break;
      const last = index.last;
      if (last !== undefined && (timestamp <= last.timestamp || relativeOffset <= last.relativeOffset)) {
        return undefined;
      }
      index.#entries.push({ timestamp, relativeOffset });
    }
    return bytes.length % ENTRY_BYTES === 0 ? index : undefined;
  }
}
