import type { Clock } from '../../../platform/clock.ts';

/** Wakes the one who waits. A signal that comes while nobody waits makes the next wait end at once. */
export class Signal {
  readonly #clock: Clock;
  #isRaised = false;
  #wake: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  raise(): void {
    if (this.#wake === undefined) this.#isRaised = true;
    else this.#wake();
  }

  /** Forgets a signal that has come: what it told of is about to be looked at. */
  clear(): void {
    this.#isRaised = false;
  }

  /** Resolves at the next signal, or after `timeoutMs`. */
  wait(timeoutMs: number): Promise<void> {
    if (this.#isRaised || timeoutMs <= 0) {
      this.#isRaised = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const wake = () => {
        timer.cancel();
        this.#wake = undefined;
        resolve();
      };
      const timer = this.#clock.timer(timeoutMs, wake);
      this.#wake = wake;
    });
  }
}
