import { ErrorCode, type InitProducerIdRequest } from '../../kafka/protocol/index.ts';
import type { InitProducerId } from './init-producer-id.ts';
import { NO_TIMEOUT_MS } from './transaction.ts';
import type { TransactionConfig } from './transaction-config.ts';

/** What a transactional InitProducerId says once it is checked. */
export type ValidInit = Pick<InitProducerId, 'transactionalId' | 'timeoutMs' | 'expected'>;

/** Whether it names half a producer: no client may, transactional or not. */
export function isHalfNamed({ producerId, producerEpoch }: InitProducerIdRequest): boolean {
  return (producerId === -1) !== (producerEpoch === -1);
}

/** Checks an InitProducerId with a transactional id: the error code of one that makes no sense, or is not allowed. */
export function validateInit(
  request: InitProducerIdRequest,
  transactionalId: string,
  config: TransactionConfig,
): ValidInit | number {
  const { producerId, producerEpoch, transactionTimeoutMs, enable2Pc, keepPreparedTxn } = request;
  if (transactionalId === '') return ErrorCode.INVALID_REQUEST;
  if (enable2Pc && !config.transactionTwoPhaseCommitEnable) {
    return ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED;
  }
  // Kafka 4.3 has the field, and not yet what it asks for (KIP-939).
  if (keepPreparedTxn) return ErrorCode.UNSUPPORTED_VERSION;
  const isInRange = transactionTimeoutMs > 0 && transactionTimeoutMs <= config.transactionMaxTimeoutMs;
  if (!enable2Pc && !isInRange) return ErrorCode.INVALID_TRANSACTION_TIMEOUT;
  return {
    transactionalId,
    timeoutMs: enable2Pc ? NO_TIMEOUT_MS : transactionTimeoutMs,
    expected: producerId === -1 ? undefined : { producerId, producerEpoch },
  };
}
