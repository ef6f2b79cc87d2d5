import { StreamError } from '../../platform/errors.ts';
import { type ErrorName, errorOf } from '../protocol/index.ts';
import type { TopicPartition } from './topic-partition.ts';

/** A broker answered with one of Kafka's error codes. */
export class KafkaError extends StreamError {
  /** Kafka's number of the error, and its name (`UNKNOWN_TOPIC_OR_PARTITION`). */
  readonly errorCode: number;
  readonly errorName: ErrorName;
  /** Whether the same request may succeed later. */
  readonly isRetriable: boolean;
  /** Whether leaders or coordinators should be looked up anew before that. */
  readonly needsRefresh: boolean;
  /** What the broker said about it; undefined when it gave the code alone. */
  readonly brokerMessage: string | undefined;

  constructor(errorCode: number, what: string, brokerMessage?: string | null) {
    const { name, isRetriable, needsRefresh, message } = errorOf(errorCode);
    super(`KAFKA_${name}`, `${what}: ${brokerMessage || message} (${name})`);
    this.errorCode = errorCode;
    this.errorName = name;
    this.isRetriable = isRetriable;
    this.needsRefresh = needsRefresh;
    this.brokerMessage = brokerMessage || undefined;
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

/** A method was called that the present state does not allow. */
export class IllegalStateError extends StreamError {
  constructor(problem: string) {
    super('CLIENT_ILLEGAL_STATE', problem);
  }
}

/** Options contradict each other, or name something that does not exist. */
export class ConfigurationError extends StreamError {
  constructor(problem: string) {
    super('CLIENT_CONFIGURATION', problem);
  }
}

/** An operation was still failing for passing reasons when its time was up; `cause` is the last of them. */
export class ApiTimeoutError extends StreamError {
  constructor(what: string, timeoutMs: number, cause?: unknown) {
    const reason = cause instanceof Error ? `: ${cause.message}` : '';
    super('CLIENT_API_TIMEOUT', `${what} did not succeed within ${Math.round(timeoutMs)} ms${reason}`, {
      cause,
    });
  }
}

/** A topic that was waited for does not exist and was not created. */
export class TopicMissingError extends StreamError {
  readonly topic: string;
  constructor(topic: string, timeoutMs: number, cause?: unknown) {
    super(
      'CLIENT_TOPIC_MISSING',
      `the topic ${topic} does not exist and did not appear within ${Math.round(timeoutMs)} ms: create it, or check ` +
        'that the broker has auto.create.topics.enable and that this client may create topics',
      { cause },
    );
    this.topic = topic;
  }
}

/** A record was not delivered: what failed, where, and as `cause` why. */
export class DeliveryError extends StreamError {
  readonly topic: string;
  /** -1 when no partition was chosen yet. */
  readonly partition: number;
  constructor(code: string, topic: string, partition: number, problem: string, cause?: unknown) {
    const where = partition < 0 ? topic : `${topic}-${partition}`;
    const reason = cause instanceof Error ? `: ${cause.message}` : '';
    super(code, `a record for ${where} was not delivered: ${problem}${reason}`, { cause });
    this.topic = topic;
    this.partition = partition;
  }
}

/** A record is larger than `requestBytesMax`, or than the topic's `max.message.bytes`. */
export class RecordTooLargeError extends DeliveryError {
  constructor(topic: string, partition: number, problem: string, cause?: unknown) {
    super('CLIENT_RECORD_TOO_LARGE', topic, partition, problem, cause);
  }
}

/** There is no position to read from and `autoOffsetReset` is `none`: seek to where reading should go on. */
export class NoOffsetError extends StreamError {
  readonly partitions: readonly TopicPartition[];
  constructor(partitions: readonly TopicPartition[], reason: string) {
    const names = partitions.map(({ topic, partition }) => `${topic}-${partition}`).join(', ');
    super(
      'CLIENT_NO_OFFSET',
      `${reason} for ${names}, and autoOffsetReset is 'none': seek to an offset first`,
    );
    this.partitions = partitions;
  }
}

/** The consumer does not read this partition: assign it, or wait until the group does. */
export class NotAssignedError extends StreamError {
  constructor({ topic, partition }: TopicPartition) {
    super('CLIENT_NOT_ASSIGNED', `${topic}-${partition} is not assigned to this consumer`);
  }
}

/**
 * Offsets were not stored because the member is no longer in the group: its partitions may be with others, who will
 * read the records again. Poll more often, or raise `maxPollIntervalMs`.
 */
export class CommitFailedError extends StreamError {
  constructor(groupId: string, cause?: unknown) {
    super(
      'CLIENT_COMMIT_FAILED',
      `offsets of group ${groupId} were not committed: this member has left the group or was removed from it; poll ` +
        'to join again, and poll more often or raise maxPollIntervalMs if processing is slow',
      { cause },
    );
  }
}

/** Offsets were not stored because the group is rebalancing: poll to take part in it, then commit what is left. */
export class RebalanceInProgressError extends StreamError {
  constructor(groupId: string, cause?: unknown) {
    super(
      'CLIENT_REBALANCE_IN_PROGRESS',
      `offsets of group ${groupId} were not committed because it is rebalancing: poll, then commit again`,
      { cause },
    );
  }
}

/** Another producer with the same transactional id has taken over: this one can only be closed. */
export class ProducerFencedError extends StreamError {
  constructor(transactionalId: string, cause?: unknown) {
    super(
      'CLIENT_PRODUCER_FENCED',
      `a newer producer with the transactional id ${transactionalId} has taken over, or the transaction timed out: close this one`,
      { cause },
    );
  }
}

/** Something in the transaction has failed, as `cause` says: abort it, then do all of it once more. */
export class TransactionAbortableError extends StreamError {
  constructor(transactionalId: string, cause?: unknown) {
    const reason = cause instanceof Error ? `: ${cause.message}` : '';
    super(
      'CLIENT_TRANSACTION_ABORTABLE',
      `the transaction of ${transactionalId} cannot be committed: abort it and do it once more${reason}`,
      { cause },
    );
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
