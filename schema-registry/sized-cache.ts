/** Values by key that together may have a size: the one that was not used for the longest time goes first. */
export class SizedCache<K, V> {
  readonly #sizeMax: number;
  readonly #sizeOf: (key: K, value: V) => number;
  /** The least recently used one first. */
  readonly #entries = new Map<K, V>();
  #size = 0;

  /** `sizeOf` must say the same of an entry whenever it is asked. */
  constructor(sizeMax: number, sizeOf: (key: K, value: V) => number) {
    this.#sizeMax = sizeMax;
    this.#sizeOf = sizeOf;
  }

  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  /** What is larger than everything may be together is not kept at all. */
  set(key: K, value: V): void {
    this.#remove(key);
    this.#entries.set(key, value);
    this.#size += this.#sizeOf(key, value);
    for (const oldest of this.#entries.keys()) {
      if (this.#size <= this.#sizeMax) return;
      this.#remove(oldest);
    }
  }

  #remove(key: K): void {
    const value = this.#entries.get(key);
    if (value === undefined) return;
    this.#entries.delete(key);
    this.#size -= this.#sizeOf(key, value);
  }
}
