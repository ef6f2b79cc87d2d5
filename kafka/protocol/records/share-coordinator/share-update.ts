import {
  array,
  coordinatorKey,
  coordinatorValue,
  int8,
  int16,
  int32,
  int64,
  type MessageOf,
  string,
  uuid,
} from '../../schema/index.ts';

/** Key of {@link shareUpdateValue}. */
export const shareUpdateKey = coordinatorKey({
  apiKey: 1,
  name: 'ShareUpdateKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    topicId: uuid(),
    partition: int32(),
  },
});

/** {@link shareUpdateKey}, decoded. */
export type ShareUpdateKey = MessageOf<typeof shareUpdateKey>;

/** A change to the state of a share partition since its last snapshot. */
export const shareUpdateValue = coordinatorValue({
  apiKey: 1,
  name: 'ShareUpdateValue',
  versions: '0',
  flexible: '0+',
  fields: {
    snapshotEpoch: int32(),
    leaderEpoch: int32(),
    startOffset: int64(),
    deliveryCompleteCount: int32({ default: -1, tag: 0 }),
    stateBatches: array({
      firstOffset: int64(),
      lastOffset: int64(),
      deliveryState: int8(),
      deliveryCount: int16(),
    }),
  },
});

/** {@link shareUpdateValue}, decoded. */
export type ShareUpdateValue = MessageOf<typeof shareUpdateValue>;
