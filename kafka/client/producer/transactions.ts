import { StreamError } from '../../../platform/errors.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { IllegalStateError, KafkaError, ProducerFencedError, TransactionAbortableError } from '../errors.ts';
import { type CommittedOffset, partitionKey, type TopicPartition } from '../topic-partition.ts';
import type { ProducerIdentity } from './partition-queue.ts';
import type { TransactionGroup } from './producer.ts';
import {
  addOffsets,
  addPartitions,
  type Coordination,
  commitTransactionOffsets,
  endTransaction,
  initProducer,
  type TransactionSettings,
} from './transaction-calls.ts';

/**
 * `open`: records may be sent. `committing`, `aborting`: the coordinator has been asked and has not answered yet.
 * `abortable`: something has failed, the transaction can only be aborted. `fatal`: the producer is of no use any more.
 */
type Phase = 'uninitialized' | 'ready' | 'open' | 'committing' | 'aborting' | 'abortable' | 'fatal';

/** Errors after which no other transaction can be begun either. */
const FATAL: ReadonlySet<string> = new Set([
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
  'INVALID_TXN_STATE',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'UNSUPPORTED_VERSION',
  'UNSUPPORTED_FOR_MESSAGE_FORMAT',
  'INVALID_TRANSACTION_TIMEOUT',
]);

/** Produce requests from the next version on begin a transaction on their partitions (KIP-890). */
const LAST_PRODUCE_OF_FIRST_GENERATION = 11;

/** Who sends the records. */
export interface TransactionListener {
  /** A partition may be written to now. */
  onAdmitted(): void;
  /** What is not sent yet will not be. */
  onFailed(error: StreamError): void;
}

/**
 * The transactions of one producer, one after the other. Of the first generation (KIP-98) each partition is announced to
 * the coordinator before it is written to; of the second (KIP-890, transaction.version 2) writing does that, and the
 * epoch rises with each transaction.
 */
export class Transactions {
  readonly transactionalId: string;
  readonly #cluster: Cluster;
  readonly #settings: TransactionSettings;
  readonly #listener: TransactionListener;
  /** Partitions that may be written to, and those that the coordinator has been told of. */
  readonly #added = new Set<string>();
  readonly #asked = new Set<string>();
  readonly #wanted = new Map<string, TopicPartition>();
  #phase: Phase = 'uninitialized';
  #error: StreamError | undefined;
  #coordination: Coordination | undefined;
  #adding: Promise<void> | undefined;
  #hasOffsets = false;
  /** Sequence numbers were lost: only a new epoch lets the broker forget them. */
  #needsNewEpoch = false;

  constructor(cluster: Cluster, settings: TransactionSettings, listener: TransactionListener) {
    this.#cluster = cluster;
    this.#settings = settings;
    this.#listener = listener;
    this.transactionalId = settings.transactionalId;
  }

  /** The producer id and epoch, from {@link init} on. */
  get current(): ProducerIdentity | undefined {
    return this.#coordination?.identity;
  }

  /** Only {@link init} asks for an id. */
  request(): void {}

  close(): void {}

  /** Whether there is something that {@link end} would have to end. */
  get isOpen(): boolean {
    return this.#phase === 'open' || this.#phase === 'abortable';
  }

  get newestProduceVersion(): number {
    return this.#coordination?.isSecondGeneration === true
      ? Number.POSITIVE_INFINITY
      : LAST_PRODUCE_OF_FIRST_GENERATION;
  }

