import type { Clock } from '../../platform/clock.ts';
import type { Entropy } from '../../platform/entropy.ts';

const FIRST_DELAY_MS = 300;

/** The pause before attempt `attempt` + 1: doubles from 300 ms; above the maximum, random within it. As in Connect. */
export function retryDelayMs(attempt: number, delayMaxMs: number, entropy: Entropy): number {
  const delayMs = FIRST_DELAY_MS * 2 ** Math.min(attempt - 1, 40);
  return delayMs > delayMaxMs ? Math.floor((entropy.u32() / 2 ** 32) * (delayMaxMs + 1)) : delayMs;
}

/** Resolves after the time, or as soon as the signal is aborted. */
export function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = clock.timer(delayMs, done);
    signal.addEventListener('abort', done);
  });
}
