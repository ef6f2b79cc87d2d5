import type { KafkaClient } from '../kafka/client/index.ts';
import { StreamError } from '../platform/errors.ts';

/** It was asked to stop before it had started. */
export class StartInterruptedError extends StreamError {
  constructor() {
    super('START_INTERRUPTED', 'it was stopped before it had started');
  }
}

/**
 * As `start`, but an abort of `signal` ends it at once by closing `client`: brokers that do not answer are not waited for.
 * Throws {@link StartInterruptedError} then.
 */
export async function unlessInterrupted<T>(
  signal: AbortSignal | undefined,
  client: Pick<KafkaClient, 'close'>,
  start: () => Promise<T>,
): Promise<T> {
  const interrupt = (): void => void client.close();
  signal?.addEventListener('abort', interrupt, { once: true });
  try {
    if (signal?.aborted === true) throw new StartInterruptedError();
    return await start();
  } catch (error) {
    throw signal?.aborted === true ? new StartInterruptedError() : error;
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}