  /** Whether a batch may be sent to the partition now; if not, it will be asked for. */
  admits({ topic, partition }: TopicPartition): boolean {
    if (this.#phase !== 'open') return false;
    const key = partitionKey(topic, partition);
    if (this.#added.has(key)) return true;
    if (this.#coordination?.isSecondGeneration === true) {
      this.#asked.add(key);
      this.#added.add(key);
      return true;
    }
    if (this.#asked.has(key)) return false;
    this.#wanted.set(key, { topic, partition });
    this.#adding ??= this.#add().finally(() => {
      this.#adding = undefined;
    });
    return false;
  }

  /** Throws IllegalStateError outside a transaction, TransactionAbortableError and ProducerFencedError in a failed one. */
  checkOpen(): void {
    if (this.#phase === 'open') return;
    this.#throwFailure();
    throw new IllegalStateError('a transactional producer sends within a transaction: begin one first');
  }

  /** A batch was not delivered. */
  failed(error: StreamError): void {
    if (this.#phase !== 'open' && this.#phase !== 'abortable') return;
    this.#needsNewEpoch = true;
    const cause = error.cause instanceof StreamError ? error.cause : error;
    // The leader knows no more than that a newer epoch has written: the coordinator will say what that means.
    const isStale = cause instanceof KafkaError && cause.errorName === 'INVALID_PRODUCER_EPOCH';
    if (!isStale && isFatal(cause)) this.#die(cause);
    else this.#becomeAbortable(error);
  }

  /** Fences earlier producers with this transactional id and ends what they have left open. */
  async init(): Promise<void> {
    if (this.#phase !== 'uninitialized') {
      this.#throwFailure();
      throw new IllegalStateError('initTransactions was called before');
    }
    this.#coordination = await this.#guard(() => initProducer(this.#cluster, this.#settings, undefined));
    this.#phase = 'ready';
  }

  begin(): void {
    this.#throwFailure();
    if (this.#phase === 'uninitialized') throw new IllegalStateError('call initTransactions first');
    if (this.#phase !== 'ready') throw new IllegalStateError('a transaction is open already: end it first');
    this.#phase = 'open';
  }

  /** Stores offsets of a group, which count when the transaction is committed. */
  async sendOffsets(offsets: readonly CommittedOffset[], group: TransactionGroup): Promise<void> {
    this.checkOpen();
    const coordination = this.#coordination;
    if (offsets.length === 0 || coordination === undefined) return;
    this.#hasOffsets = true;
    try {
      if (!coordination.isSecondGeneration) {
        await this.#guard(() => addOffsets(this.#cluster, this.transactionalId, coordination, group.groupId));
      }
      await this.#guard(() =>
        commitTransactionOffsets(this.#cluster, this.transactionalId, coordination, group, offsets),
      );
    } catch (error) {
      if (error instanceof StreamError) this.#becomeAbortable(error);
      this.#throwFailure();
      throw error;
    }
  }

  /**
   * Commits or aborts; everything that was sent must have been answered. After a timeout it may be called again, for the
   * same end. Throws TransactionAbortableError when a commit was refused, ProducerFencedError or the fatal error.
   */
  async end(isCommit: boolean): Promise<void> {
    const ending = isCommit ? 'committing' : 'aborting';
    if (this.#phase === 'fatal' || (isCommit && this.#phase === 'abortable')) this.#throwFailure();
    if (!this.isOpen && this.#phase !== ending) throw new IllegalStateError('there is no open transaction');
    this.#phase = ending;
    this.#wanted.clear();
    await this.#adding;
    const before = this.#coordination;
    if (before === undefined) return;
    if (this.#asked.size > 0 || this.#hasOffsets) {
      this.#coordination = await this.#endWith(before, isCommit);
    }
    if (this.#needsNewEpoch && this.#coordination?.identity.producerEpoch === before.identity.producerEpoch) {
      this.#coordination = await this.#guard(() =>
        initProducer(this.#cluster, this.#settings, before.identity),
      );
    }
    this.#added.clear();
    this.#asked.clear();
    this.#hasOffsets = false;
    this.#needsNewEpoch = false;
    this.#error = undefined;
    this.#phase = 'ready';
  }

  async #endWith(before: Coordination, isCommit: boolean): Promise<Coordination> {
    try {
      return await this.#guard(() => endTransaction(this.#cluster, this.transactionalId, before, isCommit));
    } catch (error) {
      const isAbortable = error instanceof KafkaError && error.errorName === 'TRANSACTION_ABORTABLE';
      if (!isAbortable || !isCommit) throw error;
      this.#becomeAbortable(error);
      throw new TransactionAbortableError(this.transactionalId, error);
    }
  }

  /** Announces partitions until none is wanted any more. */
  async #add(): Promise<void> {
    // All that is wanted in one turn goes into one request.
    await Promise.resolve();
    for (let wanted = this.#takeWanted(); wanted.length > 0; wanted = this.#takeWanted()) {
      const coordination = this.#coordination;
      if (coordination === undefined) return;
      // Also when it fails: they may have been added all the same.
      for (const { topic, partition } of wanted) this.#asked.add(partitionKey(topic, partition));
      try {
        await this.#guard(() => addPartitions(this.#cluster, this.transactionalId, coordination, wanted));
      } catch (error) {
        if (error instanceof StreamError) this.#becomeAbortable(error);
        return;
      }
      for (const { topic, partition } of wanted) this.#added.add(partitionKey(topic, partition));
      this.#listener.onAdmitted();
    }
  }

  #takeWanted(): readonly TopicPartition[] {
    const wanted = [...this.#wanted.values()];
    this.#wanted.clear();
    return wanted;
  }

  /** Turns fatal errors into the end of the producer. */
  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!isFatal(error)) throw error;
      throw this.#die(error);
    }
  }

  #die(cause: StreamError): StreamError {
    const isFenced =
      cause instanceof KafkaError && ['PRODUCER_FENCED', 'INVALID_PRODUCER_EPOCH'].includes(cause.errorName);
    this.#error = isFenced ? new ProducerFencedError(this.transactionalId, cause) : cause;
    this.#phase = 'fatal';
    this.#listener.onFailed(this.#error);
    return this.#error;
  }

  #becomeAbortable(error: StreamError): void {
    if (this.#phase !== 'open' && this.#phase !== 'committing') return;
    this.#error ??= error;
    this.#phase = 'abortable';
    this.#listener.onFailed(error);
  }

  #throwFailure(): void {
    if (this.#error === undefined) return;
    if (this.#phase === 'fatal') throw this.#error;
    if (this.#phase === 'abortable') throw new TransactionAbortableError(this.transactionalId, this.#error);
  }
}

function isFatal(error: unknown): error is KafkaError {
  return error instanceof KafkaError && FATAL.has(error.errorName);
}
