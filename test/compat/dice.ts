import { SeededEntropy } from '../../platform/simulation/seeded-entropy.ts';

/** What random cases are drawn with: the same for the same seed. */
export class Dice {
  readonly #entropy: SeededEntropy;

  constructor(entropy: SeededEntropy) {
    this.#entropy = entropy;
  }

  /** Of its own stream, so that what one subject draws does not change another's cases. */
  static of(seed: number, name: string): Dice {
    return new Dice(new SeededEntropy(seed).fork(name));
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return this.#entropy.below(limit);
  }

  /** True in `percent` of 100 throws. */
  chance(percent: number): boolean {
    return this.#entropy.below(100) < percent;
  }

  pick<T>(options: readonly T[]): T {
    const option = options[this.#entropy.below(options.length)];
    if (option === undefined) throw new Error('nothing to pick from');
    return option;
  }

  /** `make` called at least `low` and at most `high` times. */
  list<T>(low: number, high: number, make: (index: number) => T): T[] {
    return Array.from({ length: low + this.below(high - low + 1) }, (_none, index) => make(index));
  }

  /** Some of `options`, in their order, perhaps none. */
  some<T>(options: readonly T[], percent = 50): T[] {
    return options.filter(() => this.chance(percent));
  }

  /** 64 bits, signed. */
  int64(): bigint {
    return BigInt.asIntN(64, (BigInt(this.#entropy.u32()) << 32n) | BigInt(this.#entropy.u32()));
  }

  bytes(high: number): Buffer {
    const bytes = Buffer.alloc(this.below(high + 1));
    this.#entropy.fill(bytes);
    return bytes;
  }
}
