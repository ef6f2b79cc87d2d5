import {
  coordinatorKey,
  coordinatorValue,
  int32,
  int64,
  type MessageOf,
  string,
} from '../../schema/index.ts';

/** Key of {@link consumerGroupMetadataValue}. */
export const consumerGroupMetadataKey = coordinatorKey({
  apiKey: 3,
  name: 'ConsumerGroupMetadataKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
});

/** {@link consumerGroupMetadataKey}, decoded. */
export type ConsumerGroupMetadataKey = MessageOf<typeof consumerGroupMetadataKey>;

/** The epoch of a consumer group. */
export const consumerGroupMetadataValue = coordinatorValue({
  apiKey: 3,
  name: 'ConsumerGroupMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    epoch: int32(),
    metadataHash: int64({ default: 0, tag: 0 }),
  },
});

/** {@link consumerGroupMetadataValue}, decoded. */
export type ConsumerGroupMetadataValue = MessageOf<typeof consumerGroupMetadataValue>;
