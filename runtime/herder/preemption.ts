import { ConflictError } from './errors.ts';

/** Lets a newer change end the wait of an older one. */
export class Preemption {
  readonly #abort = new AbortController();

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get isInterrupted(): boolean {
    return this.#abort.signal.aborted;
  }

  interrupt(): void {
    this.#abort.abort();
  }

  /** As `work`, or rejects with ConflictError once this is interrupted. The work itself goes on if it ignores the signal. */
  race<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const stop = (): void => reject(new ConflictError('A newer change of the connector came first.'));
      if (this.isInterrupted) stop();
      this.#abort.signal.addEventListener('abort', stop, { once: true });
      work.then(resolve, reject);
    });
  }
}
