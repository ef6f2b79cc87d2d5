import { array, int16, int32, int64, type MessageOf, request, response, string } from '../schema/index.ts';

/** Commits offsets of a group as part of a transaction. */
export const txnOffsetCommitRequest = request({
  apiKey: 28,
  name: 'TxnOffsetCommitRequest',
  versions: '0-5',
  flexible: '3+',
  listeners: ['broker'],
  fields: {
    transactionalId: string(),
    groupId: string(),
    producerId: int64(),
    producerEpoch: int16(),
    generationId: int32({ versions: '3+', default: -1 }),
    memberId: string({ versions: '3+', default: '' }),
    groupInstanceId: string({ versions: '3+', nullable: true, default: null }),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        committedOffset: int64(),
        committedLeaderEpoch: int32({ versions: '2+', default: -1, ignorable: true }),
        committedMetadata: string({ nullable: true }),
      }),
    }),
  },
});

/** {@link txnOffsetCommitRequest}, decoded. */
export type TxnOffsetCommitRequest = MessageOf<typeof txnOffsetCommitRequest>;

/** The answer to {@link txnOffsetCommitRequest}. */
export const txnOffsetCommitResponse = response({
  apiKey: 28,
  name: 'TxnOffsetCommitResponse',
  versions: '0-5',
  flexible: '3+',
  fields: {
    throttleTimeMs: int32(),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
      }),
    }),
  },
});

/** {@link txnOffsetCommitResponse}, decoded. */
export type TxnOffsetCommitResponse = MessageOf<typeof txnOffsetCommitResponse>;
