import {
  type DescribeTopicPartitionsRequest,
  type describeTopicPartitionsResponse,
  type Element,
  type Encodable,
  ErrorCode,
} from '../../../kafka/protocol/index.ts';
import { type PartitionImage, partitionsInOrder } from '../image.ts';
import { isInternalTopic, topicNameProblem } from '../topic-name.ts';
import type { MetadataAccess } from './access.ts';
import { type ClusterView, partitionView } from './cluster-view.ts';

export type TopicPartitionsAnswer = Encodable<typeof describeTopicPartitionsResponse>;
type TopicAnswer = Element<TopicPartitionsAnswer['topics']>;

/**
 * Answers DescribeTopicPartitions (75): topics by name, at most `limitMax` partitions and no more than asked, and a
 * cursor to where the next page begins. No topics means all. A cursor that makes no sense is refused for every topic.
 */
export function answerTopicPartitions(
  view: ClusterView,
  request: DescribeTopicPartitionsRequest,
  { access, limitMax }: { readonly access: MetadataAccess; readonly limitMax: number },
): TopicPartitionsAnswer {
  const { cursor } = request;
  const isAll = request.topics.length === 0;
  const names = isAll
    ? [...view.image.topics()].map(({ name }) => name).filter((name) => access.canDescribeTopic(name))
    : [...new Set(request.topics.map(({ name }) => name))];
  const isLost = cursor !== null && !isAll && !names.includes(cursor.topicName);
  if (isLost || (cursor !== null && cursor.partitionIndex < 0)) return refused(request);
  const pending = names.sort().filter((name) => cursor === null || name >= cursor.topicName);
  let room = Math.min(limitMax, Math.max(1, request.responsePartitionLimit));
  const topics: TopicAnswer[] = [];
  for (const name of pending) {
    if (room === 0) return { throttleTimeMs: 0, topics, nextCursor: { topicName: name, partitionIndex: 0 } };
    const first = cursor?.topicName === name ? cursor.partitionIndex : 0;
    const page = topicPage(view, name, { access, first, room });
    topics.push(page.answer);
    room -= page.answer.partitions.length;
    if (page.next !== undefined) {
      return { throttleTimeMs: 0, topics, nextCursor: { topicName: name, partitionIndex: page.next } };
    }
  }
  return { throttleTimeMs: 0, topics, nextCursor: null };
}

interface Page {
  readonly answer: TopicAnswer;
  /** The partition the next page begins with, when this one is not the topic's last. */
  readonly next: number | undefined;
}

function topicPage(
  view: ClusterView,
  name: string,
  { access, first, room }: { readonly access: MetadataAccess; readonly first: number; readonly room: number },
): Page {
  const topic = view.image.topic(name);
  if (!access.canDescribeTopic(name)) return failed(name, ErrorCode.TOPIC_AUTHORIZATION_FAILED);
  if (topic === undefined) {
    const isBadName = topicNameProblem(name) !== undefined;
    const code = isBadName ? ErrorCode.INVALID_TOPIC_EXCEPTION : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    const { next, answer } = failed(name, code);
    return { next, answer: { ...answer, topicAuthorizedOperations: access.topicOperations(name) } };
  }
  const left = partitionsInOrder(topic).filter(({ partitionId }) => partitionId >= first);
  return {
    next: left[room]?.partitionId,
    answer: {
      errorCode: ErrorCode.NONE,
      name,
      topicId: topic.id,
      isInternal: isInternalTopic(name),
      partitions: left.slice(0, room).map((partition) => described(view, partition)),
      topicAuthorizedOperations: access.topicOperations(name),
    },
  };
}

function described(view: ClusterView, partition: PartitionImage) {
  return {
    ...partitionView(view, partition),
    eligibleLeaderReplicas: partition.eligibleLeaderReplicas,
    lastKnownElr: partition.lastKnownElr,
  };
}

function failed(name: string, errorCode: number): Page {
  return {
    next: undefined,
    answer: { errorCode, name, isInternal: isInternalTopic(name), partitions: [] },
  };
}

/** Every topic as often as it was asked for. */
function refused(request: Pick<DescribeTopicPartitionsRequest, 'topics'>): TopicPartitionsAnswer {
  const topics = request.topics.map(({ name }) => failed(name, ErrorCode.INVALID_REQUEST).answer);
  return { throttleTimeMs: 0, topics, nextCursor: null };
}
