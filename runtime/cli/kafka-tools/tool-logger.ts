import type { Clock } from '../../../platform/clock.ts';
import type { Logger } from '../../../platform/logger.ts';
import { logLine } from './log-line.ts';
import type { ToolOutput } from './tool-output.ts';

/** Tells of warnings and errors on stderr, in the form of Kafka's tools, and of nothing else. */
export function toolLogger(err: ToolOutput, clock: Clock, bound: object = {}): Logger {
  const tell = (level: 'WARN' | 'ERROR') => (fields: object, message: string) => {
    const details = Object.entries({ ...bound, ...fields }).map(
      ([name, value]) => `${name}=${textOf(value)}`,
    );
    const text = [message, ...details].join(' ');
    // A line that cannot be written has nobody who reads it.
    err.line(logLine(clock.now(), level, text, 'millrace')).catch(() => {});
  };
  return {
    debug() {},
    info() {},
    warn: tell('WARN'),
    error: tell('ERROR'),
    child: (bindings) => toolLogger(err, clock, { ...bound, ...bindings }),
  };
}

function textOf(value: unknown): string {
  if (value instanceof Error) return `'${value.message}'`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
