import {
  CommitFailedError,
  type Consumer,
  isRetriable as isRetriableClientError,
  type PolledRecords,
  RebalanceInProgressError,
  type TopicPartition,
  type TopicPartitionOffset,
} from '../../kafka/client/index.ts';
import { consumerOptions, pluginConfig, type SinkSettings, sinkSettings } from '../config/index.ts';
import {
  compilePattern,
  createContext,
  type DefinedSink,
  type PluginContext,
  requirePluginConfig,
  type SinkRecord,
} from '../plugin/index.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { ErrorPolicy } from './error-policy.ts';
import { isRetriable, StageError, TaskStoppedError } from './errors.ts';
import { newProgress } from './progress.ts';
import { openRecordCodec, type RecordCodec } from './record-codec.ts';
import { pause, retryDelayMs } from './retry.ts';
import { type Origin, SinkDecoder } from './sink-decoder.ts';
import { SinkDelivery } from './sink-delivery.ts';
import { SinkPositions } from './sink-positions.ts';
import { SinkRejects } from './sink-rejects.ts';
import type { Task, TaskParts } from './task.ts';

const POLL_MS = 1_000;
/** How soon after the last records a sink without `flush` commits. */
const IDLE_COMMIT_MS = 100;
const CLOSING_ATTEMPTS = 5;

/** What a {@link SinkTask} is made of. */
export interface SinkTaskParts extends TaskParts {
  readonly plugin: DefinedSink;
}

interface Open {
  readonly codec: RecordCodec;
  readonly handle: unknown;
  readonly consumer: Consumer;
  readonly decoder: SinkDecoder;
  readonly policy: ErrorPolicy;
  readonly rejects: SinkRejects;
  readonly delivery: SinkDelivery;
  readonly deadLetters: DeadLetterQueue | undefined;
}

/**
 * Writes a group's share of some topics to a sink. Offsets are committed only past records that are written, dead-lettered
 * or skipped under errors.tolerance=all (C11, C14, C15). A sink with offsets of its own resumes from those.
 */
export class SinkTask implements Task {
  readonly progress = newProgress();
  readonly #parts: SinkTaskParts;
  readonly #ctx: PluginContext;
  /** The plugin's signal: a write under way at an orderly stop may finish. */
  readonly #abort = new AbortController();
  readonly #stop = new AbortController();
  readonly #positions = new SinkPositions();
  readonly #seenTopics = new Set<string>();
  #open: Open | undefined;
  #finished: Promise<void> = Promise.resolve();
  /** Fetched, but not worked on: partitions that were assigned while the task held. */
  #inbox: PolledRecords[] = [];
  #isPauseWanted: boolean;
  #isPaused = false;
  #isHolding = false;
  #isCancelled = false;
  #nextCommitAt = 0;

