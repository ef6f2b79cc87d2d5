import type { Logger } from './logger.ts';

/** Levels of a logger, the least severe first. `FATAL` is for those who know it from log4j: it lets nothing through. */
export const logLevels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const;

export type LogLevelName = (typeof logLevels)[number];

/** The logger that others take their level from. */
const ROOT_LOGGER = 'root';

/** Levels of named loggers that may be changed while they are used. A logger without its own has the root's. */
export class LoggerLevels {
  readonly #own = new Map<string, LogLevelName>();
  readonly #names = new Set<string>();

  constructor(root: LogLevelName) {
    this.#own.set(ROOT_LOGGER, root);
    this.#names.add(ROOT_LOGGER);
  }

  /** The level of every logger, the root's first. */
  get all(): ReadonlyMap<string, LogLevelName> {
    return new Map([...this.#names].map((name) => [name, this.levelOf(name)]));
  }

  levelOf(name: string): LogLevelName {
    return this.#own.get(name) ?? this.#own.get(ROOT_LOGGER) ?? 'INFO';
  }

  /** Sets the level of a logger; null gives it the root's again. */
  set(name: string, level: LogLevelName | null): void {
    if (level !== null) this.#own.set(name, level);
    else if (name !== ROOT_LOGGER) this.#own.delete(name);
  }

  /** `logger` under `name`: what is below the level of that name is left out. */
  logger(name: string, logger: Logger): Logger {
    this.#names.add(name);
    const when = (level: LogLevelName, write: Logger['debug']): Logger['debug'] => {
      const severity = logLevels.indexOf(level);
      return (fields, message) => {
        if (severity >= logLevels.indexOf(this.levelOf(name))) write(fields, message);
      };
    };
    return {
      debug: when('DEBUG', (fields, message) => logger.debug(fields, message)),
      info: when('INFO', (fields, message) => logger.info(fields, message)),
      warn: when('WARN', (fields, message) => logger.warn(fields, message)),
      error: when('ERROR', (fields, message) => logger.error(fields, message)),
      child: (bindings) => this.logger(name, logger.child(bindings)),
    };
  }
}
