import type { Clock } from '../../platform/clock.ts';
import { FlushTimeoutError } from './errors.ts';

/**
 * Settles as `work` does, but throws {@link FlushTimeoutError} when that takes longer than `offset.flush.timeout.ms`. What is
 * under way is not ended: it may still succeed, and what it wrote is then written again.
 */
export async function withinFlushTimeout<T>(clock: Clock, timeoutMs: number, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = clock.timer(timeoutMs, () => reject(new FlushTimeoutError(timeoutMs)));
  try {
    return await Promise.race([work, late]);
  } catch (error) {
    if (error instanceof FlushTimeoutError) work.catch(() => undefined);
    throw error;
  } finally {
    timer.cancel();
  }
}
