import { int8, type MessageOf, metadataRecord, string, uuid } from '../../schema/index.ts';

/** An ACL was created. */
export const accessControlEntryRecord = metadataRecord({
  apiKey: 18,
  name: 'AccessControlEntryRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    id: uuid(),
    resourceType: int8(),
    resourceName: string(),
    patternType: int8(),
    principal: string(),
    host: string(),
    operation: int8(),
    permissionType: int8(),
  },
});

/** {@link accessControlEntryRecord}, decoded. */
export type AccessControlEntryRecord = MessageOf<typeof accessControlEntryRecord>;
