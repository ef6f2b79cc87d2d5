import { sleep } from '../../../platform/clock.ts';
import type { Endpoint } from '../../../platform/net.ts';
import { BrokerConnection } from '../broker-connection.ts';
import { ClientClosedError } from '../errors.ts';
import { backoffMs } from './backoff.ts';
import type { ClientSettings } from './settings.ts';

/** A place for a connection to one address. */
interface Slot {
  readonly channel: string;
  connection: BrokerConnection | undefined;
  opening: Promise<BrokerConnection> | undefined;
  failures: number;
  /** Monotonic time before which no new attempt is made. */
  retryAtMs: number;
}

/**
 * Connections on demand, one per address and channel. A channel belongs to one user (a consumer's fetches, a producer):
 * requests on one connection are answered in order, so a long poll must not stand before another's request.
 */
export class Connections {
  readonly #settings: ClientSettings;
  readonly #slots = new Map<string, Slot>();
  /** Of channels whose user has a client id of its own. */
  readonly #clientIds = new Map<string, string>();
  readonly #closing = new AbortController();

  constructor(settings: ClientSettings) {
    this.#settings = settings;
  }

  /** Connections of that channel show this client id instead of the client's, until the channel is closed. */
  nameChannel(channel: string, clientId: string): void {
    this.#clientIds.set(channel, clientId);
  }

  /** The open connection, if there is one. */
  ready({ host, port }: Endpoint, channel: string): BrokerConnection | undefined {
    const connection = this.#slots.get(`${channel}@${host}:${port}`)?.connection;
    return connection?.isOpen === true ? connection : undefined;
  }

  /** Whether attempts have failed and the wait before the next one is not over. */
  isBackingOff({ host, port }: Endpoint, channel: string): boolean {
    const slot = this.#slots.get(`${channel}@${host}:${port}`);
    return slot !== undefined && slot.retryAtMs > this.#settings.clock.monotonic();
  }

  /** The open connection, or a new one, after the backoff of earlier failures. Rejects with BrokerConnectionError. */
  open(endpoint: Endpoint, channel: string): Promise<BrokerConnection> {
    if (this.#closing.signal.aborted) return Promise.reject(new ClientClosedError('client'));
    const slot = this.#slotOf(endpoint, channel);
    if (slot.connection?.isOpen === true) return Promise.resolve(slot.connection);
    slot.opening ??= this.#connect(slot, endpoint).finally(() => {
      slot.opening = undefined;
    });
    return slot.opening;
  }

  /** Closes the connections of a channel, those that are being made included. */
  closeChannel(channel: string): void {
    this.#clientIds.delete(channel);
    for (const [key, slot] of this.#slots) {
      if (slot.channel !== channel) continue;
      this.#slots.delete(key);
      closeSlot(slot);
    }
  }

  close(): void {
    this.#closing.abort(new ClientClosedError('client'));
    for (const slot of this.#slots.values()) closeSlot(slot);
    this.#slots.clear();
  }

  #slotOf({ host, port }: Endpoint, channel: string): Slot {
    const key = `${channel}@${host}:${port}`;
    let slot = this.#slots.get(key);
    if (slot === undefined) {
      slot = { channel, connection: undefined, opening: undefined, failures: 0, retryAtMs: 0 };
      this.#slots.set(key, slot);
    }
    return slot;
  }

  async #connect(slot: Slot, endpoint: Endpoint): Promise<BrokerConnection> {
    const { clock, entropy, logger, reconnectBackoffMs, reconnectBackoffMaxMs } = this.#settings;
    const waitMs = slot.retryAtMs - clock.monotonic();
    if (waitMs > 0) await sleep(clock, waitMs, this.#closing.signal);
    try {
      const clientId = this.#clientIds.get(slot.channel) ?? this.#settings.clientId;
      slot.connection = await BrokerConnection.open({ ...this.#settings, clientId }, endpoint);
      this.#closing.signal.throwIfAborted();
      slot.failures = 0;
      slot.retryAtMs = 0;
      return slot.connection;
    } catch (error) {
      slot.connection?.close();
      slot.failures += 1;
      slot.retryAtMs =
        clock.monotonic() + backoffMs(slot.failures, reconnectBackoffMs, reconnectBackoffMaxMs, entropy);
      if (this.#closing.signal.aborted) throw error;
      // Once: whoever waits for this broker should know why, and not be told every second.
      if (slot.failures === 1) logger.warn({ error, ...endpoint }, 'no connection to a broker, trying again');
      else logger.debug({ error, ...endpoint, failures: slot.failures }, 'no connection to a broker');
      throw error;
    }
  }
}

function closeSlot(slot: Slot): void {
  slot.connection?.close();
  slot.opening?.then(
    (connection) => connection.close(),
    () => {},
  );
}
