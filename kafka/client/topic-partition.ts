/** A partition of a topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A position in a partition: the offset of the next record to read. */
export interface TopicPartitionOffset extends TopicPartition {
  readonly offset: number;
}

/** A position that a group stores, or has stored. */
export interface CommittedOffset extends TopicPartitionOffset {
  /** Leader epoch of the last record before `offset`; -1 or absent when not known (KIP-320). */
  readonly leaderEpoch?: number;
  /** Free text stored with the offset; at most `offset.metadata.max.bytes` (4096) of the broker. */
  readonly metadata?: string;
}

/** A position found by time. */
export interface TimestampedOffset extends TopicPartitionOffset {
  /** Timestamp of the record at `offset` in ms; -1 when the question was not about a record. */
  readonly timestamp: number;
  /** -1 when the broker does not say. */
  readonly leaderEpoch: number;
}

/** Unique text of a partition, for use as a key: topic names cannot contain a slash. */
export function partitionKey(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
