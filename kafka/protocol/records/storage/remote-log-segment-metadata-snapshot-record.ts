import {
  array,
  bool,
  bytes,
  int8,
  int32,
  int64,
  type MessageOf,
  metadataRecord,
  uuid,
} from '../../schema/index.ts';

/** A segment in a snapshot of the tiered-storage metadata (KIP-405). */
export const remoteLogSegmentMetadataSnapshotRecord = metadataRecord({
  apiKey: 3,
  name: 'RemoteLogSegmentMetadataSnapshotRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    segmentId: uuid(),
    startOffset: int64(),
    endOffset: int64(),
    brokerId: int32(),
    maxTimestampMs: int64(),
    eventTimestampMs: int64(),
    segmentLeaderEpochs: array({
      leaderEpoch: int32(),
      offset: int64(),
    }),
    segmentSizeInBytes: int32(),
    customMetadata: bytes({ nullable: true, default: null }),
    remoteLogSegmentState: int8(),
    txnIndexEmpty: bool({ tag: 0 }),
  },
});

/** {@link remoteLogSegmentMetadataSnapshotRecord}, decoded. */
export type RemoteLogSegmentMetadataSnapshotRecord = MessageOf<typeof remoteLogSegmentMetadataSnapshotRecord>;
