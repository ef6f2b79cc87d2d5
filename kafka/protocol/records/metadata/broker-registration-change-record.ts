import { array, int8, int32, int64, type MessageOf, metadataRecord, uuid } from '../../schema/index.ts';

/** A broker was fenced or unfenced, began to shut down, or changed log directories. */
export const brokerRegistrationChangeRecord = metadataRecord({
  apiKey: 17,
  name: 'BrokerRegistrationChangeRecord',
  versions: '0-3',
  flexible: '0+',
  fields: {
    brokerId: int32(),
    brokerEpoch: int64(),
    fenced: int8({ tag: 0 }),
    inControlledShutdown: int8({ versions: '1+', tag: 1 }),
    logDirs: array(uuid(), { versions: '2+', tag: 2 }),
    cordonedLogDirs: array(uuid(), { versions: '3+', nullable: true, default: null, tag: 3 }),
  },
});

/** {@link brokerRegistrationChangeRecord}, decoded. */
export type BrokerRegistrationChangeRecord = MessageOf<typeof brokerRegistrationChangeRecord>;
