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

/** Describes share groups (KIP-932). */
export const shareGroupDescribeRequest = request({
  apiKey: 77,
  name: 'ShareGroupDescribeRequest',
  versions: '1',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupIds: array(string()),
    includeAuthorizedOperations: bool(),
  },
});

/** {@link shareGroupDescribeRequest}, decoded. */
export type ShareGroupDescribeRequest = MessageOf<typeof shareGroupDescribeRequest>;

const topicPartitions = {
  topicId: uuid(),
  topicName: string(),
  partitions: array(int32()),
};

const assignment = {
  topicPartitions: array(topicPartitions),
};

/** The answer to {@link shareGroupDescribeRequest}. */
export const shareGroupDescribeResponse = response({
  apiKey: 77,
  name: 'ShareGroupDescribeResponse',
  versions: '1',
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
        rackId: string({ nullable: true, default: null }),
        memberEpoch: int32(),
        clientId: string(),
        clientHost: string(),
        subscribedTopicNames: array(string()),
        assignment: struct(assignment),
      }),
      authorizedOperations: int32({ default: -2147483648 }),
    }),
  },
});

/** {@link shareGroupDescribeResponse}, decoded. */
export type ShareGroupDescribeResponse = MessageOf<typeof shareGroupDescribeResponse>;
