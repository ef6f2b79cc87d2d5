import { int32, int64, type MessageOf, metadataRecord } from '../../schema/index.ts';

/** A broker was unfenced. Written by old versions only. */
export const unfenceBrokerRecord = metadataRecord({
  apiKey: 8,
  name: 'UnfenceBrokerRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    id: int32(),
    epoch: int64(),
  },
});

/** {@link unfenceBrokerRecord}, decoded. */
export type UnfenceBrokerRecord = MessageOf<typeof unfenceBrokerRecord>;
