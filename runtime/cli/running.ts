import { MessageChannel } from 'node:worker_threads';

/** Resolves when the process is asked to stop (SIGINT, SIGTERM). Until then the process stays alive. */
export function untilStopped(): Promise<void> {
  return new Promise((resolve) => {
    const keepAlive = new MessageChannel(); // A port that listens keeps the event loop going.
    keepAlive.port1.on('message', () => {});
    const stop = (): void => {
      keepAlive.port1.close();
      resolve();
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
  });
}

/** Runs `work` with a signal that is aborted when the process is asked to stop, and keeps the process alive meanwhile. */
export async function whileRunning<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const keepAlive = new MessageChannel();
  keepAlive.port1.on('message', () => {});
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    keepAlive.port1.close();
  }
}
