import {
  array,
  int16,
  int32,
  type MessageOf,
  request,
  response,
  string,
  struct,
  uint16,
  uuid,
} from '../schema/index.ts';

/** Changes the endpoints and versions known of a Raft voter (KIP-853). */
export const updateRaftVoterRequest = request({
  apiKey: 82,
  name: 'UpdateRaftVoterRequest',
  versions: '0',
  flexible: '0+',
  listeners: ['controller'],
  fields: {
    clusterId: string({ nullable: true }),
    currentLeaderEpoch: int32(),
    voterId: int32(),
    voterDirectoryId: uuid(),
    listeners: array({
      name: string({ mapKey: true }),
      host: string(),
      port: uint16(),
    }),
    kRaftVersionFeature: struct({
      minSupportedVersion: int16(),
      maxSupportedVersion: int16(),
    }),
  },
});

/** {@link updateRaftVoterRequest}, decoded. */
export type UpdateRaftVoterRequest = MessageOf<typeof updateRaftVoterRequest>;

/** The answer to {@link updateRaftVoterRequest}. */
export const updateRaftVoterResponse = response({
  apiKey: 82,
  name: 'UpdateRaftVoterResponse',
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    currentLeader: struct(
      {
        leaderId: int32({ default: -1 }),
        leaderEpoch: int32({ default: -1 }),
        host: string(),
        port: int32(),
      },
      { tag: 0 },
    ),
  },
});

/** {@link updateRaftVoterResponse}, decoded. */
export type UpdateRaftVoterResponse = MessageOf<typeof updateRaftVoterResponse>;
