import {
  array,
  int8,
  int16,
  int32,
  int64,
  type MessageOf,
  request,
  response,
  string,
} from '../schema/index.ts';

/** Finds the offset of a timestamp, or of the start or end of a log. */
export const listOffsetsRequest = request({
  apiKey: 2,
  name: 'ListOffsetsRequest',
  versions: '1-11',
  flexible: '6+',
  listeners: ['broker'],
  fields: {
    replicaId: int32(),
    isolationLevel: int8({ versions: '2+' }),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        currentLeaderEpoch: int32({ versions: '4+', default: -1, ignorable: true }),
        timestamp: int64(),
      }),
    }),
    timeoutMs: int32({ versions: '10+', ignorable: true }),
  },
});

/** {@link listOffsetsRequest}, decoded. */
export type ListOffsetsRequest = MessageOf<typeof listOffsetsRequest>;

/** The answer to {@link listOffsetsRequest}. */
export const listOffsetsResponse = response({
  apiKey: 2,
  name: 'ListOffsetsResponse',
  versions: '1-11',
  flexible: '6+',
  fields: {
    throttleTimeMs: int32({ versions: '2+', ignorable: true }),
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        timestamp: int64({ default: -1 }),
        offset: int64({ default: -1 }),
        leaderEpoch: int32({ versions: '4+', default: -1 }),
      }),
    }),
  },
});

/** {@link listOffsetsResponse}, decoded. */
export type ListOffsetsResponse = MessageOf<typeof listOffsetsResponse>;
