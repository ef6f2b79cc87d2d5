import { array, int16, int32, int64, type MessageOf, request, response, string } from '../schema/index.ts';

/** Describes transactions by transactional id (KIP-664). */
export const describeTransactionsRequest = request({
  apiKey: 65,
  name: 'DescribeTransactionsRequest',
  versions: '0',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    transactionalIds: array(string()),
  },
});

/** {@link describeTransactionsRequest}, decoded. */
export type DescribeTransactionsRequest = MessageOf<typeof describeTransactionsRequest>;

/** The answer to {@link describeTransactionsRequest}. */
export const describeTransactionsResponse = response({
  apiKey: 65,
  name: 'DescribeTransactionsResponse',
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    transactionStates: array({
      errorCode: int16(),
      transactionalId: string(),
      transactionState: string(),
      transactionTimeoutMs: int32(),
      transactionStartTimeMs: int64(),
      producerId: int64(),
      producerEpoch: int16(),
      topics: array({
        topic: string({ mapKey: true }),
        partitions: array(int32()),
      }),
    }),
  },
});

/** {@link describeTransactionsResponse}, decoded. */
export type DescribeTransactionsResponse = MessageOf<typeof describeTransactionsResponse>;
