import { staticLayers, topicConfig } from '../../../broker/config/index.ts';
import { LogDirectories } from '../../../broker/log/index.ts';
import { FetchSessions } from '../../../broker/replica/fetch-sessions.ts';
import type { Partition } from '../../../broker/replica/partition.ts';
import { Partitions } from '../../../broker/replica/partitions.ts';
import { ProduceVerifier } from '../../../broker/replica/produce-verifier.ts';
import type { TransactionMarker } from '../../../broker/replica/transaction-marker.ts';
import type {
  TransactionVerification,
  TransactionVerifier,
} from '../../../broker/replica/transaction-verifier.ts';
import type { Api } from '../../../broker/server/api.ts';
import { produceApi } from '../../../broker/server/handlers/0-produce.ts';
import { fetchApi } from '../../../broker/server/handlers/1-fetch.ts';
import { listOffsetsApi } from '../../../broker/server/handlers/2-list-offsets.ts';
import { describeProducersApi } from '../../../broker/server/handlers/61-describe-producers.ts';
import type { RequestContext } from '../../../broker/server/request-context.ts';
import {
  type DescribeProducersResponse,
  decode,
  describeProducersRequest,
  type Encodable,
  ErrorCode,
  encodeToBuffer,
  type FetchResponse,
  fetchRequest,
  fetchResponse,
  type ListOffsetsResponse,
  listOffsetsRequest,
  listOffsetsResponse,
  type MessageDefinition,
  type ProduceResponse,
  produceRequest,
  produceResponse,
} from '../../../kafka/protocol/index.ts';
import {
  type SimulatedPlatform,
  simulatedPlatform,
} from '../../../platform/simulation/simulated-platform.ts';
import { batchOf, fetchBody } from '../broker-fixture.ts';

const TOPIC_ID = 'sU2CT8gORsCbOnSKdHzWZw';
const PARTITIONS = 3;

/** A transaction coordinator that answers as it is told, at once or when {@link answer} is called. */
class TestCoordinator implements TransactionVerifier {
  readonly asked: TransactionVerification[] = [];
  /** What it says of each partition; `undefined` lets the question wait. */
  codes: (request: TransactionVerification) => readonly number[] | undefined = ({ partitions }) =>
    partitions.map(() => ErrorCode.NONE);
  readonly #waiting: ((codes: readonly number[]) => void)[] = [];

  verify(request: TransactionVerification, done: (errorCodes: readonly number[]) => void): void {
    this.asked.push(request);
    const codes = this.codes(request);
    if (codes === undefined) this.#waiting.push(done);
    else done(codes);
  }

  /** Answers the question that waits for the longest time. */
  answer(...codes: number[]): void {
    this.#waiting.shift()?.(codes);
  }
}

export interface TransactionalBatch {
  readonly producerId?: number;
  readonly epoch?: number;
  readonly sequence?: number;
  readonly partition?: number;
  readonly version?: number;
  readonly isTransactional?: boolean;
  readonly transactionalId?: string | null;
  readonly ownsBytes?: boolean;
}

/** The topic `t` with three partitions, the handlers that concern transactions, and a coordinator. */
export class TransactionFixture {
  readonly platform: SimulatedPlatform;
  readonly coordinator = new TestCoordinator();
  readonly partitions: Partitions;
  isVerificationEnabled = true;
  readonly #apis: { readonly produce: Api; readonly fetch: Api; readonly list: Api; readonly producers: Api };

  static async start(configs: Record<string, string> = {}): Promise<TransactionFixture> {
    const platform = simulatedPlatform(1);
    const options = { paths: ['/data'], metadataPath: null, nodeId: 1, durability: 'fsync' } as const;
    return new TransactionFixture(platform, await LogDirectories.open(platform, options), configs);
  }

