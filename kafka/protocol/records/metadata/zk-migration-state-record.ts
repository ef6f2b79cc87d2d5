import { int8, type MessageOf, metadataRecord } from '../../schema/index.ts';

/** How far the move from ZooKeeper is. Written by old versions only. */
export const zkMigrationStateRecord = metadataRecord({
  apiKey: 21,
  name: 'ZkMigrationStateRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    zkMigrationState: int8(),
  },
});

/** {@link zkMigrationStateRecord}, decoded. */
export type ZkMigrationStateRecord = MessageOf<typeof zkMigrationStateRecord>;
