import { type ConfigTexts, type TopicConfig, topicConfig } from './config/index.ts';
import {
  brokerLayers,
  type ConfigResource,
  type MetadataImage,
  resourceTypes,
  unassignedDirectory,
} from './metadata/index.ts';
import type { TopicLookup } from './replica/partitions.ts';

/** What the logs ask about topics, answered from the metadata image; typed configs are computed once. */
export class TopicConfigs implements TopicLookup {
  readonly #image: MetadataImage;
  readonly #nodeId: number;
  readonly #properties: ConfigTexts;
  readonly #configs = new Map<string, TopicConfig>();

  constructor(image: MetadataImage, nodeId: number, properties: ConfigTexts) {
    this.#image = image;
    this.#nodeId = nodeId;
    this.#properties = properties;
  }

  topicId(name: string): string | undefined {
    return this.#image.topic(name)?.id;
  }

  topicName(topicId: string): string | undefined {
    return this.#image.topicById(topicId)?.name;
  }

  leaderEpoch(name: string, partition: number): number | undefined {
    return this.#image.partition(name, partition)?.leaderEpoch;
  }

  directoryId(name: string, index: number): string | undefined {
    const partition = this.#image.partition(name, index);
    const id = partition?.directories[partition.replicas.indexOf(this.#nodeId)];
    return id === unassignedDirectory ? undefined : id;
  }

  *partitions(): Generator<{ topic: string; partition: number }> {
    for (const { name, partitions } of this.#image.topics()) {
      for (const partition of partitions.keys()) yield { topic: name, partition };
    }
  }

  config(name: string): TopicConfig {
    const known = this.#configs.get(name);
    if (known !== undefined) return known;
    const layers = brokerLayers(this.#image, this.#nodeId, this.#properties);
    const config = topicConfig(this.#image.configs(resourceTypes.TOPIC, name), layers);
    this.#configs.set(name, config);
    return config;
  }

  /** Computes anew what depends on the changed resources. */
  forget(changed: readonly ConfigResource[]): void {
    for (const { resourceType, name } of changed) {
      if (resourceType === resourceTypes.TOPIC) this.#configs.delete(name);
      else this.#configs.clear();
    }
  }
}
