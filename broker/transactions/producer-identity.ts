import { ErrorCode } from '../../kafka/protocol/index.ts';
import type { Transaction } from './transaction.ts';

/** The error of a request about a producer, and the producer's id and epoch when there is none. */
export interface ProducerIdentity {
  readonly errorCode: number;
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** The answer that names no producer; mostly because of an error. */
export function noProducer(errorCode: number): ProducerIdentity {
  return { errorCode, producerId: -1, producerEpoch: -1 };
}

/** The answer that names the producer. */
export function producerOf({ producerId, producerEpoch }: Transaction): ProducerIdentity {
  return { errorCode: ErrorCode.NONE, producerId, producerEpoch };
}
