import type { Platform } from '../../platform/platform.ts';
import type { GroupService } from '../groups/index.ts';
import type { ControllerContext } from '../metadata/index.ts';
import type { ClusterMetadata } from '../quorum/cluster-metadata.ts';
import type { Partitions } from '../replica/partitions.ts';
import { type TransactionMarkers, TransactionService } from '../transactions/index.ts';
import { CoordinatedTopic } from './coordinated-topic.ts';
import { CoordinatorTopic } from './coordinator-topic.ts';
import { OFFSETS_TOPIC } from './group-coordination.ts';
import { LocalMarkers } from './local-markers.ts';

const TRANSACTIONS_TOPIC = '__transaction_state';

/** What the transaction coordinator runs on. */
export interface TransactionCoordinationOptions {
  readonly platform: Platform;
  readonly partitions: Partitions;
  readonly metadata: ClusterMetadata;
  readonly context: () => ControllerContext;
  readonly groups: GroupService;
  readonly allocateProducerId: () => Promise<number>;
}

/** Runs the transaction coordinator on the partitions of `__transaction_state`, which is created when first needed. */
export class TransactionCoordination {
  readonly service: TransactionService;
  readonly markers: TransactionMarkers;
  readonly topic: CoordinatedTopic;

  constructor(options: TransactionCoordinationOptions) {
    const { platform, partitions, metadata, context, groups, allocateProducerId } = options;
    const { clock, logger } = platform;
    const { image } = metadata;
    this.topic = new CoordinatedTopic(TRANSACTIONS_TOPIC, metadata, context, () => this.service);
    this.markers = new LocalMarkers(partitions, groups);
    this.service = new TransactionService({
      clock,
      logger: logger.child({ component: 'transactions' }),
      log: new CoordinatorTopic(TRANSACTIONS_TOPIC, partitions, clock),
      markers: this.markers,
      config: context().config,
      allocateProducerId,
      serverVersion: () => image.featureLevel('transaction.version'),
      coordinatorEpoch: (partition) => image.partition(TRANSACTIONS_TOPIC, partition)?.leaderEpoch ?? 0,
      hasPartition: (topic, partition) => image.partition(topic, partition) !== undefined,
      partitionCount: () => this.topic.partitionCount ?? context().config.transactionStateLogNumPartitions,
      offsetsPartition: (groupId) => ({ topic: OFFSETS_TOPIC, partition: groups.partitionFor(groupId) }),
    });
  }
}
