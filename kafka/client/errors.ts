import { type ErrorName, errorOf } from '../protocol/index.ts';
import { StreamError } from '../../platform/errors.ts';

/** A broker answered with one of Kafka's error codes. */
export class KafkaError extends StreamError {
  /** Kafka's number of the error, and its name (`UNKNOWN_TOPIC_OR_PARTITION`). */
  readonly errorCode: number;
  readonly errorName: ErrorName;
  /** Whether the same request may succeed later. */
  readonly isRetriable: boolean;
  /** Whether leaders or coordinators should be looked up anew before that. */
  readonly needsRefresh: boolean;

  constructor(errorCode: number, what: string, brokerMessage?: string | null) {
    const { name, isRetriable, needsRefresh, message } = errorOf(errorCode);
    super(`KAFKA_${name}`, `${what}: ${brokerMessage || message} (${name})`);
    this.errorCode = errorCode;
    this.errorName = name;
    this.isRetriable = isRetriable;
    this.needsRefresh = needsRefresh;
  }
}

/** The connection to a broker broke or could not be made; the request may have been carried out or not. */
export class BrokerConnectionError extends StreamError {
  readonly isRetriable = true;
  readonly needsRefresh = true;
  constructor(address: string, cause?: unknown) {
    const reason = cause instanceof Error ? `: ${cause.message}` : '';
    super('CLIENT_CONNECTION', `no connection to the broker at ${address}${reason}`, { cause });
  }
}

/** A broker did not answer in time. */
export class RequestTimeoutError extends StreamError {
  readonly isRetriable = true;
  readonly needsRefresh = true;
  constructor(what: string, timeoutMs: number) {
    super('CLIENT_REQUEST_TIMEOUT', `${what} was not answered within ${timeoutMs} ms`);
  }
}

/** The broker serves no version of an API that this client needs. */
export class UnsupportedApiError extends StreamError {
  constructor(what: string) {
    super('CLIENT_UNSUPPORTED_API', `the broker does not serve ${what} in a version that this client knows`);
  }
}

/** The client, producer or consumer was closed; it takes nothing more. */
export class ClientClosedError extends StreamError {
  constructor(what: string) {
    super('CLIENT_CLOSED', `the ${what} is closed`);
  }
}

/** Whether trying again may help. */
export function isRetriable(error: unknown): error is StreamError {
  return error instanceof StreamError && 'isRetriable' in error && error.isRetriable === true;
}

/** Whether metadata and coordinators may be out of date, judging by this error. */
export function needsRefresh(error: unknown): boolean {
  return error instanceof StreamError && 'needsRefresh' in error && error.needsRefresh === true;
}
