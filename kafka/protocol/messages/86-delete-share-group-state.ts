import { array, int16, int32, type MessageOf, request, response, string, uuid } from '../schema/index.ts';

/** Deletes the state of share partitions (KIP-932). */
export const deleteShareGroupStateRequest = request({
  apiKey: 86,
  name: 'DeleteShareGroupStateRequest',
  versions: '0',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupId: string(),
    topics: array({
      topicId: uuid(),
      partitions: array({
        partition: int32(),
      }),
    }),
  },
});

/** {@link deleteShareGroupStateRequest}, decoded. */
export type DeleteShareGroupStateRequest = MessageOf<typeof deleteShareGroupStateRequest>;

/** The answer to {@link deleteShareGroupStateRequest}. */
export const deleteShareGroupStateResponse = response({
  apiKey: 86,
  name: 'DeleteShareGroupStateResponse',
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

/** {@link deleteShareGroupStateResponse}, decoded. */
export type DeleteShareGroupStateResponse = MessageOf<typeof deleteShareGroupStateResponse>;
