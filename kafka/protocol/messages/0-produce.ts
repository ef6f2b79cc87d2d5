import {
  array,
  int16,
  int32,
  int64,
  type MessageOf,
  records,
  request,
  response,
  string,
  struct,
  uuid,
} from '../schema/index.ts';

/** Appends record batches to partitions. `acks` 0 has no response. Topics go by name up to v12, by id from v13 (KIP-516). */
export const produceRequest = request({
  apiKey: 0,
  name: 'ProduceRequest',
  versions: '3-13',
  flexible: '9+',
  listeners: ['broker'],
  fields: {
    transactionalId: string({ nullable: true, default: null }),
    acks: int16(),
    timeoutMs: int32(),
    topicData: array({
      name: string({ versions: '3-12', ignorable: true, mapKey: true }),
      topicId: uuid({ versions: '13+', ignorable: true, mapKey: true }),
      partitionData: array({
        index: int32(),
        records: records({ nullable: true }),
      }),
    }),
  },
});

/** {@link produceRequest}, decoded. */
export type ProduceRequest = MessageOf<typeof produceRequest>;

/** The answer to {@link produceRequest}. */
export const produceResponse = response({
  apiKey: 0,
  name: 'ProduceResponse',
  versions: '3-13',
  flexible: '9+',
  fields: {
    responses: array({
      name: string({ versions: '3-12', ignorable: true, mapKey: true }),
      topicId: uuid({ versions: '13+', ignorable: true, mapKey: true }),
      partitionResponses: array({
        index: int32(),
        errorCode: int16(),
        baseOffset: int64(),
        logAppendTimeMs: int64({ default: -1, ignorable: true }),
        logStartOffset: int64({ versions: '5+', default: -1, ignorable: true }),
        recordErrors: array(
          {
            batchIndex: int32(),
            batchIndexErrorMessage: string({ nullable: true, default: null }),
          },
          { versions: '8+', ignorable: true },
        ),
        errorMessage: string({ versions: '8+', nullable: true, default: null, ignorable: true }),
        currentLeader: struct(
          {
            leaderId: int32({ default: -1 }),
            leaderEpoch: int32({ default: -1 }),
          },
          { versions: '10+', tag: 0 },
        ),
      }),
    }),
    throttleTimeMs: int32({ default: 0, ignorable: true }),
    nodeEndpoints: array(
      {
        nodeId: int32({ mapKey: true }),
        host: string(),
        port: int32(),
        rack: string({ nullable: true, default: null }),
      },
      { versions: '10+', tag: 0 },
    ),
  },
});

/** {@link produceResponse}, decoded. */
export type ProduceResponse = MessageOf<typeof produceResponse>;
