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

/** Sets, deletes, appends to or subtracts from single configs (KIP-339). */
export const incrementalAlterConfigsRequest = request({
  apiKey: 44,
  name: 'IncrementalAlterConfigsRequest',
  versions: '0-1',
  flexible: '1+',
  listeners: ['broker', 'controller'],
  fields: {
    resources: array({
      resourceType: int8({ mapKey: true }),
      resourceName: string({ mapKey: true }),
      configs: array({
        name: string({ mapKey: true }),
        configOperation: int8({ mapKey: true }),
        value: string({ nullable: true }),
      }),
    }),
    validateOnly: bool(),
  },
});

/** {@link incrementalAlterConfigsRequest}, decoded. */
export type IncrementalAlterConfigsRequest = MessageOf<typeof incrementalAlterConfigsRequest>;

/** The answer to {@link incrementalAlterConfigsRequest}. */
export const incrementalAlterConfigsResponse = response({
  apiKey: 44,
  name: 'IncrementalAlterConfigsResponse',
  versions: '0-1',
  flexible: '1+',
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

/** {@link incrementalAlterConfigsResponse}, decoded. */
export type IncrementalAlterConfigsResponse = MessageOf<typeof incrementalAlterConfigsResponse>;
