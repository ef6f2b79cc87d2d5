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

/** Creates the state of share partitions (KIP-932). */
export const initializeShareGroupStateRequest = request({
  apiKey: 83,
  name: 'InitializeShareGroupStateRequest',
  versions: '0',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupId: string(),
    topics: array({
      topicId: uuid(),
      partitions: array({
        partition: int32(),
        stateEpoch: int32(),
        startOffset: int64(),
      }),
    }),
  },
});

/** {@link initializeShareGroupStateRequest}, decoded. */
export type InitializeShareGroupStateRequest = MessageOf<typeof initializeShareGroupStateRequest>;

/** The answer to {@link initializeShareGroupStateRequest}. */
export const initializeShareGroupStateResponse = response({
  apiKey: 83,
  name: 'InitializeShareGroupStateResponse',
  versions: '0',
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

/** {@link initializeShareGroupStateResponse}, decoded. */
export type InitializeShareGroupStateResponse = MessageOf<typeof initializeShareGroupStateResponse>;
