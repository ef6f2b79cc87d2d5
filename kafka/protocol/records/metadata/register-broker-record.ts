import {
  array,
  bool,
  int16,
  int32,
  int64,
  type MessageOf,
  metadataRecord,
  string,
  uint16,
  uuid,
} from '../../schema/index.ts';

/** A broker registered. */
export const registerBrokerRecord = metadataRecord({
  apiKey: 0,
  name: 'RegisterBrokerRecord',
  versions: '0-4',
  flexible: '0+',
  fields: {
    brokerId: int32(),
    isMigratingZkBroker: bool({ versions: '2+', default: false }),
    incarnationId: uuid(),
    brokerEpoch: int64(),
    endPoints: array({
      name: string({ mapKey: true }),
      host: string(),
      port: uint16(),
      securityProtocol: int16(),
    }),
    features: array({
      name: string({ mapKey: true }),
      minSupportedVersion: int16(),
      maxSupportedVersion: int16(),
    }),
    rack: string({ nullable: true }),
    fenced: bool({ default: true }),
    inControlledShutdown: bool({ versions: '1+', default: false }),
    logDirs: array(uuid(), { versions: '3+', tag: 0 }),
    cordonedLogDirs: array(uuid(), { versions: '4+', nullable: true, default: null, tag: 1 }),
  },
});

/** {@link registerBrokerRecord}, decoded. */
export type RegisterBrokerRecord = MessageOf<typeof registerBrokerRecord>;
