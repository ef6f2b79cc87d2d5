import {
  type Api,
  ApiKey,
  apiOf,
  apis,
  apiVersionsResponse,
  decode,
  decodeRequestHeader,
  type Encodable,
  ErrorCode,
  encodeResponseFrame,
  FrameReader,
  type MessageDefinition,
  type MessageOf,
  metadataRequest,
  metadataResponse,
} from '../../../kafka/protocol/index.ts';
import type { Clock } from '../../../platform/clock.ts';
import type { Connection, ConnectionHandler, Endpoint, Net } from '../../../platform/net.ts';

/** What a script may do with a request besides answering it. */
export type Fate = 'close' | 'silence';

type Answer<R extends MessageDefinition> = Encodable<R> | Fate;
type Script = (body: unknown, apiVersion: number) => Promise<unknown> | unknown;

/** A request that came, decoded. */
export interface Received {
  readonly api: string;
  readonly apiVersion: number;
  readonly body: unknown;
}

/** Versions served, by the API key's number; others are not served. Default: all that are known. */
export type ServedVersions = ReadonlyMap<number, readonly [first: number, last: number]>;

const everything: ServedVersions = new Map(
  apis.map(({ key, request }) => {
    const last = request.versions.last - (request.isLatestVersionUnstable ? 1 : 0);
    return [key, [request.versions.first, last]];
  }),
);

/** A broker that does what a test tells it, request by request; one request of a connection at a time, as in Kafka. */
export class ScriptedBroker {
  readonly nodeId: number;
  readonly endpoint: Endpoint;
  readonly clock: Clock;
  readonly received: Received[] = [];
  /** Levels of features that the cluster has agreed on, as ApiVersions tells them. */
  features: Readonly<Record<string, number>> = {};
  readonly #net: Net;
  readonly #served: ServedVersions;
  readonly #scripts = new Map<number, Script>();
  readonly #connections = new Set<Connection>();
  #connectionCount = 0;

  constructor(
    { net, clock }: { readonly net: Net; readonly clock: Clock },
    { nodeId = 1, served = everything }: { nodeId?: number; served?: ServedVersions } = {},
  ) {
    this.nodeId = nodeId;
    this.endpoint = { host: `broker-${nodeId}`, port: 9092 };
    this.#net = net;
    this.clock = clock;
    this.#served = served;
  }

  /** How many connections were made so far. */
  get connectionCount(): number {
    return this.#connectionCount;
  }

  async start(): Promise<this> {
    await this.#net.listen(this.endpoint, (connection) => this.#accept(connection));
    return this;
  }

  /** Ends all connections. */
  disconnect(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  /** From now on these requests are answered so. */
  on<Q extends MessageDefinition, R extends MessageDefinition>(
    request: Q,
    _response: R,
    script: (body: MessageOf<Q>, apiVersion: number) => Promise<Answer<R>> | Answer<R>,
  ): void {
    this.#scripts.set(request.apiKey, script as Script);
  }

  /** Answers Metadata with these topics, whose partitions are led as given (-1: by nobody). */
  serveTopics(
    topics: Readonly<Record<string, readonly number[]>>,
    nodes: readonly ScriptedBroker[] = [this],
  ): void {
    this.on(metadataRequest, metadataResponse, ({ topics: asked }) => {
      const names = asked?.map(({ name }) => name ?? '') ?? Object.keys(topics);
      return {
        brokers: nodes.map(({ nodeId, endpoint }) => ({ nodeId, ...endpoint, rack: null })),
        controllerId: this.nodeId,
        topics: names.map((name) => topicAnswer(name, topics[name])),
      };
    });
  }

  countOf(request: MessageDefinition): number {
    return this.received.filter(({ api }) => api === request.name).length;
  }

  /** The bodies of the requests of one kind that came, in order. */
  bodiesOf<Q extends MessageDefinition>(request: Q): MessageOf<Q>[] {
    return this.received.filter(({ api }) => api === request.name).map(({ body }) => body as MessageOf<Q>);
  }

  #accept(connection: Connection): ConnectionHandler {
    this.#connections.add(connection);
    this.#connectionCount += 1;
    let turn: Promise<void> = Promise.resolve();
    const reader = new FrameReader(1 << 26, (frame) => {
      const copy = Buffer.from(frame);
      turn = turn.then(() => this.#serve(connection, copy));
    });
    return {
      onData: (chunk) => reader.push(chunk),
      onDrain() {},
      onClose: () => this.#connections.delete(connection),
    };
  }

  async #serve(connection: Connection, frame: Buffer): Promise<void> {
    const { apiKey, apiVersion, correlationId, bodyOffset } = decodeRequestHeader(frame);
    if (apiKey === ApiKey.ApiVersions) {
      this.#answerVersions(connection, apiVersion, correlationId);
      return;
    }
    const api = apiOf(apiKey);
    const script = this.#scripts.get(apiKey);
    if (api === undefined || script === undefined || !this.#serves(apiKey, apiVersion)) {
      connection.destroy();
      return;
    }
    const body = decode(api.request, apiVersion, frame, bodyOffset);
    this.received.push({ api: api.request.name, apiVersion, body });
    const answer = await script(body, apiVersion);
    // Nothing more is answered on this connection: the next request has to wait for its turn.
    if (answer === 'silence') await new Promise(() => {});
    if (answer === 'close') connection.destroy();
    else connection.write(encode(api, apiVersion, correlationId, answer));
  }

  #serves(apiKey: number, apiVersion: number): boolean {
    const range = this.#served.get(apiKey);
    return range !== undefined && apiVersion >= range[0] && apiVersion <= range[1];
  }

  #answerVersions(connection: Connection, apiVersion: number, correlationId: number): void {
    const [, last] = this.#served.get(ApiKey.ApiVersions) ?? [0, 0];
    const isKnown = apiVersion <= last;
    const ranges = [...this.#served].filter(([key]) => isKnown || key === ApiKey.ApiVersions);
    const body = {
      errorCode: isKnown ? ErrorCode.NONE : ErrorCode.UNSUPPORTED_VERSION,
      apiKeys: ranges.map(([apiKey, [minVersion, maxVersion]]) => ({ apiKey, minVersion, maxVersion })),
      finalizedFeatures: Object.entries(this.features).map(([name, level]) => ({
        name,
        maxVersionLevel: level,
        minVersionLevel: level,
      })),
    };
    const header = { apiVersion: isKnown ? apiVersion : 0, correlationId };
    connection.write(encodeResponseFrame(apiVersionsResponse, header, body));
  }
}

function encode(api: Api, apiVersion: number, correlationId: number, body: unknown): Buffer[] {
  return encodeResponseFrame(
    api.response,
    { apiVersion, correlationId },
    body as Encodable<typeof api.response>,
  );
}

/** Undefined leaders: there is no such topic. The id of a topic is made of its name. */
function topicAnswer(name: string, leaders: readonly number[] | undefined) {
  const isMissing = leaders === undefined;
  return {
    name,
    topicId: Buffer.from(name.padEnd(16)).toString('base64url'),
    errorCode: isMissing ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.NONE,
    partitions: (leaders ?? []).map((leaderId, partitionIndex) => ({
      errorCode: leaderId < 0 ? ErrorCode.LEADER_NOT_AVAILABLE : ErrorCode.NONE,
      partitionIndex,
      leaderId,
      leaderEpoch: 0,
      replicaNodes: [],
      isrNodes: [],
    })),
  };
}
