import { ErrorCode } from '../../../kafka/protocol/index.ts';
import type { GroupTopics } from '../ports.ts';
import { ZERO_TOPIC_ID } from './committed-offsets.ts';

/** A topic of a request about offsets; `topicId` says which one when topics are asked for by id. */
interface RequestTopic<Partition> {
  readonly name: string;
  readonly topicId?: string;
  readonly partitions: readonly Partition[];
}

/** A topic of the request that exists, with those of its partitions that do: at least one. */
export interface AskedTopic<Partition> {
  readonly name: string;
  readonly topicId: string;
  readonly partitions: readonly Partition[];
}

/** What a topic of the answer says. */
export interface AnsweredTopic {
  name: string;
  topicId: string;
  partitions: { partitionIndex: number; errorCode: number }[];
}

/** A request about offsets, divided into what the group is asked and what is refused before. */
export interface AskedTopics<Partition> {
  readonly asked: readonly AskedTopic<Partition>[];
  /** Each topic once. */
  readonly refused: readonly AnsweredTopic[];
}

/**
 * Takes out of a request the topics and partitions that do not exist. A topic that exists and of which no partition is
 * asked for is passed over, one that does not exist is refused also without partitions.
 */
export function askedTopics<Partition extends { readonly partitionIndex: number }>(
  requested: readonly RequestTopic<Partition>[],
  { topics, isById }: { readonly topics: GroupTopics; readonly isById: boolean },
): AskedTopics<Partition> {
  const asked: AskedTopic<Partition>[] = [];
  const refused = new Map<string, AnsweredTopic>();
  for (const topic of requested) {
    const name = isById ? topics.topicName(topic.topicId ?? ZERO_TOPIC_ID) : topic.name;
    const topicId = isById ? (topic.topicId ?? ZERO_TOPIC_ID) : (topics.topicId(topic.name) ?? ZERO_TOPIC_ID);
    const isThere = name !== undefined && topics.partitionCount(name) > 0;
    const exists = ({ partitionIndex }: Partition) => isThere && topics.hasPartition(name, partitionIndex);
    const partitions = topic.partitions.filter(exists);
    if (partitions.length > 0) asked.push({ name: name ?? '', topicId, partitions });
    if (isThere && partitions.length === topic.partitions.length) continue;
    const errorCode = name === undefined ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    const missing = topic.partitions.filter((partition) => !exists(partition));
    add(
      refused,
      {
        name: name ?? '',
        topicId,
        partitions: missing.map(({ partitionIndex }) => ({ partitionIndex, errorCode })),
      },
      isById,
    );
  }
  return { asked, refused: [...refused.values()] };
}

/**
 * The topics of an answer. Kafka tells what was refused first and each topic once, but when nothing was refused a topic as
 * often as it was asked for.
 */
export function answeredTopics(
  refused: readonly AnsweredTopic[],
  answered: readonly AnsweredTopic[],
  isById: boolean,
): AnsweredTopic[] {
  if (refused.length === 0) return [...answered];
  const topics = new Map<string, AnsweredTopic>();
  for (const topic of [...refused, ...answered]) add(topics, topic, isById);
  return [...topics.values()];
}

function add(topics: Map<string, AnsweredTopic>, topic: AnsweredTopic, isById: boolean): void {
  const key = isById ? topic.topicId : topic.name;
  const existing = topics.get(key);
  if (existing === undefined) topics.set(key, { ...topic, partitions: [...topic.partitions] });
  else for (const partition of topic.partitions) existing.partitions.push(partition);
}
