import { batchHeader } from '../../kafka/records/index.ts';
import { writeEpochCheckpoint } from './checkpoint.ts';
import { AppendFailedError, LogDirectoryOfflineError } from './errors.ts';
import type { EpochEnd, LeaderEpochCache } from './leader-epoch-cache.ts';
import type { TopicConfig } from '../config/index.ts';
import type { LoadedLog, LogEnvironment, LogListener } from './log-environment.ts';
import { bytesBetween, type ReadableLog, type ReadOptions, readLog } from './log-read.ts';
import { ProducerJournal } from './producer-journal.ts';
import { removeProducerSnapshots, writeProducerSnapshot } from './producer-snapshot.ts';
import type { ProducerAppend, ProducerState, SequenceCheck } from './producer-state.ts';
import { countDeletable } from './retention.ts';
import { Segment } from './segment.ts';
import { SegmentList } from './segment-list.ts';
import { isPassing, isStorageError } from './storage-error.ts';
import { UnsyncedSegments } from './unsynced-segments.ts';

/**
 * The log of one partition: segments of record batches in Kafka's format. Everything but {@link sync} is synchronous.
 * An append is visible in {@link logEndOffset} at once, in files after {@link writePending}, and counts as durable
 * after {@link sync} (or after the write, in page-cache mode).
 */
export class PartitionLog implements ReadableLog {
  readonly directory: string;
  readonly #environment: LogEnvironment;
  readonly #config: () => TopicConfig;
  readonly #isPageCacheEnough: boolean;
  readonly #segments: SegmentList;
  readonly #producers: ProducerState;
  readonly #epochs: LeaderEpochCache;
  #logStartOffset: number;
  #logEndOffset: number;
  #writtenOffset: number;
  #durable: { readonly offset: number; readonly segment: Segment; readonly position: number };
  readonly #journal: ProducerJournal;
  readonly #unsynced: UnsyncedSegments;
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
    const fileDeleteDelayMs = (): number => this.config.fileDeleteDelayMs;
    const onStorageError = (error: unknown): void => this.#onError(error);
    const { files, clock } = environment;
    this.#segments = new SegmentList({ files, clock, directory, fileDeleteDelayMs, onStorageError }, loaded.segments);
    this.#producers = loaded.producers;
    this.#journal = new ProducerJournal(loaded.producers);
    this.#unsynced = new UnsyncedSegments(files, directory);
    this.#epochs = loaded.epochs;
    this.#logStartOffset = loaded.logStartOffset;
    this.#logEndOffset = loaded.logEndOffset;
    this.#writtenOffset = loaded.logEndOffset;
    const { active } = this.#segments;
    this.#durable = { offset: loaded.logEndOffset, segment: active, position: active.writtenSize };
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

  get durable(): ReadableLog['durable'] {
    return this.#durable;
  }

  get writtenOffset(): number {
    return this.#writtenOffset;
  }

  /** Bytes of all segments. */
  get size(): number {
    return this.#segments.size;
  }

  get segments(): readonly Segment[] {
    return this.#segments.all;
  }

  get activeSegment(): Segment {
    return this.#segments.active;
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
    return this.#unsynced.size > (this.#isPageCacheEnough && this.#unsynced.has(this.activeSegment) ? 1 : 0);
  }

