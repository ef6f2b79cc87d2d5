import { addPartitionsToTxnRequest, addPartitionsToTxnResponse } from '../../../kafka/protocol/index.ts';
import type { TransactionService } from '../../transactions/index.ts';
import { type Api, api } from '../api.ts';

/** AddPartitionsToTxn: a client's partitions become part of its transaction; brokers ask for several at once. */
export function addPartitionsToTxnApi(transactions: TransactionService): Api {
  return api(addPartitionsToTxnRequest, addPartitionsToTxnResponse, (request, context) =>
    transactions.addPartitionsToTxn(request, context),
  );
}
