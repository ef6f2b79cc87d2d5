import {
  array,
  coordinatorKey,
  coordinatorValue,
  int32,
  type MessageOf,
  string,
  struct,
  uint16,
} from '../../schema/index.ts';

/** Key of {@link streamsGroupMemberMetadataValue}. */
export const streamsGroupMemberMetadataKey = coordinatorKey({
  apiKey: 19,
  name: 'StreamsGroupMemberMetadataKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
});

/** {@link streamsGroupMemberMetadataKey}, decoded. */
export type StreamsGroupMemberMetadataKey = MessageOf<typeof streamsGroupMemberMetadataKey>;

const endpoint = {
  host: string(),
  port: uint16(),
};

const keyValue = {
  key: string(),
  value: string(),
};

/** What a member of a streams group has said of itself. */
export const streamsGroupMemberMetadataValue = coordinatorValue({
  apiKey: 19,
  name: 'StreamsGroupMemberMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    instanceId: string({ nullable: true }),
    rackId: string({ nullable: true }),
    clientId: string(),
    clientHost: string(),
    rebalanceTimeoutMs: int32({ default: -1 }),
    topologyEpoch: int32(),
    processId: string(),
    userEndpoint: struct(endpoint, { nullable: true, default: null }),
    clientTags: array(keyValue),
  },
});

/** {@link streamsGroupMemberMetadataValue}, decoded. */
export type StreamsGroupMemberMetadataValue = MessageOf<typeof streamsGroupMemberMetadataValue>;
