import {
  array,
  coordinatorKey,
  coordinatorValue,
  int32,
  type MessageOf,
  string,
  uuid,
} from '../../schema/index.ts';

/** Key of {@link shareGroupTargetAssignmentMemberValue}. */
export const shareGroupTargetAssignmentMemberKey = coordinatorKey({
  apiKey: 13,
  name: 'ShareGroupTargetAssignmentMemberKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
});

/** {@link shareGroupTargetAssignmentMemberKey}, decoded. */
export type ShareGroupTargetAssignmentMemberKey = MessageOf<typeof shareGroupTargetAssignmentMemberKey>;

/** What the assignor wants a member of a share group to own. */
export const shareGroupTargetAssignmentMemberValue = coordinatorValue({
  apiKey: 13,
  name: 'ShareGroupTargetAssignmentMemberValue',
  versions: '0',
  flexible: '0+',
  fields: {
    topicPartitions: array({
      topicId: uuid(),
      partitions: array(int32()),
    }),
  },
});

/** {@link shareGroupTargetAssignmentMemberValue}, decoded. */
export type ShareGroupTargetAssignmentMemberValue = MessageOf<typeof shareGroupTargetAssignmentMemberValue>;
