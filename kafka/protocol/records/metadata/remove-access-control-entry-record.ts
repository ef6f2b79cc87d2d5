import { type MessageOf, metadataRecord, uuid } from '../../schema/index.ts';

/** An ACL was deleted. */
export const removeAccessControlEntryRecord = metadataRecord({
  apiKey: 19,
  name: 'RemoveAccessControlEntryRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    id: uuid(),
  },
});

/** {@link removeAccessControlEntryRecord}, decoded. */
export type RemoveAccessControlEntryRecord = MessageOf<typeof removeAccessControlEntryRecord>;
