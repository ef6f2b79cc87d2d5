import {
  array,
  int16,
  int32,
  int64,
  type MessageOf,
  records,
  request,
  response,
  string,
  struct,
  uint16,
  uuid,
} from '../schema/index.ts';

/** Reads a part of a snapshot of the metadata log (KIP-630). */
export const fetchSnapshotRequest = request({
  apiKey: 59,
  name: 'FetchSnapshotRequest',
  versions: '0-1',
  flexible: '0+',
  listeners: ['controller'],
  fields: {
    clusterId: string({ nullable: true, default: null, tag: 0 }),
    replicaId: int32({ default: -1 }),
    maxBytes: int32({ default: 2147483647 }),
    topics: array({
      name: string(),
      partitions: array({
        partition: int32(),
        currentLeaderEpoch: int32(),
        snapshotId: struct({
          endOffset: int64(),
          epoch: int32(),
        }),
        position: int64(),
        replicaDirectoryId: uuid({ versions: '1+', tag: 0, ignorable: true }),
      }),
    }),
  },
});

/** {@link fetchSnapshotRequest}, decoded. */
export type FetchSnapshotRequest = MessageOf<typeof fetchSnapshotRequest>;

/** The answer to {@link fetchSnapshotRequest}. */
export const fetchSnapshotResponse = response({
  apiKey: 59,
  name: 'FetchSnapshotResponse',
  versions: '0-1',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32({ ignorable: true }),
    errorCode: int16(),
    topics: array({
      name: string(),
      partitions: array({
        index: int32(),
        errorCode: int16(),
        snapshotId: struct({
          endOffset: int64(),
          epoch: int32(),
        }),
        currentLeader: struct(
          {
            leaderId: int32(),
            leaderEpoch: int32(),
          },
          { tag: 0 },
        ),
        size: int64(),
        position: int64(),
        unalignedRecords: records(),
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

/** {@link fetchSnapshotResponse}, decoded. */
export type FetchSnapshotResponse = MessageOf<typeof fetchSnapshotResponse>;
