import {
  ErrorCode,
  type OffsetCommitRequest,
  type OffsetCommitResponse,
} from '../../../kafka/protocol/index.ts';
import type { LogTransaction } from '../../coordinator/ports.ts';
import type { ClassicGroup } from '../classic/classic-group.ts';
import { validateMember } from '../classic/member-validation.ts';
import { commitError } from '../consumer/commit-validation.ts';
import type { ConsumerGroup } from '../consumer/consumer-group.ts';
import { type Decision, respond, type TimerChange } from '../decision.ts';
import type { OffsetCommitRecord } from '../group-record.ts';
import type { GroupTopics } from '../ports.ts';
import { ZERO_TOPIC_ID } from './committed-offsets.ts';

/** An OffsetCommit and what its answer depends on. */
export interface OffsetCommit {
  readonly request: OffsetCommitRequest;
  readonly apiVersion: number;
  readonly topics: GroupTopics;
  /** `offset.metadata.max.bytes`. */
  readonly offsetMetadataMax: number;
  /** Wall clock, milliseconds. */
  readonly now: number;
  /** Set for TxnOffsetCommit: the offsets count once this transaction has committed. */
  readonly transaction?: LogTransaction | undefined;
}

type Topic = OffsetCommitRequest['topics'][number];
type Partition = Topic['partitions'][number];
type TopicResponse = OffsetCommitResponse['topics'][number];

/**
 * Decides on an OffsetCommit. Unknown topics and partitions fail by themselves; the group is asked only when
 * something is left, and its error then holds for all of it. Without a generation the commit is that of a simple
 * consumer or an administrator: it is accepted while the group has no members, and creates it if need be. In a
 * transaction the ids of the member are looked at only when some are given (KIP-447), and do not renew its session.
 */
export function decideOffsetCommit(
  group: ClassicGroup | ConsumerGroup | undefined,
  commit: OffsetCommit,
): Decision<OffsetCommitResponse> {
  const { request, transaction } = commit;
  const targets = request.topics.map((topic) => resolve(topic, commit));
  const isNothingLeft = targets.every(({ errors }) => errors.every((code) => code !== ErrorCode.NONE));
  const groupError = isNothingLeft ? ErrorCode.NONE : groupErrorOf(group, commit, targets);
  const records: OffsetCommitRecord[] = [];
  const topics = targets.map((target) => commitTopic(target, groupError, commit, records));
  return {
    ...respond(request.groupId, { throttleTimeMs: 0, topics }),
    records,
    transaction,
    timers:
      isNothingLeft || groupError !== ErrorCode.NONE || transaction !== undefined
        ? []
        : sessionReset(group, request.memberId),
  };
}

/** The answer that gives every partition the same error. */
export function offsetCommitError(request: OffsetCommitRequest, errorCode: number): OffsetCommitResponse {
  return {
    throttleTimeMs: 0,
    topics: request.topics.map((topic) => topicResponse(topic, () => errorCode)),
  };
}

interface Target {
  readonly topic: Topic;
  readonly name: string;
  readonly topicId: string;
  /** By index of the partition in the request. */
  readonly errors: readonly number[];
}

function resolve(topic: Topic, { apiVersion, topics }: OffsetCommit): Target {
  const isById = apiVersion >= 10;
  const name = isById ? topics.topicName(topic.topicId) : topic.name;
  if (name === undefined) {
    const errors = topic.partitions.map(() => ErrorCode.UNKNOWN_TOPIC_ID);
    return { topic, name: '', topicId: topic.topicId, errors };
  }
  const errors = topic.partitions.map(({ partitionIndex }) =>
    topics.hasPartition(name, partitionIndex) ? ErrorCode.NONE : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  );
  const topicId = isById ? topic.topicId : (topics.topicId(name) ?? ZERO_TOPIC_ID);
  return { topic, name, topicId, errors };
}

