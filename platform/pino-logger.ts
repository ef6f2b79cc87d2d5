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
 * Loads pino, so nothing pays for it that does not log.
 */
export async function createLogger(level: LogLevel, destination?: LogDestination): Promise<Logger> {
  const { pino } = await import('pino');
  const { err } = pino.stdSerializers;
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err, error: err },
    },
    destination ?? pino.destination({ fd: 2, sync: true }),
  );
  return wrap(logger);
}

function wrap(pino: PinoLogger): Logger {
  return {
    debug: (fields, message) => pino.debug(fields, message),
    info: (fields, message) => pino.info(fields, message),
    warn: (fields, message) => pino.warn(fields, message),
    error: (fields, message) => pino.error(fields, message),
    child: (bindings) => wrap(pino.child(bindings)),
  };
}
