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

/** Key of {@link consumerGroupCurrentMemberAssignmentValue}. */
export const consumerGroupCurrentMemberAssignmentKey = coordinatorKey({
  apiKey: 8,
  name: 'ConsumerGroupCurrentMemberAssignmentKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    memberId: string(),
  },
});

/** {@link consumerGroupCurrentMemberAssignmentKey}, decoded. */
export type ConsumerGroupCurrentMemberAssignmentKey = MessageOf<
  typeof consumerGroupCurrentMemberAssignmentKey
>;

const topicPartitions = {
  topicId: uuid(),
  partitions: array(int32()),
  assignmentEpochs: array(int32(), { nullable: true, tag: 0 }),
};

/** What a member of a consumer group owns now, and what it has still to give up. */
export const consumerGroupCurrentMemberAssignmentValue = coordinatorValue({
  apiKey: 8,
  name: 'ConsumerGroupCurrentMemberAssignmentValue',
  versions: '0',
  flexible: '0+',
  fields: {
    memberEpoch: int32(),
    previousMemberEpoch: int32(),
    state: int8(),
    assignedPartitions: array(topicPartitions),
    partitionsPendingRevocation: array(topicPartitions),
  },
});

/** {@link consumerGroupCurrentMemberAssignmentValue}, decoded. */
export type ConsumerGroupCurrentMemberAssignmentValue = MessageOf<
  typeof consumerGroupCurrentMemberAssignmentValue
>;
