const custom = Symbol.for('nodejs.util.inspect.custom');

/**
 * A password or token from a config. It cannot be printed by accident: as text, as JSON and in logs it is
 * `[hidden]`. {@link reveal} is the only way to the value.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '[hidden]';
  }

  toJSON(): string {
    return '[hidden]';
  }

  [custom](): string {
    return '[hidden]';
  }
}
