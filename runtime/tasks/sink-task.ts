import type { Consumer, PolledRecords, TopicPartitionOffset } from '../../kafka/client/index.ts';
import { consumerOptions, extensionSettings, pluginConfig, sinkSettings } from '../config/index.ts';
import {
  createContext,
  type DefinedSink,
  type PartitionOffset,
  requirePluginConfig,
  type SinkContext,
  type TopicPartition,
} from '../plugin/index.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { ErrorPolicy } from './error-policy.ts';
import { isRetriable, TaskStoppedError } from './errors.ts';
import { activeRecords, newProgress } from './progress.ts';
import { RateLimit } from './rate-limit.ts';
import { openRecordCodec, type RecordCodec } from './record-codec.ts';
import { pause, retryDelayMs } from './retry.ts';
import { SinkDecoder } from './sink-decoder.ts';
import { SinkDelivery } from './sink-delivery.ts';
import { SinkGroup } from './sink-group.ts';
import { SinkIntake } from './sink-intake.ts';
import { partitionKey } from './sink-positions.ts';
import { SinkRejects } from './sink-rejects.ts';
import type { Task, TaskParts } from './task.ts';
import { newMeters, type TaskMeters } from './task-meters.ts';

const POLL_MS = 1_000;
/** How soon after the last records a sink without `flush` commits. */
const IDLE_COMMIT_MS = 100;

/** What a {@link SinkTask} is made of. */
export interface SinkTaskParts extends TaskParts {
  readonly plugin: DefinedSink;
}

interface Open {
  readonly codec: RecordCodec;
  readonly handle: unknown;
  readonly consumer: Consumer;
  readonly group: SinkGroup;
  readonly intake: SinkIntake;
  readonly delivery: SinkDelivery;
  readonly deadLetters: DeadLetterQueue | undefined;
  readonly limit: RateLimit;
}

/**
 * Writes a group's share of some topics to a sink. Offsets are committed only past records that are written, dead-lettered
 * or skipped under errors.tolerance=all (C11, C14, C15). A sink with offsets of its own resumes from those.
 */
export class SinkTask implements Task {
  readonly progress = newProgress();
  readonly meters: TaskMeters;
  readonly #parts: SinkTaskParts;
  readonly #ctx: SinkContext;
  /** The plugin's signal: a write under way at an orderly stop may finish. */
  readonly #abort = new AbortController();
  readonly #stop = new AbortController();
  #open: Open | undefined;
  #finished: Promise<void> = Promise.resolve();
  /** Fetched, but not worked on: partitions that were assigned while the task held. */
  #inbox: PolledRecords[] = [];
  /** Where the plugin wants to go on from. */
  readonly #rewinds: PartitionOffset[] = [];
  /** Partitions that the plugin wants no batches of. */
  readonly #muted = new Map<string, TopicPartition>();
  /** Why the plugin can do nothing more. */
  #lost: { readonly error: unknown } | undefined;
  #isPauseWanted: boolean;
  #isPaused = false;
  #isHolding = false;
  #isCancelled = false;
  #nextCommitAt = 0;
  /** Until then the rate limit lets no batch through. Monotonic. */
  #restsUntil = 0;

  constructor(parts: SinkTaskParts) {
    const { spec, logger, environment, listener } = parts;
    this.#parts = parts;
    this.meters = newMeters(environment.clock);
    this.#isPauseWanted = spec.isPaused;
    this.#ctx = createContext({
      connector: spec.connector,
      task: spec.task,
      signal: this.#abort.signal,
      log: logger,
      clock: environment.clock,
      metric: (name, increment) => listener.onMetric(name, increment),
      sink: {
        rewind: (offsets) => void this.#rewinds.push(...offsets),
        pause: (partitions) => this.#mute(partitions, true),
        resume: (partitions) => this.#mute(partitions, false),
        requestCommit: () => this.settle(),
      },
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
    if (this.#open !== undefined) this.#abandon(this.#open);
  }

  /** From here on a plugin that still runs has nothing left that it could commit with. */
  #abandon({ consumer, deadLetters }: Open): void {
    void consumer.close().catch(() => undefined);
    void deadLetters?.close(0).catch(() => undefined);
  }

