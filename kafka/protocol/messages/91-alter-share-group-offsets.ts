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

/** Moves the start offsets of a share group. */
export const alterShareGroupOffsetsRequest = request({
  apiKey: 91,
  name: 'AlterShareGroupOffsetsRequest',
  versions: '0',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupId: string(),
    topics: array({
      topicName: string({ mapKey: true }),
      partitions: array({
        partitionIndex: int32(),
        startOffset: int64(),
      }),
    }),
  },
});

/** {@link alterShareGroupOffsetsRequest}, decoded. */
export type AlterShareGroupOffsetsRequest = MessageOf<typeof alterShareGroupOffsetsRequest>;

/** The answer to {@link alterShareGroupOffsetsRequest}. */
export const alterShareGroupOffsetsResponse = response({
  apiKey: 91,
  name: 'AlterShareGroupOffsetsResponse',
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string({ nullable: true, default: null }),
    responses: array({
      topicName: string({ mapKey: true }),
      topicId: uuid(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        errorMessage: string({ nullable: true, default: null }),
      }),
    }),
  },
});

/** {@link alterShareGroupOffsetsResponse}, decoded. */
export type AlterShareGroupOffsetsResponse = MessageOf<typeof alterShareGroupOffsetsResponse>;
