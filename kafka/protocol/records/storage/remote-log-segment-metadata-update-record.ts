import {
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

/** A new state of a segment in tiered storage (KIP-405). */
export const remoteLogSegmentMetadataUpdateRecord = metadataRecord({
  apiKey: 1,
  name: 'RemoteLogSegmentMetadataUpdateRecord',
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
    brokerId: int32(),
    eventTimestampMs: int64(),
    customMetadata: bytes({ nullable: true, default: null }),
    remoteLogSegmentState: int8(),
  },
});

/** {@link remoteLogSegmentMetadataUpdateRecord}, decoded. */
export type RemoteLogSegmentMetadataUpdateRecord = MessageOf<typeof remoteLogSegmentMetadataUpdateRecord>;
