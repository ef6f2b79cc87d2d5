import {
  array,
  bool,
  int16,
  int32,
  int64,
  type MessageOf,
  request,
  response,
  string,
  uint16,
  uuid,
} from '../schema/index.ts';

/** Asks for a vote in a Raft election, or (v2) a pre-vote (KIP-595, KIP-996). */
export const voteRequest = request({
  apiKey: 52,
  name: 'VoteRequest',
  versions: '0-2',
  flexible: '0+',
  listeners: ['controller'],
  fields: {
    clusterId: string({ nullable: true, default: null }),
    voterId: int32({ versions: '1+', default: -1, ignorable: true }),
    topics: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
        replicaEpoch: int32(),
        replicaId: int32(),
        replicaDirectoryId: uuid({ versions: '1+', ignorable: true }),
        voterDirectoryId: uuid({ versions: '1+', ignorable: true }),
        lastOffsetEpoch: int32(),
        lastOffset: int64(),
        preVote: bool({ versions: '2+' }),
      }),
    }),
  },
});

/** {@link voteRequest}, decoded. */
export type VoteRequest = MessageOf<typeof voteRequest>;

/** The answer to {@link voteRequest}. */
export const voteResponse = response({
  apiKey: 52,
  name: 'VoteResponse',
  versions: '0-2',
  flexible: '0+',
  fields: {
    errorCode: int16(),
    topics: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        leaderId: int32(),
        leaderEpoch: int32(),
        voteGranted: bool(),
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

/** {@link voteResponse}, decoded. */
export type VoteResponse = MessageOf<typeof voteResponse>;
