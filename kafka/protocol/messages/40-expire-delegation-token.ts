import { bytes, int16, int32, int64, type MessageOf, request, response } from '../schema/index.ts';

/** Ends a delegation token, at once or at a time. */
export const expireDelegationTokenRequest = request({
  apiKey: 40,
  name: 'ExpireDelegationTokenRequest',
  versions: '1-2',
  flexible: '2+',
  listeners: ['broker', 'controller'],
  fields: {
    hmac: bytes(),
    expiryTimePeriodMs: int64(),
  },
});

/** {@link expireDelegationTokenRequest}, decoded. */
export type ExpireDelegationTokenRequest = MessageOf<typeof expireDelegationTokenRequest>;

/** The answer to {@link expireDelegationTokenRequest}. */
export const expireDelegationTokenResponse = response({
  apiKey: 40,
  name: 'ExpireDelegationTokenResponse',
  versions: '1-2',
  flexible: '2+',
  fields: {
    errorCode: int16(),
    expiryTimestampMs: int64(),
    throttleTimeMs: int32(),
  },
});

/** {@link expireDelegationTokenResponse}, decoded. */
export type ExpireDelegationTokenResponse = MessageOf<typeof expireDelegationTokenResponse>;
