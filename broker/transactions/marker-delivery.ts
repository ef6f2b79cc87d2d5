import { ErrorCode, errorOf } from '../../kafka/protocol/index.ts';
import type { Clock, Timer } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import type { TransactionMarker } from '../replica/transaction-marker.ts';
import type { TopicPartition } from './add-partitions.ts';
import type { TransactionMarkers } from './ports.ts';
import { resultOf, type Transaction } from './transaction.ts';

/** What the delivery works with. */
export interface DeliveryOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly markers: TransactionMarkers;
  /** The leader epoch of the partition of `__transaction_state`: a coordinator of before is fenced. */
  readonly coordinatorEpoch: number;
}

const RETRY_FIRST_MS = 20;
const RETRY_LAST_MS = 1000;

/**
 * Tells all partitions of one prepared transaction how it ended, each until it knows (B51: the decision is final). A
 * partition that is deleted meanwhile has nothing to be told.
 */
export class MarkerDelivery {
  readonly #transaction: Transaction;
  readonly #marker: TransactionMarker;
  readonly #options: DeliveryOptions;
  readonly #onDelivered: () => void;
  readonly #timers = new Set<Timer>();
  #open = 1;
  #isStopped = false;

  /** `onDelivered` is called once, unless the delivery is stopped before. */
  constructor(transaction: Transaction, options: DeliveryOptions, onDelivered: () => void) {
    this.#transaction = transaction;
    this.#options = options;
    this.#onDelivered = onDelivered;
    this.#marker = {
      producerId: transaction.producerId,
      producerEpoch: transaction.producerEpoch,
      coordinatorEpoch: options.coordinatorEpoch,
      result: resultOf(transaction),
      transactionVersion: transaction.clientVersion,
    };
  }

  start(): void {
    for (const [topic, partitions] of this.#transaction.partitions) {
      for (const partition of partitions) {
        this.#open += 1;
        this.#deliver({ topic, partition }, RETRY_FIRST_MS);
      }
    }
    this.#close();
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers) timer.cancel();
    this.#timers.clear();
  }

  #deliver(target: TopicPartition, retryMs: number): void {
    this.#options.markers.write(target, this.#marker, (errorCode) => {
      if (this.#isStopped) return;
      if (errorCode === ErrorCode.NONE || errorCode === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION) this.#close();
      else if (errorCode === ErrorCode.TRANSACTION_COORDINATOR_FENCED) this.#abandon(target, errorCode);
      else if (errorCode === ErrorCode.INVALID_PRODUCER_EPOCH) {
        // The producer is past this epoch there, which only a marker like this one can have brought about.
        this.#warn(target, errorCode, 'a transaction marker was there already');
        this.#close();
      } else this.#retry(target, retryMs, errorCode);
    });
  }

  #retry(target: TopicPartition, delayMs: number, errorCode: number): void {
    this.#warn(target, errorCode, 'a transaction marker is sent again');
    const timer = this.#options.clock.timer(delayMs, () => {
      this.#timers.delete(timer);
      this.#deliver(target, Math.min(delayMs * 2, RETRY_LAST_MS));
    });
    this.#timers.add(timer);
  }

  /** Another coordinator, of a later epoch, has the transaction. */
  #abandon(target: TopicPartition, errorCode: number): void {
    this.stop();
    this.#warn(target, errorCode, 'a transaction is left to a later coordinator');
  }

  #close(): void {
    this.#open -= 1;
    if (this.#open === 0) this.#onDelivered();
  }

  #warn(target: TopicPartition, errorCode: number, message: string): void {
    const { transactionalId } = this.#transaction;
    this.#options.logger.warn({ ...target, transactionalId, error: errorOf(errorCode).name }, message);
  }
}
