import { type Element, ErrorCode, type MetadataResponse, zeroUuid } from '../../protocol/index.ts';

/** Where a broker is reached. */
export interface BrokerNode {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
}

/** A partition as metadata has it. `leader` is -1 when there is none, `leaderEpoch` when the broker is too old. */
export interface PartitionMetadata {
  readonly partition: number;
  readonly leader: number;
  readonly leaderEpoch: number;
  readonly replicas: readonly number[];
  readonly isr: readonly number[];
  readonly offlineReplicas: readonly number[];
}

/** A topic that exists. Never changed: news makes a new object. */
export interface TopicMetadata {
  readonly name: string;
  /** The zero id when the broker is too old to have one. */
  readonly topicId: string;
  readonly isInternal: boolean;
  /** By partition number. */
  readonly partitions: readonly PartitionMetadata[];
}

type TopicResponse = Element<MetadataResponse['topics']>;

/** What is known of the cluster. Changes only by answers of brokers. */
export class MetadataCache {
  readonly #brokers = new Map<number, BrokerNode>();
  readonly #topics = new Map<string, TopicMetadata>();
  readonly #names = new Map<string, string>();
  /** Why a topic that was asked for is not known: an error code. */
  readonly #errors = new Map<string, number>();
  #controllerId = -1;
  #clusterId: string | null = null;

  get controllerId(): number {
    return this.#controllerId;
  }

  get clusterId(): string | null {
    return this.#clusterId;
  }

  get brokers(): readonly BrokerNode[] {
    return [...this.#brokers.values()];
  }

  get topicNames(): readonly string[] {
    return [...this.#topics.keys()];
  }

  broker(nodeId: number): BrokerNode | undefined {
    return this.#brokers.get(nodeId);
  }

  topic(name: string): TopicMetadata | undefined {
    return this.#topics.get(name);
  }

  /** The name of a topic id that was seen. */
  nameOf(topicId: string): string | undefined {
    return this.#names.get(topicId);
  }

  /** Why the last answer did not have this topic; NONE when it had, or was not asked. */
  errorOf(name: string): number {
    return this.#errors.get(name) ?? ErrorCode.NONE;
  }

  partition(topic: string, partition: number): PartitionMetadata | undefined {
    return this.#topics.get(topic)?.partitions[partition];
  }

  /** A broker that another answer named (FindCoordinator, KIP-951). Its rack is kept if it was known. */
  learnBroker(nodeId: number, host: string, port: number): void {
    if (nodeId < 0 || host === '') return;
    this.#brokers.set(nodeId, { nodeId, host, port, rack: this.#brokers.get(nodeId)?.rack ?? null });
  }

  /** A leader that the answer to Produce or Fetch named (KIP-951); older epochs than the known one are ignored. */
  learnLeader(topic: string, partition: number, leader: number, leaderEpoch: number): void {
    const known = this.#topics.get(topic);
    const old = known?.partitions[partition];
    if (known === undefined || old === undefined || leader < 0 || leaderEpoch <= old.leaderEpoch) return;
    this.#topics.set(topic, {
      ...known,
      partitions: known.partitions.with(partition, { ...old, leader, leaderEpoch }),
    });
  }

  /** Takes in an answer. `isComplete`: all topics were asked for, so others do not exist. */
  apply(response: MetadataResponse, isComplete: boolean): void {
    this.#brokers.clear();
    for (const { nodeId, host, port, rack } of response.brokers) {
      this.#brokers.set(nodeId, { nodeId, host, port, rack });
    }
    this.#controllerId = response.controllerId;
    this.#clusterId = response.clusterId;
    if (isComplete) this.#forgetAllBut(new Set(response.topics.map(({ name }) => name)));
    for (const topic of response.topics) this.#applyTopic(topic);
  }

  #applyTopic(topic: TopicResponse): void {
    const { name, topicId, errorCode, isInternal } = topic;
    if (name === null) return;
    this.#errors.delete(name);
    if (errorCode !== ErrorCode.NONE) {
      this.#errors.set(name, errorCode);
      // Some brokers say so when only a partition lacks its leader: what was known stays.
      if (errorCode !== ErrorCode.LEADER_NOT_AVAILABLE) this.#topics.delete(name);
      return;
    }
    const old = this.#topics.get(name);
    const known = old?.topicId === topicId ? old.partitions : [];
    this.#topics.set(name, { name, topicId, isInternal, partitions: partitionsOf(topic, known) });
    if (topicId !== zeroUuid) this.#names.set(topicId, name);
  }

  #forgetAllBut(names: ReadonlySet<string | null>): void {
    for (const name of [...this.#topics.keys()]) if (!names.has(name)) this.#topics.delete(name);
    this.#errors.clear();
  }
}

function partitionsOf(
  topic: TopicResponse,
  known: readonly PartitionMetadata[],
): readonly PartitionMetadata[] {
  const sorted = topic.partitions.toSorted((a, b) => a.partitionIndex - b.partitionIndex);
  // Partition numbers have no gaps; what a broken answer may have behind a gap is left out.
  const whole = sorted.filter(({ partitionIndex }, index) => partitionIndex === index);
  return whole.map(
    ({ partitionIndex, leaderId, leaderEpoch, replicaNodes, isrNodes, offlineReplicas }, index) => {
      const old = known[index];
      if (old !== undefined && leaderEpoch >= 0 && leaderEpoch < old.leaderEpoch) return old;
      return {
        partition: partitionIndex,
        leader: leaderId,
        leaderEpoch,
        replicas: replicaNodes,
        isr: isrNodes,
        offlineReplicas,
      };
    },
  );
}
