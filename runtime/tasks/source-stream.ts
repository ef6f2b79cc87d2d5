import type { Clock } from '../../platform/clock.ts';
import type { Entropy } from '../../platform/entropy.ts';
import type {
  DefinedSource,
  JsonValue,
  SourceBatch,
  SourceContext,
  SourcePartition,
} from '../plugin/index.ts';
import { isRetriable } from './errors.ts';
import { PositionTracker, type TrackedBatch } from './position-tracker.ts';
import { activeRecords, type TaskProgress } from './progress.ts';
import type { RateLimit } from './rate-limit.ts';
import { retryDelayMs } from './retry.ts';
import { requireBatch } from './source-batch.ts';
import type { TaskMeters } from './task-meters.ts';

/** What a {@link SourceStream} works with. */
export interface SourceStreamParts {
  readonly plugin: DefinedSource;
  readonly config: unknown;
  readonly ctx: SourceContext;
  readonly entropy: Entropy;
  readonly progress: TaskProgress;
  readonly retryDelayMaxMs: number;
  readonly clock: Clock;
  readonly meters: TaskMeters;
  /** Of the whole task. */
  readonly limit: RateLimit;
  /** Resolves when the task is not paused. */
  whenRunning(): Promise<void>;
  /** Sends a batch; resolves when there is room for the next one. */
  deliver(batch: SourceBatch, tracked: TrackedBatch, stream: SourceStream): Promise<void>;
}

/** One partition of a source while it is read. */
export class SourceStream {
  readonly partition: SourcePartition;
  readonly tracker = new PositionTracker();
  readonly #parts: SourceStreamParts;
  #position: JsonValue | undefined;
  #isExhausted = false;

  constructor(parts: SourceStreamParts, partition: SourcePartition, position: JsonValue | undefined) {
    this.#parts = parts;
    this.partition = partition;
    this.#position = position;
  }

  /** Whether the source has said that there is no more. */
  get isExhausted(): boolean {
    return this.#isExhausted;
  }

  /** Reads until the source ends or the task stops. Throws what the plugin threw, unless it may be tried again. */
  async run(): Promise<void> {
    const { ctx, progress, entropy, retryDelayMaxMs } = this.#parts;
    for (let attempt = 1; !ctx.signal.aborted; attempt++) {
      const before = this.#position;
      try {
        await this.#read();
        return;
      } catch (error) {
        if (ctx.signal.aborted) return;
        if (!isRetriable(error)) throw error;
        if (before !== this.#position) attempt = 1;
        progress.retries++;
        ctx.log.warn({ err: error, partition: this.partition }, 'reading failed, trying again');
        await ctx.sleep(retryDelayMs(attempt, retryDelayMaxMs, entropy));
      }
    }
  }

  async #read(): Promise<void> {
    const { plugin, config, ctx, limit, clock, meters, progress, whenRunning, deliver } = this.#parts;
    await whenRunning();
    if (ctx.signal.aborted) return;
    const from = { partition: this.partition, position: this.#position };
    let askedAt = clock.monotonic();
    for await (const batch of plugin.read(config, from, ctx) as AsyncIterable<SourceBatch>) {
      meters.batchMs.record(clock.monotonic() - askedAt);
      // A batch that arrives in a pause waits for its end; one that arrives after the stop comes again next time.
      await whenRunning();
      if (ctx.signal.aborted) return;
      requireBatch(plugin, batch);
      meters.read.record(batch.records.length);
      await deliver(batch, this.tracker.begin(batch.position), this);
      meters.written.record(batch.records.length);
      meters.active.record(activeRecords(progress));
      this.#position = batch.position;
      const waitMs = limit.spend(batch.records.length);
      if (waitMs > 0) await ctx.sleep(waitMs);
      askedAt = clock.monotonic();
    }
    this.#isExhausted = !ctx.signal.aborted;
  }
}
