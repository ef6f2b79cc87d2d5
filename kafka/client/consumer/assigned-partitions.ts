import { NotAssignedError } from '../errors.ts';
import { partitionKey, type TopicPartition } from '../topic-partition.ts';
import { PartitionState, type Search } from './partition-state.ts';

/** The partitions a consumer reads at present, in the order in which they get their turn. */
export class AssignedPartitions {
  readonly #states = new Map<string, PartitionState>();

  get size(): number {
    return this.#states.size;
  }

  all(): IterableIterator<PartitionState> {
    return this.#states.values();
  }

  list(): TopicPartition[] {
    return [...this.#states.values()].map(({ topic, partition }) => ({ topic, partition }));
  }

  has({ topic, partition }: TopicPartition): boolean {
    return this.#states.has(partitionKey(topic, partition));
  }

  find({ topic, partition }: TopicPartition): PartitionState | undefined {
    return this.#states.get(partitionKey(topic, partition));
  }

  /** Throws {@link NotAssignedError}. */
  get(partition: TopicPartition): PartitionState {
    const state = this.find(partition);
    if (state === undefined) throw new NotAssignedError(partition);
    return state;
  }

  /** Those given, or all. Throws {@link NotAssignedError}. */
  select(partitions: readonly TopicPartition[] | undefined): PartitionState[] {
    return partitions === undefined
      ? [...this.#states.values()]
      : partitions.map((partition) => this.get(partition));
  }

  /** Reads exactly these from now on. What was read before stays as it is; others begin at `start`. */
  replace(
    partitions: readonly TopicPartition[],
    start: (partition: TopicPartition) => number | Search,
  ): void {
    const keys = new Set(partitions.map(({ topic, partition }) => partitionKey(topic, partition)));
    for (const key of this.#states.keys()) if (!keys.has(key)) this.#states.delete(key);
    for (const partition of partitions) {
      const key = partitionKey(partition.topic, partition.partition);
      if (!this.#states.has(key)) this.#states.set(key, new PartitionState(partition, start(partition)));
    }
  }

  clear(): void {
    this.#states.clear();
  }

  /** The partition had its turn: the others come first next time. */
  rotate(state: PartitionState): void {
    const key = partitionKey(state.topic, state.partition);
    if (this.#states.delete(key)) this.#states.set(key, state);
  }
}
