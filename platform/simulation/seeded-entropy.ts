import type { Entropy } from '../entropy.ts';

/** Rounds after which the generator's output no longer shows its seed. */
const WARM_UP_ROUNDS = 16;

/** Randomness that repeats for the same seed: the sfc32 generator (Chris Doty-Humphrey, PractRand). Not for secrets. */
export class SeededEntropy implements Entropy {
  readonly seed: string;
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: string | number) {
    this.seed = String(seed);
    this.#a = hash(this.seed, 0x9e3779b9);
    this.#b = hash(this.seed, 0x85ebca6b);
    this.#c = hash(this.seed, 0xc2b2ae35);
    for (let round = 0; round < WARM_UP_ROUNDS; round++) this.u32();
  }

  u32(): number {
    const result = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result >>> 0;
  }

  fill(target: Uint8Array): void {
    for (let index = 0; index < target.length; index += 4) {
      const word = this.u32();
      for (let byte = 0; byte < 4 && index + byte < target.length; byte++) {
        target[index + byte] = (word >>> (8 * byte)) & 0xff;
      }
    }
  }

  /** Uniform integer from 0 to `limit` - 1; 0 when `limit` is 0. `limit` up to 2^32. */
  below(limit: number): number {
    return Math.floor((this.u32() / 2 ** 32) * limit);
  }

  /**
   * Another stream, which depends on the seed and the name only: what one part of a test draws does not change what
   * another gets.
   */
  fork(name: string): SeededEntropy {
    return new SeededEntropy(`${this.seed}/${name}`);
  }
}

/** FNV-1a with the finalizer of MurmurHash3. */
function hash(text: string, basis: number): number {
  let state = basis;
  for (let index = 0; index < text.length; index++) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  state = Math.imul(state ^ (state >>> 16), 0x85ebca6b);
  state = Math.imul(state ^ (state >>> 13), 0xc2b2ae35);
  return state ^ (state >>> 16);
}
