import type { TransactionMarker } from '../replica/transaction-marker.ts';
import type { TopicPartition } from './add-partitions.ts';

/** Where the ends of transactions are told. */
export interface TransactionMarkers {
  /**
   * Writes a marker to a partition. `done` is called once, at once or later, with an error code of WriteTxnMarkers:
   * NONE when the marker is durable, UNKNOWN_TOPIC_OR_PARTITION when there is no such partition (any more).
   */
  write(target: TopicPartition, marker: TransactionMarker, done: (errorCode: number) => void): void;
}
