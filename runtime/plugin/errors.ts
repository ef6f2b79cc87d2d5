import { StreamError } from '../../platform/errors.ts';
import { type ConfigProblem, problemText } from './config-problem.ts';

/**
 * Something that may work when it is tried again: the runtime repeats the call after a pause, within
 * `errors.retry.timeout` for transforms and converters, for ever in a source's `read` and a sink's `write`.
 */
export class RetriableError extends StreamError {
  constructor(message: string, options?: ErrorOptions) {
    super('CONNECT_RETRIABLE', message, options);
  }
}

/** Trying again cannot help: the task fails at once. */
export class FatalError extends StreamError {
  constructor(message: string, options?: ErrorOptions) {
    super('CONNECT_FATAL', message, options);
  }
}

/**
 * One record of a sink's batch was refused; the others were written. A sink returns these from `write`, and the
 * runtime treats the record as `errors.tolerance` says: dead-letter queue, log, or fail.
 */
export class RecordError extends StreamError {
  /** Position of the record in the batch. */
  readonly index: number;

  constructor(index: number, message: string, options?: ErrorOptions) {
    super('CONNECT_RECORD', message, options);
    this.index = index;
  }
}

/** A plugin's configuration is wrong. Lists every problem at once. Kafka's `ConfigException`. */
export class ConfigError extends StreamError {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[] | string, options?: ErrorOptions) {
    const list = typeof problems === 'string' ? [{ key: '', message: problems }] : problems;
    super('CONNECT_CONFIG', list.map(problemText).join('\n'), options);
    this.problems = list;
  }
}

/** A plugin file, package or object cannot be used. Says which one and what to change. */
export class PluginError extends StreamError {
  constructor(message: string, options?: ErrorOptions) {
    super('CONNECT_PLUGIN', message, options);
  }
}
