import {
  array,
  coordinatorKey,
  coordinatorValue,
  int32,
  type MessageOf,
  string,
  uuid,
} from '../../schema/index.ts';

/** Key of {@link consumerGroupPartitionMetadataValue}. */
export const consumerGroupPartitionMetadataKey = coordinatorKey({
  apiKey: 4,
  name: 'ConsumerGroupPartitionMetadataKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
});

/** {@link consumerGroupPartitionMetadataKey}, decoded. */
export type ConsumerGroupPartitionMetadataKey = MessageOf<typeof consumerGroupPartitionMetadataKey>;

/** The partition counts of subscribed topics. Written by old versions only. */
export const consumerGroupPartitionMetadataValue = coordinatorValue({
  apiKey: 4,
  name: 'ConsumerGroupPartitionMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    topics: array({
      topicId: uuid(),
      topicName: string(),
      numPartitions: int32(),
      partitionMetadata: array({
        partition: int32(),
        racks: array(string()),
      }),
    }),
  },
});

/** {@link consumerGroupPartitionMetadataValue}, decoded. */
export type ConsumerGroupPartitionMetadataValue = MessageOf<typeof consumerGroupPartitionMetadataValue>;
