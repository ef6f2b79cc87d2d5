import {
  array,
  bytes,
  int16,
  int32,
  int64,
  type MessageOf,
  request,
  response,
  string,
} from '../schema/index.ts';

/** Creates a delegation token (KIP-48). */
export const createDelegationTokenRequest = request({
  apiKey: 38,
  name: 'CreateDelegationTokenRequest',
  versions: '1-3',
  flexible: '2+',
  listeners: ['broker', 'controller'],
  fields: {
    ownerPrincipalType: string({ versions: '3+', nullable: true }),
    ownerPrincipalName: string({ versions: '3+', nullable: true }),
    renewers: array({
      principalType: string(),
      principalName: string(),
    }),
    maxLifetimeMs: int64(),
  },
});

/** {@link createDelegationTokenRequest}, decoded. */
export type CreateDelegationTokenRequest = MessageOf<typeof createDelegationTokenRequest>;

/** The answer to {@link createDelegationTokenRequest}. */
export const createDelegationTokenResponse = response({
  apiKey: 38,
  name: 'CreateDelegationTokenResponse',
  versions: '1-3',
  flexible: '2+',
  fields: {
    errorCode: int16(),
    principalType: string(),
    principalName: string(),
    tokenRequesterPrincipalType: string({ versions: '3+' }),
    tokenRequesterPrincipalName: string({ versions: '3+' }),
    issueTimestampMs: int64(),
    expiryTimestampMs: int64(),
    maxTimestampMs: int64(),
    tokenId: string(),
    hmac: bytes(),
    throttleTimeMs: int32(),
  },
});

/** {@link createDelegationTokenResponse}, decoded. */
export type CreateDelegationTokenResponse = MessageOf<typeof createDelegationTokenResponse>;
