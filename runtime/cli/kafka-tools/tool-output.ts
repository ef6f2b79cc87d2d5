import type { Writable } from 'node:stream';
import { hasCode } from '../../../platform/system-error.ts';

/** Lines to stdout or stderr, no faster than the reader takes them. Quiet when the reader has gone (`| head`). */
export class ToolOutput {
  readonly #stream: Writable;
  #isClosed = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', (error: Error) => {
      if (!hasCode(error, 'EPIPE')) this.#error = error;
      this.#close();
    });
    stream.on('close', () => this.#close());
    stream.on('drain', () => this.#wake?.());
  }

  /** The reader has gone: what is written is dropped, and a tool that only prints may end. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Writes the text with a line feed at its end. */
  line(text = ''): Promise<void> {
    return this.write(`${text}\n`);
  }

  /** Resolves when more may be written. Rejects with the stream's error, unless the reader has just gone. */
  async write(chunk: string | Uint8Array): Promise<void> {
    if (this.#error !== undefined) throw this.#error;
    if (this.#isClosed || this.#stream.write(chunk)) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (this.#error !== undefined) throw this.#error;
  }

  #close(): void {
    this.#isClosed = true;
    this.#wake?.();
  }
}
