import {
  array,
  bool,
  bytes,
  int16,
  int32,
  type MessageOf,
  request,
  response,
  string,
} from '../schema/index.ts';

/** Describes classic groups with their members. */
export const describeGroupsRequest = request({
  apiKey: 15,
  name: 'DescribeGroupsRequest',
  versions: '0-6',
  flexible: '5+',
  listeners: ['broker'],
  fields: {
    groups: array(string()),
    includeAuthorizedOperations: bool({ versions: '3+' }),
  },
});

/** {@link describeGroupsRequest}, decoded. */
export type DescribeGroupsRequest = MessageOf<typeof describeGroupsRequest>;

/** The answer to {@link describeGroupsRequest}. */
export const describeGroupsResponse = response({
  apiKey: 15,
  name: 'DescribeGroupsResponse',
  versions: '0-6',
  flexible: '5+',
  fields: {
    throttleTimeMs: int32({ versions: '1+', ignorable: true }),
    groups: array({
      errorCode: int16(),
      errorMessage: string({ versions: '6+', nullable: true, default: null }),
      groupId: string(),
      groupState: string(),
      protocolType: string(),
      protocolData: string(),
      members: array({
        memberId: string(),
        groupInstanceId: string({ versions: '4+', nullable: true, default: null, ignorable: true }),
        clientId: string(),
        clientHost: string(),
        memberMetadata: bytes(),
        memberAssignment: bytes(),
      }),
      authorizedOperations: int32({ versions: '3+', default: -2147483648 }),
    }),
  },
});

/** {@link describeGroupsResponse}, decoded. */
export type DescribeGroupsResponse = MessageOf<typeof describeGroupsResponse>;
