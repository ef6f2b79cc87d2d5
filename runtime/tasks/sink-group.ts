import {
  CommitFailedError,
  type Consumer,
  isRetriable as isRetriableClientError,
  type PolledRecords,
  RebalanceInProgressError,
  type TopicPartition,
} from '../../kafka/client/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Entropy } from '../../platform/entropy.ts';
import type { SinkSettings } from '../config/index.ts';
import { compilePattern, type DefinedSink, type PartitionOffset, type SinkContext } from '../plugin/index.ts';
import { FlushTimeoutError, isRetriable } from './errors.ts';
import { withinFlushTimeout } from './flush-deadline.ts';
import type { TaskProgress } from './progress.ts';
import { pause, retryDelayMs } from './retry.ts';
import { partitionKey, SinkPositions } from './sink-positions.ts';
import type { SinkRejects } from './sink-rejects.ts';
import type { TaskMeters } from './task-meters.ts';

const CLOSING_ATTEMPTS = 5;

/** What a {@link SinkGroup} works with. */
export interface SinkGroupParts {
  readonly plugin: DefinedSink;
  readonly handle: unknown;
  readonly ctx: SinkContext;
  readonly consumer: Consumer;
  readonly settings: SinkSettings;
  /** `offset.flush.timeout.ms`: how long a commit may take. */
  readonly commitTimeoutMs: number;
  readonly rejects: SinkRejects;
  readonly progress: TaskProgress;
  readonly clock: Clock;
  readonly meters: TaskMeters;
  readonly entropy: Entropy;
  /** Aborted when the task is asked to stop. */
  readonly stopping: AbortSignal;
  /** Whether a newly assigned partition is not to be read for the time being. */
  isHolding(partition: TopicPartition): boolean;
  /** Whether the task was given up: then nothing is stored any more. */
  isCancelled(): boolean;
  /** Waits while the consumer stays in its group. Throws TaskStoppedError when the task is to stop. */
  hold(delayMs: number): Promise<void>;
  /** What was fetched of these partitions is not ours to write any more. */
  onForgotten(partitions: readonly TopicPartition[]): void;
}

/** A sink task's part in its consumer group: which partitions it has, how far it came, and what is committed. */
export class SinkGroup {
  readonly positions = new SinkPositions();
  readonly #parts: SinkGroupParts;
  /** Partitions that were taken away since {@link begin}, be it that they came back. */
  readonly #gone = new Set<string>();
  /** When the rebalance under way began. Monotonic. */
  #rebalancingSince: number | undefined;

  constructor(parts: SinkGroupParts) {
    this.#parts = parts;
  }

  /** Joins at the next poll. */
  subscribe(): void {
    const { consumer, settings } = this.#parts;
    this.#beginRebalance();
    const listener = {
      onAssigned: (partitions: readonly TopicPartition[]) => this.#onAssigned(partitions),
      onRevoked: (partitions: readonly TopicPartition[]) => this.#onRevoked(partitions),
      onLost: (partitions: readonly TopicPartition[]) => this.#onLost(partitions),
    };
    if (settings.topicPattern === undefined) {
      consumer.subscribe({ topics: settings.topics }, listener);
      return;
    }
    const pattern = compilePattern(settings.topicPattern);
    consumer.subscribe({ pattern: { test: (topic) => pattern.matches(topic) } }, listener);
  }

  /** A batch is taken up. */
  begin(): void {
    this.#gone.clear();
  }

  /**
   * Whether a partition has been ours all the time since {@link begin}. If not, its records are another member's, or come
   * again from the committed offset on.
   */
  keeps(partition: TopicPartition): boolean {
    return !this.#gone.has(partitionKey(partition));
  }

  /** The batch is dealt with. */
  advance(polled: readonly PolledRecords[]): void {
    for (const each of polled) if (this.keeps(each)) this.positions.advance(each);
  }

  /** Flushes the plugin, then commits. A commit that does not work now is made good by the next one. */
  async commit(when: 'working' | 'closing'): Promise<void> {
    const { rejects, consumer, ctx, isCancelled } = this.#parts;
    const offsets = this.positions.uncommitted();
    if (offsets.length === 0 || isCancelled()) return;
    await rejects.settled();
    if (!(await this.#flush(when)) || isCancelled()) return;
    // Partitions may have gone while the flush was waiting.
    const kept = await this.#agreed(offsets.filter((offset) => this.positions.has(offset)));
    if (kept.length === 0 || isCancelled()) return;
    const { clock, meters, commitTimeoutMs } = this.#parts;
    const startedAt = clock.monotonic();
    try {
      await withinFlushTimeout(clock, commitTimeoutMs, consumer.commit(kept));
      meters.commitMs.record(clock.monotonic() - startedAt);
      this.positions.markCommitted(kept);
    } catch (error) {
      meters.commitFailures.record(1);
      if (error instanceof FlushTimeoutError) meters.commitSkips.record(1);
      if (!isPassing(error)) throw error;
      ctx.log.warn({ err: error }, 'offsets could not be committed, trying again later');
    }
  }

  /** False when the plugin could not flush now: nothing may be committed (C11). */
  async #flush(when: 'working' | 'closing'): Promise<boolean> {
    const { plugin, handle, ctx, clock, hold } = this.#parts;
    if (plugin.flush === undefined) return true;
    for (let attempt = 1; ; attempt++) {
      try {
        await plugin.flush(handle, ctx);
        return true;
      } catch (error) {
        if (!isRetriable(error)) throw error;
        if (when === 'closing' && attempt === CLOSING_ATTEMPTS) return false;
        ctx.log.warn({ err: error }, 'flushing failed, trying again');
        const delayMs = this.#retryDelayMs(attempt);
        if (when === 'working') await hold(delayMs);
        else await pause(clock, delayMs, ctx.signal);
      }
    }
  }

  /** What of `offsets` the plugin agrees to. */
  async #agreed(offsets: readonly PartitionOffset[]): Promise<readonly PartitionOffset[]> {
    const { plugin, handle, ctx } = this.#parts;
    if (plugin.preCommit === undefined || offsets.length === 0) return offsets;
    const agreed = await plugin.preCommit(handle, offsets, ctx);
    return agreed.filter((each) => {
      const current = this.positions.offset(each);
      if (current === undefined || each.offset > current) {
        ctx.log.warn({ ...each, current }, 'the sink wants an offset committed that it was not given');
        return false;
      }
      return each.offset !== this.positions.committed(each);
    });
  }

