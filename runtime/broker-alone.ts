import { type RunningBroker, startBroker as start } from '../broker/index.ts';
import { type Logger, silentLogger } from '../platform/logger.ts';
import { LoggerLevels } from '../platform/logger-levels.ts';
import { createLogger, type LogLevel } from '../platform/pino-logger.ts';

export { examineProperties } from '../broker/index.ts';

/** How a broker of its own is run. */
export interface BrokerSettings {
  /** Kafka's `server.properties`. */
  readonly properties: ReadonlyMap<string, string>;
  /** Id of the cluster when the data directory is new; one that has another is refused. Default: a random one. */
  readonly clusterId?: string | undefined;
  readonly logLevel: LogLevel;
}

/** Starts a broker and nothing else. Rejects with what is wrong with its properties or its data. */
export async function startBroker(settings: BrokerSettings): Promise<RunningBroker> {
  const { properties, clusterId, logLevel } = settings;
  return start({ properties, clusterId, ...loggingAt(logLevel) });
}

/** A logger that writes everything, and the levels that decide what of it is wanted. */
export interface Logging {
  readonly logger: Logger;
  readonly loggers: LoggerLevels;
}

const levelNames = { debug: 'DEBUG', info: 'INFO', warn: 'WARN', error: 'ERROR' } as const;

/** Levels may be changed while the process runs, so the logger itself must leave out nothing. */
export function loggingAt(level: LogLevel): Logging {
  if (level === 'silent') return { logger: silentLogger, loggers: new LoggerLevels('FATAL') };
  return { logger: createLogger('debug'), loggers: new LoggerLevels(levelNames[level]) };
}
