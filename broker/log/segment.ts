import { batchHeader } from '../../kafka/records/index.ts';
import type { Files } from '../../platform/files.ts';
import { scanBatches } from './batch-scan.ts';
import { SegmentFile } from './segment-file.ts';
import { segmentPath } from './segment-files.ts';
import { SegmentIndexes, type TimestampPlace } from './segment-indexes.ts';
import { TransactionIndex } from './transaction-index.ts';

/** How many recent "offset x is at position p" facts are kept, so that consumers that read on need no search. */
const HINTS_KEPT = 16;
/** Indexes of a smaller segment are as quickly made as read. */
const REBUILT_BYTES_MAX = 1 << 20;
/** Read at once to find one batch behind an index entry. */
const LOOKUP_BYTES = 1 << 15;

/**
 * One file of a partition's log with its indexes. Appends are queued by {@link append} and reach the page cache together
 * in {@link writePending}; {@link discardPending} undoes them before that. Index entries are written when it is closed.
 */
export class Segment {
  readonly baseOffset: number;
  /** The aborted transactions that end here; kept by whoever appends markers and recovers logs. */
  readonly transactions: TransactionIndex;
  readonly #files: Files;
  readonly #indexes: SegmentIndexes;
  readonly #file: SegmentFile;
  #writtenSize: number;
  #pending: Buffer[] = [];
  #pendingBytes = 0;
  #largestWritten: TimestampPlace;
  #firstTimestamp: number | undefined;
  #hints: Map<number, number> | undefined;
  #endOffset: number;

  private constructor(files: Files, directory: string, baseOffset: number, indexIntervalBytes: number) {
    this.#files = files;
    this.baseOffset = baseOffset;
    this.#file = new SegmentFile(files, segmentPath(directory, baseOffset, '.log'));
    this.#indexes = new SegmentIndexes(files, directory, baseOffset, indexIntervalBytes);
    this.transactions = new TransactionIndex(files, directory, baseOffset);
    this.#largestWritten = this.#indexes.largest;
    this.#writtenSize = 0;
    this.#endOffset = baseOffset;
  }

  /** A new, empty segment; its files are created by the first write, or by {@link createFile}. */
  static create(files: Files, directory: string, baseOffset: number, indexIntervalBytes: number): Segment {
    return new Segment(files, directory, baseOffset, indexIntervalBytes);
  }

  /**
   * An existing segment after an orderly stop. Its indexes are taken as they are when they agree with the log, and
   * otherwise rebuilt from it (`isIndexed` is false then). `isWhole` is false when the file does not end with a whole batch.
   * `hasIndexes` tells whether both index files are there: then those of a small segment are made anew rather than read.
   */
  static open(
    files: Files,
    directory: string,
    baseOffset: number,
    indexIntervalBytes: number,
    hasIndexes = () => false,
  ): { segment: Segment; isWhole: boolean; isIndexed: boolean } {
    const segment = Segment.#existing(files, directory, baseOffset, indexIntervalBytes);
    const isSmall = segment.#file.content !== undefined && hasIndexes();
    let isIndexed = !isSmall && segment.#indexes.load(segment.#writtenSize) && segment.#readTail();
    const isWhole = isIndexed || segment.#rebuildIndexes(false) === segment.#writtenSize;
    if (isSmall && isWhole) {
      segment.#indexes.notePersisted();
      isIndexed = true;
    }
    segment.#largestWritten = segment.#indexes.largest;
    return { segment, isWhole, isIndexed };
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
    const segment = Segment.#existing(files, directory, baseOffset, indexIntervalBytes);
    const size = segment.#writtenSize;
    const validSize = segment.#rebuildIndexes(true);
    if (validSize < size) segment.#file.truncate(validSize);
    segment.#writtenSize = validSize;
    return { segment, bytesCut: size - validSize };
  }

