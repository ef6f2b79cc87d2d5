import { PendingOffsets } from './pending-offsets.ts';

/** A committed offset of one partition. */
export interface CommittedOffset {
  readonly offset: number;
  /** Leader epoch of the last consumed record; -1 when the client did not say. */
  readonly leaderEpoch: number;
  readonly metadata: string;
  /** Milliseconds since the epoch. */
  readonly commitTimestamp: number;
  /** Set by OffsetCommit v2-v4 with a retention time; -1 otherwise. */
  readonly expireTimestamp: number;
  /** Id of the topic at the time of the commit; the zero id when unknown. */
  readonly topicId: string;
  /** Where the commit is among all of this coordinator: the larger one is later in the log. */
  readonly order: number;
}

/** The topic id that means "not known". */
export const ZERO_TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAA';

type Partitions = Map<number, CommittedOffset>;

/** Committed offsets of all groups of one coordinator, by group, topic and partition. */
export class CommittedOffsets {
  readonly #groups = new Map<string, Map<string, Partitions>>();
  /** What transactions that have not ended have committed. */
  readonly pending = new PendingOffsets<CommittedOffset>();

  /** `undefined` when nothing was committed. */
  get(group: string, topic: string, partition: number): CommittedOffset | undefined {
    return this.#groups.get(group)?.get(topic)?.get(partition);
  }

  /** Adds or replaces. */
  set(group: string, topic: string, partition: number, offset: CommittedOffset): void {
    const topics = this.#groups.get(group) ?? new Map<string, Partitions>();
    const partitions = topics.get(topic) ?? new Map<number, CommittedOffset>();
    this.#groups.set(group, topics.set(topic, partitions.set(partition, offset)));
  }

  /**
   * Ends the transaction of a producer: with a commit its offsets are committed ones, unless there was a commit of the
   * same partition after them.
   */
  completeTransaction(producerId: number, result: 'commit' | 'abort'): void {
    for (const { group, topic, partition, offset } of this.pending.take(producerId)) {
      const isLatest = offset.order > (this.get(group, topic, partition)?.order ?? -1);
      if (result === 'commit' && isLatest) this.set(group, topic, partition, offset);
    }
  }

  /** Does nothing when there is no offset. */
  delete(group: string, topic: string, partition: number): void {
    const topics = this.#groups.get(group);
    const partitions = topics?.get(topic);
    partitions?.delete(partition);
    if (partitions?.size === 0) topics?.delete(topic);
    if (topics?.size === 0) this.#groups.delete(group);
  }

  /** Topics of a group in the order of their first commit; empty for an unknown group. */
  of(group: string): ReadonlyMap<string, ReadonlyMap<number, CommittedOffset>> {
    return this.#groups.get(group) ?? new Map();
  }

  /** Ids of the groups that have offsets of the topic. */
  groupsWith(topic: string): readonly string[] {
    return [...this.#groups].filter(([, topics]) => topics.has(topic)).map(([group]) => group);
  }
}
