import {
  apiOf,
  decode,
  decodeRequestHeader,
  type Encodable,
  encodeResponseFrame,
  type FrameMemory,
  FrameReader,
  includesVersion,
  type MessageDefinition,
} from '../../kafka/protocol/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { StreamError } from '../../platform/errors.ts';
import type { Executor } from '../../platform/executor.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Connection, ConnectionHandler } from '../../platform/net.ts';
import type { Api } from './api.ts';
import { answerUnsupportedApiVersions } from './handlers/18-api-versions.ts';
import type { ListenerTraffic, NetworkTraffic } from './network-traffic.ts';
import type { BrokerListener, RequestContext } from './request-context.ts';
import { countAnswer, countErrors, type RequestMetrics } from './request-metrics.ts';
import { type PendingRequest, RequestQueue } from './request-queue.ts';

const API_VERSIONS_KEY = 18;
/** Frames that may wait behind a request in work before the connection is no longer read. */
const FRAMES_WAITING_MAX = 64;
/** Bytes of waiting frames, of requests in work, or of answers not yet taken by the client, above which no more are begun. */
const BYTES_WAITING_MAX = 8 << 20;

/** What all connections of a broker share. */
export interface ConnectionEnvironment {
  readonly apis: ReadonlyMap<number, Api>;
  readonly executor: Executor;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly requestBytesMax: number;
  /** Where large requests are gathered. */
  readonly frameMemory: FrameMemory;
  readonly requests: RequestMetrics;
  readonly network: NetworkTraffic;
}

/** A request asked for something that cannot be answered; its connection is closed, as Kafka does. */
class RefusedRequestError extends StreamError {
  constructor(message: string) {
    super('BROKER_REQUEST_REFUSED', message);
  }
}

/** One client connection: takes requests in order, has them handled, sends the answers in the same order. */
export class ClientConnection implements ConnectionHandler {
  readonly #connection: Connection;
  readonly #environment: ConnectionEnvironment;
  readonly #listener: BrokerListener;
  readonly #onClosed: () => void;
  readonly #frames: FrameReader;
  readonly #queue = new RequestQueue();
  readonly #traffic: ListenerTraffic;
  readonly #disconnectCallbacks = new Set<() => void>();
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #isFlushScheduled = false;
  #isPaused = false;
  #isClosed = false;
  #lastActiveMs: number;

