import {
  array,
  int16,
  int32,
  int64,
  type MessageOf,
  request,
  response,
  string,
  uuid,
} from '../schema/index.ts';

/** Commits offsets of a group. `generationIdOrMemberEpoch` is an epoch in the consumer protocol (KIP-848). */
export const offsetCommitRequest = request({
  apiKey: 8,
  name: 'OffsetCommitRequest',
  versions: '2-10',
  flexible: '8+',
  listeners: ['broker'],
  fields: {
    groupId: string(),
    generationIdOrMemberEpoch: int32({ default: -1, ignorable: true }),
    memberId: string({ ignorable: true }),
    groupInstanceId: string({ versions: '7+', nullable: true, default: null }),
    retentionTimeMs: int64({ versions: '2-4', default: -1, ignorable: true }),
    topics: array({
      name: string({ versions: '2-9', ignorable: true }),
      topicId: uuid({ versions: '10+', ignorable: true }),
      partitions: array({
        partitionIndex: int32(),
        committedOffset: int64(),
        committedLeaderEpoch: int32({ versions: '6+', default: -1, ignorable: true }),
        committedMetadata: string({ nullable: true }),
      }),
    }),
  },
});

/** {@link offsetCommitRequest}, decoded. */
export type OffsetCommitRequest = MessageOf<typeof offsetCommitRequest>;

/** The answer to {@link offsetCommitRequest}. */
export const offsetCommitResponse = response({
  apiKey: 8,
  name: 'OffsetCommitResponse',
  versions: '2-10',
  flexible: '8+',
  fields: {
    throttleTimeMs: int32({ versions: '3+', ignorable: true }),
    topics: array({
      name: string({ versions: '2-9', ignorable: true }),
      topicId: uuid({ versions: '10+', ignorable: true }),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
      }),
    }),
  },
});

/** {@link offsetCommitResponse}, decoded. */
export type OffsetCommitResponse = MessageOf<typeof offsetCommitResponse>;
