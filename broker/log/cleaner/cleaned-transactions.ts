import { batchHeader, readEndTxnMarker } from '../../../kafka/records/index.ts';
import type { AbortedTransaction } from '../transaction-index.ts';

/** Where a walk through the batches of a log stands; it can be cloned. */
export interface TransactionWalk {
  readonly aborted: readonly AbortedTransaction[];
  readonly next: number;
  readonly current: ReadonlyMap<
    number,
    { readonly transaction: AbortedTransaction; readonly hasBatches: boolean }
  >;
  readonly committed: ReadonlySet<number>;
}

/**
 * Knows, while compaction walks a log from its start, which batches belong to aborted transactions and which markers
 * have nothing left to end. Every batch has to be shown to it once, in order.
 */
export class CleanedTransactions {
  /** By first offset. */
  readonly #aborted: readonly AbortedTransaction[];
  #next = 0;
  /** By producer id: the aborted transaction that the walk is in, and whether a batch of it was seen. */
  readonly #current = new Map<number, { readonly transaction: AbortedTransaction; hasBatches: boolean }>();
  /** Producers with batches of a transaction that was not aborted. */
  readonly #committed = new Set<number>();
  #kept: AbortedTransaction[] = [];

  constructor(aborted: readonly AbortedTransaction[]) {
    this.#aborted = aborted;
  }

  /** Goes on where another walk stood. */
  static resume({ aborted, next, current, committed }: TransactionWalk): CleanedTransactions {
    const walk = new CleanedTransactions(aborted);
    walk.#next = next;
    for (const [producerId, { transaction, hasBatches }] of current) {
      walk.#current.set(producerId, { transaction, hasBatches });
    }
    for (const producerId of committed) walk.#committed.add(producerId);
    return walk;
  }

  /** Where the walk stands, for {@link resume} in another thread. */
  get state(): TransactionWalk {
    return {
      aborted: this.#aborted,
      next: this.#next,
      current: this.#current,
      committed: this.#committed,
    };
  }

  /** Notes a batch of records; returns whether its transaction was aborted. */
  onBatch(buffer: Buffer, at: number): boolean {
    if (!batchHeader.isTransactional(buffer, at)) return false;
    const producerId = batchHeader.producerId(buffer, at);
    const current = this.#currentOf(producerId, batchHeader.lastOffset(buffer, at));
    if (current === undefined) this.#committed.add(producerId);
    else current.hasBatches = true;
    return current !== undefined;
  }

  /** Notes a control batch; returns whether it may go, because no batch of its transaction was seen. */
  onControlBatch(buffer: Buffer, at: number): boolean {
    if (batchHeader.recordCount(buffer, at) === 0) return true;
    const marker = readEndTxnMarker(buffer, at);
    if (marker === undefined) return false;
    const producerId = batchHeader.producerId(buffer, at);
    if (marker.type === 'COMMIT') return !this.#committed.delete(producerId);
    const current = this.#currentOf(producerId, batchHeader.lastOffset(buffer, at));
    this.#current.delete(producerId);
    if (current === undefined || !current.hasBatches) return true;
    this.#kept.push(current.transaction);
    return false;
  }

  /** The aborted transactions whose markers were seen since the last call and must stay, in the order of the markers. */
  takeKept(): readonly AbortedTransaction[] {
    const kept = this.#kept;
    this.#kept = [];
    return kept;
  }

  #currentOf(producerId: number, offset: number) {
    for (; (this.#aborted[this.#next]?.firstOffset ?? Number.POSITIVE_INFINITY) <= offset; this.#next++) {
      const transaction = this.#aborted[this.#next];
      if (transaction !== undefined)
        this.#current.set(transaction.producerId, { transaction, hasBatches: false });
    }
    const current = this.#current.get(producerId);
    // Its marker was not seen when a segment went away during the walk.
    return current !== undefined && offset <= current.transaction.lastOffset ? current : undefined;
  }
}
