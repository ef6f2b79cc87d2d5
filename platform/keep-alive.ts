import { MessageChannel } from 'node:worker_threads';

/** Keeps the process alive, although only timers are pending, until the returned function is called. */
export function keepAlive(): () => void {
  const { port1 } = new MessageChannel();
  port1.on('message', () => undefined); // A port that listens keeps the event loop going.
  return () => port1.close();
}
