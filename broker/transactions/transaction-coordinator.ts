import { ErrorCode } from '../../kafka/protocol/index.ts';
import { type AddPartitions, decideAddPartitions, verifyPartitions } from './add-partitions.ts';
import { type Decision, type DecisionOrNeed, NEEDS_PRODUCER_ID } from './decision.ts';
import {
  completed,
  decideEndTransaction,
  type EndTransaction,
  type Fence,
  fence,
} from './end-transaction.ts';
import { decideInitProducerId, type InitProducerId } from './init-producer-id.ts';
import { noProducer, type ProducerIdentity } from './producer-identity.ts';
import { isIdle, isPrepared, NO_TIMEOUT_MS, type Transaction, transition } from './transaction.ts';
import type { StoredTransaction } from './transaction-record.ts';

/**
 * The transactional ids of one partition of `__transaction_state`. A state machine without input or output: each
 * request becomes a decision and changes nothing until {@link apply}; {@link replay} rebuilds the state from the log.
 */
export class TransactionCoordinator {
  readonly #transactions = new Map<string, Transaction>();

  get transactions(): ReadonlyMap<string, Transaction> {
    return this.#transactions;
  }

  /** Applies a record of the log. Total: what could not be read changes nothing. */
  replay(stored: StoredTransaction): void {
    if ('ignored' in stored) return;
    if (stored.transaction === null) this.#transactions.delete(stored.transactionalId);
    else this.#transactions.set(stored.transactionalId, stored.transaction);
  }

  /** Makes a decision the state. Its record must have been handed to the log before. */
  apply({ transaction }: Decision<unknown>): void {
    if (transaction === undefined) return;
    if (transaction.state === 'Dead') this.#transactions.delete(transaction.transactionalId);
    else this.#transactions.set(transaction.transactionalId, transaction);
  }

  initProducerId(init: InitProducerId): DecisionOrNeed<ProducerIdentity> {
    return decideInitProducerId(this.#transactions.get(init.transactionalId), init);
  }

  /** The response is the error code of all partitions. */
  addPartitions(transactionalId: string, add: AddPartitions): Decision<number> {
    return decideAddPartitions(this.#transactions.get(transactionalId), add);
  }

  /** The error code of each partition. */
  verifyPartitions(
    transactionalId: string,
    verification: Parameters<typeof verifyPartitions>[1],
  ): readonly number[] {
    return verifyPartitions(this.#transactions.get(transactionalId), verification);
  }

  endTransaction(transactionalId: string, end: EndTransaction): DecisionOrNeed<ProducerIdentity> {
    return decideEndTransaction(this.#transactions.get(transactionalId), end);
  }

  /**
   * All partitions know how this transaction ended. Undefined when the id has moved on: only what is still the same
   * prepared transaction can be completed.
   */
  complete(transaction: Transaction, now: number): Decision<undefined> | undefined {
    const current = this.#transactions.get(transaction.transactionalId);
    if (current === undefined || !isSamePrepared(current, transaction)) return undefined;
    return { transaction: completed(current, now), response: undefined };
  }

  /** Transactions that were decided, and whose partitions may not know yet: after loading, all of them must be told. */
  prepared(): readonly Transaction[] {
    return [...this.#transactions.values()].filter(isPrepared);
  }

  /** The ids whose transaction is open longer than its producer wanted. */
  timedOut(now: number): readonly string[] {
    return [...this.#transactions.values()]
      .filter((transaction) => isTimedOut(transaction, now))
      .map(({ transactionalId }) => transactionalId);
  }

  /** The end of a transaction that is open too long; of another nothing. */
  abortTimedOut(transactionalId: string, end: Fence): DecisionOrNeed<ProducerIdentity> {
    const transaction = this.#transactions.get(transactionalId);
    const response = noProducer(ErrorCode.NONE);
    if (transaction === undefined || !isTimedOut(transaction, end.now)) return { response };
    const fenced = fence(transaction, end);
    return fenced === NEEDS_PRODUCER_ID ? fenced : { transaction: fenced, response };
  }

  /** The removal of ids that were not used for `expirationMs`. */
  expire(now: number, expirationMs: number): readonly Decision<undefined>[] {
    return [...this.#transactions.values()]
      .filter((transaction) => isIdle(transaction) && transaction.lastUpdateTimestamp + expirationMs <= now)
      .map((transaction) => ({ transaction: transition(transaction, 'Dead', {}), response: undefined }));
  }
}

function isTimedOut({ state, startTimestamp, timeoutMs }: Transaction, now: number): boolean {
  return state === 'Ongoing' && timeoutMs !== NO_TIMEOUT_MS && startTimestamp + timeoutMs < now;
}

function isSamePrepared(current: Transaction, transaction: Transaction): boolean {
  return (
    isPrepared(current) &&
    current.producerId === transaction.producerId &&
    current.producerEpoch === transaction.producerEpoch
  );
}
