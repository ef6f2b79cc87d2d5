import {
  array,
  bool,
  int8,
  int16,
  int32,
  int64,
  type MessageOf,
  request,
  response,
  string,
  struct,
  uuid,
} from '../schema/index.ts';

/** Acknowledges records of a share group (KIP-932). */
export const shareAcknowledgeRequest = request({
  apiKey: 79,
  name: 'ShareAcknowledgeRequest',
  versions: '1-2',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    groupId: string({ nullable: true, default: null }),
    memberId: string({ nullable: true }),
    shareSessionEpoch: int32(),
    isRenewAck: bool({ versions: '2+', default: false }),
    topics: array({
      topicId: uuid({ mapKey: true }),
      partitions: array({
        partitionIndex: int32({ mapKey: true }),
        acknowledgementBatches: array({
          firstOffset: int64(),
          lastOffset: int64(),
          acknowledgeTypes: array(int8()),
        }),
      }),
    }),
  },
});

/** {@link shareAcknowledgeRequest}, decoded. */
export type ShareAcknowledgeRequest = MessageOf<typeof shareAcknowledgeRequest>;

/** The answer to {@link shareAcknowledgeRequest}. */
export const shareAcknowledgeResponse = response({
  apiKey: 79,
  name: 'ShareAcknowledgeResponse',
  versions: '1-2',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string({ nullable: true, default: null }),
    acquisitionLockTimeoutMs: int32({ versions: '2+', ignorable: true }),
    responses: array({
      topicId: uuid({ mapKey: true }),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        errorMessage: string({ nullable: true, default: null }),
        currentLeader: struct({
          leaderId: int32(),
          leaderEpoch: int32(),
        }),
      }),
    }),
    nodeEndpoints: array({
      nodeId: int32({ mapKey: true }),
      host: string(),
      port: int32(),
      rack: string({ nullable: true, default: null }),
    }),
  },
});

/** {@link shareAcknowledgeResponse}, decoded. */
export type ShareAcknowledgeResponse = MessageOf<typeof shareAcknowledgeResponse>;
