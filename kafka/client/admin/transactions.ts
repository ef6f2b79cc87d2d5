import {
  describeProducersRequest,
  describeProducersResponse,
  describeTransactionsRequest,
  describeTransactionsResponse,
  initProducerIdRequest,
  initProducerIdResponse,
  listTransactionsRequest,
  listTransactionsResponse,
  writeTxnMarkersRequest,
  writeTxnMarkersResponse,
} from '../../protocol/index.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import { type Cluster, MAIN_CHANNEL } from '../cluster/cluster.ts';
import { isMissing, retryItems } from '../cluster/retry-items.ts';
import { UnsupportedApiError } from '../errors.ts';
import type { TopicPartition } from '../topic-partition.ts';
import { askLeaders, callBroker, callEveryBroker } from './broker-calls.ts';
import { checkAnswer, itemError } from './item-error.ts';
import type { Refusable } from './shapes.ts';

const FIRST_LIST_WITH_DURATION = 1;
const FIRST_LIST_WITH_PATTERN = 2;

/** An idempotent or transactional producer as a partition knows it (KIP-664). -1 where there is nothing. */
export interface ProducerState {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly lastSequence: number;
  readonly lastTimestamp: number;
  readonly coordinatorEpoch: number;
  readonly currentTxnStartOffset: number;
}

/** What {@link listTransactions} leaves out. Empty lists and absent fields leave out nothing. */
export interface TransactionFilter {
  readonly states?: readonly string[];
  readonly producerIds?: readonly number[];
  /** Only those that run for longer, in ms (KIP-994). */
  readonly durationMs?: number | undefined;
  /** An RE2 pattern of transactional ids (KIP-1152). */
  readonly transactionalIdPattern?: string | undefined;
}

export interface TransactionListing {
  readonly transactionalId: string;
  readonly producerId: number;
  /** `Ongoing`, `CompleteCommit`, ... */
  readonly state: string;
  readonly coordinatorId: number;
}

export interface TransactionDescription {
  readonly transactionalId: string;
  readonly coordinatorId: number;
  readonly state: string;
  readonly timeoutMs: number;
  /** -1 when there is none running. */
  readonly startTimeMs: number;
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly partitions: readonly TopicPartition[];
}

/** A transaction on one partition, as {@link abortTransaction} ends it. */
export interface PartitionTransaction extends TopicPartition {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly coordinatorEpoch: number;
}

type Producers = Refusable<TopicPartition & { readonly producers: readonly ProducerState[] }>;

/** Asks the leaders, or the replicas on one broker. */
export function describeProducers(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  { brokerId }: { readonly brokerId?: number },
): Promise<Producers[]> {
  const what = ({ topic, partition }: TopicPartition) => `describing producers of ${topic}-${partition}`;
  return retryItems(
    cluster,
    'describing producers',
    partitions,
    (left) => {
      if (brokerId !== undefined) {
        return callBroker(cluster, 'describing producers', brokerId, (connection) =>
          producersOf(connection, left, what),
        );
      }
      return askLeaders<TopicPartition, Producers>(cluster, left, {
        what,
        ask: (connection, items) => producersOf(connection, items, what),
        refuse: ({ topic, partition }, error) => ({ topic, partition, producers: [], error }),
      });
    },
    { isFinal: isMissing(cluster) },
  );
}

async function producersOf(
  connection: BrokerConnection,
  partitions: readonly TopicPartition[],
  what: (item: TopicPartition) => string,
): Promise<Producers[]> {
  const { topics } = await connection.send(describeProducersRequest, describeProducersResponse, {
    topics: [...Map.groupBy(partitions, ({ topic }) => topic)].map(([name, items]) => ({
      name,
      partitionIndexes: items.map(({ partition }) => partition),
    })),
  });
  return partitions.map(({ topic, partition }) => {
    const answer = topics
      .find(({ name }) => name === topic)
      ?.partitions.find(({ partitionIndex }) => partitionIndex === partition);
    const error = itemError(answer, what({ topic, partition }));
    return { topic, partition, producers: answer?.activeProducers ?? [], error };
  });
}

/** Asks the coordinator of each transactional id. */
export function describeTransactions(
  cluster: Cluster,
  transactionalIds: readonly string[],
): Promise<Refusable<TransactionDescription>[]> {
  return retryItems(cluster, 'describing transactions', transactionalIds, (left) =>
    Promise.all(left.map((transactionalId) => describeTransaction(cluster, transactionalId))),
  );
}

