import { array, int8, int16, int32, type MessageOf, request, response, string } from '../schema/index.ts';

/** Lists users and the mechanisms they have SCRAM credentials for (KIP-554). */
export const describeUserScramCredentialsRequest = request({
  apiKey: 50,
  name: 'DescribeUserScramCredentialsRequest',
  versions: '0',
  flexible: '0+',
  listeners: ['broker', 'controller'],
  fields: {
    users: array(
      {
        name: string(),
      },
      { nullable: true },
    ),
  },
});

/** {@link describeUserScramCredentialsRequest}, decoded. */
export type DescribeUserScramCredentialsRequest = MessageOf<typeof describeUserScramCredentialsRequest>;

/** The answer to {@link describeUserScramCredentialsRequest}. */
export const describeUserScramCredentialsResponse = response({
  apiKey: 50,
  name: 'DescribeUserScramCredentialsResponse',
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string({ nullable: true }),
    results: array({
      user: string(),
      errorCode: int16(),
      errorMessage: string({ nullable: true }),
      credentialInfos: array({
        mechanism: int8(),
        iterations: int32(),
      }),
    }),
  },
});

/** {@link describeUserScramCredentialsResponse}, decoded. */
export type DescribeUserScramCredentialsResponse = MessageOf<typeof describeUserScramCredentialsResponse>;
