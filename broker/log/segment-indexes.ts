import type { Files } from '../../platform/files.ts';
import { type OffsetEntry, OffsetIndex } from './offset-index.ts';
import { segmentPath } from './segment-files.ts';
import { TimeIndex } from './time-index.ts';

/** A batch by the offset of its last record and its position in the segment's file. */
export interface IndexedBatch {
  readonly lastOffset: number;
  readonly position: number;
}

/** A timestamp (ms) and the last offset of the batch that has it. Both -1: none. */
export interface TimestampPlace {
  readonly timestamp: number;
  readonly offset: number;
}

const NO_TIMESTAMP: TimestampPlace = { timestamp: -1, offset: -1 };
/** Number of entries in an index file that must be written anew. */
const STALE = -1;

/** The offset and the time index of one segment, in memory and as Kafka's `.index` and `.timeindex` files. */
export class SegmentIndexes {
  readonly #files: Files;
  readonly #directory: string;
  readonly #baseOffset: number;
  readonly #intervalBytes: number;
  #offsets = new OffsetIndex();
  #times = new TimeIndex();
  /** Entries that the files hold. */
  #persisted = { offsets: STALE, times: STALE };
  #bytesSinceEntry = 0;
  #largest = NO_TIMESTAMP;

  constructor(files: Files, directory: string, baseOffset: number, intervalBytes: number) {
    this.#files = files;
    this.#directory = directory;
    this.#baseOffset = baseOffset;
    this.#intervalBytes = intervalBytes;
  }

  /** The largest timestamp of all noted batches. */
  get largest(): TimestampPlace {
    return this.#largest;
  }

  /** Whether one of them has as many entries as `segment.index.bytes` allows. */
  isFull(segmentIndexBytes: number): boolean {
    const offsetsMax = Math.floor(segmentIndexBytes / 8);
    const timesMax = Math.floor(segmentIndexBytes / 12) - 1; // The last is for the entry that closes the segment.
    return this.#offsets.count >= offsetsMax || this.#times.count >= timesMax;
  }

  /** Notes a batch; an entry is made once more than `index.interval.bytes` lie between it and the last one. */
  note({ lastOffset, position }: IndexedBatch, sizeInBytes: number, maxTimestamp: number): void {
    this.noteTimestamp(maxTimestamp, lastOffset);
    if (this.#bytesSinceEntry > this.#intervalBytes) {
      this.#offsets.append(lastOffset - this.#baseOffset, position);
      this.seal();
      this.#bytesSinceEntry = 0;
    }
    this.#bytesSinceEntry += sizeInBytes;
  }

  /** Takes account of a batch's timestamp without making an entry. */
  noteTimestamp(timestamp: number, lastOffset: number): void {
    if (timestamp > this.#largest.timestamp) this.#largest = { timestamp, offset: lastOffset };
  }

  /** Bytes of batches after the last entry, when they have been found in the file rather than noted. */
  resumeAfter(bytesSinceEntry: number): void {
    this.#bytesSinceEntry = bytesSinceEntry;
  }

  /** The last entry at or below `offset`. */
  floor(offset: number): IndexedBatch | undefined {
    return this.#batchOf(this.#offsets.floor(offset - this.#baseOffset));
  }

  /** The last entry at or below `position`. */
  floorByPosition(position: number): IndexedBatch | undefined {
    return this.#batchOf(this.#offsets.floorByPosition(position));
  }

  /** The last entry of the time index whose timestamp is below `timestamp`: every earlier record is older. */
  floorByTimestamp(timestamp: number): TimestampPlace | undefined {
    const entry = this.#times.floor(timestamp);
    return entry && { timestamp: entry.timestamp, offset: entry.relativeOffset + this.#baseOffset };
  }

  /** Adds the time entry that a segment gets when it stops being the active one. */
  seal(): void {
    const { timestamp, offset } = this.#largest;
    if (timestamp >= 0) this.#times.maybeAppend(timestamp, offset - this.#baseOffset);
  }

  /** Forgets batches that were noted and then not written; `largest` is that of those that stay. */
  truncate(position: number, endOffset: number, largest: TimestampPlace): void {
    this.#offsets.truncateToPosition(position);
    this.#times.truncateToOffset(endOffset - this.#baseOffset);
    this.#largest = largest;
    this.#bytesSinceEntry = 0;
    if (this.#offsets.count < this.#persisted.offsets) this.#persisted.offsets = STALE;
    if (this.#times.count < this.#persisted.times) this.#persisted.times = STALE;
  }

  clear(): void {
    this.#offsets.clear();
    this.#times.clear();
    this.#largest = NO_TIMESTAMP;
    this.#bytesSinceEntry = 0;
    this.#persisted = { offsets: STALE, times: STALE };
  }

  /** Reads the files; false when one is missing or cannot be the index of a log file of `logBytes` bytes. */
  load(logBytes: number): boolean {
    const offsets = this.#read('.index', (bytes) => OffsetIndex.decode(bytes, logBytes));
    const times = this.#read('.timeindex', (bytes) => TimeIndex.decode(bytes));
    if (offsets === undefined || times === undefined) return false;
    this.#offsets = offsets;
    this.#times = times;
    this.#persisted = { offsets: offsets.count, times: times.count };
    const { last } = times;
    if (last !== undefined) this.noteTimestamp(last.timestamp, last.relativeOffset + this.#baseOffset);
    return true;
  }

  /** The files are there and may be as good as what is in memory; they are looked at when entries are added. */
  notePersisted(): void {
    this.#persisted = { offsets: this.#offsets.count, times: this.#times.count };
  }

  /** Writes the entries that the files lack. Not synced: what a power cut leaves is checked by whoever loads it. */
  persist(): void {
    const { offsets, times } = this.#persisted;
    if (offsets !== this.#offsets.count) this.#append('.index', offsets, this.#offsets);
    if (times !== this.#times.count) this.#append('.timeindex', times, this.#times);
    this.#persisted = { offsets: this.#offsets.count, times: this.#times.count };
  }

  #batchOf(entry: OffsetEntry | undefined): IndexedBatch | undefined {
    return entry && { lastOffset: entry.relativeOffset + this.#baseOffset, position: entry.position };
  }

  #append(suffix: '.index' | '.timeindex', count: number, index: OffsetIndex | TimeIndex): void {
    const file = this.#files.open(this.#path(suffix), 'write');
    try {
      const isStale = count === STALE || file.size() !== count * index.entryBytes;
      if (isStale) file.truncate(0);
      const bytes = index.encode(isStale ? 0 : count);
      if (bytes.length > 0) file.append([bytes]);
    } finally {
      file.close();
    }
  }

  #read<T>(suffix: '.index' | '.timeindex', decode: (bytes: Buffer) => T | undefined): T | undefined {
    const path = this.#path(suffix);
    return this.#files.stat(path) === undefined ? undefined : decode(this.#files.readFile(path));
  }

  #path(suffix: '.index' | '.timeindex'): string {
    return segmentPath(this.#directory, this.#baseOffset, suffix);
  }
}
