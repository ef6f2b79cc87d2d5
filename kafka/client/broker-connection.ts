import type { Clock, Timer } from '../../platform/clock.ts';
import type { Connection, ConnectionHandler, Endpoint, Net } from '../../platform/net.ts';
import {
  ApiKey,
  apiVersionsRequest,
  apiVersionsResponse,
  decode,
  decodeResponseHeader,
  type Encodable,
  ErrorCode,
  encodeRequestFrame,
  FrameReader,
  type MessageDefinition,
  type MessageOf,
  type VersionRange,
} from '../protocol/index.ts';
import { BrokerConnectionError, KafkaError, RequestTimeoutError, UnsupportedApiError } from './errors.ts';

const RESPONSE_BYTES_MAX = 0x7fff_ffff;
/** What the largest answer to Fetch may take by default: a broker that announces so much is believed. */
const TRUSTED_BYTES = 64 << 20;

/** How connections are made and used. */
export interface ConnectionOptions {
  readonly net: Net;
  readonly clock: Clock;
  readonly clientId: string;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

/** One request that waits for its answer. */
interface InFlight {
  readonly request: MessageDefinition;
  readonly response: MessageDefinition;
  readonly apiVersion: number;
  readonly timer: Timer;
  resolve(response: unknown): void;
  reject(error: Error): void;
}

/**
 * A connection to one broker: any number of requests at a time, answered in order. When it breaks, everything that
 * waits is rejected with {@link BrokerConnectionError} and {@link isOpen} is false from then on.
 */
export class BrokerConnection implements ConnectionHandler {
  /** How this client introduces itself in ApiVersions (KIP-511). */
  readonly software = { clientSoftwareName: 'millrace', clientSoftwareVersion: '1' };
  readonly #options: ConnectionOptions;
  readonly #address: string;
  readonly #frames = new FrameReader(RESPONSE_BYTES_MAX, (frame, isOwned) => this.#receive(frame, isOwned), {
    trustedBytes: TRUSTED_BYTES,
  });
  readonly #inFlight = new Map<number, InFlight>();
  #served: ReadonlyMap<number, VersionRange> = new Map();
  #features: ReadonlyMap<string, number> = new Map();
  #connection: Connection | undefined;
  #nextCorrelationId = 0;
  #unsent: Buffer[] = [];
  #isOpen = true;

  private constructor(options: ConnectionOptions, endpoint: Endpoint) {
    this.#options = options;
    this.#address = `${endpoint.host}:${endpoint.port}`;
  }

  /** Connects and asks which versions are served. Rejects with {@link BrokerConnectionError}. */
  static async open(options: ConnectionOptions, endpoint: Endpoint): Promise<BrokerConnection> {
    const client = new BrokerConnection(options, endpoint);
    try {
      const target = { ...endpoint, timeoutMs: options.connectTimeoutMs };
      client.#connection = await options.net.connect(target, () => client);
      await client.#negotiate();
      return client;
    } catch (error) {
      client.close();
      throw error instanceof BrokerConnectionError
        ? error
        : new BrokerConnectionError(client.#address, error);
    }
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get inFlightCount(): number {
    return this.#inFlight.size;
  }

  /** The newest version of a request that both sides know. Throws {@link UnsupportedApiError}. */
  versionOf(request: MessageDefinition, newest = Number.POSITIVE_INFINITY): number {
    const served = this.#served.get(request.apiKey);
    const last = Math.min(
      served?.last ?? -1,
      request.versions.last - (request.isLatestVersionUnstable ? 1 : 0),
      newest,
    );
    if (served === undefined || last < Math.max(served.first, request.versions.first)) {
      throw new UnsupportedApiError(request.name.replace(/Request$/, ''));
    }
    return last;
  }

  /** The level of a feature that the cluster had agreed on when the connection was made; 0 when it had not (KIP-584). */
  featureLevel(name: string): number {
    return this.#features.get(name) ?? 0;
  }

  /** Whether the broker serves a request in some version known here. */
  serves(request: MessageDefinition): boolean {
    return this.#served.has(request.apiKey);
  }

  /**
   * Sends a request and resolves with its answer, byte fields of which are slices of one buffer. Rejects with
   * {@link BrokerConnectionError}, {@link RequestTimeoutError} or what encoding the body throws.
   */
  send<Q extends MessageDefinition, R extends MessageDefinition>(
    request: Q,
    response: R,
    body: Encodable<Q>,
    options: { readonly newestVersion?: number; readonly timeoutMs?: number } = {},
  ): Promise<MessageOf<R>> {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    try {
      const apiVersion = this.versionOf(request, options.newestVersion);
      const correlationId = this.#write(request, apiVersion, body);
      const timeoutMs = options.timeoutMs ?? this.#options.requestTimeoutMs;
      const timer = this.#options.clock.timer(timeoutMs, () => this.#timeOut(request, timeoutMs));
      this.#inFlight.set(correlationId, { request, response, apiVersion, timer, resolve, reject });
    } catch (error) {
      reject(error);
    }
    return promise as Promise<MessageOf<R>>;
  }

  /** Sends a request that is not answered (Produce with acks=0). Throws as {@link send} rejects. */
  sendUnanswered<Q extends MessageDefinition>(request: Q, body: Encodable<Q>, newestVersion?: number): void {
    this.#write(request, this.versionOf(request, newestVersion), body);
  }

  close(): void {
    this.#connection?.destroy();
    this.onClose();
  }

  onData(chunk: Buffer): void {
    try {
      this.#frames.push(chunk);
    } catch (error) {
      this.#fail(error);
    }
  }

  onDrain(): void {}

  onClose(error?: Error): void {
    this.#isOpen = false;
    const waiting = [...this.#inFlight.values()];
    this.#inFlight.clear();
    for (const { timer, reject } of waiting) {
      timer.cancel();
      reject(new BrokerConnectionError(this.#address, error ?? new Error('the connection was closed')));
    }
  }

  async #negotiate(): Promise<void> {
    this.#served = new Map([[ApiKey.ApiVersions, apiVersionsRequest.versions]]);
    let answer = await this.send(apiVersionsRequest, apiVersionsResponse, this.software);
    if (answer.errorCode === ErrorCode.UNSUPPORTED_VERSION) {
      const served = answer.apiKeys.find(({ apiKey }) => apiKey === ApiKey.ApiVersions);
      const newestVersion = Math.min(served?.maxVersion ?? 0, apiVersionsRequest.versions.last);
      answer = await this.send(apiVersionsRequest, apiVersionsResponse, this.software, { newestVersion });
    }
    if (answer.errorCode !== ErrorCode.NONE)
      throw new KafkaError(answer.errorCode, `connecting to ${this.#address}`);
    this.#served = new Map(
      answer.apiKeys.map(({ apiKey, minVersion, maxVersion }) => [
        apiKey,
        { first: minVersion, last: maxVersion },
      ]),
    );
    this.#features = new Map(
      answer.finalizedFeatures.map(({ name, maxVersionLevel }) => [name, maxVersionLevel]),
    );
  }

  #write<Q extends MessageDefinition>(request: Q, apiVersion: number, body: Encodable<Q>): number {
    if (!this.#isOpen) throw new BrokerConnectionError(this.#address, new Error('the connection is closed'));
    const correlationId = this.#nextCorrelationId;
    this.#nextCorrelationId = (correlationId + 1) & 0x7fff_ffff;
    const header = { apiVersion, correlationId, clientId: this.#options.clientId };
    const chunks = encodeRequestFrame(request, header, body);
    if (this.#unsent.length === 0) queueMicrotask(() => this.#flush());
    this.#unsent.push(...chunks);
    return correlationId;
  }

  #flush(): void {
    const chunks = this.#unsent;
    this.#unsent = [];
    if (this.#isOpen) this.#connection?.write(chunks);
  }

  #receive(frame: Buffer, isOwned: boolean): void {
    const bytes = isOwned ? frame : Buffer.from(frame);
    const correlationId = bytes.length >= 4 ? bytes.readInt32BE(0) : -1;
    const inFlight = this.#inFlight.get(correlationId);
    if (inFlight === undefined)
      throw new Error(`an answer came to no request (correlation id ${correlationId})`);
    this.#inFlight.delete(correlationId);
    inFlight.timer.cancel();
    try {
      inFlight.resolve(this.#decode(inFlight, bytes));
    } catch (error) {
      inFlight.reject(new BrokerConnectionError(this.#address, error));
      throw error;
    }
  }

  /** A broker that does not know our ApiVersions version answers in version 0. */
  #decode({ response, apiVersion }: InFlight, bytes: Buffer): unknown {
    const { bodyOffset } = decodeResponseHeader(response, apiVersion, bytes);
    const isRefusal =
      response.apiKey === ApiKey.ApiVersions && bytes.readInt16BE(bodyOffset) !== ErrorCode.NONE;
    return decode(response, isRefusal ? 0 : apiVersion, bytes, bodyOffset);
  }

  #timeOut(request: MessageDefinition, timeoutMs: number): void {
    const error = new RequestTimeoutError(`${request.name} to ${this.#address}`, timeoutMs);
    for (const [correlationId, inFlight] of this.#inFlight) {
      if (inFlight.request !== request) continue;
      this.#inFlight.delete(correlationId);
      inFlight.reject(error);
      break;
    }
    this.#fail(error);
  }

  #fail(error: unknown): void {
    this.#connection?.destroy(error instanceof Error ? error : undefined);
    this.onClose(error instanceof Error ? error : undefined);
  }
}
