import { ErrorCode } from '../../kafka/protocol/index.ts';
import { type Decision, type DecisionOrNeed, NEEDS_PRODUCER_ID } from './decision.ts';
import { fence } from './end-transaction.ts';
import { noProducer, type ProducerIdentity, producerOf } from './producer-identity.ts';
import { isExhausted, newTransaction, type Transaction, transition } from './transaction.ts';

/** An InitProducerId of a transactional id and what its answer depends on. */
export interface InitProducerId {
  readonly transactionalId: string;
  readonly timeoutMs: number;
  /** Who asks, when it was initialized before (KIP-360). */
  readonly expected: { readonly producerId: number; readonly producerEpoch: number } | undefined;
  /** Given when the decision was made before and needed it. */
  readonly newProducerId: number | undefined;
  /** The finalized level of `transaction.version`. */
  readonly serverVersion: number;
  readonly now: number;
}

/**
 * Decides on an InitProducerId. It ends the time of every producer before (B50): the epoch grows, and a transaction
 * that is open is aborted first, during which the client is told to ask again.
 */
export function decideInitProducerId(
  known: Transaction | undefined,
  init: InitProducerId,
): DecisionOrNeed<ProducerIdentity> {
  if (known === undefined && init.newProducerId === undefined) return NEEDS_PRODUCER_ID;
  const transaction = known ?? newTransaction(init.transactionalId, init.newProducerId ?? -1, init.timeoutMs);
  if (!isFromProducer(transaction, init)) return refuse(ErrorCode.PRODUCER_FENCED);
  if (transaction.state === 'Ongoing') {
    const fenced = fence(transaction, init);
    if (fenced === NEEDS_PRODUCER_ID) return fenced;
    return { transaction: fenced, response: noProducer(ErrorCode.CONCURRENT_TRANSACTIONS) };
  }
  if (transaction.state === 'PrepareCommit' || transaction.state === 'PrepareAbort') {
    return refuse(ErrorCode.CONCURRENT_TRANSACTIONS);
  }
  return isExhausted(transaction.producerEpoch) ? rotate(transaction, init) : increment(transaction, init);
}

/** A producer that names itself must be the current one, or the one whose last epoch was just replaced. */
function isFromProducer(transaction: Transaction, { expected }: InitProducerId): boolean {
  if (expected === undefined || transaction.producerEpoch === -1) return true;
  if (expected.producerId === transaction.producerId) return true;
  return expected.producerId === transaction.previousProducerId && isExhausted(expected.producerEpoch);
}

function rotate(transaction: Transaction, init: InitProducerId): DecisionOrNeed<ProducerIdentity> {
  const { expected, newProducerId } = init;
  const { producerEpoch } = transaction;
  if (expected !== undefined && expected.producerEpoch !== producerEpoch) {
    return refuse(ErrorCode.PRODUCER_FENCED);
  }
  if (newProducerId === undefined) return NEEDS_PRODUCER_ID;
  const lastProducerEpoch = expected === undefined ? -1 : producerEpoch;
  return initialized(transaction, init, { producerId: newProducerId, producerEpoch: 0, lastProducerEpoch });
}

function increment(transaction: Transaction, init: InitProducerId): Decision<ProducerIdentity> {
  const { expected } = init;
  const { producerId, previousProducerId, producerEpoch, lastProducerEpoch } = transaction;
  const next = { producerId, producerEpoch: producerEpoch + 1 };
  if (expected === undefined) return initialized(transaction, init, { ...next, lastProducerEpoch: -1 });
  if (producerEpoch === -1 || expected.producerEpoch === producerEpoch) {
    return initialized(transaction, init, { ...next, lastProducerEpoch: producerEpoch });
  }
  if (expected.producerEpoch !== lastProducerEpoch) return refuse(ErrorCode.PRODUCER_FENCED);
  // A retry: its answer was lost. It stays one when it comes a third time.
  return initialized(transaction, init, { producerId, producerEpoch, lastProducerEpoch, previousProducerId });
}

function initialized(
  transaction: Transaction,
  { timeoutMs, now }: InitProducerId,
  producer: Pick<Transaction, 'producerId' | 'producerEpoch' | 'lastProducerEpoch'> &
    Partial<Pick<Transaction, 'previousProducerId'>>,
): Decision<ProducerIdentity> {
  const next = transition(transaction, 'Empty', {
    ...producer,
    timeoutMs,
    partitions: new Map(),
    startTimestamp: -1,
    lastUpdateTimestamp: now,
  });
  return { transaction: next, response: producerOf(next) };
}

function refuse(errorCode: number): Decision<ProducerIdentity> {
  return { response: noProducer(errorCode) };
}
