import { ErrorCode } from '../../kafka/protocol/index.ts';
import {
  autoCreatedTopic,
  type ControllerContext,
  decideCreateTopics,
  type MetadataDelta,
} from '../metadata/index.ts';
import type { ClusterMetadata } from '../quorum/cluster-metadata.ts';

/** What coordinates groups or transactional ids on the partitions of a topic. */
export interface Coordinator {
  /** Begins the regular work. */
  start(): void;
  /** Ends it and unloads every partition. */
  stop(): void;
  /** The partition that an id belongs to. */
  partitionFor(id: string): number;
  /** Resolves when the partition is coordinated, or unloaded before that. */
  load(partition: number): Promise<void>;
  unload(partition: number): void;
  unloadAll(): void;
}

/**
 * The topic of a coordinator: created when it is first needed, loaded partition by partition, and unloaded when this
 * broker does not lead it any more.
 */
export class CoordinatedTopic {
  readonly #name: string;
  readonly #metadata: ClusterMetadata;
  readonly #context: () => ControllerContext;
  readonly #coordinator: () => Coordinator;
  #loaded: Promise<unknown> = Promise.resolve();

  constructor(
    name: string,
    metadata: ClusterMetadata,
    context: () => ControllerContext,
    coordinator: () => Coordinator,
  ) {
    this.#name = name;
    this.#metadata = metadata;
    this.#context = context;
    this.#coordinator = coordinator;
  }

  /** How many partitions it has; undefined before it is created. */
  get partitionCount(): number | undefined {
    return this.#metadata.image.topic(this.#name)?.partitions.size;
  }

  /** Loads what the topic holds, if it exists; then the regular work begins. */
  async start(): Promise<void> {
    await this.#load();
    this.#coordinator().start();
  }

  stop(): void {
    this.#coordinator().stop();
  }

  onMetadataChange({ topicsRemoved, topicsCreated, partitionsChanged }: MetadataDelta): void {
    const isThis = ({ name }: { readonly name: string }) => name === this.#name;
    if (topicsRemoved.some(isThis)) this.#coordinator().unloadAll();
    if (topicsCreated.some(isThis)) void this.#load();
    for (const { topic, partitionId } of partitionsChanged) {
      // A partition whose log directory has failed has no leader, and nobody coordinates what is in it.
      if (topic === this.#name && !this.#isLed(partitionId)) this.#coordinator().unload(partitionId);
    }
  }

  /** Makes sure that an id can be coordinated here; the error code that says why not otherwise. */
  async find(id: string): Promise<number> {
    await this.#ensure();
    const isFound = this.#isLed(this.#coordinator().partitionFor(id));
    return isFound ? ErrorCode.NONE : ErrorCode.COORDINATOR_NOT_AVAILABLE;
  }

  /** Whether this broker leads the partition. One whose log directory has failed has no leader. */
  #isLed(partition: number): boolean {
    return this.#metadata.image.partition(this.#name, partition)?.leader === this.#context().nodeId;
  }

  /** Begins to load the partitions that this broker leads, if the topic exists. Resolves when all are loaded. */
  async #load(): Promise<void> {
    const partitions = this.#metadata.image.topic(this.#name)?.partitions.keys() ?? [];
    const led = [...partitions].filter((partition) => this.#isLed(partition));
    this.#loaded = Promise.all(led.map((partition) => this.#coordinator().load(partition)));
    await this.#loaded;
  }

  /** Creates the topic if need be, and waits until it is loaded. */
  async #ensure(): Promise<void> {
    if (this.partitionCount === undefined) {
      const topics = () => [autoCreatedTopic(this.#name, this.#context().config)];
      await this.#metadata.change(() =>
        decideCreateTopics(this.#context(), { topics: topics(), validateOnly: false }),
      );
    }
    await this.#loaded;
  }
}
