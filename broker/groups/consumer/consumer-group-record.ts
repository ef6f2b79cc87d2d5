import type {
  ConsumerGroupCurrentMemberAssignmentValue,
  ConsumerGroupMemberMetadataValue,
  ConsumerGroupRegularExpressionValue,
  ConsumerGroupTargetAssignmentMemberValue,
  ConsumerGroupTargetAssignmentMetadataValue,
} from '../../../kafka/protocol/index.ts';
import type { ConsumerGroup, ResolvedRegex } from './consumer-group.ts';
import type { ConsumerMember } from './consumer-member.ts';
import type { Assignment, AssignmentEpochs } from './partitions.ts';

/** Key type 3: the epoch of a consumer group. `metadataHash` is the whole signed int64. */
interface GroupEpochRecord {
  readonly kind: 'consumer-group';
  readonly group: string;
  readonly value: { readonly epoch: number; readonly metadataHash: bigint } | null;
}

/** Key type 4: what Kafka up to 4.0 kept about the subscribed topics. Only its tombstone is still written. */
interface SubscriptionMetadataRecord {
  readonly kind: 'consumer-subscription-metadata';
  readonly group: string;
  readonly value: null;
}

/** Key type 6: which group epoch the target assignment is for. */
interface TargetEpochRecord {
  readonly kind: 'consumer-target';
  readonly group: string;
  readonly value: ConsumerGroupTargetAssignmentMetadataValue | null;
}

/** Key types 5, 7 and 8: what a member said of itself, should own, and owns. */
interface MemberRecord<Kind extends string, Value> {
  readonly kind: Kind;
  readonly group: string;
  readonly memberId: string;
  readonly value: Value | null;
}

/** Key type 16: the topics that a pattern matched. */
interface RegexRecord {
  readonly kind: 'consumer-regex';
  readonly group: string;
  readonly regex: string;
  readonly value: ConsumerGroupRegularExpressionValue | null;
}

/** A record of the consumer group protocol (KIP-848) in `__consumer_offsets`. A null value is a tombstone. */
export type ConsumerGroupRecord =
  | GroupEpochRecord
  | SubscriptionMetadataRecord
  | TargetEpochRecord
  | MemberRecord<'consumer-member', ConsumerGroupMemberMetadataValue>
  | MemberRecord<'consumer-target-member', ConsumerGroupTargetAssignmentMemberValue>
  | MemberRecord<'consumer-current-member', ConsumerGroupCurrentMemberAssignmentValue>
  | RegexRecord;

/** The record of a new group epoch. */
export function groupEpochRecord(group: string, epoch: number, metadataHash: bigint): ConsumerGroupRecord {
  return { kind: 'consumer-group', group, value: { epoch, metadataHash } };
}

/** The record that a target assignment of this epoch is complete. */
export function targetEpochRecord(
  group: string,
  assignmentEpoch: number,
  assignmentTimestamp: number,
): ConsumerGroupRecord {
  return { kind: 'consumer-target', group, value: { assignmentEpoch, assignmentTimestamp } };
}

/** The record of what a member should own. */
export function targetMemberRecord(
  group: string,
  memberId: string,
  assignment: Assignment,
): ConsumerGroupRecord {
  const topicPartitions = [...assignment].map(([topicId, partitions]) => {
    return { topicId, partitions: [...partitions].sort(ascending) };
  });
  return { kind: 'consumer-target-member', group, memberId, value: { topicPartitions } };
}

/** The record of what a member said of itself. */
export function memberRecord(group: string, member: ConsumerMember): ConsumerGroupRecord {
  const { memberId, subscribedTopicNames, classic } = member;
  return {
    kind: 'consumer-member',
    group,
    memberId,
    value: {
      instanceId: member.instanceId,
      rackId: member.rackId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      subscribedTopicNames: [...subscribedTopicNames].sort(),
      subscribedTopicRegex: member.subscribedTopicRegex,
      rebalanceTimeoutMs: member.rebalanceTimeoutMs,
      serverAssignor: member.serverAssignor,
      classicMemberMetadata: classic,
    },
  };
}

/** The record of what a member owns. */
export function currentMemberRecord(group: string, member: ConsumerMember): ConsumerGroupRecord {
  return {
    kind: 'consumer-current-member',
    group,
    memberId: member.memberId,
    value: {
      memberEpoch: member.memberEpoch,
      previousMemberEpoch: member.previousMemberEpoch,
      state: member.state,
      assignedPartitions: epochsOf(member.assigned),
      partitionsPendingRevocation: epochsOf(member.pendingRevocation),
    },
  };
}

/** The record of the topics that a pattern matches. */
export function regexRecord(group: string, regex: string, resolved: ResolvedRegex): ConsumerGroupRecord {
  const { topics, version, timestamp } = resolved;
  return { kind: 'consumer-regex', group, regex, value: { topics: [...topics].sort(), version, timestamp } };
}

/** The record that forgets a pattern nobody subscribes to any more. */
export function regexTombstone(group: string, regex: string): ConsumerGroupRecord {
  return { kind: 'consumer-regex', group, regex, value: null };
}

/** The records that remove a member. */
export function memberTombstones(group: string, memberId: string): readonly ConsumerGroupRecord[] {
  return [
    { kind: 'consumer-current-member', group, memberId, value: null },
    { kind: 'consumer-target-member', group, memberId, value: null },
    { kind: 'consumer-member', group, memberId, value: null },
  ];
}

/** The records that remove the whole group, in the order in which Kafka can replay them. */
export function consumerGroupTombstones(group: ConsumerGroup): readonly ConsumerGroupRecord[] {
  const { groupId } = group;
  const members = [...group.members.keys()];
  const ofMembers = (kind: 'consumer-current-member' | 'consumer-target-member' | 'consumer-member') =>
    members.map((memberId): ConsumerGroupRecord => ({ kind, group: groupId, memberId, value: null }));
  return [
    ...ofMembers('consumer-current-member'),
    ...ofMembers('consumer-target-member'),
    { kind: 'consumer-target', group: groupId, value: null },
    ...ofMembers('consumer-member'),
    ...[...group.regexes.keys()].map((regex) => regexTombstone(groupId, regex)),
    { kind: 'consumer-subscription-metadata', group: groupId, value: null },
    { kind: 'consumer-group', group: groupId, value: null },
  ];
}

function epochsOf(assignment: AssignmentEpochs) {
  return [...assignment].map(([topicId, epochs]) => {
    const sorted = [...epochs].sort(([a], [b]) => a - b);
    return {
      topicId,
      partitions: sorted.map(([partition]) => partition),
      assignmentEpochs: sorted.map(([, epoch]) => epoch),
    };
  });
}

function ascending(a: number, b: number): number {
  return a - b;
}
