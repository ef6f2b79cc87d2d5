/**
 * Random numbers that depend on nothing but a seed, a stream's name and an index: what record 5,000,000 gets can be computed
 * without the records before it. The generator is Chris Doty-Humphrey's sfc32; its step is a bijection, so no two indexes of
 * a stream start from the same state. Not for secrets.
 */
export class Random {
  readonly #seedLow: number;
  readonly #seedHigh: number;
  #a = 0;
  #b = 0;
  #c = 0;
  #d = 0;

  /** `seed` is any safe integer. */
  constructor(seed: number, stream: string) {
    const name = hashText(stream);
    this.#seedLow = mix((seed % 2 ** 32) ^ name);
    this.#seedHigh = mix(Math.floor(seed / 2 ** 32) ^ mix(name ^ 0x9e3779b9));
  }

  /** Goes to the start of what belongs to `index`, a safe integer from 0. */
  at(index: number): this {
    let a = this.#seedLow;
    let b = this.#seedHigh;
    let c = index | 0;
    let d = Math.floor(index / 2 ** 32) | 0;
    for (let round = 0; round < 12; round++) {
      const sum = (((a + b) | 0) + d) | 0;
      d = (d + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + sum) | 0;
    }
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#d = d;
    return this;
  }

  /** An unsigned 32-bit integer. */
  u32(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#d) | 0;
    this.#d = (this.#d + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** From 0 to below 1, with 53 bits. */
  unit(): number {
    return ((this.u32() >>> 5) * 2 ** 26 + (this.u32() >>> 6)) / 2 ** 53;
  }

  /** A whole number, both ends included. `max` - `min` is below 2^53. */
  between(min: number, max: number): number {
    // The product may round up to the whole span.
    return Math.min(max, min + Math.floor(this.unit() * (max - min + 1)));
  }

  /** One of the items. `items` is not empty. */
  pick<T>(items: readonly T[]): T {
    return items[this.between(0, items.length - 1)] as T;
  }
}

/** A 32-bit hash of a text (FNV-1a, finished as murmur3 does). The same on every computer. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash);
}

function mix(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
