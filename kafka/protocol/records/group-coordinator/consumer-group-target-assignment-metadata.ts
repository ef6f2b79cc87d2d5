import {
  coordinatorKey,
  coordinatorValue,
  int32,
  int64,
  type MessageOf,
  string,
} from '../../schema/index.ts';

/** Key of {@link consumerGroupTargetAssignmentMetadataValue}. */
export const consumerGroupTargetAssignmentMetadataKey = coordinatorKey({
  apiKey: 6,
  name: 'ConsumerGroupTargetAssignmentMetadataKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
});

/** {@link consumerGroupTargetAssignmentMetadataKey}, decoded. */
export type ConsumerGroupTargetAssignmentMetadataKey = MessageOf<
  typeof consumerGroupTargetAssignmentMetadataKey
>;

/** The epoch of a consumer group's target assignment. */
export const consumerGroupTargetAssignmentMetadataValue = coordinatorValue({
  apiKey: 6,
  name: 'ConsumerGroupTargetAssignmentMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    assignmentEpoch: int32(),
    assignmentTimestamp: int64({ default: 0, tag: 0, ignorable: true }),
  },
});

/** {@link consumerGroupTargetAssignmentMetadataValue}, decoded. */
export type ConsumerGroupTargetAssignmentMetadataValue = MessageOf<
  typeof consumerGroupTargetAssignmentMetadataValue
>;
