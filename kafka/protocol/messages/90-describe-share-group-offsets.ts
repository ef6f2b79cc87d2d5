import {
  array,
  int16,
  int32,
  int64,
  type MessageOf,
  request,
  response,
  string,
  uuid,
} from '../schema/index.ts';

/** Lists the start offsets of share groups. */
export const describeShareGroupOffsetsRequest = request({
  apiKey: 90,
  name: 'DescribeShareGroupOffsetsRequest',
  versions: '0-1',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groups: array({
      groupId: string(),
      topics: array(
        {
          topicName: string(),
          partitions: array(int32()),
        },
        { nullable: true },
      ),
    }),
  },
});

/** {@link describeShareGroupOffsetsRequest}, decoded. */
export type DescribeShareGroupOffsetsRequest = MessageOf<typeof describeShareGroupOffsetsRequest>;

/** The answer to {@link describeShareGroupOffsetsRequest}. */
export const describeShareGroupOffsetsResponse = response({
  apiKey: 90,
  name: 'DescribeShareGroupOffsetsResponse',
  versions: '0-1',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    groups: array({
      groupId: string(),
      topics: array({
        topicName: string(),
        topicId: uuid(),
        partitions: array({
          partitionIndex: int32(),
          startOffset: int64(),
          leaderEpoch: int32(),
          lag: int64({ versions: '1+', default: -1, ignorable: true }),
          errorCode: int16(),
          errorMessage: string({ nullable: true, default: null }),
        }),
      }),
      errorCode: int16(),
      errorMessage: string({ nullable: true, default: null }),
    }),
  },
});

/** {@link describeShareGroupOffsetsResponse}, decoded. */
export type DescribeShareGroupOffsetsResponse = MessageOf<typeof describeShareGroupOffsetsResponse>;
