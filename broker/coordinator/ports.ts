import type { TransactionMarker, VerificationGuard } from '../replica/transaction-marker.ts';
import type { CoordinatorRecord } from './coordinator-record.ts';

/** What one batch of a coordinator's log says. */
export interface CoordinatorBatch {
  readonly records: readonly CoordinatorRecord[];
  /** The producer in whose transaction the records were written, or whose transaction `marker` ends; -1 for none. */
  readonly producerId: number;
  /** Set when the batch is the marker that ends a transaction; it has no records then. */
  readonly marker: TransactionMarker['result'] | undefined;
}

/** The partitions of a coordinator's topic that this broker leads. */
export interface CoordinatorLog {
  /**
   * Puts the records at the end of the partition, in order; it may split them over several batches. It is
   * called in the order in which records must be in the log, without waiting for earlier calls. The promise resolves
   * when the records are committed: durable on enough replicas. A synchronous throw means that nothing was written
   * and only this request fails. A rejection means that nobody knows: the coordinator drops the partition's state
   * and loads it again. Both carry a Kafka error when they are a `CoordinatorLogError`; anything else counts as a
   * storage error.
   *
   * Every append must settle in the end: the log is not read while one is under way.
   */
  append(partition: number, records: readonly CoordinatorRecord[]): Promise<void>;
  /** All records of the partition, from the start of its log to its end. */
  read(partition: number): AsyncIterable<CoordinatorBatch>;
}

/** The producer that writes to a coordinator's log in a transaction, and what the partition gave for its verification. */
export interface LogTransaction {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly guard: VerificationGuard | undefined;
}

/** A coordinator's log that takes part in transactions. The rules of {@link CoordinatorLog.append} hold. */
export interface TransactionalLog extends CoordinatorLog {
  /** All in one batch. */
  appendTransactional(
    partition: number,
    transaction: LogTransaction,
    records: readonly CoordinatorRecord[],
  ): Promise<void>;
  appendMarker(partition: number, marker: TransactionMarker): Promise<void>;
}
