import { inspect } from 'node:util';
import type { Logger } from '../../platform/logger.ts';

/** A log that keeps its lines, fully written out, as somebody could read them. */
export class CapturedLog implements Logger {
  readonly lines: string[];
  readonly #bindings: object;

  constructor(lines: string[] = [], bindings: object = {}) {
    this.lines = lines;
    this.#bindings = bindings;
  }

  debug(fields: object, message: string): void {
    this.#add('debug', fields, message);
  }

  info(fields: object, message: string): void {
    this.#add('info', fields, message);
  }

  warn(fields: object, message: string): void {
    this.#add('warn', fields, message);
  }

  error(fields: object, message: string): void {
    this.#add('error', fields, message);
  }

  child(bindings: object): Logger {
    return new CapturedLog(this.lines, { ...this.#bindings, ...bindings });
  }

  #add(level: string, fields: object, message: string): void {
    this.lines.push(`${level} ${message} ${written({ ...this.#bindings, ...fields })}`);
  }
}

/** Everything that printing a value could show: errors with stacks, causes and properties. */
export function written(value: unknown): string {
  return inspect(value, { depth: 20, maxArrayLength: null, maxStringLength: null });
}