  fail(error: unknown): void {
    this.#lost ??= { error };
    this.#open?.consumer.wakeup();
  }

  ask(what: string, input: unknown): void {
    const partitions = input as readonly PartitionOffset[];
    if (what === 'rewind') this.#ctx.rewind(partitions);
    else if (what === 'pause') this.#ctx.pause(partitions);
    else if (what === 'resume') this.#ctx.resume(partitions);
    else if (what === 'requestCommit') this.#ctx.requestCommit();
  }

  settle(): void {
    this.#nextCommitAt = 0;
    this.#open?.consumer.wakeup();
  }

  positions(): readonly TopicPartitionOffset[] {
    return this.#open?.group.positions.list() ?? [];
  }

  async #run(): Promise<void> {
    const { listener } = this.#parts;
    let failure: { readonly error: unknown } | undefined;
    try {
      const open = await this.#openAll();
      this.#open = open;
      if (this.#isCancelled) this.#abandon(open);
      open.group.subscribe();
      this.#planCommit();
      if (!this.#isPauseWanted) listener.onRunning();
      while (!this.#stop.signal.aborted) await this.#step(open);
    } catch (error) {
      if (!(error instanceof TaskStoppedError)) failure = { error };
    }
    await this.#close(failure !== undefined);
    if (failure !== undefined && !this.#isCancelled) listener.onFailed(failure.error);
  }

  async #step(open: Open): Promise<void> {
    const { group } = open;
    if (this.#isPauseWanted !== this.#isPaused) await this.#changePause(open);
    if (this.#rewinds.length > 0) group.rewind(this.#rewinds.splice(0));
    const polled = await this.#next(open);
    if (this.#stop.signal.aborted) return;
    if (this.#lost !== undefined) throw this.#lost.error;
    if (polled.length > 0) await this.#process(open, polled);
    this.progress.lag = group.positions.lag;
    const isIdle = polled.length === 0 && this.#parts.plugin.flush === undefined;
    if (!isIdle && this.#parts.environment.clock.monotonic() < this.#nextCommitAt) return;
    this.#planCommit();
    await group.commit('working');
  }

  /** What is to be worked on: nothing as long as the rate limit has the task rest. */
  async #next({ consumer, group }: Open): Promise<readonly PolledRecords[]> {
    const restMs = this.#restsUntil - this.#parts.environment.clock.monotonic();
    if (restMs > 0) {
      this.#isHolding = true;
      consumer.pause(consumer.assignment());
      this.#inbox.push(...(await consumer.poll(Math.min(restMs, this.#pollMs(group)))));
      return [];
    }
    if (this.#isHolding) {
      this.#isHolding = false;
      if (!this.#isPaused) this.#resumeAll(consumer);
    }
    return this.#inbox.length > 0 ? this.#inbox.splice(0) : consumer.poll(this.#pollMs(group));
  }

  #planCommit(): void {
    const { clock, worker } = this.#parts.environment;
    this.#nextCommitAt = clock.monotonic() + worker.offsetFlushIntervalMs;
  }

  #pollMs({ positions }: SinkGroup): number {
    const { clock } = this.#parts.environment;
    if (this.#isPaused) return POLL_MS;
    const mayCommit = this.#parts.plugin.flush === undefined && positions.uncommitted().length > 0;
    return Math.max(
      0,
      Math.min(mayCommit ? IDLE_COMMIT_MS : POLL_MS, this.#nextCommitAt - clock.monotonic()),
    );
  }

  async #changePause({ consumer, group }: Open): Promise<void> {
    const { listener } = this.#parts;
    this.#isPaused = this.#isPauseWanted;
    if (!this.#isPaused) {
      this.#resumeAll(consumer);
      listener.onRunning();
      return;
    }
    consumer.pause(consumer.assignment());
    await group.commit('working');
    listener.onPaused();
  }

  async #process({ intake, delivery, group, limit }: Open, polled: readonly PolledRecords[]): Promise<void> {
    group.begin();
    const batch = await intake.take(polled);
    this.meters.read.record(batch.records.length);
    this.meters.active.record(activeRecords(this.progress));
    const before = this.progress.recordsWritten;
    if (batch.records.length > 0) await delivery.deliver(batch);
    this.meters.written.record(this.progress.recordsWritten - before);
    group.advance(polled);
    const waitMs = limit.spend(batch.records.length);
    if (waitMs > 0) this.#restsUntil = this.#parts.environment.clock.monotonic() + waitMs;
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
    if (!this.#isPaused) this.#resumeAll(consumer);
  }

  #mute(partitions: readonly TopicPartition[], isMuted: boolean): void {
    for (const each of partitions) {
      if (isMuted) this.#muted.set(partitionKey(each), each);
      else this.#muted.delete(partitionKey(each));
    }
    const consumer = this.#open?.consumer;
    if (consumer === undefined) return;
    const here = consumer.assignment().filter((each) => partitions.some((one) => isSame(one, each)));
    if (isMuted) consumer.pause(here);
    else if (!this.#isPaused && !this.#isHolding) consumer.resume(here);
  }

  #resumeAll(consumer: Consumer): void {
    consumer.resume(consumer.assignment().filter((each) => !this.#muted.has(partitionKey(each))));
  }

  async #openAll(): Promise<Open> {
    const { plugin, spec, environment, logger, listener } = this.#parts;
    const { client, clock, entropy, worker } = environment;
    const { connector, task } = spec;
    const settings = sinkSettings(spec.config, worker);
    const config = requirePluginConfig(plugin, pluginConfig(spec.config, plugin.config));
    const { progress } = this;
    const ctx = this.#ctx;
    const onTopic = (topic: string): void => listener.onTopic(topic);
    const stopping = this.#stop.signal;
    const policy = new ErrorPolicy({ settings: settings.errors, clock, entropy, logger, progress, stopping });
    const codec = await openRecordCodec(settings, spec.config, environment, ctx);
    let deadLetters: DeadLetterQueue | undefined;
    let consumer: Consumer | undefined;
    try {
      deadLetters = await DeadLetterQueue.open(client, {
        connector,
        task,
        settings: settings.errors,
        secrets: this.#parts.environment.secrets,
        progress,
      });
      consumer = client.consumer(consumerOptions(worker, spec.config, { connector, task }));
      // Last of what can fail: nobody else would close it.
      const handle = await this.#openPlugin(config, policy);
      const rejects = new SinkRejects(policy, deadLetters, progress);
      const hold = (delayMs: number): Promise<void> => this.#hold(delayMs);
      const shared = { plugin, handle, ctx, rejects, progress, entropy, hold, clock, meters: this.meters };
      const group = new SinkGroup({
        ...shared,
        consumer,
        settings,
        commitTimeoutMs: worker.offsetFlushTimeoutMs,
        stopping,
        isHolding: (each) => this.#isPaused || this.#isHolding || this.#muted.has(partitionKey(each)),
        isCancelled: () => this.#isCancelled,
        onForgotten: (partitions) => this.#discard(partitions),
      });
      const delivery = new SinkDelivery({
        ...shared,
        policy,
        keeps: (each) => group.keeps(each),
      });
      return {
        codec,
        handle,
        consumer,
        group,
        intake: new SinkIntake({ decoder: new SinkDecoder(codec), policy, rejects, progress, onTopic }),
        delivery,
        deadLetters,
        limit: new RateLimit(clock, extensionSettings(spec.config).recordsPerSecondMax),
      };
    } catch (error) {
      await consumer?.close();
      await deadLetters?.close(0);
      await codec.close();
      throw error;
    }
  }

  /** Records of partitions that have gone to others, or that are read again, are not to be written. */
  #discard(partitions: readonly TopicPartition[]): void {
    this.#inbox = this.#inbox.filter((polled) => !partitions.some((each) => isSame(each, polled)));
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

  /** The consumer first: it commits what is written. */
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

function isSame(a: TopicPartition, b: TopicPartition): boolean {
  return a.topic === b.topic && a.partition === b.partition;
}
