import {
  type AssignmentDraft,
  type Assignor,
  type AssignorMember,
  type GroupSpec,
  give,
} from './assignor.ts';

/**
 * Deals each topic out in ranges, to its subscribers in the same order: partitions of the same number of topics with
 * the same subscribers and size go to the same member. Static members come first, by instance id, so that a restart
 * changes nothing.
 */
export const rangeAssignor: Assignor = {
  name: 'range',
  assign(spec) {
    const members = [...spec.members].sort(byIdentity);
    const drafts = new Map<string, AssignmentDraft>(members.map(({ memberId }) => [memberId, new Map()]));
    for (const [topicId, subscribers] of subscribersOf(members)) {
      dealOut(spec, topicId, subscribers, drafts);
    }
    return drafts;
  },
};

function subscribersOf(members: readonly AssignorMember[]): ReadonlyMap<string, readonly string[]> {
  const subscribers = new Map<string, string[]>();
  for (const { memberId, topicIds } of members) {
    for (const topicId of topicIds) {
      const known = subscribers.get(topicId);
      if (known === undefined) subscribers.set(topicId, [memberId]);
      else known.push(memberId);
    }
  }
  return subscribers;
}

/** The first members get one more when the partitions do not come out even. */
function dealOut(
  spec: GroupSpec,
  topicId: string,
  subscribers: readonly string[],
  drafts: ReadonlyMap<string, AssignmentDraft>,
): void {
  const count = spec.partitionCount(topicId);
  const quota = Math.floor(count / subscribers.length);
  const extra = count % subscribers.length;
  let next = 0;
  for (const [index, memberId] of subscribers.entries()) {
    const draft = drafts.get(memberId);
    const end = next + quota + (index < extra ? 1 : 0);
    for (; next < end; next += 1) if (draft !== undefined) give(draft, topicId, next);
  }
}

function byIdentity(a: AssignorMember, b: AssignorMember): number {
  if (a.instanceId !== null && b.instanceId !== null) return compare(a.instanceId, b.instanceId);
  if (a.instanceId !== null) return -1;
  if (b.instanceId !== null) return 1;
  return compare(a.memberId, b.memberId);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
