/**
 * What the transaction coordinator is asked: `verify`, are the partitions in the transaction (clients that add them
 * themselves, Produce up to v11), or `add`, put them in (transaction version 2, Produce v12 and later).
 */
export interface TransactionVerification {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly partitions: readonly { readonly topic: string; readonly partition: number }[];
  readonly mode: 'verify' | 'add';
}

/** The transaction coordinator as leaders of partitions see it (KIP-890). */
export interface TransactionVerifier {
  /**
   * Calls `done` once, at once or later, with the error code of each partition in the order asked; NONE when it is in
   * the transaction, durably in `add` mode. The codes are the coordinator's own (INVALID_TXN_STATE, TRANSACTION_ABORTABLE,
   * CONCURRENT_TRANSACTIONS, PRODUCER_FENCED, INVALID_PRODUCER_ID_MAPPING, NOT_COORDINATOR, ...): the caller
   * retries and translates them for its client.
   */
  verify(request: TransactionVerification, done: (errorCodes: readonly number[]) => void): void;
}
