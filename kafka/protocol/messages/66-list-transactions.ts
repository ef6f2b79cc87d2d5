import { array, int16, int32, int64, type MessageOf, request, response, string } from '../schema/index.ts';

/** Lists the transactions that a broker coordinates (KIP-664). */
export const listTransactionsRequest = request({
  apiKey: 66,
  name: 'ListTransactionsRequest',
  versions: '0-2',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    stateFilters: array(string()),
    producerIdFilters: array(int64()),
    durationFilter: int64({ versions: '1+', default: -1 }),
    transactionalIdPattern: string({ versions: '2+', nullable: true, default: null }),
  },
});

/** {@link listTransactionsRequest}, decoded. */
export type ListTransactionsRequest = MessageOf<typeof listTransactionsRequest>;

/** The answer to {@link listTransactionsRequest}. */
export const listTransactionsResponse = response({
  apiKey: 66,
  name: 'ListTransactionsResponse',
  versions: '0-2',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    unknownStateFilters: array(string()),
    transactionStates: array({
      transactionalId: string(),
      producerId: int64(),
      transactionState: string(),
    }),
  },
});

/** {@link listTransactionsResponse}, decoded. */
export type ListTransactionsResponse = MessageOf<typeof listTransactionsResponse>;
