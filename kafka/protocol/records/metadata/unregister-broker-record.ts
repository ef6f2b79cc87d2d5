import { int32, int64, type MessageOf, metadataRecord } from '../../schema/index.ts';

/** The registration of a broker was removed. */
export const unregisterBrokerRecord = metadataRecord({
  apiKey: 1,
  name: 'UnregisterBrokerRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    brokerId: int32(),
    brokerEpoch: int64(),
  },
});

/** {@link unregisterBrokerRecord}, decoded. */
export type UnregisterBrokerRecord = MessageOf<typeof unregisterBrokerRecord>;
