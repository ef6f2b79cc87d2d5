import type { Entropy } from '../../../platform/entropy.ts';
import { contentBytes } from '../../records/index.ts';
import type { TopicMetadata } from '../cluster/metadata-cache.ts';
import { partitionOfKey } from './murmur2.ts';
import { PartitionQueue, type QueueOptions } from './partition-queue.ts';
import type { OnDone, Partitioner, ProducerRecord } from './producer.ts';

/** Records without a key go to another partition after so many bytes, if not before. */
const STICKY_BYTES = 16_384;

/** A record that waits for metadata. */
export interface PendingRecord {
  readonly record: ProducerRecord;
  readonly onDone: OnDone | undefined;
  /** What it counts for in the buffer. */
  readonly bytes: number;
}

/** The queues of one topic, and the choice between them. */
export class TopicQueues {
  readonly name: string;
  /** Records that came before the partitions were known, in order. */
  pending: PendingRecord[] = [];
  /** Under way while metadata is awaited. */
  waiting: Promise<void> | undefined;
  readonly #options: QueueOptions;
  readonly #partitioner: Partitioner | undefined;
  readonly #entropy: Entropy;
  readonly #queues: (PartitionQueue | undefined)[] = [];
  #metadata: TopicMetadata | undefined;
  #stickyPartition = -1;
  #stickyBytes = 0;

  constructor(name: string, options: QueueOptions, partitioner: Partitioner | undefined, entropy: Entropy) {
    this.name = name;
    this.#options = options;
    this.#partitioner = partitioner;
    this.#entropy = entropy;
  }

  get partitionCount(): number {
    return this.#metadata?.partitions.length ?? 0;
  }

  /** Takes over what is known of the topic now. What was known stays while the topic seems not to exist. */
  update(metadata: TopicMetadata | undefined): void {
    if (metadata !== undefined) this.#metadata = metadata;
  }

  /** The queue of a partition, which must be below {@link partitionCount}. */
  queue(partition: number): PartitionQueue {
    const known = this.#queues[partition];
    if (known !== undefined) return known;
    const queue = new PartitionQueue(this.name, partition, this.#options);
    this.#queues[partition] = queue;
    return queue;
  }

  /** The partition a record goes to; may lie outside the topic when the record or a partitioner says so. */
  choose(record: ProducerRecord, bytes: number): number {
    if (record.partition !== undefined) return record.partition;
    const count = this.partitionCount;
    if (this.#partitioner !== undefined) return this.#partitioner(record, count);
    if (count === 1) return 0;
    const key = contentBytes(record.key ?? null);
    return key === null ? this.#sticky(bytes) : partitionOfKey(key, count);
  }

  /** Fills one batch before it goes on to a random other partition (KIP-480, KIP-794). */
  #sticky(bytes: number): number {
    const partition = this.#stickyPartition;
    const isOver = this.#stickyBytes >= STICKY_BYTES || this.#queues[partition]?.hasOpenBatch !== true;
    if (partition < 0 || partition >= this.partitionCount || isOver) {
      this.#stickyPartition = this.#anotherThan(partition);
      this.#stickyBytes = 0;
    }
    this.#stickyBytes += bytes;
    return this.#stickyPartition;
  }

  #anotherThan(partition: number): number {
    const partitions = this.#metadata?.partitions ?? [];
    const led = partitions.filter(({ leader }) => leader >= 0);
    const choices = led.length > 0 ? led : partitions;
    const others = choices.length > 1 ? choices.filter((choice) => choice.partition !== partition) : choices;
    return others[this.#entropy.u32() % others.length]?.partition ?? 0;
  }
}
