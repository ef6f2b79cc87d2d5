import { array, coordinatorKey, coordinatorValue, type MessageOf, string } from '../../schema/index.ts';

/** Key of {@link shareGroupMemberMetadataValue}. */
export const shareGroupMemberMetadataKey = coordinatorKey({
  apiKey: 10,
  name: 'ShareGroupMemberMetadataKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
});

/** {@link shareGroupMemberMetadataKey}, decoded. */
export type ShareGroupMemberMetadataKey = MessageOf<typeof shareGroupMemberMetadataKey>;

/** What a member of a share group has said of itself. */
export const shareGroupMemberMetadataValue = coordinatorValue({
  apiKey: 10,
  name: 'ShareGroupMemberMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    rackId: string({ nullable: true }),
    clientId: string(),
    clientHost: string(),
    subscribedTopicNames: array(string()),
  },
});

/** {@link shareGroupMemberMetadataValue}, decoded. */
export type ShareGroupMemberMetadataValue = MessageOf<typeof shareGroupMemberMetadataValue>;
