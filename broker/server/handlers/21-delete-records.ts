import { deleteRecordsRequest, deleteRecordsResponse, ErrorCode } from '../../../kafka/protocol/index.ts';
import { isStorageFailure } from '../../log/index.ts';
import { isInternalTopic } from '../../metadata/index.ts';
import type { Partition } from '../../replica/partition.ts';
import type { Partitions } from '../../replica/partitions.ts';
import { type Api, api } from '../api.ts';
import { lastOfEach, topicsOf } from './repeats.ts';

const HIGH_WATERMARK = -1;

interface Outcome {
  readonly lowWatermark: number;
  readonly errorCode: number;
}

/** DeleteRecords: moves log start offsets up. `checkpoint` makes the new ones durable before they are told, or throws. */
export function deleteRecordsApi(partitions: Partitions, checkpoint: () => void): Api {
  return api(deleteRecordsRequest, deleteRecordsResponse, (request) => {
    const outcomes = topicsOf(request.topics).map(({ name, partitions: asked }) => ({
      name,
      partitions: lastOfEach(asked, (each) => each.partitionIndex).map(({ partitionIndex, offset }) => ({
        partitionIndex,
        ...deleteRecords(partitions.lookupByName(name, partitionIndex), offset),
      })),
    }));
    const topics = isDone(checkpoint)
      ? outcomes
      : outcomes.map(({ name, partitions: each }) => ({
          name,
          partitions: each.map(({ partitionIndex, errorCode }) => ({
            partitionIndex,
            ...refuse(errorCode === ErrorCode.NONE ? ErrorCode.KAFKA_STORAGE_ERROR : errorCode),
          })),
        }));
    return { throttleTimeMs: 0, topics };
  });
}

function isDone(write: () => void): boolean {
  try {
    write();
    return true;
  } catch (error) {
    if (isStorageFailure(error)) return false;
    throw error;
  }
}

function refuse(errorCode: number): Outcome {
  return { lowWatermark: -1, errorCode };
}

function deleteRecords(partition: Partition | number, offset: number): Outcome {
  if (typeof partition === 'number') return refuse(partition);
  if (isInternalTopic(partition.topic)) return refuse(ErrorCode.INVALID_TOPIC_EXCEPTION);
  if (partition.log.isOffline) return refuse(ErrorCode.KAFKA_STORAGE_ERROR);
  const { cleanupPolicy } = partition.log.config;
  if (cleanupPolicy.compact && !cleanupPolicy.delete) return refuse(ErrorCode.POLICY_VIOLATION);
  const target = offset === HIGH_WATERMARK ? partition.highWatermark : offset;
  if (target > partition.highWatermark || target < 0) return refuse(ErrorCode.OFFSET_OUT_OF_RANGE);
  if (!isDone(() => partition.deleteRecordsBefore(target))) return refuse(ErrorCode.KAFKA_STORAGE_ERROR);
  return { lowWatermark: partition.log.logStartOffset, errorCode: ErrorCode.NONE };
}
