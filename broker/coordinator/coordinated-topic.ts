import { autoCreatedTopic, type ControllerContext, decideCreateTopics } from '../metadata/index.ts';
import type { ClusterMetadata } from '../quorum/cluster-metadata.ts';

/** The topic of a coordinator: created when it is first needed, and loaded partition by partition. */
export class CoordinatedTopic {
  readonly #name: string;
  readonly #metadata: ClusterMetadata;
  readonly #context: () => ControllerContext;
  readonly #load: (partition: number) => Promise<void>;
  #loaded: Promise<unknown> = Promise.resolve();

  /** `load` is called for each partition that exists; it resolves when the partition is coordinated. */
  constructor(
    name: string,
    metadata: ClusterMetadata,
    context: () => ControllerContext,
    load: (partition: number) => Promise<void>,
  ) {
    this.#name = name;
    this.#metadata = metadata;
    this.#context = context;
    this.#load = load;
  }

  /** How many partitions it has; undefined before it is created. */
  get partitionCount(): number | undefined {
    return this.#metadata.image.topic(this.#name)?.partitions.size;
  }

  /** Whether this broker leads the partition. One whose log directory has failed has no leader. */
  isLed(partition: number): boolean {
    return this.#metadata.image.partition(this.#name, partition)?.leader === this.#context().nodeId;
  }

  /** Begins to load the partitions that this broker leads, if the topic exists. Resolves when all are loaded. */
  async load(): Promise<void> {
    const partitions = this.#metadata.image.topic(this.#name)?.partitions.keys() ?? [];
    const led = [...partitions].filter((partition) => this.isLed(partition));
    this.#loaded = Promise.all(led.map((partition) => this.#load(partition)));
    await this.#loaded;
  }

  /** Creates the topic if need be, and waits until it is loaded. False when the partition is not led here even so. */
  async ensure(partition: () => number): Promise<boolean> {
    if (this.partitionCount === undefined) {
      const topics = () => [autoCreatedTopic(this.#name, this.#context().config)];
      await this.#metadata.change(() =>
        decideCreateTopics(this.#context(), { topics: topics(), validateOnly: false }),
      );
    }
    await this.#loaded;
    return this.isLed(partition());
  }
}
