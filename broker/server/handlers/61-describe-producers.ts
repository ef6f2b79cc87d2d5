import {
  describeProducersRequest,
  describeProducersResponse,
  ErrorCode,
} from '../../../kafka/protocol/index.ts';
import { topicNameProblem } from '../../metadata/index.ts';
import type { Partition } from '../../replica/partition.ts';
import type { Partitions } from '../../replica/partitions.ts';
import { type Api, api } from '../api.ts';

/** DescribeProducers: who wrote to a partition with a producer id, and whose transactions are open there (KIP-664). */
export function describeProducersApi(partitions: Partitions): Api {
  return api(describeProducersRequest, describeProducersResponse, (request) => ({
    throttleTimeMs: 0,
    topics: request.topics.map(({ name, partitionIndexes }) => {
      const isTopic = partitions.hasTopic(name);
      return {
        name,
        partitions: partitionIndexes.map((partitionIndex) => ({
          partitionIndex,
          ...describe(partitions.lookupByName(name, partitionIndex), { name, isTopic }),
        })),
      };
    }),
  }));
}

function describe(partition: Partition | number, { name, isTopic }: { name: string; isTopic: boolean }) {
  if (partition === ErrorCode.UNKNOWN_TOPIC_OR_PARTITION && !isTopic) return missing(name);
  if (typeof partition === 'number') return refuse(partition);
  if (partition.log.isOffline) return refuse(ErrorCode.KAFKA_STORAGE_ERROR);
  const activeProducers = Array.from(partition.log.producers.entries, (entry) => ({
    producerId: entry.producerId,
    producerEpoch: entry.producerEpoch,
    lastSequence: entry.batches.at(-1)?.lastSequence ?? -1,
    lastTimestamp: entry.lastTimestamp,
    coordinatorEpoch: entry.coordinatorEpoch,
    currentTxnStartOffset: entry.currentTxnFirstOffset,
  }));
  return { errorCode: ErrorCode.NONE, activeProducers };
}

function missing(name: string) {
  const problem = topicNameProblem(name);
  return problem === undefined
    ? refuse(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 'This server does not host this topic-partition.')
    : refuse(ErrorCode.INVALID_TOPIC_EXCEPTION, problem);
}

function refuse(errorCode: number, errorMessage: string | null = null) {
  return { errorCode, errorMessage, activeProducers: [] };
}
