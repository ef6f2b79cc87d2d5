/** A small generator of pseudo-random numbers (sfc32). The same seed and iteration give the same numbers, on any machine. */
export class Random {
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;

  /** Starts the sequence for one record. Both are whole numbers, up to 2^53. */
  begin(seed: number, iteration: number): void {
    this.#a = seed | 0;
    this.#b = Math.floor(seed / 2 ** 32) ^ Math.floor(iteration / 2 ** 32);
    this.#c = iteration | 0;
    this.#counter = 1;
    for (let round = 0; round < 12; round++) this.bits();
  }

  /** 32 random bits, as a signed number. */
  bits(): number {
    const result = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + result) | 0;
    return result;
  }

  /** From 0 up to, not including, 1. */
  fraction(): number {
    return (this.bits() >>> 0) / 2 ** 32;
  }

  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number {
    const span = high - low + 1;
    const wide = (this.bits() >>> 0) * 2 ** 21 + (this.bits() >>> 11);
    return low + Math.floor((wide / 2 ** 53) * span);
  }
}
