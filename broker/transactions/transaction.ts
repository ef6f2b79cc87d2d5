/** States of a transaction by the codes that records have. The last is never written. */
export const transactionStates = [
  'Empty',
  'Ongoing',
  'PrepareCommit',
  'PrepareAbort',
  'CompleteCommit',
  'CompleteAbort',
  'Dead',
  'PrepareEpochFence',
] as const;

/** As DescribeTransactions and ListTransactions name it. */
export type TransactionState = (typeof transactionStates)[number];

/** Partitions by topic. */
export type TransactionPartitions = ReadonlyMap<string, ReadonlySet<number>>;

/** A transactional id, its producer and its last transaction. Immutable. */
export interface Transaction {
  readonly transactionalId: string;
  readonly producerId: number;
  /** The producer id before the last change of anything; -1 before the first. */
  readonly previousProducerId: number;
  /** The id that follows once the transaction has ended, because the epochs are used up; -1 for none. */
  readonly nextProducerId: number;
  /** -1 until the producer is initialized. */
  readonly producerEpoch: number;
  /** The epoch that a retry of the request that made the current one has; -1 when there is none. Not in records. */
  readonly lastProducerEpoch: number;
  readonly timeoutMs: number;
  readonly state: TransactionState;
  readonly partitions: TransactionPartitions;
  /** When the first partition was added, ms since the epoch; -1 before. */
  readonly startTimestamp: number;
  readonly lastUpdateTimestamp: number;
  /** 2 when the epoch grows with the end of the transaction (KIP-890), 0 when not. */
  readonly clientVersion: number;
}

/** No producer may begin a transaction with a larger epoch: one is left to end it, one to fence it. */
const LAST_EPOCH = 32_766;

/** The largest epoch there is; only the coordinator uses it. */
export const EPOCH_MAX = 32_767;

/** From this version of a transaction on, its end makes the producer's epoch grow (KIP-890). */
export const EPOCH_BUMP_VERSION = 2;

/** States from which each state may be reached (B51). */
const previousStates: Readonly<Record<TransactionState, readonly TransactionState[]>> = {
  Empty: ['Empty', 'CompleteCommit', 'CompleteAbort'],
  Ongoing: ['Ongoing', 'Empty', 'CompleteCommit', 'CompleteAbort'],
  PrepareCommit: ['Ongoing'],
  PrepareAbort: ['Ongoing', 'PrepareEpochFence', 'Empty', 'CompleteCommit', 'CompleteAbort'],
  CompleteCommit: ['PrepareCommit'],
  CompleteAbort: ['PrepareAbort'],
  Dead: ['Empty', 'CompleteCommit', 'CompleteAbort'],
  PrepareEpochFence: ['Ongoing'],
};

/** A transactional id that nothing was done with yet. */
export function newTransaction(transactionalId: string, producerId: number, timeoutMs: number): Transaction {
  return {
    transactionalId,
    producerId,
    previousProducerId: -1,
    nextProducerId: -1,
    producerEpoch: -1,
    lastProducerEpoch: -1,
    timeoutMs,
    state: 'Empty',
    partitions: new Map(),
    startTimestamp: -1,
    lastUpdateTimestamp: -1,
    clientVersion: 0,
  };
}

/** The transaction in another state. Throws on an edge that Kafka does not have: a mistake in this code. */
export function transition(
  transaction: Transaction,
  state: TransactionState,
  changes: Partial<Omit<Transaction, 'transactionalId' | 'state'>>,
): Transaction {
  if (!previousStates[state].includes(transaction.state)) {
    throw new Error(`${transaction.transactionalId} cannot go from ${transaction.state} to ${state}`);
  }
  return { ...transaction, previousProducerId: transaction.producerId, ...changes, state };
}

/** Whether no transaction may begin with this epoch any more. */
export function isExhausted(producerEpoch: number): boolean {
  return producerEpoch >= LAST_EPOCH;
}

/** Whether the decision to commit or abort has been made, and partitions are still to be told. */
export function isPrepared({ state }: Transaction): boolean {
  return state === 'PrepareCommit' || state === 'PrepareAbort';
}

/** Whether nothing is under way. */
export function isIdle({ state }: Transaction): boolean {
  return state === 'Empty' || state === 'CompleteCommit' || state === 'CompleteAbort';
}

/** How a prepared transaction ends. */
export function resultOf({ state }: Transaction): 'commit' | 'abort' {
  return state === 'PrepareCommit' ? 'commit' : 'abort';
}

/** Two-phase commit: the transaction waits for its end without limit (KIP-939). */
export const NO_TIMEOUT_MS = 2_147_483_647;
