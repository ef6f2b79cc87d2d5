import type { Logger } from '../../platform/logger.ts';
import { silentLogger } from '../../platform/logger.ts';
import type { RecordView } from '../records/index.ts';
import type { KafkaClient } from './client.ts';
import type { Consumer } from './consumer/consumer.ts';
import { ClientClosedError, ConfigurationError, isRetriable } from './errors.ts';
import type { Producer } from './producer/producer.ts';
import type { TopicPartition } from './topic-partition.ts';

const POLL_MS = 500;

/** The topic behind a {@link TopicLog}; the settings are for when it has to be created. */
export interface TopicLogOptions {
  readonly topic: string;
  readonly partitionCount?: number;
  /** Default: the cluster's. */
  readonly replicationFactor?: number;
  /** Further topic configs; `cleanup.policy` is `compact`. */
  readonly configs?: Readonly<Record<string, string>>;
  readonly logger?: Logger;
}

/** A record of the topic. Its bytes are slices of a fetched batch. */
export interface TopicLogRecord {
  readonly partition: number;
  readonly record: RecordView;
}

/**
 * A compacted topic as the store of a state machine: read from the beginning, then followed, and written durably. What
 * Connect keeps its configs, offsets and statuses in, and a registry its schemas.
 */
export class TopicLog {
  readonly #options: TopicLogOptions;
  readonly #client: KafkaClient;
  readonly #consumer: Consumer;
  readonly #producer: Producer;
  readonly #partitions: readonly TopicPartition[];
  readonly #positions = new Map<number, number>();
  readonly #waiting = new Set<() => void>();
  #following: Promise<void> | undefined;
  #failure: unknown;
  #isClosed = false;

  private constructor(client: KafkaClient, options: TopicLogOptions, partitionCount: number) {
    this.#options = options;
    this.#client = client;
    this.#partitions = Array.from({ length: partitionCount }, (_, partition) => ({
      topic: options.topic,
      partition,
    }));
    this.#consumer = client.consumer({ autoOffsetReset: 'earliest', isolationLevel: 'read_committed' });
    this.#producer = client.producer();
  }

  /** Creates the topic when it is missing. Throws {@link ConfigurationError} for one that is not compacted only. */
  static async open(client: KafkaClient, options: TopicLogOptions): Promise<TopicLog> {
    const { topic, partitionCount = 1, replicationFactor, configs } = options;
    const [created] = await client.admin().createTopics([
      {
        name: topic,
        partitionCount,
        ...(replicationFactor !== undefined && { replicationFactor }),
        configs: { 'cleanup.policy': 'compact', ...configs },
      },
    ]);
    if (created?.error === undefined) return new TopicLog(client, options, partitionCount);
    if (created.error.errorName !== 'TOPIC_ALREADY_EXISTS') throw created.error;
    await requireCompacted(client, topic);
    const [description] = await client.admin().describeTopics([topic]);
    if (description?.error !== undefined) throw description.error;
    return new TopicLog(client, options, description?.partitions.length ?? partitionCount);
  }

  get partitionCount(): number {
    return this.#partitions.length;
  }

  /**
   * Hands over every record from the beginning, partition by partition in order, and goes on with each new one.
   * Resolves when all that was there at the time of the call has been handed over. Call it once.
   */
  async read(onRecord: (record: TopicLogRecord) => void): Promise<void> {
    const starts = await this.#consumer.beginningOffsets(this.#partitions);
    const ends = await this.#consumer.endOffsets(this.#partitions);
    for (const { partition, offset } of starts) this.#positions.set(partition, offset);
    this.#consumer.assign(starts);
    this.#following = this.#follow(onRecord);
    await this.#reached(ends);
  }

  /** Resolves when everything that was in the topic at the time of the call has been handed over. */
  async readToEnd(): Promise<void> {
    await this.#reached(
      await this.#client.admin().listOffsets(this.#partitions.map((each) => ({ ...each, at: 'latest' }))),
    );
  }

  /** Appends a record durably and resolves with its offset; without a partition, by the key's hash. */
  async append(key: Uint8Array | null, value: Uint8Array | null, partition?: number): Promise<number> {
    const [written] = await this.#producer.send([{ topic: this.#options.topic, key, value, partition }]);
    return written?.offset ?? -1;
  }

  /** Stops reading, finishes what is being written. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#consumer.wakeup();
    await this.#following;
    await this.#producer.close();
    await this.#consumer.close();
    this.#notify();
  }

  async #follow(onRecord: (record: TopicLogRecord) => void): Promise<void> {
    const logger = this.#options.logger ?? silentLogger;
    while (!this.#isClosed) {
      try {
        for (const { partition, records, nextOffset } of await this.#consumer.poll(POLL_MS)) {
          for (const record of records) onRecord({ partition, record });
          this.#positions.set(partition, nextOffset);
        }
        this.#notify();
      } catch (error) {
        if (this.#isClosed) return;
        if (!isRetriable(error)) {
          this.#failure = error;
          logger.error({ err: error, topic: this.#options.topic }, 'topic can no longer be followed');
          this.#notify();
          return;
        }
        logger.warn({ err: error, topic: this.#options.topic }, 'topic could not be read, trying again');
      }
    }
  }

  async #reached(ends: readonly (TopicPartition & { readonly offset: number })[]): Promise<void> {
    for (const { partition, offset } of ends) {
      while ((this.#positions.get(partition) ?? 0) < offset) {
        if (this.#failure !== undefined) throw this.#failure;
        if (this.#isClosed) throw new ClientClosedError(`log of topic ${this.#options.topic}`);
        await new Promise<void>((resolve) => this.#waiting.add(resolve));
      }
    }
  }

  #notify(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}

/** Connect and the registry lose state in a topic that deletes old records. */
async function requireCompacted(client: KafkaClient, topic: string): Promise<void> {
  const [described] = await client
    .admin()
    .describeConfigs([{ type: 'topic', name: topic, names: ['cleanup.policy'] }]);
  const policy = described?.configs.find(({ name }) => name === 'cleanup.policy')?.value;
  if (policy === undefined || policy === null || policy === 'compact') return;
  throw new ConfigurationError(
    `topic ${topic} has cleanup.policy=${policy} and would lose state; set it to compact, or name another topic`,
  );
}
