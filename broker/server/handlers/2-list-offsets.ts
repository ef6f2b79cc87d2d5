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
import { lastOfEach, topicsOf } from './repeats.ts';

const LATEST = -1;
const EARLIEST = -2;
const MAX_TIMESTAMP = -3;
const EARLIEST_LOCAL = -4;
const LATEST_TIERED = -5;
const EARLIEST_PENDING_UPLOAD = -6;

const LEADER_EPOCH_SINCE = 4;
const READ_COMMITTED = 1;

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
    topics: topicsOf(request.topics).map(({ name, partitions: asked }) => ({
      name,
      partitions: answers(asked, request, (each) =>
        answer(partitions.lookupByName(name, each.partitionIndex), each, { request, apiVersion }),
      ).map(({ leaderEpoch, ...rest }) =>
        apiVersion >= LEADER_EPOCH_SINCE ? { ...rest, leaderEpoch } : rest,
      ),
    })),
  }));
}

/** One for each partition: what is asked of one twice cannot be answered. */
function answers(
  asked: readonly Asked[],
  { isolationLevel }: ListOffsetsRequest,
  look: (each: Asked) => Found | number,
): (Found & { readonly partitionIndex: number; readonly errorCode: number })[] {
  const isIsolation = isolationLevel === 0 || isolationLevel === READ_COMMITTED;
  const counts = new Map<number, number>();
  for (const { partitionIndex: index } of asked) counts.set(index, (counts.get(index) ?? 0) + 1);
  return lastOfEach(asked, indexOf).map((each) => {
    const { partitionIndex } = each;
    if (!isIsolation) return { partitionIndex, errorCode: ErrorCode.UNKNOWN_SERVER_ERROR, ...NOTHING };
    if ((counts.get(partitionIndex) ?? 0) > 1)
      return { partitionIndex, errorCode: ErrorCode.INVALID_REQUEST, ...NOTHING };
    const found = look(each);
    if (typeof found === 'number') return { partitionIndex, errorCode: found, ...NOTHING };
    return { partitionIndex, errorCode: ErrorCode.NONE, ...found };
  });
}

const indexOf = ({ partitionIndex }: Asked) => partitionIndex;

function answer(
  partition: Partition | number,
  asked: Asked,
  { request, apiVersion }: { request: ListOffsetsRequest; apiVersion: number },
): Found | number {
  const since = asked.timestamp < 0 ? SINCE[asked.timestamp] : 0;
  if (since === undefined || apiVersion < since) return ErrorCode.UNSUPPORTED_VERSION;
  if (typeof partition === 'number') return partition;
  const epochError = checkLeaderEpoch(partition, asked.currentLeaderEpoch);
  if (epochError !== ErrorCode.NONE) return epochError;
  if (partition.log.isOffline) return ErrorCode.KAFKA_STORAGE_ERROR;
  const endOffset =
    request.isolationLevel === READ_COMMITTED ? partition.lastStableOffset : partition.highWatermark;
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
      return {
        timestamp: -1,
        offset: log.logStartOffset,
        leaderEpoch: partition.epochAt(log.logStartOffset),
      };
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
