/** An answer in Kafka's JSON form, to take ids out of it for later questions. Empty when there was none. */
export class Answer {
  readonly #json: unknown;

  constructor(json: unknown) {
    this.#json = json;
  }

  /** The text at a path such as `topics.0.topicId`; empty without one. */
  text(path: string): string {
    const value = this.#at(path);
    return typeof value === 'string' ? value : '';
  }

  /** The number at a path; -1 without one. */
  number(path: string): number {
    const value = this.#at(path);
    return typeof value === 'number' ? value : -1;
  }

  /** Whether there is anything at a path. */
  has(path: string): boolean {
    return this.#at(path) !== undefined;
  }

  #at(path: string): unknown {
    let value = this.#json;
    for (const name of path.split('.'))
      value = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
    return value;
  }
}
