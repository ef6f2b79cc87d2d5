import {
  array,
  bool,
  int8,
  int16,
  int32,
  int64,
  type MessageOf,
  request,
  response,
  string,
} from '../schema/index.ts';

/** Tells the leaders of a transaction's partitions how it ended. */
export const writeTxnMarkersRequest = request({
  apiKey: 27,
  name: 'WriteTxnMarkersRequest',
  versions: '1-2',
  flexible: '1+',
  listeners: ['broker'],
  fields: {
    markers: array({
      producerId: int64(),
      producerEpoch: int16(),
      transactionResult: bool(),
      topics: array({
        name: string(),
        partitionIndexes: array(int32()),
      }),
      coordinatorEpoch: int32(),
      transactionVersion: int8({ versions: '2+', default: 0, ignorable: true }),
    }),
  },
});

/** {@link writeTxnMarkersRequest}, decoded. */
export type WriteTxnMarkersRequest = MessageOf<typeof writeTxnMarkersRequest>;

/** The answer to {@link writeTxnMarkersRequest}. */
export const writeTxnMarkersResponse = response({
  apiKey: 27,
  name: 'WriteTxnMarkersResponse',
  versions: '1-2',
  flexible: '1+',
  fields: {
    markers: array({
      producerId: int64(),
      topics: array({
        name: string(),
        partitions: array({
          partitionIndex: int32(),
          errorCode: int16(),
        }),
      }),
    }),
  },
});

/** {@link writeTxnMarkersResponse}, decoded. */
export type WriteTxnMarkersResponse = MessageOf<typeof writeTxnMarkersResponse>;
