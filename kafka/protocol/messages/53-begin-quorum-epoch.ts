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

/** Announces a new Raft leader to the voters (KIP-595). */
export const beginQuorumEpochRequest = request({
  apiKey: 53,
  name: 'BeginQuorumEpochRequest',
  versions: '0-1',
  flexible: '1+',
  listeners: ['controller'],
  fields: {
    clusterId: string({ nullable: true, default: null }),
    voterId: int32({ versions: '1+', default: -1, ignorable: true }),
    topics: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
        voterDirectoryId: uuid({ versions: '1+', ignorable: true }),
        leaderId: int32(),
        leaderEpoch: int32(),
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

/** {@link beginQuorumEpochRequest}, decoded. */
export type BeginQuorumEpochRequest = MessageOf<typeof beginQuorumEpochRequest>;

/** The answer to {@link beginQuorumEpochRequest}. */
export const beginQuorumEpochResponse = response({
  apiKey: 53,
  name: 'BeginQuorumEpochResponse',
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

/** {@link beginQuorumEpochResponse}, decoded. */
export type BeginQuorumEpochResponse = MessageOf<typeof beginQuorumEpochResponse>;
