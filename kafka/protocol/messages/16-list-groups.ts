import { array, int16, int32, type MessageOf, request, response, string } from '../schema/index.ts';

/** Lists the groups a broker coordinates, by state (v4) and type (v5). */
export const listGroupsRequest = request({
  apiKey: 16,
  name: 'ListGroupsRequest',
  versions: '0-5',
  flexible: '3+',
  listeners: ['broker'],
  fields: {
    statesFilter: array(string(), { versions: '4+' }),
    typesFilter: array(string(), { versions: '5+' }),
  },
});

/** {@link listGroupsRequest}, decoded. */
export type ListGroupsRequest = MessageOf<typeof listGroupsRequest>;

/** The answer to {@link listGroupsRequest}. */
export const listGroupsResponse = response({
  apiKey: 16,
  name: 'ListGroupsResponse',
  versions: '0-5',
  flexible: '3+',
  fields: {
    throttleTimeMs: int32({ versions: '1+', ignorable: true }),
    errorCode: int16(),
    groups: array({
      groupId: string(),
      protocolType: string(),
      groupState: string({ versions: '4+', ignorable: true }),
      groupType: string({ versions: '5+', ignorable: true }),
    }),
  },
});

/** {@link listGroupsResponse}, decoded. */
export type ListGroupsResponse = MessageOf<typeof listGroupsResponse>;
