import {
  array,
  bool,
  int16,
  int32,
  type MessageOf,
  request,
  response,
  string,
  struct,
  uuid,
} from '../schema/index.ts';

/** Describes topics a page at a time (KIP-966). */
export const describeTopicPartitionsRequest = request({
  apiKey: 75,
  name: 'DescribeTopicPartitionsRequest',
  versions: '0',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    topics: array({
      name: string(),
    }),
    responsePartitionLimit: int32({ default: 2000 }),
    cursor: struct(
      {
        topicName: string(),
        partitionIndex: int32(),
      },
      { nullable: true, default: null },
    ),
  },
});

/** {@link describeTopicPartitionsRequest}, decoded. */
export type DescribeTopicPartitionsRequest = MessageOf<typeof describeTopicPartitionsRequest>;

/** The answer to {@link describeTopicPartitionsRequest}. */
export const describeTopicPartitionsResponse = response({
  apiKey: 75,
  name: 'DescribeTopicPartitionsResponse',
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32({ ignorable: true }),
    topics: array({
      errorCode: int16(),
      name: string({ nullable: true, mapKey: true }),
      topicId: uuid({ ignorable: true }),
      isInternal: bool({ default: false, ignorable: true }),
      partitions: array({
        errorCode: int16(),
        partitionIndex: int32(),
        leaderId: int32(),
        leaderEpoch: int32({ default: -1, ignorable: true }),
        replicaNodes: array(int32()),
        isrNodes: array(int32()),
        eligibleLeaderReplicas: array(int32(), { nullable: true, default: null }),
        lastKnownElr: array(int32(), { nullable: true, default: null }),
        offlineReplicas: array(int32(), { ignorable: true }),
      }),
      topicAuthorizedOperations: int32({ default: -2147483648 }),
    }),
    nextCursor: struct(
      {
        topicName: string(),
        partitionIndex: int32(),
      },
      { nullable: true, default: null },
    ),
  },
});

/** {@link describeTopicPartitionsResponse}, decoded. */
export type DescribeTopicPartitionsResponse = MessageOf<typeof describeTopicPartitionsResponse>;
