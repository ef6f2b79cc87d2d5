import { array, int16, int32, type MessageOf, request, response, string } from '../schema/index.ts';

/** Deletes groups that have no members. */
export const deleteGroupsRequest = request({
  apiKey: 42,
  name: 'DeleteGroupsRequest',
  versions: '0-2',
  flexible: '2+',
  listeners: ['broker'],
  fields: {
    groupsNames: array(string()),
  },
});

/** {@link deleteGroupsRequest}, decoded. */
export type DeleteGroupsRequest = MessageOf<typeof deleteGroupsRequest>;

/** The answer to {@link deleteGroupsRequest}. */
export const deleteGroupsResponse = response({
  apiKey: 42,
  name: 'DeleteGroupsResponse',
  versions: '0-2',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32(),
    results: array({
      groupId: string({ mapKey: true }),
      errorCode: int16(),
    }),
  },
});

/** {@link deleteGroupsResponse}, decoded. */
export type DeleteGroupsResponse = MessageOf<typeof deleteGroupsResponse>;
