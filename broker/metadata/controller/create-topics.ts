import {
  type CreateTopicsRequest,
  type createTopicsResponse,
  type Element,
  type Encodable,
  ErrorCode,
} from '../../../kafka/protocol/index.ts';
import { randomUuid } from '../../../platform/uuid.ts';
import { type ConfigTexts, describeTopicConfigs, topicConfigProblems } from '../../config/index.ts';
import { RefusedError } from '../errors.ts';
import { resourceTypes } from '../image.ts';
import type { MetadataRecord } from '../record.ts';
import { collisionKey, metadataTopic, topicNameProblem } from '../topic-name.ts';
import {
  type ControllerContext,
  contextLayers,
  type Decision,
  duplicates,
  orRefusal,
  refuseProblems,
} from './decision.ts';
import { checkManualAssignment, newPartition, placeReplicas } from './placement.ts';

/** The most partitions one request may create, as in Kafka. */
export const partitionsPerRequestMax = 10_000;

export type CreatableTopic = Element<CreateTopicsRequest['topics']>;
export type CreateTopicsAnswer = Encodable<typeof createTopicsResponse>;
type TopicResult = Element<CreateTopicsAnswer['topics']>;

/**
 * Decides CreateTopics (19). Every distinct name is answered once, but as often as it is there when the whole request is
 * refused; a topic is made whole or not at all. With `validateOnly` there are no records. `canDescribeConfigs` says whether
 * the client may see a topic's configs. A request that gives no time comes too late, as in Kafka; and as there, names
 * collide with those of topics that are there already, not with each other.
 */
export function decideCreateTopics(
  context: ControllerContext,
  request: Pick<CreateTopicsRequest, 'topics' | 'validateOnly'> & { readonly timeoutMs?: number },
  canDescribeConfigs: (topic: string) => boolean = () => true,
): Decision<CreateTopicsAnswer> {
  const repeated = duplicates(request.topics.map(({ name }) => name));
  const single = request.topics.filter(({ name }) => !repeated.has(name));
  const late = new RefusedError(ErrorCode.REQUEST_TIMED_OUT, null);
  const refuseAll = (error: RefusedError): Decision<CreateTopicsAnswer> => {
    const topics = request.topics.map(({ name }) => refusal(name, error));
    return { records: [], response: { throttleTimeMs: 0, topics } };
  };
  if (single.length > 0 && request.timeoutMs !== undefined && request.timeoutMs <= 0) return refuseAll(late);
  const counted = single.filter(({ name }) => name !== metadataTopic);
  if (partitionTotal(counted, context.config.numPartitions) > partitionsPerRequestMax)
    return refuseAll(tooLarge());
  const taken = new Map([...context.image.topics()].map(({ name }) => [collisionKey(name), name]));
  const records: MetadataRecord[] = [];
  const results = [...repeated].map((name) =>
    refusal(name, new RefusedError(ErrorCode.INVALID_REQUEST, 'Duplicate topic name.')),
  );
  for (const topic of single) {
    const decide = (): TopicResult => {
      refuseName(context, topic.name, taken);
      const plan = planTopic(context, topic);
      records.push(...plan.records);
      return success(context, plan, canDescribeConfigs(topic.name));
    };
    results.push(orRefusal(decide, (error) => refusal(topic.name, error)));
  }
  return { records: request.validateOnly ? [] : records, response: { throttleTimeMs: 0, topics: results } };
}

/** The refusal of a request for more partitions than {@link partitionsPerRequestMax}. */
export function tooLarge(): RefusedError {
  return new RefusedError(ErrorCode.POLICY_VIOLATION, 'Excessively large number of partitions per request.');
}

interface TopicPlan {
  readonly name: string;
  readonly id: string;
  readonly numPartitions: number;
  readonly replicationFactor: number;
  readonly configs: ConfigTexts;
  readonly records: readonly MetadataRecord[];
}

function planTopic(context: ControllerContext, topic: CreatableTopic): TopicPlan {
  const configs = topicOverrides(context, topic);
  const assignments =
    topic.assignments.length > 0 ? manualAssignments(context, topic) : placedAssignments(context, topic);
  const id = newTopicId(context);
  return {
    name: topic.name,
    id,
    numPartitions: assignments.length,
    replicationFactor: assignments[0]?.length ?? 0,
    configs,
    records: [
      { type: 'TopicRecord', value: { name: topic.name, topicId: id } },
      ...[...configs].map(([name, value]): MetadataRecord => {
        const resource = { resourceType: resourceTypes.TOPIC, resourceName: topic.name };
        return { type: 'ConfigRecord', value: { ...resource, name, value } };
      }),
      ...assignments.map((replicas, partitionId): MetadataRecord => {
        const value = newPartition(context.image, { topicId: id, partitionId, replicas });
        return { type: 'PartitionRecord', value };
      }),
    ],
  };
}

