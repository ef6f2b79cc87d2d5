import {
  ErrorCode,
  type OffsetDeleteRequest,
  type OffsetDeleteResponse,
} from '../../../kafka/protocol/index.ts';
import { type ClassicGroup, CONSUMER_PROTOCOL_TYPE, isSubscribedToTopic } from '../classic/classic-group.ts';
import { type Decision, respond } from '../decision.ts';
import type { GroupRecord, OffsetCommitRecord } from '../group-record.ts';
import type { GroupTopics } from '../ports.ts';
import { type AnsweredTopic, answeredTopics, askedTopics } from './asked-topics.ts';
import type { CommittedOffset, CommittedOffsets } from './committed-offsets.ts';

/** The record that removes a committed offset. */
function offsetTombstone(group: string, topic: string, partition: number): OffsetCommitRecord {
  return { kind: 'offset-commit', group, topic, partition, value: null };
}

/**
 * Decides on an OffsetDelete. A group with members must be one of consumers, and then only topics nobody
 * subscribes to may lose their offsets. Partitions without an offset succeed.
 */
export function decideOffsetDelete(
  group: ClassicGroup | undefined,
  offsets: CommittedOffsets,
  { request, topics }: { readonly request: OffsetDeleteRequest; readonly topics: GroupTopics },
): Decision<OffsetDeleteResponse> {
  const { groupId } = request;
  const { asked, refused } = askedTopics(request.topics, { topics, isById: false });
  const answer = (errorCode: number, answered: readonly AnsweredTopic[]) => {
    return { errorCode, throttleTimeMs: 0, topics: answeredTopics(refused, answered, false) };
  };
  const groupError = validateOffsetDelete(group);
  if (group === undefined || groupError !== ErrorCode.NONE)
    return respond(groupId, { errorCode: groupError, throttleTimeMs: 0, topics: [] });
  const records: GroupRecord[] = [];
  const errorOf = (topic: string, partition: number): number => {
    if (isSubscribedToTopic(group, topic)) return ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC;
    const isPending = offsets.pending.has(groupId, topic, partition);
    if (isPending || offsets.get(groupId, topic, partition) !== undefined) {
      records.push(offsetTombstone(groupId, topic, partition));
    }
    return ErrorCode.NONE;
  };
  const answered = asked.map(({ name, topicId, partitions }) => ({
    name,
    topicId,
    partitions: partitions.map(({ partitionIndex }) => ({
      partitionIndex,
      errorCode: errorOf(name, partitionIndex),
    })),
  }));
  return { ...respond(groupId, answer(ErrorCode.NONE, answered)), records };
}

function validateOffsetDelete(group: ClassicGroup | undefined): number {
  if (group === undefined) return ErrorCode.GROUP_ID_NOT_FOUND;
  if (group.state === 'Empty' || group.protocolType === CONSUMER_PROTOCOL_TYPE) return ErrorCode.NONE;
  return ErrorCode.NON_EMPTY_GROUP;
}

/** Tombstones for all offsets of the group, pending ones too, and for the group itself. The group must be empty. */
export function groupTombstones(group: string, offsets: CommittedOffsets): readonly GroupRecord[] {
  const records: GroupRecord[] = [];
  for (const [topic, partitions] of offsets.of(group)) {
    for (const partition of partitions.keys()) records.push(offsetTombstone(group, topic, partition));
  }
  for (const { topic, partition } of offsets.pending.of(group)) {
    if (offsets.get(group, topic, partition) === undefined) {
      records.push(offsetTombstone(group, topic, partition));
    }
  }
  records.push({ kind: 'group-metadata', group, value: null });
  return records;
}

/** Tombstones for all offsets of a topic that is gone, by group. */
export function topicTombstones(
  topic: string,
  offsets: CommittedOffsets,
): ReadonlyMap<string, readonly GroupRecord[]> {
  const partitionsOf = new Map<string, Set<number>>();
  for (const group of offsets.groupsWith(topic)) {
    partitionsOf.set(group, new Set(offsets.of(group).get(topic)?.keys()));
  }
  for (const { group, partition } of offsets.pending.ofTopic(topic)) {
    partitionsOf.set(group, (partitionsOf.get(group) ?? new Set<number>()).add(partition));
  }
  const records = [...partitionsOf].map(([group, partitions]) => {
    return [group, [...partitions].map((partition) => offsetTombstone(group, topic, partition))] as const;
  });
  return new Map(records);
}

/**
 * Tombstones for the offsets of a group that have expired at `now`, and for the group when it is empty and keeps
 * none. Offsets of a group without members expire `retentionMs` after the group became empty, those of a simple
 * group after their commit, and those of running consumers too, but only for topics nobody subscribes to.
 * A retention time given with the commit (OffsetCommit v2-v4) goes first (KIP-211). What a transaction may still
 * change does not expire.
 */
export function expiredOffsets(
  group: ClassicGroup,
  offsets: CommittedOffsets,
  { now, retentionMs }: { readonly now: number; readonly retentionMs: number },
): readonly GroupRecord[] {
  const records: GroupRecord[] = [];
  let isAnyKept = offsets.pending.hasGroup(group.groupId);
  for (const [topic, partitions] of offsets.of(group.groupId)) {
    for (const [partition, offset] of partitions) {
      const expiresAt = expiryOf(group, topic, offset, retentionMs);
      const isPending = offsets.pending.has(group.groupId, topic, partition);
      if (isPending || expiresAt > now) isAnyKept = true;
      else records.push(offsetTombstone(group.groupId, topic, partition));
    }
  }
  if (group.state === 'Empty' && group.pendingMembers.size === 0 && !isAnyKept) {
    records.push({ kind: 'group-metadata', group: group.groupId, value: null });
  }
  return records;
}

/** Milliseconds since the epoch; infinite when the offset does not expire in this state. */
function expiryOf(group: ClassicGroup, topic: string, offset: CommittedOffset, retentionMs: number): number {
  const isSimple = group.protocolType === undefined;
  const isReadable =
    group.state === 'Stable' &&
    group.protocolType === CONSUMER_PROTOCOL_TYPE &&
    group.subscribedTopics !== undefined;
  if (!isSimple && group.state !== 'Empty' && !isReadable) return Number.POSITIVE_INFINITY;
  if (isSubscribedToTopic(group, topic)) return Number.POSITIVE_INFINITY;
  if (offset.expireTimestamp !== -1) return offset.expireTimestamp;
  const isAbandoned = !isSimple && group.state === 'Empty' && group.stateTimestamp !== -1;
  return (isAbandoned ? group.stateTimestamp : offset.commitTimestamp) + retentionMs;
}
