import { extensionSettings, type Properties } from '../config/index.ts';
import type { DefinedSink, DefinedSource } from '../plugin/index.ts';
import {
  isolatePlugin,
  type PlacedPlugin,
  SinkTask,
  SourceTask,
  type Task,
  type TaskListener,
  type TaskMeters,
  type TaskParts,
  type TaskProgress,
} from '../tasks/index.ts';
import type { RunnerParts } from './runner-parts.ts';
import { StateTimer } from './state-timer.ts';
import type { State } from './status.ts';
import { partitionsOf } from './task-plan.ts';
import { traceOf } from './trace.ts';

/** What a {@link TaskRunner} works with. */
export interface TaskRunnerParts extends RunnerParts {
  readonly plugin: DefinedSource | DefinedSink;
  readonly task: number;
  /** As stored, references unresolved. */
  readonly config: Properties;
  readonly isPaused: boolean;
  onReconfigure(): void;
  /** It has failed; its status says so already. */
  onFailed(error: unknown): void;
}

/** Runs one task once, and keeps its status. */
export class TaskRunner {
  readonly #parts: TaskRunnerParts;
  readonly #metrics = new Map<string, number>();
  readonly #times: StateTimer;
  #task: Task | undefined;
  #placed: PlacedPlugin | undefined;
  #error: unknown;
  #isOver = false;
  #isStarted = false;

  constructor(parts: TaskRunnerParts) {
    this.#parts = parts;
    this.#times = new StateTimer(parts.environment.clock, 'UNASSIGNED');
  }

  get config(): Properties {
    return this.#parts.config;
  }

  /** Undefined before the task exists. */
  get progress(): TaskProgress | undefined {
    return this.#task?.progress;
  }

  /** Undefined before the task exists. */
  get meters(): TaskMeters | undefined {
    return this.#task?.meters;
  }

  /** Share of its life in which it was in a state, 0 to 1. */
  ratioOf(state: 'RUNNING' | 'PAUSED'): number {
    return this.#times.ratioOf(state);
  }

  /** Partitions a sink has at present, or a source reads. */
  get partitionCount(): number {
    const { plugin, config } = this.#parts;
    if (plugin.kind === 'source') return partitionsOf(config).length;
    return this.#task?.positions().length ?? 0;
  }

  /** Counters of the plugin by name. */
  get metrics(): ReadonlyMap<string, number> {
    return this.#metrics;
  }

  /** Why it failed; undefined when it has not. */
  get error(): unknown {
    return this.#error;
  }

  start(): void {
    const { environment, name, task, resolve } = this.#parts;
    try {
      const logger = this.#parts.logger.child({ task });
      this.#noteSecrets();
      const config = resolve(this.#parts.config);
      const spec = { connector: name, task, config, isPaused: this.#parts.isPaused };
      this.#placed = isolatePlugin(this.#parts.plugin, environment, {
        ...{ connector: name, task, config },
        settings: extensionSettings(config).isolation,
        onLost: (error) => this.#task?.fail(error),
        onAsk: (what, input) => this.#task?.ask(what, input),
      });
      const made = { environment, spec, logger, listener: this.#listener() };
      this.#task = this.#make(this.#placed.plugin, made);
      this.#task.start();
    } catch (error) {
      this.#fail(error);
    }
  }

  pause(): void {
    this.#task?.pause();
  }

  resume(): void {
    this.#task?.resume();
  }

  settle(): void {
    this.#task?.settle();
  }

  /** Resolves when the task is closed, or was given up after `task.shutdown.graceful.timeout.ms`. */
  async stop(): Promise<void> {
    this.#isOver = true;
    const running = this.#task;
    if (running === undefined) return;
    try {
      await this.#stopInTime(running);
    } finally {
      await this.#placed?.end();
    }
  }

  async #stopInTime(running: Task): Promise<void> {
    const { environment, logger, task } = this.#parts;
    const { promise: late, resolve } = Promise.withResolvers<'late'>();
    const timer = environment.clock.timer(environment.worker.gracefulStopMs, () => resolve('late'));
    const outcome = await Promise.race([running.stop(), late]);
    timer.cancel();
    if (outcome !== 'late') return;
    logger.warn({ task }, 'task did not stop in time and was given up');
    running.cancel();
  }

  /** Those of the plugin's own keys; those of config providers are known, those of converters will be when they are opened. */
  #noteSecrets(): void {
    const { environment, plugin, config, resolve } = this.#parts;
    environment.secrets.addFrom(plugin.config, resolve(config));
  }

  #make(plugin: DefinedSource | DefinedSink, parts: TaskParts): Task {
    const { offsets, config } = this.#parts;
    if (plugin.kind === 'sink') return new SinkTask({ ...parts, plugin });
    return new SourceTask({ ...parts, plugin, offsets, partitions: partitionsOf(config) });
  }

  #listener(): TaskListener {
    const { name, task, emit, onReconfigure } = this.#parts;
    return {
      onRunning: () => this.#started('RUNNING'),
      onPaused: () => this.#started('PAUSED'),
      onFailed: (error) => this.#fail(error),
      onTopic: (topic) => this.#noteTopic(topic),
      onReconfigure,
      onMetric: (metric, increment) =>
        void this.#metrics.set(metric, (this.#metrics.get(metric) ?? 0) + increment),
      onExhausted: () => emit({ connector: name, task, state: 'EXHAUSTED', error: undefined }),
    };
  }

  #started(state: 'RUNNING' | 'PAUSED'): void {
    if (!this.#isStarted) this.#parts.startups.tasks.succeeded();
    this.#isStarted = true;
    this.#set(state);
  }

  #noteTopic(topic: string): void {
    const { statuses, environment, name, task } = this.#parts;
    if (!environment.worker.isTrackingTopics) return;
    statuses.addTopic({ topic, connector: name, task, discoveredAt: environment.clock.now() });
  }

  #fail(error: unknown): void {
    const { logger, task } = this.#parts;
    if (this.#isOver) {
      logger.warn({ err: error, task }, 'task failed while it was stopping');
      return;
    }
    if (!this.#isStarted) this.#parts.startups.tasks.failed();
    void this.#placed?.end();
    this.#error = error;
    logger.error({ err: error, task }, 'task failed');
    this.#set('FAILED', this.#parts.environment.secrets.redact(traceOf(error)));
    this.#parts.onFailed(error);
  }

  #set(state: State, trace?: string): void {
    if (this.#isOver) return;
    this.#times.enter(state);
    const { statuses, environment, name, task, plugin, emit } = this.#parts;
    const { workerId } = environment.worker;
    statuses.setTask(name, task, { state, workerId, trace, version: plugin.version });
    emit({ connector: name, task, state, error: this.#error });
  }
}
