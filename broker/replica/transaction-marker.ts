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

/**
 * What a partition offers to coordinators. `done` is called once, at once when refused, otherwise when durable
 * (error code NONE) or when it could not be made so (KAFKA_STORAGE_ERROR).
 */
export interface TransactionLog {
  /** Ends a transaction: TRANSACTION_COORDINATOR_FENCED or INVALID_PRODUCER_EPOCH for one that is too old. */
  appendMarker(marker: TransactionMarker, done: (errorCode: number) => void): void;
  /**
   * To be called before the coordinator is asked whether a transaction has this partition: the guard must be given
   * to {@link appendTransactional} afterwards. `undefined` when there is nothing to verify: the transaction is open here,
   * or `transaction.partition.verification.enable` is false.
   */
  startVerification(producerId: number, producerEpoch: number): VerificationGuard | undefined;
  /**
   * Appends a coordinator's transactional batch (TxnOffsetCommit; base sequence -1). INVALID_TXN_STATE when the
   * transaction is not open and `guard` is not, or no longer, the one that verification began with.
   */
  appendTransactional(
    batch: Buffer,
    guard: VerificationGuard | undefined,
    done: (errorCode: number) => void,
  ): void;
}

/** Stands for one verification of a producer on a partition; a marker that is written meanwhile makes it void. */
export interface VerificationGuard {
  readonly producerId: number;
  readonly producerEpoch: number;
}
