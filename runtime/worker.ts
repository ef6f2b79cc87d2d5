import type { KafkaClient } from '../kafka/client/index.ts';
import { taskUrl } from '../platform/executor.ts';
import type { Logger } from '../platform/logger.ts';
import type { MetricFamily } from '../platform/metrics.ts';
import type { Platform } from '../platform/platform.ts';
import {
  type Properties,
  referenceResolver,
  Secrets,
  type WorkerSettings,
  workerSettings,
} from './config/index.ts';
import {
  Completion,
  ConfigStore,
  type ConnectorType,
  type Herder,
  LoggerLevels,
  MemoryLog,
  OffsetFile,
  openStorageTopics,
  SourceOffsets,
  StandaloneHerder,
  StatusStore,
  type Storage,
  type WorkerEvent,
  WorkerGroupError,
} from './herder/index.ts';
import { type MeasuredConnector, taskParts, workerFamilies } from './metrics/index.ts';
import { classNameOf, type PluginRegistry } from './plugin/index.ts';
import type { TaskEnvironment, TaskProgress } from './tasks/index.ts';

/** What a worker is started with. The client and the platform stay the caller's: close them after the worker. */
export interface WorkerOptions {
  readonly client: KafkaClient;
  readonly platform: Platform;
  /** Connectors, transforms, predicates and converters, those that need a registry with it inside. */
  readonly plugins: PluginRegistry;
  /** Kafka Connect's worker properties; none is required. */
  readonly config?: Properties;
  /** For `${env:NAME}` references, if `config.providers` has `env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /**
   * As Kafka's standalone worker: positions of sources are kept in this file, configs and statuses only as long as it runs.
   * Without it everything is in the worker's three topics.
   */
  readonly offsetFile?: string;
  /** Connectors that are stored wait for {@link Worker.startStored}. */
  readonly isHeld?: boolean;
}

