import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { type ClassicGroup, CONSUMER_PROTOCOL_TYPE, emptyClassicGroup } from '../classic/classic-group.ts';
import { type ConsumerGroup, subscribedTopics } from './consumer-group.ts';
import type { ConsumerMember } from './consumer-member.ts';
import type { TopicPartitions } from './partitions.ts';

/** Who commits to a consumer group, and for which partitions. */
export interface MemberCommit {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  /** Member epoch, or generation of a member of the classic protocol; negative for none. */
  readonly memberEpoch: number;
  readonly apiVersion: number;
  /** A TxnOffsetCommit, which may leave out who commits (KIP-447). */
  readonly isTransactional: boolean;
  readonly partitions: TopicPartitions;
}

/**
 * The error of a commit, else NONE. Without a member it is that of an administrator: accepted while the group is
 * empty. An older epoch is accepted for partitions that the member has been given in it or before (KIP-1251).
 */
export function commitError(group: ConsumerGroup, commit: MemberCommit): number {
  const { memberId, groupInstanceId, memberEpoch, isTransactional, apiVersion } = commit;
  if (memberEpoch < 0 && group.members.size === 0) return ErrorCode.NONE;
  const isNobody = memberEpoch === -1 && memberId === '' && groupInstanceId === null;
  if (isTransactional && isNobody) return ErrorCode.NONE;
  const member = group.members.get(memberId);
  if (member === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
  if (!isTransactional && member.classic === null && apiVersion < 9) return ErrorCode.UNSUPPORTED_VERSION;
  if (memberEpoch === member.memberEpoch) return ErrorCode.NONE;
  const isGiven = memberEpoch < member.memberEpoch && wereGiven(member, memberEpoch, commit.partitions);
  return isGiven ? ErrorCode.NONE : epochError(member);
}

/** The error of an OffsetFetch by a member (v9+), else NONE. Without a member nothing is checked. */
export function fetchError(group: ConsumerGroup, memberId: string | null, memberEpoch: number): number {
  if (memberId === null && memberEpoch < 0) return ErrorCode.NONE;
  const member = memberId === null ? undefined : group.members.get(memberId);
  if (member === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
  return memberEpoch === member.memberEpoch ? ErrorCode.NONE : epochError(member);
}

function wereGiven(member: ConsumerMember, memberEpoch: number, topics: TopicPartitions): boolean {
  return topics.every(({ topicId, partitions }) =>
    partitions.every((partition) => {
      const epoch =
        member.assigned.get(topicId)?.get(partition) ?? member.pendingRevocation.get(topicId)?.get(partition);
      return epoch !== undefined && memberEpoch >= epoch;
    }),
  );
}

function epochError({ classic }: ConsumerMember): number {
  return classic === null ? ErrorCode.STALE_MEMBER_EPOCH : ErrorCode.ILLEGAL_GENERATION;
}

/**
 * The group as the rules about removing offsets see it: with members it is one of consumers whose subscriptions are
 * known; without, its offsets expire one by one, each after its commit.
 */
export function offsetKeeperOf(group: ConsumerGroup): ClassicGroup {
  const empty = emptyClassicGroup(group.groupId, -1);
  if (group.members.size === 0) return empty;
  return {
    ...empty,
    state: 'Stable',
    protocolType: CONSUMER_PROTOCOL_TYPE,
    subscribedTopics: subscribedTopics(group),
  };
}
