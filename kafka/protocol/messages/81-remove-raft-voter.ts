import { int16, int32, type MessageOf, request, response, string, uuid } from '../schema/index.ts';

/** Removes a voter from the Raft quorum (KIP-853). */
export const removeRaftVoterRequest = request({
  apiKey: 81,
  name: 'RemoveRaftVoterRequest',
  versions: '0',
  flexible: '0+',
  listeners: ['controller', 'broker'],
  fields: {
    clusterId: string({ nullable: true }),
    voterId: int32(),
    voterDirectoryId: uuid(),
  },
});

/** {@link removeRaftVoterRequest}, decoded. */
export type RemoveRaftVoterRequest = MessageOf<typeof removeRaftVoterRequest>;

/** The answer to {@link removeRaftVoterRequest}. */
export const removeRaftVoterResponse = response({
  apiKey: 81,
  name: 'RemoveRaftVoterResponse',
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string({ nullable: true, ignorable: true }),
  },
});

/** {@link removeRaftVoterResponse}, decoded. */
export type RemoveRaftVoterResponse = MessageOf<typeof removeRaftVoterResponse>;
