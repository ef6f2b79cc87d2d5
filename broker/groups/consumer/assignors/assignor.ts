import type { Assignment } from '../partitions.ts';

/** A member as an assignor sees it. */
export interface AssignorMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  /** Ids of the topics it subscribes to; only topics that exist. */
  readonly topicIds: ReadonlySet<string>;
  /** What it was given last. */
  readonly assigned: Assignment;
}

/** A group to assign partitions to. */
export interface GroupSpec {
  readonly members: readonly AssignorMember[];
  /** All members subscribe to the same topics. */
  readonly isHomogeneous: boolean;
  partitionCount(topicId: string): number;
}

/**
 * A server-side assignor: gives each partition of a subscribed topic to exactly one of its subscribers. Every member
 * is in the result. Pure: the same group gives the same assignment.
 */
export interface Assignor {
  readonly name: string;
  assign(spec: GroupSpec): ReadonlyMap<string, Assignment>;
}

/** An assignment in the making. */
export type AssignmentDraft = Map<string, Set<number>>;

/** Adds one partition. */
export function give(draft: AssignmentDraft, topicId: string, partition: number): void {
  const partitions = draft.get(topicId);
  if (partitions === undefined) draft.set(topicId, new Set([partition]));
  else partitions.add(partition);
}

/** Takes one partition away. */
export function take(draft: AssignmentDraft, topicId: string, partition: number): void {
  const partitions = draft.get(topicId);
  partitions?.delete(partition);
  if (partitions?.size === 0) draft.delete(topicId);
}
