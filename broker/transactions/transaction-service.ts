import {
  type AddOffsetsToTxnRequest,
  type AddOffsetsToTxnResponse,
  type AddPartitionsToTxnRequest,
  type AddPartitionsToTxnResponse,
  type DescribeTransactionsRequest,
  type DescribeTransactionsResponse,
  type EndTxnRequest,
  type EndTxnResponse,
  ErrorCode,
  type InitProducerIdRequest,
  type InitProducerIdResponse,
  type ListTransactionsRequest,
  type ListTransactionsResponse,
} from '../../kafka/protocol/index.ts';
import { every, type Timer } from '../../platform/clock.ts';
import { partitionFor } from '../coordinator/partition-for.ts';
import { isInternalTopic } from '../metadata/index.ts';
import type { TransactionVerification, TransactionVerifier } from '../replica/transaction-verifier.ts';
import type { TopicPartition } from './add-partitions.ts';
import {
  additionResponse,
  additionsOf,
  BATCHED_SINCE,
  partitionsOf,
  resultOf,
  type TransactionAddition,
} from './add-partitions-request.ts';
import { type DecisionOrNeed, NEEDS_PRODUCER_ID } from './decision.ts';
import { isHalfNamed, validateInit } from './init-request.ts';
import { noProducer, type ProducerIdentity } from './producer-identity.ts';
import { EPOCH_BUMP_VERSION, type Transaction } from './transaction.ts';
import type { TransactionConfig } from './transaction-config.ts';
import { describeTransaction, failedListing, listTransactions } from './transaction-listing.ts';
import { type TransactionPartitionOptions, TransactionPartitions } from './transaction-partitions.ts';
import type { TransactionShard } from './transaction-shard.ts';

/** What a {@link TransactionService} works with. */
export interface TransactionServiceOptions extends Omit<TransactionPartitionOptions, 'commitTimeout'> {
  readonly config: TransactionConfig;
  /** A producer id that was never given before. */
  readonly allocateProducerId: () => Promise<number>;
  /** Whether the partition exists. */
  readonly hasPartition: (topic: string, partition: number) => boolean;
  /** How many partitions `__transaction_state` has, or will have when it is created. */
  readonly partitionCount: () => number;
  /** Where the offsets of a group are committed. */
  readonly offsetsPartition: (groupId: string) => TopicPartition;
}

/** Who sends a request, in which version. */
interface RequestVersion {
  readonly apiVersion: number;
}

/** From these versions on PRODUCER_FENCED is told; it was INVALID_PRODUCER_EPOCH before. */
const FENCED_SINCE = { initProducerId: 4, addPartitionsToTxn: 2, addOffsetsToTxn: 2, endTxn: 2 } as const;
const EPOCH_BUMP_SINCE = 5;

/**
 * The transaction coordinator of a broker, for the partitions of `__transaction_state` that it leads. One method per API.
 * Responses are complete for the version in the context; nothing rejects: what goes wrong is an error code.
 * Authorization is the caller's.
 */
export class TransactionService implements TransactionVerifier {
  readonly #options: TransactionServiceOptions;
  readonly #partitions: TransactionPartitions;
  #sweeps: readonly Timer[] = [];