  constructor(
    connection: Connection,
    environment: ConnectionEnvironment,
    listener: BrokerListener,
    onClosed: () => void,
  ) {
    this.#onClosed = onClosed;
    this.#connection = connection;
    this.#environment = environment;
    this.#listener = listener;
    this.#lastActiveMs = environment.clock.monotonic();
    this.#traffic = environment.network.of(listener.name);
    this.#traffic.connectionsCreated += 1;
    this.#traffic.connectionsOpen += 1;
    this.#frames = new FrameReader(
      environment.requestBytesMax,
      (frame, isOwned) => this.#take(frame, isOwned),
      { memory: environment.frameMemory },
    );
  }

  /** When bytes last came or went, on the monotonic clock; now, while a request is in work. */
  get lastActiveMs(): number {
    return this.#queue.size > 0 ? this.#environment.clock.monotonic() : this.#lastActiveMs;
  }

  onData(chunk: Buffer): void {
    this.#lastActiveMs = this.#environment.clock.monotonic();
    this.#traffic.bytesReceived += chunk.length;
    try {
      this.#frames.push(chunk);
    } catch (error) {
      this.#refuse(error);
    }
  }

  onDrain(): void {
    this.#goOn();
  }

  onClose(): void {
    this.#isClosed = true;
    this.#traffic.connectionsOpen -= 1;
    this.#waiting = [];
    for (const callback of this.#disconnectCallbacks) callback();
    this.#disconnectCallbacks.clear();
    this.#onClosed();
  }

  /** Closes the connection; requests in work are forgotten, and those behind them are not begun. */
  close(): void {
    this.#isClosed = true;
    this.#connection.destroy();
  }

  #take(frame: Buffer, isOwned: boolean): void {
    if (this.#isClosed) return;
    if (this.#waiting.length === 0 && this.#begin(frame, isOwned)) return;
    const kept = isOwned ? frame : Buffer.from(frame);
    this.#waiting.push(kept);
    this.#waitingBytes += kept.length;
    if (this.#waiting.length > FRAMES_WAITING_MAX || this.#waitingBytes > BYTES_WAITING_MAX) this.#pause();
  }

  /** Begins the request in `frame` unless it has to wait for one before it. */
  #begin(frame: Buffer, isOwned: boolean): boolean {
    if (this.#connection.bufferedBytes > BYTES_WAITING_MAX || this.#queue.bytes > BYTES_WAITING_MAX)
      return false;
    const header = decodeRequestHeader(frame);
    const api = this.#environment.apis.get(header.apiKey);
    const overlaps = api?.overlaps ?? false;
    if (!this.#queue.mayBegin(overlaps)) return false;
    const request = this.#pending(api, header.apiVersion, overlaps, frame.length);
    this.#queue.begin(request);
    const isServed = api !== undefined && includesVersion(api.request.versions, header.apiVersion);
    if (!isServed && header.apiKey === API_VERSIONS_KEY) {
      this.#answer(request, answerUnsupportedApiVersions(header.correlationId));
      return true;
    }
    if (!isServed) throw unserved(header.apiKey, header.apiVersion);
    const mustOwn = isOwned || api.overlaps;
    const bytes = mustOwn ? frame : Buffer.from(frame);
    const body = decode(api.request, header.apiVersion, bytes.subarray(header.bodyOffset));
    const context = this.#context(header, isOwned || !api.overlaps, isOwned ? frame : undefined, request);
    const respond = this.#responder(api, request, header, context);
    try {
      api.handle(body, context, respond);
    } catch (error) {
      respond(error instanceof Error ? error : new Error(String(error)));
    }
    return true;
  }

  #pending(api: Api | undefined, apiVersion: number, overlaps: boolean, sizeInBytes: number): PendingRequest {
    const { requests } = this.#environment;
    const counters = api === undefined ? undefined : requests.of(api.request.apiKey, api.request.name);
    const arrivedMs = this.#lastActiveMs;
    return { overlaps, sizeInBytes, apiVersion, counters, arrivedMs, chunks: undefined, lent: [] };
  }

  #context(
    header: { apiVersion: number; clientId: string | null },
    ownsBytes: boolean,
    frame: Buffer | undefined,
    request: PendingRequest,
  ): RequestContext {
    const { frameMemory } = this.#environment;
    let releasable = frame;
    return {
      apiVersion: header.apiVersion,
      clientId: header.clientId ?? '',
      clientHost: this.#connection.remote.host,
      listener: this.#listener,
      ownsBytes,
      releaseBytes: () => {
        if (releasable !== undefined) frameMemory.give(releasable);
        releasable = undefined;
      },
      allocate: (bytes) => {
        const buffer = frameMemory.take(bytes) ?? Buffer.allocUnsafeSlow(bytes);
        request.lent.push(buffer);
        return buffer;
      },
      onDisconnect: (callback) => {
        this.#disconnectCallbacks.add(callback);
        return () => this.#disconnectCallbacks.delete(callback);
      },
    };
  }

  #responder(
    api: Api,
    request: PendingRequest,
    header: { apiVersion: number; correlationId: number },
    context: RequestContext,
  ): (response: object | undefined | Error) => void {
    return (response) => {
      if (this.#isClosed || request.chunks !== undefined) return;
      try {
        if (response instanceof Error) throw response;
        if (request.counters !== undefined && response !== undefined && !api.overlaps)
          countErrors(request.counters, response);
        this.#answer(
          request,
          response === undefined
            ? []
            : encodeResponseFrame(api.response, header, response as Encodable<MessageDefinition>),
        );
      } catch (error) {
        // Whoever answers has other things to do, perhaps other answers to give: the error is this connection's.
        this.#environment.logger.error(
          { err: error, api: api.request.name, clientId: context.clientId },
          'request failed unexpectedly',
        );
        this.close();
      }
    };
  }

  #answer(request: PendingRequest, chunks: readonly Buffer[]): void {
    request.chunks = chunks;
    if (this.#isFlushScheduled) return;
    this.#isFlushScheduled = true;
    this.#environment.executor.soon(() => this.#flush());
  }

  /** Sends what can be sent in order as one write, then begins what was waiting. */
  #flush(): void {
    this.#isFlushScheduled = false;
    if (this.#isClosed) return;
    this.#lastActiveMs = this.#environment.clock.monotonic();
    const { taken, chunks, lent } = this.#queue.takeAnswered();
    for (const { counters, apiVersion, arrivedMs } of taken)
      if (counters !== undefined) countAnswer(counters, apiVersion, this.#lastActiveMs - arrivedMs);
    if (chunks.length > 0 && !this.#send(chunks, lent)) this.#pause();
    this.#goOn();
  }

  #send(chunks: readonly Buffer[], lent: readonly Buffer[]): boolean {
    for (const chunk of chunks) this.#traffic.bytesSent += chunk.length;
    if (lent.length === 0) return this.#connection.write(chunks);
    return this.#connection.write(chunks, (error) => {
      if (error !== undefined) return;
      for (const buffer of lent) this.#environment.frameMemory.give(buffer);
    });
  }

  #goOn(): void {
    try {
      this.#beginWaiting();
    } catch (error) {
      this.#refuse(error);
    }
    this.#resumeIfPossible();
  }

  #beginWaiting(): void {
    let begun = 0;
    for (const frame of this.#waiting) {
      if (this.#isClosed || !this.#begin(frame, true)) break;
      this.#waitingBytes -= frame.length;
      begun += 1;
    }
    this.#waiting.splice(0, begun);
  }

  #pause(): void {
    if (this.#isPaused) return;
    this.#isPaused = true;
    this.#connection.pause();
  }

  #resumeIfPossible(): void {
    if (!this.#isPaused || this.#isClosed || this.#waiting.length > 0) return;
    if (this.#connection.bufferedBytes > BYTES_WAITING_MAX) return;
    this.#isPaused = false;
    this.#connection.resume();
  }

  #refuse(error: unknown): void {
    this.#environment.logger.warn(
      { err: error, client: this.#connection.remote.host },
      'connection closed because of a request that cannot be answered',
    );
    this.close();
  }
}

function unserved(apiKey: number, apiVersion: number): RefusedRequestError {
  const name = apiOf(apiKey)?.name ?? `API key ${apiKey}`;
  return new RefusedRequestError(`${name} version ${apiVersion} is not served`);
}
