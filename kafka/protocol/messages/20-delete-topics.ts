import { array, int16, int32, type MessageOf, request, response, string, uuid } from '../schema/index.ts';

/** Deletes topics, by name or (v6) by id. */
export const deleteTopicsRequest = request({
  apiKey: 20,
  name: 'DeleteTopicsRequest',
  versions: '1-6',
  flexible: '4+',
  listeners: ['broker', 'controller'],
  fields: {
    topics: array(
      {
        name: string({ nullable: true, default: null }),
        topicId: uuid(),
      },
      { versions: '6+' },
    ),
    topicNames: array(string(), { versions: '1-5', ignorable: true }),
    timeoutMs: int32(),
  },
});

/** {@link deleteTopicsRequest}, decoded. */
export type DeleteTopicsRequest = MessageOf<typeof deleteTopicsRequest>;

/** The answer to {@link deleteTopicsRequest}. */
export const deleteTopicsResponse = response({
  apiKey: 20,
  name: 'DeleteTopicsResponse',
  versions: '1-6',
  flexible: '4+',
  fields: {
    throttleTimeMs: int32({ ignorable: true }),
    responses: array({
      name: string({ nullable: '6+', mapKey: true }),
      topicId: uuid({ versions: '6+', ignorable: true }),
      errorCode: int16(),
      errorMessage: string({ versions: '5+', nullable: true, default: null, ignorable: true }),
    }),
  },
});

/** {@link deleteTopicsResponse}, decoded. */
export type DeleteTopicsResponse = MessageOf<typeof deleteTopicsResponse>;
