import type { GroupMetadataValue, OffsetCommitValue } from '../../kafka/protocol/index.ts';
import { type ClassicGroup, type ClassicMember, metadataOf } from './classic/classic-group.ts';
import { subscribedTopicsOf } from './classic/subscription.ts';
import type { ConsumerGroupRecord } from './consumer/consumer-group-record.ts';

/** A record of `__consumer_offsets` in typed form. A null value is a tombstone. */
export type GroupRecord = GroupMetadataRecord | OffsetCommitRecord | ConsumerGroupRecord;

/** Key type 2: the last completed generation of a classic group. */
export interface GroupMetadataRecord {
  readonly kind: 'group-metadata';
  readonly group: string;
  readonly value: GroupMetadataValue | null;
}

/** Key type 1 (0 is read as well): a committed offset. */
export interface OffsetCommitRecord {
  readonly kind: 'offset-commit';
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  readonly value: OffsetCommitValue | null;
}

/** The protocols that own other kinds of groups in the same namespace. */
export type ForeignProtocol = 'share' | 'streams';

/** The record with which a group of another protocol begins, or ends by a tombstone (key types 11, 17). */
interface ForeignGroupRecord {
  readonly kind: 'foreign-group';
  readonly group: string;
  readonly protocol: ForeignProtocol;
  readonly isTombstone: boolean;
}

/** A record that this coordinator leaves alone: another type, another version, or not readable. */
interface IgnoredRecord {
  readonly kind: 'ignored';
  readonly reason: string;
}

/** What reading a record of the log may give. */
export type StoredGroupRecord = GroupRecord | ForeignGroupRecord | IgnoredRecord;

/** The record of a group as it is now: members with their metadata for the selected protocol. */
export function groupMetadataRecord(group: ClassicGroup): GroupMetadataRecord {
  return {
    kind: 'group-metadata',
    group: group.groupId,
    value: {
      protocolType: group.protocolType ?? '',
      generation: group.generationId,
      protocol: group.protocolName ?? null,
      leader: group.leaderId ?? null,
      currentStateTimestamp: group.stateTimestamp,
      members: [...group.members.values()].map((member) => ({
        memberId: member.memberId,
        groupInstanceId: member.groupInstanceId,
        clientId: member.clientId,
        clientHost: member.clientHost,
        rebalanceTimeout: member.rebalanceTimeoutMs,
        sessionTimeout: member.sessionTimeoutMs,
        subscription: metadataOf(member, group.protocolName),
        assignment: member.assignment,
      })),
    },
  };
}

/** The group that a record describes: stable, or empty without members. */
export function classicGroupOf(groupId: string, value: GroupMetadataValue): ClassicGroup {
  const members = new Map(value.members.map((member) => [member.memberId, memberOf(member, value)]));
  const protocolType = value.protocolType === '' ? undefined : value.protocolType;
  const protocolName = value.protocol ?? undefined;
  const staticMembers = new Map<string, string>();
  for (const { memberId, groupInstanceId } of members.values()) {
    if (groupInstanceId !== null) staticMembers.set(groupInstanceId, memberId);
  }
  return {
    type: 'classic',
    groupId,
    state: members.size === 0 ? 'Empty' : 'Stable',
    stateTimestamp: value.currentStateTimestamp,
    generationId: value.generation,
    protocolType,
    protocolName,
    leaderId: value.leader ?? members.keys().next().value,
    members,
    staticMembers,
    pendingMembers: new Set(),
    pendingSyncMembers: new Set(),
    subscribedTopics: subscribedTopicsOf(members, protocolType, protocolName),
    initialRebalance: undefined,
  };
}

function memberOf(
  member: GroupMetadataValue['members'][number],
  { protocol }: GroupMetadataValue,
): ClassicMember {
  return {
    memberId: member.memberId,
    groupInstanceId: member.groupInstanceId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    // Version 0 of the record has no rebalance timeout.
    rebalanceTimeoutMs: member.rebalanceTimeout === -1 ? member.sessionTimeout : member.rebalanceTimeout,
    sessionTimeoutMs: member.sessionTimeout,
    // The record keeps only the selected protocol. Copied, so that one member does not pin a whole read buffer.
    protocols: [{ name: protocol ?? '', metadata: Buffer.from(member.subscription) }],
    assignment: Buffer.from(member.assignment),
    isAwaitingJoin: false,
    isAwaitingSync: false,
    isNew: false,
  };
}
