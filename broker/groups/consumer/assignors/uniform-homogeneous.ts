import type { Assignment } from '../partitions.ts';
import { type AssignmentDraft, type AssignorMember, type GroupSpec, give } from './assignor.ts';

/**
 * The same number of partitions for everybody, give or take one. Members keep what they have up to their quota; those
 * that have most are the ones with one more.
 */
export function assignEvenly(spec: GroupSpec): ReadonlyMap<string, Assignment> {
  const members = [...spec.members].sort(byOwnedThenId);
  const topicIds = [...(members[0]?.topicIds ?? [])].sort();
  const total = topicIds.reduce((sum, topicId) => sum + spec.partitionCount(topicId), 0);
  const quota = Math.floor(total / members.length);
  const extra = total % members.length;
  const taken = new Map<string, Set<number>>(topicIds.map((topicId) => [topicId, new Set()]));
  const drafts = members.map((member, index) => {
    const limit = quota + (index < extra ? 1 : 0);
    return { memberId: member.memberId, limit, ...keep(spec, member, limit, taken) };
  });
  let at = 0;
  for (const { topicId, partition } of unassigned(spec, topicIds, taken)) {
    while (drafts[at] !== undefined && (drafts[at]?.size ?? 0) >= (drafts[at]?.limit ?? 0)) at += 1;
    const draft = drafts[at];
    if (draft === undefined) break;
    give(draft.draft, topicId, partition);
    draft.size += 1;
  }
  return new Map(drafts.map(({ memberId, draft }) => [memberId, draft]));
}

function keep(
  spec: GroupSpec,
  { assigned }: AssignorMember,
  limit: number,
  taken: ReadonlyMap<string, Set<number>>,
): { draft: AssignmentDraft; size: number } {
  const draft: AssignmentDraft = new Map();
  let size = 0;
  for (const [topicId, partitions] of assigned) {
    const takenPartitions = taken.get(topicId);
    if (takenPartitions === undefined) continue;
    const count = spec.partitionCount(topicId);
    for (const partition of partitions) {
      if (size === limit) return { draft, size };
      if (partition >= count || takenPartitions.has(partition)) continue;
      takenPartitions.add(partition);
      give(draft, topicId, partition);
      size += 1;
    }
  }
  return { draft, size };
}

function* unassigned(spec: GroupSpec, topicIds: readonly string[], taken: ReadonlyMap<string, Set<number>>) {
  for (const topicId of topicIds) {
    const count = spec.partitionCount(topicId);
    for (let partition = 0; partition < count; partition += 1) {
      if (taken.get(topicId)?.has(partition) !== true) yield { topicId, partition };
    }
  }
}

function byOwnedThenId(a: AssignorMember, b: AssignorMember): number {
  return ownedCount(b) - ownedCount(a) || (a.memberId < b.memberId ? -1 : 1);
}

function ownedCount({ assigned }: AssignorMember): number {
  let count = 0;
  for (const partitions of assigned.values()) count += partitions.size;
  return count;
}
