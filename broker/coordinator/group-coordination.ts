import type { Platform } from '../../platform/platform.ts';
import { GroupService } from '../groups/index.ts';
import type { ControllerContext, MetadataDelta } from '../metadata/index.ts';
import type { ClusterMetadata } from '../quorum/cluster-metadata.ts';
import type { Partitions } from '../replica/partitions.ts';
import type { TransactionVerifier } from '../replica/transaction-verifier.ts';
import { CoordinatedTopic } from './coordinated-topic.ts';
import { CoordinatorTopic } from './coordinator-topic.ts';
import { GroupSettings } from './group-settings.ts';
import { TopicView } from './topic-view.ts';
import { VerifiedOffsets } from './verified-offsets.ts';

/** Where groups commit their offsets. */
export const OFFSETS_TOPIC = '__consumer_offsets';

/** What the group coordinator runs on. */
export interface GroupCoordinationOptions {
  readonly platform: Platform;
  readonly partitions: Partitions;
  readonly metadata: ClusterMetadata;
  readonly context: () => ControllerContext;
  /** The coordinator of the transactions in which offsets are committed. */
  readonly verifier: TransactionVerifier;
}

/** Runs the group coordinator on the partitions of `__consumer_offsets`, which is created when first needed. */
export class GroupCoordination {
  readonly service: GroupService;
  readonly topic: CoordinatedTopic;
  readonly #settings: GroupSettings;
  readonly #topics: TopicView;

  constructor({ platform, partitions, metadata, context, verifier }: GroupCoordinationOptions) {
    const { clock, entropy, logger } = platform;
    const { image } = metadata;
    this.topic = new CoordinatedTopic(OFFSETS_TOPIC, metadata, context, () => this.service);
    this.#settings = new GroupSettings(context, image);
    this.#topics = new TopicView(metadata);
    this.service = new GroupService({
      clock,
      entropy,
      logger: logger.child({ component: 'groups' }),
      log: new CoordinatorTopic(OFFSETS_TOPIC, partitions, clock),
      topics: this.#topics,
      timesOf: (groupId) => this.#settings.timesOf(groupId),
      isConsumerProtocolEnabled: () => this.#settings.isConsumerProtocolEnabled,
      transactions: new VerifiedOffsets({
        verifier,
        clock,
        find: (partition) => partitions.lookupByName(OFFSETS_TOPIC, partition),
        backoff: () => ({
          backoffMs: context().config.addPartitionsToTxnRetryBackoffMs,
          backoffMsMax: context().config.addPartitionsToTxnRetryBackoffMaxMs,
        }),
      }),
      config: context().config,
      partitionCount: () => this.topic.partitionCount ?? context().config.offsetsTopicNumPartitions,
    });
  }

  /** Topics, racks, configs or features may have changed. The offsets of a topic that is gone go with it. */
  onMetadataChange(delta: MetadataDelta): void {
    this.#topics.onMetadataChange(delta);
    this.#settings.onMetadataChange(delta);
    this.topic.onMetadataChange(delta);
    for (const { name } of delta.topicsRemoved) this.service.onTopicDeleted(name);
  }
}
