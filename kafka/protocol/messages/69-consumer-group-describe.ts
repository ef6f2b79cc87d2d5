import {
  array,
  bool,
  int8,
  int16,
  int32,
  type MessageOf,
  request,
  response,
  string,
  struct,
  uuid,
} from '../schema/index.ts';

/** Describes groups of the consumer protocol (KIP-848). */
export const consumerGroupDescribeRequest = request({
  apiKey: 69,
  name: 'ConsumerGroupDescribeRequest',
  versions: '0-1',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupIds: array(string()),
    includeAuthorizedOperations: bool(),
  },
});

/** {@link consumerGroupDescribeRequest}, decoded. */
export type ConsumerGroupDescribeRequest = MessageOf<typeof consumerGroupDescribeRequest>;

const topicPartitions = {
  topicId: uuid(),
  topicName: string(),
  partitions: array(int32()),
};

const assignment = {
  topicPartitions: array(topicPartitions),
};

/** The answer to {@link consumerGroupDescribeRequest}. */
export const consumerGroupDescribeResponse = response({
  apiKey: 69,
  name: 'ConsumerGroupDescribeResponse',
  versions: '0-1',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    groups: array({
      errorCode: int16(),
      errorMessage: string({ nullable: true, default: null }),
      groupId: string(),
      groupState: string(),
      groupEpoch: int32(),
      assignmentEpoch: int32(),
      assignorName: string(),
      members: array({
        memberId: string(),
        instanceId: string({ nullable: true, default: null }),
        rackId: string({ nullable: true, default: null }),
        memberEpoch: int32(),
        clientId: string(),
        clientHost: string(),
        subscribedTopicNames: array(string()),
        subscribedTopicRegex: string({ nullable: true, default: null }),
        assignment: struct(assignment),
        targetAssignment: struct(assignment),
        memberType: int8({ versions: '1+', default: -1, ignorable: true }),
      }),
      authorizedOperations: int32({ default: -2147483648 }),
    }),
  },
});

/** {@link consumerGroupDescribeResponse}, decoded. */
export type ConsumerGroupDescribeResponse = MessageOf<typeof consumerGroupDescribeResponse>;
