import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Api,
  apiOf,
  apiVersionsRequest,
  apiVersionsResponse,
  decode,
  decodeResponseHeader,
  type Encodable,
  ErrorCode,
  includesVersion,
  listOffsetsRequest,
  type MessageDefinition,
  toJson,
} from '../../../kafka/protocol/index.ts';
import { silentLogger } from '../../../platform/logger.ts';
import { tcpNet } from '../../../platform/tcp-net.ts';
import { RawClient } from '../../broker/raw-client.ts';
import { Answer } from './answer.ts';
import { Names } from './names.ts';
import { render } from './render.ts';

/** Raw requests about one family of APIs; the answers become the transcript `expected/wire-NAME.txt`. */
export interface WireFamily {
  readonly name: string;
  readonly about: string;
  readonly ask: (wire: Wire) => Promise<void>;
}

/** What a question may say besides its request. */
export interface AskOptions {
  /** Paths of arrays of which only the length is shown: `topics.configs`. */
  readonly counted?: readonly string[];
  /** Fields that are left out, since their value means nothing. */
  readonly without?: readonly string[];
  /** Fields that are sets: their elements are shown in order. */
  readonly sets?: readonly string[];
  readonly client?: string;
  /** What is written down of an answer; all of it by default. */
  readonly shown?: (answer: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
}

/** Coordinators that are being loaded or made, partitions that have no leader yet, transactions being ended. */
const retriable: readonly number[] = [
  ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  ErrorCode.LEADER_NOT_AVAILABLE,
  ErrorCode.NOT_LEADER_OR_FOLLOWER,
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.NOT_COORDINATOR,
  ErrorCode.CONCURRENT_TRANSACTIONS,
];
const busy: readonly number[] = [
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.CONCURRENT_TRANSACTIONS,
];
const answerWithinMs = 8_000;
const net = tcpNet({ logger: silentLogger });

/** Sends raw requests to a broker, one connection a client name, and writes questions and answers down. */
export class Wire {
  readonly names = new Names();
  readonly #lines: string[] = [];
  readonly #port: number;
  readonly #served: ReadonlyMap<number, readonly [first: number, last: number]>;
  readonly #clients = new Map<string, RawClient>();

  private constructor(port: number, served: ReadonlyMap<number, readonly [number, number]>) {
    this.#port = port;
    this.#served = served;
  }

  /** Asks the broker which APIs it serves: what it does not serve is not asked, and written down as such. */
  static async open(port: number): Promise<Wire> {
    const client = await connect(port);
    const versions = await client.request([apiVersionsRequest, apiVersionsResponse], 3, {
      clientSoftwareName: 'wire',
      clientSoftwareVersion: '1',
    });
    client.connection.destroy();
    const served = (versions?.apiKeys ?? []).map(
      (api) => [api.apiKey, [api.minVersion, api.maxVersion]] as const,
    );
    return new Wire(port, new Map(served));
  }

