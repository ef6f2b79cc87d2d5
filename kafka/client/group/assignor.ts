import type { TopicPartition } from '../topic-partition.ts';

/** What a member tells the leader. */
export interface MemberSubscription {
  readonly memberId: string;
  readonly groupInstanceId: string | undefined;
  readonly topics: readonly string[];
  /** What the assignor of the member has put there. */
  readonly userData: Buffer | null;
  /** What the member has, under the cooperative protocol. */
  readonly ownedPartitions: readonly TopicPartition[];
  /** Generation in which it got them; -1 when it does not say. */
  readonly generationId: number;
  readonly rackId: string | undefined;
}

/** A partition-assignment strategy of consumer groups; `name` is what members agree on. */
export interface Assignor {
  readonly name: string;
  /** Whether a member may keep its partitions during a rebalance (KIP-429). */
  readonly isCooperative: boolean;
  /** Own data for the subscription; null for none. */
  userData(owned: readonly TopicPartition[], generationId: number): Buffer | null;
  /**
   * Divides the partitions among the members; pure. `partitionCounts` has the topics that exist. Every member gets an
   * entry. A cooperative assignor leaves out partitions that another member has to give up first.
   */
  assign(
    partitionCounts: ReadonlyMap<string, number>,
    members: readonly MemberSubscription[],
  ): Map<string, TopicPartition[]>;
}
