// Frames of all kinds against a whole broker on simulated machinery: the same seed does the same again.
import {
  type Api,
  apis,
  apiVersionsRequest,
  apiVersionsResponse,
  decodeResponseHeader,
  encodeExact,
  type MessageDefinition,
  metadataRequest,
  metadataResponse,
  requestHeader,
  requestHeaderVersion,
} from '../../kafka/protocol/index.ts';
import type { SeededEntropy } from '../../platform/simulation/seeded-entropy.ts';
import { type SimulatedPlatform, simulatedPlatform } from '../../platform/simulation/simulated-platform.ts';
import { BrokerFixture, batchOf } from '../broker/broker-fixture.ts';
import type { RawClient } from '../broker/raw-client.ts';
import { mutated } from './mutation.ts';
import { RandomMessages } from './random-message.ts';

const FRAMES_PER_CONNECTION = 100;
const CONNECTIONS_PER_LOOK = 20;
/** A broken frame mostly costs its connection, and what comes behind it is not seen. */
const BROKEN_ONE_IN = 40;
const CANARY = 'canary-that-no-fuzz-names';

/** What a run did and found. */
export interface FuzzOutcome {
  readonly frames: number;
  readonly answered: number;
  readonly closed: number;
  /** After each tenth of the frames. */
  readonly memory: readonly MemoryInUse[];
}

/** Bytes: the heap has to stop growing, the buffers may grow as the simulated disk does, whose content they are. */
export interface MemoryInUse {
  readonly heapBytes: number;
  readonly bufferBytes: number;
  readonly diskBytes: number;
}

/**
 * Sends `frames` frames, some of them broken, on connections that come and go. Throws when an answer is not to a
 * request of its connection in order, when another client notices anything, or when a restart finds other topics.
 */
export async function fuzzBroker(seed: string | number, frames: number): Promise<FuzzOutcome> {
  const platform = simulatedPlatform(seed);
  const fixture = await BrokerFixture.start({ 'num.partitions': '2' }, platform);
  await fixture.createTopic(CANARY);
  const topicId = await fixture.createTopic('name-0');
  const run = new FuzzRun(fixture, platform.entropy.fork('fuzz'), [topicId], await servedApis(fixture));
  const memory: MemoryInUse[] = [];
  let sent = 0;
  for (let connections = 0; sent < frames; connections += 1) {
    sent += await run.connection(Math.min(FRAMES_PER_CONNECTION, frames - sent));
    if (connections % CONNECTIONS_PER_LOOK === 0) await run.look();
    if (sent >= (frames / 10) * (memory.length + 1)) memory.push(memoryInUse(platform));
  }
  await run.look();
  await run.restart();
  const { answered, closed } = run;
  return { frames: sent, answered, closed, memory };
}

class FuzzRun {
  answered = 0;
  closed = 0;
  readonly #fixture: BrokerFixture;
  readonly #entropy: SeededEntropy;
  readonly #messages: RandomMessages;
  readonly #values: string[] = [];
  readonly #served: readonly Api[];
  #last: Buffer = Buffer.alloc(8);

  constructor(
    fixture: BrokerFixture,
    entropy: SeededEntropy,
    uuids: readonly string[],
    served: readonly Api[],
  ) {
    this.#fixture = fixture;
    this.#entropy = entropy;
    this.#messages = new RandomMessages(entropy, [...uuids, 'AAAAAAAAAAAAAAAAAAAAAA']);
    this.#served = served;
  }

