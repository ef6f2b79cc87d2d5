import {
  ErrorCode,
  type OffsetFetchRequest,
  type OffsetFetchResponse,
} from '../../../kafka/protocol/index.ts';
import type { GroupTopics } from '../ports.ts';
import { type CommittedOffset, type CommittedOffsets, ZERO_TOPIC_ID } from './committed-offsets.ts';

/** What is asked of one group; versions up to 7 ask for one group in the same terms. */
export type OffsetFetchGroup = OffsetFetchRequest['groups'][number];

/** What is answered for one group. */
export type OffsetFetchGroupResponse = OffsetFetchResponse['groups'][number];

type TopicRequest = NonNullable<OffsetFetchGroup['topics']>[number];
type TopicResponse = OffsetFetchGroupResponse['topics'][number];
type PartitionResponse = TopicResponse['partitions'][number];

/** An OffsetFetch of one group and what its answer depends on. */
export interface OffsetFetch {
  readonly group: OffsetFetchGroup;
  /** Topics are named by id (v10+). */
  readonly isById: boolean;
  readonly topics: GroupTopics;
  /** Offsets that a transaction may still change are an error (KIP-447). */
  readonly requireStable: boolean;
}

/**
 * The committed offsets of a group: of the topics asked for, or of all when `topics` is null. A partition without
 * a commit has offset -1 and no error. An offset that was committed to another topic of the same name, deleted
 * since, counts as none.
 */
export function fetchOffsets(offsets: CommittedOffsets, fetch: OffsetFetch): OffsetFetchGroupResponse {
  const { groupId, topics } = fetch.group;
  const responses =
    topics === null
      ? allTopics(offsets, fetch)
      : topics.map((topic) => requestedTopic(offsets, fetch, topic));
  return { groupId, topics: responses, errorCode: ErrorCode.NONE };
}

/** Every topic that has offsets. By id, topics that exist no more cannot be named and are left out. */
function allTopics(offsets: CommittedOffsets, fetch: OffsetFetch): TopicResponse[] {
  const { group, isById, topics } = fetch;
  const responses: TopicResponse[] = [];
  for (const [name, committed] of offsets.of(group.groupId)) {
    const topicId = topics.topicId(name) ?? ZERO_TOPIC_ID;
    if (isById && topicId === ZERO_TOPIC_ID) continue;
    const partitions = [...committed]
      .filter(([, offset]) => isOfTopic(offset, topicId))
      .map(([partition, offset]) => stableResponse(offsets, fetch, { name, partition, offset }));
    if (partitions.length > 0) responses.push({ name, topicId, partitions });
  }
  return responses;
}

function requestedTopic(offsets: CommittedOffsets, fetch: OffsetFetch, topic: TopicRequest): TopicResponse {
  const { group, isById, topics } = fetch;
  const name = isById ? topics.topicName(topic.topicId) : topic.name;
  if (name === undefined) return failedTopic(topic, ErrorCode.UNKNOWN_TOPIC_ID);
  const topicId = isById ? topic.topicId : (topics.topicId(name) ?? ZERO_TOPIC_ID);
  const partitions = topic.partitionIndexes.map((partition) => {
    const offset = offsets.get(group.groupId, name, partition);
    const isCurrent = offset !== undefined && isOfTopic(offset, topicId);
    return stableResponse(offsets, fetch, { name, partition, offset: isCurrent ? offset : undefined });
  });
  return { name, topicId, partitions };
}

function stableResponse(
  offsets: CommittedOffsets,
  { group, requireStable }: OffsetFetch,
  {
    name,
    partition,
    offset,
  }: { readonly name: string; readonly partition: number; readonly offset: CommittedOffset | undefined },
): PartitionResponse {
  if (!requireStable || !offsets.pending.has(group.groupId, name, partition)) {
    return partitionResponse(partition, offset);
  }
  return { ...partitionResponse(partition, undefined), errorCode: ErrorCode.UNSTABLE_OFFSET_COMMIT };
}

function isOfTopic(offset: CommittedOffset, topicId: string): boolean {
  return offset.topicId === topicId || offset.topicId === ZERO_TOPIC_ID || topicId === ZERO_TOPIC_ID;
}

/** A topic of the request with every partition failed. */
export function failedTopic(
  topic: Pick<TopicRequest, 'name' | 'partitionIndexes'> & { readonly topicId?: string },
  errorCode: number,
): TopicResponse {
  return {
    name: topic.name,
    topicId: topic.topicId ?? ZERO_TOPIC_ID,
    partitions: topic.partitionIndexes.map((partition) => ({
      ...partitionResponse(partition, undefined),
      errorCode,
    })),
  };
}

function partitionResponse(partition: number, offset: CommittedOffset | undefined): PartitionResponse {
  return {
    partitionIndex: partition,
    committedOffset: offset?.offset ?? -1,
    committedLeaderEpoch: offset?.leaderEpoch ?? -1,
    metadata: offset?.metadata ?? '',
    errorCode: ErrorCode.NONE,
  };
}
