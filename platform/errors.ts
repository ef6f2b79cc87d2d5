/** Base of every error this package throws on purpose. `code` is stable API, `message` is not. */
export class StreamError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** Something was written to a connection that is closed or closing, or the connection closed before it was sent. */
export class ConnectionClosedError extends StreamError {
  constructor(options?: ErrorOptions) {
    super('CONNECTION_CLOSED', 'the connection was closed before these bytes were sent; reconnect', options);
  }
}

/** A task was given to an executor that is closed, or was still unfinished when it closed. */
export class ExecutorClosedError extends StreamError {
  constructor() {
    super(
      'EXECUTOR_CLOSED',
      'the executor was closed before the task finished; run it again after a restart',
    );
  }
}

/** A worker thread ended while it ran a task: out of memory, `process.exit`, or a crash in native code. */
export class WorkerLostError extends StreamError {
  constructor(exitCode: number, options?: ErrorOptions) {
    super('WORKER_LOST', `the worker thread ended with exit code ${exitCode} while it ran the task`, options);
  }
}
