import { extensionSettings, findConnector, type Properties } from '../config/index.ts';
import { createContext, type DefinedSink, type DefinedSource, type PluginContext } from '../plugin/index.ts';
import { isolatePlugin, isRetriable, type PlacedPlugin, retryDelayMs } from '../tasks/index.ts';

import { AutoRestart } from './auto-restart.ts';
import { taskRecords } from './config-state.ts';
import { BadRequestError } from './errors.ts';
import { Preemption } from './preemption.ts';
import type { RunnerParts } from './runner-parts.ts';
import type { State } from './status.ts';
import { planTasks } from './task-plan.ts';
import { TaskRunner } from './task-runner.ts';
import { traceOf } from './trace.ts';

const PLAN_DELAY_MAX_MS = 60_000;
/** Stands beside the numbers of tasks for the connector itself. */
const CONNECTOR = -1;

/** A connector that has been started: with its config, and its tasks if it came that far. */
interface Running {
  readonly config: Properties;
  target: 'STARTED' | 'PAUSED';
  error: unknown;
}

/**
 * Makes one connector and its tasks do what the config topic says. Changes are made one at a time; a newer one interrupts
 * plugin code that an older one waits for, so that a connector that hangs can still be deleted (C27).
 */
export class ConnectorRunner {
  readonly #parts: RunnerParts;
  readonly #tasks = new Map<number, TaskRunner>();
  readonly #restarts: AutoRestart<number>;
  #running: Running | undefined;
  #turn: Promise<void> = Promise.resolve();
  #preemption = new Preemption();
  /** Whether a newer change came before the connector had said which tasks there are. */
  #isInterrupted = false;
  #changes = 0;
  #isReconfiguring = false;
  #isShutDown = false;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.#restarts = new AutoRestart(parts.environment.clock);
  }

  get tasks(): ReadonlyMap<number, TaskRunner> {
    return this.#tasks;
  }

  /** Why the connector itself failed; undefined when it has not. */
  get error(): unknown {
    return this.#running?.error;
  }

  /** Whether a change is under way: what failed before it may be mended by it. */
  get isChanging(): boolean {
    return this.#changes > 0;
  }

  /** Whether the tasks that the connector is to have are known and running, or have run. */
  get isStarted(): boolean {
    return this.#running !== undefined && this.#running.error === undefined && !this.isChanging;
  }

  /** Whether the connector, or that task of it, will be started again by itself after its failure. */
  isRestartDue(task?: number): boolean {
    return this.#restarts.isDue(task ?? CONNECTOR);
  }

  /** Resolves when running and stored state agree, or the connector has failed. Never rejects. */
  apply(): Promise<void> {
    return this.#inTurn((preemption) => this.#apply(preemption));
  }

  /** Starts the connector and some of its tasks again. */
  restart(options: { readonly hasConnector: boolean; readonly tasks: readonly number[] }): Promise<void> {
    const { statuses } = this.#parts;
    if (options.hasConnector) this.#setConnector('RESTARTING');
    for (const task of options.tasks) statuses.setTask(this.#parts.name, task, this.#status('RESTARTING'));
    for (const task of options.tasks) this.#restarts.forget(task);
    if (options.hasConnector) this.#restarts.forget(CONNECTOR);
    return this.#inTurn((preemption) => this.#restart(options, preemption));
  }

  async #restart(
    { hasConnector, tasks }: { readonly hasConnector: boolean; readonly tasks: readonly number[] },
    preemption: Preemption,
  ): Promise<void> {
    const running = this.#running;
    if (running === undefined || this.#isInterrupted) {
      await this.#apply(preemption);
      return;
    }
    await this.#stopTasks(tasks);
    if (hasConnector || running.error !== undefined) await this.#bring(running, preemption);
    else await this.#syncOffsets();
    this.#startMissing();
  }

  /** A task that starts now sees what the one before it has stored; without that it would only repeat more. */
  async #syncOffsets(): Promise<void> {
    const { offsets, logger } = this.#parts;
    try {
      await offsets.sync();
    } catch (error) {
      logger.warn({ err: error }, 'stored positions could not be read to their end, records may be repeated');
    }
  }

  /** Stops everything for a stop of the worker: changes that come later are not made. */
  async shutdown(): Promise<void> {
    const stopped = this.#inTurn(async () => {
      const ids = [...this.#tasks.keys()];
      await this.#stopTasks(ids);
      this.#restarts.forgetAll();
      if (this.#running === undefined) return;
      for (const task of ids) {
        this.#parts.statuses.setTask(this.#parts.name, task, this.#status('UNASSIGNED'));
      }
      this.#running = undefined;
      this.#setConnector('UNASSIGNED');
    });
    this.#isShutDown = true;
    await stopped;
  }

  /** The plugin of the connector's class; undefined when there is none. */
  get plugin(): DefinedSource | DefinedSink | undefined {
    const config = this.#parts.configs.get(this.#parts.name)?.config;
    return config === undefined ? undefined : findConnector(this.#parts.environment.plugins, config);
  }

  #inTurn(change: (preemption: Preemption) => Promise<void>): Promise<void> {
    if (this.#isShutDown) return this.#turn;
    this.#preemption.interrupt();
    const preemption = new Preemption();
    this.#preemption = preemption;
    this.#changes++;
    const changed = this.#turn.then(() => change(preemption));
    this.#turn = changed
      .catch((error: unknown) => {
        if (preemption.isInterrupted) return;
        this.#parts.logger.error({ err: error }, 'connector could not be changed');
      })
      .finally(() => {
        this.#changes--;
      });
    return this.#turn;
  }

  async #apply(preemption: Preemption): Promise<void> {
    const { name, configs, statuses } = this.#parts;
    const entry = configs.get(name);
    if (entry?.config !== this.#running?.config || entry?.target === 'STOPPED') this.#restarts.forgetAll();
    if (entry === undefined) {
      await this.#stopTasks([...this.#tasks.keys()]);
      this.#running = undefined;
      statuses.delete(name);
      return;
    }
    if (entry.target === 'STOPPED') {
      await this.#enterStopped(entry.tasks.length > 0);
      return;
    }
    if (this.#running?.config === entry.config && !this.#isInterrupted) {
      this.#changeTarget(this.#running, entry.target);
      return;
    }
    await this.#stopTasks([...this.#tasks.keys()]);
    this.#running = { config: entry.config, target: entry.target, error: undefined };
    if (statuses.connector(name) === undefined) this.#setConnector('UNASSIGNED');
    await this.#bring(this.#running, preemption);
    this.#startMissing();
  }

  async #enterStopped(hasTasks: boolean): Promise<void> {
    const { name, configs, statuses } = this.#parts;
    await this.#stopTasks([...this.#tasks.keys()]);
    this.#running = undefined;
    // C23: a stopped connector has no tasks, so that nothing holds on to what they used.
    if (hasTasks) await configs.write(taskRecords(name, []));
    for (const [task] of statuses.tasks(name)) statuses.setTask(name, task, undefined);
    this.#setConnector('STOPPED');
  }

  #changeTarget(running: Running, target: 'STARTED' | 'PAUSED'): void {
    if (running.target === target) return;
    running.target = target;
    for (const runner of this.#tasks.values()) {
      if (target === 'PAUSED') runner.pause();
      else runner.resume();
    }
    if (running.error === undefined) this.#setConnector(target === 'PAUSED' ? 'PAUSED' : 'RUNNING');
  }

  /** Has the connector say which tasks there are, and ends those that are not among them any more. */
  async #bring(running: Running, preemption: Preemption): Promise<void> {
    const { name, configs } = this.#parts;
    this.#isInterrupted = true;
    this.#restarts.started(CONNECTOR);
    try {
      const tasks = await preemption.race(this.#plan(running.config, preemption.signal));
      if (!isSame(tasks, configs.get(name)?.tasks)) await configs.write(taskRecords(name, tasks));
      const outdated = [...this.#tasks].filter(([id, { config }]) => !isSame(config, tasks[id]));
      await this.#stopTasks(outdated.map(([id]) => id));
      for (const [id] of outdated) {
        if (id >= tasks.length) this.#parts.statuses.setTask(name, id, undefined);
      }
      running.error = undefined;
      this.#parts.startups.connectors.succeeded();
      this.#setConnector(running.target === 'PAUSED' ? 'PAUSED' : 'RUNNING');
      await this.#parts.offsets.sync();
      this.#isInterrupted = false;
    } catch (error) {
      if (preemption.isInterrupted) throw error;
      this.#isInterrupted = false;
      running.error = error;
      this.#parts.startups.connectors.failed();
      this.#parts.logger.error({ err: error }, 'connector failed');
      this.#setConnector('FAILED', this.#parts.environment.secrets.redact(traceOf(error)));
      this.#planRestart(CONNECTOR, error, () => this.#running === running && running.error === error);
    }
  }

  /** As `restart.policy` says, if `isStillFailed` then. */
  #planRestart(key: number, error: unknown, isStillFailed: () => boolean): void {
    const { logger, resolve } = this.#parts;
    const { config } = this.#running ?? {};
    if (config === undefined) return;
    const task = key === CONNECTOR ? undefined : key;
    const options = { hasConnector: task === undefined, tasks: task === undefined ? [] : [task] };
    try {
      const { restart } = extensionSettings(resolve(config));
      const delayMs = this.#restarts.failed(key, error, restart, () => {
        if (!isStillFailed()) return;
        void this.#inTurn(async (preemption) => {
          if (isStillFailed()) await this.#restart(options, preemption);
        });
      });
      if (delayMs !== undefined) logger.info({ task, delayMs }, 'failed, will be started again');
    } catch (cause) {
      logger.warn({ err: cause }, 'restart policy cannot be read, nothing is started again');
    }
  }

  async #plan(config: Properties, signal: AbortSignal): Promise<readonly Properties[]> {
    const { name, environment, logger, resolve } = this.#parts;
    const resolved = resolve(config);
    const plugin = this.plugin;
    if (plugin === undefined) {
      const className = config['connector.class'] ?? '';
      throw new BadRequestError(
        `Failed to find any class that implements Connector and which name matches ${className}`,
      );
    }
    const ctx = createContext({ connector: name, signal, log: logger, clock: environment.clock });
    const placed = this.#place(plugin, resolved);
    try {
      return await this.#planWith(placed.plugin, { config, resolved }, ctx);
    } finally {
      void placed.end();
    }
  }

  /** Only listing partitions runs a plugin's code for the connector itself. */
  #place(plugin: DefinedSource | DefinedSink, config: Properties): PlacedPlugin {
    const { isolation } = extensionSettings(config);
    const hasCode = plugin.kind === 'source' && plugin.partitions !== undefined;
    return isolatePlugin(plugin, this.#parts.environment, {
      ...{ connector: this.#parts.name, task: 0, config },
      settings: hasCode ? isolation : { ...isolation, mode: 'inline' },
      onLost: () => undefined, // The call under way is told.
      onAsk: () => undefined,
    });
  }

  async #planWith(
    plugin: DefinedSource | DefinedSink,
    configs: { readonly config: Properties; readonly resolved: Properties },
    ctx: PluginContext,
  ): Promise<readonly Properties[]> {
    const { environment, logger } = this.#parts;
    const { signal } = ctx;
    for (let attempt = 1; ; attempt++) {
      try {
        return await planTasks(plugin, configs, environment.worker, ctx);
      } catch (error) {
        if (!isRetriable(error) || signal.aborted) throw error;
        logger.warn({ err: error }, 'partitions of the source could not be listed, trying again');
        await ctx.sleep(retryDelayMs(attempt, PLAN_DELAY_MAX_MS, environment.entropy));
      }
    }
  }

  #startMissing(): void {
    const { name, configs, environment } = this.#parts;
    const running = this.#running;
    const entry = configs.get(name);
    const plugin = this.plugin;
    if (running === undefined || running.error !== undefined || entry === undefined || plugin === undefined)
      return;
    for (const [id, config] of entry.tasks.entries()) {
      if (this.#tasks.has(id)) continue;
      const runner = new TaskRunner({
        ...this.#parts,
        environment,
        plugin,
        task: id,
        config,
        isPaused: running.target === 'PAUSED',
        onReconfigure: () => this.#reconfigure(),
        onFailed: (error) => this.#planRestart(id, error, () => this.#tasks.get(id) === runner),
      });
      this.#tasks.set(id, runner);
      this.#restarts.started(id);
      runner.start();
    }
  }

  /** A source has other partitions now. */
  #reconfigure(): void {
    if (this.#isReconfiguring) return;
    this.#isReconfiguring = true;
    void this.#inTurn(async (preemption) => {
      this.#isReconfiguring = false;
      if (this.#isInterrupted) return this.#apply(preemption);
      if (this.#running === undefined || this.#running.error !== undefined) return;
      await this.#bring(this.#running, preemption);
      this.#startMissing();
    });
  }

  async #stopTasks(ids: readonly number[]): Promise<void> {
    const runners = ids.map((id) => this.#tasks.get(id));
    await Promise.all(runners.map((runner) => runner?.stop()));
    for (const id of ids) this.#tasks.delete(id);
  }

  #setConnector(state: State, trace?: string): void {
    const { name, statuses, emit } = this.#parts;
    statuses.setConnector(name, this.#status(state, trace));
    emit({ connector: name, task: undefined, state, error: this.#running?.error });
  }

  #status(state: State, trace?: string) {
    const { environment } = this.#parts;
    return { state, workerId: environment.worker.workerId, trace, version: this.plugin?.version };
  }
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
