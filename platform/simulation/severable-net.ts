import type { Connection, ConnectionHandler, Endpoint, Listener, Net } from '../net.ts';

/** A network that can be taken away from those who use it, as the end of their process would. */
export class SeverableNet implements Net {
  readonly #net: Net;
  readonly #connections = new Set<Connection>();
  #isSevered = false;

  constructor(net: Net) {
    this.#net = net;
  }

  listen(endpoint: Endpoint, accept: (connection: Connection) => ConnectionHandler): Promise<Listener> {
    return this.#net.listen(endpoint, accept);
  }

  async connect(
    endpoint: Endpoint,
    open: (connection: Connection) => ConnectionHandler,
  ): Promise<Connection> {
    if (this.#isSevered) return new Promise(() => undefined);
    return this.#net.connect(endpoint, (connection) => {
      this.#connections.add(connection);
      return open(connection);
    });
  }

  /** All connections are gone, and none can be made again. */
  sever(): void {
    this.#isSevered = true;
    for (const connection of this.#connections) connection.destroy();
  }
}
