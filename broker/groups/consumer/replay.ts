import type {
  ConsumerGroupCurrentMemberAssignmentValue,
  ConsumerGroupMemberMetadataValue,
} from '../../../kafka/protocol/index.ts';
import type { ConsumerGroup, ResolvedRegex } from './consumer-group.ts';
import type { ConsumerGroupRecord } from './consumer-group-record.ts';
import { type ConsumerMember, MemberState, newConsumerMember } from './consumer-member.ts';
import { type Assignment, type AssignmentEpochs, EMPTY_EPOCHS } from './partitions.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A consumer group that is being changed. Its members, and what is in its maps, stay immutable and are replaced. */
export interface ConsumerGroupDraft
  extends Mutable<Omit<ConsumerGroup, 'members' | 'staticMembers' | 'target' | 'owners' | 'regexes'>> {
  readonly members: Map<string, ConsumerMember>;
  readonly staticMembers: Map<string, string>;
  readonly target: Map<string, Assignment>;
  readonly owners: Map<string, ReadonlyMap<number, string>>;
  readonly regexes: Map<string, ResolvedRegex>;
}

/** A copy that can be changed without touching the group. */
export function draftOf(group: ConsumerGroup): ConsumerGroupDraft {
  return {
    ...group,
    members: new Map(group.members),
    staticMembers: new Map(group.staticMembers),
    target: new Map(group.target),
    owners: new Map(group.owners),
    regexes: new Map(group.regexes),
  };
}

/**
 * Applies a record to its group. Total: what makes no sense changes nothing, or as little as possible. The tombstone
 * of the group itself is its keeper's.
 */
export function replayConsumerRecord(group: ConsumerGroupDraft, record: ConsumerGroupRecord): void {
  switch (record.kind) {
    case 'consumer-group':
      group.groupEpoch = record.value?.epoch ?? 1;
      group.metadataHash = record.value?.metadataHash ?? 0n;
      return;
    case 'consumer-subscription-metadata':
      return;
    case 'consumer-target':
      group.assignmentEpoch = record.value?.assignmentEpoch ?? 1;
      group.assignmentTimestamp = record.value?.assignmentTimestamp ?? 0;
      return;
    case 'consumer-member':
      if (record.value === null) removeMember(group, record.memberId);
      else replayMember(group, record.memberId, record.value);
      return;
    case 'consumer-target-member':
      if (record.value === null) group.target.delete(record.memberId);
      else group.target.set(record.memberId, targetOf(record.value.topicPartitions));
      return;
    case 'consumer-current-member':
      replayCurrent(group, record.memberId, record.value);
      return;
    case 'consumer-regex':
      if (record.value === null) group.regexes.delete(record.regex);
      else group.regexes.set(record.regex, { ...record.value, topics: new Set(record.value.topics) });
  }
}

function replayMember(
  group: ConsumerGroupDraft,
  memberId: string,
  value: ConsumerGroupMemberMetadataValue,
): void {
  const former = group.members.get(memberId) ?? newConsumerMember(memberId);
  if (former.instanceId !== null && former.instanceId !== value.instanceId) {
    forgetInstance(group, former);
  }
  const { classicMemberMetadata, ...fields } = value;
  group.members.set(memberId, {
    ...former,
    ...fields,
    subscribedTopicNames: new Set(value.subscribedTopicNames),
    classic: copyOf(classicMemberMetadata),
  });
  if (value.instanceId !== null) group.staticMembers.set(value.instanceId, memberId);
}

/** Copied: what is replayed may be a slice of a read buffer, or of a request. */
function copyOf(
  classic: ConsumerGroupMemberMetadataValue['classicMemberMetadata'],
): ConsumerMember['classic'] {
  if (classic === null) return null;
  const supportedProtocols = classic.supportedProtocols.map(({ name, metadata }) => {
    return { name, metadata: Buffer.from(metadata) };
  });
  return { ...classic, supportedProtocols };
}

function removeMember(group: ConsumerGroupDraft, memberId: string): void {
  const member = group.members.get(memberId);
  if (member === undefined) return;
  release(group, member);
  forgetInstance(group, member);
  group.members.delete(memberId);
}

function forgetInstance(group: ConsumerGroupDraft, { instanceId, memberId }: ConsumerMember): void {
  if (instanceId !== null && group.staticMembers.get(instanceId) === memberId) {
    group.staticMembers.delete(instanceId);
  }
}

function replayCurrent(
  group: ConsumerGroupDraft,
  memberId: string,
  value: ConsumerGroupCurrentMemberAssignmentValue | null,
): void {
  const former = group.members.get(memberId);
  if (former === undefined && value === null) return;
  const member: ConsumerMember = {
    ...(former ?? newConsumerMember(memberId)),
    memberEpoch: value?.memberEpoch ?? -1,
    previousMemberEpoch: value?.previousMemberEpoch ?? -1,
    state: value?.state ?? MemberState.STABLE,
    assigned: value === null ? EMPTY_EPOCHS : epochsOf(value.assignedPartitions, value.memberEpoch),
    pendingRevocation:
      value === null ? EMPTY_EPOCHS : epochsOf(value.partitionsPendingRevocation, value.memberEpoch),
  };
  if (former !== undefined) release(group, former);
  group.members.set(memberId, member);
  own(group, member);
}

function release(group: ConsumerGroupDraft, member: ConsumerMember): void {
  for (const assignment of [member.assigned, member.pendingRevocation]) {
    for (const [topicId, epochs] of assignment) {
      const owners = new Map(group.owners.get(topicId));
      for (const partition of epochs.keys()) {
        if (owners.get(partition) === member.memberId) owners.delete(partition);
      }
      if (owners.size > 0) group.owners.set(topicId, owners);
      else group.owners.delete(topicId);
    }
  }
}

function own(group: ConsumerGroupDraft, member: ConsumerMember): void {
  for (const assignment of [member.assigned, member.pendingRevocation]) {
    for (const [topicId, epochs] of assignment) {
      const owners = new Map(group.owners.get(topicId));
      for (const partition of epochs.keys()) owners.set(partition, member.memberId);
      group.owners.set(topicId, owners);
    }
  }
}

type Current = ConsumerGroupCurrentMemberAssignmentValue['assignedPartitions'];

/** Records of Kafka before 4.3 have no assignment epochs: the member epoch stands in for them. */
function epochsOf(topics: Current, memberEpoch: number): AssignmentEpochs {
  const assignment = new Map<string, ReadonlyMap<number, number>>();
  for (const { topicId, partitions, assignmentEpochs } of topics) {
    const known = assignmentEpochs?.length === partitions.length ? assignmentEpochs : undefined;
    if (partitions.length === 0) continue;
    assignment.set(
      topicId,
      new Map(partitions.map((partition, index) => [partition, known?.[index] ?? memberEpoch])),
    );
  }
  return assignment;
}

function targetOf(
  topics: Current | readonly { topicId: string; partitions: readonly number[] }[],
): Assignment {
  return new Map(
    topics
      .filter(({ partitions }) => partitions.length > 0)
      .map(({ topicId, partitions }) => [topicId, new Set(partitions)]),
  );
}
