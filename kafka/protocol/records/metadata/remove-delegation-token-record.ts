import { type MessageOf, metadataRecord, string } from '../../schema/index.ts';

/** A delegation token was deleted. */
export const removeDelegationTokenRecord = metadataRecord({
  apiKey: 26,
  name: 'RemoveDelegationTokenRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    tokenId: string(),
  },
});

/** {@link removeDelegationTokenRecord}, decoded. */
export type RemoveDelegationTokenRecord = MessageOf<typeof removeDelegationTokenRecord>;