  constructor(parts: SinkTaskParts) {
    const { spec, logger, environment, listener } = parts;
    this.#parts = parts;
    this.#isPauseWanted = spec.isPaused;
    this.#ctx = createContext({
      connector: spec.connector,
      task: spec.task,
      signal: this.#abort.signal,
      log: logger,
      clock: environment.clock,
      metric: (name, increment) => listener.onMetric(name, increment),
    });
  }

  start(): void {
    this.#finished = this.#run();
  }

  pause(): void {
    this.#isPauseWanted = true;
    this.#open?.consumer.wakeup();
  }

  resume(): void {
    this.#isPauseWanted = false;
    this.#open?.consumer.wakeup();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    this.#open?.consumer.wakeup();
    await this.#finished;
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#stop.abort();
    this.#abort.abort();
    void this.#open?.consumer.close().catch(() => undefined);
    void this.#open?.deadLetters?.close(0).catch(() => undefined);
  }

  settle(): void {
    this.#nextCommitAt = 0;
    this.#open?.consumer.wakeup();
  }

  positions(): readonly TopicPartitionOffset[] {
    return this.#positions.list();
  }

  async #run(): Promise<void> {
    const { environment, listener } = this.#parts;
    let failure: { readonly error: unknown } | undefined;
    try {
      const open = await this.#openAll();
      this.#open = open;
      this.#nextCommitAt = environment.clock.monotonic() + environment.worker.offsetFlushIntervalMs;
      if (!this.#isPauseWanted) listener.onRunning();
      while (!this.#stop.signal.aborted) await this.#step(open);
    } catch (error) {
      if (!(error instanceof TaskStoppedError)) failure = { error };
    }
    await this.#close(failure !== undefined);
    if (failure !== undefined && !this.#isCancelled) listener.onFailed(failure.error);
  }

  async #step(open: Open): Promise<void> {
    if (this.#isPauseWanted !== this.#isPaused) await this.#changePause(open);
    const polled = this.#inbox.length > 0 ? this.#inbox.splice(0) : await open.consumer.poll(this.#pollMs());
    if (this.#stop.signal.aborted) return;
    if (polled.length > 0) await this.#process(open, polled);
    this.progress.lag = this.#positions.lag;
    const isIdle = polled.length === 0 && this.#parts.plugin.flush === undefined;
    const now = this.#parts.environment.clock.monotonic();
    if (isIdle || now >= this.#nextCommitAt) await this.#commit(open, 'working');
  }

  #pollMs(): number {
    const { clock } = this.#parts.environment;
    if (this.#isPaused) return POLL_MS;
    const mayCommit = this.#parts.plugin.flush === undefined && this.#positions.uncommitted().length > 0;
    return Math.max(
      0,
      Math.min(mayCommit ? IDLE_COMMIT_MS : POLL_MS, this.#nextCommitAt - clock.monotonic()),
    );
  }

  async #changePause({ consumer }: Open): Promise<void> {
    const { listener } = this.#parts;
    this.#isPaused = this.#isPauseWanted;
    if (!this.#isPaused) {
      consumer.resume(consumer.assignment());
      listener.onRunning();
      return;
    }
    consumer.pause(consumer.assignment());
    if (this.#open !== undefined) await this.#commit(this.#open, 'working');
    listener.onPaused();
  }

  async #process(open: Open, polled: readonly PolledRecords[]): Promise<void> {
    const records: SinkRecord[] = [];
    const origins: Origin[] = [];
    for (const from of polled) {
      this.#noteTopic(from);
      this.progress.recordsRead += from.records.length;
      for (const view of from.records) {
        let decoded: ReturnType<SinkDecoder['decode']> | StageError;
        try {
          decoded = open.decoder.decode(view, from);
          if (decoded instanceof Promise) decoded = await decoded;
        } catch (error) {
          if (!(error instanceof StageError)) throw error;
          decoded = await open.policy.recover(error, () => open.decoder.decode(view, from));
        }
        const origin = { topic: from.topic, partition: from.partition, view };
        if (decoded instanceof StageError) open.rejects.setAside(origin, decoded);
        else if (decoded.length === 0) this.progress.recordsFiltered++;
        else
          for (const record of decoded) {
            records.push(record);
            origins.push(origin);
          }
      }
    }
    if (records.length > 0) {
      const offsets = polled.map(({ topic, partition, nextOffset }) => ({
        topic,
        partition,
        offset: nextOffset,
      }));
      await open.delivery.deliver({ records, origins, offsets });
    }
    for (const from of polled) this.#positions.advance(from);
  }

  #noteTopic({ topic, records }: PolledRecords): void {
    if (records.length === 0 || this.#seenTopics.has(topic)) return;
    this.#seenTopics.add(topic);
    this.#parts.listener.onTopic(topic);
  }

  /** Flushes the plugin, then commits. A commit that does not work now is made good by the next one. */
  async #commit(open: Open, when: 'working' | 'closing'): Promise<void> {
    const { clock } = this.#parts.environment;
    this.#nextCommitAt = clock.monotonic() + this.#parts.environment.worker.offsetFlushIntervalMs;
    const offsets = this.#positions.uncommitted();
    if (offsets.length === 0 || this.#isCancelled) return;
    await open.rejects.settled();
    if (!(await this.#flush(open, when)) || this.#isCancelled) return;
    try {
      // Partitions may have gone while the flush was waiting.
      const kept = offsets.filter((offset) => this.#positions.has(offset));
      if (kept.length > 0) await open.consumer.commit(kept);
      this.#positions.markCommitted(kept);
    } catch (error) {
      const isPassing =
        error instanceof CommitFailedError ||
        error instanceof RebalanceInProgressError ||
        isRetriableClientError(error);
      if (!isPassing) throw error;
      this.#ctx.log.warn({ err: error }, 'offsets could not be committed, trying again later');
    }
  }

  /** False when the plugin could not flush now: nothing may be committed. */
  async #flush({ handle, policy }: Open, when: 'working' | 'closing'): Promise<boolean> {
    const { plugin, environment } = this.#parts;
    if (plugin.flush === undefined) return true;
    for (let attempt = 1; ; attempt++) {
      try {
        await plugin.flush(handle, this.#ctx);
        return true;
      } catch (error) {
        if (!isRetriable(error)) throw error;
        if (when === 'closing' && attempt === CLOSING_ATTEMPTS) return false;
        this.progress.retries++;
        this.#ctx.log.warn({ err: error }, 'flushing failed, trying again');
        const delayMs = retryDelayMs(attempt, policy.settings.retryDelayMaxMs, environment.entropy);
        if (when === 'working') await this.#hold(delayMs);
        else await pause(environment.clock, delayMs, this.#abort.signal);
      }
    }
  }

  /** Waits; the consumer keeps polling, so that the group does not take the task for dead (C13). */
  async #hold(delayMs: number): Promise<void> {
    const { clock } = this.#parts.environment;
    const consumer = this.#open?.consumer;
    if (consumer === undefined) return;
    const end = clock.monotonic() + delayMs;
    this.#isHolding = true;
    consumer.pause(consumer.assignment());
    for (let left = delayMs; left > 0 && !this.#stop.signal.aborted; left = end - clock.monotonic()) {
      this.#inbox.push(...(await consumer.poll(Math.min(left, POLL_MS))));
    }
    this.#isHolding = false;
    if (this.#stop.signal.aborted) throw new TaskStoppedError();
    if (!this.#isPaused) consumer.resume(consumer.assignment());
  }

  async #openAll(): Promise<Open> {
    const { plugin, spec, environment, logger } = this.#parts;
    const { client, clock, entropy, plugins, worker } = environment;
    const { connector, task } = spec;
    const settings = sinkSettings(spec.config, worker);
    const config = requirePluginConfig(plugin, pluginConfig(spec.config, plugin.config));
    const { progress } = this;
    const stopping = this.#stop.signal;
    const policy = new ErrorPolicy({ settings: settings.errors, clock, entropy, logger, progress, stopping });
    const codec = await openRecordCodec(settings, spec.config, plugins, this.#ctx);
    let deadLetters: DeadLetterQueue | undefined;
    let handle: unknown;
    try {
      deadLetters = await DeadLetterQueue.open(client, { connector, task, settings: settings.errors });
      handle = await this.#openPlugin(config, policy);
    } catch (error) {
      await deadLetters?.close(0);
      await codec.close();
      throw error;
    }
    const rejects = new SinkRejects(policy, deadLetters, progress);
    const delivery = new SinkDelivery({
      plugin,
      handle,
      ctx: this.#ctx,
      policy,
      rejects,
      progress,
      entropy,
      hold: (delayMs) => this.#hold(delayMs),
      isAssigned: (partition) => this.#positions.has(partition),
    });
    const consumer = client.consumer(consumerOptions(worker, spec.config, connector));
    const decoder = new SinkDecoder(codec);
    const open = { codec, handle, consumer, decoder, policy, rejects, delivery, deadLetters };
    this.#subscribe(open, settings);
    return open;
  }

  /** Opens the plugin, again and again while it asks for that. */
  async #openPlugin(config: unknown, { settings }: ErrorPolicy): Promise<unknown> {
    const { plugin, environment } = this.#parts;
    for (let attempt = 1; ; attempt++) {
      if (this.#stop.signal.aborted) throw new TaskStoppedError();
      try {
        return await plugin.open(config, this.#ctx);
      } catch (error) {
        if (!isRetriable(error)) throw error;
        this.progress.retries++;
        this.#ctx.log.warn({ err: error }, 'the sink could not be opened, trying again');
        const delayMs = retryDelayMs(attempt, settings.retryDelayMaxMs, environment.entropy);
        await pause(environment.clock, delayMs, this.#stop.signal);
      }
    }
  }

  #subscribe(open: Open, { topics, topicPattern }: SinkSettings): void {
    const listener = {
      onAssigned: (partitions: readonly TopicPartition[]) => this.#onAssigned(open, partitions),
      onRevoked: (partitions: readonly TopicPartition[]) => this.#onRevoked(open, partitions),
      onLost: (partitions: readonly TopicPartition[]) => this.#forget(partitions),
    };
    if (topicPattern === undefined) open.consumer.subscribe({ topics }, listener);
    else {
      const pattern = compilePattern(topicPattern);
      open.consumer.subscribe({ pattern: { test: (topic) => pattern.matches(topic) } }, listener);
    }
  }

  async #onAssigned(open: Open, partitions: readonly TopicPartition[]): Promise<void> {
    if (this.#isPaused || this.#isHolding) open.consumer.pause(partitions);
    const own = await this.#ownOffsets(open, partitions);
    for (const { topic, partition, offset } of own) open.consumer.seek({ topic, partition, offset });
    const offsets = await Promise.all(partitions.map((partition) => open.consumer.position(partition)));
    for (const [index, { topic, partition }] of partitions.entries()) {
      this.#positions.assign({ topic, partition, offset: offsets[index] ?? 0 });
    }
    this.#positions.markUncommitted(own);
  }

  async #ownOffsets({ handle, policy }: Open, partitions: readonly TopicPartition[]) {
    const { plugin, environment } = this.#parts;
    if (plugin.committedOffsets === undefined || partitions.length === 0) return [];
    for (let attempt = 1; ; attempt++) {
      try {
        const own = await plugin.committedOffsets(handle, partitions, this.#ctx);
        return own.filter(({ topic, partition }) =>
          partitions.some((each) => each.topic === topic && each.partition === partition),
        );
      } catch (error) {
        if (!isRetriable(error) || this.#stop.signal.aborted) throw error;
        this.progress.retries++;
        const delayMs = retryDelayMs(attempt, policy.settings.retryDelayMaxMs, environment.entropy);
        await pause(environment.clock, delayMs, this.#stop.signal);
      }
    }
  }

  /** C12: what was written of these is flushed and committed before another member gets them. */
  async #onRevoked(open: Open, partitions: readonly TopicPartition[]): Promise<void> {
    try {
      await this.#commit(open, 'closing');
    } finally {
      this.#forget(partitions);
    }
  }

  #forget(partitions: readonly TopicPartition[]): void {
    this.#positions.drop(partitions);
    this.#inbox = this.#inbox.filter((polled) => this.#positions.has(polled));
  }

  async #close(isFailed: boolean): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    const { plugin } = this.#parts;
    const steps = [
      () => (this.#isCancelled ? undefined : open.consumer.close()),
      () => (this.#isCancelled ? undefined : open.deadLetters?.close(isFailed ? 0 : undefined)),
      () => plugin.close?.(open.handle),
      () => open.codec.close(),
    ];
    for (const step of steps) {
      try {
        await step();
      } catch (error) {
        this.#ctx.log.warn({ err: error }, 'the task could not be closed in order');
      }
    }
    this.#abort.abort();
  }
}