async function describeTransaction(
  cluster: Cluster,
  transactionalId: string,
): Promise<Refusable<TransactionDescription>> {
  const coordinatorId = await cluster.transactionCoordinators.find(transactionalId);
  const { transactionStates } = await cluster.transactionCoordinator(
    transactionalId,
    MAIN_CHANNEL,
    (connection) =>
      connection.send(describeTransactionsRequest, describeTransactionsResponse, {
        transactionalIds: [transactionalId],
      }),
  );
  const answer = transactionStates[0];
  const error = itemError(answer, `describing transactional id ${transactionalId}`);
  if (error?.needsRefresh) cluster.transactionCoordinators.forget(transactionalId);
  return {
    transactionalId,
    coordinatorId,
    state: answer?.transactionState ?? '',
    timeoutMs: answer?.transactionTimeoutMs ?? -1,
    startTimeMs: answer?.transactionStartTimeMs ?? -1,
    producerId: answer?.producerId ?? -1,
    producerEpoch: answer?.producerEpoch ?? -1,
    partitions: (answer?.topics ?? []).flatMap(({ topic, partitions }) =>
      partitions.map((partition) => ({ topic, partition })),
    ),
    error,
  };
}

/** Asks every broker for the transactions it coordinates. Throws UnsupportedApiError for filters it does not know. */
export async function listTransactions(
  cluster: Cluster,
  filter: TransactionFilter,
): Promise<TransactionListing[]> {
  const what = 'listing transactions';
  const lists = await callEveryBroker(cluster, what, (connection, nodeId) =>
    transactionsOf(connection, nodeId, filter, what),
  );
  return lists.flat();
}

async function transactionsOf(
  connection: BrokerConnection,
  coordinatorId: number,
  { states = [], producerIds = [], durationMs = -1, transactionalIdPattern }: TransactionFilter,
  what: string,
): Promise<TransactionListing[]> {
  const version = connection.versionOf(listTransactionsRequest);
  if (durationMs >= 0 && version < FIRST_LIST_WITH_DURATION)
    throw new UnsupportedApiError('a filter by duration (ListTransactions v1)');
  if (transactionalIdPattern !== undefined && version < FIRST_LIST_WITH_PATTERN)
    throw new UnsupportedApiError('a pattern of transactional ids (ListTransactions v2)');
  const response = await connection.send(listTransactionsRequest, listTransactionsResponse, {
    stateFilters: [...states],
    producerIdFilters: [...producerIds],
    durationFilter: durationMs,
    transactionalIdPattern: transactionalIdPattern ?? null,
  });
  checkAnswer(response, what);
  return response.transactionStates.map(({ transactionalId, producerId, transactionState }) => ({
    transactionalId,
    producerId,
    state: transactionState,
    coordinatorId,
  }));
}

/** Writes an abort marker past the coordinator, through the partition's leader: for transactions that hang (KIP-664). */
export async function abortTransaction(cluster: Cluster, transaction: PartitionTransaction): Promise<void> {
  const { topic, partition, producerId, producerEpoch, coordinatorEpoch } = transaction;
  const what = () => `aborting a transaction on ${topic}-${partition}`;
  const markers = [
    {
      producerId,
      producerEpoch,
      coordinatorEpoch,
      transactionResult: false,
      topics: [{ name: topic, partitionIndexes: [partition] }],
    },
  ];
  const [answer] = await retryItems(
    cluster,
    what(),
    [{ topic, partition }],
    (left) =>
      askLeaders<TopicPartition, Refusable<TopicPartition>>(cluster, left, {
        what,
        ask: async (connection, items) => {
          const response = await connection.send(writeTxnMarkersRequest, writeTxnMarkersResponse, {
            markers,
          });
          const result = response.markers[0]?.topics[0]?.partitions[0];
          return items.map((item) => ({ ...item, error: itemError(result, what()) }));
        },
        refuse: (item, error) => ({ ...item, error }),
      }),
    { isFinal: isMissing(cluster) },
  );
  if (answer?.error !== undefined) throw answer.error;
}

/** Fences the producer of a transactional id, as a new producer would: what it has open is aborted (KIP-360). */
export async function fenceProducer(cluster: Cluster, transactionalId: string): Promise<void> {
  const what = `fencing the producer of transactional id ${transactionalId}`;
  await cluster.retry(what, () =>
    cluster.transactionCoordinator(transactionalId, MAIN_CHANNEL, async (connection) => {
      const response = await connection.send(initProducerIdRequest, initProducerIdResponse, {
        transactionalId,
        transactionTimeoutMs: cluster.settings.requestTimeoutMs,
      });
      checkAnswer(response, what);
    }),
  );
}
