import { header, int16, int32, type MessageOf, string } from '../schema/index.ts';

/** What precedes every request. The client id keeps its old encoding in v2 so that any node can read it. */
export const requestHeader = header({
  name: 'RequestHeader',
  versions: '1-2',
  flexible: '2+',
  fields: {
    requestApiKey: int16(),
    requestApiVersion: int16(),
    correlationId: int32(),
    clientId: string({ nullable: true, flexible: 'none' }),
  },
});

/** {@link requestHeader}, decoded. */
export type RequestHeader = MessageOf<typeof requestHeader>;

/** What precedes every response. */
export const responseHeader = header({
  name: 'ResponseHeader',
  versions: '0-1',
  flexible: '1+',
  fields: {
    correlationId: int32(),
  },
});

/** {@link responseHeader}, decoded. */
export type ResponseHeader = MessageOf<typeof responseHeader>;
