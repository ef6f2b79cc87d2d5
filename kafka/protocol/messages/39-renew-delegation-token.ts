import { bytes, int16, int32, int64, type MessageOf, request, response } from '../schema/index.ts';

/** Extends the life of a delegation token. */
export const renewDelegationTokenRequest = request({
  apiKey: 39,
  name: 'RenewDelegationTokenRequest',
  versions: '1-2',
  flexible: '2+',
  listeners: ['broker', 'controller'],
  fields: {
    hmac: bytes(),
    renewPeriodMs: int64(),
  },
});

/** {@link renewDelegationTokenRequest}, decoded. */
export type RenewDelegationTokenRequest = MessageOf<typeof renewDelegationTokenRequest>;

/** The answer to {@link renewDelegationTokenRequest}. */
export const renewDelegationTokenResponse = response({
  apiKey: 39,
  name: 'RenewDelegationTokenResponse',
  versions: '1-2',
  flexible: '2+',
  fields: {
    errorCode: int16(),
    expiryTimestampMs: int64(),
    throttleTimeMs: int32(),
  },
});

/** {@link renewDelegationTokenResponse}, decoded. */
export type RenewDelegationTokenResponse = MessageOf<typeof renewDelegationTokenResponse>;
