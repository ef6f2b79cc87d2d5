import { endTxnRequest, endTxnResponse } from '../../../kafka/protocol/index.ts';
import type { TransactionService } from '../../transactions/index.ts';
import { type Api, api } from '../api.ts';

/** EndTxn: commits or aborts a transaction. */
export function endTxnApi(transactions: TransactionService): Api {
  return api(endTxnRequest, endTxnResponse, (request, context) => transactions.endTxn(request, context));
}
