import { describeTransactionsRequest, describeTransactionsResponse } from '../../../kafka/protocol/index.ts';
import type { TransactionService } from '../../transactions/index.ts';
import { type Api, api } from '../api.ts';

/** DescribeTransactions: the state of transactional ids (KIP-664). */
export function describeTransactionsApi(transactions: TransactionService): Api {
  return api(describeTransactionsRequest, describeTransactionsResponse, (request) =>
    transactions.describeTransactions(request),
  );
}
