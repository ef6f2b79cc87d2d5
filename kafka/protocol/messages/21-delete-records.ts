import { array, int16, int32, int64, type MessageOf, request, response, string } from '../schema/index.ts';

/** Moves the log start of partitions forward. */
export const deleteRecordsRequest = request({
  apiKey: 21,
  name: 'DeleteRecordsRequest',
  versions: '0-2',
  flexible: '2+',
  listeners: ['broker'],
  fields: {
    topics: array({
      name: string(),
      partitions: array({
        partitionIndex: int32(),
        offset: int64(),
      }),
    }),
    timeoutMs: int32(),
  },
});

/** {@link deleteRecordsRequest}, decoded. */
export type DeleteRecordsRequest = MessageOf<typeof deleteRecordsRequest>;

/** The answer to {@link deleteRecordsRequest}. */
export const deleteRecordsResponse = response({
  apiKey: 21,
  name: 'DeleteRecordsResponse',
  versions: '0-2',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32(),
    topics: array({
      name: string({ mapKey: true }),
      partitions: array({
        partitionIndex: int32({ mapKey: true }),
        lowWatermark: int64(),
        errorCode: int16(),
      }),
    }),
  },
});

/** {@link deleteRecordsResponse}, decoded. */
export type DeleteRecordsResponse = MessageOf<typeof deleteRecordsResponse>;
