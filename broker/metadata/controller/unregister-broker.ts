import {
  type Encodable,
  ErrorCode,
  type UnregisterBrokerRequest,
  type unregisterBrokerResponse,
} from '../../../kafka/protocol/index.ts';
import type { MetadataImage } from '../image.ts';
import type { Decision } from './decision.ts';

/**
 * Decides UnregisterBroker (64). The broker that answers cannot be removed from its cluster: it would have to register
 * anew at once.
 */
export function decideUnregisterBroker(
  image: MetadataImage,
  nodeId: number,
  { brokerId }: UnregisterBrokerRequest,
): Decision<Encodable<typeof unregisterBrokerResponse>> {
  const answer = (errorCode: number, errorMessage: string | null) => ({
    throttleTimeMs: 0,
    errorCode,
    errorMessage,
  });
  const broker = image.broker(brokerId);
  if (broker === undefined) {
    const message = `Broker ID ${brokerId} is not currently registered`;
    return { records: [], response: answer(ErrorCode.BROKER_ID_NOT_REGISTERED, message) };
  }
  if (brokerId === nodeId) {
    const message = `Broker ${brokerId} is running, and is the only one of its cluster`;
    return { records: [], response: answer(ErrorCode.INVALID_REQUEST, message) };
  }
  const value = { brokerId, brokerEpoch: broker.epoch };
  return { records: [{ type: 'UnregisterBrokerRecord', value }], response: answer(ErrorCode.NONE, null) };
}
