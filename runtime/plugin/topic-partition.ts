/** A partition of a Kafka topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A partition with the offset of the next record to read from it. */
export interface PartitionOffset extends TopicPartition {
  readonly offset: number;
}

/** What an operator wants a sink's offset to be. Undefined: none, so that the partition begins anew. */
export interface OffsetChange extends TopicPartition {
  readonly offset: number | undefined;
}
