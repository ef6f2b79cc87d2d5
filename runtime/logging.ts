import { type Logger, silentLogger } from '../platform/logger.ts';
import { LoggerLevels } from '../platform/logger-levels.ts';
import { createLogger, type LogLevel } from '../platform/pino-logger.ts';

/** A logger that writes everything, and the levels that decide what of it is wanted. */
export interface Logging {
  readonly logger: Logger;
  readonly loggers: LoggerLevels;
}

/** Levels may be changed while the process runs, so the logger itself must leave out nothing. */
export function loggingAt(level: LogLevel): Logging {
  if (level === 'silent') return { logger: silentLogger, loggers: new LoggerLevels('FATAL') };
  return { logger: createLogger('debug'), loggers: new LoggerLevels(levelNames[level]) };
}

const levelNames = { debug: 'DEBUG', info: 'INFO', warn: 'WARN', error: 'ERROR' } as const;
