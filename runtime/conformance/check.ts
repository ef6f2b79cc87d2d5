import { inspect } from 'node:util';
import type { Clock } from '../../platform/clock.ts';
import { StreamError } from '../../platform/errors.ts';

/** One thing that the kit asks of a plugin. */
export interface ConformanceCheck {
  /** `resume: from every position, exactly the rows after it come`. Its first word selects it. */
  readonly name: string;
  /** Why it does not apply to this plugin; undefined when it does. */
  readonly notApplicable: string | undefined;
  /** Needs nothing and leaves nothing behind. Rejects with a {@link ConformanceError}. */
  readonly run: () => Promise<void>;
}

/** An example of a plugin that is no connector, as a check. */
export interface ExampleCheck {
  readonly name: string;
  run(clock: Clock): Promise<void>;
}

/** What a plugin does that it must not do. The message says what was expected, what came, and where to look. */
export class ConformanceError extends StreamError {
  readonly expected: string;
  readonly actual: string;

  constructor(expected: string, actual: string, options?: ErrorOptions) {
    super('CONFORMANCE', `expected ${expected}, but ${actual}`, options);
    this.expected = expected;
    this.actual = actual;
  }
}

/** Throws a {@link ConformanceError} unless `holds`. */
export function require(holds: boolean, expected: string, actual: string | (() => string)): void {
  if (!holds) throw new ConformanceError(expected, typeof actual === 'string' ? actual : actual());
}

/** A value in one short line, for messages. */
export function show(value: unknown): string {
  const text = inspect(value, { depth: 4, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 30 });
  return text.length > 400 ? `${text.slice(0, 400)} ...` : text;
}

/** The message of an error with those of its causes. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return show(error);
  return error.cause === undefined ? error.message : `${error.message} (${reasonOf(error.cause)})`;
}
