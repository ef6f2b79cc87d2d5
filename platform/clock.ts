/** A pending callback; {@link cancel} is idempotent and safe after it fired. */
export interface Timer {
  cancel(): void;
}

/** Source of time. Injected everywhere so that tests can run on virtual time. */
export interface Clock {
  /** Wall clock: whole milliseconds since the Unix epoch. May jump. */
  now(): number;
  /** Monotonic milliseconds with fraction, from an arbitrary start. For durations and deadlines. */
  monotonic(): number;
  /**
   * Calls `callback` once after `delayMs` (any size, also above 2^31-1), never before `monotonic()` has advanced by
   * that much. Does not keep the process alive.
   */
  timer(delayMs: number, callback: () => void): Timer;
}

/**
 * Resolves after `delayMs`; rejects with the signal's reason when it is aborted first.
 * Does not keep the process alive.
 */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      timer.cancel();
      reject(signal?.reason);
    };
    const timer = clock.timer(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

/**
 * Calls `callback` every `intervalMs` until cancelled, the first time after one interval. Calls that a busy process
 * missed are skipped, not made up for. `callback` may cancel.
 */
export function every(clock: Clock, intervalMs: number, callback: () => void): Timer {
  let isCancelled = false;
  const fire = () => {
    timer = clock.timer(intervalMs, fire);
    callback();
  };
  let timer = clock.timer(intervalMs, fire);
  return {
    cancel() {
      if (isCancelled) return;
      isCancelled = true;
      timer.cancel();
    },
  };
}
