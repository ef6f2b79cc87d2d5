import { array, int16, int32, type MessageOf, request, response, string } from '../schema/index.ts';

/** Deletes committed offsets of a group (KIP-496). */
export const offsetDeleteRequest = request({
  apiKey: 47,
  name: 'OffsetDeleteRequest',
  versions: '0',
  flexible: 'none',
  listeners: ['broker'],
  fields: {
    groupId: string(),
    topics: array({
      name: string({ mapKey: true }),
      partitions: array({
        partitionIndex: int32(),
      }),
    }),
  },
});

/** {@link offsetDeleteRequest}, decoded. */
export type OffsetDeleteRequest = MessageOf<typeof offsetDeleteRequest>;

/** The answer to {@link offsetDeleteRequest}. */
export const offsetDeleteResponse = response({
  apiKey: 47,
  name: 'OffsetDeleteResponse',
  versions: '0',
  flexible: 'none',
  fields: {
    errorCode: int16(),
    throttleTimeMs: int32({ ignorable: true }),
    topics: array({
      name: string({ mapKey: true }),
      partitions: array({
        partitionIndex: int32({ mapKey: true }),
        errorCode: int16(),
      }),
    }),
  },
});

/** {@link offsetDeleteResponse}, decoded. */
export type OffsetDeleteResponse = MessageOf<typeof offsetDeleteResponse>;
