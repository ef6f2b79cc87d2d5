import { ErrorCode } from '../../kafka/protocol/index.ts';
import type { Timer } from '../../platform/clock.ts';
import { CommitQueue, type CommitTimeout } from '../coordinator/commit-queue.ts';
import { coordinatorErrorOf } from '../coordinator/errors.ts';
import type { CoordinatorLog } from '../coordinator/ports.ts';
import type { Decision } from './decision.ts';
import { type DeliveryOptions, MarkerDelivery } from './marker-delivery.ts';
import { isPrepared, type Transaction } from './transaction.ts';
import type { TransactionCoordinator } from './transaction-coordinator.ts';
import { encodeTransaction } from './transaction-record.ts';

/** What a shard works with. */
export interface TransactionShardOptions extends DeliveryOptions {
  readonly partition: number;
  readonly coordinator: TransactionCoordinator;
  readonly log: CoordinatorLog;
  readonly commitTimeout: CommitTimeout;
  /** The finalized level of `transaction.version`. */
  readonly serverVersion: () => number;
  /** Called once when an append failed: the state may be ahead of the log, and the shard has to be replaced. */
  readonly onFailed: (error: unknown) => void;
}

/** After a completion that the log refused. */
const RETRY_MS = 500;

/**
 * Carries out the decisions of one coordinator: appends their records, releases responses once the log has committed
 * what they rest on, and tells the partitions of transactions whose end is committed.
 */
export class TransactionShard {
  readonly coordinator: TransactionCoordinator;
  readonly #options: TransactionShardOptions;
  readonly #queue: CommitQueue;
  /** By transactional id: there is one prepared transaction of each at most. */
  readonly #deliveries = new Map<string, MarkerDelivery>();
  readonly #retries = new Set<Timer>();

  constructor(options: TransactionShardOptions) {
    const { clock, commitTimeout, onFailed } = options;
    this.coordinator = options.coordinator;
    this.#options = options;
    this.#queue = new CommitQueue(clock, commitTimeout, onFailed);
  }

  /** Goes on with the transactions that were decided before the log was loaded. */
  start(): void {
    for (const transaction of this.coordinator.prepared()) this.#deliver(transaction);
  }

  /**
   * Carries out a decision and gives its response once it is committed, or what `failed` makes of the error that kept it
   * from being so.
   */
  respond<Response>(
    decision: Decision<Response>,
    failed: (errorCode: number) => Response,
    release: (response: Response) => void,
  ): void {
    const errorCode = this.execute(decision);
    if (errorCode !== ErrorCode.NONE) {
      release(failed(errorCode));
      return;
    }
    this.#queue.after((error) =>
      release(error === undefined ? decision.response : failed(coordinatorErrorOf(error))),
    );
  }

  /** Carries out a decision that nobody waits for. Returns the error when the log refused it: nothing changed then. */
  execute(decision: Decision<unknown>): number {
    const { transaction } = decision;
    if (transaction === undefined) return ErrorCode.NONE;
    const { log, logger, partition, serverVersion } = this.#options;
    try {
      this.#queue.add(log.append(partition, [encodeTransaction(transaction, serverVersion())]));
    } catch (error) {
      logger.warn(
        { error, transactionalId: transaction.transactionalId },
        'a transaction record was refused',
      );
      return coordinatorErrorOf(error);
    }
    this.coordinator.apply(decision);
    if (isPrepared(transaction)) this.#deliverWhenCommitted(transaction);
    return ErrorCode.NONE;
  }

  /** Ends the shard: whoever waits gets the error. Resolves when no append of it is under way any more. */
  close(error: unknown): Promise<void> {
    for (const delivery of this.#deliveries.values()) delivery.stop();
    this.#deliveries.clear();
    for (const timer of this.#retries) timer.cancel();
    this.#retries.clear();
    return this.#queue.close(error);
  }

  /** B51: partitions are told only what no failure can take back. */
  #deliverWhenCommitted(transaction: Transaction): void {
    this.#queue.whenCommitted(() => this.#deliver(transaction));
  }

  #deliver(transaction: Transaction): void {
    const delivery = new MarkerDelivery(transaction, this.#options, () => this.#complete(transaction));
    this.#deliveries.set(transaction.transactionalId, delivery);
    delivery.start();
  }

  #complete(transaction: Transaction): void {
    this.#deliveries.delete(transaction.transactionalId);
    const decision = this.coordinator.complete(transaction, this.#options.clock.now());
    if (decision === undefined || this.execute(decision) === ErrorCode.NONE) return;
    const timer = this.#options.clock.timer(RETRY_MS, () => {
      this.#retries.delete(timer);
      this.#complete(transaction);
    });
    this.#retries.add(timer);
  }
}
