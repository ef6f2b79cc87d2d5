import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/logger.ts';
import { NotFoundError } from './errors.ts';

/** Kafka's level names, from quiet to talkative. */
const levels = ['OFF', 'FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG', 'TRACE'] as const;

export type Level = (typeof levels)[number];

/** The level of a logger, and when an operator changed it. */
export interface LoggerLevel {
  readonly level: Level;
  readonly last_modified: number | null;
}

interface NamedLevel {
  level: Level;
  lastModified: number | null;
}

const rootName = 'root';

/**
 * Loggers by name, whose levels can be changed while they run; a change reaches the names below it. What the logger
 * underneath does not print, no level here brings back. Lasts until the worker stops, as in Kafka Connect.
 */
export class LoggerLevels {
  readonly #base: Logger;
  readonly #clock: Clock;
  readonly #loggers = new Map<string, NamedLevel>();

  constructor(base: Logger, clock: Clock, level: Level = 'INFO') {
    this.#base = base;
    this.#clock = clock;
    this.#loggers.set(rootName, { level, lastModified: null });
  }

  /** A logger of that name, with ids that every line has. */
  logger(name: string, bindings: object = {}): Logger {
    const known = this.#loggers.get(name);
    const named = known ?? { ...this.#nearest(name), lastModified: null };
    if (known === undefined) this.#loggers.set(name, named);
    return levelled(this.#base.child({ logger: name, ...bindings }), named);
  }

  /** By name, sorted. */
  list(): Record<string, LoggerLevel> {
    const sorted = [...this.#loggers].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(sorted.map(([name, named]) => [name, view(named)]));
  }

  /** Throws NotFoundError. */
  get(name: string): LoggerLevel {
    const named = this.#loggers.get(name);
    if (named === undefined) throw new NotFoundError(`Logger ${name} not found.`);
    return view(named);
  }

  /** Sets the level of a name and all below it; returns those that had another, sorted. Throws NotFoundError for an unknown level. */
  set(name: string, level: string): string[] {
    const known = levels.find((each) => each === level.toUpperCase());
    if (known === undefined) throw new NotFoundError(`invalid log level '${level}'.`);
    const isNew = !this.#loggers.has(name);
    if (isNew) this.#loggers.set(name, { ...this.#nearest(name), lastModified: null });
    const isBelow = (each: string): boolean =>
      name === rootName || each === name || each.startsWith(`${name}.`);
    const changed = [...this.#loggers].filter(
      ([each, named]) => isBelow(each) && (named.level !== known || (isNew && each === name)),
    );
    for (const [, named] of changed) {
      named.level = known;
      named.lastModified = this.#clock.now();
    }
    return changed.map(([each]) => each).toSorted();
  }

  #nearest(name: string): { readonly level: Level } {
    for (let at = name.lastIndexOf('.'); at > 0; at = name.lastIndexOf('.', at - 1)) {
      const parent = this.#loggers.get(name.slice(0, at));
      if (parent !== undefined) return { level: parent.level };
    }
    return { level: this.#loggers.get(rootName)?.level ?? 'INFO' };
  }
}

function view({ level, lastModified }: NamedLevel): LoggerLevel {
  return { level, last_modified: lastModified };
}

function levelled(base: Logger, named: NamedLevel): Logger {
  const prints = (level: Level): boolean => levels.indexOf(named.level) >= levels.indexOf(level);
  return {
    debug: (fields, message) => prints('DEBUG') && base.debug(fields, message),
    info: (fields, message) => prints('INFO') && base.info(fields, message),
    warn: (fields, message) => prints('WARN') && base.warn(fields, message),
    error: (fields, message) => prints('ERROR') && base.error(fields, message),
    child: (bindings) => levelled(base.child(bindings), named),
  };
}
