import type { PluginContext } from '../../runtime/plugin/index.ts';
import { isLocked } from './batch-writer.ts';

const RETRY_MS = 10;

/**
 * Runs `work` again and again while another writer holds the lock, for `timeoutMs`; then throws what it threw. SQLite's own
 * wait would keep everything else in the worker waiting as well.
 */
export async function whenUnlocked<T>(
  work: () => T,
  timeoutMs: number,
  { clock, sleep, signal }: Pick<PluginContext, 'clock' | 'sleep' | 'signal'>,
): Promise<T> {
  const end = clock.monotonic() + timeoutMs;
  for (;;) {
    try {
      return work();
    } catch (error) {
      if (!isLocked(error) || clock.monotonic() >= end || signal.aborted) throw error;
    }
    await sleep(RETRY_MS);
  }
}
