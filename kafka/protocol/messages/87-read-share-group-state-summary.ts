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

/** Reads the start offsets of share partitions (KIP-932). */
export const readShareGroupStateSummaryRequest = request({
  apiKey: 87,
  name: 'ReadShareGroupStateSummaryRequest',
  versions: '0-1',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupId: string(),
    topics: array({
      topicId: uuid(),
      partitions: array({
        partition: int32(),
        leaderEpoch: int32(),
      }),
    }),
  },
});

/** {@link readShareGroupStateSummaryRequest}, decoded. */
export type ReadShareGroupStateSummaryRequest = MessageOf<typeof readShareGroupStateSummaryRequest>;

/** The answer to {@link readShareGroupStateSummaryRequest}. */
export const readShareGroupStateSummaryResponse = response({
  apiKey: 87,
  name: 'ReadShareGroupStateSummaryResponse',
  versions: '0-1',
  flexible: '0+',
  fields: {
    results: array({
      topicId: uuid(),
      partitions: array({
        partition: int32(),
        errorCode: int16(),
        errorMessage: string({ nullable: true, default: null }),
        stateEpoch: int32(),
        leaderEpoch: int32(),
        startOffset: int64(),
        deliveryCompleteCount: int32({ versions: '1+', default: -1, ignorable: true }),
      }),
    }),
  },
});

/** {@link readShareGroupStateSummaryResponse}, decoded. */
export type ReadShareGroupStateSummaryResponse = MessageOf<typeof readShareGroupStateSummaryResponse>;
