import { type ConsumerMember, isReconciledTo, regexOf } from './consumer-member.ts';
import type { Assignment } from './partitions.ts';

/** States of a consumer group as ConsumerGroupDescribe and ListGroups name them. */
type ConsumerGroupState = 'Empty' | 'Assigning' | 'Reconciling' | 'Stable';

/** What a pattern matched, as of a version of the topics and a time in milliseconds. */
export interface ResolvedRegex {
  readonly topics: ReadonlySet<string>;
  readonly version: number;
  readonly timestamp: number;
}

/** A group of the consumer protocol (KIP-848): the coordinator computes the assignment. Immutable. */
export interface ConsumerGroup {
  readonly type: 'consumer';
  readonly groupId: string;
  /** Grows with every change of members, subscriptions or topics. */
  readonly groupEpoch: number;
  /** Of the subscribed topics as they were when the group epoch was made; a signed int64. */
  readonly metadataHash: bigint;
  /** The group epoch that the target assignment is for. */
  readonly assignmentEpoch: number;
  /** When the target assignment was made, milliseconds; 0 for never. */
  readonly assignmentTimestamp: number;
  /** By member id, in the order of joining. */
  readonly members: ReadonlyMap<string, ConsumerMember>;
  /** Member id by group instance id. */
  readonly staticMembers: ReadonlyMap<string, string>;
  /** What each member should own. */
  readonly target: ReadonlyMap<string, Assignment>;
  /** B55: the one member that owns or is still giving up a partition, by topic id and partition. */
  readonly owners: ReadonlyMap<string, ReadonlyMap<number, string>>;
  /** The topics that the subscribed patterns match. */
  readonly regexes: ReadonlyMap<string, ResolvedRegex>;
  /** Version of the topics that `metadataHash` was last compared with; not durable, -1 for never. */
  readonly comparedVersion: number;
}

/** A group without members. Its first epoch is 1, and so is that of its target: nothing, for nobody. */
export function emptyConsumerGroup(groupId: string): ConsumerGroup {
  return {
    type: 'consumer',
    groupId,
    groupEpoch: 1,
    metadataHash: 0n,
    assignmentEpoch: 1,
    assignmentTimestamp: 0,
    members: new Map(),
    staticMembers: new Map(),
    target: new Map(),
    owners: new Map(),
    regexes: new Map(),
    comparedVersion: -1,
  };
}

/** How far the group is on its way to its target assignment. */
export function consumerGroupState(group: ConsumerGroup): ConsumerGroupState {
  if (group.members.size === 0) return 'Empty';
  if (group.groupEpoch > group.assignmentEpoch) return 'Assigning';
  for (const member of group.members.values()) {
    if (!isReconciledTo(member, group.assignmentEpoch)) return 'Reconciling';
  }
  return 'Stable';
}

/** The topics that a member subscribes to by name, and those that its pattern matched. */
export function subscribedTopicsOf(group: ConsumerGroup, member: ConsumerMember): ReadonlySet<string> {
  const regex = regexOf(member);
  const matched = regex === undefined ? undefined : group.regexes.get(regex)?.topics;
  if (matched === undefined || matched.size === 0) return member.subscribedTopicNames;
  if (member.subscribedTopicNames.size === 0) return matched;
  return new Set([...member.subscribedTopicNames, ...matched]);
}

/** The topics that any member subscribes to. */
export function subscribedTopics(group: ConsumerGroup): ReadonlySet<string> {
  const topics = new Set<string>();
  for (const { subscribedTopicNames } of group.members.values()) {
    for (const topic of subscribedTopicNames) topics.add(topic);
  }
  for (const { topics: matched } of group.regexes.values()) for (const topic of matched) topics.add(topic);
  return topics;
}

/** The patterns of the members, with the number of their subscribers. */
export function subscribedRegexes(group: ConsumerGroup): ReadonlyMap<string, number> {
  const regexes = new Map<string, number>();
  for (const member of group.members.values()) {
    const regex = regexOf(member);
    if (regex !== undefined) regexes.set(regex, (regexes.get(regex) ?? 0) + 1);
  }
  return regexes;
}

/** The assignor that most members ask for; undefined when nobody does. */
export function preferredAssignor(group: ConsumerGroup): string | undefined {
  const votes = new Map<string, number>();
  let preferred: string | undefined;
  for (const { serverAssignor } of group.members.values()) {
    if (serverAssignor !== null) votes.set(serverAssignor, (votes.get(serverAssignor) ?? 0) + 1);
  }
  for (const [name, count] of votes) {
    if (preferred === undefined || count > (votes.get(preferred) ?? 0)) preferred = name;
  }
  return preferred;
}

/** What a member should own; nothing for a stranger. */
export function targetOf(group: ConsumerGroup, memberId: string): Assignment {
  return group.target.get(memberId) ?? new Map();
}

/** The member that holds the group instance id. */
export function staticMemberOf(group: ConsumerGroup, instanceId: string): ConsumerMember | undefined {
  const memberId = group.staticMembers.get(instanceId);
  return memberId === undefined ? undefined : group.members.get(memberId);
}
