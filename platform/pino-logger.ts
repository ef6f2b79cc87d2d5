import { createRequire } from 'node:module';
import type { Logger as PinoLogger } from 'pino';
import type { Logger } from './logger.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

/** Takes one complete line, with its line feed, per call. */
export interface LogDestination {
  write(line: string): void;
}

/**
 * A logger that writes one JSON object per line (`level`, `time`, bindings, fields, `msg`), to standard error unless
 * a destination is given. Errors under `error` or `err` are written with type, message and stack.
 * Pino is loaded with the first line that is written: a start that goes well does not pay for it.
 */
export function createLogger(level: LogLevel, destination?: LogDestination): Logger {
  return new LazyLogger(level, () => openPino(level, destination));
}

const severities: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

class LazyLogger implements Logger {
  readonly #level: LogLevel;
  readonly #open: () => PinoLogger;
  #opened: PinoLogger | undefined;

  constructor(level: LogLevel, open: () => PinoLogger) {
    this.#level = level;
    this.#open = open;
  }

  debug(fields: object, message: string): void {
    this.#at('debug')?.debug(fields, message);
  }

  info(fields: object, message: string): void {
    this.#at('info')?.info(fields, message);
  }

  warn(fields: object, message: string): void {
    this.#at('warn')?.warn(fields, message);
  }

  error(fields: object, message: string): void {
    this.#at('error')?.error(fields, message);
  }

  child(bindings: object): Logger {
    return new LazyLogger(this.#level, () => this.#pino.child(bindings));
  }

  get #pino(): PinoLogger {
    this.#opened ??= this.#open();
    return this.#opened;
  }

  #at(level: LogLevel): PinoLogger | undefined {
    return severities.indexOf(level) >= severities.indexOf(this.#level) ? this.#pino : undefined;
  }
}

function openPino(level: LogLevel, destination: LogDestination | undefined): PinoLogger {
  const { pino }: typeof import('pino') = createRequire(import.meta.url)('pino');
  const { err } = pino.stdSerializers;
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err, error: err },
    },
    destination ?? pino.destination({ fd: 2, sync: true }),
  );
}
