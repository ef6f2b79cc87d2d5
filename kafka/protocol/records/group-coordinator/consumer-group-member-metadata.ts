import {
  array,
  bytes,
  coordinatorKey,
  coordinatorValue,
  int32,
  type MessageOf,
  string,
  struct,
} from '../../schema/index.ts';

/** Key of {@link consumerGroupMemberMetadataValue}. */
export const consumerGroupMemberMetadataKey = coordinatorKey({
  apiKey: 5,
  name: 'ConsumerGroupMemberMetadataKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
});

/** {@link consumerGroupMemberMetadataKey}, decoded. */
export type ConsumerGroupMemberMetadataKey = MessageOf<typeof consumerGroupMemberMetadataKey>;

/** What a member of a consumer group has said of itself. */
export const consumerGroupMemberMetadataValue = coordinatorValue({
  apiKey: 5,
  name: 'ConsumerGroupMemberMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    instanceId: string({ nullable: true }),
    rackId: string({ nullable: true }),
    clientId: string(),
    clientHost: string(),
    subscribedTopicNames: array(string()),
    subscribedTopicRegex: string({ nullable: true }),
    rebalanceTimeoutMs: int32({ default: -1 }),
    serverAssignor: string({ nullable: true }),
    classicMemberMetadata: struct(
      {
        sessionTimeoutMs: int32(),
        supportedProtocols: array({
          name: string(),
          metadata: bytes(),
        }),
      },
      { nullable: true, tag: 0 },
    ),
  },
});

/** {@link consumerGroupMemberMetadataValue}, decoded. */
export type ConsumerGroupMemberMetadataValue = MessageOf<typeof consumerGroupMemberMetadataValue>;