  /** The task goes on from other offsets. Partitions that it does not have are left alone. */
  rewind(offsets: readonly PartitionOffset[]): void {
    const { consumer, ctx } = this.#parts;
    for (const { topic, partition, offset } of offsets) {
      if (!this.positions.has({ topic, partition })) {
        ctx.log.warn(
          { topic, partition, offset },
          'the sink wants to rewind a partition that it does not have',
        );
        continue;
      }
      consumer.seek({ topic, partition, offset });
      this.positions.assign({ topic, partition, offset });
      this.positions.markUncommitted([{ topic, partition }]);
      this.#gone.add(partitionKey({ topic, partition }));
    }
    this.#parts.onForgotten(offsets);
  }

  #beginRebalance(): void {
    this.#rebalancingSince ??= this.#parts.clock.monotonic();
  }

  async #onAssigned(partitions: readonly TopicPartition[]): Promise<void> {
    const { consumer, isHolding, meters, clock } = this.#parts;
    const now = clock.monotonic();
    meters.rebalanceMs.record(now - (this.#rebalancingSince ?? now));
    this.#rebalancingSince = undefined;
    consumer.pause(partitions.filter(isHolding));
    const own = await this.#ownOffsets(partitions);
    for (const { topic, partition, offset } of own) consumer.seek({ topic, partition, offset });
    const positions = await Promise.all(partitions.map((partition) => consumer.position(partition)));
    for (const [index, { topic, partition }] of partitions.entries()) {
      this.positions.assign({ topic, partition, offset: positions[index] ?? 0 });
    }
    this.positions.markUncommitted(own);
    const { plugin, handle, ctx } = this.#parts;
    if (partitions.length > 0) await plugin.assigned?.(handle, partitions, ctx);
  }

  async #ownOffsets(partitions: readonly TopicPartition[]): Promise<readonly PartitionOffset[]> {
    const { plugin, handle, ctx, clock, stopping } = this.#parts;
    if (plugin.committedOffsets === undefined || partitions.length === 0) return [];
    const isAsked = (own: PartitionOffset): boolean =>
      partitions.some(({ topic, partition }) => topic === own.topic && partition === own.partition);
    for (let attempt = 1; ; attempt++) {
      try {
        return (await plugin.committedOffsets(handle, partitions, ctx)).filter(isAsked);
      } catch (error) {
        if (!isRetriable(error) || stopping.aborted) throw error;
        ctx.log.warn({ err: error }, 'offsets of the sink could not be read, trying again');
        await pause(clock, this.#retryDelayMs(attempt), stopping);
      }
    }
  }

  /** C12: what was written of these is flushed and committed before another member gets them. */
  async #onRevoked(partitions: readonly TopicPartition[]): Promise<void> {
    this.#beginRebalance();
    try {
      await this.commit('closing');
      const { plugin, handle, ctx, isCancelled } = this.#parts;
      if (partitions.length > 0 && !isCancelled()) await plugin.revoked?.(handle, partitions, ctx);
    } finally {
      this.#forget(partitions);
    }
  }

  async #onLost(partitions: readonly TopicPartition[]): Promise<void> {
    this.#beginRebalance();
    this.#forget(partitions);
    const { plugin, handle, ctx, isCancelled } = this.#parts;
    if (isCancelled()) return;
    if (plugin.lost !== undefined) await plugin.lost(handle, partitions, ctx);
    else await plugin.revoked?.(handle, partitions, ctx);
  }

  #forget(partitions: readonly TopicPartition[]): void {
    this.positions.drop(partitions);
    for (const partition of partitions) this.#gone.add(partitionKey(partition));
    this.#parts.onForgotten(partitions);
  }

  #retryDelayMs(attempt: number): number {
    const { progress, settings, entropy } = this.#parts;
    progress.retries++;
    return retryDelayMs(attempt, settings.errors.retryDelayMaxMs, entropy);
  }
}

function isPassing(error: unknown): boolean {
  return (
    error instanceof CommitFailedError ||
    error instanceof FlushTimeoutError ||
    error instanceof RebalanceInProgressError ||
    isRetriableClientError(error)
  );
}
