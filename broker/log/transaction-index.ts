import type { Files } from '../../platform/files.ts';
import type { CompletedTransaction } from './open-transactions.ts';
import { segmentPath } from './segment-files.ts';

const VERSION = 0;
const ENTRY_BYTES = 34;
/** Number of entries in the file when it must be written anew. */
const STALE = -1;
const NO_BYTES = Buffer.alloc(0);
const NONE_ABORTED: readonly AbortedTransaction[] = [];

/** A transaction whose records no read_committed consumer may see. */
export type AbortedTransaction = Omit<CompletedTransaction, 'isAborted'>;

/**
 * The aborted transactions whose markers lie in one segment, Kafka's `.txnindex`: entries of `int16 version, int64
 * producer id, int64 first offset, int64 last offset (of the marker), int64 last stable offset`, ascending by last
 * offset. Kept in memory in the form of the file.
 */
export class TransactionIndex {
  /** Whether a marker was met when the segment's batches were gone through to index them. */
  hasMarkers = false;
  readonly #files: Files;
  readonly #path: string;
  readonly #baseOffset: number;
  #bytes: Buffer = NO_BYTES;
  #count = 0;
  /** Entries that the file holds. */
  #persisted = 0;
  #hasFile = false;

  constructor(files: Files, directory: string, baseOffset: number) {
    this.#files = files;
    this.#path = segmentPath(directory, baseOffset, '.txnindex');
    this.#baseOffset = baseOffset;
  }

  get size(): number {
    return this.#count;
  }

  /** Whether there is a file. A segment with markers and nothing aborted has an empty one. */
  get hasFile(): boolean {
    return this.#hasFile;
  }

  /** Whether {@link persist} has something to do. */
  get hasUnwritten(): boolean {
    return this.#count !== this.#persisted;
  }

