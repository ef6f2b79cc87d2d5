import {
  addOffsetsToTxnRequest,
  addOffsetsToTxnResponse,
  addPartitionsToTxnRequest,
  addPartitionsToTxnResponse,
  ErrorCode,
  endTxnRequest,
  endTxnResponse,
  initProducerIdRequest,
  initProducerIdResponse,
  txnOffsetCommitRequest,
  txnOffsetCommitResponse,
} from '../../protocol/index.ts';
import { checkAnswer, itemError } from '../admin/item-error.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import { type Cluster, MAIN_CHANNEL } from '../cluster/cluster.ts';
import { retryItems } from '../cluster/retry-items.ts';
import { KafkaError } from '../errors.ts';
import { type CommittedOffset, partitionKey, type TopicPartition } from '../topic-partition.ts';
import type { ProducerIdentity } from './partition-queue.ts';
import type { TransactionGroup } from './producer.ts';

/** Levels of the feature transaction.version, and the versions that belong to them (KIP-890). */
const FEATURE = 'transaction.version';
const SECOND_GENERATION_LEVEL = 2;
const FIRST_END_WITH_EPOCH = 5;
const LAST_OF_FIRST_GENERATION = 4;
/** Later ones are between brokers. */
const LAST_ADD_BY_CLIENTS = 3;

/** How a producer's transactions are told apart from others'. */
export interface TransactionSettings {
  readonly transactionalId: string;
  readonly transactionTimeoutMs: number;
}

/** Who the coordinator takes this producer for, and how it coordinates. */
export interface Coordination {
  readonly identity: ProducerIdentity;
  readonly isSecondGeneration: boolean;
}

/** Asks for a producer id and a new epoch; `present`: for the next epoch of this one. */
export function initProducer(
  cluster: Cluster,
  { transactionalId, transactionTimeoutMs }: TransactionSettings,
  present: ProducerIdentity | undefined,
): Promise<Coordination> {
  const what = `initializing transactional id ${transactionalId}`;
  return atCoordinator(cluster, transactionalId, what, async (connection) => {
    const response = await connection.send(initProducerIdRequest, initProducerIdResponse, {
      transactionalId,
      transactionTimeoutMs,
      ...present,
    });
    checkAnswer(response, what);
    const { producerId, producerEpoch } = response;
    return { identity: { producerId, producerEpoch }, isSecondGeneration: isSecondGeneration(connection) };
  });
}

/** Whether the cluster has agreed on transactions of the second generation, and the coordinator serves them. */
function isSecondGeneration(connection: BrokerConnection): boolean {
  return (
    connection.featureLevel(FEATURE) >= SECOND_GENERATION_LEVEL &&
    connection.versionOf(endTxnRequest) >= FIRST_END_WITH_EPOCH
  );
}

/** Announces partitions to the coordinator. Throws the error of the first that is refused. */
export async function addPartitions(
  cluster: Cluster,
  transactionalId: string,
  { identity }: Coordination,
  partitions: readonly TopicPartition[],
): Promise<void> {
  const what = `adding partitions to the transaction of ${transactionalId}`;
  const topics = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([name, items]) => ({
    name,
    partitions: items.map(({ partition }) => partition),
  }));
  await atCoordinator(cluster, transactionalId, what, async (connection) => {
    const body = {
      transactions: [],
      v3AndBelowTransactionalId: transactionalId,
      v3AndBelowProducerId: identity.producerId,
      v3AndBelowProducerEpoch: identity.producerEpoch,
      v3AndBelowTopics: topics,
    };
    const options = { newestVersion: LAST_ADD_BY_CLIENTS };
    const response = await connection.send(
      addPartitionsToTxnRequest,
      addPartitionsToTxnResponse,
      body,
      options,
    );
    const codes = response.resultsByTopicV3AndBelow.flatMap(({ resultsByPartition }) =>
      resultsByPartition.map(({ partitionErrorCode }) => partitionErrorCode),
    );
    // Partitions that are not to blame are told OPERATION_NOT_ATTEMPTED.
    const isBlamed = (code: number) => code !== ErrorCode.NONE && code !== ErrorCode.OPERATION_NOT_ATTEMPTED;
    const errorCode = codes.find(isBlamed) ?? codes.find((code) => code !== ErrorCode.NONE);
    if (errorCode !== undefined) throw new KafkaError(errorCode, what);
  });
}