function refuseName(context: ControllerContext, name: string, taken: ReadonlyMap<string, string>): void {
  const problem = topicNameProblem(name);
  if (problem !== undefined) throw new RefusedError(ErrorCode.INVALID_TOPIC_EXCEPTION, problem);
  if (name === metadataTopic) {
    const message = `Creation of internal topic ${metadataTopic} is prohibited.`;
    throw new RefusedError(ErrorCode.INVALID_REQUEST, message);
  }
  if (context.image.topic(name) !== undefined) {
    throw new RefusedError(ErrorCode.TOPIC_ALREADY_EXISTS, `Topic '${name}' already exists.`);
  }
  const other = taken.get(collisionKey(name));
  if (other !== undefined) {
    const message = `Topic '${name}' collides with existing topic: ${other}`;
    throw new RefusedError(ErrorCode.INVALID_TOPIC_EXCEPTION, message);
  }
}

function topicOverrides(context: ControllerContext, topic: CreatableTopic): ConfigTexts {
  const absent = topic.configs.filter(({ value }) => value === null).map(({ name }) => name);
  if (absent.length > 0) {
    const message = `Null value not supported for topic configs: ${absent.join(',')}`;
    throw new RefusedError(ErrorCode.INVALID_CONFIG, message);
  }
  const given = new Map(topic.configs.map(({ name, value }) => [name, value ?? '']));
  refuseProblems(ErrorCode.INVALID_CONFIG, topicConfigProblems(given, contextLayers(context)));
  return given;
}

function manualAssignments(
  { image }: ControllerContext,
  { assignments, numPartitions, replicationFactor }: CreatableTopic,
): readonly (readonly number[])[] {
  const given = 'A manual partition assignment was specified, but';
  if (replicationFactor !== -1) {
    throw new RefusedError(ErrorCode.INVALID_REQUEST, `${given} replication factor was not set to -1.`);
  }
  if (numPartitions !== -1) {
    throw new RefusedError(ErrorCode.INVALID_REQUEST, `${given} numPartitions was not set to -1.`);
  }
  const placed = new Map<number, readonly number[]>();
  const replicas = assignments[0]?.brokerIds.length ?? 0;
  for (const { partitionIndex, brokerIds } of assignments) {
    if (placed.has(partitionIndex)) {
      const message = `Found multiple manual partition assignments for partition ${partitionIndex}`;
      throw new RefusedError(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
    }
    const check = { replicas: brokerIds, replicationFactor: replicas, partitionId: partitionIndex };
    checkManualAssignment(image, check);
    placed.set(partitionIndex, brokerIds);
  }
  return Array.from(placed, (_each, partitionIndex) => {
    const brokerIds = placed.get(partitionIndex);
    if (brokerIds !== undefined) return brokerIds;
    const message = 'partitions should be a consecutive 0-based integer sequence';
    throw new RefusedError(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
  });
}

function placedAssignments(
  context: ControllerContext,
  topic: CreatableTopic,
): readonly (readonly number[])[] {
  if (topic.replicationFactor < -1 || topic.replicationFactor === 0) {
    throw new RefusedError(
      ErrorCode.INVALID_REPLICATION_FACTOR,
      'Replication factor must be larger than 0, or -1 to use the default value.',
    );
  }
  if (topic.numPartitions < -1 || topic.numPartitions === 0) {
    throw new RefusedError(
      ErrorCode.INVALID_PARTITIONS,
      'Number of partitions was set to an invalid non-positive value.',
    );
  }
  const { numPartitions, defaultReplicationFactor } = context.config;
  return placeReplicas(context, {
    count: topic.numPartitions === -1 ? numPartitions : topic.numPartitions,
    replicationFactor: topic.replicationFactor === -1 ? defaultReplicationFactor : topic.replicationFactor,
  });
}

function partitionTotal(topics: readonly CreatableTopic[], defaultPartitions: number): number {
  const sizes = topics.map(({ assignments, numPartitions }) => {
    if (assignments.length > 0) return assignments.length;
    return numPartitions === -1 ? defaultPartitions : Math.max(0, numPartitions);
  });
  return sizes.reduce((sum, size) => sum + size, 0);
}

function newTopicId({ image, entropy }: ControllerContext): string {
  for (;;) {
    const id = randomUuid(entropy);
    if (image.topicById(id) === undefined) return id;
  }
}

function success(context: ControllerContext, plan: TopicPlan, canDescribeConfigs: boolean): TopicResult {
  const topic = { name: plan.name, topicId: plan.id, errorCode: ErrorCode.NONE, errorMessage: null };
  if (!canDescribeConfigs) {
    return { ...topic, topicConfigErrorCode: ErrorCode.TOPIC_AUTHORIZATION_FAILED, configs: null };
  }
  const { numPartitions, replicationFactor } = plan;
  const configs = describeTopicConfigs(plan.configs, contextLayers(context)).map((entry) => ({
    name: entry.name,
    value: plan.configs.get(entry.name) ?? entry.value,
    readOnly: entry.isReadOnly,
    configSource: entry.source,
    isSensitive: entry.isSensitive,
  }));
  return { ...topic, numPartitions, replicationFactor, configs };
}

function refusal(name: string, { errorCode, errorMessage }: RefusedError): TopicResult {
  return { name, errorCode, errorMessage };
}
