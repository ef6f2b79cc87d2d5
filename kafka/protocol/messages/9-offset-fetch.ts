import {
  array,
  bool,
  int16,
  int32,
  int64,
  type MessageOf,
  request,
  response,
  string,
  uuid,
} from '../schema/index.ts';

/** Reads committed offsets, of one group up to v7, of several from v8. Null topics mean all. */
export const offsetFetchRequest = request({
  apiKey: 9,
  name: 'OffsetFetchRequest',
  versions: '1-10',
  flexible: '6+',
  listeners: ['broker'],
  fields: {
    groupId: string({ versions: '1-7' }),
    topics: array(
      {
        name: string(),
        partitionIndexes: array(int32()),
      },
      { versions: '1-7', nullable: '2-7' },
    ),
    groups: array(
      {
        groupId: string(),
        memberId: string({ versions: '9+', nullable: true, default: null, ignorable: true }),
        memberEpoch: int32({ versions: '9+', default: -1, ignorable: true }),
        topics: array(
          {
            name: string({ versions: '8-9', ignorable: true }),
            topicId: uuid({ versions: '10+', ignorable: true }),
            partitionIndexes: array(int32()),
          },
          { nullable: true },
        ),
      },
      { versions: '8+' },
    ),
    requireStable: bool({ versions: '7+', default: false }),
  },
});

/** {@link offsetFetchRequest}, decoded. */
export type OffsetFetchRequest = MessageOf<typeof offsetFetchRequest>;

/** The answer to {@link offsetFetchRequest}. */
export const offsetFetchResponse = response({
  apiKey: 9,
  name: 'OffsetFetchResponse',
  versions: '1-10',
  flexible: '6+',
  fields: {
    throttleTimeMs: int32({ versions: '3+', ignorable: true }),
    topics: array(
      {
        name: string(),
        partitions: array({
          partitionIndex: int32(),
          committedOffset: int64(),
          committedLeaderEpoch: int32({ versions: '5+', default: -1, ignorable: true }),
          metadata: string({ nullable: true }),
          errorCode: int16(),
        }),
      },
      { versions: '1-7' },
    ),
    errorCode: int16({ versions: '2-7', default: 0, ignorable: true }),
    groups: array(
      {
        groupId: string(),
        topics: array({
          name: string({ versions: '8-9', ignorable: true }),
          topicId: uuid({ versions: '10+', ignorable: true }),
          partitions: array({
            partitionIndex: int32(),
            committedOffset: int64(),
            committedLeaderEpoch: int32({ default: -1, ignorable: true }),
            metadata: string({ nullable: true }),
            errorCode: int16(),
          }),
        }),
        errorCode: int16({ default: 0 }),
      },
      { versions: '8+' },
    ),
  },
});

/** {@link offsetFetchResponse}, decoded. */
export type OffsetFetchResponse = MessageOf<typeof offsetFetchResponse>;
