import {
  array,
  int16,
  int32,
  type MessageOf,
  request,
  response,
  string,
  uint16,
  uuid,
} from '../schema/index.ts';

/** Announces that a Raft leader resigns (KIP-595). */
export const endQuorumEpochRequest = request({
  apiKey: 54,
  name: 'EndQuorumEpochRequest',
  versions: '0-1',
  flexible: '1+',
  listeners: ['controller'],
  fields: {
    clusterId: string({ nullable: true, default: null }),
    topics: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
        leaderId: int32(),
        leaderEpoch: int32(),
        preferredSuccessors: array(int32(), { versions: '0', ignorable: true }),
        preferredCandidates: array(
          {
            candidateId: int32(),
            candidateDirectoryId: uuid(),
          },
          { versions: '1+', ignorable: true },
        ),
      }),
    }),
    leaderEndpoints: array(
      {
        name: string({ mapKey: true }),
        host: string(),
        port: uint16(),
      },
      { versions: '1+', ignorable: true },
    ),
  },
});

/** {@link endQuorumEpochRequest}, decoded. */
export type EndQuorumEpochRequest = MessageOf<typeof endQuorumEpochRequest>;

/** The answer to {@link endQuorumEpochRequest}. */
export const endQuorumEpochResponse = response({
  apiKey: 54,
  name: 'EndQuorumEpochResponse',
  versions: '0-1',
  flexible: '1+',
  fields: {
    errorCode: int16(),
    topics: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        leaderId: int32(),
        leaderEpoch: int32(),
      }),
    }),
    nodeEndpoints: array(
      {
        nodeId: int32({ mapKey: true }),
        host: string(),
        port: uint16(),
      },
      { versions: '1+', tag: 0 },
    ),
  },
});

/** {@link endQuorumEpochResponse}, decoded. */
export type EndQuorumEpochResponse = MessageOf<typeof endQuorumEpochResponse>;
