import type { Executor } from './executor.ts';
import { type Logger, silentLogger } from './logger.ts';
import { type Delivery, MemoryConnection } from './memory-connection.ts';
import type { Connection, ConnectionHandler, Endpoint, Listener, Net } from './net.ts';
import { systemError } from './system-error.ts';

type Open = (connection: Connection) => ConnectionHandler;

/** Listeners get the ports below this one, outgoing connections the rest, as on Linux. */
const EPHEMERAL_PORT_MIN = 32768;
const LISTEN_PORT_MIN = 20000;
const PORT_MAX = 65535;

interface MemoryNetOptions {
  /** Its `soon` carries every delivery. */
  readonly executor: Executor;
  readonly logger?: Logger;
  readonly delivery?: Delivery;
}

/** Hands over the writer's own memory. */
const uncopied: Delivery = {
  next: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  done() {},
};

/**
 * A network within the process, for a client and a broker that live together, and for tests. Endpoints are names:
 * any host and port; `localhost` is `127.0.0.1`, and `''`, `0.0.0.0` and `::` listen on all hosts.
 * Chunks are handed over without a copy.
 */
export class MemoryNet implements Net {
  readonly #executor: Executor;
  readonly #logger: Logger;
  readonly #delivery: Delivery;
  readonly #listeners = new Map<string, Open>();
  readonly #connections = new Set<MemoryConnection>();
  #lastListenPort = LISTEN_PORT_MIN - 1;
  #lastClientPort = EPHEMERAL_PORT_MIN - 1;

  constructor({ executor, logger = silentLogger, delivery = uncopied }: MemoryNetOptions) {
    this.#executor = executor;
    this.#logger = logger;
    this.#delivery = delivery;
  }

  async listen({ host, port }: Endpoint, accept: Open): Promise<Listener> {
    const endpoint = { host, port: port === 0 ? this.#freePort() : port };
    const key = keyOf(endpoint);
    if (this.#listeners.has(key)) throw systemError('EADDRINUSE', `listen ${host}:${port}`);
    this.#listeners.set(key, accept);
    return {
      endpoint,
      close: async () => {
        if (this.#listeners.get(key) === accept) this.#listeners.delete(key);
      },
    };
  }

  connect(target: Endpoint & { readonly timeoutMs?: number }, open: Open): Promise<Connection> {
    return new Promise((resolve, reject) => {
      this.#executor.soon(() => {
        const accept = this.#acceptorOf(target);
        if (accept === undefined) {
          reject(systemError('ECONNREFUSED', `connect ${target.host}:${target.port}`));
          return;
        }
        try {
          resolve(this.#join(target, accept, open));
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  /** Breaks the connections that have an end at this port, or all: both ends get `ECONNRESET`. */
  reset(port?: number): void {
    for (const connection of [...this.#connections]) {
      if (port === undefined || connection.local.port === port) connection.reset();
    }
  }

  /** Drops all listeners and connections without a word to their owners, as when the process is killed. */
  vanish(): void {
    this.#listeners.clear();
    for (const connection of [...this.#connections]) connection.vanish();
  }

  #join(target: Endpoint, accept: Open, open: Open): Connection {
    const from = { host: '127.0.0.1', port: this.#clientPort() };
    const to = { host: hostOf(target.host), port: target.port };
    const server = this.#connection(to, from);
    const client = this.#connection(from, to);
    client.link(server);
    try {
      server.start(accept);
    } catch (error) {
      // As over TCP: the client is connected, and then hears that the other side has closed.
      this.#logger.error({ error, ...to }, 'connection not accepted');
    }
    return client.start(open);
  }

  #connection(local: Endpoint, remote: Endpoint): MemoryConnection {
    const connection = new MemoryConnection({
      local,
      remote,
      executor: this.#executor,
      delivery: this.#delivery,
      onGone: (gone) => this.#connections.delete(gone),
    });
    this.#connections.add(connection);
    return connection;
  }

  #acceptorOf({ host, port }: Endpoint): Open | undefined {
    return (
      this.#listeners.get(keyOf({ host: hostOf(host), port })) ??
      this.#listeners.get(keyOf({ host: '', port }))
    );
  }

  #freePort(): number {
    const taken = new Set(
      [...this.#listeners.keys()].map((key) => Number(key.slice(key.lastIndexOf(':') + 1))),
    );
    do this.#lastListenPort = next(this.#lastListenPort, LISTEN_PORT_MIN, EPHEMERAL_PORT_MIN - 1);
    while (taken.has(this.#lastListenPort));
    return this.#lastListenPort;
  }

  #clientPort(): number {
    this.#lastClientPort = next(this.#lastClientPort, EPHEMERAL_PORT_MIN, PORT_MAX);
    return this.#lastClientPort;
  }
}

function next(value: number, min: number, max: number): number {
  return value >= max ? min : value + 1;
}

function isWildcard(host: string): boolean {
  return host === '' || host === '0.0.0.0' || host === '::';
}

/** Where a connection to `host` ends up. */
function hostOf(host: string): string {
  return host === 'localhost' || isWildcard(host) ? '127.0.0.1' : host;
}

function keyOf({ host, port }: Endpoint): string {
  return `${isWildcard(host) ? '*' : hostOf(host)}:${port}`;
}
