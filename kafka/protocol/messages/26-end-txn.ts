import { bool, int16, int32, int64, type MessageOf, request, response, string } from '../schema/index.ts';

/** Commits or aborts a transaction; from v5 the answer carries the next producer epoch (KIP-890). */
export const endTxnRequest = request({
  apiKey: 26,
  name: 'EndTxnRequest',
  versions: '0-5',
  flexible: '3+',
  listeners: ['broker'],
  fields: {
    transactionalId: string(),
    producerId: int64(),
    producerEpoch: int16(),
    committed: bool(),
  },
});

/** {@link endTxnRequest}, decoded. */
export type EndTxnRequest = MessageOf<typeof endTxnRequest>;

/** The answer to {@link endTxnRequest}. */
export const endTxnResponse = response({
  apiKey: 26,
  name: 'EndTxnResponse',
  versions: '0-5',
  flexible: '3+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    producerId: int64({ versions: '5+', default: -1, ignorable: true }),
    producerEpoch: int16({ versions: '5+', default: -1, ignorable: true }),
  },
});

/** {@link endTxnResponse}, decoded. */
export type EndTxnResponse = MessageOf<typeof endTxnResponse>;
