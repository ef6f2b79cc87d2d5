import type { Clock, Timer } from '../clock.ts';

/** Long after the epoch, so that no timestamp of a test is taken for "none". */
const START_MS = Date.UTC(2026, 0, 1);

interface Pending extends Timer {
  readonly deadline: number;
  readonly callback: () => void;
}

/** Time that stands still until it is told to pass. Timers fire by deadline, and in the order in which they were set. */
export class ManualClock implements Clock {
  #wallOffsetMs: number;
  #monotonicMs = 0;
  /** By deadline; the next one last. */
  readonly #timers: Pending[] = [];

  constructor(startMs: number = START_MS) {
    this.#wallOffsetMs = startMs;
  }

  now(): number {
    return Math.floor(this.#wallOffsetMs + this.#monotonicMs);
  }

  monotonic(): number {
    return this.#monotonicMs;
  }

  timer(delayMs: number, callback: () => void): Timer {
    if (delayMs === Number.POSITIVE_INFINITY) return { cancel() {} };
    const deadline = this.#monotonicMs + Math.max(0, delayMs);
    const pending: Pending = { deadline, callback, cancel: () => this.#cancel(pending) };
    this.#timers.splice(this.#positionOf(deadline), 0, pending);
    return pending;
  }

  /** When the next timer fires, on `monotonic()`; undefined when there is none. */
  get nextDeadline(): number | undefined {
    return this.#timers.at(-1)?.deadline;
  }

  /** Timers that have not fired. */
  get pending(): number {
    return this.#timers.length;
  }

  /** Lets time pass, and fires all that falls due, also what the callbacks set. */
  advance(byMs: number): void {
    this.#fireUntil(this.#monotonicMs + byMs);
  }

  /** Lets time pass up to the next timer and fires it. False when there is none. */
  advanceToNext(): boolean {
    const next = this.#timers.at(-1);
    if (next === undefined) return false;
    this.#fire(next);
    return true;
  }

  /** Fires timers until none is left. Throws when that takes more than `withinMs` of this clock's time. */
  runUntilIdle(withinMs: number = 86_400_000): void {
    const last = this.#monotonicMs + withinMs;
    for (let next = this.#timers.at(-1); next !== undefined; next = this.#timers.at(-1)) {
      if (next.deadline > last) throw new Error(`still ${this.pending} timers after ${withinMs} ms`);
      this.#fire(next);
    }
  }

  /** Sets the wall clock, as an operator or NTP does. Timers and `monotonic()` do not notice. */
  jumpTo(wallMs: number): void {
    this.#wallOffsetMs = wallMs - this.#monotonicMs;
  }

  /** Drops all timers, as the end of the process does. */
  forget(): void {
    this.#timers.length = 0;
  }

  #fireUntil(target: number): void {
    for (let next = this.#timers.at(-1); next !== undefined && next.deadline <= target; ) {
      this.#fire(next);
      next = this.#timers.at(-1);
    }
    this.#monotonicMs = Math.max(this.#monotonicMs, target);
  }

  #fire(timer: Pending): void {
    this.#timers.pop();
    this.#monotonicMs = Math.max(this.#monotonicMs, timer.deadline);
    timer.callback();
  }

  #cancel(timer: Pending): void {
    const index = this.#timers.indexOf(timer, this.#positionOf(timer.deadline));
    if (index >= 0) this.#timers.splice(index, 1);
  }

  /** Before (that is, to fire after) all timers with the same deadline. */
  #positionOf(deadline: number): number {
    let low = 0;
    let high = this.#timers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#timers[middle]?.deadline ?? 0) > deadline) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
