import {
  type AddPartitionsToTxnRequest,
  type AddPartitionsToTxnResponse,
  type Element,
  ErrorCode,
} from '../../kafka/protocol/index.ts';
import type { TopicPartition } from './add-partitions.ts';

/** Requests of brokers, for several transactions each. */
export const BATCHED_SINCE = 4;

/** What is asked for one transaction; versions up to 3 ask for one in the same terms. */
export type TransactionAddition = Element<AddPartitionsToTxnRequest['transactions']>;

type TransactionResult = Element<AddPartitionsToTxnResponse['resultsByTransaction']>;

/** The transactions that a request is about. */
export function additionsOf(
  request: AddPartitionsToTxnRequest,
  apiVersion: number,
): readonly TransactionAddition[] {
  if (apiVersion >= BATCHED_SINCE) return request.transactions;
  return [
    {
      transactionalId: request.v3AndBelowTransactionalId,
      producerId: request.v3AndBelowProducerId,
      producerEpoch: request.v3AndBelowProducerEpoch,
      verifyOnly: false,
      topics: request.v3AndBelowTopics,
    },
  ];
}

/** The partitions of a transaction in the order of the request. */
export function partitionsOf({ topics }: TransactionAddition): readonly TopicPartition[] {
  return topics.flatMap(({ name, partitions }) =>
    partitions.map((partition) => ({ topic: name, partition })),
  );
}

/** The answer for a transaction, with the error codes of its partitions in the order of the request. */
export function resultOf(
  { transactionalId, topics }: TransactionAddition,
  errorCodes: readonly number[],
): TransactionResult {
  let at = 0;
  const topicResults = topics.map(({ name, partitions }) => ({
    name,
    resultsByPartition: partitions.map((partitionIndex) => ({
      partitionIndex,
      partitionErrorCode: errorCodes[at++] ?? ErrorCode.UNKNOWN_SERVER_ERROR,
    })),
  }));
  return { transactionalId, topicResults };
}

/** The response in the form of its version. */
export function additionResponse(
  results: readonly TransactionResult[],
  apiVersion: number,
): AddPartitionsToTxnResponse {
  const isBatched = apiVersion >= BATCHED_SINCE;
  return {
    throttleTimeMs: 0,
    errorCode: ErrorCode.NONE,
    resultsByTransaction: isBatched ? results : [],
    resultsByTopicV3AndBelow: isBatched ? [] : (results[0]?.topicResults ?? []),
  };
}
