import { ErrorCode } from '../../kafka/protocol/index.ts';
import { type Decision, type DecisionOrNeed, NEEDS_PRODUCER_ID } from './decision.ts';
import { noProducer, type ProducerIdentity, producerOf } from './producer-identity.ts';
import {
  EPOCH_BUMP_VERSION,
  EPOCH_MAX,
  isExhausted,
  isIdle,
  isPrepared,
  type Transaction,
  type TransactionState,
  transition,
} from './transaction.ts';

/** An EndTxn and what its answer depends on. */
export interface EndTransaction {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly result: 'commit' | 'abort';
  /** 2 since EndTxn v5, else 0. */
  readonly clientVersion: number;
  /** Given when the decision was made before and needed it. */
  readonly newProducerId: number | undefined;
  readonly now: number;
}

/**
 * Decides on an EndTxn. The answer may be given when the decision is committed, before partitions know of it. In
 * version 2 each end makes the epoch grow, so that a late request of one transaction is not taken for one of the next
 * (B48); it may end what was never begun, by an abort.
 */
export function decideEndTransaction(
  transaction: Transaction | undefined,
  end: EndTransaction,
): DecisionOrNeed<ProducerIdentity> {
  if (transaction === undefined) return refuse(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
  return end.clientVersion >= EPOCH_BUMP_VERSION
    ? decideWithEpochBump(transaction, end)
    : decideWithoutEpochBump(transaction, end);
}

/** How the coordinator itself ends a transaction. */
export interface Fence {
  /** Given when the decision was made before and needed it. */
  readonly newProducerId: number | undefined;
  /** The finalized level of `transaction.version`. */
  readonly serverVersion: number;
  readonly now: number;
}

/**
 * The transaction as the coordinator aborts it when its time is over, or its producer is replaced: nothing of the
 * old epoch is accepted any more. It must be ongoing. In version 2 the end as such makes the epoch grow, and the producer
 * can tell it from the end that it asked for.
 */
export function fence(
  transaction: Transaction,
  { newProducerId, serverVersion, now }: Fence,
): Transaction | typeof NEEDS_PRODUCER_ID {
  if (serverVersion < EPOCH_BUMP_VERSION) {
    const fenced = transition(transaction, 'PrepareEpochFence', {
      producerEpoch: Math.min(transaction.producerEpoch + 1, EPOCH_MAX),
      lastProducerEpoch: -1,
    });
    return prepared(fenced, 'PrepareAbort', { clientVersion: 0, nextProducerId: -1, now });
  }
  const nextProducerId = nextIdOf(transaction, newProducerId);
  if (nextProducerId === undefined) return NEEDS_PRODUCER_ID;
  return prepared(transaction, 'PrepareAbort', { clientVersion: serverVersion, nextProducerId, now });
}

/** The transaction after all of its partitions know how it ended. It must be prepared. */
export function completed(transaction: Transaction, now: number): Transaction {
  const isRotated = transaction.clientVersion >= EPOCH_BUMP_VERSION && transaction.nextProducerId !== -1;
  const { producerId, producerEpoch, nextProducerId } = transaction;
  return transition(transaction, transaction.state === 'PrepareCommit' ? 'CompleteCommit' : 'CompleteAbort', {
    producerId: isRotated ? nextProducerId : producerId,
    producerEpoch: isRotated ? 0 : producerEpoch,
    nextProducerId: -1,
    partitions: new Map(),
    lastUpdateTimestamp: now,
  });
}

function decideWithoutEpochBump(transaction: Transaction, end: EndTransaction): Decision<ProducerIdentity> {
  if (transaction.producerId !== end.producerId) return refuse(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
  if (transaction.producerEpoch !== end.producerEpoch) return refuse(ErrorCode.PRODUCER_FENCED);
  if (isPrepared(transaction)) return refuse(ErrorCode.CONCURRENT_TRANSACTIONS);
  if (transaction.state === 'Ongoing') {
    const next = prepared(transaction, preparedState(end), {
      clientVersion: 0,
      nextProducerId: -1,
      now: end.now,
    });
    return { transaction: next, response: noProducer(ErrorCode.NONE) };
  }
  return refuse(transaction.state === completeState(end) ? ErrorCode.NONE : ErrorCode.INVALID_TXN_STATE);
}

function decideWithEpochBump(
  transaction: Transaction,
  end: EndTransaction,
): DecisionOrNeed<ProducerIdentity> {
  const { state, producerId, producerEpoch, previousProducerId } = transaction;
  const isRotatedFrom = previousProducerId === end.producerId && previousProducerId !== producerId;
  const isRetryOfRotation = isRotatedFrom && isExhausted(end.producerEpoch) && producerEpoch === 0;
  const isRetry = isRetryOfRotation || producerEpoch === end.producerEpoch + 1;
  const isCurrent = producerEpoch === end.producerEpoch;
  if (producerId !== end.producerId && !isRetryOfRotation) {
    return refuse(ErrorCode.INVALID_PRODUCER_ID_MAPPING);
  }
  if (isPrepared(transaction)) {
    return refuse(isRetry ? ErrorCode.CONCURRENT_TRANSACTIONS : ErrorCode.PRODUCER_FENCED);
  }
  const mayBeRetry = state === 'CompleteCommit' || state === 'CompleteAbort';
  if (!isCurrent && !(isRetry && mayBeRetry)) return refuse(ErrorCode.PRODUCER_FENCED);
  if (isRetry) {
    if (state === completeState(end)) return { response: producerOf(transaction) };
    return refuse(ErrorCode.INVALID_TXN_STATE);
  }
  // Only what was begun can be committed.
  if (state !== 'Ongoing' && end.result === 'commit') return refuse(ErrorCode.INVALID_TXN_STATE);
  const nextProducerId = nextIdOf(transaction, end.newProducerId);
  if (nextProducerId === undefined) return NEEDS_PRODUCER_ID;
  const next = prepared(transaction, preparedState(end), {
    clientVersion: end.clientVersion,
    nextProducerId,
    now: end.now,
  });
  return { transaction: next, response: announced(next) };
}

/** The id that the producer has after this end, -1 when it keeps its own; `undefined` when a new one is needed. */
function nextIdOf({ producerEpoch }: Transaction, newProducerId: number | undefined): number | undefined {
  return isExhausted(producerEpoch) ? newProducerId : -1;
}

/** What the producer goes on with: its next id when the epochs of this one are used up. */
function announced(transaction: Transaction): ProducerIdentity {
  const { nextProducerId } = transaction;
  if (nextProducerId === -1) return producerOf(transaction);
  return { errorCode: ErrorCode.NONE, producerId: nextProducerId, producerEpoch: 0 };
}

function prepared(
  transaction: Transaction,
  state: TransactionState,
  {
    clientVersion,
    nextProducerId,
    now,
  }: { readonly clientVersion: number; readonly nextProducerId: number; readonly now: number },
): Transaction {
  const { producerEpoch, lastProducerEpoch, startTimestamp } = transaction;
  const isBumped = clientVersion >= EPOCH_BUMP_VERSION;
  return transition(transaction, state, {
    producerEpoch: isBumped ? Math.min(producerEpoch + 1, EPOCH_MAX) : producerEpoch,
    lastProducerEpoch: isBumped ? producerEpoch : lastProducerEpoch,
    nextProducerId,
    startTimestamp: isIdle(transaction) ? now : startTimestamp,
    lastUpdateTimestamp: now,
    clientVersion: isBumped ? clientVersion : 0,
  });
}

function preparedState({ result }: EndTransaction): TransactionState {
  return result === 'commit' ? 'PrepareCommit' : 'PrepareAbort';
}

function completeState({ result }: EndTransaction): TransactionState {
  return result === 'commit' ? 'CompleteCommit' : 'CompleteAbort';
}

function refuse(errorCode: number): Decision<ProducerIdentity> {
  return { response: noProducer(errorCode) };
}
