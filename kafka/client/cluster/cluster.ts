import { sleep } from '../../../platform/clock.ts';
import type { Endpoint } from '../../../platform/net.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import { ApiTimeoutError, BrokerConnectionError, isRetriable, KafkaError, needsRefresh } from '../errors.ts';
import { backoffMs } from './backoff.ts';
import { Connections } from './connections.ts';
import { Coordinators } from './coordinators.ts';
import { MetadataCache } from './metadata-cache.ts';
import { MetadataRefresher } from './metadata-refresher.ts';
import type { ClientSettings } from './settings.ts';

/** What is done on one connection. */
export type Call<T> = (connection: BrokerConnection) => Promise<T>;

/** Channel of metadata and whatever else never waits long at the broker. */
export const MAIN_CHANNEL = 'main';
/** Channel of changes, which may take the controller its time. */
const CONTROLLER_CHANNEL = 'controller';

/** Limits of {@link Cluster.retry}. */
export interface RetryOptions {
  /** Default: the client's `apiTimeoutMs`. */
  readonly timeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The cluster as one client sees it: metadata, coordinators and a connection to whichever broker is needed. Shared by
 * all producers and consumers of the client.
 */
export class Cluster {
  readonly settings: ClientSettings;
  readonly metadata = new MetadataCache();
  readonly connections: Connections;
  readonly refresher: MetadataRefresher;
  /** Of groups. */
  readonly coordinators: Coordinators;
  readonly transactionCoordinators: Coordinators;
  #lastChannel = 0;

  constructor(settings: ClientSettings) {
    this.settings = settings;
    this.connections = new Connections(settings);
    this.refresher = new MetadataRefresher(settings, this.metadata, (call) => this.any(call));
    this.coordinators = new Coordinators('group', this.metadata, (call) => this.any(call));
    this.transactionCoordinators = new Coordinators('transaction', this.metadata, (call) => this.any(call));
  }

  /** A name for the connections of one user, who may show a client id of its own on them. */
  newChannel(user: string, clientId?: string): string {
    this.#lastChannel += 1;
    const channel = `${user}-${this.#lastChannel}`;
    if (clientId !== undefined) this.connections.nameChannel(channel, clientId);
    return channel;
  }

  /** Calls a broker by its id. Rejects with a retriable error when the id is not known. */
  async node<T>(nodeId: number, channel: string, call: Call<T>): Promise<T> {
    const broker = this.metadata.broker(nodeId);
    if (broker === undefined)
      throw new BrokerConnectionError(`node ${nodeId}`, new Error('it is not in the cluster'));
    return call(await this.connections.open(broker, channel));
  }

  /** Calls any broker: an open connection first, then the others in random order, the bootstrap servers last. */
  async any<T>(call: Call<T>, channel: string = MAIN_CHANNEL): Promise<T> {
    let failure: unknown;
    for (const endpoint of this.#candidates(channel)) {
      try {
        const connection = await this.connections.open(endpoint, channel);
        return await call(connection);
      } catch (error) {
        if (!(error instanceof BrokerConnectionError)) throw error;
        failure = error;
      }
    }
    throw failure;
  }

  /** Calls the controller, or any broker while it is not known: brokers of a KRaft cluster pass requests on. */
  controller<T>(call: Call<T>): Promise<T> {
    const { controllerId } = this.metadata;
    const isKnown = this.metadata.broker(controllerId) !== undefined;
    return isKnown ? this.node(controllerId, CONTROLLER_CHANNEL, call) : this.any(call, CONTROLLER_CHANNEL);
  }

  /** Calls the coordinator of a group, which is looked up first if need be. Coordinator errors make it forget. */
  coordinator<T>(groupId: string, channel: string, call: Call<T>): Promise<T> {
    return this.#coordinator(this.coordinators, groupId, channel, call);
  }

  /** Calls the coordinator of a transactional id, as {@link coordinator}. */
  transactionCoordinator<T>(transactionalId: string, channel: string, call: Call<T>): Promise<T> {
    return this.#coordinator(this.transactionCoordinators, transactionalId, channel, call);
  }

  async #coordinator<T>(coordinators: Coordinators, key: string, channel: string, call: Call<T>): Promise<T> {
    const nodeId = await coordinators.find(key);
    try {
      return await this.node(nodeId, channel, call);
    } catch (error) {
      if (needsRefresh(error)) coordinators.forget(key);
      throw error;
    }
  }

  /**
   * Calls `attempt` until it succeeds, fails for good, or the time is up. Metadata is read anew when an error asks for
   * it. Rejects with the last error, wrapped in {@link ApiTimeoutError} when the time was up.
   */
  async retry<T>(what: string, attempt: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
    const { clock } = this.settings;
    const timeoutMs = options.timeoutMs ?? this.settings.apiTimeoutMs;
    const deadlineMs = clock.monotonic() + timeoutMs;
    for (let failures = 1; ; failures += 1) {
      try {
        return await attempt();
      } catch (error) {
        options.signal?.throwIfAborted();
        if (!isRetriable(error)) throw error;
        const waitMs = this.backoffMs(failures);
        if (clock.monotonic() + waitMs >= deadlineMs) throw new ApiTimeoutError(what, timeoutMs, error);
        await sleep(clock, waitMs, options.signal);
        if (isAboutMetadata(error)) await this.refresher.refresh().catch(() => {});
      }
    }
  }

  /** Wait before the next attempt, in ms. */
  backoffMs(failures: number): number {
    const { retryBackoffMs, retryBackoffMaxMs, entropy } = this.settings;
    return backoffMs(failures, retryBackoffMs, retryBackoffMaxMs, entropy);
  }

  close(): void {
    this.refresher.close();
    this.connections.close();
  }

  #candidates(channel: string): readonly Endpoint[] {
    const { bootstrap, entropy } = this.settings;
    const brokers = shuffled(this.metadata.brokers, () => entropy.u32());
    const isKnown = ({ host, port }: Endpoint) =>
      brokers.some((node) => node.host === host && node.port === port);
    const all: Endpoint[] = [...brokers, ...bootstrap.filter((endpoint) => !isKnown(endpoint))];
    const rank = (endpoint: Endpoint) => {
      if (this.connections.ready(endpoint, channel) !== undefined) return 0;
      return this.connections.isBackingOff(endpoint, channel) ? 2 : 1;
    };
    return all
      .map((endpoint) => ({ endpoint, rank: rank(endpoint) }))
      .toSorted((a, b) => a.rank - b.rank)
      .map(({ endpoint }) => endpoint);
  }
}

/** Coordinator errors are healed by a new look-up, which needs no metadata. */
function isAboutMetadata(error: unknown): boolean {
  if (!needsRefresh(error)) return false;
  return !(error instanceof KafkaError) || !error.errorName.includes('COORDINATOR');
}

function shuffled<T>(items: readonly T[], u32: () => number): T[] {
  return items
    .map((item) => ({ item, order: u32() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
