import {
  array,
  bytes,
  int8,
  int16,
  int32,
  type MessageOf,
  request,
  response,
  string,
} from '../schema/index.ts';

/** Sets or removes SCRAM credentials of users (KIP-554). */
export const alterUserScramCredentialsRequest = request({
  apiKey: 51,
  name: 'AlterUserScramCredentialsRequest',
  versions: '0',
  flexible: '0+',
  listeners: ['broker', 'controller'],
  fields: {
    deletions: array({
      name: string(),
      mechanism: int8(),
    }),
    upsertions: array({
      name: string(),
      mechanism: int8(),
      iterations: int32(),
      salt: bytes(),
      saltedPassword: bytes(),
    }),
  },
});

/** {@link alterUserScramCredentialsRequest}, decoded. */
export type AlterUserScramCredentialsRequest = MessageOf<typeof alterUserScramCredentialsRequest>;

/** The answer to {@link alterUserScramCredentialsRequest}. */
export const alterUserScramCredentialsResponse = response({
  apiKey: 51,
  name: 'AlterUserScramCredentialsResponse',
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    results: array({
      user: string(),
      errorCode: int16(),
      errorMessage: string({ nullable: true }),
    }),
  },
});

/** {@link alterUserScramCredentialsResponse}, decoded. */
export type AlterUserScramCredentialsResponse = MessageOf<typeof alterUserScramCredentialsResponse>;
