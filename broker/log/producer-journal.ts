import { batchHeader } from '../../kafka/records/index.ts';
import type { CompletedTransaction } from './open-transactions.ts';
import { replayBatch } from './producer-replay.ts';
import type { ProducerEntry, ProducerState } from './producer-state.ts';

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

  /** Notes an appended batch whose offsets are final; returns the transaction that it ended. */
  note(batch: Buffer): CompletedTransaction | undefined {
    const producerId = batchHeader.producerId(batch, 0);
    if (producerId < 0) return undefined;
    this.#changes.push({ producerId, before: this.#state.get(producerId) });
    return replayBatch(this.#state, batch, 0);
  }

  /** What was noted so far stays. */
  keep(): void {
    if (this.#changes.length > 0) this.#changes = [];
  }

  /** Puts back the state as it was at the last {@link keep}, when the log ended at `endOffset`. */
  undo(endOffset: number): void {
    for (const { producerId, before } of this.#changes.reverse()) this.#state.restore(producerId, before);
    this.#changes = [];
    this.#state.reindex(endOffset);
  }
}
