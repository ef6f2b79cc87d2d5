import { int8, type MessageOf, metadataRecord, string } from '../../schema/index.ts';

/** A SCRAM credential was deleted. */
export const removeUserScramCredentialRecord = metadataRecord({
  apiKey: 22,
  name: 'RemoveUserScramCredentialRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    name: string(),
    mechanism: int8(),
  },
});

/** {@link removeUserScramCredentialRecord}, decoded. */
export type RemoveUserScramCredentialRecord = MessageOf<typeof removeUserScramCredentialRecord>;
