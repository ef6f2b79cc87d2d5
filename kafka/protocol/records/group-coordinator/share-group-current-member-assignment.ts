import {
  array,
  coordinatorKey,
  coordinatorValue,
  int8,
  int32,
  type MessageOf,
  string,
  uuid,
} from '../../schema/index.ts';

/** Key of {@link shareGroupCurrentMemberAssignmentValue}. */
export const shareGroupCurrentMemberAssignmentKey = coordinatorKey({
  apiKey: 14,
  name: 'ShareGroupCurrentMemberAssignmentKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
});

/** {@link shareGroupCurrentMemberAssignmentKey}, decoded. */
export type ShareGroupCurrentMemberAssignmentKey = MessageOf<typeof shareGroupCurrentMemberAssignmentKey>;

const topicPartitions = {
  topicId: uuid(),
  partitions: array(int32()),
};

/** What a member of a share group owns now. */
export const shareGroupCurrentMemberAssignmentValue = coordinatorValue({
  apiKey: 14,
  name: 'ShareGroupCurrentMemberAssignmentValue',
  versions: '0',
  flexible: '0+',
  fields: {
    memberEpoch: int32(),
    previousMemberEpoch: int32(),
    state: int8(),
    assignedPartitions: array(topicPartitions),
  },
});

/** {@link shareGroupCurrentMemberAssignmentValue}, decoded. */
export type ShareGroupCurrentMemberAssignmentValue = MessageOf<typeof shareGroupCurrentMemberAssignmentValue>;
