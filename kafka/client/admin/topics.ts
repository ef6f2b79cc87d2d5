import {
  createPartitionsRequest,
  createPartitionsResponse,
  createTopicsRequest,
  createTopicsResponse,
  deleteTopicsRequest,
  deleteTopicsResponse,
  ErrorCode,
  type MetadataResponse,
  metadataRequest,
  metadataResponse,
  zeroUuid,
} from '../../protocol/index.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { retryItems } from '../cluster/retry-items.ts';
import { isMissingTopic, itemError } from './item-error.ts';
import type { CreatedTopic, NewTopic, PartitionDescription, Refusable, TopicDescription } from './shapes.ts';

type TopicAnswer = MetadataResponse['topics'][number];

/** Creates topics through the controller. */
export function createTopics(
  cluster: Cluster,
  topics: readonly NewTopic[],
  { isValidatedOnly = false }: { readonly isValidatedOnly?: boolean },
): Promise<Refusable<CreatedTopic>[]> {
  return retryItems(cluster, 'creating topics', topics, (left) =>
    cluster.controller(async (connection) => {
      const response = await connection.send(createTopicsRequest, createTopicsResponse, {
        topics: left.map(newTopic),
        timeoutMs: cluster.settings.requestTimeoutMs,
        validateOnly: isValidatedOnly,
      });
      return left.map(({ name }) => {
        const answer = response.topics.find((topic) => topic.name === name);
        return {
          name,
          topicId: idOf(answer?.topicId),
          partitionCount: answer?.numPartitions ?? -1,
          replicationFactor: answer?.replicationFactor ?? -1,
          error: itemError(answer, `creating topic ${name}`),
        };
      });
    }),
  );
}

/** Deletes topics through the controller. */
export function deleteTopics(
  cluster: Cluster,
  names: readonly string[],
): Promise<Refusable<{ readonly name: string }>[]> {
  const attempt = (left: readonly string[]) =>
    cluster.controller(async (connection) => {
      const { responses } = await connection.send(deleteTopicsRequest, deleteTopicsResponse, {
        topics: left.map((name) => ({ name, topicId: zeroUuid })),
        topicNames: [...left],
        timeoutMs: cluster.settings.requestTimeoutMs,
      });
      return left.map((name) => {
        const answer = responses.find((topic) => topic.name === name);
        return { name, error: itemError(answer, `deleting topic ${name}`) };
      });
    });
  return retryItems(cluster, 'deleting topics', names, attempt, { isFinal: isMissingTopic });
}

/** Adds partitions through the controller. */
export function createPartitions(
  cluster: Cluster,
  topics: readonly {
    readonly name: string;
    readonly count: number;
    readonly assignments?: readonly (readonly number[])[];
  }[],
  { isValidatedOnly = false }: { readonly isValidatedOnly?: boolean },
): Promise<Refusable<{ readonly name: string }>[]> {
  const attempt = (left: typeof topics) =>
    cluster.controller(async (connection) => {
      const { results } = await connection.send(createPartitionsRequest, createPartitionsResponse, {
        topics: left.map(({ name, count, assignments }) => ({
          name,
          count,
          assignments: assignments?.map((brokerIds) => ({ brokerIds: [...brokerIds] })) ?? null,
        })),
        timeoutMs: cluster.settings.requestTimeoutMs,
        validateOnly: isValidatedOnly,
      });
      return left.map(({ name }) => {
        const answer = results.find((topic) => topic.name === name);
        return { name, error: itemError(answer, `creating partitions of topic ${name}`) };
      });
    });
  return retryItems(cluster, 'creating partitions', topics, attempt, { isFinal: isMissingTopic });
}

/** All topics there are. */
export async function listTopics(
  cluster: Cluster,
  { hasInternal = false }: { readonly hasInternal?: boolean },
): Promise<TopicDescription[]> {
  const { topics } = await cluster.retry('listing topics', () => readMetadata(cluster, null));
  return topics
    .filter(({ errorCode, isInternal }) => errorCode === ErrorCode.NONE && (hasInternal || !isInternal))
    .map((topic) => descriptionOf(topic.name ?? '', topic))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The given topics. One that is not known is no reason to wait: it is refused at once. */
export async function describeTopics(
  cluster: Cluster,
  names: readonly string[],
): Promise<Refusable<TopicDescription>[]> {
  const { topics } = await cluster.retry('describing topics', () => readMetadata(cluster, names));
  return names.map((name) => {
    const answer = topics.find((topic) => topic.name === name);
    return { ...descriptionOf(name, answer), error: itemError(answer, `describing topic ${name}`) };
  });
}

function readMetadata(cluster: Cluster, names: readonly string[] | null): Promise<MetadataResponse> {
  return cluster.any((connection) =>
    connection.send(metadataRequest, metadataResponse, {
      topics: names?.map((name) => ({ name })) ?? null,
      allowAutoTopicCreation: false,
      includeClusterAuthorizedOperations: false,
      includeTopicAuthorizedOperations: false,
    }),
  );
}

function descriptionOf(name: string, topic: TopicAnswer | undefined): TopicDescription {
  const partitions = (topic?.partitions ?? []).map(
    ({
      partitionIndex,
      leaderId,
      leaderEpoch,
      replicaNodes,
      isrNodes,
      offlineReplicas,
    }): PartitionDescription => ({
      partition: partitionIndex,
      leader: leaderId,
      leaderEpoch,
      replicas: replicaNodes,
      isr: isrNodes,
      offlineReplicas,
    }),
  );
  return {
    name,
    topicId: idOf(topic?.topicId),
    isInternal: topic?.isInternal ?? false,
    partitions: partitions.sort((a, b) => a.partition - b.partition),
  };
}

function newTopic({
  name,
  partitionCount = -1,
  replicationFactor = -1,
  assignments = [],
  configs = {},
}: NewTopic) {
  return {
    name,
    numPartitions: assignments.length > 0 ? -1 : partitionCount,
    replicationFactor: assignments.length > 0 ? -1 : replicationFactor,
    assignments: assignments.map((brokerIds, partitionIndex) => ({
      partitionIndex,
      brokerIds: [...brokerIds],
    })),
    configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
  };
}

function idOf(topicId: string | undefined): string {
  return topicId === undefined || topicId === zeroUuid ? '' : topicId;
}
