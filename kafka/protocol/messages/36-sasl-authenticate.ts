import { bytes, int16, int64, type MessageOf, request, response, string } from '../schema/index.ts';

/** Carries one step of a SASL exchange. */
export const saslAuthenticateRequest = request({
  apiKey: 36,
  name: 'SaslAuthenticateRequest',
  versions: '0-2',
  flexible: '2+',
  listeners: ['broker', 'controller'],
  fields: {
    authBytes: bytes(),
  },
});

/** {@link saslAuthenticateRequest}, decoded. */
export type SaslAuthenticateRequest = MessageOf<typeof saslAuthenticateRequest>;

/** The answer to {@link saslAuthenticateRequest}. */
export const saslAuthenticateResponse = response({
  apiKey: 36,
  name: 'SaslAuthenticateResponse',
  versions: '0-2',
  flexible: '2+',
  fields: {
    errorCode: int16(),
    errorMessage: string({ nullable: true }),
    authBytes: bytes(),
    sessionLifetimeMs: int64({ versions: '1+', default: 0, ignorable: true }),
  },
});

/** {@link saslAuthenticateResponse}, decoded. */
export type SaslAuthenticateResponse = MessageOf<typeof saslAuthenticateResponse>;
