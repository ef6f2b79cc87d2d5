import { batchHeader } from '../../kafka/records/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Entropy } from '../../platform/entropy.ts';
import type { Files } from '../../platform/files.ts';
import { writeEpochCheckpoint } from './checkpoint.ts';
import { AppendFailedError, LogDirectoryOfflineError, OffsetOutOfRangeError } from './errors.ts';
import type { EpochEnd, LeaderEpochCache } from './leader-epoch-cache.ts';
import type { TopicConfig } from '../config/index.ts';
import { readBatches } from './log-read.ts';
import { writeProducerSnapshot } from './producer-snapshot.ts';
import type { ProducerAppend, ProducerEntry, ProducerState, SequenceCheck } from './producer-state.ts';
import { countDeletable } from './retention.ts';
import { Segment } from './segment.ts';
import { DELETED_SUFFIX, type SegmentSuffix, segmentOffsets, segmentPath } from './segment-files.ts';

/** Hears of what happens to appended records, in order. */
export interface LogListener {
  /** Everything below `endOffset` is now as durable as this log promises. */
  onDurable(endOffset: number): void;
  /** The records from `fromOffset` on could not be kept and are gone; their offsets will be given out again. */
  onAppendFailed(fromOffset: number, error: AppendFailedError | LogDirectoryOfflineError): void;
}

/** What a log needs from around it. */
export interface LogEnvironment {
  readonly files: Files;
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** Called before the first write to a segment: makes the log's folder and what identifies it. */
  prepareDirectory(directory: string): void;
  /** Called when the log has something to write or to sync. */
  enlist(log: PartitionLog): void;
  /** Called when a file failed in a way that does not pass: the whole directory must stop. */
  onStorageError(error: unknown): void;
}

/** The state that opening a log's directory (see `log-recovery.ts`) has found. */
export interface LoadedLog {
  readonly segments: Segment[];
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  readonly producers: ProducerState;
  readonly epochs: LeaderEpochCache;
}

interface Undo {
  readonly producerId: number;
  readonly before: ProducerEntry | undefined;
}

/**
 * The log of one partition: segments of record batches in Kafka's format. Everything but {@link sync} is synchronous.
 * An append is visible in {@link logEndOffset} at once, in files after {@link writePending}, and counts as durable
 * after {@link sync} (or after the write, in page-cache mode).
 */
export class PartitionLog {
  readonly directory: string;
  readonly #environment: LogEnvironment;
  readonly #config: () => TopicConfig;
  readonly #isPageCacheEnough: boolean;
  #segments: Segment[];
  #producers: ProducerState;
  #epochs: LeaderEpochCache;
  #logStartOffset: number;
  #logEndOffset: number;
  #writtenOffset: number;
  #durable: { readonly offset: number; readonly segment: Segment; readonly position: number };
  #undo: (Undo | undefined)[] = [];
  #unsynced = new Set<Segment>();
  #hasNewFiles = false;
  #areEpochsSaved = true;
  #rollJitterMs = 0;
  #listener: LogListener | undefined;
  #offline: LogDirectoryOfflineError | undefined;

