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

/** Reads the configs of topics, brokers, loggers and groups. Null `configurationKeys` mean all. */
export const describeConfigsRequest = request({
  apiKey: 32,
  name: 'DescribeConfigsRequest',
  versions: '1-4',
  flexible: '4+',
  listeners: ['broker', 'controller'],
  fields: {
    resources: array({
      resourceType: int8(),
      resourceName: string(),
      configurationKeys: array(string(), { nullable: true }),
    }),
    includeSynonyms: bool({ default: false }),
    includeDocumentation: bool({ versions: '3+', default: false }),
  },
});

/** {@link describeConfigsRequest}, decoded. */
export type DescribeConfigsRequest = MessageOf<typeof describeConfigsRequest>;

/** The answer to {@link describeConfigsRequest}. */
export const describeConfigsResponse = response({
  apiKey: 32,
  name: 'DescribeConfigsResponse',
  versions: '1-4',
  flexible: '4+',
  fields: {
    throttleTimeMs: int32(),
    results: array({
      errorCode: int16(),
      errorMessage: string({ nullable: true }),
      resourceType: int8(),
      resourceName: string(),
      configs: array({
        name: string(),
        value: string({ nullable: true }),
        readOnly: bool(),
        configSource: int8({ default: -1, ignorable: true }),
        isSensitive: bool(),
        synonyms: array(
          {
            name: string(),
            value: string({ nullable: true }),
            source: int8(),
          },
          { ignorable: true },
        ),
        configType: int8({ versions: '3+', default: 0, ignorable: true }),
        documentation: string({ versions: '3+', nullable: true, ignorable: true }),
      }),
    }),
  },
});

/** {@link describeConfigsResponse}, decoded. */
export type DescribeConfigsResponse = MessageOf<typeof describeConfigsResponse>;