  /** One client: its frames, then what came back, then it is gone. Returns how many it sent before it was cut off. */
  async connection(frames: number): Promise<number> {
    const client = await this.#fixture.connect();
    const sent: { correlationId: number; response: MessageDefinition; version: number }[] = [];
    for (let i = 0; i < frames && !client.isClosed; i += 1) {
      // Now and then one that is not served here, which costs the connection.
      const { request, response } = this.#pick(this.#entropy.below(200) > 0 ? this.#served : apis);
      const { first, last } = request.versions;
      const version = first + this.#entropy.below(last - first + 1);
      sent.push({ correlationId: i, response, version });
      this.#send(client, this.#frame(request, version, i));
      if (this.#entropy.below(4) === 0) await this.#fixture.platform.settle();
    }
    await this.#fixture.platform.settle();
    await this.#checkAnswers(client, sent);
    if (client.isClosed) this.closed += 1;
    client.connection.destroy();
    await this.#fixture.platform.runFor(this.#entropy.below(50));
    return sent.length;
  }

  /** Another client goes on: it writes one more record and reads all of them. */
  async look(): Promise<void> {
    const value = `value ${this.#values.length}`;
    const produced = await this.#fixture.during(this.#fixture.produce(CANARY, batchOf([value])));
    if (produced?.errorCode !== 0) throw new Error(`another client got ${JSON.stringify(produced)}`);
    this.#values.push(value);
    await this.#checkRecords();
    await this.#fixture.platform.runFor(70_000); // Sessions, parked requests and delayed deletions end.
    this.#fixture.platform.files.syncDirectory('/data'); // Else the simulated disk keeps what was deleted.
  }

  /** What is on disk says the same as what was in memory. */
  async restart(): Promise<void> {
    const before = await this.#topics();
    await this.#fixture.crash('everything');
    const after = await this.#topics();
    if (before !== after) throw new Error(`after a restart the topics are\n${after}\nwhich were\n${before}`);
    await this.#checkRecords();
  }

  #frame(definition: MessageDefinition, version: number, correlationId: number): Buffer {
    const header = {
      requestApiKey: definition.apiKey,
      requestApiVersion: version,
      correlationId,
      clientId: 'fuzz',
    };
    const frame = Buffer.concat([
      encodeExact(requestHeader, requestHeaderVersion(definition, version), header),
      encodeExact(definition, version, this.#messages.of(definition, version)),
    ]);
    const isBroken = this.#entropy.below(BROKEN_ONE_IN) === 0;
    const made = isBroken ? mutated(frame, this.#last, this.#entropy) : frame;
    this.#last = frame;
    return made;
  }

  #send(client: RawClient, frame: Buffer): void {
    const size = Buffer.alloc(4);
    const isSizeTrue = this.#entropy.below(300) > 0;
    size.writeInt32BE(isSizeTrue ? frame.length : this.#pick([-1, 0, 1, 2147483647, frame.length + 1]));
    client.write(size, frame);
  }

  /** A broken frame may change its own correlation id: then the answers after it cannot be told apart. */
  async #checkAnswers(
    client: RawClient,
    sent: readonly { correlationId: number; response: MessageDefinition; version: number }[],
  ): Promise<void> {
    let next = 0;
    while (client.framesReceived > 0) {
      const frame = await client.nextFrame();
      this.answered += 1;
      const id = frame?.readInt32BE(0) ?? -1;
      const index = sent.findIndex((each, i) => i >= next && each.correlationId === id);
      if (index === -1) continue;
      next = index + 1;
      const request = sent[index];
      if (frame !== undefined && request !== undefined)
        decodeResponseHeader(request.response, request.version, frame);
    }
    if (next > sent.length) throw new Error('more answers than requests');
  }

  async #checkRecords(): Promise<void> {
    const expected = this.#values.map((value, offset) => `${offset}:${value}`);
    const found = await this.#fixture.during(this.#fixture.readAll(CANARY));
    if (found.join() !== expected.join())
      throw new Error(`the records of another client are ${found.join()}`);
  }

  async #topics(): Promise<string> {
    const messages = [metadataRequest, metadataResponse] as const;
    const client = await this.#fixture.connect();
    const answer = await this.#fixture.during(
      client.request(messages, 12, { topics: null, allowAutoTopicCreation: false }),
    );
    const topics = answer?.topics.map(({ name, topicId, partitions }) => [name, topicId, partitions.length]);
    return JSON.stringify(topics?.sort());
  }

  #pick<T>(values: readonly T[]): T {
    return values[this.#entropy.below(values.length)] as T;
  }
}

async function servedApis(fixture: BrokerFixture): Promise<Api[]> {
  const messages = [apiVersionsRequest, apiVersionsResponse] as const;
  const client = { clientSoftwareName: 'fuzz', clientSoftwareVersion: '1' };
  const answer = await fixture.during(fixture.client.request(messages, 3, client));
  const keys = new Set(answer?.apiKeys.map(({ apiKey }) => apiKey));
  return apis.filter(({ key }) => keys.has(key));
}

function memoryInUse({ files }: SimulatedPlatform): MemoryInUse {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const { totalBytes, usableBytes } = files.space('/data');
  return { heapBytes: heapUsed, bufferBytes: arrayBuffers, diskBytes: totalBytes - usableBytes };
}
