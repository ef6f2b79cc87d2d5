/** Where to listen or connect. Port 0 on listen picks a free one. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** What the owner of a connection wants to hear. Never called re-entrantly from `write`. */
export interface ConnectionHandler {
  /**
   * `chunk` is valid only during the call: the receive buffer is reused. Copy what must outlive it, and do not write
   * to it: in memory it is the writer's own. Like {@link onDrain} and `onFlushed`, a call that throws costs the
   * connection, and `onClose` gets the error.
   */
  onData(chunk: Buffer): void;
  /** The peer took enough of what was written: {@link Connection.write} may be used freely again. */
  onDrain(): void;
  /** Called exactly once, last. `error` is set when the connection broke. */
  onClose(error?: Error): void;
}

/** One ordered byte stream, in both directions. */
export interface Connection {
  readonly remote: Endpoint;
  readonly local: Endpoint;
  /** Bytes handed to {@link write} that have not left the process. */
  readonly bufferedBytes: number;
  /**
   * Sends the chunks in order as one write. Returns false when the caller should wait for `onDrain`.
   * The chunks are kept, not copied, until `onFlushed` is called (with an error if they could not be sent).
   */
  write(chunks: readonly Uint8Array[], onFlushed?: (error?: Error) => void): boolean;
  /** Stops `onData` calls (as soon as the current one returns) until {@link resume}. */
  pause(): void;
  resume(): void;
  /**
   * Closes after everything written has been sent. What still comes in is discarded, and further writes fail. A
   * connection whose peer has ended is ended, too.
   */
  end(): void;
  /** Closes now and drops what was not sent. */
  destroy(error?: Error): void;
}

export interface Listener {
  /** The bound address, with the real port. */
  readonly endpoint: Endpoint;
  /** Stops accepting. Open connections stay until their owners close them. */
  close(): Promise<void>;
}

/** The network. `accept` and `open` hand over the handler before the first byte can arrive. */
export interface Net {
  listen(endpoint: Endpoint, accept: (connection: Connection) => ConnectionHandler): Promise<Listener>;
  /** Rejects with the system's error (`ECONNREFUSED`, `ETIMEDOUT`, ...) when no connection could be made. */
  connect(
    endpoint: Endpoint & { readonly timeoutMs?: number },
    open: (connection: Connection) => ConnectionHandler,
  ): Promise<Connection>;
}