/** What a task has done since it was started. */
interface TaskReport extends Readonly<TaskProgress> {
  readonly task: number;
  /** RUNNING, PAUSED, FAILED, ... */
  readonly state: string;
  /** Counters of the plugin by name. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly error: unknown;
}

/** What a connector and its tasks have done. */
export interface ConnectorReport {
  readonly name: string;
  readonly type: ConnectorType;
  readonly state: string;
  readonly error: unknown;
  readonly tasks: readonly TaskReport[];
}

/** A running Connect worker. */
export interface Worker {
  readonly herder: Herder;
  /** The text without secrets: for whoever tells of errors of connectors. */
  redact(text: string): string;
  /** Starts the stored connectors that do not run yet. To be called by whoever had them held. */
  startStored(): void;
  /** As of now, after {@link close} as of the end; sorted by name. Cheap: call it as often as you like. */
  progress(): readonly ConnectorReport[];
  /** Kafka Connect's metrics as of now. */
  metrics(): MetricFamily[];
  /** Hears of every change of state. Returns what ends it. */
  onEvent(listener: (event: WorkerEvent) => void): () => void;
  /**
   * Resolves when the sources among `names` have read everything and it is stored, and then the sinks have committed up to
   * the end of their topics. Throws ConnectorFailedError as soon as one of them fails, and the signal's reason when it is
   * aborted. Never resolves for a source without an end.
   */
  whenDone(names: readonly string[], signal?: AbortSignal): Promise<void>;
  /** Orderly: sources stop reading, producers flush, positions and offsets are stored, sinks are closed. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts a worker: opens its three topics, reads them, and resumes the connectors in them unless they are held. Throws WorkerConfigError,
 * InternalTopicError and OffsetFileError.
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { client, platform, plugins, config = {}, environment = {} } = options;
  const { clock, entropy, files } = platform;
  const settings = workerSettings(config);
  const secrets = new Secrets();
  const resolve = referenceResolver(config, { files, environment, onValue: (value) => secrets.add(value) });
  const loggers = new LoggerLevels(secrets.logger(platform.logger), clock);
  const logger = loggers.logger('connect.worker');
  const storage = await openStorage(options, settings, logger);
  try {
    const stores = await Promise.all([
      ConfigStore.open(storage.configs),
      SourceOffsets.open(storage.offsets),
      StatusStore.open(storage.statuses, logger),
    ]);
    const [configs, offsets, statuses] = stores;
    const { clusterId } = await client.admin().describeCluster();
    const { isolates } = platform;
    const pluginHost = taskUrl(import.meta.url, 'plugin-host');
    const taskEnvironment: TaskEnvironment = {
      ...{ client, clock, entropy, plugins, isolates, pluginHost },
      worker: settings,
      secrets,
    };
    const listeners = new Set<(event: WorkerEvent) => void>();
    const emit = (event: WorkerEvent): void => {
      for (const listener of listeners) listener(event);
    };
    const herder = new StandaloneHerder({
      clusterId: clusterId ?? '',
      environment: taskEnvironment,
      configs,
      offsets,
      statuses,
      loggers,
      resolve,
      emit,
    });
    const completion = new Completion({
      client,
      clock,
      worker: settings,
      configs,
      runner: (name) => herder.runners.get(name),
    });
    const startedAt = clock.now();
    if (options.isHeld !== true) herder.start();
    logger.info({ worker: settings.workerId, connectors: herder.connectors().length }, 'worker started');
    let closed: Promise<void> | undefined;
    const current = () => herder.connectors().map((name) => report(name, herder));
    let progress = current;
    return {
      herder,
      redact: (text) => secrets.redact(text),
      startStored: () => herder.start(),
      progress: () => progress(),
      metrics: () =>
        workerFamilies({
          connectors: herder.connectors().map((name) => measured(name, herder, taskEnvironment)),
          startups: herder.startups,
          startedAt,
        }),
      onEvent: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      whenDone: (names, signal) => completion.whenDone(names, signal),
      close: () => {
        if (closed !== undefined) return closed;
        // Closing forgets the tasks; what they count while they close is part of the end.
        const tasks = new Map([...herder.runners].map(([name, runner]) => [name, new Map(runner.tasks)]));
        const last = current();
        progress = () => last.map((each) => countedAnew(each, tasks.get(each.name)));
        closed = closeAll(herder, stores);
        return closed;
      },
    };
  } catch (error) {
    await Promise.allSettled(Object.values(storage).map((log) => log.close()));
    throw error;
  }
}

/**
 * Throws {@link WorkerGroupError} when workers of Kafka Connect share work in the group `groupId`: whoever started beside them
 * would do all of it a second time.
 */
export async function requireAlone(client: KafkaClient, groupId: string): Promise<void> {
  const [group] = await client.admin().describeGroups([groupId]);
  const count = group?.error === undefined ? (group?.members.length ?? 0) : 0;
  if (count > 0) throw new WorkerGroupError(groupId, count);
}

/** On topics, or as Kafka's standalone worker does. */
async function openStorage(
  { client, platform, offsetFile }: WorkerOptions,
  settings: WorkerSettings,
  logger: Logger,
): Promise<Storage> {
  if (offsetFile === undefined) return openStorageTopics(client, settings, logger);
  const offsets = OffsetFile.open(platform.files, offsetFile);
  return { configs: new MemoryLog(), offsets, statuses: new MemoryLog() };
}

async function closeAll(
  herder: StandaloneHerder,
  opened: readonly { close(): Promise<void> }[],
): Promise<void> {
  await herder.stop();
  await Promise.all(opened.map((store) => store.close()));
}

function report(name: string, herder: StandaloneHerder): ConnectorReport {
  const runner = herder.runners.get(name);
  const { type } = herder.connectorInfo(name);
  const { connector, tasks } = statusOf(name, herder);
  return {
    name,
    type,
    state: connector,
    error: runner?.error,
    tasks: [...(runner?.tasks ?? [])].flatMap(([task, { progress, metrics, error }]) =>
      progress === undefined
        ? []
        : [
            {
              task,
              state: tasks.get(task) ?? 'UNASSIGNED',
              ...progress,
              metrics: Object.fromEntries(metrics),
              error,
            },
          ],
    ),
  };
}

function measured(name: string, herder: StandaloneHerder, environment: TaskEnvironment): MeasuredConnector {
  const runner = herder.runners.get(name);
  const { type } = herder.connectorInfo(name);
  const { connector, tasks } = statusOf(name, herder);
  const { plugin } = runner ?? {};
  return {
    name,
    type: type === 'source' || type === 'sink' ? type : 'unknown',
    className: plugin === undefined ? '' : classNameOf(plugin),
    version: plugin?.version ?? '',
    state: connector,
    tasks: [...(runner?.tasks ?? [])].map(([task, each]) => ({
      task,
      state: tasks.get(task) ?? 'UNASSIGNED',
      progress: each.progress,
      meters: each.meters,
      runningRatio: each.ratioOf('RUNNING'),
      pauseRatio: each.ratioOf('PAUSED'),
      partitionCount: each.partitionCount,
      parts: taskParts(each.config, environment),
      counters: each.metrics,
    })),
  };
}

function countedAnew(
  connector: ConnectorReport,
  tasks: ReadonlyMap<number, { readonly progress: TaskProgress | undefined }> | undefined,
): ConnectorReport {
  return {
    ...connector,
    tasks: connector.tasks.map((each) => ({ ...each, ...tasks?.get(each.task)?.progress })),
  };
}

/** A connector that was created this moment has no status yet. */
function statusOf(name: string, herder: StandaloneHerder) {
  try {
    const { connector, tasks } = herder.connectorStatus(name);
    return { connector: connector.state, tasks: new Map(tasks.map(({ id, state }) => [id, state])) };
  } catch {
    return { connector: 'UNASSIGNED', tasks: new Map<number, string>() };
  }
}
