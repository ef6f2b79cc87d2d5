import { type CompletedTransaction, OpenTransactions } from './open-transactions.ts';

/** How many of a producer's last batches are remembered to recognise a retry. */
const BATCHES_REMEMBERED = 5;

/** What is remembered of one appended batch. Sequences are int32 and wrap to 0 after 2^31-1; -1 in a coordinator's batches. */
export interface ProducerBatch {
  readonly lastSequence: number;
  readonly lastOffset: number;
  readonly offsetDelta: number;
  readonly timestamp: number;
}

/** State of one idempotent or transactional producer in one partition. Replaced as a whole on change, so that a failed append can put the old one back. */
export interface ProducerEntry {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** Oldest first, at most five. */
  readonly batches: readonly ProducerBatch[];
  /** Epoch of the coordinator that ended its last transaction, -1 when none has been ended. */
  readonly coordinatorEpoch: number;
  /** First offset of the transaction that is open, -1 when there is none. */
  readonly currentTxnFirstOffset: number;
  /** Time of the last append, ms. */
  readonly lastTimestamp: number;
}

/** The producer fields of a batch about to be appended. */
export interface ProducerAppend {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly isTransactional: boolean;
}

/** What a marker says: the producer's transaction, if it has one here, ends with the record at `offset`. */
export interface EndOfTransaction {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** -1 when compaction has left nothing but the header of the marker. */
  readonly coordinatorEpoch: number;
  readonly isAborted: boolean;
  readonly offset: number;
  readonly timestamp: number;
}

/** Answer of {@link ProducerState.check}: append it, it was appended already, or it must be refused. */
export type SequenceCheck =
  | { readonly kind: 'append' }
  | { readonly kind: 'duplicate'; readonly batch: ProducerBatch }
  | {
      readonly kind: 'refuse';
      readonly error: 'INVALID_PRODUCER_EPOCH' | 'OUT_OF_ORDER_SEQUENCE_NUMBER' | 'INVALID_TXN_STATE';
    };

