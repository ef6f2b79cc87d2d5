import {
  type Element,
  ErrorCode,
  type ListOffsetsRequest,
  listOffsetsRequest,
  listOffsetsResponse,
} from '../../../kafka/protocol/index.ts';
import { findLargestTimestamp, findOffsetByTimestamp } from '../../log/index.ts';
import type { Partition } from '../../replica/partition.ts';
import { checkLeaderEpoch, readErrorOf } from '../../replica/partition-read.ts';
import type { Partitions } from '../../replica/partitions.ts';
import { type Api, api } from '../api.ts';

const LATEST = -1;
const EARLIEST = -2;
const MAX_TIMESTAMP = -3;
const EARLIEST_LOCAL = -4;
const LATEST_TIERED = -5;
const EARLIEST_PENDING_UPLOAD = -6;

const LEADER_EPOCH_SINCE = 4;

/** The version that brought each special timestamp. */
const SINCE: Readonly<Record<number, number>> = {
  [LATEST]: 0,
  [EARLIEST]: 0,
  [MAX_TIMESTAMP]: 7,
  [EARLIEST_LOCAL]: 8,
  [LATEST_TIERED]: 9,
  [EARLIEST_PENDING_UPLOAD]: 11,
};

interface Found {
  readonly timestamp: number;
  readonly offset: number;
  readonly leaderEpoch: number;
}

type Asked = Element<Element<ListOffsetsRequest['topics']>['partitions']>;

const NOTHING: Found = { timestamp: -1, offset: -1, leaderEpoch: -1 };

/** ListOffsets: the ends of the log, and records by timestamp. */
export function listOffsetsApi(partitions: Partitions): Api {
  return api(listOffsetsRequest, listOffsetsResponse, (request, { apiVersion }) => ({
    topics: request.topics.map(({ name, partitions: asked }) => ({
      name,
      partitions: asked.map((each) => {
        const isDuplicate = asked.filter((other) => other.partitionIndex === each.partitionIndex).length > 1;
        const found = isDuplicate
          ? ErrorCode.INVALID_REQUEST
          : answer(partitions.lookupByName(name, each.partitionIndex), each, { request, apiVersion });
        const errorCode = typeof found === 'number' ? found : ErrorCode.NONE;
        const { timestamp, offset, leaderEpoch } = typeof found === 'number' ? NOTHING : found;
        const epoch = apiVersion >= LEADER_EPOCH_SINCE ? { leaderEpoch } : {};
        return { partitionIndex: each.partitionIndex, errorCode, timestamp, offset, ...epoch };
      }),
    })),
  }));
}

function answer(
  partition: Partition | number,
  asked: Asked,
  { request, apiVersion }: { request: ListOffsetsRequest; apiVersion: number },
): Found | number {
  if (typeof partition === 'number') return partition;
  const since = asked.timestamp < 0 ? SINCE[asked.timestamp] : 0;
  if (since === undefined || apiVersion < since) return ErrorCode.UNSUPPORTED_VERSION;
  const epochError = checkLeaderEpoch(partition, asked.currentLeaderEpoch);
  if (epochError !== ErrorCode.NONE) return epochError;
  if (partition.log.isOffline) return ErrorCode.KAFKA_STORAGE_ERROR;
  const endOffset = request.isolationLevel === 1 ? partition.lastStableOffset : partition.highWatermark;
  try {
    return lookUp(partition, asked.timestamp, endOffset);
  } catch (error) {
    return readErrorOf(error);
  }
}

function lookUp(partition: Partition, timestamp: number, endOffset: number): Found {
  const { log } = partition;
  switch (timestamp) {
    case LATEST:
      return { timestamp: -1, offset: endOffset, leaderEpoch: partition.leaderEpoch };
    case EARLIEST:
    case EARLIEST_LOCAL:
      return { timestamp: -1, offset: log.logStartOffset, leaderEpoch: log.epochAt(log.logStartOffset) };
    case LATEST_TIERED:
    case EARLIEST_PENDING_UPLOAD:
      return NOTHING; // Nothing is ever moved to remote storage.
    case MAX_TIMESTAMP: {
      // Not the largest of what is decided: as long as it may be aborted, Kafka tells of none.
      const found = findLargestTimestamp(log, partition.highWatermark);
      return found !== undefined && found.offset < endOffset ? found : NOTHING;
    }
    default:
      return findOffsetByTimestamp(log, timestamp, endOffset) ?? NOTHING;
  }
}
