import { int16, int32, int64, type MessageOf, request, response } from '../schema/index.ts';

/** Gives a broker a block of producer ids (KIP-730). */
export const allocateProducerIdsRequest = request({
  apiKey: 67,
  name: 'AllocateProducerIdsRequest',
  versions: '0',
  flexible: '0+',
  listeners: ['controller'],
  fields: {
    brokerId: int32(),
    brokerEpoch: int64({ default: -1 }),
  },
});

/** {@link allocateProducerIdsRequest}, decoded. */
export type AllocateProducerIdsRequest = MessageOf<typeof allocateProducerIdsRequest>;

/** The answer to {@link allocateProducerIdsRequest}. */
export const allocateProducerIdsResponse = response({
  apiKey: 67,
  name: 'AllocateProducerIdsResponse',
  versions: '0',
  flexible: '0+',
  fields: {
    throttleTimeMs: int32(),
    errorCode: int16(),
    producerIdStart: int64(),
    producerIdLen: int32(),
  },
});

/** {@link allocateProducerIdsResponse}, decoded. */
export type AllocateProducerIdsResponse = MessageOf<typeof allocateProducerIdsResponse>;
