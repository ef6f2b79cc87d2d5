import { array, int16, type MessageOf, request, response, string } from '../schema/index.ts';

/** Names the SASL mechanism that the client is going to use. */
export const saslHandshakeRequest = request({
  apiKey: 17,
  name: 'SaslHandshakeRequest',
  versions: '0-1',
  flexible: 'none',
  listeners: ['broker', 'controller'],
  fields: {
    mechanism: string(),
  },
});

/** {@link saslHandshakeRequest}, decoded. */
export type SaslHandshakeRequest = MessageOf<typeof saslHandshakeRequest>;

/** The answer to {@link saslHandshakeRequest}. */
export const saslHandshakeResponse = response({
  apiKey: 17,
  name: 'SaslHandshakeResponse',
  versions: '0-1',
  flexible: 'none',
  fields: {
    errorCode: int16(),
    mechanisms: array(string()),
  },
});

/** {@link saslHandshakeResponse}, decoded. */
export type SaslHandshakeResponse = MessageOf<typeof saslHandshakeResponse>;