/** Announces a group to the coordinator. */
export async function addOffsets(
  cluster: Cluster,
  transactionalId: string,
  { identity }: Coordination,
  groupId: string,
): Promise<void> {
  const what = `adding offsets of group ${groupId} to the transaction of ${transactionalId}`;
  await atCoordinator(cluster, transactionalId, what, async (connection) => {
    const body = { transactionalId, ...identity, groupId };
    checkAnswer(await connection.send(addOffsetsToTxnRequest, addOffsetsToTxnResponse, body), what);
  });
}

/** Stores offsets at the group's coordinator, pending until the transaction ends. Throws the first error. */
export async function commitTransactionOffsets(
  cluster: Cluster,
  transactionalId: string,
  { identity, isSecondGeneration: isSecond }: Coordination,
  { groupId, memberId = '', generationId = -1, groupInstanceId }: TransactionGroup,
  offsets: readonly CommittedOffset[],
): Promise<void> {
  const what = `committing offsets of group ${groupId} in the transaction of ${transactionalId}`;
  const attempt = (left: readonly CommittedOffset[]) =>
    cluster.coordinator(groupId, MAIN_CHANNEL, async (connection) => {
      const body = {
        transactionalId,
        groupId,
        ...identity,
        generationId,
        memberId,
        groupInstanceId: groupInstanceId ?? null,
        topics: topicsOf(left),
      };
      const options = isSecond ? {} : { newestVersion: LAST_OF_FIRST_GENERATION };
      const response = await connection.send(txnOffsetCommitRequest, txnOffsetCommitResponse, body, options);
      const answers = new Map(
        response.topics.flatMap(({ name, partitions }) =>
          partitions.map((answer) => [partitionKey(name, answer.partitionIndex), answer] as const),
        ),
      );
      const errors = left.map(({ topic, partition }) =>
        itemError(answers.get(partitionKey(topic, partition)), what),
      );
      if (errors.some((error) => error?.needsRefresh)) cluster.coordinators.forget(groupId);
      return errors.map((error) => ({ error }));
    });
  const answers = await retryItems(cluster, what, offsets, attempt);
  for (const { error } of answers) if (error !== undefined) throw error;
}

function topicsOf(offsets: readonly CommittedOffset[]) {
  return [...Map.groupBy(offsets, ({ topic }) => topic)].map(([name, items]) => ({
    name,
    partitions: items.map(({ partition, offset, leaderEpoch = -1, metadata = '' }) => ({
      partitionIndex: partition,
      committedOffset: offset,
      committedLeaderEpoch: leaderEpoch,
      committedMetadata: metadata,
    })),
  }));
}

/** Commits or aborts; returns who this producer is from then on. */
export function endTransaction(
  cluster: Cluster,
  transactionalId: string,
  { identity, isSecondGeneration: isSecond }: Coordination,
  isCommit: boolean,
): Promise<Coordination> {
  const what = `${isCommit ? 'committing' : 'aborting'} the transaction of ${transactionalId}`;
  return atCoordinator(cluster, transactionalId, what, async (connection) => {
    const body = { transactionalId, ...identity, committed: isCommit };
    const options = isSecond ? {} : { newestVersion: LAST_OF_FIRST_GENERATION };
    const response = await connection.send(endTxnRequest, endTxnResponse, body, options);
    checkAnswer(response, what);
    const { producerId, producerEpoch } = response;
    const next = isSecond && producerId >= 0 ? { producerId, producerEpoch } : identity;
    // The cluster may have agreed on another generation meanwhile: the next transaction is of that one.
    return { identity: next, isSecondGeneration: isSecondGeneration(connection) };
  });
}

/** Calls the coordinator of the transactional id, with retries. */
function atCoordinator<T>(
  cluster: Cluster,
  transactionalId: string,
  what: string,
  call: (connection: BrokerConnection) => Promise<T>,
): Promise<T> {
  return cluster.retry(what, () => cluster.transactionCoordinator(transactionalId, MAIN_CHANNEL, call));
}
