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
