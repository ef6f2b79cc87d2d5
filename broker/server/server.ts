import { FrameMemory } from '../../kafka/protocol/index.ts';
import { every, type Timer } from '../../platform/clock.ts';
import type { Connection, Endpoint, Listener, Net } from '../../platform/net.ts';
import { ClientConnection, type ConnectionEnvironment } from './connection.ts';
import { ConnectionCount, type ConnectionLimits, type Visitor } from './connection-limits.ts';
import { NetworkTraffic } from './network-traffic.ts';
import type { BrokerListener } from './request-context.ts';
import { RequestMetrics } from './request-metrics.ts';

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
  /** Its connections do not count and are not limited: they come from this process. */
  readonly isUnlimited?: boolean;
}

/** What a server needs. */
export interface ServerEnvironment
  extends Omit<ConnectionEnvironment, 'frameMemory' | 'requests' | 'network'> {
  /** `connections.max.idle.ms`: connections on which nothing came or went for that long are closed. */
  readonly idleMsMax: number;
  /** Asked for every connection. Default: there are none. */
  readonly limits?: () => ConnectionLimits;
}

interface OpenListener {
  readonly bound: Listener;
  readonly connections: Set<ClientConnection>;
}

const unlimited: ConnectionLimits = {
  max: Number.POSITIVE_INFINITY,
  perListener: () => Number.POSITIVE_INFINITY,
  perAddress: () => Number.POSITIVE_INFINITY,
};

/** Accepts client connections on any number of listeners and networks. */
export class BrokerServer {
  /** What is counted of requests and connections. */
  readonly requests = new RequestMetrics();
  readonly network = new NetworkTraffic();
  readonly #environment: ServerEnvironment & ConnectionEnvironment;
  readonly #listeners = new Map<string, OpenListener>();
  readonly #connections = new Set<ClientConnection>();
  readonly #count: ConnectionCount;
  /** Connections for which there is no place yet, in the order they came. Nothing is read from them. */
  readonly #waiting = new Map<Connection, Visitor>();
  /** Connections that came before the broker could answer; they are read from {@link start} on. */
  #early: Connection[] | undefined = [];
  #idleTimer: Timer | undefined;
  #isClosed = false;

  constructor(environment: ServerEnvironment) {
    const frameMemory = new FrameMemory(FREE_FRAME_BYTES_MAX);
    this.#environment = { ...environment, frameMemory, requests: this.requests, network: this.network };
    this.#count = new ConnectionCount(environment.limits ?? (() => unlimited));
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
    const connections = new Set<ClientConnection>();
    const bound = await net.listen(options.endpoint, (connection) =>
      this.#accept(connection, listener, connections, options.isUnlimited === true),
    );
    this.#listeners.set(options.name, { bound, connections });
    listener.advertised = advertisedEndpoint(bound.endpoint, options);
    return listener;
  }

  /** Closes one listener and its connections. */
  async unlisten(name: string): Promise<void> {
    const listener = this.#listeners.get(name);
    this.#listeners.delete(name);
    const closed = listener?.bound.close();
    for (const connection of [...(listener?.connections ?? [])]) connection.close();
    await closed;
  }

  /** Begins to answer. Who connected before that has only had to wait. */
  start(): void {
    for (const connection of this.#early ?? []) {
      if (!this.#waiting.has(connection)) connection.resume();
    }
    this.#early = undefined;
    const { clock, idleMsMax } = this.#environment;
    if (idleMsMax > 0) this.#idleTimer = every(clock, idleMsMax / IDLE_CHECKS, () => this.#closeIdle());
  }

  /** Serves connections that had to wait, as far as there is room for them now. */
  admitWaiting(): void {
    for (const [connection, visitor] of [...this.#waiting]) {
      const admission = this.#count.admission(visitor);
      if (admission === 'waits') continue;
      this.#waiting.delete(connection);
      if (admission === 'refused') {
        connection.destroy();
        continue;
      }
      this.#count.add(visitor);
      if (this.#early === undefined) connection.resume();
    }
  }

  /** Stops accepting and closes all connections. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#idleTimer?.cancel();
    const listeners = [...this.#listeners.values()];
    this.#listeners.clear();
    const closed = listeners.map(({ bound }) => bound.close());
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

  #accept(
    connection: Connection,
    listener: BrokerListener,
    ofListener: Set<ClientConnection>,
    isUnlimited: boolean,
  ): ClientConnection {
    const visitor = { listener: listener.name, host: connection.remote.host };
    const admission = this.#isClosed ? 'refused' : isUnlimited ? 'served' : this.#count.admission(visitor);
    const isCounted = admission === 'served' && !isUnlimited;
    const client = new ClientConnection(connection, this.#environment, listener, () => {
      this.#connections.delete(client);
      ofListener.delete(client);
      const wasWaiting = this.#waiting.delete(connection);
      if (wasWaiting || (!isCounted && admission !== 'waits')) return;
      this.#count.remove(visitor);
      this.admitWaiting();
    });
    if (admission === 'refused') {
      connection.destroy();
      return client;
    }
    if (isCounted) this.#count.add(visitor);
    if (admission === 'waits') this.#waiting.set(connection, visitor);
    if (this.#early !== undefined || admission === 'waits') connection.pause();
    this.#early?.push(connection);
    this.#connections.add(client);
    ofListener.add(client);
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
