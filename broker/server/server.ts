import { FrameMemory } from '../../kafka/protocol/index.ts';
import { every, type Timer } from '../../platform/clock.ts';
import type { Connection, Endpoint, Listener, Net } from '../../platform/net.ts';
import { ClientConnection, type ConnectionEnvironment } from './connection.ts';
import type { BrokerListener } from './request-context.ts';

/** How often a connection is looked at while it may be idle. */
const IDLE_CHECKS = 8;
/** Memory of large requests that is kept for the next ones, of all connections. */
const FREE_FRAME_BYTES_MAX = 8 << 20;

/** Where to listen, and what clients are told of it. */
export interface ListenOptions {
  /** As in `listeners`: `PLAINTEXT`, ... */
  readonly name: string;
  readonly endpoint: Endpoint;
  /** What clients are told; a missing part, or port 0, is taken from the bound address. */
  readonly advertised?: Partial<Endpoint> | undefined;
}

/** What a server needs. */
export interface ServerEnvironment extends Omit<ConnectionEnvironment, 'frameMemory'> {
  /** `connections.max.idle.ms`: connections on which nothing came or went for that long are closed. */
  readonly idleMsMax: number;
}

/** Accepts client connections on any number of listeners and networks. */
export class BrokerServer {
  readonly #environment: ServerEnvironment & ConnectionEnvironment;
  readonly #listeners: Listener[] = [];
  readonly #connections = new Set<ClientConnection>();
  /** Connections that came before the broker could answer; they are read from {@link start} on. */
  #early: Connection[] | undefined = [];
  #idleTimer: Timer | undefined;
  #isClosed = false;

  constructor(environment: ServerEnvironment) {
    this.#environment = { ...environment, frameMemory: new FrameMemory(FREE_FRAME_BYTES_MAX) };
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  /** Begins to accept; resolves with the listener as clients will see it. */
  async listen(net: Net, options: ListenOptions): Promise<BrokerListener> {
    const listener: { -readonly [K in keyof BrokerListener]: BrokerListener[K] } = {
      name: options.name,
      advertised: options.endpoint,
    };
    const bound = await net.listen(options.endpoint, (connection) => this.#accept(connection, listener));
    this.#listeners.push(bound);
    listener.advertised = advertisedEndpoint(bound.endpoint, options);
    return listener;
  }

  /** Begins to answer. Who connected before that has only had to wait. */
  start(): void {
    for (const connection of this.#early ?? []) connection.resume();
    this.#early = undefined;
    const { clock, idleMsMax } = this.#environment;
    if (idleMsMax > 0) this.#idleTimer = every(clock, idleMsMax / IDLE_CHECKS, () => this.#closeIdle());
  }

  /** Stops accepting and closes all connections. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#idleTimer?.cancel();
    const listeners = this.#listeners.splice(0);
    const closed = listeners.map((listener) => listener.close());
    for (const connection of [...this.#connections]) connection.close();
    await Promise.all(closed);
  }

  #closeIdle(): void {
    const { clock, idleMsMax } = this.#environment;
    const idleSinceMs = clock.monotonic() - idleMsMax;
    for (const connection of [...this.#connections]) {
      if (connection.lastActiveMs <= idleSinceMs) connection.close();
    }
  }

  #accept(connection: Connection, listener: BrokerListener): ClientConnection {
    const client = new ClientConnection(connection, this.#environment, listener, () => {
      this.#connections.delete(client);
    });
    if (this.#early !== undefined) {
      connection.pause();
      this.#early.push(connection);
    }
    if (this.#isClosed) connection.destroy();
    else this.#connections.add(client);
    return client;
  }
}

/** An address that means "all" cannot be told to clients: then they are told the loopback address of its family. */
function advertisedEndpoint(bound: Endpoint, { endpoint, advertised }: ListenOptions): Endpoint {
  const host = advertised?.host ?? endpoint.host;
  const port = advertised?.port ?? 0;
  return { host: isWildcard(host) ? loopbackOf(host) : host, port: port === 0 ? bound.port : port };
}

function isWildcard(host: string): boolean {
  return host === '' || host === '0.0.0.0' || host === '::';
}

function loopbackOf(host: string): string {
  return host === '::' ? '::1' : '127.0.0.1';
}
