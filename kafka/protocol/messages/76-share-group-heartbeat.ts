import {
  array,
  int16,
  int32,
  type MessageOf,
  request,
  response,
  string,
  struct,
  uuid,
} from '../schema/index.ts';

/** Joins, keeps alive and leaves a share group (KIP-932). */
export const shareGroupHeartbeatRequest = request({
  apiKey: 76,
  name: 'ShareGroupHeartbeatRequest',
  versions: '1',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupId: string(),
    memberId: string(),
    memberEpoch: int32(),
    rackId: string({ nullable: true, default: null }),
    subscribedTopicNames: array(string(), { nullable: true, default: null }),
  },
});

/** {@link shareGroupHeartbeatRequest}, decoded. */
export type ShareGroupHeartbeatRequest = MessageOf<typeof shareGroupHeartbeatRequest>;

const topicPartitions = {
  topicId: uuid(),
  partitions: array(int32()),
};

/** The answer to {@link shareGroupHeartbeatRequest}. */
export const shareGroupHeartbeatResponse = response({
  apiKey: 76,
  name: 'ShareGroupHeartbeatResponse',
  versions: '1',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string({ nullable: true, default: null }),
    memberId: string({ nullable: true, default: null }),
    memberEpoch: int32(),
    heartbeatIntervalMs: int32(),
    assignment: struct(
      {
        topicPartitions: array(topicPartitions),
      },
      { nullable: true, default: null },
    ),
  },
});

/** {@link shareGroupHeartbeatResponse}, decoded. */
export type ShareGroupHeartbeatResponse = MessageOf<typeof shareGroupHeartbeatResponse>;
