import { deleteRecordsRequest, deleteRecordsResponse } from '../../protocol/index.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import { type Cluster, MAIN_CHANNEL } from '../cluster/cluster.ts';
import { isMissing, retryItems } from '../cluster/retry-items.ts';
import {
  EARLIEST,
  EARLIEST_LOCAL,
  EARLIEST_PENDING_UPLOAD,
  type IsolationLevel,
  LATEST,
  LATEST_TIERED,
  listOffsets,
  MAX_TIMESTAMP,
} from '../offsets/list-offsets.ts';
import type { TimestampedOffset, TopicPartition, TopicPartitionOffset } from '../topic-partition.ts';
import { askLeaders, type LeaderQuestion } from './broker-calls.ts';
import { itemError } from './item-error.ts';
import type { OffsetQuery, Refusable } from './shapes.ts';

type Deleted = Refusable<TopicPartition & { readonly lowWatermark: number }>;

/** Deletes records through the leaders. */
export function deleteRecords(
  cluster: Cluster,
  offsets: readonly TopicPartitionOffset[],
): Promise<Deleted[]> {
  const question: LeaderQuestion<TopicPartitionOffset, Deleted> = {
    what,
    ask: (connection, items) => deleteFromLeader(connection, items, cluster.settings.requestTimeoutMs),
    refuse: ({ topic, partition }, error) => ({ topic, partition, lowWatermark: -1, error }),
  };
  const attempt = (left: readonly TopicPartitionOffset[]) => askLeaders(cluster, left, question);
  return retryItems(cluster, 'deleting records', offsets, attempt, { isFinal: isMissing(cluster) });
}

function what({ topic, partition }: TopicPartition): string {
  return `deleting records of ${topic}-${partition}`;
}

async function deleteFromLeader(
  connection: BrokerConnection,
  offsets: readonly TopicPartitionOffset[],
  timeoutMs: number,
): Promise<Deleted[]> {
  const topics = [...Map.groupBy(offsets, ({ topic }) => topic)].map(([name, group]) => ({
    name,
    partitions: group.map(({ partition, offset }) => ({ partitionIndex: partition, offset })),
  }));
  const response = await connection.send(deleteRecordsRequest, deleteRecordsResponse, { topics, timeoutMs });
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
    case 'earliest-local':
      return EARLIEST_LOCAL;
    case 'latest-tiered':
      return LATEST_TIERED;
    case 'earliest-pending-upload':
      return EARLIEST_PENDING_UPLOAD;
    default:
      if (!Number.isSafeInteger(at) || at < 0)
        throw new RangeError(`${at} is not a timestamp in milliseconds`);
      return at;
  }
}
