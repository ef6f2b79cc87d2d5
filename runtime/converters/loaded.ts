/**
 * Values by key that take time to get. {@link get} answers at once when the value is there, and otherwise with a promise;
 * what fails is forgotten. At most `sizeMax` are kept.
 */
export class Loaded<K, V> {
  readonly #load: (key: K) => Promise<V>;
  readonly #sizeMax: number;
  readonly #values = new Map<K, V>();
  readonly #pending = new Map<K, Promise<V>>();

  constructor(load: (key: K) => Promise<V>, sizeMax = 1000) {
    this.#load = load;
    this.#sizeMax = sizeMax;
  }

  get(key: K): V | Promise<V> {
    const value = this.#values.get(key);
    if (value !== undefined) return value;
    const pending = this.#pending.get(key) ?? this.#begin(key);
    this.#pending.set(key, pending);
    return pending;
  }

  async #begin(key: K): Promise<V> {
    try {
      const value = await this.#load(key);
      const [oldest] = this.#values.keys();
      if (this.#values.size >= this.#sizeMax && oldest !== undefined) this.#values.delete(oldest);
      this.#values.set(key, value);
      return value;
    } finally {
      this.#pending.delete(key);
    }
  }
}

/** Applies `use` to a value that is there, or to one that is coming. */
export function whenLoaded<T, R>(value: T | Promise<T>, use: (value: T) => R): R | Promise<R> {
  return value instanceof Promise ? value.then(use) : use(value);
}
