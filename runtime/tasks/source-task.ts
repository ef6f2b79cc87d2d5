import type { Producer, TopicPartitionOffset } from '../../kafka/client/index.ts';
import { every, type Timer } from '../../platform/clock.ts';
import {
  extensionSettings,
  pluginConfig,
  producerOptions,
  sourceSettings,
  topicCreationRules,
} from '../config/index.ts';
import {
  classNameOf,
  createContext,
  type DefinedSource,
  requirePluginConfig,
  type SourceContext,
  type SourcePartition,
} from '../plugin/index.ts';
import { DeadLetterQueue } from './dead-letter-queue.ts';
import { ErrorPolicy } from './error-policy.ts';
import { FlushTimeoutError, OffsetWriterFencedError } from './errors.ts';
import { withinFlushTimeout } from './flush-deadline.ts';
import { Gate } from './gate.ts';
import type { OffsetStore, OffsetWriter, StoredPosition } from './offset-store.ts';
import { newProgress } from './progress.ts';
import { RateLimit } from './rate-limit.ts';
import { openRecordCodec, type RecordCodec } from './record-codec.ts';
import { pause } from './retry.ts';
import { SourceDelivery } from './source-delivery.ts';
import { SourceEncoder } from './source-encoder.ts';
import { SourceStream } from './source-stream.ts';
import type { Task, TaskParts } from './task.ts';
import { newMeters, type TaskMeters } from './task-meters.ts';
import { TopicCreation } from './topic-creation.ts';

const STORE_RETRY_MS = 1_000;

/** What a {@link SourceTask} is made of. */
export interface SourceTaskParts extends TaskParts {
  readonly plugin: DefinedSource;
  readonly partitions: readonly SourcePartition[];
  readonly offsets: OffsetStore;
}

/** What is open while the task works. */
interface Open {
  readonly config: unknown;
  readonly codec: RecordCodec;
  readonly producer: Producer;
  readonly deadLetters: DeadLetterQueue | undefined;
  readonly delivery: SourceDelivery;
  readonly streams: readonly SourceStream[];
  readonly writer: OffsetWriter;
}

/**
 * Reads some partitions of a source into Kafka. A position is stored once all records up to it are durable (C1, C2), every
 * `offset.flush.interval.ms`, in a pause, at the end of a bounded source and at stop. At least once.
 */
export class SourceTask implements Task {
  readonly progress = newProgress();
  readonly meters: TaskMeters;
  readonly #parts: SourceTaskParts;
  readonly #ctx: SourceContext;
  readonly #abort = new AbortController();
  readonly #gate: Gate;
  #open: Open | undefined;
  #finished: Promise<void> = Promise.resolve();
  #storing: Promise<boolean> = Promise.resolve(true);
  #failure: { readonly error: unknown } | undefined;
  #isCancelled = false;

