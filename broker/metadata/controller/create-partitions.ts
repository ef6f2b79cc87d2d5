import {
  type CreatePartitionsRequest,
  type createPartitionsResponse,
  type Element,
  type Encodable,
  ErrorCode,
} from '../../../kafka/protocol/index.ts';
import { RefusedError } from '../errors.ts';
import type { TopicImage } from '../image.ts';
import type { MetadataRecord } from '../record.ts';
import { partitionsPerRequestMax, tooLarge } from './create-topics.ts';
import { type ControllerContext, type Decision, duplicates, orRefusal } from './decision.ts';
import { checkManualAssignment, newPartition, placeReplicas } from './placement.ts';

export type CreatePartitionsAnswer = Encodable<typeof createPartitionsResponse>;
type TopicWish = Element<CreatePartitionsRequest['topics']>;
type TopicResult = Element<CreatePartitionsAnswer['results']>;

/** Decides CreatePartitions (37). Every distinct name is answered once. With `validateOnly` there are no records. */
export function decideCreatePartitions(
  context: ControllerContext,
  request: Pick<CreatePartitionsRequest, 'topics' | 'validateOnly'>,
): Decision<CreatePartitionsAnswer> {
  const repeated = duplicates(request.topics.map(({ name }) => name));
  const distinct = [...new Map(request.topics.map((topic) => [topic.name, topic])).values()];
  const records: MetadataRecord[] = [];
  const results = distinct.map((topic): TopicResult => {
    const decide = (): TopicResult => {
      if (repeated.has(topic.name)) {
        throw new RefusedError(ErrorCode.INVALID_REQUEST, 'Duplicate topic name.');
      }
      const added = newPartitions(context, topic);
      if (records.length + added.length > partitionsPerRequestMax) throw tooLarge();
      records.push(...added);
      return { name: topic.name, errorCode: ErrorCode.NONE, errorMessage: null };
    };
    return orRefusal(decide, ({ errorCode, errorMessage }) => ({
      name: topic.name,
      errorCode,
      errorMessage,
    }));
  });
  return { records: request.validateOnly ? [] : records, response: { throttleTimeMs: 0, results } };
}

function newPartitions(context: ControllerContext, wish: TopicWish): readonly MetadataRecord[] {
  const topic = context.image.topic(wish.name);
  if (topic === undefined) {
    throw new RefusedError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, null);
  }
  const current = topic.partitions.size;
  const count = wish.count - current;
  refuseCount(wish, current);
  if (count > partitionsPerRequestMax) throw tooLarge();
  const replicationFactor = topic.partitions.get(0)?.replicas.length ?? 1;
  const assignments =
    wish.assignments === null
      ? placeReplicas(context, { count, replicationFactor })
      : manualAssignments(context, topic, wish.assignments, { count, replicationFactor });
  return assignments.map((replicas, at): MetadataRecord => {
    const partition = { topicId: topic.id, partitionId: current + at, replicas };
    return { type: 'PartitionRecord', value: newPartition(context.image, partition) };
  });
}

function refuseCount({ name, count }: TopicWish, current: number): void {
  if (count === current) {
    throw new RefusedError(ErrorCode.INVALID_PARTITIONS, `Topic already has ${current} partition(s).`);
  }
  if (count < current) {
    throw new RefusedError(
      ErrorCode.INVALID_PARTITIONS,
      `The topic ${name} currently has ${current} partition(s); ${count} would not be an increase.`,
    );
  }
}

function manualAssignments(
  { image }: ControllerContext,
  topic: TopicImage,
  assignments: NonNullable<TopicWish['assignments']>,
  { count, replicationFactor }: { readonly count: number; readonly replicationFactor: number },
): readonly (readonly number[])[] {
  if (assignments.length !== count) {
    throw new RefusedError(
      ErrorCode.INVALID_REPLICA_ASSIGNMENT,
      `Attempted to add ${count} additional partition(s), but only ${assignments.length} assignment(s) were specified.`,
    );
  }
  for (const [at, { brokerIds }] of assignments.entries()) {
    const partitionId = topic.partitions.size + at;
    checkManualAssignment(image, { replicas: brokerIds, replicationFactor, partitionId });
  }
  return assignments.map(({ brokerIds }) => brokerIds);
}