  /** Recovery after an unclean stop may begin here: all before it was synced. */
  get recoveryPoint(): number {
    if (!this.#isPageCacheEnough) return this.durableOffset;
    return Math.min(this.#writtenOffset, this.#unsynced.firstOffset);
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
    this.#journal.note(batch);
    this.activeSegment.append(batch);
    this.#logEndOffset = lastOffset + 1;
    this.#environment.enlist(this);
    return { baseOffset, lastOffset };
  }

  /**
   * Hands what is queued to the page cache, unless a segment before the active one has yet to be synced: then
   * {@link sync} comes first. On failure everything queued is undone, its listener told, and the error returned.
   */
  writePending(): AppendFailedError | undefined {
    if (!this.hasPending || this.#offline !== undefined || this.#mustSyncFirst()) return undefined;
    const active = this.activeSegment;
    const isFirstWrite = active.writtenSize === 0;
    try {
      if (isFirstWrite) this.#environment.prepareDirectory(this.directory);
      this.#saveEpochs();
      active.writePending();
    } catch (error) {
      return this.#failPending(error);
    }
    this.#writtenOffset = this.#logEndOffset;
    this.#journal.keep();
    this.#unsynced.noteWrite(active);
    if (isFirstWrite) {
      this.#unsynced.noteNewFile();
      this.persistIndexes();
    }
    if (this.#isPageCacheEnough) this.#promote(this.#writtenOffset, active, active.writtenSize);
    return undefined;
  }

  /**
   * Makes what has been written durable; in page-cache mode only closed segments, unless `everything`. One at a time.
   * Rejects with the system's error, after which nothing is known about the files: the caller must take the
   * directory offline.
   */
  async sync(everything = !this.#isPageCacheEnough): Promise<void> {
    const { activeSegment: active } = this;
    const target = { offset: this.#writtenOffset, segment: active, position: active.writtenSize };
    await this.#unsynced.sync(everything ? undefined : active);
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
   * Throws {@link OffsetOutOfRangeError}, {@link CorruptLogError} and {@link LogDirectoryOfflineError}.
   */
  read(options: ReadOptions, allocate: (bytes: number) => Buffer): Buffer {
    return this.guard(() => readLog(this, options, allocate));
  }

  /** Bytes from `startOffset` to `endOffset`; Infinity when they are not in one segment. Throws {@link LogDirectoryOfflineError}. */
  bytesBetween(startOffset: number, endOffset: number): number {
    return this.guard(() => bytesBetween(this, startOffset, endOffset));
  }

  /**
   * Runs `access` to this log's files. A storage error that does not pass takes the directory offline; then, and when
   * it is offline already, throws {@link LogDirectoryOfflineError}.
   */
  guard<T>(access: () => T): T {
    if (this.#offline !== undefined) throw this.#offline;
    try {
      return access();
    } catch (error) {
      this.#onError(error);
      throw this.#offline ?? error;
    }
  }

  /** Begins a new segment. Throws {@link AppendFailedError} when what is queued cannot be written first. */
  roll(): void {
    this.#syncClosedSegments();
    const failure = this.writePending();
    if (this.#offline !== undefined) throw this.#offline;
    if (failure !== undefined) throw failure;
    const { activeSegment: active } = this;
    if (active.size === 0) return;
    try {
      active.seal();
      active.persistIndexes();
      writeProducerSnapshot(this.#environment.files, this.directory, this.#logEndOffset, this.#producers);
    } catch (error) {
      this.#onError(error);
      throw this.#offline ?? new AppendFailedError(active.path, error);
    }
    this.#segments.add(this.#newSegment(this.#logEndOffset));
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

  /**
   * Moves the log start offset up (DeleteRecords, retention); whole segments below it are deleted. Throws
   * {@link LogDirectoryOfflineError}.
   */
  advanceLogStart(offset: number): void {
    if (offset <= this.#logStartOffset) return;
    this.#logStartOffset = offset;
    if (this.#epochs.truncateFromStart(offset)) this.#areEpochsSaved = false;
    this.#deleteSegments({ ...this.config, cleanupPolicy: { delete: false, compact: false } });
  }

  /** Applies retention now; returns how many segments went. Throws as {@link advanceLogStart} does. */
  deleteOldSegments(): number {
    return this.#deleteSegments(this.config);
  }

  /** Begins a segment of which the file is there though it is empty: its name alone tells where the log ends. False: no room. */
  #beginAnew(): boolean {
    try {
      this.roll();
      this.guard(() => this.activeSegment.createFile());
      return true;
    } catch (error) {
      if (this.#offline !== undefined) throw error;
      return false; // The segments that are closed can go all the same, and make room.
    }
  }

  /** Puts the finished `.cleaned` file of a compaction in the place of the closed segments that it was made from. */
  swapSegments(old: readonly Segment[], cleanedPath: string): void {
    const { files } = this.#environment;
    const open = (baseOffset: number): Segment =>
      Segment.open(files, this.directory, baseOffset, this.config.indexIntervalBytes).segment;
    try {
      this.#segments.swap(old, cleanedPath, open);
    } catch (error) {
      // Half done, and only the next start can tell which half: even an error that passes ends it here.
      this.#environment.onStorageError(error);
      throw error;
    }
    for (const segment of old) this.#unsynced.forget(segment);
  }

  /** Writes index entries that are not in files yet. Indexes can be rebuilt: a full disk is no reason to fail for them. */
  persistIndexes(): void {
    try {
      for (const segment of this.segments) segment.persistIndexes();
    } catch (error) {
      this.#onError(error);
    }
  }

  /** Closes the files of a log that is being deleted; nothing is written any more. */
  discard(): void {
    this.takeOffline(new LogDirectoryOfflineError(this.directory, new Error('the topic was deleted')));
    for (const segment of this.segments) segment.retire();
  }

  /** Writes index entries and, for a clean stop, the producer snapshot; then closes the files. Sync first. */
  close(): void {
    const { files } = this.#environment;
    if (this.#offline === undefined && files.stat(this.directory) !== undefined) {
      this.#saveEpochs();
      this.activeSegment.seal();
      for (const segment of this.segments) segment.persistIndexes();
      writeProducerSnapshot(files, this.directory, this.#logEndOffset, this.#producers);
      const wanted = [...this.segments.map((segment) => segment.baseOffset), this.#logEndOffset];
      removeProducerSnapshots(files, this.directory, wanted);
    }
    this.closeFiles();
  }

  /** Closes the files and no more. */
  closeFiles(): void {
    for (const segment of this.segments) segment.close();
  }

  #deleteSegments(config: TopicConfig): number {
    let count = countDeletable(this.#segments.facts(this.#logEndOffset), config, {
      logStartOffset: this.#logStartOffset,
      highWatermark: this.durableOffset,
      nowMs: this.#environment.clock.now(),
    });
    if (count === 0) return 0;
    if (count === this.segments.length && !this.#beginAnew()) count -= 1;
    for (const segment of this.guard(() => this.#segments.deleteFirst(count))) this.#unsynced.forget(segment);
    const start = this.segments[0]?.baseOffset ?? this.#logStartOffset;
    if (start > this.#logStartOffset) {
      this.#logStartOffset = start;
      if (this.#epochs.truncateFromStart(start)) this.#areEpochsSaved = false;
    }
    return count;
  }

  #rollIfDue(batch: Buffer): void {
    const active = this.activeSegment;
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

  #failPending(error: unknown): AppendFailedError {
    this.#journal.undo();
    this.#logEndOffset = this.#writtenOffset;
    this.activeSegment.discardPending(this.#writtenOffset);
    if (this.#epochs.truncateFromEnd(Math.max(this.#writtenOffset, 1))) this.#areEpochsSaved = false;
    this.#onError(error);
    const failure = new AppendFailedError(this.activeSegment.path, error);
    this.#listener?.onAppendFailed(this.#writtenOffset, failure);
    return failure;
  }

  /** B30: what comes after a closed segment must not outlive a power cut that this one does not. */
  #mustSyncFirst(): boolean {
    if (this.#isPageCacheEnough || this.activeSegment.writtenSize > 0) return false;
    return !this.#unsynced.isSettled;
  }

  /** As {@link sync} would, for what {@link writePending} waits for, when there is no time to wait. */
  #syncClosedSegments(): void {
    if (!this.hasPending || !this.#mustSyncFirst()) return;
    try {
      this.#unsynced.syncNow();
    } catch (error) {
      this.#environment.onStorageError(error); // Not even one that passes: a sync is never tried twice.
    }
  }

  #onError(error: unknown): void {
    if (isStorageError(error) && !isPassing(error)) this.#environment.onStorageError(error);
  }

  #promote(offset: number, segment: Segment, position: number): void {
    if (offset <= this.#durable.offset) return;
    this.#durable = { offset, segment, position };
    this.#listener?.onDurable(offset);
  }

  #newSegment(baseOffset: number): Segment {
    const { files } = this.#environment;
    return Segment.create(files, this.directory, baseOffset, this.config.indexIntervalBytes);
  }

  #saveEpochs(): void {
    if (this.#areEpochsSaved) return;
    const path = `${this.directory}/leader-epoch-checkpoint`;
    writeEpochCheckpoint(this.#environment.files, path, this.#epochs.entries);
    this.#areEpochsSaved = true;
  }
}
