import { array, int64, type MessageOf, metadataRecord, string } from '../../schema/index.ts';

/** A delegation token was created or renewed. */
export const delegationTokenRecord = metadataRecord({
  apiKey: 10,
  name: 'DelegationTokenRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    owner: string(),
    requester: string(),
    renewers: array(string()),
    issueTimestamp: int64(),
    maxTimestamp: int64(),
    expirationTimestamp: int64(),
    tokenId: string(),
  },
});

/** {@link delegationTokenRecord}, decoded. */
export type DelegationTokenRecord = MessageOf<typeof delegationTokenRecord>;
