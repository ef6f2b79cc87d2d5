import { ErrorCode } from '../../kafka/protocol/index.ts';
import { batchHeader, buildEndTxnMarker } from '../../kafka/records/index.ts';
import { StreamError } from '../../platform/errors.ts';
import {
  type AbortedTransaction,
  abortedTransactions,
  type EpochEnd,
  isStorageFailure,
  LogDirectoryOfflineError,
  type LogListener,
  type PartitionLog,
  type ProducerAppend,
  type SequenceCheck,
} from '../log/index.ts';
import { AppendQueue } from './append-queue.ts';
import { noTraffic } from './partition-traffic.ts';
import { TransactionGuards } from './transaction-guards.ts';
import type {
  TransactionLog,
  TransactionMarker,
  VerificationGuard,
  VerificationStart,
} from './transaction-marker.ts';

/** Wants to know when there is more to read, or when a partition goes away. */
export interface PartitionWatcher {
  onPartitionChange(partition: Partition): void;
}

/** What a partition needs from around it. */
export interface PartitionEnvironment {
  /** Ms since the epoch. */
  now(): number;
  /** `transaction.partition.verification.enable`, asked anew each time. */
  isVerificationEnabled(): boolean;
}

const UNVERIFIED: SequenceCheck = { kind: 'refuse', error: 'INVALID_TXN_STATE' };
const UNDEFINED_EPOCH = -1;
const OUT_OF_ORDER: SequenceCheck = { kind: 'refuse', error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' };

/**
 * One partition as its leader sees it: the log, who waits for its records to become durable, and who waits for more of
 * them. With one replica the high watermark is the durable end of the log.
 */
export class Partition implements TransactionLog, LogListener {
  readonly topic: string;
  readonly topicId: string;
  readonly index: number;
  /** `topic-partition`. */
  readonly name: string;
  readonly leaderEpoch: number;
  /** Counted by those who produce to it and read from it. */
  readonly traffic = noTraffic();
  #log: PartitionLog;
  readonly #environment: PartitionEnvironment;
  readonly #appends = new AppendQueue();
  readonly #guards = new TransactionGuards();
  #watchers: Set<PartitionWatcher> | undefined;
  #isDeleted = false;

  constructor(
    identity: { topic: string; topicId: string; partition: number; leaderEpoch: number },
    log: PartitionLog,
    environment: PartitionEnvironment,
  ) {
    this.#environment = environment;
    this.topic = identity.topic;
    this.topicId = identity.topicId;
    this.index = identity.partition;
    this.name = `${identity.topic}-${identity.partition}`;
    this.leaderEpoch = identity.leaderEpoch;
    this.#log = log;
    this.#log.listen(this);
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
    this.#log.listen(this);
    this.#appends.release(this.highWatermark);
    this.#notify();
  }

  get highWatermark(): number {
    return this.log.durableOffset;
  }

  /** End of what a read_committed consumer may see (B45). Without open transactions it is the high watermark. */
  get lastStableOffset(): number {
    return Math.min(this.highWatermark, this.log.firstUnstableOffset);
  }

  get isDeleted(): boolean {
    return this.#isDeleted;
  }

  /**
   * Where a leader epoch ended (OffsetForLeaderEpoch). As in Kafka the epoch of this leader begins where the log ended at
   * its election, also before it has appended anything.
   */
  endOffsetFor(epoch: number): EpochEnd {
    const { latestEpoch, logEndOffset: endOffset } = this.log;
    if (latestEpoch >= this.leaderEpoch || epoch === UNDEFINED_EPOCH || epoch > this.leaderEpoch)
      return this.log.endOffsetFor(epoch);
    if (epoch === this.leaderEpoch || latestEpoch < 0) return { leaderEpoch: epoch, endOffset };
    return epoch >= latestEpoch ? { leaderEpoch: latestEpoch, endOffset } : this.log.endOffsetFor(epoch);
  }

  /** The leader epoch of the record at `offset`, or of the one that will be there; -1 when unknown. */
  epochAt(offset: number): number {
    const { latestEpoch, logEndOffset } = this.log;
    const isOfThisLeader = latestEpoch < this.leaderEpoch && offset >= logEndOffset;
    return isOfThisLeader ? this.leaderEpoch : this.log.epochAt(offset);
  }

  /** Appends one checked batch (kept until written); `done` is called when it is durable, or with what undid it. */
  append(batch: Buffer, done: (error?: StreamError) => void): { baseOffset: number; lastOffset: number } {
    const appended = this.log.append(batch, this.leaderEpoch);
    this.traffic.messagesIn += batchHeader.recordCount(batch, 0);
    this.traffic.bytesIn += batch.length;
    if (batchHeader.isTransactional(batch, 0)) this.#guards.clear(batchHeader.producerId(batch, 0));
    this.#appends.add(appended.lastOffset + 1, done);
    return appended;
  }

  /** Whether a client's batch of an idempotent or transactional producer may be appended. */
  check(append: ProducerAppend, guard: VerificationGuard | undefined): SequenceCheck {
    const check = this.log.checkSequence(append);
    if (check.kind === 'duplicate') return check;
    if (check.kind === 'refuse' && check.error === 'INVALID_PRODUCER_EPOCH') return check;
    if (append.isTransactional && this.#isMissingVerification(append, guard)) return UNVERIFIED;
    const hasBatches = (this.log.producers.get(append.producerId)?.batches.length ?? 0) > 0;
    return this.#guards.isInOrder(append, hasBatches) ? check : OUT_OF_ORDER;
  }

  startVerification(start: VerificationStart): VerificationGuard | 'fenced' | undefined {
    const known = this.log.producers.get(start.producerId);
    if (known !== undefined && start.producerEpoch < known.producerEpoch) return 'fenced';
    if (this.log.producers.isInTransaction(start.producerId, start.producerEpoch)) return undefined;
    if (start.mode === 'verify' && !this.#environment.isVerificationEnabled()) return undefined;
    return this.#guards.start(start, this.#environment.now());
  }

  appendMarker(marker: TransactionMarker, done: (errorCode: number) => void): void {
    const refusal = this.log.producers.checkMarker(marker);
    if (refusal !== undefined) {
      done(ErrorCode[refusal]);
      return;
    }
    const timestamp = this.#environment.now();
    const type = marker.result === 'commit' ? 'COMMIT' : 'ABORT';
    const batch = buildEndTxnMarker({ ...marker, type, timestamp });
    if (this.log.config.messageTimestampType === 'LogAppendTime') {
      batchHeader.setLogAppendTime(batch, 0, timestamp);
    }
    this.#appendForCoordinator(batch, done);
  }

  appendTransactional(
    batch: Buffer,
    guard: VerificationGuard | undefined,
    done: (errorCode: number) => void,
  ): void {
    const producer = {
      producerId: batchHeader.producerId(batch, 0),
      producerEpoch: batchHeader.producerEpoch(batch, 0),
    };
    const known = this.log.producers.get(producer.producerId);
    if (known !== undefined && producer.producerEpoch < known.producerEpoch)
      done(ErrorCode.INVALID_PRODUCER_EPOCH);
    else if (this.#isMissingVerification(producer, guard)) done(ErrorCode.INVALID_TXN_STATE);
    else this.#appendForCoordinator(batch, done);
  }

  /** The aborted transactions with records in [`fromOffset`, `toOffset`), by first offset; up to the last stable offset. */
  abortedTransactions(fromOffset: number, toOffset: number): readonly AbortedTransaction[] {
    return abortedTransactions(this.log.segments, fromOffset, toOffset);
  }

  /** Forgets producers that wrote last before `timestamp`, unless a transaction of theirs is open. */
  expireProducers(timestamp: number): void {
    this.log.producers.expireBefore(timestamp);
    this.#guards.expireBefore(timestamp);
  }

  /** `done` is called when everything appended so far is durable. */
  whenDurable(endOffset: number, done: (error?: StreamError) => void): void {
    if (endOffset <= this.highWatermark) done();
    else this.#appends.add(endOffset, done);
  }

  watch(watcher: PartitionWatcher): void {
    this.#watchers ??= new Set();
    this.#watchers.add(watcher);
  }

  unwatch(watcher: PartitionWatcher): void {
    this.#watchers?.delete(watcher);
  }

  /** The log calls it. */
  onDurable(endOffset: number): void {
    this.#appends.release(endOffset);
    this.#notify();
  }

  /** The log calls it. */
  onAppendFailed(fromOffset: number, error: StreamError): void {
    this.#appends.fail(fromOffset, error);
    this.#notify();
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

  #isMissingVerification(
    { producerId, producerEpoch }: Pick<ProducerAppend, 'producerId' | 'producerEpoch'>,
    guard: VerificationGuard | undefined,
  ): boolean {
    return (
      !this.log.producers.isInTransaction(producerId, producerEpoch) &&
      !this.#guards.isCurrent(producerId, guard) &&
      this.#environment.isVerificationEnabled()
    );
  }

  #appendForCoordinator(batch: Buffer, done: (errorCode: number) => void): void {
    try {
      this.append(batch, (error) => {
        done(error === undefined ? ErrorCode.NONE : ErrorCode.KAFKA_STORAGE_ERROR);
      });
    } catch (error) {
      if (!isStorageFailure(error)) throw error;
      done(ErrorCode.KAFKA_STORAGE_ERROR);
    }
  }

  #notify(): void {
    if (this.#watchers === undefined) return;
    for (const watcher of [...this.#watchers]) watcher.onPartitionChange(this);
  }
}
