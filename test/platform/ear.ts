import type { ConnectionHandler } from '../../platform/net.ts';

/** A connection handler that remembers what it heard. */
export class Ear implements ConnectionHandler {
  readonly #chunks: Buffer[] = [];
  /** Bytes heard. */
  bytes = 0;
  drains = 0;
  /** What each call of `onClose` was given. */
  readonly closes: (Error | undefined)[] = [];
  whenData: () => void = () => {};
  whenDrained: () => void = () => {};
  whenClosed: () => void = () => {};

  get text(): string {
    return this.content().toString('latin1');
  }

  content(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  onData(chunk: Buffer): void {
    if (this.closes.length > 0) throw new Error('data after close');
    this.#chunks.push(Buffer.from(chunk));
    this.bytes += chunk.length;
    this.whenData();
  }

  onDrain(): void {
    if (this.closes.length > 0) throw new Error('drain after close');
    this.drains += 1;
    this.whenDrained();
  }

  onClose(error?: Error): void {
    this.closes.push(error);
    this.whenClosed();
  }
}

/** Waits until the condition holds; the test's own time limit ends it otherwise. */
export async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
