import { type MessageOf, metadataRecord, string } from '../../schema/index.ts';

/** Drops the metadata records since the transaction began (KIP-868). */
export const abortTransactionRecord = metadataRecord({
  apiKey: 25,
  name: 'AbortTransactionRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    reason: string({ nullable: true, default: null, tag: 0 }),
  },
});

/** {@link abortTransactionRecord}, decoded. */
export type AbortTransactionRecord = MessageOf<typeof abortTransactionRecord>;
