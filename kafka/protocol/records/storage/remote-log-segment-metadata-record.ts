import {
  array,
  bool,
  bytes,
  int8,
  int32,
  int64,
  type MessageOf,
  metadataRecord,
  string,
  struct,
  uuid,
} from '../../schema/index.ts';

/** A segment copied to tiered storage (KIP-405). */
export const remoteLogSegmentMetadataRecord = metadataRecord({
  apiKey: 0,
  name: 'RemoteLogSegmentMetadataRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    remoteLogSegmentId: struct({
      topicIdPartition: struct({
        name: string(),
        id: uuid(),
        partition: int32(),
      }),
      id: uuid(),
    }),
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

/** {@link remoteLogSegmentMetadataRecord}, decoded. */
export type RemoteLogSegmentMetadataRecord = MessageOf<typeof remoteLogSegmentMetadataRecord>;
