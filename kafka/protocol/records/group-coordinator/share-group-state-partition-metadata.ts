import {
  array,
  coordinatorKey,
  coordinatorValue,
  int32,
  type MessageOf,
  string,
  uuid,
} from '../../schema/index.ts';

/** Key of {@link shareGroupStatePartitionMetadataValue}. */
export const shareGroupStatePartitionMetadataKey = coordinatorKey({
  apiKey: 15,
  name: 'ShareGroupStatePartitionMetadataKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
});

/** {@link shareGroupStatePartitionMetadataKey}, decoded. */
export type ShareGroupStatePartitionMetadataKey = MessageOf<typeof shareGroupStatePartitionMetadataKey>;

const topicPartitionsInfo = {
  topicId: uuid(),
  topicName: string(),
  partitions: array(int32()),
};

const topicInfo = {
  topicId: uuid(),
  topicName: string(),
};

/** The partitions of a share group that have, are getting or are losing their state. */
export const shareGroupStatePartitionMetadataValue = coordinatorValue({
  apiKey: 15,
  name: 'ShareGroupStatePartitionMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    initializingTopics: array(topicPartitionsInfo),
    initializedTopics: array(topicPartitionsInfo),
    deletingTopics: array(topicInfo),
  },
});

/** {@link shareGroupStatePartitionMetadataValue}, decoded. */
export type ShareGroupStatePartitionMetadataValue = MessageOf<typeof shareGroupStatePartitionMetadataValue>;
