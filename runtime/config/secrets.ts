import type { Logger } from '../../platform/logger.ts';
import type { ConfigSchema } from '../plugin/index.ts';

/** Shorter values are no secrets, and would take half of every text with them. */
const LENGTH_MIN = 4;

const hidden = '[hidden]';

/**
 * What must not leave a task: values that config providers gave, and those of keys that a plugin calls secret. Every text
 * that a worker tells others goes through {@link redact}.
 */
export class Secrets {
  readonly #values = new Set<string>();

  add(value: string): void {
    if (value.length >= LENGTH_MIN && value !== hidden) this.#values.add(value);
  }

  /** The values of the keys that a plugin calls secret; `config` has all references resolved. */
  addFrom({ properties }: ConfigSchema, config: Readonly<Record<string, unknown>>): void {
    for (const [key, { format }] of Object.entries(properties)) {
      if (format === 'secret') this.add(String(config[key] ?? ''));
    }
  }

  /** The text with `[hidden]` instead of every secret in it, also where it is escaped as in JSON. */
  redact(text: string): string {
    let redacted = text;
    for (const value of this.#values) {
      if (redacted.includes(value)) redacted = redacted.replaceAll(value, hidden);
      const escaped = JSON.stringify(value).slice(1, -1);
      if (escaped !== value && redacted.includes(escaped)) redacted = redacted.replaceAll(escaped, hidden);
    }
    return redacted;
  }

  /** A logger that writes no secret. */
  logger(base: Logger): Logger {
    const safe = (fields: object): object => (this.#values.size === 0 ? fields : this.#copy(fields, 0));
    return {
      debug: (fields, message) => base.debug(safe(fields), this.redact(message)),
      info: (fields, message) => base.info(safe(fields), this.redact(message)),
      warn: (fields, message) => base.warn(safe(fields), this.redact(message)),
      error: (fields, message) => base.error(safe(fields), this.redact(message)),
      child: (bindings) => this.logger(base.child(safe(bindings))),
    };
  }

  #copy<T extends object>(value: T, depth: number): object {
    if (value instanceof Error) return this.#copyError(value, depth);
    if (Array.isArray(value)) return value.map((each: unknown) => this.#safe(each, depth));
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.#safe(each, depth)]));
  }

  #safe(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.redact(value);
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
    return depth >= 5 ? hidden : this.#copy(value, depth + 1);
  }

  /** Of the same prototype, so that it is still known as what it is. */
  #copyError(error: Error, depth: number): Error {
    const copy = Object.create(Object.getPrototypeOf(error)) as Error;
    for (const key of Object.getOwnPropertyNames(error)) {
      const value = this.#safe((error as unknown as Record<string, unknown>)[key], depth);
      Object.defineProperty(copy, key, { value, enumerable: key in { ...error }, configurable: true });
    }
    return copy;
  }
}
