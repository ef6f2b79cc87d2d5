import { addOffsetsToTxnRequest, addOffsetsToTxnResponse } from '../../../kafka/protocol/index.ts';
import type { TransactionService } from '../../transactions/index.ts';
import { type Api, api } from '../api.ts';

/** AddOffsetsToTxn: the offsets of a group become part of a transaction. */
export function addOffsetsToTxnApi(transactions: TransactionService): Api {
  return api(addOffsetsToTxnRequest, addOffsetsToTxnResponse, (request, context) =>
    transactions.addOffsetsToTxn(request, context),
  );
}
