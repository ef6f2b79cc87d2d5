import { ErrorCode, type ProduceRequest } from '../../kafka/protocol/index.ts';
import { batchHeader } from '../../kafka/records/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Partition } from './partition.ts';
import type { VerificationGuard } from './transaction-marker.ts';
import type { TransactionVerifier } from './transaction-verifier.ts';
import { askVerifier, type VerifierAsking, type VerifierBackoff } from './verifier-retry.ts';

/** From this version of Produce on, writing puts a partition into the transaction (transaction version 2). */
const ADDS_PARTITIONS_SINCE = 12;
const ABORTABLE_SINCE = 11;

/** A produce request's part for one partition that has a transactional batch. */
export interface TransactionalPart {
  readonly partition: Partition;
  /** Base sequence of the batch. */
  readonly sequence: number;
}

/** What is to be verified before a produce request's batches are appended. */
export interface ProduceVerification {
  readonly transactionalId: string;
  readonly producerId: number;
  readonly producerEpoch: number;
  /** Of the produce request. */
  readonly apiVersion: number;
  readonly parts: readonly TransactionalPart[];
}

/** Whether a partition's batch may be appended, and then with which guard. */
export interface Verified {
  /** In the words of ProduceResponse. */
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly guard: VerificationGuard | undefined;
}

const VERIFIED: Verified = { errorCode: ErrorCode.NONE, errorMessage: null, guard: undefined };
const FENCED: Verified = { ...VERIFIED, errorCode: ErrorCode.INVALID_PRODUCER_EPOCH };

/**
 * Asks the transaction coordinator, before the first batch of a transaction on a partition, whether the partition is in
 * it, or to put it in (KIP-890). Requests of one producer wait for each other while it is asked, so that its batches
 * stay in order.
 */
export class ProduceVerifier {
  readonly #asking: VerifierAsking;
  /** By producer id: who waits for a verification that is under way. */
  readonly #waiting = new Map<number, (() => void)[]>();

  constructor(verifier: TransactionVerifier, clock: Clock, backoff: () => VerifierBackoff) {
    this.#asking = { verifier, clock, backoff };
  }

  /** Calls `done` once, with an outcome for each part, at once when the coordinator need not be asked. */
  verify(request: ProduceVerification, done: (outcomes: readonly Verified[]) => void): void {
    const waiting = this.#waiting.get(request.producerId);
    if (waiting === undefined) this.#start(request, done);
    else waiting.push(() => this.verify(request, done));
  }

  #start(request: ProduceVerification, done: (outcomes: readonly Verified[]) => void): void {
    const mode = request.apiVersion >= ADDS_PARTITIONS_SINCE ? 'add' : 'verify';
    const guards = request.parts.map(({ partition, sequence }) =>
      partition.startVerification({ ...request, sequence, mode }),
    );
    const asked = request.parts.filter((_, i) => typeof guards[i] === 'object');
    if (asked.length === 0) {
      done(guards.map((guard) => (guard === 'fenced' ? FENCED : VERIFIED)));
      return;
    }
    this.#waiting.set(request.producerId, []);
    const partitions = asked.map(({ partition }) => ({ topic: partition.topic, partition: partition.index }));
    const question = { ...request, partitions, mode } as const;
    askVerifier(question, this.#asking, (codes) => {
      let next = 0;
      done(
        guards.map((guard) => {
          if (guard === undefined) return VERIFIED;
          if (guard === 'fenced') return FENCED;
          return outcomeOf(codes[next++] ?? ErrorCode.UNKNOWN_SERVER_ERROR, guard, request.apiVersion);
        }),
      );
      this.#release(request.producerId);
    });
  }

  /** Those who waited go on in order, until one of them has to ask again. */
  #release(producerId: number): void {
    const waiting = this.#waiting.get(producerId) ?? [];
    this.#waiting.delete(producerId);
    for (const proceed of waiting) proceed();
  }
}

/**
 * The producer of a request's transactional batches; `undefined` when there are none, `several` when not all are of one
 * producer and epoch.
 */
export function transactionalProducer(
  request: ProduceRequest,
): { readonly producerId: number; readonly producerEpoch: number } | 'several' | undefined {
  let found: { readonly producerId: number; readonly producerEpoch: number } | undefined;
  for (const { partitionData } of request.topicData) {
    for (const { records } of partitionData) {
      if (records === null || !isTransactional(records)) continue;
      const producerId = batchHeader.producerId(records, 0);
      const producerEpoch = batchHeader.producerEpoch(records, 0);
      found ??= { producerId, producerEpoch };
      if (found.producerId !== producerId || found.producerEpoch !== producerEpoch) return 'several';
    }
  }
  return found;
}

/** Whether the first batch of a partition's records is transactional. Bytes that are no batch are refused elsewhere. */
export function isTransactional(records: Buffer): boolean {
  return (
    records.length >= batchHeader.HEADER_BYTES &&
    batchHeader.magic(records, 0) === batchHeader.MAGIC &&
    batchHeader.isTransactional(records, 0)
  );
}

function outcomeOf(code: number, guard: VerificationGuard, apiVersion: number): Verified {
  if (code === ErrorCode.NONE) return { ...VERIFIED, guard };
  return { ...translate(code, apiVersion), guard: undefined };
}

/** What a client of that version understands, and does the right thing about. */
function translate(code: number, apiVersion: number): Omit<Verified, 'guard'> {
  switch (code) {
    case ErrorCode.TRANSACTION_ABORTABLE:
      if (apiVersion >= ABORTABLE_SINCE) return { errorCode: code, errorMessage: NOT_ADDED };
      return { errorCode: ErrorCode.INVALID_TXN_STATE, errorMessage: NOT_ADDED };
    case ErrorCode.INVALID_TXN_STATE:
      return { errorCode: code, errorMessage: NOT_ADDED };
    case ErrorCode.PRODUCER_FENCED:
      return { errorCode: ErrorCode.INVALID_PRODUCER_EPOCH, errorMessage: null };
    case ErrorCode.CONCURRENT_TRANSACTIONS:
      if (apiVersion >= ADDS_PARTITIONS_SINCE) return { errorCode: code, errorMessage: null };
      return retriable(code);
    case ErrorCode.NETWORK_EXCEPTION:
    case ErrorCode.COORDINATOR_LOAD_IN_PROGRESS:
    case ErrorCode.COORDINATOR_NOT_AVAILABLE:
    case ErrorCode.NOT_COORDINATOR:
      return retriable(code);
    default:
      return { errorCode: code, errorMessage: null };
  }
}

const NOT_ADDED = 'Partition was not added to the transaction';

/** Every client retries this one, and does not ask for metadata first. */
function retriable(code: number): Omit<Verified, 'guard'> {
  return {
    errorCode: ErrorCode.NOT_ENOUGH_REPLICAS,
    errorMessage: `whether the partition is in the transaction could not be verified (error code ${code})`,
  };
}
