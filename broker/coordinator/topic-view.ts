import type { GroupTopics } from '../groups/index.ts';
import type { MetadataDelta } from '../metadata/index.ts';
import type { ClusterMetadata } from '../quorum/cluster-metadata.ts';

/** The topics of the cluster as group coordinators see them. Versions are offsets of the metadata log. */
export class TopicView implements GroupTopics {
  readonly #metadata: ClusterMetadata;
  #version: number;
  #createdVersion: number;

  constructor(metadata: ClusterMetadata) {
    this.#metadata = metadata;
    this.#version = metadata.endOffset - 1;
    this.#createdVersion = this.#version;
  }

  get version(): number {
    return this.#version;
  }

  get createdVersion(): number {
    return this.#createdVersion;
  }

  onMetadataChange(delta: MetadataDelta): void {
    const isCreated = delta.topicsCreated.length > 0;
    const isChanged =
      isCreated ||
      delta.topicsRemoved.length > 0 ||
      delta.partitionsAdded.length > 0 ||
      delta.partitionsChanged.length > 0 ||
      delta.brokersChanged.length > 0;
    if (isChanged) this.#version = this.#metadata.endOffset - 1;
    if (isCreated) this.#createdVersion = this.#version;
  }

  topicId(name: string): string | undefined {
    return this.#metadata.image.topic(name)?.id;
  }

  topicName(topicId: string): string | undefined {
    return this.#metadata.image.topicById(topicId)?.name;
  }

  hasPartition(name: string, partition: number): boolean {
    return this.#metadata.image.partition(name, partition) !== undefined;
  }

  partitionCount(name: string): number {
    return this.#metadata.image.topic(name)?.partitions.size ?? 0;
  }

  partitionRacks(name: string, partition: number): readonly string[] {
    const { image } = this.#metadata;
    return (image.partition(name, partition)?.replicas ?? []).flatMap((id) => image.broker(id)?.rack ?? []);
  }

  *names(): Iterable<string> {
    for (const { name } of this.#metadata.image.topics()) yield name;
  }
}
