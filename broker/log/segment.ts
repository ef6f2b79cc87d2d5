import { batchHeader } from '../../kafka/records/index.ts';
import type { File, Files } from '../../platform/files.ts';
import { scanBatches } from './batch-scan.ts';
import { OffsetIndex } from './offset-index.ts';
import { segmentPath } from './segment-files.ts';
import { TimeIndex } from './time-index.ts';

/** A batch found in the log: where it is and what it spans. */
export interface BatchPlace {
  readonly position: number;
  readonly sizeInBytes: number;
  readonly baseOffset: number;
  readonly lastOffset: number;
  readonly maxTimestamp: number;
}

/** How many recent "offset x is at position p" facts are kept, so that consumers that read on need no search. */
const HINTS_KEPT = 16;

/**
 * One file of a partition's log with its two indexes. Appends are queued in memory by {@link append} and reach the
 * page cache together in {@link writePending}; until then {@link discardPending} undoes them. Indexes are read when
 * first needed and written when the segment is closed, rolled or checkpointed.
 */
export class Segment {
  readonly baseOffset: number;
  readonly #files: Files;
  readonly #directory: string;
  readonly #indexIntervalBytes: number;
  #file: File | undefined;
  #writtenSize: number;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #bytesSinceIndexEntry = 0;
  #offsets = new OffsetIndex();
  #times = new TimeIndex();
  #persisted = { offsets: 0, times: 0 };
  #largest = { timestamp: -1, offset: -1 };
  #largestWritten = this.#largest;
  #firstTimestamp: number | undefined;
  readonly #hints = new Map<number, number>();
  #syncing = 0;
  #closesAfterSync = false;

  private constructor(files: Files, directory: string, baseOffset: number, indexIntervalBytes: number) {
    this.#files = files;
    this.#directory = directory;
    this.baseOffset = baseOffset;
    this.#indexIntervalBytes = indexIntervalBytes;
    this.#writtenSize = files.stat(this.path)?.size ?? 0;
  }

  /** A new, empty segment; its files are created by the first write. */
  static create(files: Files, directory: string, baseOffset: number, indexIntervalBytes: number): Segment {
    return new Segment(files, directory, baseOffset, indexIntervalBytes);
  }

  /**
   * An existing segment. Its indexes are trusted when their form allows it and rebuilt from the log otherwise,
   * or always when `rebuild` is set. `visit` sees every batch that is not yet covered by the indexes.
   */
  static open(files: Files, directory: string, baseOffset: number, indexIntervalBytes: number): Segment {
    const segment = new Segment(files, directory, baseOffset, indexIntervalBytes);
    segment.#loadIndexes();
    return segment;
  }

  /**
   * An existing segment after an unclean stop: every batch is checked (CRC, sizes, offsets that ascend), the file is cut
   * at the first that is not valid, and the indexes are rebuilt. Returns how many bytes were cut.
   */
  static recover(
    files: Files,
    directory: string,
    baseOffset: number,
    indexIntervalBytes: number,
  ): { segment: Segment; bytesCut: number } {
    const segment = new Segment(files, directory, baseOffset, indexIntervalBytes);
    const size = segment.#writtenSize;
    const validSize = segment.#rebuildIndexes(true);
    if (validSize < size) segment.#openFile().truncate(validSize);
    segment.#writtenSize = validSize;
    return { segment, bytesCut: size - validSize };
  }

  get path(): string {
    return segmentPath(this.#directory, this.baseOffset, '.log');
  }

  /** Bytes, including those not yet written. */
  get size(): number {
    return this.#writtenSize + this.#pendingBytes;
  }

  get writtenSize(): number {
    return this.#writtenSize;
  }

  get hasPending(): boolean {
    return this.#pendingBytes > 0;
  }

  /** Largest timestamp of any record, -1 when there is none. */
  get largestTimestamp(): number {
    return this.#largest.timestamp;
  }

  /** Last offset of the batch that holds {@link largestTimestamp}. */
  get offsetOfLargestTimestamp(): number {
    return this.#largest.offset;
  }

  /** Timestamp of the first batch (its largest), `undefined` while empty. What age-based rolling counts from. */
  get firstTimestamp(): number | undefined {
    if (this.#firstTimestamp === undefined && this.#writtenSize > 0) {
      scanBatches(this.#openFile(), { from: 0, to: this.#writtenSize }, (buffer, at) => {
        this.#firstTimestamp = batchHeader.maxTimestamp(buffer, at);
        return false;
      });
    }
    return this.#firstTimestamp;
  }

