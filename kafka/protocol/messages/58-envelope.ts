import { bytes, int16, type MessageOf, request, response } from '../schema/index.ts';

/** Carries a client's request from a broker to the controller (KIP-590). */
export const envelopeRequest = request({
  apiKey: 58,
  name: 'EnvelopeRequest',
  versions: '0',
  flexible: '0+',
  listeners: ['controller'],
  fields: {
    requestData: bytes(),
    requestPrincipal: bytes({ nullable: true }),
    clientHostAddress: bytes(),
  },
});

/** {@link envelopeRequest}, decoded. */
export type EnvelopeRequest = MessageOf<typeof envelopeRequest>;

/** The answer to {@link envelopeRequest}. */
export const envelopeResponse = response({
  apiKey: 58,
  name: 'EnvelopeResponse',
  versions: '0',
  flexible: '0+',
  fields: {
    responseData: bytes({ nullable: true, default: null }),
    errorCode: int16(),
  },
});

/** {@link envelopeResponse}, decoded. */
export type EnvelopeResponse = MessageOf<typeof envelopeResponse>;
