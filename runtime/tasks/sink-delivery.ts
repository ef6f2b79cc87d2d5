import type { Clock } from '../../platform/clock.ts';
import type { Entropy } from '../../platform/entropy.ts';
import {
  classNameOf,
  type DefinedSink,
  PluginError,
  type RecordError,
  type SinkContext,
  type TopicPartition,
} from '../plugin/index.ts';
import type { ErrorPolicy } from './error-policy.ts';
import { isFatal, isRetriable, StageError } from './errors.ts';
import type { TaskProgress } from './progress.ts';
import { retryDelayMs } from './retry.ts';
import { keepPartitions, type OriginBatch, splitBatch } from './sink-batch.ts';
import type { SinkRejects } from './sink-rejects.ts';
import type { TaskMeters } from './task-meters.ts';

/** What a {@link SinkDelivery} works with. */
export interface SinkDeliveryParts {
  readonly plugin: DefinedSink;
  readonly handle: unknown;
  readonly ctx: SinkContext;
  readonly policy: ErrorPolicy;
  readonly rejects: SinkRejects;
  readonly progress: TaskProgress;
  readonly entropy: Entropy;
  readonly clock: Clock;
  readonly meters: TaskMeters;
  /** Waits while the consumer stays in its group. Throws TaskStoppedError when the task is to stop. */
  hold(delayMs: number): Promise<void>;
  /** Whether a partition has stayed with the task since the batch was taken up. */
  keeps(partition: TopicPartition): boolean;
}

/**
 * Brings batches to a sink: again while that may help, in halves to find the record at fault (C13, C16). A sink that refuses
 * all records of a batch for one and the same reason means the batch: it is halved like one that was thrown back.
 */
export class SinkDelivery {
  readonly #parts: SinkDeliveryParts;
  /** Whether partitions may have been lost since the batch was made. */
  #hasHeld = false;

  constructor(parts: SinkDeliveryParts) {
    this.#parts = parts;
  }

  /** Resolves when each record is written or put aside. Throws what fails the task; then nothing of it may be committed. */
  async deliver(batch: OriginBatch): Promise<void> {
    this.#hasHeld = false;
    await this.#deliver(batch);
  }

  async #deliver(batch: OriginBatch): Promise<void> {
    const { policy, plugin, rejects } = this.#parts;
    const failure = await this.#write(batch);
    if (failure === undefined) return;
    const { error } = failure;
    if (isFatal(error) || !policy.settings.isTolerated) throw error;
    const [origin] = batch.origins;
    if (batch.records.length === 1 && origin !== undefined) {
      const refusal = new StageError('TASK_PUT', classNameOf(plugin), error);
      policy.requireTolerated(refusal);
      rejects.setAside(origin, refusal);
      return;
    }
    const [first, second] = splitBatch(batch);
    await this.#deliver(first);
    await this.#deliver(second);
  }

  /** Writes a batch for good, or returns why trying again cannot help. */
  async #write(batch: OriginBatch): Promise<{ readonly error: unknown } | undefined> {
    const { plugin, handle, ctx, progress, entropy, policy, rejects, keeps, hold, clock, meters } =
      this.#parts;
    for (let attempt = 1; ; attempt++) {
      const current = this.#hasHeld ? keepPartitions(batch, keeps) : batch;
      if (current.records.length === 0) return undefined;
      // A sink that stores the batch's offsets must not get ahead of the dead letter queue.
      await rejects.settled();
      let refused: readonly RecordError[];
      try {
        const { records, offsets } = current;
        const startedAt = clock.monotonic();
        refused = (await plugin.write(handle, { records, offsets }, ctx)) ?? [];
        meters.batchMs.record(clock.monotonic() - startedAt);
      } catch (error) {
        if (!isRetriable(error)) return { error };
        progress.retries++;
        ctx.log.warn({ err: error, records: current.records.length }, 'writing failed, trying again');
        this.#hasHeld = true;
        await hold(retryDelayMs(attempt, policy.settings.retryDelayMaxMs, entropy));
        continue;
      }
      if (policy.settings.isTolerated && isWholeRefusal(current, refused)) return { error: refused[0] };
      this.#accept(current, refused);
      return undefined;
    }
  }

  #accept(batch: OriginBatch, refused: readonly RecordError[]): void {
    const { plugin, policy, progress, rejects } = this.#parts;
    const byIndex = new Map(refused.map((error) => [error.index, error]));
    for (const [index, error] of byIndex) {
      const origin = batch.origins[index];
      if (origin === undefined) {
        throw new PluginError(
          `${plugin.name} refused record ${index} of a batch of ${batch.records.length}: an index counts from 0 within it.`,
        );
      }
      const failure = new StageError('TASK_PUT', classNameOf(plugin), error);
      policy.requireTolerated(failure);
      rejects.setAside(origin, failure);
    }
    progress.recordsWritten += batch.records.length - byIndex.size;
  }
}

function isWholeRefusal({ records }: OriginBatch, refused: readonly RecordError[]): boolean {
  const [first] = refused;
  if (first === undefined || records.length < 2 || refused.length !== records.length) return false;
  return refused.every(({ message }) => message === first.message);
}
