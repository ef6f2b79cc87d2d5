import { Broker, type BrokerOptions } from '../../broker/index.ts';
import {
  createTopicsRequest,
  createTopicsResponse,
  deleteTopicsRequest,
  deleteTopicsResponse,
  type Encodable,
  fetchRequest,
  fetchResponse,
  initProducerIdRequest,
  initProducerIdResponse,
  listOffsetsRequest,
  listOffsetsResponse,
  metadataRequest,
  metadataResponse,
  produceRequest,
  produceResponse,
} from '../../kafka/protocol/index.ts';
import { BatchBuilder, type BatchFields, batchHeader, readRecords } from '../../kafka/records/index.ts';
import { type SimulatedPlatform, simulatedPlatform } from '../../platform/simulation/simulated-platform.ts';
import { RawClient } from './raw-client.ts';

export const produceMessages = [produceRequest, produceResponse] as const;
export const fetchMessages = [fetchRequest, fetchResponse] as const;
export const listOffsetsMessages = [listOffsetsRequest, listOffsetsResponse] as const;
export const metadataMessages = [metadataRequest, metadataResponse] as const;

const ENDPOINT = { host: 'localhost', port: 9092 };

/** A broker on a simulated platform, and clients that speak to it in frames. */
export class BrokerFixture {
  readonly platform: SimulatedPlatform;
  readonly #properties: Record<string, string>;
  readonly #options: Partial<BrokerOptions>;
  #broker: Broker | undefined;
  #client: RawClient | undefined;

