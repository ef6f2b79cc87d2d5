import { deleteRecordsRequest, deleteRecordsResponse, ErrorCode } from '../../../kafka/protocol/index.ts';
import type { Partition } from '../../replica/partition.ts';
import type { Partitions } from '../../replica/partitions.ts';
import { type Api, api } from '../api.ts';

const HIGH_WATERMARK = -1;

/** DeleteRecords: moves log start offsets up. `checkpoint` makes the new ones durable before they are told. */
export function deleteRecordsApi(partitions: Partitions, checkpoint: () => void): Api {
  return api(deleteRecordsRequest, deleteRecordsResponse, (request) => {
    const topics = request.topics.map(({ name, partitions: asked }) => ({
      name,
      partitions: asked.map(({ partitionIndex, offset }) => ({
        partitionIndex,
        ...deleteRecords(partitions.find(name, partitionIndex), offset),
      })),
    }));
    checkpoint();
    return { throttleTimeMs: 0, topics };
  });
}

function deleteRecords(
  partition: Partition | undefined,
  offset: number,
): { lowWatermark: number; errorCode: number } {
  const refuse = (errorCode: number) => ({ lowWatermark: -1, errorCode });
  if (partition === undefined) return refuse(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  if (partition.log.isOffline) return refuse(ErrorCode.KAFKA_STORAGE_ERROR);
  const { cleanupPolicy } = partition.log.config;
  if (cleanupPolicy.compact && !cleanupPolicy.delete) return refuse(ErrorCode.POLICY_VIOLATION);
  const target = offset === HIGH_WATERMARK ? partition.highWatermark : offset;
  if (target > partition.highWatermark || target < 0) return refuse(ErrorCode.OFFSET_OUT_OF_RANGE);
  partition.deleteRecordsBefore(target);
  return { lowWatermark: partition.log.logStartOffset, errorCode: ErrorCode.NONE };
}
