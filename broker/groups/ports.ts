import type { CoordinatorRecord } from './coordinator-record.ts';

/**
 * The partitions of `__consumer_offsets` that this broker leads.
 *
 * `append` puts the records at the end of the partition, in order; it may split them over several batches. It is
 * called in the order in which records must be in the log, without waiting for earlier calls. The promise resolves
 * when the records are committed: durable on enough replicas. A synchronous throw means that nothing was written
 * and only this request fails. A rejection means that nobody knows: the coordinator drops the partition's state
 * and loads it again. Both carry a Kafka error when they are a `GroupLogError`; anything else counts as a storage error.
 *
 * Every append must settle in the end: the log is not read while one is under way.
 *
 * `read` yields all records of the partition, from the start of its log to its end.
 */
export interface CoordinatorLog {
  append(partition: number, records: readonly CoordinatorRecord[]): Promise<void>;
  read(partition: number): AsyncIterable<readonly CoordinatorRecord[]>;
}

/** What the group coordinator has to know about topics. Ids are in Kafka's base64 form. */
export interface GroupTopics {
  /** Grows whenever topics, their partitions or the racks of their replicas change. */
  readonly version: number;
  /** {@link version} as of the topic created last. */
  readonly createdVersion: number;
  topicId(name: string): string | undefined;
  topicName(topicId: string): string | undefined;
  hasPartition(name: string, partition: number): boolean;
  /** 0 for a topic that does not exist. */
  partitionCount(name: string): number;
  /** Racks of the replicas, in no order, without brokers that have none. */
  partitionRacks(name: string, partition: number): readonly string[];
  /** All topics, internal ones included. */
  names(): Iterable<string>;
}
