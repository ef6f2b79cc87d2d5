import { array, int8, int16, int32, type MessageOf, request, response, string } from '../schema/index.ts';

/** Creates ACLs. */
export const createAclsRequest = request({
  apiKey: 30,
  name: 'CreateAclsRequest',
  versions: '1-3',
  flexible: '2+',
  listeners: ['broker', 'controller'],
  fields: {
    creations: array({
      resourceType: int8(),
      resourceName: string(),
      resourcePatternType: int8({ default: 3 }),
      principal: string(),
      host: string(),
      operation: int8(),
      permissionType: int8(),
    }),
  },
});

/** {@link createAclsRequest}, decoded. */
export type CreateAclsRequest = MessageOf<typeof createAclsRequest>;

/** The answer to {@link createAclsRequest}. */
export const createAclsResponse = response({
  apiKey: 30,
  name: 'CreateAclsResponse',
  versions: '1-3',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32(),
    results: array({
      errorCode: int16(),
      errorMessage: string({ nullable: true }),
    }),
  },
});

/** {@link createAclsResponse}, decoded. */
export type CreateAclsResponse = MessageOf<typeof createAclsResponse>;
