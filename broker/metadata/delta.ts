import type { TopicImage } from './image.ts';

/** A partition by topic and number. */
export interface TopicPartition {
  readonly topicId: string;
  readonly topic: string;
  readonly partitionId: number;
}

/** A resource whose configs changed; `resourceType` as in `resourceTypes`. */
export interface ConfigResource {
  readonly resourceType: number;
  readonly name: string;
}

/**
 * What a batch of records changed, for those who react to it: the log manager, coordinators, config listeners. A topic
 * created and removed in one batch is in neither list. Read what it is now from the image.
 */
export class MetadataDelta {
  readonly #created = new Map<string, TopicImage>();
  readonly #removed = new Map<string, TopicImage>();
  readonly #added = new Map<string, TopicPartition>();
  readonly #changed = new Map<string, TopicPartition>();
  readonly #configs = new Map<string, ConfigResource>();
  readonly #brokers = new Set<number>();
  readonly #features = new Set<string>();
  #hasSecurityChanges = false;
  #hasQuotaChanges = false;

  get topicsCreated(): readonly TopicImage[] {
    return [...this.#created.values()];
  }

  /** As they were before; a topic made anew under an old name is removed and created, with two ids. */
  get topicsRemoved(): readonly TopicImage[] {
    return [...this.#removed.values()];
  }

  /** Partitions that did not exist before, those of new topics included. */
  get partitionsAdded(): readonly TopicPartition[] {
    return [...this.#added.values()];
  }

  /** Partitions that existed before and got another leader, epoch, replica set or directory. */
  get partitionsChanged(): readonly TopicPartition[] {
    return [...this.#changed.values()];
  }

  get configsChanged(): readonly ConfigResource[] {
    return [...this.#configs.values()];
  }

  /** Brokers that registered, went, or were fenced or unfenced. */
  get brokersChanged(): readonly number[] {
    return [...this.#brokers];
  }

  get featuresChanged(): readonly string[] {
    return [...this.#features];
  }

  /** ACLs, SCRAM credentials or delegation tokens changed. */
  get hasSecurityChanges(): boolean {
    return this.#hasSecurityChanges;
  }

  get hasQuotaChanges(): boolean {
    return this.#hasQuotaChanges;
  }

  noteTopicCreated(topic: TopicImage): void {
    this.#created.set(topic.id, topic);
  }

  noteTopicRemoved(topic: TopicImage): void {
    if (!this.#created.delete(topic.id)) this.#removed.set(topic.id, topic);
    for (const partitionId of topic.partitions.keys()) {
      this.#added.delete(partitionKey(topic.id, partitionId));
      this.#changed.delete(partitionKey(topic.id, partitionId));
    }
  }

  notePartitionAdded(topic: TopicImage, partitionId: number): void {
    const key = partitionKey(topic.id, partitionId);
    this.#added.set(key, { topicId: topic.id, topic: topic.name, partitionId });
  }

  notePartitionChanged(topic: TopicImage, partitionId: number): void {
    const key = partitionKey(topic.id, partitionId);
    if (!this.#added.has(key)) {
      this.#changed.set(key, { topicId: topic.id, topic: topic.name, partitionId });
    }
  }

  noteConfigChanged(resourceType: number, name: string): void {
    this.#configs.set(`${resourceType}/${name}`, { resourceType, name });
  }

  noteBrokerChanged(id: number): void {
    this.#brokers.add(id);
  }

  noteFeatureChanged(name: string): void {
    this.#features.add(name);
  }

  noteSecurityChanged(): void {
    this.#hasSecurityChanges = true;
  }

  noteQuotaChanged(): void {
    this.#hasQuotaChanges = true;
  }
}

function partitionKey(topicId: string, partitionId: number): string {
  return `${topicId}-${partitionId}`;
}
