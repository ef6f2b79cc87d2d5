import { array, int8, int32, type MessageOf, metadataRecord, uuid } from '../../schema/index.ts';

/** A partition was created. */
export const partitionRecord = metadataRecord({
  apiKey: 3,
  name: 'PartitionRecord',
  versions: '0-2',
  flexible: '0+',
  fields: {
    partitionId: int32({ default: -1 }),
    topicId: uuid(),
    replicas: array(int32()),
    isr: array(int32()),
    removingReplicas: array(int32()),
    addingReplicas: array(int32()),
    leader: int32({ default: -1 }),
    leaderRecoveryState: int8({ default: 0, tag: 0 }),
    leaderEpoch: int32({ default: -1 }),
    partitionEpoch: int32({ default: -1 }),
    directories: array(uuid(), { versions: '1+' }),
    eligibleLeaderReplicas: array(int32(), { versions: '2+', nullable: true, default: null, tag: 1 }),
    lastKnownElr: array(int32(), { versions: '2+', nullable: true, default: null, tag: 2 }),
  },
});

/** {@link partitionRecord}, decoded. */
export type PartitionRecord = MessageOf<typeof partitionRecord>;