  static #existing(...args: [Files, string, number, number]): Segment {
    const segment = new Segment(...args);
    segment.#writtenSize = segment.#file.begin();
    return segment;
  }

  /** What was read to open it is forgotten. Call it before anything is written. */
  endOpening(): void {
    this.#file.endOpening();
  }

  get path(): string {
    return this.#file.path;
  }

  /** Offset after the last record, including those not yet written; the base offset when empty. */
  get endOffset(): number {
    return this.#endOffset;
  }

  /** Bytes, including those not yet written. */
  get size(): number {
    return this.#writtenSize + this.#pendingBytes;
  }

  get writtenSize(): number {
    return this.#writtenSize;
  }

  /** Largest timestamp of any record, -1 when there is none. */
  get largestTimestamp(): number {
    return this.#indexes.largest.timestamp;
  }

  /** Last offset of the batch that holds {@link largestTimestamp}. */
  get offsetOfLargestTimestamp(): number {
    return this.#indexes.largest.offset;
  }

  /** Timestamp of the first batch (its largest), `undefined` while empty. What age-based rolling counts from. */
  get firstTimestamp(): number | undefined {
    if (this.#firstTimestamp === undefined && this.#writtenSize > 0) {
      this.scan({ from: 0 }, (buffer, at) => {
        this.#firstTimestamp = batchHeader.maxTimestamp(buffer, at);
        return false;
      });
    }
    return this.#firstTimestamp;
  }

  /** Modification time of the log file, ms: stands in for the timestamps of records that have none. */
  get modifiedMs(): number {
    return this.#files.stat(this.path)?.modifiedMs ?? 0;
  }

  /** Whether the log file is there. */
  get hasFile(): boolean {
    return this.#files.stat(this.path) !== undefined;
  }

  /** True once its files were given up: nothing of it can be read any more. */
  get isRetired(): boolean {
    return this.#file.isRetired;
  }

  /** Whether an index has as many entries as `segment.index.bytes` allows. */
  isIndexFull(segmentIndexBytes: number): boolean {
    return this.#indexes.isFull(segmentIndexBytes);
  }

  /** Makes the log file before there is anything to write: an empty log's name tells its end offset. */
  createFile(): void {
    this.#file.open();
  }

  /** Queues a batch whose offsets are final. `batch` is kept until {@link writePending}. */
  append(batch: Buffer): void {
    this.#index(batch, 0, this.size);
    this.#pending.push(batch);
    this.#pendingBytes += batch.length;
  }

  /** Hands all queued batches to the page cache as one write. Throws the system's error; then nothing was written. */
  writePending(): void {
    if (this.#pending.length === 0) return;
    const file = this.#file.open();
    if (this.#writtenSize === 0 && file.size() > 0) file.truncate(0);
    file.append(this.#pending);
    this.#writtenSize += this.#pendingBytes;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#largestWritten = this.#indexes.largest;
  }

  /** Forgets the queued batches and what the indexes know of them. */
  discardPending(endOffset: number): void {
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#endOffset = endOffset;
    this.#indexes.truncate(this.#writtenSize, endOffset, this.#largestWritten);
    this.transactions.truncate(endOffset);
    if (this.#writtenSize === 0) this.#firstTimestamp = undefined;
  }

  /** Makes the written batches durable. A {@link close} meanwhile waits for it. */
  datasync(): Promise<void> {
    return this.#file.datasync();
  }

  /**
   * Writes what lies from `offset` on once more and syncs it, blocking. After a sync that failed the page cache may show
   * bytes that count as written and are not: only a new write gets them to the disk.
   */
  rewriteFrom(offset: number): void {
    this.#file.rewrite(this.positionOf(offset), this.#writtenSize);
  }

  /** As {@link datasync}, blocking. */
  datasyncNow(): void {
    if (this.#writtenSize > 0) this.#file.open().datasyncNow();
  }

  /** Position of the first batch that holds `offset` or a later one; the written size when there is none. */
  positionOf(offset: number): number {
    if (offset <= this.baseOffset) return 0;
    const hint = this.#hints?.get(offset);
    if (hint !== undefined) return hint;
    return this.#scanFromIndex(offset, (buffer, at) => batchHeader.lastOffset(buffer, at) < offset);
  }

  /** Remembers that a reader will ask for `offset` next, and that it is at `position`. */
  hint(offset: number, position: number): void {
    this.#hints ??= new Map();
    this.#hints.delete(offset);
    this.#hints.set(offset, position);
    if (this.#hints.size > HINTS_KEPT) this.#hints.delete(this.#hints.keys().next().value ?? offset);
  }

  /** Reads `target.length` bytes from `position`; returns how many there were. */
  read(target: Buffer, position: number): number {
    return this.#file.read(target, position);
  }

  /** Walks the written batches from `position` to `to` (see `scanBatches`). */
  scan(
    options: { from: number; to?: number; chunkBytes?: number },
    visit: (buffer: Buffer, at: number, position: number) => boolean | undefined,
  ): number {
    if (this.#writtenSize === 0) return 0;
    const { content } = this.#file;
    return scanBatches(this, { to: this.#writtenSize, content, ...options }, visit);
  }

  /** Position from which records with a timestamp of at least `timestamp` may be found. */
  positionForTimestamp(timestamp: number): number {
    const entry = this.#indexes.floorByTimestamp(timestamp);
    if (entry === undefined) return 0;
    const position = this.#positionOfTimestamp(entry);
    if (position !== undefined) return position;
    this.#rebuildIndexes(false);
    const rebuilt = this.#indexes.floorByTimestamp(timestamp);
    return rebuilt === undefined ? 0 : this.positionOf(rebuilt.offset);
  }

  /** Walks the last written batches: about `bytes` of them, at least one if there is one. */
  scanTail(visit: (buffer: Buffer, at: number) => boolean, bytes = 0): void {
    const { lastOffset } = this.#indexes.floorByPosition(this.#writtenSize - bytes) ?? {
      lastOffset: this.baseOffset,
    };
    this.#scanFromIndex(lastOffset, visit);
  }

  /** Adds the closing entry that a segment gets when it stops being the active one, or the log is closed. */
  seal(): void {
    this.#indexes.seal();
  }

  /** Writes the index entries that are not in the index files yet. */
  persistIndexes(): void {
    if (this.#writtenSize === 0) return;
    if (this.transactions.hasUnwritten) this.transactions.persistDurably();
    this.#indexes.persist();
  }

  /** As {@link close}, after a check; the indexes of a large segment are kept for those who open it later. */
  closeChecked(): void {
    if (this.#writtenSize >= REBUILT_BYTES_MAX) this.persistIndexes();
    this.close();
  }

  /** Closes the file; it is opened again when it is needed. */
  close(): void {
    this.#file.close();
  }

  /** Closes the file for good, before it is renamed or removed. */
  retire(): void {
    this.#file.retire();
  }

  #index(buffer: Buffer, at: number, position: number): void {
    const timestamp = batchHeader.maxTimestamp(buffer, at);
    if (this.#firstTimestamp === undefined) this.#firstTimestamp = timestamp;
    const place = { lastOffset: batchHeader.lastOffset(buffer, at), position };
    this.#endOffset = place.lastOffset + 1;
    this.#indexes.note(place, batchHeader.sizeInBytes(buffer, at), timestamp);
  }

  /**
   * Scans from the last index entry at or below `offset`. B31: the batch there must be the one that the entry tells
   * of, or else the index is rebuilt.
   */
  #scanFromIndex(offset: number, visit: (buffer: Buffer, at: number, position: number) => boolean): number {
    const entry = this.#indexes.floor(offset);
    let isConfirmed = entry === undefined;
    const from = entry?.position ?? 0;
    const position = this.scan({ from, chunkBytes: LOOKUP_BYTES }, (buffer, at, batchPosition) => {
      isConfirmed ||= batchHeader.lastOffset(buffer, at) === entry?.lastOffset;
      return isConfirmed && visit(buffer, at, batchPosition);
    });
    if (isConfirmed) return position;
    this.#rebuildIndexes(false);
    return this.scan({ from: this.#indexes.floor(offset)?.position ?? 0 }, visit);
  }

  /** Position of the batch that a time entry tells of; `undefined` when it is another one. */
  #positionOfTimestamp({ timestamp, offset }: TimestampPlace): number | undefined {
    let isConfirmed = false;
    const from = this.positionOf(offset);
    const position = this.scan({ from }, (buffer, at) => {
      isConfirmed =
        batchHeader.baseOffset(buffer, at) <= offset &&
        batchHeader.lastOffset(buffer, at) >= offset &&
        batchHeader.maxTimestamp(buffer, at) === timestamp;
      return false;
    });
    return isConfirmed ? position : undefined;
  }

  /**
   * Reads what lies after the last index entries: it may hold a larger timestamp than they know, and the end of the
   * file. False when the indexes do not agree with it.
   */
  #readTail(): boolean {
    const { largest } = this.#indexes;
    const from = largest.timestamp < 0 ? 0 : this.#positionOfTimestamp(largest);
    if (from === undefined) return false;
    const last = this.#indexes.floor(Number.POSITIVE_INFINITY);
    let isConfirmed = last === undefined;
    let bytesSinceEntry = 0;
    const start = Math.min(from, last?.position ?? 0);
    const end = this.scan({ from: start }, (buffer, at, position) => {
      if (position === last?.position) isConfirmed = batchHeader.lastOffset(buffer, at) === last.lastOffset;
      this.#indexes.noteTimestamp(batchHeader.maxTimestamp(buffer, at), batchHeader.lastOffset(buffer, at));
      this.#endOffset = batchHeader.lastOffset(buffer, at) + 1;
      if (position >= (last?.position ?? 0)) bytesSinceEntry += batchHeader.sizeInBytes(buffer, at);
      return true;
    });
    this.#indexes.resumeAfter(bytesSinceEntry);
    return isConfirmed && end === this.#writtenSize;
  }

  /** Indexes what was written and what is queued; returns where the first batch begins that is not valid. */
  #rebuildIndexes(checkCrc: boolean): number {
    this.#indexes.clear();
    this.#endOffset = this.baseOffset;
    let nextOffset = this.baseOffset;
    const validSize = this.#scanAll(checkCrc, (buffer, at, position) => {
      const lastOffset = batchHeader.lastOffset(buffer, at);
      const isInOrder = batchHeader.baseOffset(buffer, at) >= nextOffset && lastOffset >= nextOffset;
      if (!isInOrder || lastOffset - this.baseOffset > 0x7fffffff) return false;
      nextOffset = lastOffset + 1;
      this.transactions.hasMarkers ||= batchHeader.isControl(buffer, at);
      this.#index(buffer, at, position);
      return true;
    });
    this.#largestWritten = this.#indexes.largest;
    let position = this.#writtenSize;
    for (const batch of this.#pending) {
      this.#index(batch, 0, position);
      position += batch.length;
    }
    return validSize;
  }

  #scanAll(
    checkCrc: boolean,
    visit: (buffer: Buffer, at: number, position: number) => boolean | undefined,
  ): number {
    if (this.#writtenSize === 0) return 0;
    const { content } = this.#file;
    return scanBatches(this, { from: 0, to: this.#writtenSize, checkCrc, content }, visit);
  }
}
