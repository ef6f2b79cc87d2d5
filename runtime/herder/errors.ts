import { StreamError } from '../../platform/errors.ts';

/** A request to the herder was refused. `status` is the HTTP status that Kafka Connect gives it. */
export class HerderError extends StreamError {
  readonly status: number;

  constructor(code: string, status: number, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.status = status;
  }
}

/** There is no such connector, task, plugin or logger. */
export class NotFoundError extends HerderError {
  constructor(message: string) {
    super('CONNECT_NOT_FOUND', 404, message);
  }
}

/** A connector of that name exists. */
export class AlreadyExistsError extends HerderError {
  constructor(message: string) {
    super('CONNECT_ALREADY_EXISTS', 409, message);
  }
}

/** The request is wrong; the message says how. */
export class BadRequestError extends HerderError {
  constructor(message: string, options?: ErrorOptions) {
    super('CONNECT_BAD_REQUEST', 400, message, options);
  }
}

/** The worker's configuration forbids it. */
export class ForbiddenError extends HerderError {
  constructor(message: string) {
    super('CONNECT_FORBIDDEN', 403, message);
  }
}

/** Something else is in the way at present. */
export class ConflictError extends HerderError {
  constructor(message: string, options?: ErrorOptions) {
    super('CONNECT_CONFLICT', 409, message, options);
  }
}

/** One of the worker's topics is missing, or not what it has to be. */
export class InternalTopicError extends StreamError {
  constructor(message: string, options?: ErrorOptions) {
    super('CONNECT_INTERNAL_TOPIC', message, options);
  }
}

/** The file with the positions of sources cannot be used. */
export class OffsetFileError extends StreamError {
  constructor(message: string, options?: ErrorOptions) {
    super('CONNECT_OFFSET_FILE', message, options);
  }
}

/** The worker stops, and changes nothing any more. */
export class StoppingError extends HerderError {
  constructor() {
    super('CONNECT_STOPPING', 503, 'The worker is stopping: ask again when it has started.');
  }
}

/** Other workers do the work already. */
export class WorkerGroupError extends StreamError {
  constructor(groupId: string, count: number) {
    super(
      'CONNECT_WORKER_GROUP',
      `The group ${groupId} has ${count} worker(s), and this one shares no work with others: stop them first, ` +
        'or give this one another group.id and topics of its own.',
    );
  }
}

/** A connector that was waited for has failed. */
export class ConnectorFailedError extends StreamError {
  readonly connector: string;
  /** Undefined: the connector itself. */
  readonly task: number | undefined;

  constructor(connector: string, task: number | undefined, cause: unknown) {
    const who = task === undefined ? `The connector '${connector}'` : `Task ${task} of '${connector}'`;
    super(
      'CONNECT_CONNECTOR_FAILED',
      `${who} failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      {
        cause,
      },
    );
    this.connector = connector;
    this.task = task;
  }
}
