import { array, int8, int16, int32, type MessageOf, request, response, string } from '../schema/index.ts';

/** Lists the ACLs that match a filter. */
export const describeAclsRequest = request({
  apiKey: 29,
  name: 'DescribeAclsRequest',
  versions: '1-3',
  flexible: '2+',
  listeners: ['broker', 'controller'],
  fields: {
    resourceTypeFilter: int8(),
    resourceNameFilter: string({ nullable: true }),
    patternTypeFilter: int8({ default: 3 }),
    principalFilter: string({ nullable: true }),
    hostFilter: string({ nullable: true }),
    operation: int8(),
    permissionType: int8(),
  },
});

/** {@link describeAclsRequest}, decoded. */
export type DescribeAclsRequest = MessageOf<typeof describeAclsRequest>;

/** The answer to {@link describeAclsRequest}. */
export const describeAclsResponse = response({
  apiKey: 29,
  name: 'DescribeAclsResponse',
  versions: '1-3',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string({ nullable: true }),
    resources: array({
      resourceType: int8(),
      resourceName: string(),
      patternType: int8({ default: 3 }),
      acls: array({
        principal: string(),
        host: string(),
        operation: int8(),
        permissionType: int8(),
      }),
    }),
  },
});

/** {@link describeAclsResponse}, decoded. */
export type DescribeAclsResponse = MessageOf<typeof describeAclsResponse>;
