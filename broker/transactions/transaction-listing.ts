import {
  type DescribeTransactionsResponse,
  ErrorCode,
  type ListTransactionsRequest,
  type ListTransactionsResponse,
} from '../../kafka/protocol/index.ts';
import { linearPattern } from '../../platform/linear-pattern.ts';
import { type Transaction, type TransactionState, transactionStates } from './transaction.ts';

type Description = DescribeTransactionsResponse['transactionStates'][number];

/** What DescribeTransactions says of an id: only the error when it is not known here. */
export function describeTransaction(
  transactionalId: string,
  transaction: Transaction | undefined,
  errorCode: number = ErrorCode.TRANSACTIONAL_ID_NOT_FOUND,
): Description {
  return {
    errorCode: transaction === undefined ? errorCode : ErrorCode.NONE,
    transactionalId,
    transactionState: transaction?.state ?? '',
    transactionTimeoutMs: transaction?.timeoutMs ?? 0,
    transactionStartTimeMs: transaction?.startTimestamp ?? 0,
    producerId: transaction?.producerId ?? 0,
    producerEpoch: transaction?.producerEpoch ?? 0,
    topics: [...(transaction?.partitions ?? [])].map(([topic, partitions]) => ({
      topic,
      partitions: [...partitions],
    })),
  };
}

/**
 * The transactions that pass all filters of the request. `durationFilter` keeps those that are open longer (KIP-994); the
 * pattern has to match a whole transactional id (KIP-1152).
 */
export function listTransactions(
  transactions: Iterable<Transaction>,
  request: ListTransactionsRequest,
  now: number,
): ListTransactionsResponse {
  const isMatching = matcherOf(request.transactionalIdPattern);
  if (isMatching === undefined) return failedListing(ErrorCode.INVALID_REGULAR_EXPRESSION);
  const listed = [...transactions].filter((transaction) => {
    return isListed(transaction, request, now) && isMatching(transaction.transactionalId);
  });
  return {
    throttleTimeMs: 0,
    errorCode: ErrorCode.NONE,
    unknownStateFilters: request.stateFilters.filter((name) => !isState(name)),
    transactionStates: listed.map(({ transactionalId, producerId, state }) => ({
      transactionalId,
      producerId,
      transactionState: state,
    })),
  };
}

/** The answer with an error. */
export function failedListing(errorCode: number): ListTransactionsResponse {
  return { throttleTimeMs: 0, errorCode, unknownStateFilters: [], transactionStates: [] };
}

function isListed(
  { producerId, state, startTimestamp }: Transaction,
  { producerIdFilters, stateFilters, durationFilter }: ListTransactionsRequest,
  now: number,
): boolean {
  if (producerIdFilters.length > 0 && !producerIdFilters.includes(producerId)) return false;
  if (stateFilters.length > 0 && !stateFilters.includes(state)) return false;
  return durationFilter < 0 || now - startTimestamp > durationFilter;
}

function isState(name: string): name is TransactionState {
  return transactionStates.some((state) => state === name);
}

/** `undefined` when the pattern is not one. */
function matcherOf(pattern: string | null): ((transactionalId: string) => boolean) | undefined {
  if (pattern === null || pattern === '') return () => true;
  const compiled = linearPattern(pattern);
  return 'problem' in compiled ? undefined : compiled.matches;
}
