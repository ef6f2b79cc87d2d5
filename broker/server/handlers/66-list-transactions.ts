import { listTransactionsRequest, listTransactionsResponse } from '../../../kafka/protocol/index.ts';
import type { TransactionService } from '../../transactions/index.ts';
import { type Api, api } from '../api.ts';

/** ListTransactions: the transactional ids of this broker (KIP-664). */
export function listTransactionsApi(transactions: TransactionService): Api {
  return api(listTransactionsRequest, listTransactionsResponse, (request) =>
    transactions.listTransactions(request),
  );
}
