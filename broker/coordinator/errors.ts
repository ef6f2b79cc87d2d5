import { ErrorCode, ProtocolEncodeError } from '../../kafka/protocol/index.ts';
import { StreamError } from '../../platform/errors.ts';

/** The log of a coordinator partition refused or lost records. `errorCode` is the Kafka error of the append. */
export class CoordinatorLogError extends StreamError {
  readonly errorCode: number;

  constructor(errorCode: number, message: string, options?: ErrorOptions) {
    super('BROKER_COORDINATOR_LOG', message, options);
    this.errorCode = errorCode;
  }
}

/**
 * The error that a client gets when records could not be stored: it says whether to ask again, or to look for
 * the coordinator elsewhere. What is not a {@link CoordinatorLogError} counts as a storage error.
 */
export function coordinatorErrorOf(error: unknown): number {
  const errorCode = appendErrorOf(error);
  switch (errorCode) {
    case ErrorCode.UNKNOWN_TOPIC_OR_PARTITION:
    case ErrorCode.NOT_ENOUGH_REPLICAS:
    case ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND:
    case ErrorCode.REQUEST_TIMED_OUT:
      return ErrorCode.COORDINATOR_NOT_AVAILABLE;
    case ErrorCode.NOT_LEADER_OR_FOLLOWER:
    case ErrorCode.KAFKA_STORAGE_ERROR:
      return ErrorCode.NOT_COORDINATOR;
    case ErrorCode.MESSAGE_TOO_LARGE:
    case ErrorCode.RECORD_LIST_TOO_LARGE:
    case ErrorCode.INVALID_FETCH_SIZE:
      return ErrorCode.UNKNOWN_SERVER_ERROR;
    default:
      return errorCode;
  }
}

/** The Kafka error of an append as it is. */
export function appendErrorOf(error: unknown): number {
  if (error instanceof CoordinatorLogError) return error.errorCode;
  // A value that fits no record is the request's fault, asking elsewhere would not help.
  if (error instanceof ProtocolEncodeError) return ErrorCode.UNKNOWN_SERVER_ERROR;
  return ErrorCode.KAFKA_STORAGE_ERROR;
}
