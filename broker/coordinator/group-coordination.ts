import { ErrorCode } from '../../kafka/protocol/index.ts';
import type { Platform } from '../../platform/platform.ts';
import { GroupService } from '../groups/index.ts';
import {
  autoCreatedTopic,
  type ControllerContext,
  decideCreateTopics,
  type MetadataDelta,
} from '../metadata/index.ts';
import type { ClusterMetadata } from '../quorum/cluster-metadata.ts';
import type { Partitions } from '../replica/partitions.ts';
import { CoordinatorLog } from './coordinator-log.ts';
import { GroupSettings } from './group-settings.ts';
import { TopicView } from './topic-view.ts';

const OFFSETS_TOPIC = '__consumer_offsets';

/** Runs the group coordinator on the partitions of `__consumer_offsets`, which is created when first needed. */
export class GroupCoordination {
  readonly service: GroupService;
  readonly #metadata: ClusterMetadata;
  readonly #context: () => ControllerContext;
  readonly #settings: GroupSettings;
  readonly #topics: TopicView;
  #loaded: Promise<unknown> = Promise.resolve();

  constructor(
    platform: Platform,
    partitions: Partitions,
    metadata: ClusterMetadata,
    context: () => ControllerContext,
  ) {
    const { clock, entropy, logger } = platform;
    const { image } = metadata;
    this.#metadata = metadata;
    this.#context = context;
    this.#settings = new GroupSettings(context, image);
    this.#topics = new TopicView(metadata);
    this.service = new GroupService({
      clock,
      entropy,
      logger: logger.child({ component: 'groups' }),
      log: new CoordinatorLog(OFFSETS_TOPIC, partitions, clock),
      topics: this.#topics,
      timesOf: (groupId) => this.#settings.timesOf(groupId),
      isConsumerProtocolEnabled: () => this.#settings.isConsumerProtocolEnabled,
      config: context().config,
      partitionCount: () =>
        image.topic(OFFSETS_TOPIC)?.partitions.size ?? context().config.offsetsTopicNumPartitions,
    });
  }

  /** Loads what the topic holds, if it exists. */
  async start(): Promise<void> {
    this.onTopicCreated(OFFSETS_TOPIC);
    await this.#loaded;
    this.service.start();
  }

  stop(): void {
    this.service.stop();
  }

  onTopicCreated(topic: string): void {
    if (topic !== OFFSETS_TOPIC) return;
    const partitions = this.#metadata.image.topic(OFFSETS_TOPIC)?.partitions.keys() ?? [];
    const led = [...partitions].filter((partition) => this.#isLed(partition));
    this.#loaded = Promise.all(led.map((partition) => this.service.load(partition)));
  }

  /** A partition whose log directory has failed has no leader, and nobody coordinates its groups. */
  onPartitionChanged(topic: string, partition: number): void {
    if (topic === OFFSETS_TOPIC && !this.#isLed(partition)) this.service.unload(partition);
  }

  onTopicDeleted(topic: string): void {
    if (topic !== OFFSETS_TOPIC) this.service.onTopicDeleted(topic);
  }

  /** Topics, racks, configs or features may have changed. */
  onMetadataChange(delta: MetadataDelta): void {
    this.#topics.onMetadataChange(delta);
    this.#settings.onMetadataChange(delta);
  }

  /** Makes sure that a group can be coordinated here; the error code that says why not otherwise. */
  async find(groupId: string): Promise<number> {
    if (this.#metadata.image.topic(OFFSETS_TOPIC) === undefined) {
      const topics = () => [autoCreatedTopic(OFFSETS_TOPIC, this.#context().config)];
      await this.#metadata.change(() =>
        decideCreateTopics(this.#context(), { topics: topics(), validateOnly: false }),
      );
    }
    await this.#loaded;
    const isLed = this.#isLed(this.service.partitionFor(groupId));
    return isLed ? ErrorCode.NONE : ErrorCode.COORDINATOR_NOT_AVAILABLE;
  }

  #isLed(partition: number): boolean {
    return this.#metadata.image.partition(OFFSETS_TOPIC, partition)?.leader === this.#context().nodeId;
  }
}
