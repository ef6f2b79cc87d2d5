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
  uuid,
} from '../schema/index.ts';

/** Writes the state of share partitions (KIP-932). */
export const writeShareGroupStateRequest = request({
  apiKey: 85,
  name: 'WriteShareGroupStateRequest',
  versions: '0-1',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupId: string(),
    topics: array({
      topicId: uuid(),
      partitions: array({
        partition: int32(),
        stateEpoch: int32(),
        leaderEpoch: int32(),
        startOffset: int64(),
        deliveryCompleteCount: int32({ versions: '1+', default: -1, ignorable: true }),
        stateBatches: array({
          firstOffset: int64(),
          lastOffset: int64(),
          deliveryState: int8(),
          deliveryCount: int16(),
        }),
      }),
    }),
  },
});

/** {@link writeShareGroupStateRequest}, decoded. */
export type WriteShareGroupStateRequest = MessageOf<typeof writeShareGroupStateRequest>;

/** The answer to {@link writeShareGroupStateRequest}. */
export const writeShareGroupStateResponse = response({
  apiKey: 85,
  name: 'WriteShareGroupStateResponse',
  versions: '0-1',
  flexible: '0+',
  fields: {
    results: array({
      topicId: uuid(),
      partitions: array({
        partition: int32(),
        errorCode: int16(),
        errorMessage: string({ nullable: true, default: null }),
      }),
    }),
  },
});

/** {@link writeShareGroupStateResponse}, decoded. */
export type WriteShareGroupStateResponse = MessageOf<typeof writeShareGroupStateResponse>;
