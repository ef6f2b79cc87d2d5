import { batchHeader } from '../../kafka/records/index.ts';
import type { ProducerAppend, ProducerBatch, ProducerEntry, ProducerState } from './producer-state.ts';

interface Change {
  readonly producerId: number;
  readonly before: ProducerEntry | undefined;
}

/** What appends have changed in the state of producers and what can still be undone, because it is not in a file yet. */
export class ProducerJournal {
  readonly #state: ProducerState;
  #changes: Change[] = [];

  constructor(state: ProducerState) {
    this.#state = state;
  }

  /** Notes an appended batch whose offsets are final. */
  note(batch: Buffer): void {
    const noted = producerBatchOf(batch, 0);
    if (noted === undefined) return;
    const { append } = noted;
    this.#changes.push({ producerId: append.producerId, before: this.#state.update(append, noted.batch) });
  }

  /** What was noted so far stays. */
  keep(): void {
    this.#changes = [];
  }

  /** Puts back the state as it was at the last {@link keep}. */
  undo(): void {
    for (const { producerId, before } of this.#changes.reverse()) this.#state.restore(producerId, before);
    this.#changes = [];
  }
}

/** What the batch at `at` says of its producer; `undefined` when it has none, and for control batches. */
export function producerBatchOf(
  buffer: Buffer,
  at: number,
): { readonly append: ProducerAppend; readonly batch: ProducerBatch } | undefined {
  const producerId = batchHeader.producerId(buffer, at);
  if (producerId < 0 || batchHeader.isControl(buffer, at)) return undefined;
  const lastSequence = batchHeader.lastSequence(buffer, at);
  return {
    append: {
      producerId,
      producerEpoch: batchHeader.producerEpoch(buffer, at),
      firstSequence: batchHeader.baseSequence(buffer, at),
      lastSequence,
    },
    batch: {
      lastSequence,
      lastOffset: batchHeader.lastOffset(buffer, at),
      offsetDelta: batchHeader.lastOffsetDelta(buffer, at),
      timestamp: batchHeader.maxTimestamp(buffer, at),
    },
  };
}