  private constructor(
    platform: SimulatedPlatform,
    directories: LogDirectories,
    configs: Record<string, string>,
  ) {
    const { clock, entropy } = platform;
    this.platform = platform;
    const config = topicConfig(new Map(Object.entries(configs)), staticLayers(new Map()));
    const topics = {
      topicId: (name: string) => (name === 't' ? TOPIC_ID : undefined),
      topicName: (id: string) => (id === TOPIC_ID ? 't' : undefined),
      leaderEpoch: (name: string, partition: number) =>
        name === 't' && partition < PARTITIONS ? 0 : undefined,
      directoryId: () => undefined,
      config: () => config,
      partitions: () => [],
    };
    this.partitions = new Partitions(directories, topics, {
      now: () => clock.now(),
      isVerificationEnabled: () => this.isVerificationEnabled,
    });
    const verifier = new ProduceVerifier(this.coordinator, clock, () => ({
      backoffMs: 20,
      backoffMsMax: 100,
    }));
    const sessions = new FetchSessions(clock, entropy, { slots: 10, evictionMs: 1000 });
    this.#apis = {
      produce: produceApi(this.partitions, verifier, clock, platform.executor),
      fetch: fetchApi(this.partitions, sessions, clock, { nodeId: 1, fetchMaxBytes: 1 << 24 }),
      list: listOffsetsApi(this.partitions),
      producers: describeProducersApi(this.partitions),
    };
  }

  partition(index = 0): Partition {
    const partition = this.partitions.find('t', index);
    if (partition === undefined) throw new Error(`t-${index} does not exist`);
    return partition;
  }

  /** Sends one transactional batch; the promise is of the partition's result. */
  async send(value: string, options: TransactionalBatch = {}) {
    const { producerId = 7, epoch = 0, sequence = 0, partition = 0, isTransactional = true } = options;
    const producer = { producerId, producerEpoch: epoch, baseSequence: sequence, isTransactional };
    const response = await this.produce([{ index: partition, records: batchOf([value], producer) }], options);
    return response.responses[0]?.partitionResponses[0];
  }

  async produce(
    partitionData: readonly { readonly index: number; readonly records: Buffer }[],
    { version = 12, transactionalId = 'tx', ownsBytes = true }: TransactionalBatch = {},
  ): Promise<ProduceResponse> {
    const topicData = [{ name: 't', partitionData }];
    const body = { transactionalId, acks: -1, timeoutMs: 30_000, topicData };
    const answer = this.#call(this.#apis.produce, produceRequest, body, version, ownsBytes);
    return reencoded(produceResponse, version, await answer) as ProduceResponse;
  }

  async fetch(offset: number, options: Parameters<typeof fetchBody>[2] = {}) {
    const body = fetchBody('t', offset, { isolationLevel: 1, ...options });
    const answer = this.#call(this.#apis.fetch, fetchRequest, body, 12);
    const response = reencoded(fetchResponse, 12, await answer) as FetchResponse;
    return response.responses[0]?.partitions[0];
  }

  async listOffset(timestamp: number, isolationLevel = 1) {
    const topics = [{ name: 't', partitions: [{ partitionIndex: 0, timestamp, currentLeaderEpoch: -1 }] }];
    const answer = this.#call(
      this.#apis.list,
      listOffsetsRequest,
      { replicaId: -1, isolationLevel, topics },
      9,
    );
    const response = reencoded(listOffsetsResponse, 9, await answer) as ListOffsetsResponse;
    return response.topics[0]?.partitions[0]?.offset;
  }

  async producers(partitionIndexes: readonly number[], name = 't') {
    const body = { topics: [{ name, partitionIndexes }] };
    const answer = await this.#call(this.#apis.producers, describeProducersRequest, body, 0);
    return (answer as DescribeProducersResponse).topics[0]?.partitions;
  }

  /** Ends a transaction; the promise is of the error code. */
  async end(
    result: 'commit' | 'abort',
    marker: Partial<TransactionMarker> = {},
    partition = 0,
  ): Promise<number> {
    const { promise, resolve } = Promise.withResolvers<number>();
    const full = { producerId: 7, producerEpoch: 0, coordinatorEpoch: 3, transactionVersion: 1, ...marker };
    this.partition(partition).appendMarker({ ...full, result }, resolve);
    return this.during(promise);
  }

  async during<T>(promise: Promise<T>): Promise<T> {
    await this.platform.settle();
    return promise;
  }

  /** What was sent so far has been appended and is durable, as far as nobody is waited for. */
  settle(): Promise<void> {
    return this.platform.settle();
  }

  async #call<Q extends MessageDefinition>(
    api: Api,
    definition: Q,
    body: Encodable<Q>,
    apiVersion: number,
    ownsBytes = true,
  ): Promise<object> {
    const { promise, resolve, reject } = Promise.withResolvers<object>();
    const bytes = encodeToBuffer(definition, apiVersion, body);
    const context: RequestContext = {
      apiVersion,
      clientId: 'test',
      clientHost: '/127.0.0.1',
      listener: { name: 'PLAINTEXT', advertised: { host: 'localhost', port: 9092 } },
      ownsBytes,
      releaseBytes: () => undefined,
      allocate: (size) => Buffer.allocUnsafe(size),
      onDisconnect: () => () => undefined,
    };
    api.handle(decode(definition, apiVersion, bytes), context, (response) => {
      if (response === undefined || response instanceof Error) reject(response);
      else resolve(response);
    });
    if (!ownsBytes) bytes.fill(0xff); // Others have the memory now.
    return this.during(promise);
  }
}

/** The answer as a client of that version reads it. */
function reencoded(definition: MessageDefinition, apiVersion: number, answer: object): unknown {
  return decode(definition, apiVersion, encodeToBuffer(definition, apiVersion, answer as never));
}
