import { array, int8, int16, int32, type MessageOf, request, response, string } from '../schema/index.ts';

/** Deletes the ACLs that match filters. */
export const deleteAclsRequest = request({
  apiKey: 31,
  name: 'DeleteAclsRequest',
  versions: '1-3',
  flexible: '2+',
  listeners: ['broker', 'controller'],
  fields: {
    filters: array({
      resourceTypeFilter: int8(),
      resourceNameFilter: string({ nullable: true }),
      patternTypeFilter: int8({ default: 3 }),
      principalFilter: string({ nullable: true }),
      hostFilter: string({ nullable: true }),
      operation: int8(),
      permissionType: int8(),
    }),
  },
});

/** {@link deleteAclsRequest}, decoded. */
export type DeleteAclsRequest = MessageOf<typeof deleteAclsRequest>;

/** The answer to {@link deleteAclsRequest}. */
export const deleteAclsResponse = response({
  apiKey: 31,
  name: 'DeleteAclsResponse',
  versions: '1-3',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32(),
    filterResults: array({
      errorCode: int16(),
      errorMessage: string({ nullable: true }),
      matchingAcls: array({
        errorCode: int16(),
        errorMessage: string({ nullable: true }),
        resourceType: int8(),
        resourceName: string(),
        patternType: int8({ default: 3 }),
        principal: string(),
        host: string(),
        operation: int8(),
        permissionType: int8(),
      }),
    }),
  },
});

/** {@link deleteAclsResponse}, decoded. */
export type DeleteAclsResponse = MessageOf<typeof deleteAclsResponse>;
