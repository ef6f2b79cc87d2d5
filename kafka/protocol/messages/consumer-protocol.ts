import { array, bytes, data, int32, type MessageOf, string } from '../schema/index.ts';

/** What a consumer says of itself in the metadata of JoinGroup, behind an int16 version. */
export const consumerProtocolSubscription = data({
  name: 'ConsumerProtocolSubscription',
  versions: '0-3',
  flexible: 'none',
  fields: {
    topics: array(string()),
    userData: bytes({ nullable: true, default: null }),
    ownedPartitions: array(
      {
        topic: string({ mapKey: true }),
        partitions: array(int32()),
      },
      { versions: '1+', ignorable: true },
    ),
    generationId: int32({ versions: '2+', default: -1, ignorable: true }),
    rackId: string({ versions: '3+', nullable: true, default: null, ignorable: true }),
  },
});

/** {@link consumerProtocolSubscription}, decoded. */
export type ConsumerProtocolSubscription = MessageOf<typeof consumerProtocolSubscription>;

/** What the leader assigns to a consumer in SyncGroup, behind an int16 version. */
export const consumerProtocolAssignment = data({
  name: 'ConsumerProtocolAssignment',
  versions: '0-3',
  flexible: 'none',
  fields: {
    assignedPartitions: array({
      topic: string({ mapKey: true }),
      partitions: array(int32()),
    }),
    userData: bytes({ nullable: true, default: null }),
  },
});

/** {@link consumerProtocolAssignment}, decoded. */
export type ConsumerProtocolAssignment = MessageOf<typeof consumerProtocolAssignment>;
