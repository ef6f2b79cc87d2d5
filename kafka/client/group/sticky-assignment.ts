import { partitionKey, type TopicPartition } from '../topic-partition.ts';
import type { MemberSubscription } from './assignor.ts';
import { compare, inOrder } from './member-order.ts';

/** What a member says it has, and since which generation. */
export interface Ownership {
  readonly partitions: readonly TopicPartition[];
  readonly generationId: number;
}

interface Taker {
  readonly memberId: string;
  readonly topics: ReadonlySet<string>;
  /** By key. */
  readonly partitions: Map<string, TopicPartition>;
}

/**
 * Divides the partitions as evenly as subscriptions allow, and moves as few as possible from where they are. Even means:
 * no member could give a partition, directly or over others, to one that has at least two less.
 */
export function assignSticky(
  partitionCounts: ReadonlyMap<string, number>,
  members: readonly MemberSubscription[],
  ownershipOf: (member: MemberSubscription) => Ownership,
): Map<string, TopicPartition[]> {
  const takers = inOrder(members).map(({ memberId, topics }): Taker => {
    const existing = topics.filter((topic) => partitionCounts.has(topic));
    return { memberId, topics: new Set(existing), partitions: new Map() };
  });
  const owners = currentOwners(members, ownershipOf);
  const free: TopicPartition[] = [];
  const byId = new Map(takers.map((taker) => [taker.memberId, taker]));
  for (const partition of allPartitions(partitionCounts)) {
    const key = partitionKey(partition.topic, partition.partition);
    const owner = byId.get(owners.get(key) ?? '');
    if (owner?.topics.has(partition.topic)) owner.partitions.set(key, partition);
    else free.push(partition);
  }
  if (hasEqualSubscriptions(takers)) trimToQuota(takers, free);
  deal(free, takers);
  even(takers);
  return new Map(takers.map(({ memberId, partitions }) => [memberId, [...partitions.values()]]));
}

/** Who has which partition. Of two that claim one, the later generation is right; of the same generation, neither. */
function currentOwners(
  members: readonly MemberSubscription[],
  ownershipOf: (member: MemberSubscription) => Ownership,
): Map<string, string | undefined> {
  const claims = new Map<string, { memberId: string | undefined; generationId: number }>();
  for (const member of members) {
    const { partitions, generationId } = ownershipOf(member);
    for (const { topic, partition } of partitions) {
      const key = partitionKey(topic, partition);
      const other = claims.get(key);
      if (other === undefined || generationId > other.generationId) {
        claims.set(key, { memberId: member.memberId, generationId });
      } else if (generationId === other.generationId && other.memberId !== member.memberId) {
        claims.set(key, { memberId: undefined, generationId });
      }
    }
  }
  return new Map([...claims].map(([key, { memberId }]) => [key, memberId]));
}

function allPartitions(partitionCounts: ReadonlyMap<string, number>): TopicPartition[] {
  return [...partitionCounts]
    .sort(([a], [b]) => compare(a, b))
    .flatMap(([topic, count]) => Array.from({ length: count }, (_, partition) => ({ topic, partition })));
}

function hasEqualSubscriptions(takers: readonly Taker[]): boolean {
  const first = takers[0]?.topics ?? new Set();
  return takers.every(
    ({ topics }) => topics.size === first.size && [...topics].every((topic) => first.has(topic)),
  );
}

/** With equal subscriptions the shares are known beforehand: what a member has above its share is free. */
function trimToQuota(takers: readonly Taker[], free: TopicPartition[]): void {
  const owned = takers.reduce((sum, { partitions }) => sum + partitions.size, 0);
  const share = Math.floor((owned + free.length) / takers.length);
  let extras = (owned + free.length) % takers.length;
  // Those that have more than the share keep one of the extra partitions, as long as there are some.
  for (const { partitions } of takers) {
    const quota = partitions.size > share && extras > 0 ? share + 1 : share;
    if (quota > share) extras -= 1;
    for (const [key, partition] of [...partitions].slice(quota)) {
      partitions.delete(key);
      free.push(partition);
    }
  }
}

/** Gives each free partition to the subscriber that has least; those that few can take go first. */
function deal(free: readonly TopicPartition[], takers: readonly Taker[]): void {
  const subscribers = new Map<string, Taker[]>();
  for (const { topic } of free) {
    if (!subscribers.has(topic))
      subscribers.set(
        topic,
        takers.filter(({ topics }) => topics.has(topic)),
      );
  }
  const choices = ({ topic }: TopicPartition) => subscribers.get(topic)?.length ?? 0;
  for (const partition of free.toSorted((a, b) => choices(a) - choices(b))) {
    const taker = least(subscribers.get(partition.topic) ?? []);
    taker?.partitions.set(partitionKey(partition.topic, partition.partition), partition);
  }
}

function least(takers: readonly Taker[]): Taker | undefined {
  let best: Taker | undefined;
  for (const taker of takers)
    if (best === undefined || taker.partitions.size < best.partitions.size) best = taker;
  return best;
}

/** Moves partitions along chains of members until none has two more than another that a chain leads to. */
function even(takers: readonly Taker[]): void {
  for (let isMoved = true; isMoved; ) {
    isMoved = false;
    for (const from of takers.toSorted((a, b) => b.partitions.size - a.partitions.size)) {
      const chain = chainDown(from, takers);
      if (chain === undefined) continue;
      for (const { giver, taker, key, partition } of chain) {
        giver.partitions.delete(key);
        taker.partitions.set(key, partition);
      }
      isMoved = true;
    }
  }
}

interface Move {
  readonly giver: Taker;
  readonly taker: Taker;
  readonly key: string;
  readonly partition: TopicPartition;
}

/** The shortest chain of moves from a member to one that has at least two partitions less. */
function chainDown(from: Taker, takers: readonly Taker[]): Move[] | undefined {
  const smallest = least(takers)?.partitions.size ?? 0;
  if (from.partitions.size < smallest + 2) return undefined;
  const reachedBy = new Map<Taker, Move | undefined>([[from, undefined]]);
  const queue = [from];
  for (const giver of queue) {
    for (const [key, partition] of giver.partitions) {
      for (const taker of takers) {
        if (reachedBy.has(taker) || !taker.topics.has(partition.topic)) continue;
        reachedBy.set(taker, { giver, taker, key, partition });
        if (taker.partitions.size + 2 <= from.partitions.size) return chainTo(taker, reachedBy);
        queue.push(taker);
      }
      if (reachedBy.size === takers.length) break;
    }
  }
  return undefined;
}

function chainTo(end: Taker, reachedBy: ReadonlyMap<Taker, Move | undefined>): Move[] {
  const chain: Move[] = [];
  for (let move = reachedBy.get(end); move !== undefined; move = reachedBy.get(move.giver)) chain.push(move);
  return chain;
}
