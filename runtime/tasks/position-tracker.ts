import type { JsonValue } from '../plugin/index.ts';

/** A batch whose records are on their way. */
export interface TrackedBatch {
  /** One more record, or other piece of work, that has to be durable before the position counts. */
  add(): void;
  /** One of them is durable. */
  done(): void;
  /** No more will be added. */
  close(): void;
}

interface Entry {
  readonly position: JsonValue;
  open: number;
}

/**
 * Which position of a source partition may be stored: the last one before the first batch with a record that is not
 * durable yet (C2, C3). Acks may come in any order.
 */
export class PositionTracker {
  /** In the order they were read; those before `#first` are done. */
  #entries: Entry[] = [];
  #committable: { readonly position: JsonValue } | undefined;

  /** Whether some batch is not durable yet. */
  get hasPending(): boolean {
    this.#advance();
    return this.#entries.length > 0;
  }

  /** Takes the next batch; it counts as pending until it is closed and all that was added is done. */
  begin(position: JsonValue): TrackedBatch {
    const entry: Entry = { position, open: 1 };
    this.#entries.push(entry);
    return {
      add: () => {
        entry.open++;
      },
      done: () => {
        entry.open--;
      },
      close: () => {
        entry.open--;
      },
    };
  }

  /** The newest position that may be stored, if it is newer than the one returned before. */
  take(): { readonly position: JsonValue } | undefined {
    this.#advance();
    const taken = this.#committable;
    this.#committable = undefined;
    return taken;
  }

  /** Storing what {@link take} returned failed: it will be returned again, unless there is a newer one. */
  putBack(taken: { readonly position: JsonValue }): void {
    this.#committable ??= taken;
  }

  #advance(): void {
    let count = 0;
    for (let entry = this.#entries[0]; entry !== undefined && entry.open === 0; entry = this.#entries[count]) {
      this.#committable = { position: entry.position };
      count++;
    }
    if (count > 0) this.#entries = this.#entries.slice(count);
  }
}
