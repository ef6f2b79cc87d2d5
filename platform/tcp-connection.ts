import type { Socket } from 'node:net';
import { ConnectionClosedError } from './errors.ts';
import { HIGH_WATER_BYTES, READ_BUDGET_BYTES } from './flow-control.ts';
import type { Connection, ConnectionHandler, Endpoint } from './net.ts';

/**
 * How long an ended connection waits for the peer to close too. Closing with unread input makes the kernel send a
 * reset, and a reset can overtake the last answer.
 */
const LINGER_MS = 2_000;

const nothing = Buffer.alloc(0);
const unheard: ConnectionHandler = { onData() {}, onDrain() {}, onClose() {} };

/** A connection over a stream socket of Node's. Bytes come in through {@link receive} or, as a fallback, `data` events. */
export class TcpConnection implements Connection {
  readonly remote: Endpoint;
  readonly local: Endpoint;
  readonly #socket: Socket;
  #handler: ConnectionHandler = unheard;
  #budget = READ_BUDGET_BYTES;
  #isPaused = false;
  #isYielding = false;
  #isWaitingForDrain = false;
  #isEnding = false;
  #isSent = false;
  #isDestroyed = false;
  #error: Error | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.remote = endpointOf(socket.remoteAddress, socket.remotePort);
    this.local = endpointOf(socket.localAddress, socket.localPort);
  }

  /**
   * Asks `open` for the handler, then starts to read. Call in the tick in which the socket was connected.
   * When `open` throws, the socket is destroyed and the error passed on.
   */
  start(open: (connection: Connection) => ConnectionHandler): this {
    const socket = this.#socket;
    socket.on('error', (error: Error) => this.#onError(error));
    try {
      this.#handler = open(this);
    } catch (error) {
      socket.destroy();
      throw error;
    }
    socket.on('drain', () => this.#onDrain());
    socket.on('end', () => this.#onPeerEnd());
    socket.on('finish', () => this.#onFinish());
    socket.on('close', () => this.#onClose());
    if (!this.#isPaused) socket.resume();
    return this;
  }

  get bufferedBytes(): number {
    return this.#socket.writableLength;
  }

  write(chunks: readonly Uint8Array[], onFlushed?: (error?: Error) => void): boolean {
    const socket = this.#socket;
    if (this.#isEnding || this.#isDestroyed) {
      if (onFlushed) process.nextTick(onFlushed, new ConnectionClosedError());
      return false;
    }
    const last = chunks.length - 1;
    if (last > 0) socket.cork();
    for (let index = 0; index < last; index++) socket.write(chunks[index] ?? nothing);
    const written = chunks[last] ?? nothing;
    if (onFlushed) socket.write(written, (error) => this.#flushed(onFlushed, error));
    else socket.write(written);
    if (last > 0) socket.uncork();
    if (socket.writableLength < HIGH_WATER_BYTES) return true;
    this.#isWaitingForDrain = true;
    return false;
  }

  pause(): void {
    this.#isPaused = true;
    if (!this.#isEnding) this.#socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    if (!this.#isYielding) this.#socket.resume();
  }

  end(): void {
    if (this.#isEnding || this.#isDestroyed) return;
    this.#isEnding = true;
    this.#socket.end();
    // The peer's end is only seen by reading up to it.
    if (!this.#isYielding) this.#socket.resume();
  }

  destroy(error?: Error): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.#error = error;
    this.#socket.destroy();
  }

  /** Takes what was read from the socket. Called by the owner of the receive buffer. */
  receive(chunk: Buffer): void {
    if (this.#isDestroyed) return;
    if (!this.#isEnding) {
      try {
        this.#handler.onData(chunk);
      } catch (error) {
        this.#fail(error);
      }
    }
    this.#budget -= chunk.length;
    if (this.#budget <= 0) this.#yield();
  }

  /** Lets the other connections have their turn. */
  #yield(): void {
    this.#budget = READ_BUDGET_BYTES;
    this.#isYielding = true;
    this.#socket.pause();
    setImmediate(() => {
      this.#isYielding = false;
      if (!this.#isPaused || this.#isEnding) this.#socket.resume();
    });
  }

  #flushed(onFlushed: (error?: Error) => void, error: Error | null | undefined): void {
    try {
      if (error) onFlushed(error);
      else onFlushed();
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #onDrain(): void {
    if (!this.#isWaitingForDrain || this.#isEnding || this.#isDestroyed) return;
    this.#isWaitingForDrain = false;
    try {
      this.#handler.onDrain();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** The peer has sent all it will. Node ends our side once everything written has been sent. */
  #onPeerEnd(): void {
    this.#isEnding = true;
  }

  #onFinish(): void {
    this.#isSent = true;
    if (this.#isDestroyed || this.#socket.readableEnded) return;
    const timeout = setTimeout(() => this.destroy(), LINGER_MS).unref();
    this.#socket.once('close', () => clearTimeout(timeout));
  }

  #onError(error: Error): void {
    // All was said and sent: how the peer hangs up is of no interest.
    if (this.#isSent || this.#isDestroyed) return;
    this.#error = error;
  }

  #onClose(): void {
    this.#isDestroyed = true;
    if (this.#error === undefined) this.#handler.onClose();
    else this.#handler.onClose(this.#error);
  }

  /** A handler that throws loses its connection, and hears of the error in `onClose`. */
  #fail(error: unknown): void {
    this.destroy(error instanceof Error ? error : new Error(String(error)));
  }
}

/** IPv4 addresses that come mapped into IPv6 (`::ffff:127.0.0.1`) are shortened. Empty when the peer is already gone. */
export function endpointOf(address: string | undefined, port: number | undefined): Endpoint {
  const host = address ?? '';
  return { host: host.startsWith('::ffff:') && host.includes('.') ? host.slice(7) : host, port: port ?? 0 };
}
