import type { Clock } from '../../platform/clock.ts';

/** As Kafka's `metrics.sample.window.ms` and `metrics.num.samples`. */
const SAMPLE_MS = 30_000;

interface Sample {
  startedAt: number;
  count: number;
  sum: number;
  max: number;
}

/** Number, sum and maximum of what was recorded in the last half minute to minute, and since the start. */
export class WindowedStat {
  readonly #clock: Clock;
  readonly #startedAt: number;
  #current: Sample;
  #previous: Sample | undefined;
  /** Since the start. */
  count = 0;
  sum = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#startedAt = clock.monotonic();
    this.#current = newSample(this.#startedAt);
  }

  record(value: number): void {
    this.#roll();
    this.count++;
    this.sum += value;
    this.#current.count++;
    this.#current.sum += value;
    this.#current.max = Math.max(this.#current.max, value);
  }

  /** NaN when nothing was recorded lately, as in Kafka. */
  get average(): number {
    const { count, sum } = this.#window();
    return count === 0 ? Number.NaN : sum / count;
  }

  /** NaN when nothing was recorded lately, as in Kafka. */
  get max(): number {
    const { count, max } = this.#window();
    return count === 0 ? Number.NaN : max;
  }

  /** How often something was recorded, per second. */
  get countRate(): number {
    const { count, startedAt } = this.#window();
    return (count * 1_000) / Math.max(this.#clock.monotonic() - startedAt, SAMPLE_MS);
  }

  /** Sum per second. */
  get rate(): number {
    const { sum, startedAt } = this.#window();
    const elapsedMs = Math.max(this.#clock.monotonic() - startedAt, SAMPLE_MS);
    return (sum * 1_000) / elapsedMs;
  }

  #window(): Sample {
    this.#roll();
    const { count, sum, max } = this.#current;
    const before = this.#previous;
    if (before === undefined) return this.#current;
    return {
      startedAt: before.startedAt,
      count: count + before.count,
      sum: sum + before.sum,
      max: Math.max(max, before.max),
    };
  }

  #roll(): void {
    const now = this.#clock.monotonic();
    const ageMs = now - this.#current.startedAt;
    if (ageMs < SAMPLE_MS) return;
    this.#previous = ageMs < 2 * SAMPLE_MS ? this.#current : undefined;
    this.#current = newSample(now);
  }
}

function newSample(startedAt: number): Sample {
  return { startedAt, count: 0, sum: 0, max: 0 };
}
