import { StreamError } from '../../platform/errors.ts';

/** Where in a task a record failed; Kafka's names, as they appear in dead-letter headers. */
export type Stage =
  | 'TRANSFORMATION'
  | 'KEY_CONVERTER'
  | 'VALUE_CONVERTER'
  | 'HEADER_CONVERTER'
  | 'KAFKA_PRODUCE'
  | 'TASK_POLL'
  | 'TASK_PUT';

/** A record failed: at which stage, in which plugin, and as `cause` why. */
export class StageError extends StreamError {
  readonly stage: Stage;
  readonly className: string;

  constructor(stage: Stage, className: string, cause: unknown) {
    super('CONNECT_STAGE', messageOf(cause), { cause });
    this.stage = stage;
    this.className = className;
  }
}

/** A record failed and errors are not tolerated. `cause` is what went wrong. */
export class ToleranceExceededError extends StreamError {
  constructor(stage: Stage, className: string, cause: unknown) {
    super(
      'CONNECT_TOLERANCE_EXCEEDED',
      `Tolerance exceeded in error handler: ${stage} with ${className} failed: ${messageOf(cause)}. ` +
        'Mend the record or the configuration and restart the task, or set errors.tolerance=all.',
      { cause },
    );
  }
}

/** The task was asked to stop while it waited; what it was working on comes again after the next start. */
export class TaskStoppedError extends StreamError {
  constructor() {
    super('CONNECT_TASK_STOPPED', 'the task was stopped');
  }
}

/** The dead letter queue did not take a record, so the task cannot go on without losing it. */
export class DeadLetterError extends StreamError {
  constructor(topic: string, cause: unknown) {
    super(
      'CONNECT_DEAD_LETTER',
      `A bad record could not be written to the dead letter queue '${topic}': ${messageOf(cause)}`,
      { cause },
    );
  }
}

/** A topic that a source writes to, or a dead letter queue, could not be created. */
export class TopicCreationError extends StreamError {
  constructor(topic: string, cause: unknown) {
    super('CONNECT_TOPIC_CREATION', `The topic '${topic}' could not be created: ${messageOf(cause)}`, {
      cause,
    });
  }
}

/** Whether the same call may work later. By code, so that a plugin with its own copy of the SDK is understood too. */
export function isRetriable(error: unknown): boolean {
  return codeOf(error) === 'CONNECT_RETRIABLE';
}

/** Whether something that a converter or transform has asked, a registry for one, may answer the next time. */
export function isPassing(error: unknown): boolean {
  if (isRetriable(error)) return true;
  return error instanceof Error && 'isRetriable' in error && error.isRetriable === true;
}

/** Whether the task has to fail at once. */
export function isFatal(error: unknown): boolean {
  return codeOf(error) === 'CONNECT_FATAL';
}

/** What a plugin threw: the innermost of the runtime's own wrappers. */
export function reasonOf(error: unknown): unknown {
  const isWrapper = error instanceof StageError || codeOf(error) === 'CONNECT_TRANSFORMATION';
  return isWrapper && error instanceof Error && error.cause !== undefined ? reasonOf(error.cause) : error;
}

/** Any thrown value's text. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

/** Storing offsets took longer than `offset.flush.timeout.ms`. It is tried again. */
export class FlushTimeoutError extends StreamError {
  constructor(timeoutMs: number) {
    super(
      'CONNECT_FLUSH_TIMEOUT',
      `offsets were not stored within offset.flush.timeout.ms=${timeoutMs}: see whether the brokers are reachable`,
    );
  }
}

/** Another writer has taken the place of this one: what it would store is out of date. */
export class OffsetWriterFencedError extends StreamError {
  constructor(connector: string, task: number, generation: number) {
    super(
      'CONNECT_OFFSET_WRITER_FENCED',
      `task ${task} of '${connector}' may not store positions any more: its generation ${generation} is over`,
    );
  }
}
