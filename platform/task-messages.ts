/** Main thread to worker: run this. The next request comes after the reply. */
export interface TaskRequest {
  /** URL of the module. */
  readonly task: string;
  readonly input: unknown;
}

/** Worker to main thread: what became of it. */
export type TaskReply = { readonly output: unknown } | { readonly failure: TaskFailure };

/** What is left of an error that crosses threads. */
export interface TaskFailure {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  readonly code?: string;
  /** Of the system's errors. */
  readonly syscall?: string;
}

/** The error again, with the name, message, code, syscall and stack it had in the worker. */
export function errorOf({ name, message, stack, code, syscall }: TaskFailure): Error {
  const error = new Error(message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return Object.assign(error, code !== undefined && { code }, syscall !== undefined && { syscall });
}
