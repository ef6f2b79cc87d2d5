import { array, bool, int16, int32, type MessageOf, request, response, string } from '../schema/index.ts';

/** Adds partitions to topics. */
export const createPartitionsRequest = request({
  apiKey: 37,
  name: 'CreatePartitionsRequest',
  versions: '0-3',
  flexible: '2+',
  listeners: ['broker', 'controller'],
  fields: {
    topics: array({
      name: string({ mapKey: true }),
      count: int32(),
      assignments: array(
        {
          brokerIds: array(int32()),
        },
        { nullable: true },
      ),
    }),
    timeoutMs: int32(),
    validateOnly: bool(),
  },
});

/** {@link createPartitionsRequest}, decoded. */
export type CreatePartitionsRequest = MessageOf<typeof createPartitionsRequest>;

/** The answer to {@link createPartitionsRequest}. */
export const createPartitionsResponse = response({
  apiKey: 37,
  name: 'CreatePartitionsResponse',
  versions: '0-3',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32(),
    results: array({
      name: string(),
      errorCode: int16(),
      errorMessage: string({ nullable: true, default: null }),
    }),
  },
});

/** {@link createPartitionsResponse}, decoded. */
export type CreatePartitionsResponse = MessageOf<typeof createPartitionsResponse>;
