import { array, int16, int32, type MessageOf, request, response, string, uuid } from '../schema/index.ts';

/** Deletes the start offsets of topics in a share group. */
export const deleteShareGroupOffsetsRequest = request({
  apiKey: 92,
  name: 'DeleteShareGroupOffsetsRequest',
  versions: '0',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupId: string(),
    topics: array({
      topicName: string(),
    }),
  },
});

/** {@link deleteShareGroupOffsetsRequest}, decoded. */
export type DeleteShareGroupOffsetsRequest = MessageOf<typeof deleteShareGroupOffsetsRequest>;

/** The answer to {@link deleteShareGroupOffsetsRequest}. */
export const deleteShareGroupOffsetsResponse = response({
  apiKey: 92,
  name: 'DeleteShareGroupOffsetsResponse',
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string({ nullable: true, default: null }),
    responses: array({
      topicName: string(),
      topicId: uuid(),
      errorCode: int16(),
      errorMessage: string({ nullable: true, default: null }),
    }),
  },
});

/** {@link deleteShareGroupOffsetsResponse}, decoded. */
export type DeleteShareGroupOffsetsResponse = MessageOf<typeof deleteShareGroupOffsetsResponse>;
