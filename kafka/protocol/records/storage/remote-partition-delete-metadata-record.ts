import {
  int8,
  int32,
  int64,
  type MessageOf,
  metadataRecord,
  string,
  struct,
  uuid,
} from '../../schema/index.ts';

/** The deletion state of a partition in tiered storage (KIP-405). */
export const remotePartitionDeleteMetadataRecord = metadataRecord({
  apiKey: 2,
  name: 'RemotePartitionDeleteMetadataRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    topicIdPartition: struct({
      name: string(),
      id: uuid(),
      partition: int32(),
    }),
    brokerId: int32(),
    eventTimestampMs: int64(),
    remotePartitionDeleteState: int8(),
  },
});

/** {@link remotePartitionDeleteMetadataRecord}, decoded. */
export type RemotePartitionDeleteMetadataRecord = MessageOf<typeof remotePartitionDeleteMetadataRecord>;
