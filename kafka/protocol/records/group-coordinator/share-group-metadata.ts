import {
  coordinatorKey,
  coordinatorValue,
  int32,
  int64,
  type MessageOf,
  string,
} from '../../schema/index.ts';

/** Key of {@link shareGroupMetadataValue}. */
export const shareGroupMetadataKey = coordinatorKey({
  apiKey: 11,
  name: 'ShareGroupMetadataKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
  },
});

/** {@link shareGroupMetadataKey}, decoded. */
export type ShareGroupMetadataKey = MessageOf<typeof shareGroupMetadataKey>;

/** The epoch of a share group. */
export const shareGroupMetadataValue = coordinatorValue({
  apiKey: 11,
  name: 'ShareGroupMetadataValue',
  versions: '0',
  flexible: '0+',
  fields: {
    epoch: int32(),
    metadataHash: int64(),
  },
});

/** {@link shareGroupMetadataValue}, decoded. */
export type ShareGroupMetadataValue = MessageOf<typeof shareGroupMetadataValue>;
