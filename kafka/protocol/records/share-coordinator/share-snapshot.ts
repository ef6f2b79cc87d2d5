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

/** Key of {@link shareSnapshotValue}. */
export const shareSnapshotKey = coordinatorKey({
  apiKey: 0,
  name: 'ShareSnapshotKey',
  versions: '0',
  flexible: 'none',
  fields: {
    groupId: string(),
    topicId: uuid(),
    partition: int32(),
  },
});

/** {@link shareSnapshotKey}, decoded. */
export type ShareSnapshotKey = MessageOf<typeof shareSnapshotKey>;

/** The whole state of a share partition. */
export const shareSnapshotValue = coordinatorValue({
  apiKey: 0,
  name: 'ShareSnapshotValue',
  versions: '0',
  flexible: '0+',
  fields: {
    snapshotEpoch: int32(),
    stateEpoch: int32(),
    leaderEpoch: int32(),
    startOffset: int64(),
    deliveryCompleteCount: int32({ default: -1, tag: 0 }),
    createTimestamp: int64(),
    writeTimestamp: int64(),
    stateBatches: array({
      firstOffset: int64(),
      lastOffset: int64(),
      deliveryState: int8(),
      deliveryCount: int16(),
    }),
  },
});

/** {@link shareSnapshotValue}, decoded. */
export type ShareSnapshotValue = MessageOf<typeof shareSnapshotValue>;
