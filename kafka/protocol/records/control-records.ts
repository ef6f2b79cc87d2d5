import {
  array,
  data,
  int16,
  int32,
  int64,
  type MessageOf,
  string,
  struct,
  uint16,
  uuid,
} from '../schema/index.ts';

/** The type of a control record, behind the int16 version in its key. */
export const controlRecordTypeSchema = data({
  name: 'ControlRecordTypeSchema',
  versions: '0',
  flexible: 'none',
  fields: {
    type: int16(),
  },
});

/** {@link controlRecordTypeSchema}, decoded. */
export type ControlRecordTypeSchema = MessageOf<typeof controlRecordTypeSchema>;

/** The value of a commit or abort marker, behind an int16 version. */
export const endTxnMarker = data({
  name: 'EndTxnMarker',
  versions: '0',
  flexible: 'none',
  fields: {
    coordinatorEpoch: int32(),
  },
});

/** {@link endTxnMarker}, decoded. */
export type EndTxnMarker = MessageOf<typeof endTxnMarker>;

const voter = {
  voterId: int32(),
  voterDirectoryId: uuid({ versions: '1+' }),
};

/** Control record that starts a Raft leader's epoch (KIP-595). */
export const leaderChangeMessage = data({
  name: 'LeaderChangeMessage',
  versions: '0-1',
  flexible: '0+',
  fields: {
    version: int16(),
    leaderId: int32(),
    voters: array(voter),
    grantingVoters: array(voter),
  },
});

/** {@link leaderChangeMessage}, decoded. */
export type LeaderChangeMessage = MessageOf<typeof leaderChangeMessage>;

/** First control record of a snapshot (KIP-630). */
export const snapshotHeaderRecord = data({
  name: 'SnapshotHeaderRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    version: int16(),
    lastContainedLogTimestamp: int64(),
  },
});

/** {@link snapshotHeaderRecord}, decoded. */
export type SnapshotHeaderRecord = MessageOf<typeof snapshotHeaderRecord>;

/** Last control record of a snapshot (KIP-630). */
export const snapshotFooterRecord = data({
  name: 'SnapshotFooterRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    version: int16(),
  },
});

/** {@link snapshotFooterRecord}, decoded. */
export type SnapshotFooterRecord = MessageOf<typeof snapshotFooterRecord>;

/** Control record with the kraft.version in force (KIP-853). */
export const kRaftVersionRecord = data({
  name: 'KRaftVersionRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    version: int16(),
    kRaftVersion: int16(),
  },
});

/** {@link kRaftVersionRecord}, decoded. */
export type KRaftVersionRecord = MessageOf<typeof kRaftVersionRecord>;

/** Control record with the voter set in force (KIP-853). */
export const votersRecord = data({
  name: 'VotersRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    version: int16(),
    voters: array({
      voterId: int32(),
      voterDirectoryId: uuid(),
      endpoints: array({
        name: string({ mapKey: true }),
        host: string(),
        port: uint16(),
      }),
      kRaftVersionFeature: struct({
        minSupportedVersion: int16(),
        maxSupportedVersion: int16(),
      }),
    }),
  },
});

/** {@link votersRecord}, decoded. */
export type VotersRecord = MessageOf<typeof votersRecord>;
