import type { Logger } from '../../../platform/logger.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** A logger whose lines are handed to `print`. Fields that cannot cross over are shown as text. */
export function remoteLogger(
  print: (level: LogLevel, fields: Readonly<Record<string, unknown>>, message: string) => void,
  bound: Readonly<Record<string, unknown>> = {},
): Logger {
  const at =
    (level: LogLevel) =>
    (fields: object, message: string): void =>
      print(level, plain({ ...bound, ...fields }), message);
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (bindings: object) => remoteLogger(print, { ...bound, ...bindings }),
  };
}

function plain(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue(value: unknown): unknown {
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
  if (typeof value !== 'object' || value === null)
    return typeof value === 'function' || typeof value === 'symbol' ? String(value) : value;
  // As JSON, so that secrets stay hidden and nothing is left that has behaviour.
  try {
    return JSON.parse(JSON.stringify(value)) as unknown;
  } catch {
    return String(value);
  }
}
