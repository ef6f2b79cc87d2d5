import { StreamError } from '../../platform/errors.ts';

/** A worker property is wrong or missing; the message lists every problem. */
export class WorkerConfigError extends StreamError {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super('CONNECT_WORKER_CONFIG', `The worker cannot start:\n${problems.join('\n')}`);
    this.problems = problems;
  }
}
