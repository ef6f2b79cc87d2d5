import type { Clock } from '../../platform/clock.ts';

/** How long something was in which state. */
export class StateTimer {
  readonly #clock: Clock;
  readonly #totals = new Map<string, number>();
  #state: string;
  #since: number;

  constructor(clock: Clock, state: string) {
    this.#clock = clock;
    this.#state = state;
    this.#since = clock.monotonic();
  }

  enter(state: string): void {
    const now = this.#clock.monotonic();
    this.#totals.set(this.#state, (this.#totals.get(this.#state) ?? 0) + now - this.#since);
    this.#state = state;
    this.#since = now;
  }

  /** Share of the time up to now, 0 to 1. */
  ratioOf(state: string): number {
    this.enter(this.#state);
    const all = [...this.#totals.values()].reduce((sum, each) => sum + each, 0);
    return all === 0 ? 0 : (this.#totals.get(state) ?? 0) / all;
  }
}
