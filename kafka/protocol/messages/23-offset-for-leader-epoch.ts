import { array, int16, int32, int64, type MessageOf, request, response, string } from '../schema/index.ts';

/** Finds where a leader epoch ends, to detect truncation (KIP-320). */
export const offsetForLeaderEpochRequest = request({
  apiKey: 23,
  name: 'OffsetForLeaderEpochRequest',
  versions: '2-4',
  flexible: '4+',
  listeners: ['broker'],
  fields: {
    replicaId: int32({ versions: '3+', default: -2, ignorable: true }),
    topics: array({
      topic: string({ mapKey: true }),
      partitions: array({
        partition: int32(),
        currentLeaderEpoch: int32({ default: -1, ignorable: true }),
        leaderEpoch: int32(),
      }),
    }),
  },
});

/** {@link offsetForLeaderEpochRequest}, decoded. */
export type OffsetForLeaderEpochRequest = MessageOf<typeof offsetForLeaderEpochRequest>;

/** The answer to {@link offsetForLeaderEpochRequest}. */
export const offsetForLeaderEpochResponse = response({
  apiKey: 23,
  name: 'OffsetForLeaderEpochResponse',
  versions: '2-4',
  flexible: '4+',
  fields: {
    throttleTimeMs: int32({ ignorable: true }),
    topics: array({
      topic: string({ mapKey: true }),
      partitions: array({
        errorCode: int16(),
        partition: int32(),
        leaderEpoch: int32({ default: -1, ignorable: true }),
        endOffset: int64({ default: -1 }),
      }),
    }),
  },
});

/** {@link offsetForLeaderEpochResponse}, decoded. */
export type OffsetForLeaderEpochResponse = MessageOf<typeof offsetForLeaderEpochResponse>;
