import type { Cluster } from '../cluster/cluster.ts';
import { IllegalStateError } from '../errors.ts';
import type { Assignor, MemberSubscription } from '../group/assignor.ts';
import {
  CONSUMER_PROTOCOL,
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from '../group/consumer-protocol.ts';
import type { AssignmentTask, GroupAssignment, GroupProtocol, ProtocolChoice } from '../group/membership.ts';
import { partitionKey, type TopicPartition } from '../topic-partition.ts';
import type { RebalanceListener } from './consumer.ts';

const NO_GENERATION = -1;

/** The consumer, as the group protocol needs it. */
export interface GroupHost {
  readonly assignors: readonly Assignor[];
  readonly rackId: string;
  subscribedTopics(): readonly string[];
  listener(): RebalanceListener;
  owned(): readonly TopicPartition[];
  /** Reads exactly these from now on. */
  own(partitions: readonly TopicPartition[]): void;
  /** Stores the offsets of what was processed, if that is to happen by itself. Does not fail. */
  commitBeforeRebalance(): Promise<void>;
  requestRejoin(reason: string): void;
}

/** What the leader has divided last: when the topics change, the group has to do it again. */
type TopicSnapshot = ReadonlyMap<string, number>;

/**
 * The protocol of consumer groups. Eager: everything is given up before a rebalance. Cooperative, when all assignors are:
 * what stays is read on during the rebalance, what goes is given up after it, and then a second one hands it over
 * (KIP-429).
 */
export class ConsumerGroupProtocol implements GroupProtocol {
  readonly type = CONSUMER_PROTOCOL;
  readonly #cluster: Cluster;
  readonly #host: GroupHost;
  readonly #isCooperative: boolean;
  #joinedTopics: readonly string[] = [];
  #lastAssigned: readonly TopicPartition[] = [];
  #lastGeneration = NO_GENERATION;
  #snapshot: TopicSnapshot | undefined;

  constructor(cluster: Cluster, host: GroupHost) {
    this.#cluster = cluster;
    this.#host = host;
    this.#isCooperative = host.assignors.every(({ isCooperative }) => isCooperative);
  }

  choices(): readonly ProtocolChoice[] {
    const { assignors, rackId } = this.#host;
    this.#joinedTopics = this.#host.subscribedTopics().toSorted();
    return assignors.map((assignor) => ({
      name: assignor.name,
      metadata: encodeSubscription({
        topics: this.#joinedTopics,
        userData: assignor.userData(this.#lastAssigned, this.#lastGeneration),
        ownedPartitions: this.#host.owned(),
        generationId: this.#lastGeneration,
        rackId: rackId === '' ? undefined : rackId,
      }),
    }));
  }

  async onJoinPrepare(): Promise<void> {
    await this.#host.commitBeforeRebalance();
    this.#snapshot = undefined;
    const owned = this.#host.owned();
    const topics = new Set(this.#host.subscribedTopics());
    const isGoing = ({ topic }: TopicPartition) => !this.#isCooperative || !topics.has(topic);
    await this.#revoke(
      owned.filter(isGoing),
      owned.filter((partition) => !isGoing(partition)),
    );
  }

  async assign({ protocolName, members }: AssignmentTask): Promise<ReadonlyMap<string, Buffer>> {
    const assignor = this.#host.assignors.find(({ name }) => name === protocolName);
    if (assignor === undefined)
      throw new IllegalStateError(`the group chose an unknown assignor '${protocolName}'`);
    const subscriptions = members.map(
      ({ memberId, groupInstanceId, metadata }): MemberSubscription => ({
        memberId,
        groupInstanceId,
        ...decodeSubscription(metadata),
      }),
    );
    const topics = [...new Set(subscriptions.flatMap((subscription) => subscription.topics))];
    await this.#cluster.refresher.refresh(topics);
    const partitionCounts = this.#countPartitions(topics);
    this.#snapshot = partitionCounts;
    const assignment = assignor.assign(existing(partitionCounts), subscriptions);
    return new Map([...assignment].map(([memberId, partitions]) => [memberId, encodeAssignment(partitions)]));
  }

  async onJoinComplete({ assignment, generationId, isLeader }: GroupAssignment): Promise<void> {
    const assigned = decodeAssignment(assignment);
    if (!isLeader) this.#snapshot = undefined;
    this.#lastAssigned = assigned;
    this.#lastGeneration = generationId;
    const owned = this.#host.owned();
    const isAssigned = inSet(assigned);
    const isOwned = inSet(owned);
    const revoked = owned.filter((partition) => !isAssigned(partition));
    const failure = await caught(() => this.#revoke(revoked, owned.filter(isAssigned)));
    if (revoked.length > 0) this.#host.requestRejoin('partitions were given up that others are to get');
    const added = assigned.filter((partition) => !isOwned(partition));
    this.#host.own(assigned);
    await this.#host.listener().onAssigned?.(added);
    if (failure !== undefined) throw failure.error;
  }

  async onLost(): Promise<void> {
    this.#lastGeneration = NO_GENERATION;
    this.#snapshot = undefined;
    const lost = this.#host.owned();
    const listener = this.#host.listener();
    const hear = listener.onLost ?? listener.onRevoked;
    try {
      if (lost.length > 0) await hear?.call(listener, lost);
    } finally {
      this.#host.own([]);
    }
  }

  /** The consumer leaves: all it has goes. */
  async onLeave(): Promise<void> {
    this.#lastAssigned = [];
    this.#lastGeneration = NO_GENERATION;
    this.#snapshot = undefined;
    await this.#revoke(this.#host.owned(), []);
  }

  /** Why the group has to be divided anew, judging by the metadata and subscription of now; undefined when it has not. */
  reasonToRejoin(): string | undefined {
    const snapshot = this.#snapshot;
    if (snapshot !== undefined) {
      const counts = this.#countPartitions([...snapshot.keys()]);
      if ([...snapshot].some(([topic, count]) => counts.get(topic) !== count))
        return 'the partitions of topics changed';
    }
    const topics = this.#host.subscribedTopics().toSorted();
    const isSame =
      topics.length === this.#joinedTopics.length && topics.every((t, i) => t === this.#joinedTopics[i]);
    return isSame ? undefined : 'the subscription changed';
  }

  /** Topics of the whole group, while this member leads it: their metadata has to be kept fresh. */
  ledTopics(): readonly string[] {
    return [...(this.#snapshot?.keys() ?? [])];
  }

  async #revoke(revoked: readonly TopicPartition[], kept: readonly TopicPartition[]): Promise<void> {
    if (revoked.length === 0) return;
    try {
      await this.#host.listener().onRevoked?.(revoked);
    } finally {
      this.#host.own(kept);
    }
  }

  #countPartitions(topics: readonly string[]): TopicSnapshot {
    return new Map(
      topics.map((topic) => [topic, this.#cluster.metadata.topic(topic)?.partitions.length ?? 0]),
    );
  }
}

function existing(counts: TopicSnapshot): TopicSnapshot {
  return new Map([...counts].filter(([, count]) => count > 0));
}

function inSet(partitions: readonly TopicPartition[]): (partition: TopicPartition) => boolean {
  const keys = new Set(partitions.map(({ topic, partition }) => partitionKey(topic, partition)));
  return ({ topic, partition }) => keys.has(partitionKey(topic, partition));
}

async function caught(run: () => Promise<void>): Promise<{ readonly error: unknown } | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return { error };
  }
}
