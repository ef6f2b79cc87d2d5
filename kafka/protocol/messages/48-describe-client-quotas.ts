import {
  array,
  bool,
  float64,
  int8,
  int16,
  int32,
  type MessageOf,
  request,
  response,
  string,
} from '../schema/index.ts';

/** Lists the client quotas that match a filter (KIP-546). */
export const describeClientQuotasRequest = request({
  apiKey: 48,
  name: 'DescribeClientQuotasRequest',
  versions: '0-1',
  flexible: '1+',
  listeners: ['broker'],
  fields: {
    components: array({
      entityType: string(),
      matchType: int8(),
      match: string({ nullable: true }),
    }),
    strict: bool(),
  },
});

/** {@link describeClientQuotasRequest}, decoded. */
export type DescribeClientQuotasRequest = MessageOf<typeof describeClientQuotasRequest>;

/** The answer to {@link describeClientQuotasRequest}. */
export const describeClientQuotasResponse = response({
  apiKey: 48,
  name: 'DescribeClientQuotasResponse',
  versions: '0-1',
  flexible: '1+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    errorMessage: string({ nullable: true }),
    entries: array(
      {
        entity: array({
          entityType: string(),
          entityName: string({ nullable: true }),
        }),
        values: array({
          key: string(),
          value: float64(),
        }),
      },
      { nullable: true },
    ),
  },
});

/** {@link describeClientQuotasResponse}, decoded. */
export type DescribeClientQuotasResponse = MessageOf<typeof describeClientQuotasResponse>;
