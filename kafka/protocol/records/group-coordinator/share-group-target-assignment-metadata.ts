import {
  coordinatorKey,
  coordinatorValue,
  int32,
  int64,
  type MessageOf,
  string,
} from '../../schema/index.ts';

/** Key of {@link shareGroupTargetAssignmentMetadataValue}. */
export const shareGroupTargetAssignmentMetadataKey = coordinatorKey({
  apiKey: 12,
  name: 'ShareGroupTargetAssignmentMetadataKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
});

/** {@link shareGroupTargetAssignmentMetadataKey}, decoded. */
export type ShareGroupTargetAssignmentMetadataKey = MessageOf<typeof shareGroupTargetAssignmentMetadataKey>;

/** The epoch of a share group's target assignment. */
export const shareGroupTargetAssignmentMetadataValue = coordinatorValue({
  apiKey: 12,
  name: 'ShareGroupTargetAssignmentMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    assignmentEpoch: int32(),
    assignmentTimestamp: int64({ default: 0, tag: 0, ignorable: true }),
  },
});

/** {@link shareGroupTargetAssignmentMetadataValue}, decoded. */
export type ShareGroupTargetAssignmentMetadataValue = MessageOf<
  typeof shareGroupTargetAssignmentMetadataValue
>;
