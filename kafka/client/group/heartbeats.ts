import { type Clock, every, type Timer } from '../../../platform/clock.ts';

/** Calls `beat` at an interval, one call at a time: a beat that is not answered yet is not followed by another. */
export class Heartbeats {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #beat: () => Promise<void>;
  #timer: Timer | undefined;
  #isUnderWay = false;

  /** `beat` must not reject. */
  constructor(clock: Clock, intervalMs: number, beat: () => Promise<void>) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#beat = beat;
  }

  /** Begins anew: the first beat comes after one interval. */
  start(): void {
    this.stop();
    this.#timer = every(this.#clock, this.#intervalMs, () => void this.#run());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  async #run(): Promise<void> {
    if (this.#isUnderWay) return;
    this.#isUnderWay = true;
    await this.#beat();
    this.#isUnderWay = false;
  }
}
