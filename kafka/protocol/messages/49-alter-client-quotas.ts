import {
  array,
  bool,
  float64,
  int16,
  int32,
  type MessageOf,
  request,
  response,
  string,
} from '../schema/index.ts';

/** Sets or removes client quotas (KIP-546). */
export const alterClientQuotasRequest = request({
  apiKey: 49,
  name: 'AlterClientQuotasRequest',
  versions: '0-1',
  flexible: '1+',
  listeners: ['broker', 'controller'],
  fields: {
    entries: array({
      entity: array({
        entityType: string(),
        entityName: string({ nullable: true }),
      }),
      ops: array({
        key: string(),
        value: float64(),
        remove: bool(),
      }),
    }),
    validateOnly: bool(),
  },
});

/** {@link alterClientQuotasRequest}, decoded. */
export type AlterClientQuotasRequest = MessageOf<typeof alterClientQuotasRequest>;

/** The answer to {@link alterClientQuotasRequest}. */
export const alterClientQuotasResponse = response({
  apiKey: 49,
  name: 'AlterClientQuotasResponse',
  versions: '0-1',
  flexible: '1+',
  fields: {
    throttleTimeMs: int32(),
    entries: array({
      errorCode: int16(),
      errorMessage: string({ nullable: true }),
      entity: array({
        entityType: string(),
        entityName: string({ nullable: true }),
      }),
    }),
  },
});

/** {@link alterClientQuotasResponse}, decoded. */
export type AlterClientQuotasResponse = MessageOf<typeof alterClientQuotasResponse>;
