import { batchHeader } from '../../kafka/records/index.ts';
import type { TopicConfig } from '../config/index.ts';
import { AppendFailedError, LogDirectoryOfflineError } from './errors.ts';
import { FlushPolicy } from './flush-policy.ts';
import type { EpochEnd } from './leader-epoch-cache.ts';
import { LeaderEpochFile } from './leader-epoch-file.ts';
import type { LoadedLog, LogEnvironment, LogListener } from './log-environment.ts';
import { bytesBetween, type ReadableLog, type ReadOptions, readLog } from './log-read.ts';
import { ProducerJournal } from './producer-journal.ts';
import type { ProducerAppend, ProducerState, SequenceCheck } from './producer-state.ts';
import { countDeletable } from './retention.ts';
import { RollPolicy } from './roll-policy.ts';
import { RottenBatches } from './scrub/rotten-batches.ts';
import { Segment } from './segment.ts';
import { writeLogEnd, writeSegmentEnd } from './segment-end.ts';
import { type CleanedSegment, SegmentList } from './segment-list.ts';
import { isLasting, isStorageFailure } from './storage-error.ts';
import { UnsyncedSegments } from './unsynced-segments.ts';

/**
 * The log of one partition: segments of record batches in Kafka's format. Everything but {@link sync} is synchronous.
 * An append is in {@link logEndOffset} at once, in files after {@link writePending}, durable after {@link sync}.
 */
export class PartitionLog implements ReadableLog {
  readonly directory: string;
  readonly rotten: RottenBatches = new RottenBatches();
  readonly #environment: LogEnvironment;
  readonly #config: () => TopicConfig;
  readonly #topicId: string;
  readonly #isPageCacheEnough: boolean;
  readonly #segments: SegmentList;
  readonly #producers: ProducerState;
  readonly #epochFile: LeaderEpochFile;
  #logStartOffset: number;
  #logEndOffset: number;
  #writtenOffset: number;
  #durable: { readonly offset: number; readonly segment: Segment; readonly position: number };
  readonly #journal: ProducerJournal;
  readonly #unsynced: UnsyncedSegments;
  readonly #flush: FlushPolicy;
  readonly #rolls: RollPolicy;
  /** Where the log ended when all was written that {@link close} writes; -1: nothing is known. */
  readonly #savedOffset: number;
  #listener: LogListener | undefined;
  #offline: LogDirectoryOfflineError | undefined;

