import {
  array,
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

/** Describes the Raft leader, voters and observers (KIP-595). */
export const describeQuorumRequest = request({
  apiKey: 55,
  name: 'DescribeQuorumRequest',
  versions: '0-2',
  flexible: '0+',
  listeners: ['broker', 'controller'],
  fields: {
    topics: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
      }),
    }),
  },
});

/** {@link describeQuorumRequest}, decoded. */
export type DescribeQuorumRequest = MessageOf<typeof describeQuorumRequest>;

const replicaState = {
  replicaId: int32(),
  replicaDirectoryId: uuid({ versions: '2+' }),
  logEndOffset: int64(),
  lastFetchTimestamp: int64({ versions: '1+', default: -1, ignorable: true }),
  lastCaughtUpTimestamp: int64({ versions: '1+', default: -1, ignorable: true }),
};

/** The answer to {@link describeQuorumRequest}. */
export const describeQuorumResponse = response({
  apiKey: 55,
  name: 'DescribeQuorumResponse',
  versions: '0-2',
  flexible: '0+',
  fields: {
    errorCode: int16(),
    errorMessage: string({ versions: '2+', nullable: true, ignorable: true }),
    topics: array({
      topicName: string(),
      partitions: array({
        partitionIndex: int32(),
        errorCode: int16(),
        errorMessage: string({ versions: '2+', nullable: true, ignorable: true }),
        leaderId: int32(),
        leaderEpoch: int32(),
        highWatermark: int64(),
        currentVoters: array(replicaState),
        observers: array(replicaState),
      }),
    }),
    nodes: array(
      {
        nodeId: int32({ mapKey: true }),
        listeners: array({
          name: string({ mapKey: true }),
          host: string(),
          port: uint16(),
        }),
      },
      { versions: '2+' },
    ),
  },
});

/** {@link describeQuorumResponse}, decoded. */
export type DescribeQuorumResponse = MessageOf<typeof describeQuorumResponse>;
