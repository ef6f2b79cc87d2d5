import { array, int8, int16, int32, type MessageOf, request, response, string } from '../schema/index.ts';

/** Lists resources that have configs, by type. */
export const listConfigResourcesRequest = request({
  apiKey: 74,
  name: 'ListConfigResourcesRequest',
  versions: '0-1',
  flexible: '0+',
  listeners: ['broker'],
  fields: {
    resourceTypes: array(int8(), { versions: '1+' }),
  },
});

/** {@link listConfigResourcesRequest}, decoded. */
export type ListConfigResourcesRequest = MessageOf<typeof listConfigResourcesRequest>;

/** The answer to {@link listConfigResourcesRequest}. */
export const listConfigResourcesResponse = response({
  apiKey: 74,
  name: 'ListConfigResourcesResponse',
  versions: '0-1',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    configResources: array({
      resourceName: string(),
      resourceType: int8({ versions: '1+', default: 16, ignorable: true }),
    }),
  },
});

/** {@link listConfigResourcesResponse}, decoded. */
export type ListConfigResourcesResponse = MessageOf<typeof listConfigResourcesResponse>;
