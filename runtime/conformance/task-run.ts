import type { Consumer, KafkaClient } from '../../kafka/client/index.ts';
import { extensionSettings, type Properties } from '../config/index.ts';
import { partitionsOf, planTasks } from '../herder/index.ts';
import {
  type Conformance,
  createContext,
  type DefinedSink,
  type DefinedSource,
  type FlatConfig,
  type PartitionOffset,
  type SinkBatch,
  type SourceBatch,
  type SourcePartition,
} from '../plugin/index.ts';
import {
  isolatePlugin,
  type OffsetStore,
  type PlacedPlugin,
  SinkTask,
  SourceTask,
  type StoredPosition,
  type Task,
  type TaskEnvironment,
} from '../tasks/index.ts';
import type { Bench } from './bench.ts';
import { ConformanceError } from './check.ts';

/**
 * A moment between two steps of a task at which it could end. `sent`: the call is under way; before that, and after
 * it, the plugin is idle.
 */
export type Boundary =
  | { readonly at: 'batch given'; readonly batch: SourceBatch; readonly partition: SourcePartition }
  | { readonly at: 'batch taken'; readonly batch: SourceBatch; readonly partition: SourcePartition }
  | { readonly at: 'position to be stored'; readonly positions: readonly StoredPosition[] }
  | { readonly at: 'position stored'; readonly positions: readonly StoredPosition[] }
  | { readonly at: 'position confirmed' }
  | { readonly at: 'batch to be written'; readonly batch: SinkBatch }
  | { readonly at: 'write sent'; readonly batch: SinkBatch }
  | { readonly at: 'batch written'; readonly batch: SinkBatch }
  | { readonly at: 'flush sent' }
  | { readonly at: 'flushed' }
  | { readonly at: 'offsets to be committed'; readonly offsets: readonly PartitionOffset[] }
  | { readonly at: 'offsets committed'; readonly offsets: readonly PartitionOffset[] };

/** So many repetitions count as progress: one that repeats for ever makes none. */
const RETRIES_MAX = 20;

/** Boundaries that a task which tries the same thing for ever does not come to. */
const isStep: ReadonlySet<Boundary['at']> = new Set([
  'batch given',
  'batch taken',
  'position stored',
  'batch written',
  'offsets committed',
]);

/** How a task is run. */
export interface RunOptions {
  /** Whether the plugin's code runs in a process of its own. */
  readonly isIsolated?: boolean;
  /**
   * Number of the task when several of a sink run at the same time. They join and leave their group as tasks of a worker do;
   * one alone takes the place of the one that was killed before it.
   */
  readonly member?: number;
  /** Keys beside those that the description gives. */
  readonly config?: FlatConfig;
  /** Hears of each boundary, and is waited for there. */
  readonly at?: (boundary: Boundary, run: TaskRun) => Promise<void> | void;
  /** Hears of the parsed config that the plugin is given. */
  readonly onConfig?: (config: unknown) => void;
}

/** One life of a task. */
export class TaskRun {
  readonly task: Task;
  /** Why it failed. */
  failure: { readonly error: unknown } | undefined;
  isExhausted = false;
  #boundaries = 0;
  readonly #bench: Bench;
  readonly #placed: PlacedPlugin;
  readonly #environment: TaskEnvironment;
  readonly #sever: () => void;
  readonly #options: RunOptions;
  #isDead = false;

