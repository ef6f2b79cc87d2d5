import {
  array,
  bool,
  int16,
  int32,
  int64,
  type MessageOf,
  request,
  response,
  uuid,
} from '../schema/index.ts';

/** Keeps a broker registered, and asks to be fenced, unfenced or shut down (KIP-631). */
export const brokerHeartbeatRequest = request({
  apiKey: 63,
  name: 'BrokerHeartbeatRequest',
  versions: '0-2',
  flexible: '0+',
  listeners: ['controller'],
  fields: {
    brokerId: int32(),
    brokerEpoch: int64({ default: -1 }),
    currentMetadataOffset: int64(),
    wantFence: bool(),
    wantShutDown: bool(),
    offlineLogDirs: array(uuid(), { versions: '1+', tag: 0 }),
    cordonedLogDirs: array(uuid(), { versions: '2+', nullable: true, default: null, tag: 1 }),
  },
});

/** {@link brokerHeartbeatRequest}, decoded. */
export type BrokerHeartbeatRequest = MessageOf<typeof brokerHeartbeatRequest>;

/** The answer to {@link brokerHeartbeatRequest}. */
export const brokerHeartbeatResponse = response({
  apiKey: 63,
  name: 'BrokerHeartbeatResponse',
  versions: '0-2',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    isCaughtUp: bool({ default: false }),
    isFenced: bool({ default: true }),
    shouldShutDown: bool(),
  },
});

/** {@link brokerHeartbeatResponse}, decoded. */
export type BrokerHeartbeatResponse = MessageOf<typeof brokerHeartbeatResponse>;
