import type { GroupService } from '../groups/index.ts';
import type { Partitions } from '../replica/partitions.ts';
import type { TransactionMarker } from '../replica/transaction-marker.ts';
import type { TopicPartition, TransactionMarkers } from '../transactions/index.ts';
import { OFFSETS_TOPIC } from './group-coordination.ts';

/** Writes the markers of transactions to the partitions of this broker; those of offsets through the group coordinator. */
export class LocalMarkers implements TransactionMarkers {
  readonly #partitions: Partitions;
  readonly #groups: GroupService;

  constructor(partitions: Partitions, groups: GroupService) {
    this.#partitions = partitions;
    this.#groups = groups;
  }

  write(
    { topic, partition: index }: TopicPartition,
    marker: TransactionMarker,
    done: (errorCode: number) => void,
  ): void {
    const partition = this.#partitions.lookupByName(topic, index);
    if (typeof partition === 'number') done(partition);
    else if (topic === OFFSETS_TOPIC) this.#groups.completeTransaction(index, marker, done);
    else partition.appendMarker(marker, done);
  }
}