  get entries(): AbortedTransaction[] {
    return Array.from({ length: this.#count }, (_, i) => this.#entry(i));
  }

  append({ producerId, firstOffset, lastOffset, lastStableOffset }: AbortedTransaction): void {
    const at = this.#count * ENTRY_BYTES;
    if (at + ENTRY_BYTES > this.#bytes.length) this.#bytes = grown(this.#bytes);
    this.#bytes.writeInt16BE(VERSION, at);
    this.#bytes.writeBigInt64BE(BigInt(producerId), at + 2);
    this.#bytes.writeBigInt64BE(BigInt(firstOffset), at + 10);
    this.#bytes.writeBigInt64BE(BigInt(lastOffset), at + 18);
    this.#bytes.writeBigInt64BE(BigInt(lastStableOffset), at + 26);
    this.#count += 1;
  }

  /**
   * Adds to `found` the transactions that have records in [`fromOffset`, `toOffset`), seen from this segment. True when
   * later segments cannot have any.
   */
  collect(fromOffset: number, toOffset: number, found: AbortedTransaction[]): boolean {
    for (let i = this.#firstEndingAt(fromOffset); i < this.#count; i++) {
      const entry = this.#entry(i);
      if (entry.firstOffset < toOffset) found.push(entry);
      if (entry.lastStableOffset >= toOffset) return true;
    }
    return false;
  }

  /** Drops transactions whose markers are at or beyond `endOffset`. */
  truncate(endOffset: number): void {
    this.#count = this.#firstEndingAt(endOffset);
    if (this.#count < this.#persisted) this.#persisted = STALE;
  }

  clear(): void {
    this.#count = 0;
    this.#persisted = this.#hasFile ? STALE : 0;
  }

  /**
   * Reads the file; `names`, when given, are those in its directory. `corrupt` when it cannot be the index of a segment
   * whose last offset is below `endOffset`: it must be rebuilt.
   */
  load(endOffset: number, names?: readonly string[]): 'loaded' | 'missing' | 'corrupt' {
    const name = this.#path.slice(this.#path.lastIndexOf('/') + 1);
    this.#hasFile = names?.includes(name) ?? this.#files.stat(this.#path) !== undefined;
    if (!this.#hasFile) return 'missing';
    this.#bytes = this.#files.readFile(this.#path);
    this.#count = this.#persisted = Math.floor(this.#bytes.length / ENTRY_BYTES);
    if (this.#bytes.length % ENTRY_BYTES === 0 && this.#isSane(endOffset)) return 'loaded';
    this.clear();
    return 'corrupt';
  }

  /** Writes the entries that the file lacks. For the active segment, which after an unclean stop is rebuilt anyway. */
  persist(): void {
    if (this.hasUnwritten) this.#write(false);
  }

  /**
   * As {@link persist}, and makes them durable, blocking; the name of a new file is with the next sync of its directory.
   * What the file of a closed segment lacks is missed by no one. Makes an empty file when there are no entries.
   */
  persistDurably(): void {
    this.#write(true);
  }

  #write(isDurable: boolean): void {
    const file = this.#files.open(this.#path, 'write');
    this.#hasFile = true;
    try {
      const isStale = this.#persisted === STALE || file.size() !== this.#persisted * ENTRY_BYTES;
      if (isStale) file.truncate(0);
      const from = isStale ? 0 : this.#persisted * ENTRY_BYTES;
      this.#persisted = STALE;
      if (from < this.#count * ENTRY_BYTES)
        file.append([this.#bytes.subarray(from, this.#count * ENTRY_BYTES)]);
      if (isDurable) file.datasyncNow();
      this.#persisted = this.#count;
    } finally {
      file.close();
    }
  }

  #entry(index: number): AbortedTransaction {
    return {
      producerId: this.#field(index, 2),
      firstOffset: this.#field(index, 10),
      lastOffset: this.#field(index, 18),
      lastStableOffset: this.#field(index, 26),
    };
  }

  #field(index: number, at: number): number {
    return Number(this.#bytes.readBigInt64BE(index * ENTRY_BYTES + at));
  }

  /** Number of the first entry whose last offset is at least `offset`. */
  #firstEndingAt(offset: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#field(middle, 18) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #isSane(endOffset: number): boolean {
    let previous = this.#baseOffset - 1;
    for (let i = 0; i < this.#count; i++) {
      const { producerId, firstOffset, lastOffset, lastStableOffset } = this.#entry(i);
      const isPossible =
        this.#bytes.readInt16BE(i * ENTRY_BYTES) === VERSION &&
        producerId >= 0 &&
        firstOffset >= 0 &&
        firstOffset < lastOffset &&
        lastStableOffset >= 0 &&
        lastStableOffset <= lastOffset + 1;
      if (!isPossible || lastOffset <= previous || lastOffset >= endOffset) return false;
      previous = lastOffset;
    }
    return true;
  }
}

function grown(bytes: Buffer): Buffer {
  const larger = Buffer.alloc(Math.max(bytes.length * 2, 8 * ENTRY_BYTES));
  bytes.copy(larger);
  return larger;
}

/**
 * The aborted transactions with records in [`fromOffset`, `toOffset`), by first offset. `toOffset` must not be beyond the
 * last stable offset.
 */
export function abortedTransactions(
  segments: readonly { readonly baseOffset: number; readonly transactions: TransactionIndex }[],
  fromOffset: number,
  toOffset: number,
): readonly AbortedTransaction[] {
  let found: AbortedTransaction[] | undefined;
  // A marker is never before its records, but may be in any later segment.
  const first = segments.findLastIndex((segment) => segment.baseOffset <= fromOffset);
  for (let i = Math.max(first, 0); i < segments.length; i++) {
    const index = segments[i]?.transactions;
    if (index === undefined || index.size === 0) continue;
    found ??= [];
    if (index.collect(fromOffset, toOffset, found)) break;
  }
  return found?.sort((a, b) => a.firstOffset - b.firstOffset) ?? NONE_ABORTED;
}
