import {
  coordinatorKey,
  coordinatorValue,
  int32,
  int64,
  type MessageOf,
  string,
} from '../../schema/index.ts';

/** Key of {@link legacyOffsetCommitValue}. */
export const legacyOffsetCommitKey = coordinatorKey({
  apiKey: 0,
  name: 'LegacyOffsetCommitKey',
  versions: '0',
  flexible: 'none',
  fields: {
    group: string(),
    topic: string(),
    partition: int32(),
  },
});

/** {@link legacyOffsetCommitKey}, decoded. */
export type LegacyOffsetCommitKey = MessageOf<typeof legacyOffsetCommitKey>;

/** A committed offset in the oldest format. */
export const legacyOffsetCommitValue = coordinatorValue({
  apiKey: 0,
  name: 'LegacyOffsetCommitValue',
  versions: '0',
  flexible: 'none',
  fields: {
    offset: int64(),
    metadata: string(),
    commitTimestamp: int64(),
  },
});

/** {@link legacyOffsetCommitValue}, decoded. */
export type LegacyOffsetCommitValue = MessageOf<typeof legacyOffsetCommitValue>;
