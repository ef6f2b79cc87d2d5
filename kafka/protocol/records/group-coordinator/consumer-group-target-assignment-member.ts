import {
  array,
  coordinatorKey,
  coordinatorValue,
  int32,
  type MessageOf,
  string,
  uuid,
} from '../../schema/index.ts';

/** Key of {@link consumerGroupTargetAssignmentMemberValue}. */
export const consumerGroupTargetAssignmentMemberKey = coordinatorKey({
  apiKey: 7,
  name: 'ConsumerGroupTargetAssignmentMemberKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
});

/** {@link consumerGroupTargetAssignmentMemberKey}, decoded. */
export type ConsumerGroupTargetAssignmentMemberKey = MessageOf<typeof consumerGroupTargetAssignmentMemberKey>;

/** What the assignor wants a member of a consumer group to own. */
export const consumerGroupTargetAssignmentMemberValue = coordinatorValue({
  apiKey: 7,
  name: 'ConsumerGroupTargetAssignmentMemberValue',
  versions: '0',
  flexible: '0+',
  fields: {
    topicPartitions: array({
      topicId: uuid(),
      partitions: array(int32()),
    }),
  },
});

/** {@link consumerGroupTargetAssignmentMemberValue}, decoded. */
export type ConsumerGroupTargetAssignmentMemberValue = MessageOf<
  typeof consumerGroupTargetAssignmentMemberValue
>;
