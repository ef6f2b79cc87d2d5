import { type MessageOf, metadataRecord } from '../../schema/index.ts';

/** Puts the metadata records since the transaction began into force (KIP-868). */
export const endTransactionRecord = metadataRecord({
  apiKey: 24,
  name: 'EndTransactionRecord',
  versions: '0',
  flexible: '0+',
  fields: {},
});

/** {@link endTransactionRecord}, decoded. */
export type EndTransactionRecord = MessageOf<typeof endTransactionRecord>;
