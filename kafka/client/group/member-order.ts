import type { MemberSubscription } from './assignor.ts';

/**
 * The members in the order that all leaders use: static ones first, by instance id, then the others by member id. So a
 * static member keeps its place over restarts.
 */
export function inOrder(members: readonly MemberSubscription[]): MemberSubscription[] {
  return members.toSorted((a, b) => {
    if (a.groupInstanceId !== undefined && b.groupInstanceId !== undefined) {
      return compare(a.groupInstanceId, b.groupInstanceId);
    }
    if (a.groupInstanceId !== undefined) return -1;
    if (b.groupInstanceId !== undefined) return 1;
    return compare(a.memberId, b.memberId);
  });
}

/** By UTF-16 code units, as Java compares. */
export function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
