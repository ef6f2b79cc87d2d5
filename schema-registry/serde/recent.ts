/** A map that forgets its oldest entry when it has more than `sizeMax`. */
export class Recent<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #sizeMax: number;

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  set(key: K, value: V): void {
    const [oldest] = this.#entries.keys();
    if (this.#entries.size >= this.#sizeMax && !this.#entries.has(key) && oldest !== undefined) {
      this.#entries.delete(oldest);
    }
    this.#entries.set(key, value);
  }

  delete(key: K): void {
    this.#entries.delete(key);
  }
}

/** Loads each key once, also when several ask at the same time. What fails is forgotten and may be asked again. */
export class Loading<K, V> {
  readonly #load: (key: K) => Promise<V>;
  readonly #loaded: Recent<K, V>;
  readonly #pending = new Map<K, Promise<V>>();

  constructor(load: (key: K) => Promise<V>, sizeMax = 1000) {
    this.#load = load;
    this.#loaded = new Recent(sizeMax);
  }

  /** What is there already. */
  peek(key: K): V | undefined {
    return this.#loaded.get(key);
  }

  get(key: K): Promise<V> {
    const loaded = this.#loaded.get(key);
    if (loaded !== undefined) return Promise.resolve(loaded);
    const pending = this.#pending.get(key);
    if (pending !== undefined) return pending;
    const loading = this.#begin(key);
    this.#pending.set(key, loading);
    return loading;
  }

  async #begin(key: K): Promise<V> {
    try {
      const value = await this.#load(key);
      this.#loaded.set(key, value);
      return value;
    } finally {
      this.#pending.delete(key);
    }
  }
}
