import type { Assignment } from '../partitions.ts';
import { type AssignmentDraft, type AssignorMember, type GroupSpec, give } from './assignor.ts';

/**
 * The same number of partitions for everybody, give or take one. Members keep what they have up to their quota, and
 * those that have one more already keep it. Who has room gets the rest in the order of member ids: first partitions
 * that nobody had, then those that were taken away.
 */
export function assignEvenly(spec: GroupSpec): ReadonlyMap<string, Assignment> {
  const members = [...spec.members].sort((a, b) => (a.memberId < b.memberId ? -1 : 1));
  const topicIds = [...(members[0]?.topicIds ?? [])].sort();
  const pool = new Pool(spec, topicIds);
  const total = topicIds.reduce((sum, topicId) => sum + spec.partitionCount(topicId), 0);
  const quota = Math.floor(total / members.length);
  let extra = total % members.length;
  const drafts = members.map((member, index) => {
    const mayHaveMore = extra > 0;
    const { draft, size } = pool.keep(member, quota + (mayHaveMore ? 1 : 0));
    // Who has no more than the others gets one more only when the members that follow are too few.
    const hasMore = mayHaveMore && (size > quota || members.length - index <= extra);
    if (hasMore) extra -= 1;
    return { memberId: member.memberId, draft, room: quota + (hasMore ? 1 : 0) - size };
  });
  const rest = pool.rest();
  let next = 0;
  for (const { draft, room } of drafts) {
    for (const { topicId, partition } of rest.slice(next, next + room)) give(draft, topicId, partition);
    next += room;
  }
  return new Map(drafts.map(({ memberId, draft }) => [memberId, draft]));
}

interface TopicPartition {
  readonly topicId: string;
  readonly partition: number;
}

/** The partitions of the subscribed topics: which are kept, and which have to be given to somebody. */
class Pool {
  readonly #spec: GroupSpec;
  readonly #topicIds: readonly string[];
  readonly #kept: ReadonlyMap<string, Set<number>>;
  readonly #revoked: TopicPartition[] = [];

  constructor(spec: GroupSpec, topicIds: readonly string[]) {
    this.#spec = spec;
    this.#topicIds = topicIds;
    this.#kept = new Map(topicIds.map((topicId) => [topicId, new Set()]));
  }

  /** What a member keeps of what it has: the lowest partitions of each topic, not more than `limit` in all. */
  keep(
    { assigned }: AssignorMember,
    limit: number,
  ): { readonly draft: AssignmentDraft; readonly size: number } {
    const draft: AssignmentDraft = new Map();
    let size = 0;
    for (const [topicId, partitions] of assigned) {
      const kept = this.#kept.get(topicId);
      if (kept === undefined) continue;
      const count = this.#spec.partitionCount(topicId);
      for (const partition of [...partitions].sort((a, b) => a - b)) {
        if (partition >= count || kept.has(partition)) continue;
        if (size === limit) {
          this.#revoked.push({ topicId, partition });
          continue;
        }
        kept.add(partition);
        give(draft, topicId, partition);
        size += 1;
      }
    }
    return { draft, size };
  }

  /** What nobody keeps: partitions that nobody had, by topic and number, then those taken away. */
  rest(): TopicPartition[] {
    const seen = new Map([...this.#kept].map(([topicId, kept]) => [topicId, new Set(kept)]));
    const isNew = ({ topicId, partition }: TopicPartition) => {
      if (seen.get(topicId)?.has(partition) === true) return false;
      seen.get(topicId)?.add(partition);
      return true;
    };
    const revoked = this.#revoked.filter(isNew);
    const never = this.#topicIds.flatMap((topicId) =>
      Array.from({ length: this.#spec.partitionCount(topicId) }, (_none, partition) => ({
        topicId,
        partition,
      })),
    );
    return [...never.filter(isNew), ...revoked];
  }
}
