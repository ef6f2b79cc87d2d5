import { array, data, int32, int64, type MessageOf, string, uuid } from '../../schema/index.ts';

/** The quorum-state file: what a Raft node must not forget about its vote. */
export const quorumStateData = data({
  name: 'QuorumStateData',
  versions: '0-1',
  flexible: '0+',
  fields: {
    clusterId: string({ versions: '0' }),
    leaderId: int32({ default: -1 }),
    leaderEpoch: int32({ default: -1 }),
    votedId: int32({ default: -1 }),
    votedDirectoryId: uuid({ versions: '1+' }),
    appliedOffset: int64({ versions: '0' }),
    currentVoters: array(
      {
        voterId: int32(),
      },
      { versions: '0', nullable: true },
    ),
  },
});

/** {@link quorumStateData}, decoded. */
export type QuorumStateData = MessageOf<typeof quorumStateData>;
