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

/** Joins, keeps alive, reconciles and leaves a group of the consumer protocol (KIP-848). */
export const consumerGroupHeartbeatRequest = request({
  apiKey: 68,
  name: 'ConsumerGroupHeartbeatRequest',
  versions: '0-1',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupId: string(),
    memberId: string(),
    memberEpoch: int32(),
    instanceId: string({ nullable: true, default: null }),
    rackId: string({ nullable: true, default: null }),
    rebalanceTimeoutMs: int32({ default: -1 }),
    subscribedTopicNames: array(string(), { nullable: true, default: null }),
    subscribedTopicRegex: string({ versions: '1+', nullable: true, default: null }),
    serverAssignor: string({ nullable: true, default: null }),
    topicPartitions: array(
      {
        topicId: uuid(),
        partitions: array(int32()),
      },
      { nullable: true, default: null },
    ),
  },
});

/** {@link consumerGroupHeartbeatRequest}, decoded. */
export type ConsumerGroupHeartbeatRequest = MessageOf<typeof consumerGroupHeartbeatRequest>;

const topicPartitions = {
  topicId: uuid(),
  partitions: array(int32()),
};

/** The answer to {@link consumerGroupHeartbeatRequest}. */
export const consumerGroupHeartbeatResponse = response({
  apiKey: 68,
  name: 'ConsumerGroupHeartbeatResponse',
  versions: '0-1',
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

/** {@link consumerGroupHeartbeatResponse}, decoded. */
export type ConsumerGroupHeartbeatResponse = MessageOf<typeof consumerGroupHeartbeatResponse>;
