const SAMPLES_MAX = 500_000;
const MEBIBYTE = 1024 * 1024;

/** Latencies and bytes of the records that were acknowledged, for one summary and for reports on the way to it. */
export class LatencyStatistics {
  readonly #startMs: number;
  readonly #reportIntervalMs: number;
  readonly #isSteadyState: boolean;
  readonly #sampling: number;
  readonly #latencies: number[] = [];
  #count = 0;
  #bytes = 0;
  #totalMs = 0;
  #maxMs = 0;
  #window = { count: 0, bytes: 0, totalMs: 0, maxMs: 0, startMs: 0 };

  constructor(options: {
    readonly nowMs: number;
    readonly recordsMax: number;
    readonly reportIntervalMs: number;
    readonly isSteadyState: boolean;
  }) {
    this.#startMs = options.nowMs;
    this.#window.startMs = options.nowMs;
    this.#reportIntervalMs = options.reportIntervalMs;
    this.#isSteadyState = options.isSteadyState;
    this.#sampling = Math.ceil(options.recordsMax / Math.min(options.recordsMax, SAMPLES_MAX));
  }

  /** Counts a record; returns a report when one is due. */
  record(latencyMs: number, bytes: number, nowMs: number): string | undefined {
    this.#count += 1;
    this.#bytes += bytes;
    this.#totalMs += latencyMs;
    this.#maxMs = Math.max(this.#maxMs, latencyMs);
    if (this.#count % this.#sampling === 0) this.#latencies.push(latencyMs);
    const window = this.#window;
    window.count += 1;
    window.bytes += bytes;
    window.totalMs += latencyMs;
    window.maxMs = Math.max(window.maxMs, latencyMs);
    if (nowMs - window.startMs < this.#reportIntervalMs) return undefined;
    this.#window = { count: 0, bytes: 0, totalMs: 0, maxMs: 0, startMs: nowMs };
    const elapsedMs = nowMs - window.startMs;
    const rate = (1000 * window.count) / elapsedMs;
    const megabytes = (1000 * window.bytes) / elapsedMs / MEBIBYTE;
    const average = window.totalMs / window.count;
    return `${window.count} records sent, ${rate.toFixed(1)} records/sec (${megabytes.toFixed(2)} MB/sec), ${average.toFixed(1)} ms avg latency, ${window.maxMs.toFixed(1)} ms max latency.`;
  }

  /** The summary, as of now. */
  summary(nowMs: number): string {
    const elapsedMs = nowMs - this.#startMs;
    const rate = (1000 * this.#count) / elapsedMs;
    const megabytes = (1000 * this.#bytes) / elapsedMs / MEBIBYTE;
    const [median, p95, p99, p999] = percentiles(this.#latencies, [0.5, 0.95, 0.99, 0.999]);
    const what = this.#isSteadyState ? 'steady state records sent' : 'records sent';
    return `${this.#count} ${what}, ${rate.toFixed(6)} records/sec (${megabytes.toFixed(2)} MB/sec), ${(this.#totalMs / this.#count).toFixed(2)} ms avg latency, ${this.#maxMs.toFixed(2)} ms max latency, ${median} ms 50th, ${p95} ms 95th, ${p99} ms 99th, ${p999} ms 99.9th.`;
  }
}

/** The value at each share of the sorted values; 0 when there is none. */
export function percentiles(values: readonly number[], shares: readonly number[]): readonly number[] {
  const sorted = values.toSorted((a, b) => a - b);
  return shares.map((share) => sorted[Math.floor(share * sorted.length)] ?? 0);
}
