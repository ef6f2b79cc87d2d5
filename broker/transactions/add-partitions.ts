import { ErrorCode } from '../../kafka/protocol/index.ts';
import type { Decision } from './decision.ts';
import {
  isIdle,
  isPrepared,
  type Transaction,
  type TransactionPartitions,
  transition,
} from './transaction.ts';

/** A partition by name. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Partitions to add to the transaction of a producer, or to look for in it. */
export interface AddPartitions {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly partitions: readonly TopicPartition[];
  /** 2 when the broker adds them for a client of transaction version 2, else 0. */
  readonly clientVersion: number;
  readonly now: number;
}

/** Decides on adding partitions: all or none. What is in the transaction already is not written again. */
export function decideAddPartitions(
  transaction: Transaction | undefined,
  { producerId, producerEpoch, partitions, clientVersion, now }: AddPartitions,
): Decision<number> {
  if (transaction === undefined) return { response: ErrorCode.INVALID_PRODUCER_ID_MAPPING };
  const errorCode = validateProducer(transaction, producerId, producerEpoch);
  if (errorCode !== ErrorCode.NONE) return { response: errorCode };
  const added = partitions.filter((each) => !includes(transaction, each));
  if (transaction.state === 'Ongoing' && added.length === 0) return { response: ErrorCode.NONE };
  const next = transition(transaction, 'Ongoing', {
    partitions: withPartitions(transaction.partitions, added),
    startTimestamp: isIdle(transaction) ? now : transaction.startTimestamp,
    lastUpdateTimestamp: now,
    clientVersion,
  });
  return { transaction: next, response: ErrorCode.NONE };
}

/** The error code of each partition: TRANSACTION_ABORTABLE for those that are not in the transaction (KIP-890). */
export function verifyPartitions(
  transaction: Transaction | undefined,
  {
    producerId,
    producerEpoch,
    partitions,
  }: Pick<AddPartitions, 'producerId' | 'producerEpoch' | 'partitions'>,
): readonly number[] {
  if (transaction === undefined) return partitions.map(() => ErrorCode.INVALID_PRODUCER_ID_MAPPING);
  const errorCode = validateProducer(transaction, producerId, producerEpoch);
  if (errorCode !== ErrorCode.NONE) return partitions.map(() => errorCode);
  return partitions.map((each) =>
    includes(transaction, each) ? ErrorCode.NONE : ErrorCode.TRANSACTION_ABORTABLE,
  );
}

function validateProducer(transaction: Transaction, producerId: number, producerEpoch: number): number {
  if (transaction.producerId !== producerId) return ErrorCode.INVALID_PRODUCER_ID_MAPPING;
  if (transaction.producerEpoch !== producerEpoch) return ErrorCode.PRODUCER_FENCED;
  return isPrepared(transaction) ? ErrorCode.CONCURRENT_TRANSACTIONS : ErrorCode.NONE;
}

function includes({ partitions }: Transaction, { topic, partition }: TopicPartition): boolean {
  return partitions.get(topic)?.has(partition) === true;
}

function withPartitions(
  partitions: TransactionPartitions,
  added: readonly TopicPartition[],
): TransactionPartitions {
  const all = new Map(partitions);
  for (const { topic, partition } of added) all.set(topic, new Set(all.get(topic)).add(partition));
  return all;
}
