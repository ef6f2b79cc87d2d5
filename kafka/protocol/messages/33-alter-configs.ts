import {
  array,
  bool,
  int8,
  int16,
  int32,
  type MessageOf,
  request,
  response,
  string,
} from '../schema/index.ts';

/** Replaces all dynamic configs of resources. Superseded by IncrementalAlterConfigs. */
export const alterConfigsRequest = request({
  apiKey: 33,
  name: 'AlterConfigsRequest',
  versions: '0-2',
  flexible: '2+',
  listeners: ['broker', 'controller'],
  fields: {
    resources: array({
      resourceType: int8({ mapKey: true }),
      resourceName: string({ mapKey: true }),
      configs: array({
        name: string({ mapKey: true }),
        value: string({ nullable: true }),
      }),
    }),
    validateOnly: bool(),
  },
});

/** {@link alterConfigsRequest}, decoded. */
export type AlterConfigsRequest = MessageOf<typeof alterConfigsRequest>;

/** The answer to {@link alterConfigsRequest}. */
export const alterConfigsResponse = response({
  apiKey: 33,
  name: 'AlterConfigsResponse',
  versions: '0-2',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32(),
    responses: array({
      errorCode: int16(),
      errorMessage: string({ nullable: true }),
      resourceType: int8(),
      resourceName: string(),
    }),
  },
});

/** {@link alterConfigsResponse}, decoded. */
export type AlterConfigsResponse = MessageOf<typeof alterConfigsResponse>;
