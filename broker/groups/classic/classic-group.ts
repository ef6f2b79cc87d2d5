/** States of a classic group as DescribeGroups and ListGroups name them. */
export type ClassicGroupState = 'Empty' | 'PreparingRebalance' | 'CompletingRebalance' | 'Stable';

/** One of the assignment strategies a member offers, with its opaque metadata. Owns its bytes. */
export interface MemberProtocol {
  readonly name: string;
  readonly metadata: Buffer;
}

/** A member of a classic group. Immutable: a change replaces the object. */
export interface ClassicMember {
  readonly memberId: string;
  /** Set for static members (KIP-345). */
  readonly groupInstanceId: string | null;
  readonly clientId: string;
  /** Kafka writes `/` and the address. */
  readonly clientHost: string;
  readonly rebalanceTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  /** In the member's order of preference. */
  readonly protocols: readonly MemberProtocol[];
  readonly assignment: Buffer;
  /** A JoinGroup of this member is parked. */
  readonly isAwaitingJoin: boolean;
  /** A SyncGroup of this member is parked. */
  readonly isAwaitingSync: boolean;
  /** Has not been told its member id yet, so it cannot heartbeat. */
  readonly isNew: boolean;
}

/** The first rebalance of an empty group waits for more members (`group.initial.rebalance.delay.ms`). */
interface InitialRebalance {
  readonly delayMs: number;
  readonly remainingMs: number;
  readonly isMemberAdded: boolean;
}

/** A group of the classic protocol: its members compute the assignment. Immutable. */
export interface ClassicGroup {
  readonly type: 'classic';
  readonly groupId: string;
  readonly state: ClassicGroupState;
  /** Milliseconds since the epoch of the last change of `state`; -1 when old records do not say. */
  readonly stateTimestamp: number;
  readonly generationId: number;
  /** `undefined` for a simple group, which only stores offsets. */
  readonly protocolType: string | undefined;
  readonly protocolName: string | undefined;
  readonly leaderId: string | undefined;
  /** By member id, in the order of joining. */
  readonly members: ReadonlyMap<string, ClassicMember>;
  /** Member id by group instance id. */
  readonly staticMembers: ReadonlyMap<string, string>;
  /** Ids that were handed out with MEMBER_ID_REQUIRED and have not joined yet (KIP-394). */
  readonly pendingMembers: ReadonlySet<string>;
  /** Members of this generation that have not sent SyncGroup. */
  readonly pendingSyncMembers: ReadonlySet<string>;
  /** Of a `consumer` group whose metadata could be read; `undefined` when unknown. */
  readonly subscribedTopics: ReadonlySet<string> | undefined;
  /** Set during the first rebalance of a group. */
  readonly initialRebalance: InitialRebalance | undefined;
}

/** The protocol type of consumers: the only one whose metadata the coordinator reads. */
export const CONSUMER_PROTOCOL_TYPE = 'consumer';

/** What a member without partitions has, and what the coordinator sends for a missing assignment. */
export const EMPTY_ASSIGNMENT: Buffer = Buffer.alloc(0);

/** A group without members. `protocolType` undefined makes it a simple group. */
export function emptyClassicGroup(groupId: string, stateTimestamp: number): ClassicGroup {
  return {
    type: 'classic',
    groupId,
    state: 'Empty',
    stateTimestamp,
    generationId: 0,
    protocolType: undefined,
    protocolName: undefined,
    leaderId: undefined,
    members: new Map(),
    staticMembers: new Map(),
    pendingMembers: new Set(),
    pendingSyncMembers: new Set(),
    subscribedTopics: undefined,
    initialRebalance: undefined,
  };
}

/** The longest rebalance timeout of the members, in milliseconds; 0 without members. */
export function rebalanceTimeoutMs(group: ClassicGroup): number {
  let longest = 0;
  for (const member of group.members.values()) longest = Math.max(longest, member.rebalanceTimeoutMs);
  return longest;
}

/** Whether every known member has (re)joined and nobody who was promised a member id is missing. */
export function haveAllMembersJoined(group: ClassicGroup): boolean {
  if (group.pendingMembers.size > 0) return false;
  for (const member of group.members.values()) if (!member.isAwaitingJoin) return false;
  return true;
}

/** How many members wait in a parked JoinGroup. */
export function countAwaitingJoin(group: ClassicGroup): number {
  let count = 0;
  for (const member of group.members.values()) if (member.isAwaitingJoin) count += 1;
  return count;
}

/** The member's metadata for `protocolName`; no bytes when it does not offer that protocol. */
export function metadataOf(member: ClassicMember, protocolName: string | undefined): Buffer {
  return member.protocols.find(({ name }) => name === protocolName)?.metadata ?? EMPTY_ASSIGNMENT;
}

/** Whether the group is known to consume the topic; a consumer group with unreadable metadata counts as subscribed. */
export function isSubscribedToTopic(group: ClassicGroup, topic: string): boolean {
  if (group.subscribedTopics !== undefined) return group.subscribedTopics.has(topic);
  return group.protocolType === CONSUMER_PROTOCOL_TYPE;
}
