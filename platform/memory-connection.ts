import { ConnectionClosedError } from './errors.ts';
import type { Executor } from './executor.ts';
import { HIGH_WATER_BYTES, READ_BUDGET_BYTES } from './flow-control.ts';
import type { Connection, ConnectionHandler, Endpoint } from './net.ts';
import { systemError } from './system-error.ts';

/** How bytes reach a handler: whole and uncopied in production, cut up and spoiled afterwards in simulation. */
export interface Delivery {
  /** What to hand over next: a prefix of `bytes`, at least one byte. */
  next(bytes: Uint8Array): Buffer;
  /** The handler is done with it. */
  done(chunk: Buffer): void;
}

interface Send {
  readonly chunks: readonly Uint8Array[];
  readonly bytes: number;
  readonly onFlushed: ((error?: Error) => void) | undefined;
  /** The next byte to deliver. */
  index: number;
  offset: number;
}

interface Options {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly executor: Executor;
  readonly delivery: Delivery;
  /** Called once, when the connection is closed or has vanished. */
  readonly onGone: (connection: MemoryConnection) => void;
}

const unheard: ConnectionHandler = { onData() {}, onDrain() {}, onClose() {} };

/** One end of a pipe within the process. Everything its peer causes happens in a later turn of the event loop. */
export class MemoryConnection implements Connection {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly #options: Options;
  readonly #queue: Send[] = [];
  #peer: MemoryConnection | undefined;
  #handler: ConnectionHandler = unheard;
  #bufferedBytes = 0;
  #isScheduled = false;
  #isPaused = false;
  #isWaitingForDrain = false;
  /** Nothing is written any more, and what comes in is discarded. */
  #isEnding = false;
  /** All was delivered to the peer, and it was told that no more comes. */
  #isSent = false;
  #isDestroyed = false;

  constructor(options: Options) {
    this.local = options.local;
    this.remote = options.remote;
    this.#options = options;
  }

  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  /** Joins the ends. Both must have been started before the first turn of the event loop ends. */
  link(peer: MemoryConnection): void {
    this.#peer = peer;
    peer.#peer = this;
  }

  /** Asks `open` for the handler. When it throws, the connection is destroyed and the error passed on. */
  start(open: (connection: Connection) => ConnectionHandler): this {
    try {
      this.#handler = open(this);
    } catch (error) {
      this.destroy();
      throw error;
    }
    return this;
  }

  write(chunks: readonly Uint8Array[], onFlushed?: (error?: Error) => void): boolean {
    if (this.#isEnding || this.#isDestroyed) {
      if (onFlushed) this.#options.executor.soon(() => onFlushed(new ConnectionClosedError()));
      return false;
    }
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    this.#queue.push({ chunks, bytes, onFlushed, index: 0, offset: 0 });
    this.#bufferedBytes += bytes;
    this.#schedule();
    if (this.#bufferedBytes < HIGH_WATER_BYTES) return true;
    this.#isWaitingForDrain = true;
    return false;
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    this.#isPaused = false;
    if (this.#peer) this.#peer.#schedule();
  }

  end(): void {
    if (this.#isEnding || this.#isDestroyed) return;
    this.#isEnding = true;
    this.#schedule();
    if (this.#peer) this.#peer.#schedule();
  }

  destroy(error?: Error): void {
    if (this.#isDestroyed) return;
    this.#close(error);
    if (this.#peer) this.#peer.#onPeerGone();
  }

  /** Breaks the connection in the middle: both ends get `ECONNRESET`. */
  reset(): void {
    for (const end of [this, this.#peer])
      if (end && !end.#isDestroyed) end.#close(systemError('ECONNRESET', 'read'));
  }

  /** Ends without a word, as in a process that is killed: no handler hears of it. */
  vanish(): void {
    this.#isDestroyed = true;
    this.#handler = unheard;
    this.#queue.length = 0;
    this.#options.onGone(this);
  }

  #schedule(): void {
    if (this.#isScheduled || this.#isDestroyed) return;
    this.#isScheduled = true;
    this.#options.executor.soon(() => {
      this.#isScheduled = false;
      this.#pump();
    });
  }

  /** Delivers what is queued, as far as the peer takes it and its budget for this turn allows. */
  #pump(): void {
    const peer = this.#peer;
    let budget = READ_BUDGET_BYTES;
    if (peer === undefined) return;
    while (peer.#takesInput() && !this.#isDestroyed) {
      const [send] = this.#queue;
      if (send === undefined) {
        this.#onAllDelivered(peer);
        return;
      }
      if (budget <= 0) {
        this.#schedule();
        return;
      }
      const chunk = send.chunks[send.index];
      if (chunk === undefined) this.#onDelivered(send);
      else budget -= this.#deliver(peer, send, chunk);
    }
  }

  /** What an ended connection gets is discarded, so it takes all. */
  #takesInput(): boolean {
    return !this.#isDestroyed && (!this.#isPaused || this.#isEnding);
  }

  #deliver(peer: MemoryConnection, send: Send, chunk: Uint8Array): number {
    if (send.offset >= chunk.length) {
      send.index += 1;
      send.offset = 0;
      return 0;
    }
    const { delivery } = this.#options;
    const part = delivery.next(send.offset === 0 ? chunk : chunk.subarray(send.offset));
    const { length } = part;
    send.offset += length;
    if (!peer.#isEnding) peer.#call(() => peer.#handler.onData(part));
    delivery.done(part);
    return length;
  }

  #onDelivered({ bytes, onFlushed }: Send): void {
    this.#queue.shift();
    this.#bufferedBytes -= bytes;
    if (onFlushed) this.#call(onFlushed);
  }

  #onAllDelivered(peer: MemoryConnection): void {
    if (this.#isEnding) {
      if (this.#isSent) return;
      this.#isSent = true;
      peer.#onPeerEnd();
    } else if (this.#isWaitingForDrain) {
      this.#isWaitingForDrain = false;
      this.#call(() => this.#handler.onDrain());
    }
  }

  /** The peer has sent all it will: we send what we have, and both are closed. */
  #onPeerEnd(): void {
    this.#isEnding = true;
    if (!this.#isSent) {
      this.#schedule();
      return;
    }
    this.#close();
    if (this.#peer) this.#peer.#close();
  }

  #onPeerGone(): void {
    if (this.#isDestroyed) return;
    this.#close(this.#queue.length > 0 ? systemError('ECONNRESET', 'write') : undefined);
  }

  #close(error?: Error): void {
    this.#isDestroyed = true;
    const unsent = this.#queue.splice(0);
    this.#bufferedBytes = 0;
    this.#options.onGone(this);
    this.#options.executor.soon(() => {
      const handler = this.#handler;
      for (const { onFlushed } of unsent) onFlushed?.(error ?? new ConnectionClosedError());
      if (error === undefined) handler.onClose();
      else handler.onClose(error);
    });
  }

  /** A handler that throws loses its connection, and hears of the error in `onClose`. */
  #call(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }
}
