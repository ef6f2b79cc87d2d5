import { bytes, int8, int32, type MessageOf, metadataRecord, string } from '../../schema/index.ts';

/** A SCRAM credential was set. */
export const userScramCredentialRecord = metadataRecord({
  apiKey: 11,
  name: 'UserScramCredentialRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    name: string(),
    mechanism: int8(),
    salt: bytes(),
    storedKey: bytes(),
    serverKey: bytes(),
    iterations: int32(),
  },
});

/** {@link userScramCredentialRecord}, decoded. */
export type UserScramCredentialRecord = MessageOf<typeof userScramCredentialRecord>;
