import { int32, int64, type MessageOf, metadataRecord } from '../../schema/index.ts';

/** A broker was fenced. Written by old versions only. */
export const fenceBrokerRecord = metadataRecord({
  apiKey: 7,
  name: 'FenceBrokerRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    id: int32(),
    epoch: int64(),
  },
});

/** {@link fenceBrokerRecord}, decoded. */
export type FenceBrokerRecord = MessageOf<typeof fenceBrokerRecord>;
