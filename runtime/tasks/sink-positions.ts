import type {
  CommittedOffset,
  PolledRecords,
  TopicPartition,
  TopicPartitionOffset,
} from '../../kafka/client/index.ts';

interface Position {
  readonly topic: string;
  readonly partition: number;
  /** Everything before it is written, dead-lettered or skipped on purpose. */
  offset: number;
  committed: number;
  highWatermark: number;
}

/** How far a sink task has come in each partition that it has. */
export class SinkPositions {
  readonly #positions = new Map<string, Position>();

  has(at: TopicPartition): boolean {
    return this.#positions.has(partitionKey(at));
  }

  /** A partition was assigned; the task continues at `offset`. */
  assign({ topic, partition, offset }: TopicPartitionOffset): void {
    const position = { topic, partition, offset, committed: offset, highWatermark: offset };
    this.#positions.set(partitionKey({ topic, partition }), position);
  }

  /** All of `polled` is dealt with. Ignored for a partition that the task has lost meanwhile. */
  advance(polled: PolledRecords): void {
    const position = this.#positions.get(partitionKey(polled));
    if (position === undefined) return;
    position.offset = polled.nextOffset;
    position.highWatermark = Math.max(polled.highWatermark, polled.nextOffset);
  }

  drop(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) this.#positions.delete(partitionKey(partition));
  }

  list(): TopicPartitionOffset[] {
    return [...this.#positions.values()].map(({ topic, partition, offset }) => ({
      topic,
      partition,
      offset,
    }));
  }

  /** What has changed since the last commit. */
  uncommitted(): CommittedOffset[] {
    const changed = [...this.#positions.values()].filter(({ offset, committed }) => offset !== committed);
    return changed.map(({ topic, partition, offset }) => ({ topic, partition, offset }));
  }

  /** What is known to be committed; undefined for a partition the task does not have. */
  committed(at: TopicPartition): number | undefined {
    return this.#positions.get(partitionKey(at))?.committed;
  }

  /** Where the task is in a partition; undefined for one it does not have. */
  offset(at: TopicPartition): number | undefined {
    return this.#positions.get(partitionKey(at))?.offset;
  }

  markCommitted(offsets: readonly TopicPartitionOffset[]): void {
    for (const { topic, partition, offset } of offsets) {
      const position = this.#positions.get(partitionKey({ topic, partition }));
      if (position !== undefined) position.committed = offset;
    }
  }

  /** The group may not know of these offsets: they come from the sink itself. */
  markUncommitted(partitions: readonly TopicPartition[]): void {
    for (const partition of partitions) {
      const position = this.#positions.get(partitionKey(partition));
      if (position !== undefined) position.committed = -1;
    }
  }

  /** Records that are known to be there and not dealt with. */
  get lag(): number {
    let lag = 0;
    for (const { offset, highWatermark } of this.#positions.values())
      lag += Math.max(0, highWatermark - offset);
    return lag;
  }
}

/** Unique text of a partition: topics have no slash in their names. */
export function partitionKey({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
