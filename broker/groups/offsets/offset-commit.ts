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
import { type AnsweredTopic, type AskedTopic, answeredTopics, askedTopics } from './asked-topics.ts';
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

type Partition = OffsetCommitRequest['topics'][number]['partitions'][number];
type Target = AskedTopic<Partition>;

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
  const { asked, refused } = topicsOf(commit);
  const groupError = asked.length === 0 ? ErrorCode.NONE : groupErrorOf(group, commit, asked);
  const records: OffsetCommitRecord[] = [];
  const answered = asked.map((target) => commitTopic(target, groupError, commit, records));
  const isRefused = asked.length === 0 || groupError !== ErrorCode.NONE;
  return {
    ...respond(request.groupId, responseOf(refused, answered, commit)),
    records,
    transaction,
    timers: isRefused || transaction !== undefined ? [] : sessionReset(group, request.memberId),
  };
}

/** The answer that gives every partition that exists the same error. */
export function offsetCommitError(
  commit: Pick<OffsetCommit, 'request' | 'apiVersion' | 'topics'>,
  errorCode: number,
): OffsetCommitResponse {
  const { asked, refused } = topicsOf(commit);
  return responseOf(
    refused,
    asked.map((target) => answered(target, () => errorCode)),
    commit,
  );
}

/** From this version on topics are named by id. */
const BY_ID_SINCE = 10;

function topicsOf({ request, apiVersion, topics }: Pick<OffsetCommit, 'request' | 'apiVersion' | 'topics'>) {
  return askedTopics(request.topics, { topics, isById: apiVersion >= BY_ID_SINCE });
}

function responseOf(
  refused: readonly AnsweredTopic[],
  answered: readonly AnsweredTopic[],
  { apiVersion }: Pick<OffsetCommit, 'apiVersion'>,
): OffsetCommitResponse {
  return { throttleTimeMs: 0, topics: answeredTopics(refused, answered, apiVersion >= BY_ID_SINCE) };
}

function groupErrorOf(
  group: ClassicGroup | ConsumerGroup | undefined,
  commit: OffsetCommit,
  targets: readonly Target[],
): number {
  if (group?.type !== 'consumer') return validateCommit(group, commit);
  const { memberId, groupInstanceId, generationIdOrMemberEpoch: memberEpoch } = commit.request;
  const partitions = targets.map((target) => ({
    topicId: target.topicId,
    partitions: target.partitions.map(({ partitionIndex }) => partitionIndex),
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
): AnsweredTopic {
  return answered(target, (partition) => {
    if (groupError !== ErrorCode.NONE) return groupError;
    // Kafka counts characters here, whatever the name of the config says.
    const metadata = partition.committedMetadata ?? '';
    if (metadata.length > commit.offsetMetadataMax) return ErrorCode.OFFSET_METADATA_TOO_LARGE;
    records.push(offsetRecord(target, partition, commit));
    return ErrorCode.NONE;
  });
}

function answered(
  { name, topicId, partitions }: Target,
  errorOf: (partition: Partition) => number,
): AnsweredTopic {
  return {
    name,
    topicId,
    partitions: partitions.map((partition) => ({
      partitionIndex: partition.partitionIndex,
      errorCode: errorOf(partition),
    })),
  };
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

/** Members of consumer groups only renew their session by heartbeats. */
function sessionReset(
  group: ClassicGroup | ConsumerGroup | undefined,
  memberId: string,
): readonly TimerChange[] {
  const member = group?.type === 'classic' ? group.members.get(memberId) : undefined;
  if (member === undefined) return [];
  return [{ timer: { kind: 'session', memberId }, delayMs: member.sessionTimeoutMs }];
}