  constructor(parts: SourceTaskParts) {
    const { spec, logger, environment, listener } = parts;
    this.#parts = parts;
    this.meters = newMeters(environment.clock);
    this.#gate = new Gate(!spec.isPaused, this.#abort.signal);
    this.#ctx = createContext({
      connector: spec.connector,
      task: spec.task,
      signal: this.#abort.signal,
      log: logger,
      clock: environment.clock,
      metric: (name, increment) => listener.onMetric(name, increment),
      reconfigure: () => listener.onReconfigure(),
    });
  }

  start(): void {
    this.#finished = this.#run();
  }

  pause(): void {
    if (!this.#gate.isOpen) return;
    this.#gate.close();
    void this.#enterPause();
  }

  resume(): void {
    if (this.#gate.isOpen) return;
    this.#gate.open();
    if (this.#open !== undefined && !this.#isOver) this.#parts.listener.onRunning();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#finished;
  }

  cancel(): void {
    this.#isCancelled = true;
    this.#abort.abort();
    if (this.#open !== undefined) this.#abandon(this.#open);
  }

  /** From here on a plugin that still runs has nothing left that it could write with. */
  #abandon({ producer, deadLetters, writer }: Open): void {
    writer.close();
    void producer.close(0).catch(() => undefined);
    void deadLetters?.close(0).catch(() => undefined);
  }

  settle(): void {}

  fail(error: unknown): void {
    this.#fail(error);
  }

  ask(what: string): void {
    if (what === 'reconfigure') this.#ctx.reconfigure();
  }

  positions(): readonly TopicPartitionOffset[] {
    return [];
  }

  get #isOver(): boolean {
    return this.#abort.signal.aborted || this.#isCancelled;
  }

  async #run(): Promise<void> {
    const { environment, listener } = this.#parts;
    let timer: Timer | undefined;
    try {
      const open = await this.#openAll();
      this.#open = open;
      if (this.#isCancelled) this.#abandon(open);
      if (this.#gate.isOpen) listener.onRunning();
      else listener.onPaused();
      timer = every(
        environment.clock,
        environment.worker.offsetFlushIntervalMs,
        () => void this.#store(open),
      );
      await Promise.all(open.streams.map((stream) => stream.run().catch((error) => this.#fail(error))));
      if (this.#failure === undefined) await this.#drain(open);
    } catch (error) {
      this.#fail(error);
    }
    timer?.cancel();
    await this.#close();
  }

  /** All streams have ended: stores how far they came, and waits for the stop if that is their end and not ours. */
  async #drain(open: Open): Promise<void> {
    // A stop does not wait here: what is not durable then has offset.flush.timeout.ms for it.
    await Promise.race([open.producer.flush(), aborted(this.#abort.signal)]);
    const { clock } = this.#parts.environment;
    while (!(await this.#store(open)) && !this.#isOver)
      await pause(clock, STORE_RETRY_MS, this.#abort.signal);
    if (this.#isOver) return;
    if (open.streams.every((stream) => stream.isExhausted && !stream.tracker.hasPending)) {
      this.progress.isExhausted = true;
      this.#parts.listener.onExhausted();
    }
    await aborted(this.#abort.signal);
    await this.#store(open);
  }

  async #openAll(): Promise<Open> {
    const { plugin, spec, environment, logger, listener, partitions, offsets } = this.#parts;
    const { client, clock, entropy, worker } = environment;
    const { connector, task } = spec;
    const settings = sourceSettings(spec.config, worker);
    const config = requirePluginConfig(plugin, pluginConfig(spec.config, plugin.config));
    const codec = await openRecordCodec(settings, spec.config, environment, this.#ctx);
    let deadLetters: DeadLetterQueue | undefined;
    let producer: Producer | undefined;
    try {
      deadLetters = await DeadLetterQueue.open(client, {
        connector,
        task,
        settings: settings.errors,
        secrets: this.#parts.environment.secrets,
        progress: this.progress,
      });
      producer = client.producer(producerOptions(worker, spec.config, { connector, task }));
      const rules = worker.canCreateTopics ? topicCreationRules(spec.config) : undefined;
      const { progress } = this;
      const stopping = this.#abort.signal;
      const delivery = new SourceDelivery({
        encoder: new SourceEncoder(codec, spec.config['topic'] ?? ''),
        policy: new ErrorPolicy({ settings: settings.errors, clock, entropy, logger, progress, stopping }),
        topics: new TopicCreation(client, rules, (topic) => listener.onTopic(topic)),
        producer,
        deadLetters,
        progress,
        isCancelled: () => this.#isCancelled,
        source: { className: classNameOf(plugin), topic: spec.config['topic'] ?? '' },
        onFailure: (error) => this.#fail(error),
      });
      const streamParts = {
        plugin,
        config,
        ctx: this.#ctx,
        entropy,
        progress,
        meters: this.meters,
        clock,
        limit: new RateLimit(clock, extensionSettings(spec.config).recordsPerSecondMax),
        retryDelayMaxMs: settings.errors.retryDelayMaxMs,
        whenRunning: () => this.#gate.opened(),
        deliver: delivery.deliver.bind(delivery),
      };
      // Before the positions are read: an earlier writer could change them afterwards.
      const writer = offsets.openWriter(connector, task);
      const streams = partitions.map(
        (partition) => new SourceStream(streamParts, partition, offsets.read(connector, partition)),
      );
      return { config, codec, producer, deadLetters, delivery, streams, writer };
    } catch (error) {
      await producer?.close(0);
      await deadLetters?.close(0);
      await codec.close();
      throw error;
    }
  }

  /** C1: what was taken in before the pause is durable, and its positions are stored, when the task says PAUSED. */
  async #enterPause(): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    await open.delivery.idle();
    await open.producer.flush().catch((error: unknown) => this.#fail(error));
    await this.#store(open);
    if (!this.#gate.isOpen && !this.#isOver) this.#parts.listener.onPaused();
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined || this.#isCancelled) return;
    this.#failure = { error };
    this.#abort.abort();
  }

  /** Stores the positions that have become durable; one such call at a time. False: not now, they are kept. */
  #store(open: Open): Promise<boolean> {
    this.#storing = this.#storing
      .then(() => this.#storeNow(open))
      .catch((error) => {
        this.#fail(error);
        return false;
      });
    return this.#storing;
  }

  async #storeNow({ streams, deadLetters, config, writer }: Open): Promise<boolean> {
    const { logger } = this.#parts;
    await deadLetters?.settled();
    const taken = streams.flatMap(({ tracker, partition }) => {
      const newest = tracker.take();
      return newest === undefined ? [] : [{ tracker, partition, newest, position: newest.position }];
    });
    if (taken.length === 0 || this.#isCancelled) return true;
    const { clock, worker } = this.#parts.environment;
    const startedAt = clock.monotonic();
    try {
      await withinFlushTimeout(clock, worker.offsetFlushTimeoutMs, writer.write(taken));
      this.meters.commitMs.record(clock.monotonic() - startedAt);
    } catch (error) {
      this.meters.commitFailures.record(1);
      if (error instanceof OffsetWriterFencedError) throw error;
      for (const { tracker, newest } of taken) tracker.putBack(newest);
      logger.warn({ err: error }, 'positions could not be stored, trying again later');
      return false;
    }
    await this.#confirm(config, taken);
    return true;
  }

  async #confirm(config: unknown, stored: readonly StoredPosition[]): Promise<void> {
    const { plugin, logger } = this.#parts;
    if (plugin.acked === undefined) return;
    for (const { partition, position } of stored) {
      try {
        await plugin.acked(config, { partition, position }, this.#ctx);
      } catch (error) {
        logger.warn(
          { err: error, partition },
          'the source did not take the confirmation of a stored position',
        );
      }
    }
  }

  /** As Kafka Connect does: what is not durable by `offset.flush.timeout.ms` is read again after the next start. */
  async #flushAtEnd(producer: Producer): Promise<void> {
    const { environment, logger } = this.#parts;
    const { clock, worker } = environment;
    try {
      await withinFlushTimeout(clock, worker.offsetFlushTimeoutMs, producer.flush());
    } catch (error) {
      if (!(error instanceof FlushTimeoutError)) {
        this.#fail(error);
        return;
      }
      logger.warn({ err: error }, 'records were not durable in time and will be read again');
      void producer.close(0).catch(() => undefined);
    }
  }

  async #close(): Promise<void> {
    const open = this.#open;
    const { listener, logger } = this.#parts;
    if (open !== undefined && !this.#isCancelled) {
      try {
        await this.#flushAtEnd(open.producer);
        await this.#store(open);
        await open.deadLetters?.close();
        await open.producer.close();
        await open.codec.close();
      } catch (error) {
        logger.warn({ err: error }, 'the task could not be closed in order');
      }
    }
    if (this.#failure !== undefined && !this.#isCancelled) listener.onFailed(this.#failure.error);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
