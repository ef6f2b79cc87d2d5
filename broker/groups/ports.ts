import type { LogTransaction } from '../coordinator/ports.ts';

/** Which transaction wants to commit offsets. */
export interface OffsetTransaction {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  /** Whether the offsets are made part of the transaction, or have to be already (before TxnOffsetCommit v5). */
  readonly mode: 'add' | 'verify';
}

/** Asks the coordinator of the transaction (KIP-890). */
export interface OffsetTransactions {
  /** What to append with to the partition of `__consumer_offsets`, or the error code that the commit gets. */
  begin(partition: number, transaction: OffsetTransaction): Promise<LogTransaction | number>;
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
