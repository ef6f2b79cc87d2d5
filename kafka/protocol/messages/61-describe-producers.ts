import { array, int16, int32, int64, type MessageOf, request, response, string } from '../schema/index.ts';

/** Lists the producers that are active on partitions (KIP-664). */
export const describeProducersRequest = request({
  apiKey: 61,
  name: 'DescribeProducersRequest',
  versions: '0',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    topics: array({
      name: string(),
      partitionIndexes: array(int32()),
    }),
  },
});

/** {@link describeProducersRequest}, decoded. */
export type DescribeProducersRequest = MessageOf<typeof describeProducersRequest>;

/** The answer to {@link describeProducersRequest}. */
export const describeProducersResponse = response({
  apiKey: 61,
  name: 'DescribeProducersResponse',
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        errorMessage: string({ nullable: true, default: null }),
        activeProducers: array({
          producerId: int64(),
          producerEpoch: int32(),
          lastSequence: int32({ default: -1 }),
          lastTimestamp: int64({ default: -1 }),
          coordinatorEpoch: int32(),
          currentTxnStartOffset: int64({ default: -1 }),
        }),
      }),
    }),
  },
});

/** {@link describeProducersResponse}, decoded. */
export type DescribeProducersResponse = MessageOf<typeof describeProducersResponse>;
