import {
  coordinatorKey,
  coordinatorValue,
  int32,
  int64,
  type MessageOf,
  string,
  uuid,
} from '../../schema/index.ts';

/** Key of {@link offsetCommitValue}. */
export const offsetCommitKey = coordinatorKey({
  apiKey: 1,
  name: 'OffsetCommitKey',
  versions: '0',
  flexible: 'none',
  fields: {
    group: string(),
    topic: string(),
    partition: int32(),
  },
});

/** {@link offsetCommitKey}, decoded. */
export type OffsetCommitKey = MessageOf<typeof offsetCommitKey>;

/** A committed offset. */
export const offsetCommitValue = coordinatorValue({
  apiKey: 1,
  name: 'OffsetCommitValue',
  versions: '0-4',
  flexible: '4+',
  fields: {
    offset: int64(),
    leaderEpoch: int32({ versions: '3+', default: -1, ignorable: true }),
    metadata: string(),
    commitTimestamp: int64(),
    expireTimestamp: int64({ versions: '1', default: -1, ignorable: true }),
    topicId: uuid({ versions: '4+', tag: 0, ignorable: true }),
  },
});

/** {@link offsetCommitValue}, decoded. */
export type OffsetCommitValue = MessageOf<typeof offsetCommitValue>;
