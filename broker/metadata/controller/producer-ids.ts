import {
  type AllocateProducerIdsRequest,
  type allocateProducerIdsResponse,
  type Encodable,
  ErrorCode,
} from '../../../kafka/protocol/index.ts';
import type { MetadataImage } from '../image.ts';
import type { Decision } from './decision.ts';

/** Producer ids a broker gets at once. */
const producerIdBlockSize = 1000;

/** Decides AllocateProducerIds (67): the next block is the asking broker's alone, for ever. */
export function decideAllocateProducerIds(
  image: MetadataImage,
  { brokerId, brokerEpoch }: AllocateProducerIdsRequest,
): Decision<Encodable<typeof allocateProducerIdsResponse>> {
  const answer = (errorCode: number, producerIdStart: number, producerIdLen: number) => ({
    throttleTimeMs: 0,
    errorCode,
    producerIdStart,
    producerIdLen,
  });
  const broker = image.broker(brokerId);
  if (broker === undefined) {
    return { records: [], response: answer(ErrorCode.BROKER_ID_NOT_REGISTERED, -1, 0) };
  }
  if (broker.epoch !== brokerEpoch) {
    return { records: [], response: answer(ErrorCode.STALE_BROKER_EPOCH, -1, 0) };
  }
  const first = image.nextProducerId;
  const value = { brokerId, brokerEpoch, nextProducerId: first + producerIdBlockSize };
  return {
    records: [{ type: 'ProducerIdsRecord', value }],
    response: answer(ErrorCode.NONE, first, producerIdBlockSize),
  };
}
