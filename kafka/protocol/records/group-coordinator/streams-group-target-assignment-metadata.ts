import {
  coordinatorKey,
  coordinatorValue,
  int32,
  int64,
  type MessageOf,
  string,
} from '../../schema/index.ts';

/** Key of {@link streamsGroupTargetAssignmentMetadataValue}. */
export const streamsGroupTargetAssignmentMetadataKey = coordinatorKey({
  apiKey: 20,
  name: 'StreamsGroupTargetAssignmentMetadataKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
});

/** {@link streamsGroupTargetAssignmentMetadataKey}, decoded. */
export type StreamsGroupTargetAssignmentMetadataKey = MessageOf<
  typeof streamsGroupTargetAssignmentMetadataKey
>;

/** The epoch of a streams group's target assignment. */
export const streamsGroupTargetAssignmentMetadataValue = coordinatorValue({
  apiKey: 20,
  name: 'StreamsGroupTargetAssignmentMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    assignmentEpoch: int32(),
    assignmentTimestamp: int64({ default: 0, tag: 0, ignorable: true }),
  },
});

/** {@link streamsGroupTargetAssignmentMetadataValue}, decoded. */
export type StreamsGroupTargetAssignmentMetadataValue = MessageOf<
  typeof streamsGroupTargetAssignmentMetadataValue
>;
