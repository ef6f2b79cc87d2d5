import { type Clock, sleep } from '../../../platform/clock.ts';
import type { Executor } from '../../../platform/executor.ts';

/** How many records may be appended before others have a turn: an answer is not heard while records are made. */
const BURST = 200;

/** Holds a loop back to so many rounds in a second; -1: only lets others have a turn. */
export class Throttle {
  readonly #perSecond: number;
  readonly #clock: Clock;
  readonly #executor: Executor;
  readonly #startMs: number;

  constructor(
    perSecond: number,
    { clock, executor }: { readonly clock: Clock; readonly executor: Executor },
  ) {
    this.#perSecond = perSecond;
    this.#clock = clock;
    this.#executor = executor;
    this.#startMs = clock.monotonic();
  }

  /** Resolves when round number `done` + 1 may begin. */
  async pass(done: number, signal: AbortSignal): Promise<void> {
    if (this.#perSecond > 0) {
      const dueMs = this.#startMs + (1000 * done) / this.#perSecond;
      const waitMs = dueMs - this.#clock.monotonic();
      // Rejects when the process is asked to stop, which the caller looks for itself.
      if (waitMs >= 1) return sleep(this.#clock, waitMs, signal).catch(() => {});
    }
    if (done % BURST === 0) {
      await new Promise<void>((resolve) => {
        this.#executor.soon(resolve);
      });
    }
  }
}
