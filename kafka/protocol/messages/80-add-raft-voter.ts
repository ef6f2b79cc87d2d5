import {
  array,
  bool,
  int16,
  int32,
  type MessageOf,
  request,
  response,
  string,
  uint16,
  uuid,
} from '../schema/index.ts';

/** Adds a voter to the Raft quorum (KIP-853). */
export const addRaftVoterRequest = request({
  apiKey: 80,
  name: 'AddRaftVoterRequest',
  versions: '0-1',
  flexible: '0+',
  listeners: ['controller', 'broker'],
  fields: {
    clusterId: string({ nullable: true }),
    timeoutMs: int32(),
    voterId: int32(),
    voterDirectoryId: uuid(),
    listeners: array({
      name: string({ mapKey: true }),
      host: string(),
      port: uint16(),
    }),
    ackWhenCommitted: bool({ versions: '1+', default: true }),
  },
});

/** {@link addRaftVoterRequest}, decoded. */
export type AddRaftVoterRequest = MessageOf<typeof addRaftVoterRequest>;

/** The answer to {@link addRaftVoterRequest}. */
export const addRaftVoterResponse = response({
  apiKey: 80,
  name: 'AddRaftVoterResponse',
  versions: '0-1',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string({ nullable: true, ignorable: true }),
  },
});

/** {@link addRaftVoterResponse}, decoded. */
export type AddRaftVoterResponse = MessageOf<typeof addRaftVoterResponse>;
