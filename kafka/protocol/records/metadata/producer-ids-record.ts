import { int32, int64, type MessageOf, metadataRecord } from '../../schema/index.ts';

/** A block of producer ids was given to a broker. */
export const producerIdsRecord = metadataRecord({
  apiKey: 15,
  name: 'ProducerIdsRecord',
  versions: '0',
  flexible: '0+',
  fields: {
    brokerId: int32(),
    brokerEpoch: int64({ default: -1 }),
    nextProducerId: int64(),
  },
});

/** {@link producerIdsRecord}, decoded. */
export type ProducerIdsRecord = MessageOf<typeof producerIdsRecord>;