function groupErrorOf(
  group: ClassicGroup | ConsumerGroup | undefined,
  commit: OffsetCommit,
  targets: readonly Target[],
): number {
  if (group?.type !== 'consumer') return validateCommit(group, commit);
  const { memberId, groupInstanceId, generationIdOrMemberEpoch: memberEpoch } = commit.request;
  const partitions = targets.map(({ topic, topicId, errors }) => ({
    topicId,
    partitions: topic.partitions
      .filter((_partition, index) => errors[index] === ErrorCode.NONE)
      .map(({ partitionIndex }) => partitionIndex),
  }));
  const { apiVersion, transaction } = commit;
  const isTransactional = transaction !== undefined;
  const member = { memberId, groupInstanceId, memberEpoch };
  const errorCode = commitError(group, { ...member, apiVersion, isTransactional, partitions });
  // TxnOffsetCommit knows of no member epochs.
  const isTooNew = isTransactional && errorCode === ErrorCode.STALE_MEMBER_EPOCH;
  return isTooNew ? ErrorCode.ILLEGAL_GENERATION : errorCode;
}

function validateCommit(
  group: ClassicGroup | undefined,
  { request, apiVersion, transaction }: OffsetCommit,
): number {
  const { memberId, groupInstanceId, generationIdOrMemberEpoch: generationId } = request;
  if (group === undefined) {
    if (generationId < 0) return ErrorCode.NONE;
    return apiVersion >= 9 ? ErrorCode.GROUP_ID_NOT_FOUND : ErrorCode.ILLEGAL_GENERATION;
  }
  if (generationId < 0 && group.state === 'Empty') return ErrorCode.NONE;
  if (generationId < 0 && memberId === '' && groupInstanceId === null) {
    return transaction === undefined ? ErrorCode.UNKNOWN_MEMBER_ID : ErrorCode.NONE;
  }
  const errorCode = validateMember(group, memberId, groupInstanceId);
  if (errorCode !== ErrorCode.NONE) return errorCode;
  if (generationId !== group.generationId) return ErrorCode.ILLEGAL_GENERATION;
  if (transaction !== undefined) return ErrorCode.NONE;
  // The member has joined the new generation but does not know yet what it owns.
  return group.state === 'CompletingRebalance' ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE;
}

function commitTopic(
  target: Target,
  groupError: number,
  commit: OffsetCommit,
  records: OffsetCommitRecord[],
): TopicResponse {
  return topicResponse(target.topic, (partition, index) => {
    const errorCode = target.errors[index] || groupError;
    if (errorCode !== ErrorCode.NONE) return errorCode;
    // Kafka counts characters here, whatever the name of the config says.
    const metadata = partition.committedMetadata ?? '';
    if (metadata.length > commit.offsetMetadataMax) return ErrorCode.OFFSET_METADATA_TOO_LARGE;
    records.push(offsetRecord(target, partition, commit));
    return ErrorCode.NONE;
  });
}

function offsetRecord(
  target: Target,
  partition: Partition,
  { request, now }: OffsetCommit,
): OffsetCommitRecord {
  // The only record version with an expiry has neither leader epoch nor topic id.
  const hasExpiry = request.retentionTimeMs !== -1;
  return {
    kind: 'offset-commit',
    group: request.groupId,
    topic: target.name,
    partition: partition.partitionIndex,
    value: {
      offset: partition.committedOffset,
      leaderEpoch: hasExpiry ? -1 : partition.committedLeaderEpoch,
      metadata: partition.committedMetadata ?? '',
      commitTimestamp: now,
      expireTimestamp: hasExpiry ? Math.min(now + request.retentionTimeMs, Number.MAX_SAFE_INTEGER) : -1,
      topicId: hasExpiry ? ZERO_TOPIC_ID : target.topicId,
    },
  };
}

function topicResponse(
  topic: Topic,
  errorCode: (partition: Partition, index: number) => number,
): TopicResponse {
  return {
    name: topic.name,
    topicId: topic.topicId,
    partitions: topic.partitions.map((partition, index) => ({
      partitionIndex: partition.partitionIndex,
      errorCode: errorCode(partition, index),
    })),
  };
}

/** Members of consumer groups only renew their session by heartbeats. */
function sessionReset(
  group: ClassicGroup | ConsumerGroup | undefined,
  memberId: string,
): readonly TimerChange[] {
  const member = group?.type === 'classic' ? group.members.get(memberId) : undefined;
  if (member === undefined) return [];
  return [{ timer: { kind: 'session', memberId }, delayMs: member.sessionTimeoutMs }];
}