  /** The questions and answers so far. */
  get transcript(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  /** Asks one question and waits for its answer, which is written down. */
  async ask<D extends MessageDefinition>(
    what: string,
    request: D,
    version: number,
    body: Encodable<D>,
    options: AskOptions = {},
  ): Promise<Answer> {
    return (await this.start(what, request, version, body, options))();
  }

  /** The same question in several versions of the API. Returns the last answer. */
  async askEach<D extends MessageDefinition>(
    what: string,
    request: D,
    versions: readonly number[],
    body: Encodable<D>,
    options: AskOptions = {},
  ): Promise<Answer> {
    let last = new Answer({});
    for (const version of versions) last = await this.ask(what, request, version, body, options);
    return last;
  }

  /** Sends a request without waiting; the function that is returned waits and writes question and answer down. */
  async start<D extends MessageDefinition>(
    what: string,
    request: D,
    version: number,
    body: Encodable<D>,
    {
      counted = [],
      without = [],
      sets = [],
      client: name = 'wire',
      shown = (answer) => answer,
    }: AskOptions = {},
  ): Promise<() => Promise<Answer>> {
    const api = apiOf(request.apiKey);
    if (api === undefined) throw new Error(`no API ${request.apiKey}`);
    const title = `> ${api.name} v${version}: ${what}`;
    if (!this.#serves(api, version)) return async () => this.#say(title, ['not served']);
    const client = await this.client(name);
    client.send(request, version, body);
    return async () => {
      const frame = await this.#frame(client, name);
      if (typeof frame === 'string') return this.#say(title, [frame]);
      const { bodyOffset } = decodeResponseHeader(api.response, version, frame);
      const decoded = decode(api.response, version, frame, bodyOffset) as object;
      const json = JSON.parse(
        JSON.stringify(toJson(api.response, version, decoded, { records: 'base64' })),
      ) as Readonly<Record<string, unknown>>;
      const answer = new Answer(json);
      this.#say(title, render(shown(json), { names: this.names, counted, without, sets }));
      return answer;
    };
  }

  /** Asks until the error at `path` is none that a client would wait for, without writing anything down: what a broker does in its own time. */
  settle<D extends MessageDefinition>(
    request: D,
    version: number,
    body: Encodable<D>,
    path: string,
  ): Promise<Answer> {
    return this.until(request, version, body, (answer) => !retriable.includes(answer.number(path)));
  }

  /** Asks until the answer is as awaited, for ten seconds at most, without writing anything down. */
  async until<D extends MessageDefinition>(
    request: D,
    version: number,
    body: Encodable<D>,
    isAwaited: (answer: Answer) => boolean,
  ): Promise<Answer> {
    const api = apiOf(request.apiKey);
    for (let tries = 0; api !== undefined && tries < 500; tries++) {
      const client = await this.client('settling');
      client.send(request, version, body);
      const frame = await this.#frame(client, 'settling');
      if (typeof frame === 'string') break;
      const { bodyOffset } = decodeResponseHeader(api.response, version, frame);
      const answer = new Answer(decode(api.response, version, frame, bodyOffset));
      if (isAwaited(answer)) return answer;
      await sleep(20);
    }
    return new Answer({});
  }

  /** Sends bytes as they are and writes down what became of them: the length of an answer frame, or a close. */
  async raw(what: string, bytes: Buffer, show: (frame: Buffer) => string): Promise<void> {
    const client = await this.client('raw');
    client.write(bytes);
    const frame = await this.#frame(client, 'raw');
    this.#say(`> raw bytes: ${what}`, [typeof frame === 'string' ? frame : show(frame)]);
  }

  /**
   * Asks one question again until the error at `path` is none that a client would wait for, and writes the last answer
   * down: what comes before it is a matter of time.
   */
  async askUntilReady<D extends MessageDefinition>(
    what: string,
    request: D,
    version: number,
    body: Encodable<D>,
    path: string,
  ): Promise<Answer> {
    for (let tries = 0; ; tries++) {
      const before = this.#lines.length;
      const answer = await this.ask(what, request, version, body);
      if (tries === 50 || !busy.includes(answer.number(path))) return answer;
      this.#lines.length = before;
      await sleep(50);
    }
  }

  /** Waits until the partitions of new topics have a leader that answers. */
  async untilLed(topics: readonly string[], partitions: number): Promise<void> {
    for (const name of topics)
      for (let partitionIndex = 0; partitionIndex < partitions; partitionIndex++)
        await this.settle(
          listOffsetsRequest,
          7,
          {
            replicaId: -1,
            isolationLevel: 0,
            topics: [{ name, partitions: [{ partitionIndex, timestamp: -1 }] }],
          },
          'topics.0.partitions.0.errorCode',
        );
  }

  /** Gives the broker time for what it does after its answer. */
  pause(ms: number): Promise<void> {
    return sleep(ms);
  }

  /** A line for the reader of the transcript. */
  title(text: string): void {
    this.#lines.push('', `# ${text}`);
  }

  /** The connection of this name, opened when there is none. */
  async client(name: string): Promise<RawClient> {
    const known = this.#clients.get(name);
    if (known !== undefined && !known.isClosed) return known;
    const client = await connect(this.#port);
    client.clientId = name;
    this.#clients.set(name, client);
    return client;
  }

  /** Closes the connection of this name, as a client that goes away does. */
  hangUp(name: string): void {
    this.#clients.get(name)?.connection.destroy();
    this.#clients.delete(name);
  }

  close(): void {
    for (const name of [...this.#clients.keys()]) this.hangUp(name);
  }

  /** True when the broker tells clients of this API. */
  serves(request: MessageDefinition): boolean {
    return this.#served.has(request.apiKey);
  }

  #serves({ key, request }: Api, version: number): boolean {
    const range = this.#served.get(key);
    // A version that no broker has is asked all the same: that is what its question is about.
    return range !== undefined && (version <= range[1] || !includesVersion(request.versions, version));
  }

  async #frame(client: RawClient, name: string): Promise<Buffer | string> {
    const late = new AbortController();
    const frame = await Promise.race([
      client.nextFrame(),
      sleep(answerWithinMs, 'no answer', { signal: late.signal }).catch(() => 'no answer'),
    ]);
    late.abort();
    if (frame !== undefined && typeof frame !== 'string') return frame;
    this.hangUp(name);
    return frame ?? 'connection closed';
  }

  #say(title: string, lines: readonly string[]): Answer {
    this.#lines.push(title, ...lines);
    return new Answer({});
  }
}

function connect(port: number): Promise<RawClient> {
  return RawClient.connect(net, { host: '127.0.0.1', port });
}
