import type { Clock, Timer } from './clock.ts';

/** `setTimeout` fires at once above this delay. */
const TIMEOUT_MAX_MS = 2 ** 31 - 1;

/** The time of this computer. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  timer: (delayMs, callback) => new SystemTimer(performance.now() + delayMs, callback),
};

class SystemTimer implements Timer {
  readonly #deadline: number;
  readonly #callback: () => void;
  #timeout: NodeJS.Timeout;

  constructor(deadline: number, callback: () => void) {
    this.#deadline = deadline;
    this.#callback = callback;
    this.#timeout = this.#arm(deadline - performance.now());
  }

  cancel(): void {
    clearTimeout(this.#timeout);
  }

  #arm(leftMs: number): NodeJS.Timeout {
    return setTimeout(this.#fire, Math.min(Math.max(0, Math.ceil(leftMs)), TIMEOUT_MAX_MS)).unref();
  }

  /** Node counts from the start of its loop turn, so a timeout may come a fraction early: then it is armed again. */
  readonly #fire = (): void => {
    const leftMs = this.#deadline - performance.now();
    if (leftMs > 0) this.#timeout = this.#arm(leftMs);
    else this.#callback();
  };
}