  /** Entries of the fuller index, as a share of what `segment.index.bytes` allows. */
  isIndexFull(segmentIndexBytes: number): boolean {
    return this.#offsets.count >= segmentIndexBytes / 8 || this.#times.count >= segmentIndexBytes / 12 - 1;
  }

  /** Queues a batch whose offsets are final. `batch` is kept until {@link writePending}. */
  append(batch: Buffer): void {
    const lastOffset = batchHeader.lastOffset(batch, 0);
    const timestamp = batchHeader.maxTimestamp(batch, 0);
    this.#index(this.size, batch.length, lastOffset, timestamp);
    this.#pending.push(batch);
    this.#pendingBytes += batch.length;
  }

  /** Hands all queued batches to the page cache as one write. Throws the system's error; then nothing was written. */
  writePending(): void {
    if (this.#pending.length === 0) return;
    this.#openFile().append(this.#pending);
    this.#writtenSize += this.#pendingBytes;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#largestWritten = this.#largest;
  }

  /** Forgets the queued batches and what the indexes know of them. */
  discardPending(endOffset: number): void {
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#largest = this.#largestWritten;
    this.#offsets.truncateToPosition(this.#writtenSize);
    this.#times.truncateToOffset(endOffset - this.baseOffset);
    this.#bytesSinceIndexEntry = 0;
    if (this.#writtenSize === 0) this.#firstTimestamp = undefined;
  }

  /** Makes the written batches durable. A {@link close} meanwhile waits for it. */
  async datasync(): Promise<void> {
    this.#syncing += 1;
    try {
      await this.#openFile().datasync();
    } finally {
      this.#syncing -= 1;
      if (this.#closesAfterSync && this.#syncing === 0) this.close();
    }
  }

  /** As {@link datasync}, blocking. For recovery, when nothing else runs yet. */
  datasyncNow(): void {
    if (this.#writtenSize > 0) this.#openFile().datasyncNow();
  }

  /** Position of the first batch that holds `offset` or a later one; the written size when there is none. */
  positionOf(offset: number): number {
    if (offset <= this.baseOffset) return 0;
    const hint = this.#hints.get(offset);
    if (hint !== undefined) return hint;
    const from = this.#offsets.lookup(offset - this.baseOffset);
    return scanBatches(
      this.#openFile(),
      { from, to: this.#writtenSize },
      (buffer, at) => batchHeader.lastOffset(buffer, at) < offset,
    );
  }

  /** Remembers that a reader will ask for `offset` next, and that it is at `position`. */
  hint(offset: number, position: number): void {
    this.#hints.delete(offset);
    this.#hints.set(offset, position);
    if (this.#hints.size > HINTS_KEPT) {
      for (const oldest of this.#hints.keys()) {
        this.#hints.delete(oldest);
        break;
      }
    }
  }

  /** Reads `target.length` bytes from `position`; returns how many there were. */
  read(target: Buffer, position: number): number {
    return this.#openFile().read(target, position);
  }

  /** Walks the written batches from `position` to `to` (see `scanBatches`). */
  scan(
    options: { from: number; to?: number },
    visit: (buffer: Buffer, at: number, position: number) => boolean | undefined,
  ): number {
    if (this.#writtenSize === 0) return 0;
    return scanBatches(this.#openFile(), { to: this.#writtenSize, ...options }, visit);
  }

  /** Position from which records with a timestamp of at least `timestamp` may be found. */
  positionForTimestamp(timestamp: number): number {
    return this.#offsets.lookup(this.#times.lookup(timestamp));
  }

  /** Offset after the last written record; the base offset when empty. */
  findEndOffset(): number {
    let endOffset = this.baseOffset;
    const from = this.#offsets.lookup(0x7fffffff);
    this.scan({ from }, (buffer, at) => {
      endOffset = batchHeader.lastOffset(buffer, at) + 1;
      return true;
    });
    return endOffset;
  }

  /** Adds the closing entry that a segment gets when it stops being the active one. */
  seal(): void {
    if (this.#largest.timestamp >= 0) {
      this.#times.maybeAppend(this.#largest.timestamp, this.#largest.offset - this.baseOffset);
    }
  }

  /** Writes the index entries that are not in the index files yet. */
  persistIndexes(): void {
    if (this.#writtenSize === 0) return;
    this.#persisted = {
      offsets: this.#appendToFile('.index', this.#persisted.offsets, this.#offsets),
      times: this.#appendToFile('.timeindex', this.#persisted.times, this.#times),
    };
  }

  close(): void {
    this.#closesAfterSync = this.#syncing > 0;
    if (this.#closesAfterSync) return;
    this.#file?.close();
    this.#file = undefined;
  }

  /** Modification time of the log file, ms: stands in for the timestamps of records that have none. */
  get modifiedMs(): number {
    return this.#files.stat(this.path)?.modifiedMs ?? 0;
  }

  #openFile(): File {
    this.#file ??= this.#files.open(this.path, 'write');
    return this.#file;
  }

  #index(position: number, sizeInBytes: number, lastOffset: number, timestamp: number): void {
    if (this.#firstTimestamp === undefined) this.#firstTimestamp = timestamp;
    if (timestamp > this.#largest.timestamp) this.#largest = { timestamp, offset: lastOffset };
    if (this.#bytesSinceIndexEntry > this.#indexIntervalBytes) {
      this.#offsets.append(lastOffset - this.baseOffset, position);
      this.seal();
      this.#bytesSinceIndexEntry = 0;
    }
    this.#bytesSinceIndexEntry += sizeInBytes;
  }

  #loadIndexes(): void {
    const offsets = this.#readFile('.index', (bytes) => OffsetIndex.decode(bytes, this.#writtenSize));
    const times = this.#readFile('.timeindex', (bytes) => TimeIndex.decode(bytes));
    if (offsets === undefined || times === undefined) {
      this.#rebuildIndexes(false);
      return;
    }
    this.#offsets = offsets;
    this.#times = times;
    this.#persisted = { offsets: offsets.count, times: times.count };
    const last = times.last;
    if (last !== undefined) {
      this.#largest = { timestamp: last.timestamp, offset: last.relativeOffset + this.baseOffset };
    }
    this.#noteTail();
  }

  /** The batches after the last index entry may hold a larger timestamp than the indexes know. */
  #noteTail(): void {
    this.scan({ from: this.#offsets.lookup(0x7fffffff) }, (buffer, at) => {
      const timestamp = batchHeader.maxTimestamp(buffer, at);
      if (timestamp > this.#largest.timestamp) {
        this.#largest = { timestamp, offset: batchHeader.lastOffset(buffer, at) };
      }
      this.#bytesSinceIndexEntry += batchHeader.sizeInBytes(buffer, at);
      return true;
    });
    this.#largestWritten = this.#largest;
  }

  #rebuildIndexes(checkCrc: boolean): number {
    this.#offsets.clear();
    this.#times.clear();
    this.#largest = { timestamp: -1, offset: -1 };
    this.#bytesSinceIndexEntry = 0;
    let nextOffset = this.baseOffset;
    const validSize =
      this.#writtenSize === 0
        ? 0
        : scanBatches(
            this.#openFile(),
            { from: 0, to: this.#writtenSize, checkCrc },
            (buffer, at, position) => {
              const lastOffset = batchHeader.lastOffset(buffer, at);
              if (
                batchHeader.baseOffset(buffer, at) < nextOffset ||
                lastOffset - this.baseOffset > 0x7fffffff
              ) {
                return false;
              }
              nextOffset = lastOffset + 1;
              const size = batchHeader.sizeInBytes(buffer, at);
              this.#index(position, size, lastOffset, batchHeader.maxTimestamp(buffer, at));
              return true;
            },
          );
    this.#largestWritten = this.#largest;
    this.#persisted = { offsets: -1, times: -1 };
    return validSize;
  }

  /** `from` is the number of entries already in the file, -1 when the file must be written anew. */
  #appendToFile(suffix: '.index' | '.timeindex', from: number, index: OffsetIndex | TimeIndex): number {
    const file = this.#files.open(segmentPath(this.#directory, this.baseOffset, suffix), 'write');
    try {
      const isStale =
        from < 0 || from > index.count || file.size() !== index.encode(0).length - index.encode(from).length;
      if (isStale) file.truncate(0);
      const bytes = index.encode(isStale ? 0 : from);
      if (bytes.length > 0) file.append([bytes]);
      return index.count;
    } finally {
      file.close();
    }
  }

  #readFile<T>(suffix: '.index' | '.timeindex', decode: (bytes: Buffer) => T | undefined): T | undefined {
    const path = segmentPath(this.#directory, this.baseOffset, suffix);
    return this.#files.stat(path) === undefined ? undefined : decode(this.#files.readFile(path));
  }
}
