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
import {
  compilePattern,
  type DefinedSink,
  type PartitionOffset,
  type PluginContext,
} from '../plugin/index.ts';
import { isRetriable } from './errors.ts';
import type { TaskProgress } from './progress.ts';
import { pause, retryDelayMs } from './retry.ts';
import { partitionKey, SinkPositions } from './sink-positions.ts';
import type { SinkRejects } from './sink-rejects.ts';

const CLOSING_ATTEMPTS = 5;

/** What a {@link SinkGroup} works with. */
export interface SinkGroupParts {
  readonly plugin: DefinedSink;
  readonly handle: unknown;
  readonly ctx: PluginContext;
  readonly consumer: Consumer;
  readonly settings: SinkSettings;
  readonly rejects: SinkRejects;
  readonly progress: TaskProgress;
  readonly clock: Clock;
  readonly entropy: Entropy;
  /** Aborted when the task is asked to stop. */
  readonly stopping: AbortSignal;
  /** Whether newly assigned partitions are not to be read for the time being. */
  isHolding(): boolean;
  /** Whether the task was given up: then nothing is stored any more. */
  isCancelled(): boolean;
  /** Waits while the consumer stays in its group. Throws TaskStoppedError when the task is to stop. */
  hold(delayMs: number): Promise<void>;
  /** Partitions have gone to others. */
  onForgotten(): void;
}

/** A sink task's part in its consumer group: which partitions it has, how far it came, and what is committed. */
export class SinkGroup {
  readonly positions = new SinkPositions();
  readonly #parts: SinkGroupParts;
  /** Partitions that were taken away since {@link begin}, be it that they came back. */
  readonly #gone = new Set<string>();

  constructor(parts: SinkGroupParts) {
    this.#parts = parts;
  }

  /** Joins at the next poll. */
  subscribe(): void {
    const { consumer, settings } = this.#parts;
    const listener = {
      onAssigned: (partitions: readonly TopicPartition[]) => this.#onAssigned(partitions),
      onRevoked: (partitions: readonly TopicPartition[]) => this.#onRevoked(partitions),
      onLost: (partitions: readonly TopicPartition[]) => this.#forget(partitions),
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
    const kept = offsets.filter((offset) => this.positions.has(offset));
    if (kept.length === 0) return;
    try {
      await consumer.commit(kept);
      this.positions.markCommitted(kept);
    } catch (error) {
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

  async #onAssigned(partitions: readonly TopicPartition[]): Promise<void> {
    const { consumer, isHolding } = this.#parts;
    if (isHolding()) consumer.pause(partitions);
    const own = await this.#ownOffsets(partitions);
    for (const { topic, partition, offset } of own) consumer.seek({ topic, partition, offset });
    const positions = await Promise.all(partitions.map((partition) => consumer.position(partition)));
    for (const [index, { topic, partition }] of partitions.entries()) {
      this.positions.assign({ topic, partition, offset: positions[index] ?? 0 });
    }
    this.positions.markUncommitted(own);
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
    try {
      await this.commit('closing');
    } finally {
      this.#forget(partitions);
    }
  }

  #forget(partitions: readonly TopicPartition[]): void {
    this.positions.drop(partitions);
    for (const partition of partitions) this.#gone.add(partitionKey(partition));
    this.#parts.onForgotten();
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
    error instanceof RebalanceInProgressError ||
    isRetriableClientError(error)
  );
}
