import {
  deleteRecordsRequest,
  deleteRecordsResponse,
  describeClusterRequest,
  describeClusterResponse,
  ErrorCode,
  metadataRequest,
  metadataResponse,
} from '../../protocol/index.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import { type Cluster, MAIN_CHANNEL } from '../cluster/cluster.ts';
import { isMissing, itemErrorOf, retryItems } from '../cluster/retry-items.ts';
import { KafkaError } from '../errors.ts';
import {
  EARLIEST,
  type IsolationLevel,
  LATEST,
  listOffsets,
  MAX_TIMESTAMP,
} from '../offsets/list-offsets.ts';
import type { TimestampedOffset, TopicPartition, TopicPartitionOffset } from '../topic-partition.ts';
import type { ClusterDescription, OffsetQuery, Refusable } from './admin.ts';
import { checkAnswer, itemError } from './item-error.ts';

type Deleted = Refusable<TopicPartition & { readonly lowWatermark: number }>;

/** Deletes records through the leaders. */
export function deleteRecords(
  cluster: Cluster,
  offsets: readonly TopicPartitionOffset[],
): Promise<Deleted[]> {
  const attempt = async (left: readonly TopicPartitionOffset[]) => {
    const isUnknown = ({ topic, partition }: TopicPartition) =>
      cluster.metadata.partition(topic, partition) === undefined;
    const unknown = left.filter(isUnknown).map(({ topic }) => topic);
    if (unknown.length > 0) await cluster.refresher.refresh([...new Set(unknown)]);
    const leaderOf = ({ topic, partition }: TopicPartition) =>
      cluster.metadata.partition(topic, partition)?.leader ?? -1;
    const answers = new Map<TopicPartitionOffset, Deleted>();
    await Promise.all(
      [...Map.groupBy(left, leaderOf)].map(async ([leader, group]) => {
        const given = await deleteFromLeader(cluster, leader, group);
        for (const [index, item] of group.entries()) answers.set(item, given[index] as Deleted);
      }),
    );
    return left.map((item) => answers.get(item) as Deleted);
  };
  return retryItems(cluster, 'deleting records', offsets, attempt, { isFinal: isMissing(cluster) });
}

async function deleteFromLeader(
  cluster: Cluster,
  leader: number,
  offsets: readonly TopicPartitionOffset[],
): Promise<Deleted[]> {
  const what = ({ topic, partition }: TopicPartition) => `deleting records of ${topic}-${partition}`;
  const refuse = (error: (item: TopicPartition) => KafkaError) =>
    offsets.map((item) => ({
      topic: item.topic,
      partition: item.partition,
      lowWatermark: -1,
      error: error(item),
    }));
  if (leader < 0) return refuse((item) => new KafkaError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, what(item)));
  const topics = [...Map.groupBy(offsets, ({ topic }) => topic)].map(([name, group]) => ({
    name,
    partitions: group.map(({ partition, offset }) => ({ partitionIndex: partition, offset })),
  }));
  try {
    const timeoutMs = cluster.settings.requestTimeoutMs;
    const response = await cluster.node(leader, MAIN_CHANNEL, (connection) =>
      connection.send(deleteRecordsRequest, deleteRecordsResponse, { topics, timeoutMs }),
    );
    return offsets.map((item) => {
      const { topic, partition } = item;
      const found = response.topics.find(({ name }) => name === topic);
      const answer = found?.partitions.find(({ partitionIndex }) => partitionIndex === partition);
      return {
        topic,
        partition,
        lowWatermark: answer?.lowWatermark ?? -1,
        error: itemError(answer, what(item)),
      };
    });
  } catch (error) {
    return refuse((item) => itemErrorOf(error, what(item)));
  }
}

/** Asks the leaders. */
export function queryOffsets(
  cluster: Cluster,
  queries: readonly OffsetQuery[],
  { isolationLevel = 'read_uncommitted' }: { readonly isolationLevel?: IsolationLevel },
): Promise<Refusable<TimestampedOffset>[]> {
  const questions = queries.map(({ topic, partition, at }) => ({
    topic,
    partition,
    timestamp: timestampOf(at),
  }));
  return listOffsets(cluster, questions, {
    channel: MAIN_CHANNEL,
    isolationLevel,
    isFinal: isMissing(cluster),
  });
}

function timestampOf(at: OffsetQuery['at']): number {
  switch (at) {
    case 'earliest':
      return EARLIEST;
    case 'latest':
      return LATEST;
    case 'max-timestamp':
      return MAX_TIMESTAMP;
    default:
      if (!Number.isSafeInteger(at) || at < 0)
        throw new RangeError(`${at} is not a timestamp in milliseconds`);
      return at;
  }
}

/** Asks any broker; brokers before 2.8 tell it in their metadata. */
export function describeCluster(cluster: Cluster): Promise<ClusterDescription> {
  return cluster.retry('describing the cluster', () =>
    cluster.any(async (connection) => {
      if (!connection.serves(describeClusterRequest)) return fromMetadata(connection);
      const response = await connection.send(describeClusterRequest, describeClusterResponse, {
        includeClusterAuthorizedOperations: false,
      });
      checkAnswer(response, 'describing the cluster');
      const { clusterId, controllerId, brokers } = response;
      return {
        clusterId,
        controllerId,
        brokers: brokers.map(({ brokerId, host, port, rack }) => ({ nodeId: brokerId, host, port, rack })),
      };
    }),
  );
}

async function fromMetadata(connection: BrokerConnection): Promise<ClusterDescription> {
  const response = await connection.send(metadataRequest, metadataResponse, {
    topics: [],
    allowAutoTopicCreation: false,
    includeClusterAuthorizedOperations: false,
    includeTopicAuthorizedOperations: false,
  });
  const { clusterId, controllerId, brokers } = response;
  return {
    clusterId,
    controllerId,
    brokers: brokers.map(({ nodeId, host, port, rack }) => ({ nodeId, host, port, rack })),
  };
}