/** Of the thousands of logs that no such producer writes to; never written to. */
const NONE = new Map<number, ProducerEntry>();
const APPEND: SequenceCheck = { kind: 'append' };
const FENCED: SequenceCheck = { kind: 'refuse', error: 'INVALID_PRODUCER_EPOCH' };
const OUT_OF_ORDER: SequenceCheck = { kind: 'refuse', error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' };
const IN_TRANSACTION: SequenceCheck = { kind: 'refuse', error: 'INVALID_TXN_STATE' };

/** The idempotent and transactional producers that wrote to one partition, by producer id, and their transactions. */
export class ProducerState {
  #entries = NONE;
  readonly #transactions = new OpenTransactions();
  /** A producer of which a marker is, or may be, in the segment that is written to. */
  #witness: number | undefined;

  get size(): number {
    return this.#entries.size;
  }

  get entries(): IterableIterator<ProducerEntry> {
    return this.#entries.values();
  }

  get(producerId: number): ProducerEntry | undefined {
    return this.#entries.get(producerId);
  }

  /** First offset of which a read_committed consumer cannot know yet; Infinity when there is none. */
  get firstUnstableOffset(): number {
    return this.#transactions.firstUnstableOffset;
  }

  /** Whether a coordinator has ended a transaction of any of the producers. */
  get knowsMarkers(): boolean {
    for (const entry of this.#entries.values()) if (entry.coordinatorEpoch >= 0) return true;
    return false;
  }

  /** Whether the producer has a transaction open here, under this epoch. */
  isInTransaction(producerId: number, producerEpoch: number): boolean {
    const entry = this.#entries.get(producerId);
    return entry !== undefined && entry.currentTxnFirstOffset !== -1 && entry.producerEpoch === producerEpoch;
  }

  /** Whether a client's batch continues its producer's sequence. A producer that is not known may begin anywhere. */
  check(append: ProducerAppend): SequenceCheck {
    const entry = this.#entries.get(append.producerId);
    if (entry === undefined) return APPEND;
    if (append.producerEpoch < entry.producerEpoch) return FENCED;
    if (append.producerEpoch > entry.producerEpoch) {
      if (append.firstSequence !== 0) return OUT_OF_ORDER;
    } else {
      const duplicate = entry.batches.find(
        (batch) =>
          batch.lastSequence === append.lastSequence &&
          sequenceBefore(batch.lastSequence, batch.offsetDelta) === append.firstSequence,
      );
      if (duplicate !== undefined) return { kind: 'duplicate', batch: duplicate };
      const last = entry.batches.at(-1)?.lastSequence ?? -1;
      if (append.firstSequence !== sequenceAfter(last)) return OUT_OF_ORDER;
    }
    return entry.currentTxnFirstOffset !== -1 && !append.isTransactional ? IN_TRANSACTION : APPEND;
  }

  /**
   * Why a marker must not be appended: it is of an earlier producer epoch, or of none, or its coordinator has been replaced. In
   * transaction version 2 its epoch is greater than that of the records; only one that comes again has the same (KIP-1228).
   */
  checkMarker(marker: {
    readonly producerId: number;
    readonly producerEpoch: number;
    readonly coordinatorEpoch: number;
    readonly transactionVersion: number;
  }): 'INVALID_PRODUCER_EPOCH' | 'TRANSACTION_COORDINATOR_FENCED' | undefined {
    if (marker.producerEpoch < 0) return 'INVALID_PRODUCER_EPOCH';
    const entry = this.#entries.get(marker.producerId);
    if (entry === undefined) return undefined;
    const isOpen = entry.currentTxnFirstOffset !== -1;
    const isTooLow = marker.transactionVersion >= 2 && isOpen && marker.producerEpoch === entry.producerEpoch;
    if (marker.producerEpoch < entry.producerEpoch || isTooLow) return 'INVALID_PRODUCER_EPOCH';
    return marker.coordinatorEpoch < entry.coordinatorEpoch ? 'TRANSACTION_COORDINATOR_FENCED' : undefined;
  }

  /** Notes an appended batch and returns the entry that was there before (for {@link restore}). */
  update(append: ProducerAppend, batch: ProducerBatch): ProducerEntry | undefined {
    const before = this.#entries.get(append.producerId);
    const continues = before !== undefined && before.producerEpoch === append.producerEpoch;
    const batches = continues ? [...before.batches.slice(1 - BATCHES_REMEMBERED), batch] : [batch];
    let currentTxnFirstOffset = before?.currentTxnFirstOffset ?? -1;
    if (append.isTransactional && currentTxnFirstOffset === -1) {
      currentTxnFirstOffset = batch.lastOffset - batch.offsetDelta;
      this.#transactions.begin(currentTxnFirstOffset);
    }
    this.#set({
      producerId: append.producerId,
      producerEpoch: append.producerEpoch,
      batches,
      coordinatorEpoch: before?.coordinatorEpoch ?? -1,
      currentTxnFirstOffset,
      lastTimestamp: batch.timestamp,
    });
    return before;
  }

  /**
   * Notes a marker. Returns the transaction that it ended, `undefined` when the producer had none here. It counts as
   * unstable until {@link onDurable} has passed the marker.
   */
  end(marker: EndOfTransaction): CompletedTransaction | undefined {
    const { producerId, producerEpoch, coordinatorEpoch, isAborted, offset, timestamp } = marker;
    const before = this.#entries.get(producerId);
    const firstOffset = before?.currentTxnFirstOffset ?? -1;
    this.#set({
      producerId,
      producerEpoch,
      batches: before?.producerEpoch === producerEpoch ? before.batches : [],
      coordinatorEpoch: coordinatorEpoch >= 0 ? coordinatorEpoch : (before?.coordinatorEpoch ?? -1),
      currentTxnFirstOffset: -1,
      lastTimestamp: timestamp,
    });
    this.#witness = producerId;
    if (firstOffset === -1) return undefined;
    const lastStableOffset = this.#transactions.end(firstOffset, offset);
    return { producerId, firstOffset, lastOffset: offset, lastStableOffset, isAborted };
  }

  /** Everything below `endOffset` is durable: transactions that ended there are decided for good. */
  onDurable(endOffset: number): void {
    this.#transactions.onDurable(endOffset);
  }

  /** Puts back what {@link update} or {@link end} replaced. Call {@link reindex} when all is put back. */
  restore(producerId: number, before: ProducerEntry | undefined): void {
    if (before === undefined) this.#entries.delete(producerId);
    else this.#set(before);
  }

  /** Finds out anew which transactions are open, after entries have been put back; the log now ends at `endOffset`. */
  reindex(endOffset: number): void {
    const open: number[] = [];
    for (const { currentTxnFirstOffset } of this.#entries.values()) {
      if (currentTxnFirstOffset !== -1) open.push(currentTxnFirstOffset);
    }
    this.#transactions.reset(open, endOffset);
  }

  /** Takes over entries as read from a snapshot. */
  load(entries: readonly ProducerEntry[]): void {
    for (const entry of entries) {
      this.#set(entry);
      if (entry.coordinatorEpoch >= 0) this.#witness = entry.producerId;
    }
    this.reindex(Number.POSITIVE_INFINITY);
  }

  /**
   * Gives the producers whose last batch alone is known the ones before it: `batches` are all there were for a while,
   * in order.
   */
  recall(batches: readonly { readonly append: ProducerAppend; readonly batch: ProducerBatch }[]): void {
    const recalled = new ProducerState();
    for (const { append, batch } of batches) recalled.update(append, batch);
    for (const { producerId, producerEpoch, batches: found } of recalled.entries) {
      const entry = this.#entries.get(producerId);
      const isSame =
        entry?.producerEpoch === producerEpoch &&
        entry.batches.at(-1)?.lastOffset === found.at(-1)?.lastOffset;
      if (entry !== undefined && isSame) this.#set({ ...entry, batches: found });
    }
  }

  /**
   * Forgets producers that wrote last before `timestamp` and have no open transaction. B31: one of those whose markers are
   * in the last segment stays, so that the snapshot at its end tells that there is a transaction index.
   */
  expireBefore(timestamp: number): void {
    for (const { producerId, lastTimestamp, currentTxnFirstOffset } of this.#entries.values()) {
      const isIdle = lastTimestamp < timestamp && currentTxnFirstOffset === -1;
      if (isIdle && producerId !== this.#witness) this.#entries.delete(producerId);
    }
  }

  /** The last segment has got its snapshot, and another begins. */
  onSegmentEnd(): void {
    this.#witness = undefined;
  }

  #set(entry: ProducerEntry): void {
    if (this.#entries === NONE) this.#entries = new Map();
    this.#entries.set(entry.producerId, entry);
  }
}

/** The sequence that follows `sequence`: wraps to 0 after 2^31-1. */
function sequenceAfter(sequence: number): number {
  return sequence === 0x7fffffff ? 0 : sequence + 1;
}

/** The sequence `delta` before `sequence`, wrapping the other way. */
function sequenceBefore(sequence: number, delta: number): number {
  return sequence >= delta ? sequence - delta : 0x7fffffff - (delta - sequence) + 1;
}
