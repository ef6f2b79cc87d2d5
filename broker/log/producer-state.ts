/** How many of a producer's last batches are remembered to recognise a retry. */
const BATCHES_REMEMBERED = 5;

/** What is remembered of one appended batch. Sequences are int32 and wrap to 0 after 2^31-1. */
export interface ProducerBatch {
  readonly lastSequence: number;
  readonly lastOffset: number;
  readonly offsetDelta: number;
  readonly timestamp: number;
}

/** State of one idempotent producer in one partition. Replaced as a whole on change, so that a failed append can put the old one back. */
export interface ProducerEntry {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** Oldest first, at most five. */
  readonly batches: readonly ProducerBatch[];
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
}

/** Answer of {@link ProducerState.check}: append it, it was appended already, or it must be refused. */
export type SequenceCheck =
  | { readonly kind: 'append' }
  | { readonly kind: 'duplicate'; readonly batch: ProducerBatch }
  | { readonly kind: 'refuse'; readonly error: 'INVALID_PRODUCER_EPOCH' | 'OUT_OF_ORDER_SEQUENCE_NUMBER' };

const APPEND: SequenceCheck = { kind: 'append' };

/** The idempotent producers that wrote to one partition, by producer id. */
export class ProducerState {
  #entries = new Map<number, ProducerEntry>();

  get size(): number {
    return this.#entries.size;
  }

  get entries(): IterableIterator<ProducerEntry> {
    return this.#entries.values();
  }

  get(producerId: number): ProducerEntry | undefined {
    return this.#entries.get(producerId);
  }

  /** Whether a client's batch continues its producer's sequence. A producer that is not known may begin anywhere. */
  check(append: ProducerAppend): SequenceCheck {
    const entry = this.#entries.get(append.producerId);
    if (entry === undefined) return APPEND;
    if (append.producerEpoch < entry.producerEpoch)
      return { kind: 'refuse', error: 'INVALID_PRODUCER_EPOCH' };
    if (append.producerEpoch > entry.producerEpoch) {
      return append.firstSequence === 0 ? APPEND : { kind: 'refuse', error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' };
    }
    const duplicate = entry.batches.find(
      (batch) =>
        batch.lastSequence === append.lastSequence &&
        sequenceBefore(batch.lastSequence, batch.offsetDelta) === append.firstSequence,
    );
    if (duplicate !== undefined) return { kind: 'duplicate', batch: duplicate };
    const last = entry.batches.at(-1);
    if (last === undefined || append.firstSequence === sequenceAfter(last.lastSequence)) return APPEND;
    return { kind: 'refuse', error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' };
  }

  /** Notes an appended batch and returns the entry that was there before (for {@link restore}). */
  update(append: ProducerAppend, batch: ProducerBatch): ProducerEntry | undefined {
    const before = this.#entries.get(append.producerId);
    const continues = before !== undefined && before.producerEpoch === append.producerEpoch;
    const batches = continues ? [...before.batches.slice(1 - BATCHES_REMEMBERED), batch] : [batch];
    this.#entries.set(append.producerId, {
      producerId: append.producerId,
      producerEpoch: append.producerEpoch,
      batches,
      coordinatorEpoch: before?.coordinatorEpoch ?? -1,
      currentTxnFirstOffset: before?.currentTxnFirstOffset ?? -1,
      lastTimestamp: batch.timestamp,
    });
    return before;
  }

  /** Puts back what {@link update} replaced. */
  restore(producerId: number, before: ProducerEntry | undefined): void {
    if (before === undefined) this.#entries.delete(producerId);
    else this.#entries.set(producerId, before);
  }

  /** Takes over an entry as read from a snapshot. */
  load(entry: ProducerEntry): void {
    this.#entries.set(entry.producerId, entry);
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
      if (entry !== undefined && isSame) this.#entries.set(producerId, { ...entry, batches: found });
    }
  }

  /** Forgets producers that wrote last before `timestamp` and have no open transaction. */
  expireBefore(timestamp: number): void {
    for (const entry of this.#entries.values()) {
      const isIdle = entry.lastTimestamp < timestamp && entry.currentTxnFirstOffset === -1;
      if (isIdle) this.#entries.delete(entry.producerId);
    }
  }

  clear(): void {
    this.#entries.clear();
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
