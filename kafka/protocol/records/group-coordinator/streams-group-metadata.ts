import {
  array,
  coordinatorKey,
  coordinatorValue,
  int32,
  int64,
  type MessageOf,
  string,
} from '../../schema/index.ts';

/** Key of {@link streamsGroupMetadataValue}. */
export const streamsGroupMetadataKey = coordinatorKey({
  apiKey: 17,
  name: 'StreamsGroupMetadataKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
});

/** {@link streamsGroupMetadataKey}, decoded. */
export type StreamsGroupMetadataKey = MessageOf<typeof streamsGroupMetadataKey>;

const lastAssignmentConfig = {
  key: string(),
  value: string(),
};

/** The epochs of a streams group. */
export const streamsGroupMetadataValue = coordinatorValue({
  apiKey: 17,
  name: 'StreamsGroupMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    epoch: int32(),
    metadataHash: int64(),
    validatedTopologyEpoch: int32({ default: -1, tag: 0 }),
    lastAssignmentConfigs: array(lastAssignmentConfig, { nullable: true, tag: 1 }),
  },
});

/** {@link streamsGroupMetadataValue}, decoded. */
export type StreamsGroupMetadataValue = MessageOf<typeof streamsGroupMetadataValue>;