  constructor(
    directory: string,
    environment: LogEnvironment,
    config: () => TopicConfig,
    options: { readonly isPageCacheEnough: boolean },
    loaded: LoadedLog,
  ) {
    this.directory = directory;
    this.#environment = environment;
    this.#config = config;
    this.#isPageCacheEnough = options.isPageCacheEnough;
    this.#segments = loaded.segments;
    this.#producers = loaded.producers;
    this.#epochs = loaded.epochs;
    this.#logStartOffset = loaded.logStartOffset;
    this.#logEndOffset = loaded.logEndOffset;
    this.#writtenOffset = loaded.logEndOffset;
    this.#durable = {
      offset: loaded.logEndOffset,
      segment: this.#active,
      position: this.#active.writtenSize,
    };
  }

  get logStartOffset(): number {
    return this.#logStartOffset;
  }

  /** Offset that the next record will get. */
  get logEndOffset(): number {
    return this.#logEndOffset;
  }

  /** End of what is as durable as this log promises: on one replica, the high watermark. */
  get durableOffset(): number {
    return this.#durable.offset;
  }

  /** Bytes of all segments. */
  get size(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.size, 0);
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  get activeSegment(): Segment {
    return this.#active;
  }

  get producers(): ProducerState {
    return this.#producers;
  }

  get config(): TopicConfig {
    return this.#config();
  }

  get hasPending(): boolean {
    return this.#writtenOffset < this.#logEndOffset;
  }

  /** Whether {@link sync} has something to do. */
  get needsSync(): boolean {
    return this.#unsynced.size > (this.#isPageCacheEnough && this.#unsynced.has(this.#active) ? 1 : 0);
  }

  /** Recovery after an unclean stop may begin here: all before it was synced. */
  get recoveryPoint(): number {
    const offsets = [...this.#unsynced].map((segment) => segment.baseOffset);
    return this.#isPageCacheEnough ? Math.min(this.#writtenOffset, ...offsets) : this.durableOffset;
  }

  get isOffline(): boolean {
    return this.#offline !== undefined;
  }

  listen(listener: LogListener): void {
    this.#listener = listener;
  }

  /** Whether a client's idempotent batch continues its producer's sequence. */
  checkSequence(append: ProducerAppend): SequenceCheck {
    return this.#producers.check(append);
  }

  /**
   * Gives the batch its offsets and queues it. `batch` is one checked v2 batch; its base offset and leader epoch are
   * overwritten and it is kept until written. Throws {@link LogDirectoryOfflineError}, or {@link AppendFailedError}
   * when a new segment was due and could not be begun.
   */
  append(batch: Buffer, leaderEpoch: number): { readonly baseOffset: number; readonly lastOffset: number } {
    if (this.#offline !== undefined) throw this.#offline;
    this.#rollIfDue(batch);
    const baseOffset = this.#logEndOffset;
    batchHeader.setBaseOffset(batch, 0, baseOffset);
    batchHeader.setLeaderEpoch(batch, 0, leaderEpoch);
    const lastOffset = batchHeader.lastOffset(batch, 0);
    if (this.#epochs.assign(leaderEpoch, baseOffset)) this.#areEpochsSaved = false;
    this.#undo.push(this.#noteProducer(batch, lastOffset));
    this.#active.append(batch);
    this.#logEndOffset = lastOffset + 1;
    this.#environment.enlist(this);
    return { baseOffset, lastOffset };
  }

  /** Hands what is queued to the page cache. On failure everything queued is undone and its listener told. */
  writePending(): void {
    if (!this.hasPending || this.#offline !== undefined) return;
    const isFirstWrite = this.#active.writtenSize === 0;
    try {
      if (isFirstWrite) this.#environment.prepareDirectory(this.directory);
      this.#saveEpochs();
      this.#active.writePending();
    } catch (error) {
      this.#failPending(error);
      return;
    }
    this.#writtenOffset = this.#logEndOffset;
    this.#undo = [];
    this.#unsynced.add(this.#active);
    if (isFirstWrite) {
      this.#hasNewFiles = true;
      this.#persistIndexes(this.#active);
    }
    if (this.#isPageCacheEnough) this.#promote(this.#writtenOffset, this.#active, this.#active.writtenSize);
  }

  /**
   * Makes what has been written durable; in page-cache mode only closed segments, unless `everything`. One at a time.
   * Rejects with the system's error, after which nothing is known about the files: the caller must take the
   * directory offline.
   */
  async sync(everything = !this.#isPageCacheEnough): Promise<void> {
    const segments = [...this.#unsynced].filter((segment) => everything || segment !== this.#active);
    const target = { offset: this.#writtenOffset, segment: this.#active, position: this.#active.writtenSize };
    for (const segment of segments) this.#unsynced.delete(segment);
    if (this.#hasNewFiles) {
      this.#hasNewFiles = false;
      this.#environment.files.syncDirectory(this.directory);
      this.#environment.files.syncDirectory(parentOf(this.directory));
    }
    await Promise.all(segments.map((segment) => segment.datasync()));
    if (this.#offline === undefined) this.#promote(target.offset, target.segment, target.position);
  }

  /** Stops taking appends; what was queued or not yet durable is reported as failed. */
  takeOffline(error: LogDirectoryOfflineError): void {
    if (this.#offline !== undefined) return;
    this.#offline = error;
    this.#listener?.onAppendFailed(this.durableOffset, error);
  }

  /**
   * Reads whole batches from the one that holds `startOffset`, below `endOffset`. At most `maxBytes`, but always the
   * first batch when `minOneBatch`. `allocate` provides the memory. Returns an empty buffer when there is nothing (yet).
   * Throws {@link OffsetOutOfRangeError}.
   */
  read(
    options: { startOffset: number; endOffset: number; maxBytes: number; minOneBatch: boolean },
    allocate: (bytes: number) => Buffer,
  ): Buffer {
    const { startOffset, maxBytes, minOneBatch } = options;
    if (startOffset < this.#logStartOffset || startOffset > this.#logEndOffset) {
      throw new OffsetOutOfRangeError(startOffset, this.#logStartOffset, this.#logEndOffset);
    }
    const endOffset = Math.min(options.endOffset, this.#writtenOffset);
    let index = this.#segments.findLastIndex((segment) => segment.baseOffset <= startOffset);
    for (; startOffset < endOffset && index < this.#segments.length; index++) {
      const segment = this.#segments[index];
      if (segment === undefined || segment.baseOffset >= endOffset) break;
      const from = segment.positionOf(startOffset);
      const to = this.#endPosition(index, endOffset);
      if (from < to) return readBatches(segment, { from, to, maxBytes, minOneBatch }, allocate);
    }
    return EMPTY;
  }

  /** Bytes from `startOffset` to `endOffset`; Infinity when they are not in one segment. */
  bytesBetween(startOffset: number, endOffset: number): number {
    if (startOffset >= endOffset) return 0;
    const index = this.#segments.findLastIndex((segment) => segment.baseOffset <= startOffset);
    const next = this.#segments[index + 1];
    const segment = this.#segments[index];
    if (segment === undefined || (next !== undefined && next.baseOffset < endOffset)) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.#endPosition(index, endOffset) - segment.positionOf(startOffset));
  }

  /** Begins a new segment. Throws {@link AppendFailedError} when what is queued cannot be written first. */
  roll(): void {
    const active = this.#active;
    this.writePending();
    if (this.#offline !== undefined) throw this.#offline;
    if (active.size === 0) return;
    try {
      active.seal();
      active.persistIndexes();
      const snapshot = segmentPath(this.directory, this.#logEndOffset, '.snapshot');
      writeProducerSnapshot(this.#environment.files, snapshot, this.#producers);
    } catch (error) {
      throw new AppendFailedError(active.path, error);
    }
    this.#segments = [...this.#segments, this.#newSegment(this.#logEndOffset)];
    const jitterMs = this.config.segmentJitterMs;
    this.#rollJitterMs = jitterMs > 0 ? this.#environment.entropy.u32() % jitterMs : 0;
    this.#environment.enlist(this);
  }

  /** Offset where a leader epoch ended (OffsetForLeaderEpoch). */
  endOffsetFor(epoch: number): EpochEnd {
    return this.#epochs.endOffsetFor(epoch, this.#logEndOffset);
  }

  /** Leader epoch of the record at `offset`, -1 when unknown. */
  epochAt(offset: number): number {
    return this.#epochs.epochAt(offset);
  }

  get latestEpoch(): number {
    return this.#epochs.latest?.epoch ?? -1;
  }

  /** Moves the log start offset up (DeleteRecords, retention); whole segments below it are deleted. */
  advanceLogStart(offset: number): void {
    if (offset <= this.#logStartOffset) return;
    this.#logStartOffset = offset;
    if (this.#epochs.truncateFromStart(offset)) this.#areEpochsSaved = false;
    this.deleteOldSegments();
  }

  /** Applies retention now; returns how many segments went. */
  deleteOldSegments(): number {
    const count = countDeletable(this.#facts(), this.config, {
      logStartOffset: this.#logStartOffset,
      highWatermark: this.durableOffset,
      nowMs: this.#environment.clock.now(),
    });
    if (count === 0) return 0;
    if (count === this.#segments.length) this.roll();
    const deleted = this.#segments.slice(0, count);
    this.#segments = this.#segments.slice(count);
    for (const segment of deleted) this.deleteSegmentFiles(segment);
    const start = this.#segments[0]?.baseOffset ?? this.#logStartOffset;
    if (start > this.#logStartOffset) {
      this.#logStartOffset = start;
      if (this.#epochs.truncateFromStart(start)) this.#areEpochsSaved = false;
    }
    return count;
  }

  /** Puts compacted segments in the place of those that they were made from. The new files are in place already. */
  replaceSegments(old: readonly Segment[], replacement: Segment): void {
    const first = old[0] === undefined ? -1 : this.#segments.indexOf(old[0]);
    this.#segments = [
      ...this.#segments.slice(0, first),
      replacement,
      ...this.#segments.slice(first + old.length),
    ];
    for (const segment of old) this.#unsynced.delete(segment);
  }

  /** Renames a segment's files to `.deleted` and removes them after `file.delete.delay.ms`. */
  deleteSegmentFiles(segment: Segment): void {
    segment.close();
    this.#unsynced.delete(segment);
    for (const suffix of ['.log', '.index', '.timeindex', '.txnindex', '.snapshot'] as const) {
      this.#deleteLater(segmentPath(this.directory, segment.baseOffset, suffix));
    }
  }

  /** Closes the files of a log that is being deleted; nothing is written any more. */
  discard(): void {
    this.takeOffline(new LogDirectoryOfflineError(this.directory, new Error('the topic was deleted')));
    for (const segment of this.#segments) segment.close();
  }

  /** Writes index entries and, for a clean stop, the producer snapshot; then closes the files. Sync first. */
  close(): void {
    if (this.#offline === undefined && this.#environment.files.stat(this.directory) !== undefined) {
      this.#saveEpochs();
      for (const segment of this.#segments) segment.persistIndexes();
      const snapshot = segmentPath(this.directory, this.#logEndOffset, '.snapshot');
      writeProducerSnapshot(this.#environment.files, snapshot, this.#producers);
      this.#removeStaleSnapshots();
    }
    for (const segment of this.#segments) segment.close();
  }

  get #active(): Segment {
    const active = this.#segments.at(-1);
    if (active === undefined) throw new Error('a log has at least one segment');
    return active;
  }

  #rollIfDue(batch: Buffer): void {
    const active = this.#active;
    if (active.size === 0) return;
    const { segmentBytes, segmentIndexBytes, segmentMs, cleanupPolicy, maxCompactionLagMs } = this.config;
    const rollMs = cleanupPolicy.compact ? Math.min(segmentMs, maxCompactionLagMs) : segmentMs;
    const first = active.firstTimestamp ?? -1;
    const timestamp = batchHeader.maxTimestamp(batch, 0);
    const ageMs = first >= 0 && timestamp >= 0 ? timestamp - first : 0;
    const isDue =
      active.size + batch.length > segmentBytes ||
      ageMs > rollMs - this.#rollJitterMs ||
      active.isIndexFull(segmentIndexBytes) ||
      this.#logEndOffset + batchHeader.lastOffsetDelta(batch, 0) - active.baseOffset > 0x7fffffff;
    if (isDue) this.roll();
  }

  #noteProducer(batch: Buffer, lastOffset: number): Undo | undefined {
    const producerId = batchHeader.producerId(batch, 0);
    if (producerId < 0) return undefined;
    const append = {
      producerId,
      producerEpoch: batchHeader.producerEpoch(batch, 0),
      firstSequence: batchHeader.baseSequence(batch, 0),
      lastSequence: batchHeader.lastSequence(batch, 0),
    };
    const offsetDelta = batchHeader.lastOffsetDelta(batch, 0);
    const timestamp = batchHeader.maxTimestamp(batch, 0);
    const lastSequence = append.lastSequence;
    return {
      producerId,
      before: this.#producers.update(append, { lastSequence, lastOffset, offsetDelta, timestamp }),
    };
  }

  #failPending(error: unknown): void {
    for (const undo of this.#undo.reverse()) {
      if (undo !== undefined) this.#producers.restore(undo.producerId, undo.before);
    }
    this.#undo = [];
    this.#logEndOffset = this.#writtenOffset;
    this.#active.discardPending(this.#writtenOffset);
    if (this.#epochs.truncateFromEnd(Math.max(this.#writtenOffset, 1))) this.#areEpochsSaved = false;
    if (!isDiskFull(error)) this.#environment.onStorageError(error);
    this.#listener?.onAppendFailed(this.#writtenOffset, new AppendFailedError(this.#active.path, error));
  }

  #promote(offset: number, segment: Segment, position: number): void {
    if (offset <= this.#durable.offset) return;
    this.#durable = { offset, segment, position };
    this.#listener?.onDurable(offset);
  }

  #endPosition(index: number, endOffset: number): number {
    const segment = this.#segments[index];
    if (segment === undefined) return 0;
    const next = this.#segments[index + 1];
    if (next !== undefined && next.baseOffset <= endOffset) return segment.writtenSize;
    if (segment === this.#durable.segment && endOffset === this.#durable.offset)
      return this.#durable.position;
    return endOffset >= this.#writtenOffset ? segment.writtenSize : segment.positionOf(endOffset);
  }

  #newSegment(baseOffset: number): Segment {
    const { files } = this.#environment;
    return Segment.create(files, this.directory, baseOffset, this.config.indexIntervalBytes);
  }

  #facts() {
    return this.#segments.map((segment, i) => ({
      baseOffset: segment.baseOffset,
      endOffset: this.#segments[i + 1]?.baseOffset ?? this.#logEndOffset,
      size: segment.size,
      largestTimestamp: segment.largestTimestamp >= 0 ? segment.largestTimestamp : segment.modifiedMs,
    }));
  }

  /** Indexes can be rebuilt: a full disk is no reason to fail for them. */
  #persistIndexes(segment: Segment): void {
    try {
      segment.persistIndexes();
    } catch (error) {
      if (!isDiskFull(error)) this.#environment.onStorageError(error);
    }
  }

  #saveEpochs(): void {
    if (this.#areEpochsSaved) return;
    const path = `${this.directory}/leader-epoch-checkpoint`;
    writeEpochCheckpoint(this.#environment.files, path, this.#epochs.entries);
    this.#areEpochsSaved = true;
  }

  #deleteLater(path: string): void {
    const { files, clock } = this.#environment;
    if (files.stat(path) === undefined) return;
    files.rename(path, path + DELETED_SUFFIX);
    clock.timer(this.config.fileDeleteDelayMs, () => files.remove(path + DELETED_SUFFIX));
  }

  /** Snapshots are of use at the segments' starts and at the end. */
  #removeStaleSnapshots(): void {
    const { files } = this.#environment;
    const suffix: SegmentSuffix = '.snapshot';
    const wanted = new Set([...this.#segments.map((segment) => segment.baseOffset), this.#logEndOffset]);
    for (const offset of segmentOffsets(files.list(this.directory), suffix)) {
      if (!wanted.has(offset)) files.remove(segmentPath(this.directory, offset, suffix));
    }
  }
}

const EMPTY = Buffer.alloc(0);

function isDiskFull(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ENOSPC' || code === 'EDQUOT';
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash > 0 ? path.slice(0, slash) : slash === 0 ? '/' : '.';
}
