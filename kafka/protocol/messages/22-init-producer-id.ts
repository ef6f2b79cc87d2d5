import { bool, int16, int32, int64, type MessageOf, request, response, string } from '../schema/index.ts';

/** Gives a producer its id and epoch; a transactional one also fences its predecessors (KIP-98). */
export const initProducerIdRequest = request({
  apiKey: 22,
  name: 'InitProducerIdRequest',
  versions: '0-6',
  flexible: '2+',
  listeners: ['broker'],
  latestVersionUnstable: true,
  fields: {
    transactionalId: string({ nullable: true }),
    transactionTimeoutMs: int32(),
    producerId: int64({ versions: '3+', default: -1 }),
    producerEpoch: int16({ versions: '3+', default: -1 }),
    enable2Pc: bool({ versions: '6+', default: false }),
    keepPreparedTxn: bool({ versions: '6+', default: false }),
  },
});

/** {@link initProducerIdRequest}, decoded. */
export type InitProducerIdRequest = MessageOf<typeof initProducerIdRequest>;

/** The answer to {@link initProducerIdRequest}. */
export const initProducerIdResponse = response({
  apiKey: 22,
  name: 'InitProducerIdResponse',
  versions: '0-6',
  flexible: '2+',
  fields: {
    throttleTimeMs: int32({ ignorable: true }),
    errorCode: int16(),
    producerId: int64({ default: -1 }),
    producerEpoch: int16(),
    ongoingTxnProducerId: int64({ versions: '6+', default: -1 }),
    ongoingTxnProducerEpoch: int16({ versions: '6+', default: -1 }),
  },
});

/** {@link initProducerIdResponse}, decoded. */
export type InitProducerIdResponse = MessageOf<typeof initProducerIdResponse>;
