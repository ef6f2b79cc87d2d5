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

/** Lists delegation tokens by owner. Null `owners` mean all. */
export const describeDelegationTokenRequest = request({
  apiKey: 41,
  name: 'DescribeDelegationTokenRequest',
  versions: '1-3',
  flexible: '2+',
  listeners: ['broker', 'controller'],
  fields: {
    owners: array(
      {
        principalType: string(),
        principalName: string(),
      },
      { nullable: true },
    ),
  },
});

/** {@link describeDelegationTokenRequest}, decoded. */
export type DescribeDelegationTokenRequest = MessageOf<typeof describeDelegationTokenRequest>;

/** The answer to {@link describeDelegationTokenRequest}. */
export const describeDelegationTokenResponse = response({
  apiKey: 41,
  name: 'DescribeDelegationTokenResponse',
  versions: '1-3',
  flexible: '2+',
  fields: {
    errorCode: int16(),
    tokens: array({
      principalType: string(),
      principalName: string(),
      tokenRequesterPrincipalType: string({ versions: '3+' }),
      tokenRequesterPrincipalName: string({ versions: '3+' }),
      issueTimestamp: int64(),
      expiryTimestamp: int64(),
      maxTimestamp: int64(),
      tokenId: string(),
      hmac: bytes(),
      renewers: array({
        principalType: string(),
        principalName: string(),
      }),
    }),
    throttleTimeMs: int32(),
  },
});

/** {@link describeDelegationTokenResponse}, decoded. */
export type DescribeDelegationTokenResponse = MessageOf<typeof describeDelegationTokenResponse>;