  constructor(
    directory: string,
    environment: LogEnvironment,
    config: () => TopicConfig,
    options: { readonly topicId: string; readonly isPageCacheEnough: boolean },
    loaded: LoadedLog,
  ) {
    this.directory = directory;
    this.#environment = environment;
    this.#config = config;
    this.#isPageCacheEnough = options.isPageCacheEnough;
    const { files, clock } = environment;
    this.#topicId = options.topicId;
    this.#rolls = new RollPolicy(environment, config());
    this.#flush = new FlushPolicy(loaded.logEndOffset, clock.now());
    this.#segments = new SegmentList(loaded.segments, directory, environment, config);
    this.#producers = loaded.producers;
    this.#journal = new ProducerJournal(loaded.producers);
    this.#unsynced = new UnsyncedSegments(files, directory);
    this.#epochFile = new LeaderEpochFile(files, directory, loaded.epochs);
    this.#logStartOffset = loaded.logStartOffset;
    this.#logEndOffset = loaded.logEndOffset;
    this.#writtenOffset = loaded.logEndOffset;
    this.#savedOffset = loaded.isEndSaved ? loaded.logEndOffset : -1;
    const segment = this.#segments.active;
    this.#durable = { offset: loaded.logEndOffset, segment, position: segment.writtenSize };
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

  /** Whether the name of the first file says where the log starts, whatever happens. */
  get isStartInFileNames(): boolean {
    const first = this.segments[0];
    return (
      first?.hasFile === true &&
      first.baseOffset >= this.#logStartOffset &&
      this.#segments.areDeletionsDurable
    );
  }

  get activeSegment(): Segment {
    return this.#segments.active;
  }

  get producers(): ProducerState {
    return this.#producers;
  }

  /** No transaction that is open, or ended by a marker not yet durable, begins below it. Infinity when there is none. */
  get firstUnstableOffset(): number {
    return Math.max(this.#producers.firstUnstableOffset, this.#logStartOffset);
  }

  get config(): TopicConfig {
    return this.#config();
  }

  get hasPending(): boolean {
    return this.#writtenOffset < this.#logEndOffset;
  }

  /** Whether {@link sync} has something to do. */
  get needsSync(): boolean {
    return this.#unsynced.size > (!this.#syncsEverything && this.#unsynced.has(this.activeSegment) ? 1 : 0);
  }

  /** Whether records have been in the page cache alone for `flush.ms`; then {@link sync} with `everything`. */
  isFlushDue(nowMs: number): boolean {
    return this.#isPageCacheEnough && this.#flush.isLate(this.#writtenOffset, this.config, nowMs);
  }

  get #syncsEverything(): boolean {
    return !this.#isPageCacheEnough || this.#flush.isFull(this.#writtenOffset, this.config);
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
   * Gives the checked batch its offsets and leader epoch and queues it: it is kept until written. Throws
   * {@link LogDirectoryOfflineError}, or {@link AppendFailedError} when a new segment was due and could not be begun.
   */
  append(batch: Buffer, leaderEpoch: number): { readonly baseOffset: number; readonly lastOffset: number } {
    if (this.#offline !== undefined) throw this.#offline;
    if (this.#rolls.isDue(this.activeSegment, batch, this.#logEndOffset, this.config)) this.roll();
    const baseOffset = this.#logEndOffset;
    batchHeader.setBaseOffset(batch, 0, baseOffset);
    batchHeader.setLeaderEpoch(batch, 0, leaderEpoch);
    const lastOffset = batchHeader.lastOffset(batch, 0);
    this.#epochFile.assign(leaderEpoch, baseOffset);
    const completed = this.#journal.note(batch);
    this.activeSegment.append(batch);
    if (completed?.isAborted === true) this.activeSegment.transactions.append(completed);
    this.#logEndOffset = lastOffset + 1;
    this.#environment.enlist(this);
    return { baseOffset, lastOffset };
  }

  /**
   * Hands what is queued to the page cache, unless a closed segment has yet to be synced: then {@link sync} comes first.
   * On failure everything queued is undone, its listener told, and the error returned.
   */
  writePending(): AppendFailedError | undefined {
    if (!this.hasPending || this.#offline !== undefined || this.#mustSyncFirst()) return undefined;
    const active = this.activeSegment;
    const isFirstWrite = active.writtenSize === 0;
    try {
      if (isFirstWrite) this.#environment.prepareFolder(this.directory, this.#topicId);
      this.#epochFile.save();
      active.writePending();
    } catch (error) {
      return this.#failPending(error);
    }
    this.#writtenOffset = this.#logEndOffset;
    this.#journal.keep();
    this.#unsynced.noteWrite(active);
    if (isFirstWrite) this.#unsynced.noteNewFile();
    if (active.transactions.hasUnwritten) this.#persist(() => active.transactions.persist());
    if (isFirstWrite) this.persistIndexes(); // Who lists the folder finds Kafka's files there.
    if (!this.#syncsEverything) this.#promoteWritten();
    return undefined;
  }

  /**
   * Makes what has been written durable; in page-cache mode only closed segments, unless `everything`. One at a time.
   * Rejects with the system's error: then nothing is known about the files, and the directory must go offline.
   */
  async sync(everything = this.#syncsEverything): Promise<void> {
    const { activeSegment: active } = this;
    const target = { offset: this.#writtenOffset, segment: active, position: active.writtenSize };
    await this.#unsynced.sync(everything ? undefined : active);
    if (everything) this.#flush.onFlushed(target.offset, this.#environment.clock.now());
    if (this.#offline !== undefined) return;
    this.#promote(target.offset, target.segment, target.position);
    // What a roll has written meanwhile waited for a sync as well, and none follows.
    if (!this.#syncsEverything) this.#promoteWritten();
  }

  /** Stops taking appends; what was queued or not yet durable is reported as failed. */
  takeOffline(error: LogDirectoryOfflineError): void {
    if (this.#offline !== undefined) return;
    this.#offline = error;
    this.#listener?.onAppendFailed(this.durableOffset, error);
  }

  /** See `readLog`. Throws {@link LogDirectoryOfflineError} as well. */
  read(options: ReadOptions, allocate: (bytes: number) => Buffer): Buffer {
    return this.guard(() => readLog(this, options, allocate));
  }

  /** Bytes from `startOffset` to `endOffset`; Infinity when they are not in one segment. Throws {@link LogDirectoryOfflineError}. */
  bytesBetween(startOffset: number, endOffset: number): number {
    return this.guard(() => bytesBetween(this, startOffset, endOffset));
  }

  /** Runs `access` to files. Throws {@link LogDirectoryOfflineError} after a storage error that does not pass. */
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
    const { files } = this.#environment;
    try {
      writeSegmentEnd(files, this.directory, active, this.#producers, this.#logEndOffset);
    } catch (error) {
      this.#onError(error);
      throw this.#offline ?? new AppendFailedError(active.path, error);
    }
    const { config } = this;
    this.#segments.add(Segment.create(files, this.directory, this.#logEndOffset, config.indexIntervalBytes));
    this.#rolls.begin(config);
    this.#environment.enlist(this);
  }

  /** Offset where a leader epoch ended (OffsetForLeaderEpoch). */
  endOffsetFor(epoch: number): EpochEnd {
    return this.#epochFile.epochs.endOffsetFor(epoch, this.#logEndOffset);
  }

  /** Leader epoch of the record at `offset`, -1 when unknown. */
  epochAt(offset: number): number {
    return this.#epochFile.epochs.epochAt(offset);
  }

  get latestEpoch(): number {
    return this.#epochFile.epochs.latest?.epoch ?? -1;
  }

  /** Moves the log start offset up; whole segments below it are deleted. Throws {@link LogDirectoryOfflineError}. */
  advanceLogStart(offset: number): void {
    if (offset <= this.#logStartOffset) return;
    this.#logStartOffset = offset;
    this.#epochFile.truncateFromStart(offset);
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
      if (this.#offline !== undefined || !isStorageFailure(error)) throw error;
      return false; // The segments that are closed can go all the same, and make room.
    }
  }

  /** Puts the outcome of a compaction in the place of the closed segments that it was made from. */
  swapSegments(old: readonly Segment[], cleaned: CleanedSegment): void {
    const { files } = this.#environment;
    const { indexIntervalBytes } = this.config;
    const open = (base: number) => {
      const { segment } = Segment.open(files, this.directory, base, indexIntervalBytes);
      segment.endOpening();
      return segment;
    };
    try {
      this.#segments.swap(old, cleaned, open);
    } catch (error) {
      // Half done, and only the next start can tell which half: even an error that passes ends it here.
      this.#environment.onStorageError(error);
      throw error;
    }
    for (const segment of old) this.#unsynced.forget(segment);
  }

  /** Writes index entries that are not in files yet, as far as there is room. */
  persistIndexes(): void {
    this.#persist(() => {
      for (const segment of this.segments) segment.persistIndexes();
    });
  }

  /** Closes the files of a log that is being deleted; nothing is written any more. */
  discard(): void {
    this.takeOffline(new LogDirectoryOfflineError(this.directory, new Error('the topic was deleted')));
    for (const segment of this.segments) segment.retire();
  }

  /** As {@link closeFiles}, after writing what makes the next start quick. Sync first. */
  close(): void {
    const { files } = this.#environment;
    if (this.#offline === undefined && files.stat(this.directory) !== undefined) {
      this.#epochFile.save();
      if (this.#savedOffset !== this.#logEndOffset)
        writeLogEnd(files, this.directory, this.segments, this.#producers, this.#logEndOffset);
    }
    this.closeFiles();
  }

  closeFiles(): void {
    for (const segment of this.segments) segment.close();
  }

  /** Deletes what `config` no longer wants. */
  #deleteSegments(config: TopicConfig): number {
    let count = countDeletable(this.#segments.facts(this.#logEndOffset), config, {
      logStartOffset: this.#logStartOffset,
      highWatermark: this.durableOffset,
      nowMs: this.#environment.clock.now(),
    });
    if (count > 0 && count === this.segments.length && !this.#beginAnew()) count -= 1;
    if (count === 0) return 0;
    const deleted = this.guard(() => this.#segments.deleteFirst(count));
    for (const segment of deleted) this.#unsynced.forget(segment);
    const start = this.segments[0]?.baseOffset ?? this.#logStartOffset;
    if (start > this.#logStartOffset) {
      this.#logStartOffset = start;
      this.#epochFile.truncateFromStart(start);
    }
    return deleted.length;
  }

  #failPending(error: unknown): AppendFailedError {
    this.#journal.undo(this.#writtenOffset);
    this.#logEndOffset = this.#writtenOffset;
    this.activeSegment.discardPending(this.#writtenOffset);
    this.#epochFile.truncateFromEnd(this.#writtenOffset);
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

  /** What {@link writePending} would wait for, at once. No error passes: a sync is never tried twice. */
  #syncClosedSegments(): void {
    if (!this.hasPending || !this.#mustSyncFirst()) return;
    try {
      this.#unsynced.syncNow();
    } catch (error) {
      this.#environment.onStorageError(error);
    }
  }

  /** Indexes can be rebuilt: a full disk is no reason to fail for them. */
  #persist(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.#onError(error);
    }
  }

  #onError(error: unknown): void {
    if (isLasting(error)) this.#environment.onStorageError(error);
  }

  #promoteWritten(): void {
    this.#promote(this.#writtenOffset, this.activeSegment, this.activeSegment.writtenSize);
  }

  #promote(offset: number, segment: Segment, position: number): void {
    if (offset <= this.#durable.offset) return;
    this.#durable = { offset, segment, position };
    this.#producers.onDurable(offset);
    this.#listener?.onDurable(offset);
  }
}
