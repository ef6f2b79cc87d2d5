import type { TransactionVerification } from './transaction-verifier.ts';

/** The end of a transaction on one partition, as its coordinator tells it (WriteTxnMarkers). */
export interface TransactionMarker {
  readonly producerId: number;
  /** The epoch to fence with; in transaction version 2 one more than that of the transaction's records. */
  readonly producerEpoch: number;
  readonly coordinatorEpoch: number;
  readonly result: 'commit' | 'abort';
  /** 0 and 1: the epoch may be that of the records; 2: it must be greater. */
  readonly transactionVersion: number;
}

/** Who is going to write to a partition in a transaction. */
export interface VerificationStart {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** Base sequence of the first batch; -1 of a coordinator, whose batches have none. */
  readonly sequence: number;
  readonly mode: TransactionVerification['mode'];
}

/** Stands for one verification of a producer on a partition; a marker that is written meanwhile makes it void. */
export interface VerificationGuard {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/**
 * What a partition offers to coordinators. `done` is called once, at once when refused, otherwise when durable
 * (error code NONE) or when it could not be made so (KAFKA_STORAGE_ERROR).
 */
export interface TransactionLog {
  /**
   * Ends a transaction: INVALID_PRODUCER_EPOCH or TRANSACTION_COORDINATOR_FENCED for a marker that is too old. One that
   * was written before is written again: a coordinator that was interrupted does not know.
   */
  appendMarker(marker: TransactionMarker, done: (errorCode: number) => void): void;
  /**
   * To be called before the coordinator is asked whether a transaction has this partition, or to put it in; the guard must
   * be given with the batch afterwards. `undefined` when the coordinator need not be asked: the transaction is open
   * here, or it would only be verified and `transaction.partition.verification.enable` is false. `fenced` when the log has
   * seen a later epoch of the producer: then the coordinator must not be asked, and nothing be put into its transaction.
   */
  startVerification(start: VerificationStart): VerificationGuard | 'fenced' | undefined;
  /**
   * Appends a coordinator's transactional batch (TxnOffsetCommit; base sequence -1). INVALID_PRODUCER_EPOCH when it is
   * from an earlier epoch; INVALID_TXN_STATE when the transaction is not open and `guard` is not, or no longer, the
   * one that verification began with.
   */
  appendTransactional(
    batch: Buffer,
    guard: VerificationGuard | undefined,
    done: (errorCode: number) => void,
  ): void;
}
