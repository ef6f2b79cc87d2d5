import { ErrorCode, initProducerIdRequest, initProducerIdResponse } from '../../../kafka/protocol/index.ts';
import { type Api, api } from '../api.ts';

/** Hands out a producer id that was never handed out before. */
export type ProducerIdAllocator = () => Promise<number>;

/** InitProducerId for idempotent producers: a new id with epoch 0 each time. */
export function initProducerIdApi(allocate: ProducerIdAllocator): Api {
  return api(initProducerIdRequest, initProducerIdResponse, async (request) => {
    const refuse = (errorCode: number) => ({
      throttleTimeMs: 0,
      errorCode,
      producerId: -1,
      producerEpoch: -1,
    });
    if (request.transactionalId !== null) {
      // Transactions are not advertised (no AddPartitionsToTxn): a client that asks all the same must not wait for ever.
      return refuse(
        request.transactionalId === ''
          ? ErrorCode.INVALID_REQUEST
          : ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
      );
    }
    const producerId = await allocate();
    return { throttleTimeMs: 0, errorCode: ErrorCode.NONE, producerId, producerEpoch: 0 };
  });
}
