import type { JsonValue } from '../plugin/index.ts';

const COMPACT_AT = 1024;

/** A batch whose records are on their way; counts as pending until it is closed and all that was added is done. */
export class TrackedBatch {
  readonly position: JsonValue;
  readonly #onDurable: () => void;
  #open = 1;

  constructor(position: JsonValue, onDurable: () => void) {
    this.position = position;
    this.#onDurable = onDurable;
  }

  get isDurable(): boolean {
    return this.#open === 0;
  }

  /** One more record, or other piece of work, that has to be durable before the position counts. */
  add(): void {
    this.#open++;
  }

  /** One of them is durable. */
  done(): void {
    this.#open--;
    if (this.#open === 0) this.#onDurable();
  }

  /** No more will be added. */
  close(): void {
    this.done();
  }
}

/**
 * Which position of a source partition may be stored: the last one before the first batch with a record that is not
 * durable yet (C2, C3). Acks may come in any order.
 */
export class PositionTracker {
  /** In the order they were read; those before `#first` are done with. */
  #batches: TrackedBatch[] = [];
  #first = 0;
  #committable: { readonly position: JsonValue } | undefined;
  readonly #onDurable = (): void => this.#advance();

  /** Whether some batch is not durable yet. */
  get hasPending(): boolean {
    return this.#first < this.#batches.length;
  }

  /** Takes the next batch. */
  begin(position: JsonValue): TrackedBatch {
    const batch = new TrackedBatch(position, this.#onDurable);
    this.#batches.push(batch);
    return batch;
  }

  /** The newest position that may be stored, if it is newer than the one returned before. */
  take(): { readonly position: JsonValue } | undefined {
    const taken = this.#committable;
    this.#committable = undefined;
    return taken;
  }

  /** Storing what {@link take} returned failed: it will be returned again, unless there is a newer one. */
  putBack(taken: { readonly position: JsonValue }): void {
    this.#committable ??= taken;
  }

  #advance(): void {
    let last: TrackedBatch | undefined;
    for (
      let batch = this.#batches[this.#first];
      batch?.isDurable === true;
      batch = this.#batches[this.#first]
    ) {
      last = batch;
      this.#first++;
    }
    if (last === undefined) return;
    this.#committable = { position: last.position };
    if (this.#first === this.#batches.length || this.#first >= COMPACT_AT) {
      this.#batches = this.#batches.slice(this.#first);
      this.#first = 0;
    }
  }
}
