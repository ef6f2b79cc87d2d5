import type { Connection, ConnectionHandler, Endpoint, Listener, Net } from '../../../platform/net.ts';

/** A network that can be cut: then all connections made over it break, and no new ones can be made. */
export class SeverableNet implements Net {
  readonly #net: Net;
  readonly #connections = new Set<Connection>();
  #isCut = false;

  constructor(net: Net) {
    this.#net = net;
  }

  cut(): void {
    this.#isCut = true;
    for (const connection of this.#connections) connection.destroy();
    this.#connections.clear();
  }

  mend(): void {
    this.#isCut = false;
  }

  listen(endpoint: Endpoint, accept: (connection: Connection) => ConnectionHandler): Promise<Listener> {
    return this.#net.listen(endpoint, accept);
  }

  async connect(
    target: Endpoint & { readonly timeoutMs?: number },
    open: (connection: Connection) => ConnectionHandler,
  ): Promise<Connection> {
    if (this.#isCut) throw new Error('the network is cut');
    const connection = await this.#net.connect(target, open);
    this.#connections.add(connection);
    return connection;
  }
}
