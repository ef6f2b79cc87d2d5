import {
  CommitFailedError,
  type Consumer,
  RebalanceInProgressError,
  type TopicPartition,
  type TopicPartitionOffset,
} from '../../../../kafka/client/index.ts';

/** Offsets behind what was printed, and their commits. */
export class Progress {
  readonly #consumer: Consumer;
  readonly #isCommitting: boolean;
  readonly #open = new Map<string, TopicPartitionOffset>();

  constructor(consumer: Consumer, isCommitting: boolean) {
    this.#consumer = consumer;
    this.#isCommitting = isCommitting;
  }

  /** Everything before `offset` was printed. */
  reach({ topic, partition, offset }: TopicPartitionOffset): void {
    if (this.#isCommitting) this.#open.set(`${topic}/${partition}`, { topic, partition, offset });
  }

  /**
   * Commits what was reached since the last time, of these partitions or of all. A group that is rebalancing takes it at
   * a later call; a member that was removed from its group has no say any more.
   */
  async commit(partitions?: readonly TopicPartition[]): Promise<void> {
    const keys = partitions?.map(({ topic, partition }) => `${topic}/${partition}`) ?? [...this.#open.keys()];
    const offsets = keys.flatMap((key) => this.#open.get(key) ?? []);
    if (offsets.length === 0) return;
    try {
      await this.#consumer.commit(offsets);
      for (const key of keys) this.#open.delete(key);
    } catch (error) {
      if (!(error instanceof CommitFailedError) && !(error instanceof RebalanceInProgressError)) throw error;
    }
  }

  /** These belong to another member now. */
  forget(partitions: readonly TopicPartition[]): void {
    for (const { topic, partition } of partitions) this.#open.delete(`${topic}/${partition}`);
  }
}
