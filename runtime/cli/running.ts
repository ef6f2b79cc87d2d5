import { keepAlive } from '../../platform/keep-alive.ts';
import { giveBackMemoryAtRest } from '../../platform/memory-at-rest.ts';
import { systemClock } from '../../platform/system-clock.ts';
import { StartInterruptedError } from '../interrupted-start.ts';
import { ExitCode } from './command.ts';

/**
 * Runs `work` with a signal that is aborted when the process is asked to stop, and keeps the process alive meanwhile. Resolves
 * with its exit code, or `interrupted` when it was asked to stop before all had started.
 */
export async function whileRunning(
  work: (signal: AbortSignal) => Promise<number>,
  interrupted: number = ExitCode.OK,
): Promise<number> {
  const rest = keepAlive();
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  watchReader();
  unread.signal.addEventListener('abort', stop);
  try {
    return await work(controller.signal);
  } catch (error) {
    if (error instanceof StartInterruptedError) return interrupted;
    throw error;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    unread.signal.removeEventListener('abort', stop);
    rest();
  }
}

/** Aborted when whoever reads what is printed has gone, as with `| head`. */
const unread = new AbortController();
let isWatching = false;

/** For good: an error of the last write comes when everything else is over. */
function watchReader(): void {
  if (isWatching) return;
  isWatching = true;
  process.stdout.on('error', () => unread.abort());
}

/**
 * Resolves when `signal` is aborted; rejects with what stopped the broker when that comes first. Memory that is not needed
 * goes back to the system meanwhile.
 */
export async function untilStopped(signal: AbortSignal, halted: Promise<Error>): Promise<void> {
  const memory = giveBackMemoryAtRest(systemClock);
  try {
    await unlessHalted(untilAborted(signal), halted);
  } finally {
    memory.cancel();
  }
}

/** Settles as `work` does; rejects with what stopped the broker when that comes first. */
export function unlessHalted<T>(work: Promise<T>, halted: Promise<Error>): Promise<T> {
  const failed = halted.then((error) => {
    throw error;
  });
  return Promise.race([work, failed]);
}

/** Resolves when `signal` is aborted. */
function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
