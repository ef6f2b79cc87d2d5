import { type MessageOf, metadataRecord, string } from '../../schema/index.ts';

/** Starts a metadata transaction: what follows counts only once it ends (KIP-868). */
export const beginTransactionRecord = metadataRecord({
  apiKey: 23,
  name: 'BeginTransactionRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    name: string({ nullable: true, default: null, tag: 0 }),
  },
});

/** {@link beginTransactionRecord}, decoded. */
export type BeginTransactionRecord = MessageOf<typeof beginTransactionRecord>;
