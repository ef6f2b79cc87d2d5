import {
  type BrokerConfig,
  type BrokerConfigLayers,
  listenerConfigText,
  parseList,
} from '../config/index.ts';

/** How many connections a broker takes. */
export interface ConnectionLimits {
  /** Of all listeners together. */
  readonly max: number;
  perListener(name: string): number;
  perAddress(host: string): number;
}

const localHosts = ['127.0.0.1', '::1'];

/**
 * The limits in force: `max.connections`, also of one listener (`listener.name.<name>.max.connections`), and
 * `max.connections.per.ip` with its overrides.
 */
export function connectionLimits(config: BrokerConfig, layers: BrokerConfigLayers): ConnectionLimits {
  const overrides = addressOverrides(config.maxConnectionsPerIpOverrides);
  return {
    max: config.maxConnections,
    perListener: (name) =>
      Number(listenerConfigText(layers, name, 'max.connections') ?? Number.POSITIVE_INFINITY),
    perAddress: (host) => overrides.get(host) ?? config.maxConnectionsPerIp,
  };
}

/** Counts by address of a `host:count,...` text. */
function addressOverrides(text: string): ReadonlyMap<string, number> {
  return new Map(
    parseList(text).flatMap((pair): [string, number][] => {
      const colon = pair.lastIndexOf(':');
      const [host, count] = [pair.slice(0, colon).trim(), Number(pair.slice(colon + 1))];
      return (host === 'localhost' ? localHosts : [host]).map((each) => [each, count]);
    }),
  );
}

/** What becomes of a new connection: it is served, has to wait for a place, or is closed. */
export type Admission = 'served' | 'waits' | 'refused';

/** Who holds a place. */
export interface Visitor {
  readonly listener: string;
  readonly host: string;
}

/** Counts the connections that are served. */
export class ConnectionCount {
  readonly #limits: () => ConnectionLimits;
  readonly #byListener = new Map<string, number>();
  readonly #byHost = new Map<string, number>();
  #total = 0;

  constructor(limits: () => ConnectionLimits) {
    this.#limits = limits;
  }

  /** Whether the visitor may be served now. Counts nothing. */
  admission({ listener, host }: Visitor): Admission {
    const limits = this.#limits();
    const isFull =
      this.#total >= limits.max || (this.#byListener.get(listener) ?? 0) >= limits.perListener(listener);
    if (isFull) return 'waits';
    return (this.#byHost.get(host) ?? 0) >= limits.perAddress(host) ? 'refused' : 'served';
  }

  add(visitor: Visitor): void {
    this.#change(visitor, 1);
  }

  remove(visitor: Visitor): void {
    this.#change(visitor, -1);
  }

  #change({ listener, host }: Visitor, by: 1 | -1): void {
    this.#total += by;
    count(this.#byListener, listener, by);
    count(this.#byHost, host, by);
  }
}

function count(counts: Map<string, number>, key: string, by: number): void {
  const value = (counts.get(key) ?? 0) + by;
  if (value === 0) counts.delete(key);
  else counts.set(key, value);
}
