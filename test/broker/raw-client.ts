import {
  decode,
  decodeResponseHeader,
  type Encodable,
  encodeRequestFrame,
  FrameReader,
  type MessageDefinition,
} from '../../kafka/protocol/index.ts';
import type { MessageOf } from '../../kafka/protocol/schema/index.ts';
import type { Connection, Endpoint, Net } from '../../platform/net.ts';

/** A connection that sends what it is told, however wrong, and sees the bytes that come back. */
export class RawClient {
  readonly #frames: Buffer[] = [];
  readonly #waiting: ((frame: Buffer | undefined) => void)[] = [];
  readonly #reader = new FrameReader(1 << 30, (frame) => this.#take(Buffer.from(frame)));
  #connection: Connection | undefined;
  #lastCorrelationId = 0;
  clientId: string | null = 'test';
  isClosed = false;
  bytesReceived = 0;

  static async connect(net: Net, endpoint: Endpoint): Promise<RawClient> {
    const client = new RawClient();
    client.#connection = await net.connect(endpoint, () => ({
      onData: (chunk) => {
        client.bytesReceived += chunk.length;
        client.#reader.push(chunk);
      },
      onDrain() {},
      onClose: () => {
        client.isClosed = true;
        for (const resolve of client.#waiting.splice(0)) resolve(undefined);
      },
    }));
    return client;
  }

  get connection(): Connection {
    if (this.#connection === undefined) throw new Error('not connected');
    return this.#connection;
  }

  /** Frames received and not asked for yet. */
  get framesReceived(): number {
    return this.#frames.length;
  }

  /** Sends a request; resolves with the response body, or `undefined` when the connection is closed instead. */
  async request<Q extends MessageDefinition, R extends MessageDefinition>(
    api: readonly [Q, R],
    version: number,
    body: Encodable<Q>,
  ): Promise<MessageOf<R> | undefined> {
    const [definition, response] = api;
    const correlationId = this.send(definition, version, body);
    const frame = await this.nextFrame();
    if (frame === undefined) return undefined;
    const header = decodeResponseHeader(response, version, frame);
    if (header.correlationId !== correlationId)
      throw new Error(`got ${header.correlationId}, not ${correlationId}`);
    return decode(response, version, frame, header.bodyOffset);
  }

  /** Sends a request without waiting; returns its correlation id. */
  send<Q extends MessageDefinition>(definition: Q, version: number, body: Encodable<Q>): number {
    const correlationId = ++this.#lastCorrelationId;
    this.write(...this.frameOf(definition, version, body, correlationId));
    return correlationId;
  }

  frameOf<Q extends MessageDefinition>(
    definition: Q,
    version: number,
    body: Encodable<Q>,
    correlationId: number,
  ): Buffer[] {
    const header = { apiVersion: version, correlationId, clientId: this.clientId };
    return encodeRequestFrame(definition, header, body).map((chunk) => Buffer.from(chunk));
  }

  write(...chunks: Buffer[]): void {
    this.connection.write(chunks);
  }

  /** The next response frame; `undefined` when the connection closes first. */
  nextFrame(): Promise<Buffer | undefined> {
    const frame = this.#frames.shift();
    if (frame !== undefined || this.isClosed) return Promise.resolve(frame);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #take(frame: Buffer): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#frames.push(frame);
    else waiting(frame);
  }
}
