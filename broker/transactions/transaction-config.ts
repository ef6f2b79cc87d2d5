/** The broker configs that the transaction coordinator needs, by Kafka's names in camel case. */
export interface TransactionConfig {
  /** `transaction.max.timeout.ms` */
  readonly transactionMaxTimeoutMs: number;
  /** `transactional.id.expiration.ms` */
  readonly transactionalIdExpirationMs: number;
  /** `transaction.abort.timed.out.transaction.cleanup.interval.ms` */
  readonly transactionAbortTimedOutTransactionCleanupIntervalMs: number;
  /** `transaction.remove.expired.transaction.cleanup.interval.ms` */
  readonly transactionRemoveExpiredTransactionCleanupIntervalMs: number;
  /** `transaction.two.phase.commit.enable` */
  readonly transactionTwoPhaseCommitEnable: boolean;
  /** `request.timeout.ms`: how long a response waits for its records to be committed. */
  readonly requestTimeoutMs: number;
}

/** Kafka 4.3's defaults. */
export const defaultTransactionConfig: TransactionConfig = {
  transactionMaxTimeoutMs: 900_000,
  transactionalIdExpirationMs: 604_800_000,
  transactionAbortTimedOutTransactionCleanupIntervalMs: 10_000,
  transactionRemoveExpiredTransactionCleanupIntervalMs: 3_600_000,
  transactionTwoPhaseCommitEnable: false,
  requestTimeoutMs: 30_000,
};