  private constructor(bench: Bench, description: Conformance, options: RunOptions, planned: Properties) {
    this.#bench = bench;
    this.#options = options;
    const { environment, sever } = bench.environment();
    this.#sever = sever;
    this.#environment = { ...environment, client: this.#watchedClient(environment.client) };
    const connector = planned['name'] ?? '';
    const task = options.member ?? 0;
    this.#placed = isolatePlugin(description.plugin, this.#environment, {
      ...{ connector, task, config: planned },
      settings: extensionSettings(planned).isolation,
      onLost: (error) => this.task.fail(error),
      onAsk: (what, input) => this.task.ask(what, input),
    });
    const { plugin } = this.#placed;
    const parts = {
      environment: this.#environment,
      spec: { connector, task, config: planned, isPaused: false },
      logger: bench.log,
      listener: {
        onRunning: () => undefined,
        onPaused: () => undefined,
        onFailed: (error: unknown) => {
          this.failure = { error };
        },
        onTopic: () => undefined,
        onReconfigure: () => undefined,
        onMetric: () => undefined,
        onExhausted: () => {
          this.isExhausted = true;
        },
      },
    };
    this.task =
      plugin.kind === 'sink'
        ? new SinkTask({ ...parts, plugin: this.#watchedSink(plugin) })
        : new SourceTask({
            ...parts,
            plugin: this.#watchedSource(plugin),
            partitions: partitionsOf(planned),
            offsets: this.#watchedStore(),
          });
  }

  /** Starts a task of the connector that the description is of. Always the same connector, so that it goes on where it was. */
  static async start(bench: Bench, description: Conformance, options: RunOptions = {}): Promise<TaskRun> {
    const config = configOf(bench, description, options);
    const { environment } = bench.environment();
    const { clock, worker } = environment;
    const ctx = createContext({
      connector: 'conformance',
      signal: new AbortController().signal,
      log: bench.log,
      clock,
    });
    const [planned] = await planTasks(description.plugin, { config, resolved: config }, worker, ctx);
    await environment.client.close();
    if (planned === undefined) throw new ConformanceError('at least one partition', 'partitions() gave none');
    const run = new TaskRun(bench, description, options, planned);
    run.task.start();
    return run;
  }

  /** An orderly stop. Throws when it takes too long; then the task is given up. */
  async stop(): Promise<void> {
    const { stopTimeoutMs } = this.#bench;
    const isInTime = await this.#bench.within(stopTimeoutMs, this.task.stop());
    if (!isInTime) {
      await this.kill();
      throw new ConformanceError(
        `the task to end within ${stopTimeoutMs} ms of being asked to`,
        'it did not: end when ctx.signal is aborted, and wait with ctx.sleep, which ends then',
      );
    }
    await this.#placed.end();
    await this.#environment.client.close();
  }

  /**
   * The process that runs the plugin gets SIGKILL, and in the same turn the task loses its network and is given up: it
   * does nothing any more that a dead worker would not do.
   */
  async kill(): Promise<void> {
    this.#isDead = true;
    this.#sever();
    const ended = this.#placed.end();
    this.task.cancel();
    await ended;
    void this.#environment.client.close().catch(() => undefined);
  }

  /** Changes with everything that the task does. */
  get steps(): number {
    const { recordsRead, recordsWritten, recordsDeadLettered, retries } = this.task.progress;
    return (
      this.#boundaries + recordsRead + recordsWritten + recordsDeadLettered + Math.min(retries, RETRIES_MAX)
    );
  }

  async #at(boundary: Boundary): Promise<void> {
    if (isStep.has(boundary.at)) this.#boundaries++;
    if (!this.#isDead) await this.#options.at?.(boundary, this);
    if (this.#isDead) await new Promise(() => undefined);
  }

  #watchedSource(plugin: DefinedSource): DefinedSource {
    const at = this.#at.bind(this);
    const { onConfig } = this.#options;
    const { acked } = plugin;
    return {
      ...plugin,
      async *read(config, from, ctx) {
        onConfig?.(config);
        const { partition } = from;
        for await (const batch of plugin.read(config, from, ctx) as AsyncIterable<SourceBatch>) {
          await at({ at: 'batch given', batch, partition });
          yield batch;
          await at({ at: 'batch taken', batch, partition });
        }
      },
      async acked(config, position, ctx) {
        await acked?.call(plugin, config, position, ctx);
        await at({ at: 'position confirmed' });
      },
    };
  }

  #watchedStore(): OffsetStore {
    const { offsets } = this.#bench;
    return {
      read: (connector, partition) => offsets.read(connector, partition),
      openWriter: (connector, task) => {
        const writer = offsets.openWriter(connector, task);
        return {
          generation: writer.generation,
          write: async (positions) => {
            await this.#at({ at: 'position to be stored', positions });
            await writer.write(positions);
            await offsets.sync();
            await this.#at({ at: 'position stored', positions });
          },
          close: () => writer.close(),
        };
      },
    };
  }

  #watchedSink(plugin: DefinedSink): DefinedSink {
    const { onConfig } = this.#options;
    const { flush } = plugin;
    return {
      ...plugin,
      open: (config, ctx) => {
        onConfig?.(config);
        return plugin.open(config, ctx);
      },
      write: async (handle, batch, ctx) => {
        await this.#at({ at: 'batch to be written', batch });
        const writing = (async () => plugin.write(handle, batch, ctx))();
        writing.catch(() => undefined); // It may be killed before it is awaited.
        await this.#at({ at: 'write sent', batch });
        const refused = await writing;
        await this.#at({ at: 'batch written', batch });
        return refused ?? [];
      },
      ...(flush !== undefined &&
        ({
          flush: async (handle: unknown, ctx) => {
            const flushing = (async () => flush.call(plugin, handle, ctx))();
            flushing.catch(() => undefined);
            await this.#at({ at: 'flush sent' });
            await flushing;
            await this.#at({ at: 'flushed' });
          },
        } satisfies Pick<DefinedSink, 'flush'>)),
    };
  }

  #watchedClient(client: KafkaClient): KafkaClient {
    return {
      clientId: client.clientId,
      producer: (options) => client.producer(options),
      consumer: (options) => this.#watchedConsumer(client.consumer(options)),
      admin: () => client.admin(),
      membership: (options, protocol) => client.membership(options, protocol),
      close: () => client.close(),
    };
  }

  #watchedConsumer(consumer: Consumer): Consumer {
    const commit: Consumer['commit'] = async (offsets = []) => {
      await this.#at({ at: 'offsets to be committed', offsets });
      await consumer.commit(offsets);
      await this.#at({ at: 'offsets committed', offsets });
    };
    return new Proxy(consumer, {
      get(target, key) {
        if (key === 'commit') return commit;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
  }
}

/** The connector's config: what the description says, the runtime's own keys, and those of this run. */
function configOf(
  bench: Bench,
  description: Conformance,
  { config, isIsolated, member }: RunOptions,
): Properties {
  const { plugin } = description;
  const { topic } = bench.place;
  const own = { ...description.config(bench.world, bench.place), ...config };
  const flat = Object.fromEntries(Object.entries(own).map(([key, value]) => [key, String(value)]));
  const place: Properties =
    plugin.kind === 'source'
      ? { topic }
      : {
          topics: topic,
          'consumer.override.max.poll.records': '5',
          ...(member === undefined
            ? // One that is killed takes its place again at once, instead of waiting until it counts as gone.
              { 'consumer.override.group.instance.id': 'conformance' }
            : { 'consumer.override.heartbeat.interval.ms': '20' }),
        };
  return {
    name: 'conformance',
    'connector.class': plugin.name,
    'errors.retry.delay.max.ms': '5',
    isolation: isIsolated === true ? 'process' : 'inline',
    ...place,
    ...flat,
  };
}
