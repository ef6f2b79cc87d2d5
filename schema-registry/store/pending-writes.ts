import type { Decision } from './decision.ts';
import { contextOf } from './qualified-subject.ts';

/**
 * Registrations that are on their way to the log and cannot be seen in the state yet. One that touches neither their
 * subjects nor their ids nor their schemas comes out the same whichever is first, and need not wait for them.
 */
export class PendingWrites {
  readonly #keys = new Set<string>();
  readonly #written = new Set<Promise<void>>();

  /** Whether this decision may be made while the pending ones are not in the state. */
  admits({ records, isRegistration }: Decision<unknown>): boolean {
    if (records.length === 0 || this.#written.size === 0) return true;
    const [keys] = isRegistration === true ? records.map(keysOf) : [];
    return records.length === 1 && keys !== undefined && !keys.some((key) => this.#keys.has(key));
  }

  /** Keeps a decision until it `isWritten`. False, and nothing is kept, when the next one has to wait for it. */
  add({ records, isRegistration }: Decision<unknown>, isWritten: Promise<unknown>): boolean {
    const [record] = records;
    if (record === undefined || records.length > 1 || isRegistration !== true) return false;
    const keys = keysOf(record);
    const done = (): void => {
      for (const key of keys) this.#keys.delete(key);
      this.#written.delete(written);
    };
    const written = isWritten.then(done, done);
    for (const key of keys) this.#keys.add(key);
    this.#written.add(written);
    return true;
  }

  /** Resolves when none is pending any more. Never rejects. */
  async settled(): Promise<void> {
    await Promise.all(this.#written);
  }
}

function keysOf({ spends }: Decision<unknown>['records'][number]): readonly string[] {
  if (spends === undefined) return [];
  const { subject, id, guid } = spends;
  const context = contextOf(subject);
  return [`subject ${subject}`, `id ${id} ${context}`, `guid ${guid} ${context}`];
}
