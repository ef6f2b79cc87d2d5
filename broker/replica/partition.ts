import { batchHeader } from '../../kafka/records/index.ts';
import { StreamError } from '../../platform/errors.ts';
import { LogDirectoryOfflineError, type PartitionLog } from '../log/index.ts';
import { AppendQueue } from './append-queue.ts';
import { noTraffic } from './partition-traffic.ts';

/** Wants to know when there is more to read, or when a partition goes away. */
export interface PartitionWatcher {
  onPartitionChange(partition: Partition): void;
}

/**
 * One partition as its leader sees it: the log, who waits for its records to become durable, and who waits for more of
 * them. With one replica the high watermark is the durable end of the log.
 */
export class Partition {
  readonly topic: string;
  readonly topicId: string;
  readonly index: number;
  readonly leaderEpoch: number;
  /** Counted by those who produce to it and read from it. */
  readonly traffic = noTraffic();
  #log: PartitionLog;
  readonly #appends = new AppendQueue();
  readonly #watchers = new Set<PartitionWatcher>();
  #isDeleted = false;

  constructor(
    identity: { topic: string; topicId: string; partition: number; leaderEpoch: number },
    log: PartitionLog,
  ) {
    this.topic = identity.topic;
    this.topicId = identity.topicId;
    this.index = identity.partition;
    this.leaderEpoch = identity.leaderEpoch;
    this.#log = log;
    this.#listen();
  }

  get log(): PartitionLog {
    return this.#log;
  }

  /**
   * Puts the log that `open` returns in the place of this one, which it may give up: it holds the same records, all
   * durable. Throws what `open` throws; then the partition is offline.
   */
  replaceLog(open: () => PartitionLog): void {
    this.#log.listen({ onDurable: () => undefined, onAppendFailed: () => undefined });
    try {
      this.#log = open();
    } catch (error) {
      const reason =
        error instanceof StreamError ? error : new LogDirectoryOfflineError(this.#log.directory, error);
      this.#appends.fail(this.highWatermark, reason);
      throw error;
    }
    this.#listen();
    this.#appends.release(this.highWatermark);
    this.#notify();
  }

  get highWatermark(): number {
    return this.log.durableOffset;
  }

  /** End of what a read_committed consumer may see. Without open transactions it is the high watermark. */
  get lastStableOffset(): number {
    return this.highWatermark;
  }

  get isDeleted(): boolean {
    return this.#isDeleted;
  }

  /** Appends one checked batch (kept until written); `done` is called when it is durable, or with what undid it. */
  append(batch: Buffer, done: (error?: StreamError) => void): { baseOffset: number; lastOffset: number } {
    const appended = this.log.append(batch, this.leaderEpoch);
    this.traffic.messagesIn += batchHeader.recordCount(batch, 0);
    this.traffic.bytesIn += batch.length;
    this.#appends.add(appended.lastOffset + 1, done);
    return appended;
  }

  /** `done` is called when everything appended so far is durable. */
  whenDurable(endOffset: number, done: (error?: StreamError) => void): void {
    if (endOffset <= this.highWatermark) done();
    else this.#appends.add(endOffset, done);
  }

  watch(watcher: PartitionWatcher): void {
    this.#watchers.add(watcher);
  }

  unwatch(watcher: PartitionWatcher): void {
    this.#watchers.delete(watcher);
  }

  /** Moves the log start offset up (DeleteRecords). */
  deleteRecordsBefore(offset: number): void {
    this.log.advanceLogStart(offset);
    this.#notify();
  }

  /** The topic is gone: everyone who waits is told. */
  delete(): void {
    this.#isDeleted = true;
    this.#notify();
  }

  #listen(): void {
    this.#log.listen({
      onDurable: (endOffset) => {
        this.#appends.release(endOffset);
        this.#notify();
      },
      onAppendFailed: (fromOffset, error) => {
        this.#appends.fail(fromOffset, error);
        this.#notify();
      },
    });
  }

  #notify(): void {
    for (const watcher of [...this.#watchers]) watcher.onPartitionChange(this);
  }
}
