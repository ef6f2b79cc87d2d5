import { int16, int32, type MessageOf, request, response, string } from '../schema/index.ts';

/** Removes the registration of a broker (KIP-631). */
export const unregisterBrokerRequest = request({
  apiKey: 64,
  name: 'UnregisterBrokerRequest',
  versions: '0',
  flexible: '0+',
  listeners: ['broker', 'controller'],
  fields: {
    brokerId: int32(),
  },
});

/** {@link unregisterBrokerRequest}, decoded. */
export type UnregisterBrokerRequest = MessageOf<typeof unregisterBrokerRequest>;

/** The answer to {@link unregisterBrokerRequest}. */
export const unregisterBrokerResponse = response({
  apiKey: 64,
  name: 'UnregisterBrokerResponse',
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string({ nullable: true }),
  },
});

/** {@link unregisterBrokerResponse}, decoded. */
export type UnregisterBrokerResponse = MessageOf<typeof unregisterBrokerResponse>;