  constructor(
    properties: Record<string, string> = {},
    platform: SimulatedPlatform = simulatedPlatform(1),
    options: Partial<BrokerOptions> = {},
  ) {
    this.platform = platform;
    this.#options = options;
    this.#properties = {
      'log.dirs': '/data',
      listeners: 'PLAINTEXT://localhost:9092',
      'offsets.topic.num.partitions': '2',
      'group.initial.rebalance.delay.ms': '0',
      ...properties,
    };
  }

  static async start(
    properties: Record<string, string> = {},
    platform?: SimulatedPlatform,
  ): Promise<BrokerFixture> {
    const fixture = new BrokerFixture(properties, platform);
    await fixture.start();
    return fixture;
  }

  get broker(): Broker {
    if (this.#broker === undefined) throw new Error('the broker was not started');
    return this.#broker;
  }

  /** The client that the shorthands use. */
  get client(): RawClient {
    if (this.#client === undefined) throw new Error('the broker was not started');
    return this.#client;
  }

  async start(): Promise<void> {
    const properties = new Map(Object.entries(this.#properties));
    this.#broker = await this.during(Broker.start({ ...this.#options, platform: this.platform, properties }));
    this.#client = await this.connect();
  }

  connect(): Promise<RawClient> {
    return this.during(RawClient.connect(this.platform.net, ENDPOINT));
  }

  async restart(): Promise<void> {
    await this.during(this.broker.close());
    await this.start();
  }

  /** The process or the machine dies, and the broker is started again. */
  async crash(survival: Parameters<SimulatedPlatform['crash']>[0] = 'nothing'): Promise<void> {
    this.platform.crash(survival);
    await this.start();
  }

  /** Waits for `promise` without letting time pass. */
  async during<T>(promise: Promise<T>): Promise<T> {
    promise.catch(() => undefined); // Told to who awaits it below.
    await this.platform.settle();
    return promise;
  }

  async createTopic(name: string, partitions = 1, configs: Record<string, string> = {}): Promise<string> {
    const topic = {
      name,
      numPartitions: partitions,
      replicationFactor: 1,
      assignments: [],
      configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
    };
    const messages = [createTopicsRequest, createTopicsResponse] as const;
    const response = await this.client.request(messages, 7, { topics: [topic], timeoutMs: 1000 });
    const created = response?.topics[0];
    if (created === undefined || created.errorCode !== 0)
      throw new Error(`not created: ${JSON.stringify(created)}`);
    return created.topicId;
  }

  async deleteTopic(name: string): Promise<number | undefined> {
    const messages = [deleteTopicsRequest, deleteTopicsResponse] as const;
    const response = await this.client.request(messages, 6, {
      topics: [{ name, topicId: ZERO_UUID }],
      timeoutMs: 1000,
    });
    return response?.responses[0]?.errorCode;
  }

  async producerId(): Promise<number> {
    const messages = [initProducerIdRequest, initProducerIdResponse] as const;
    const response = await this.client.request(messages, 4, {
      transactionalId: null,
      transactionTimeoutMs: 0,
    });
    return response?.producerId ?? -1;
  }

  /** Produces to one partition; the result of that partition. */
  async produce(topic: string, records: Buffer | null, options: ProduceOptions = {}) {
    const { client = this.client, version = 12, partition = 0, acks = -1 } = options;
    const body = produceBody(topic, partition, records, acks);
    const response = await client.request(produceMessages, version, body);
    return response?.responses[0]?.partitionResponses[0];
  }

  /** Fetches from one partition; its part of the response. */
  async fetch(topic: string, fetchOffset: number, options: FetchOptions = {}) {
    const { client = this.client, version = 12 } = options;
    const response = await client.request(fetchMessages, version, fetchBody(topic, fetchOffset, options));
    return response?.responses[0]?.partitions[0];
  }

  /** All records from `offset` on, as `offset:value`. */
  async readAll(topic: string, offset = 0, partition = 0): Promise<string[]> {
    const found: string[] = [];
    for (let next = offset; ; ) {
      const part = await this.fetch(topic, next, { partition });
      if (part === undefined || part.errorCode !== 0)
        throw new Error(`fetch failed: ${JSON.stringify(part)}`);
      const records = recordsOf(part.records);
      found.push(
        ...records.filter((each) => each.offset >= next).map((each) => `${each.offset}:${each.value}`),
      );
      const bytes = part.records;
      if (bytes === null || bytes.length === 0) return found;
      next = endOf(bytes);
    }
  }

  async listOffset(topic: string, timestamp: number, version = 7, partition = 0) {
    const topics = [{ name: topic, partitions: [{ partitionIndex: partition, timestamp }] }];
    const response = await this.client.request(listOffsetsMessages, version, { replicaId: -1, topics });
    return response?.topics[0]?.partitions[0];
  }

  async leaderEpoch(topic: string, partition = 0): Promise<number | undefined> {
    const response = await this.client.request(metadataMessages, 12, {
      topics: [{ name: topic, topicId: ZERO_UUID }],
      allowAutoTopicCreation: false,
    });
    return response?.topics[0]?.partitions.find((each) => each.partitionIndex === partition)?.leaderEpoch;
  }
}

export const ZERO_UUID = 'AAAAAAAAAAAAAAAAAAAAAA';

export interface ProduceOptions {
  readonly client?: RawClient;
  readonly version?: number;
  readonly partition?: number;
  readonly acks?: number;
}

export interface FetchOptions {
  readonly client?: RawClient;
  readonly version?: number;
  readonly partition?: number;
  readonly topicId?: string;
  readonly maxWaitMs?: number;
  readonly minBytes?: number;
  readonly maxBytes?: number;
  readonly partitionMaxBytes?: number;
  readonly currentLeaderEpoch?: number;
  readonly lastFetchedEpoch?: number;
  readonly isolationLevel?: number;
  readonly sessionId?: number;
  readonly sessionEpoch?: number;
}

export function produceBody(
  topic: string,
  index: number,
  records: Buffer | null,
  acks = -1,
): Encodable<typeof produceRequest> {
  return { acks, timeoutMs: 30_000, topicData: [{ name: topic, partitionData: [{ index, records }] }] };
}

export function fetchBody(
  topic: string,
  fetchOffset: number,
  options: FetchOptions = {},
): Encodable<typeof fetchRequest> {
  const { partition = 0, partitionMaxBytes = 1 << 20, topicId = ZERO_UUID } = options;
  const { currentLeaderEpoch = -1, lastFetchedEpoch = -1, version = 12 } = options;
  const partitions = [{ partition, fetchOffset, partitionMaxBytes, currentLeaderEpoch, lastFetchedEpoch }];
  return {
    replicaId: -1,
    maxWaitMs: options.maxWaitMs ?? 0,
    minBytes: options.minBytes ?? 1,
    maxBytes: options.maxBytes ?? 1 << 24,
    isolationLevel: options.isolationLevel ?? 0,
    sessionId: options.sessionId ?? 0,
    sessionEpoch: options.sessionEpoch ?? -1,
    topics: [version >= 13 ? { topicId, partitions } : { topic, partitions }],
    forgottenTopicsData: [],
  };
}

/** A batch of records with these values. */
export function batchOf(
  values: readonly (string | null)[],
  fields: BatchFields & { key?: string | null; timestamp?: number } = {},
): Buffer {
  const { key = 'k', timestamp = Date.UTC(2026, 0, 1), ...rest } = fields;
  const builder = new BatchBuilder();
  for (const value of values) {
    builder.append(
      timestamp,
      key === null ? null : Buffer.from(key),
      value === null ? null : Buffer.from(value),
    );
  }
  return builder.build(rest);
}

export function recordsOf(bytes: Buffer | null): { offset: number; value: string }[] {
  const found: { offset: number; value: string }[] = [];
  for (let at = 0; bytes !== null && at < bytes.length; at += batchHeader.sizeInBytes(bytes, at)) {
    if (!batchHeader.isCrcValid(bytes, at)) throw new Error('a batch with a wrong CRC');
    for (const { offset, value } of readRecords(bytes, at, 1 << 24))
      found.push({ offset, value: String(value) });
  }
  return found;
}

/** Offset after the last batch. */
export function endOf(bytes: Buffer): number {
  let end = -1;
  for (let at = 0; at < bytes.length; at += batchHeader.sizeInBytes(bytes, at))
    end = batchHeader.lastOffset(bytes, at) + 1;
  return end;
}
