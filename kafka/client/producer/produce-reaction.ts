import { ErrorCode, errorOf } from '../../protocol/index.ts';

/** What to do with a batch after the broker's answer. */
export type ProduceReaction = 'done' | 'retry' | 'out-of-sequence' | 'too-large' | 'fail';

/** The reaction to the error code of a partition in the answer to Produce, as in Kafka's Java client. */
export function reactionTo(errorCode: number): ProduceReaction {
  switch (errorCode) {
    case ErrorCode.NONE:
    case ErrorCode.DUPLICATE_SEQUENCE_NUMBER:
      return 'done';
    case ErrorCode.MESSAGE_TOO_LARGE:
    case ErrorCode.RECORD_LIST_TOO_LARGE:
      return 'too-large';
    case ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER:
    case ErrorCode.UNKNOWN_PRODUCER_ID:
    case ErrorCode.INVALID_PRODUCER_EPOCH:
      return 'out-of-sequence';
    default:
      return errorOf(errorCode).isRetriable ? 'retry' : 'fail';
  }
}

/** Whether the records may be in the log although the broker answered with this error. */
export function mayBeWritten(errorCode: number): boolean {
  return (
    errorCode === ErrorCode.REQUEST_TIMED_OUT ||
    errorCode === ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND ||
    errorCode === ErrorCode.NETWORK_EXCEPTION ||
    errorCode === ErrorCode.UNKNOWN_SERVER_ERROR
  );
}
