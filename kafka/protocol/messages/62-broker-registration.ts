import {
  array,
  bool,
  int16,
  int32,
  int64,
  type MessageOf,
  request,
  response,
  string,
  uint16,
  uuid,
} from '../schema/index.ts';

/** Registers a starting broker with the controller (KIP-631). */
export const brokerRegistrationRequest = request({
  apiKey: 62,
  name: 'BrokerRegistrationRequest',
  versions: '0-4',
  flexible: '0+',
  listeners: ['controller'],
  fields: {
    brokerId: int32(),
    clusterId: string(),
    incarnationId: uuid(),
    listeners: array({
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
    isMigratingZkBroker: bool({ versions: '1+', default: false }),
    logDirs: array(uuid(), { versions: '2+', ignorable: true }),
    previousBrokerEpoch: int64({ versions: '3+', default: -1, ignorable: true }),
  },
});

/** {@link brokerRegistrationRequest}, decoded. */
export type BrokerRegistrationRequest = MessageOf<typeof brokerRegistrationRequest>;

/** The answer to {@link brokerRegistrationRequest}. */
export const brokerRegistrationResponse = response({
  apiKey: 62,
  name: 'BrokerRegistrationResponse',
  versions: '0-4',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    brokerEpoch: int64({ default: -1 }),
  },
});

/** {@link brokerRegistrationResponse}, decoded. */
export type BrokerRegistrationResponse = MessageOf<typeof brokerRegistrationResponse>;
