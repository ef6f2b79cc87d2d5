import { initProducerIdRequest, initProducerIdResponse } from '../../../kafka/protocol/index.ts';
import type { TransactionService } from '../../transactions/index.ts';
import { type Api, api } from '../api.ts';

/** InitProducerId: a new id for an idempotent producer; for a transactional one, the end of all before it. */
export function initProducerIdApi(transactions: TransactionService): Api {
  return api(initProducerIdRequest, initProducerIdResponse, (request, context) =>
    transactions.initProducerId(request, context),
  );
}
