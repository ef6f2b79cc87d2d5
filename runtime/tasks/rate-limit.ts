import type { Clock } from '../../platform/clock.ts';

/** Spreads records over time: whoever moved some waits until their share of the time is over. */
export class RateLimit {
  readonly #clock: Clock;
  readonly #msPerRecord: number;
  #freeAt: number;

  /** `perSecond` may be Infinity: then there is never a wait. */
  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#msPerRecord = 1_000 / perSecond;
    this.#freeAt = clock.monotonic();
  }

  /** Counts records that were moved; returns how long to wait before the next ones, in ms. Time that was not used is lost. */
  spend(records: number): number {
    const now = this.#clock.monotonic();
    this.#freeAt = Math.max(now, this.#freeAt) + records * this.#msPerRecord;
    return this.#freeAt - now;
  }
}