  constructor(options: TransactionServiceOptions) {
    this.#options = options;
    this.#partitions = new TransactionPartitions({
      ...options,
      commitTimeout: { ms: options.config.requestTimeoutMs, config: 'request.timeout.ms' },
    });
  }

  /** Starts to abort transactions whose time is over, and to forget ids that are not used. */
  start(): void {
    const { clock, config } = this.#options;
    this.#sweeps = [
      every(clock, config.transactionAbortTimedOutTransactionCleanupIntervalMs, () => this.#abortTimedOut()),
      every(clock, config.transactionRemoveExpiredTransactionCleanupIntervalMs, () => this.#expire()),
    ];
  }

  /** Unloads every partition and stops all timers. Whoever waits gets NOT_COORDINATOR. */
  stop(): void {
    for (const sweep of this.#sweeps) sweep.cancel();
    this.#sweeps = [];
    this.#partitions.unloadAll();
  }

  /** The partition of `__transaction_state` whose leader coordinates the id. For FindCoordinator. */
  partitionFor(transactionalId: string): number {
    return partitionFor(transactionalId, this.#options.partitionCount());
  }

  /** This broker leads the partition from now on. Resolves when it is loaded, or unloaded again before that. */
  load(partition: number): Promise<void> {
    return this.#partitions.load(partition);
  }

  /** This broker no longer leads the partition. */
  unload(partition: number): void {
    this.#partitions.unload(partition);
  }

  /** This broker no longer leads any partition: the topic is gone. */
  unloadAll(): void {
    this.#partitions.unloadAll();
  }

  /** For idempotent producers a new id each time; for transactional ones the end of all before them. */
  async initProducerId(
    request: InitProducerIdRequest,
    { apiVersion }: RequestVersion,
  ): Promise<InitProducerIdResponse> {
    const producer = await this.#initProducerId(request);
    return {
      throttleTimeMs: 0,
      ...producer,
      errorCode: versioned(producer.errorCode, apiVersion, FENCED_SINCE.initProducerId),
      ongoingTxnProducerId: -1,
      ongoingTxnProducerEpoch: -1,
    };
  }

  /** Up to v3 for the client that sends it, later for brokers: several transactions, or a look whether it is so. */
  async addPartitionsToTxn(
    request: AddPartitionsToTxnRequest,
    { apiVersion }: RequestVersion,
  ): Promise<AddPartitionsToTxnResponse> {
    const results = additionsOf(request, apiVersion).map(async (addition) => {
      const errorCodes = await this.#addition(addition, apiVersion);
      const told = errorCodes.map((code) => versioned(code, apiVersion, FENCED_SINCE.addPartitionsToTxn));
      return resultOf(addition, told);
    });
    return additionResponse(await Promise.all(results), apiVersion);
  }

  /** Adds the partition where a group commits its offsets. */
  async addOffsetsToTxn(
    { transactionalId, producerId, producerEpoch, groupId }: AddOffsetsToTxnRequest,
    { apiVersion }: RequestVersion,
  ): Promise<AddOffsetsToTxnResponse> {
    const partitions = [this.#options.offsetsPartition(groupId)];
    const errorCode = await new Promise<number>((resolve) =>
      this.#add({ transactionalId, producerId, producerEpoch, partitions }, 0, resolve),
    );
    return { throttleTimeMs: 0, errorCode: versioned(errorCode, apiVersion, FENCED_SINCE.addOffsetsToTxn) };
  }

  /** Commits or aborts; answered when that is decided for good, before partitions know. */
  async endTxn(request: EndTxnRequest, { apiVersion }: RequestVersion): Promise<EndTxnResponse> {
    const { transactionalId, producerId, producerEpoch, committed } = request;
    const producer = await this.#decide(transactionalId, (shard, newProducerId) =>
      shard.coordinator.endTransaction(transactionalId, {
        producerId,
        producerEpoch,
        result: committed ? 'commit' : 'abort',
        clientVersion: apiVersion >= EPOCH_BUMP_SINCE ? EPOCH_BUMP_VERSION : 0,
        newProducerId,
        now: this.#options.clock.now(),
      }),
    );
    const errorCode = versioned(producer.errorCode, apiVersion, FENCED_SINCE.endTxn);
    return { throttleTimeMs: 0, ...producer, errorCode };
  }

  async describeTransactions(request: DescribeTransactionsRequest): Promise<DescribeTransactionsResponse> {
    const described = request.transactionalIds.map((transactionalId) => {
      const failed = (errorCode: number) => describeTransaction(transactionalId, undefined, errorCode);
      const shard = this.#shardOf(transactionalId);
      if (typeof shard === 'number') return failed(shard);
      const response = describeTransaction(
        transactionalId,
        shard.coordinator.transactions.get(transactionalId),
      );
      return released(shard, { response }, failed);
    });
    return { throttleTimeMs: 0, transactionStates: await Promise.all(described) };
  }

  /** All that this broker coordinates, or COORDINATOR_LOAD_IN_PROGRESS while some are not known yet. */
  async listTransactions(request: ListTransactionsRequest): Promise<ListTransactionsResponse> {
    const transactions: Transaction[] = [];
    for (const shard of this.#partitions.shards()) {
      if (typeof shard === 'number') return failedListing(shard);
      transactions.push(...shard.coordinator.transactions.values());
    }
    return listTransactions(transactions, request, this.#options.clock.now());
  }

  /** KIP-890: what leaders of partitions, the group coordinator among them, ask before they take transactional records. */
  verify(request: TransactionVerification, done: (errorCodes: readonly number[]) => void): void {
    const toAll = (errorCode: number) => done(request.partitions.map(() => errorCode));
    if (request.mode === 'add') this.#add(request, EPOCH_BUMP_VERSION, toAll);
    else this.#verify(request, done);
  }

  async #initProducerId(request: InitProducerIdRequest): Promise<ProducerIdentity> {
    const { transactionalId } = request;
    const { config, clock, serverVersion } = this.#options;
    if (isHalfNamed(request)) return noProducer(ErrorCode.INVALID_REQUEST);
    if (transactionalId === null) {
      const producerId = await this.#newProducerId();
      if (producerId === undefined) return noProducer(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
      return { errorCode: ErrorCode.NONE, producerId, producerEpoch: 0 };
    }
    const valid = validateInit(request, transactionalId, config);
    if (typeof valid === 'number') return noProducer(valid);
    return this.#decide(transactionalId, (shard, newProducerId) =>
      shard.coordinator.initProducerId({
        ...valid,
        newProducerId,
        serverVersion: serverVersion(),
        now: clock.now(),
      }),
    );
  }

  /** Decides, if need be a second time with a new producer id: between check and change nothing is awaited. */
  async #decide(
    transactionalId: string,
    decide: (shard: TransactionShard, newProducerId: number | undefined) => DecisionOrNeed<ProducerIdentity>,
  ): Promise<ProducerIdentity> {
    if (transactionalId === '') return noProducer(ErrorCode.INVALID_REQUEST);
    for (let newProducerId: number | undefined; ; ) {
      const shard = this.#shardOf(transactionalId);
      if (typeof shard === 'number') return noProducer(shard);
      const decision = decide(shard, newProducerId);
      if (decision !== NEEDS_PRODUCER_ID) return released(shard, decision, noProducer);
      newProducerId = await this.#newProducerId();
      if (newProducerId === undefined) return noProducer(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
    }
  }

  /** The error code of each partition, in the order of the request. */
  #addition(addition: TransactionAddition, apiVersion: number): Promise<readonly number[]> {
    const partitions = partitionsOf(addition);
    const { UNKNOWN_TOPIC_OR_PARTITION, OPERATION_NOT_ATTEMPTED, TOPIC_AUTHORIZATION_FAILED } = ErrorCode;
    const errorCodes = partitions.map(({ topic, partition }) => {
      // Brokers add and verify the offsets of groups themselves.
      if (apiVersion < BATCHED_SINCE && isInternalTopic(topic)) return TOPIC_AUTHORIZATION_FAILED;
      return this.#options.hasPartition(topic, partition)
        ? OPERATION_NOT_ATTEMPTED
        : UNKNOWN_TOPIC_OR_PARTITION;
    });
    if (errorCodes.some((code) => code !== OPERATION_NOT_ATTEMPTED)) return Promise.resolve(errorCodes);
    const { transactionalId, producerId, producerEpoch, verifyOnly } = addition;
    const request = { transactionalId, producerId, producerEpoch, partitions };
    return new Promise((resolve) => {
      if (verifyOnly) this.#verify(request, resolve);
      else {
        const clientVersion = apiVersion >= BATCHED_SINCE ? EPOCH_BUMP_VERSION : 0;
        this.#add(request, clientVersion, (errorCode) => resolve(partitions.map(() => errorCode)));
      }
    });
  }

  #add(
    { transactionalId, producerId, producerEpoch, partitions }: Omit<TransactionVerification, 'mode'>,
    clientVersion: number,
    done: (errorCode: number) => void,
  ): void {
    const shard = this.#shardOf(transactionalId);
    if (typeof shard === 'number') {
      done(shard);
      return;
    }
    const { clock } = this.#options;
    const add = { producerId, producerEpoch, partitions, clientVersion, now: clock.now() };
    shard.respond(shard.coordinator.addPartitions(transactionalId, add), (errorCode) => errorCode, done);
  }

  #verify(
    { transactionalId, partitions, ...producer }: Omit<TransactionVerification, 'mode'>,
    done: (errorCodes: readonly number[]) => void,
  ): void {
    const failed = (errorCode: number) => partitions.map(() => errorCode);
    const shard = this.#shardOf(transactionalId);
    if (typeof shard === 'number') {
      done(failed(shard));
      return;
    }
    const response = shard.coordinator.verifyPartitions(transactionalId, { ...producer, partitions });
    shard.respond({ response }, failed, done);
  }

  #abortTimedOut(): void {
    for (const shard of this.#loaded()) {
      for (const id of shard.coordinator.timedOut(this.#options.clock.now())) void this.#abort(id);
    }
  }

  async #abort(transactionalId: string): Promise<void> {
    const { clock, serverVersion, logger } = this.#options;
    const { errorCode } = await this.#decide(transactionalId, (shard, newProducerId) =>
      shard.coordinator.abortTimedOut(transactionalId, {
        newProducerId,
        serverVersion: serverVersion(),
        now: clock.now(),
      }),
    );
    if (errorCode === ErrorCode.NONE) logger.info({ transactionalId }, 'transaction timed out');
  }

  #expire(): void {
    const { clock, config } = this.#options;
    for (const shard of this.#loaded()) {
      const decisions = shard.coordinator.expire(clock.now(), config.transactionalIdExpirationMs);
      for (const decision of decisions) shard.execute(decision);
    }
  }

  #loaded(): readonly TransactionShard[] {
    return this.#partitions.shards().filter((shard) => typeof shard !== 'number');
  }

  #shardOf(transactionalId: string): TransactionShard | number {
    if (transactionalId === '') return ErrorCode.INVALID_REQUEST;
    return this.#partitions.shard(this.partitionFor(transactionalId));
  }

  /** `undefined` when none could be had: the client asks again. */
  async #newProducerId(): Promise<number | undefined> {
    const { allocateProducerId, logger } = this.#options;
    try {
      return await allocateProducerId();
    } catch (error) {
      logger.warn({ error }, 'no producer id could be allocated');
      return undefined;
    }
  }
}

function released<Response>(
  shard: TransactionShard,
  decision: Parameters<TransactionShard['respond']>[0] & { readonly response: Response },
  failed: (errorCode: number) => Response,
): Promise<Response> {
  return new Promise((resolve) => shard.respond(decision, failed, resolve));
}

function versioned(errorCode: number, apiVersion: number, fencedSince: number): number {
  const isTooNew = errorCode === ErrorCode.PRODUCER_FENCED && apiVersion < fencedSince;
  return isTooNew ? ErrorCode.INVALID_PRODUCER_EPOCH : errorCode;
}
