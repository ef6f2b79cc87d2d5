import {
  type ConfigInfos,
  findConnector,
  type Properties,
  type SentConfig,
  validateConnector,
  validateResolved,
} from '../config/index.ts';
import {
  type ConfigKey,
  classNameOf,
  configKeys,
  createContext,
  type DefinedSink,
  type DefinedSource,
  type Plugin,
  PluginError,
  type PluginKind,
} from '../plugin/index.ts';
import type { TaskEnvironment } from '../tasks/index.ts';
import { namedConfig, patchedConfig, validConfig } from './config-requests.ts';
import { connectorRecords, deletionRecords, type TargetState, targetRecord } from './config-state.ts';
import type { ConfigStore } from './config-store.ts';
import {
  type ConnectorInfo,
  type ConnectorOffset,
  type ConnectorStatusInfo,
  type ConnectorType,
  connectorDescriptions,
  connectorInfo,
  connectorStatusInfo,
  connectorType,
  type PluginInfo,
  pluginInfos,
  type SentOffset,
  statusInfo,
  type TaskInfo,
  type TaskStatusInfo,
} from './connector-info.ts';
import { ConnectorRunner } from './connector-runner.ts';
import {
  AlreadyExistsError,
  BadRequestError,
  ForbiddenError,
  NotFoundError,
  StoppingError,
} from './errors.ts';
import { type Health, HealthCheck } from './health.ts';
import type { Herder, RestartOptions } from './herder.ts';
import type { LoggerLevels } from './logger-levels.ts';
import { OffsetAdmin, type OffsetOwner } from './offset-admin.ts';
import type { SourceOffsets } from './source-offsets.ts';
import { Startups, type WorkerStartups } from './startups.ts';
import type { StatusStore } from './status-store.ts';
import type { WorkerEvent } from './worker-event.ts';

/** What a {@link StandaloneHerder} works with. It closes none of it. */
export interface HerderParts {
  readonly clusterId: string;
  readonly environment: TaskEnvironment;
  readonly configs: ConfigStore;
  readonly statuses: StatusStore;
  readonly offsets: SourceOffsets;
  readonly loggers: LoggerLevels;
  /** Replaces references such as `${env:PASSWORD}` by what they stand for. */
  resolve(config: Properties): Properties;
  emit(event: WorkerEvent): void;
}

/**
 * A herder without a group: it runs all connectors of the config topic itself. Unlike Kafka's, it keeps everything in the
 * three topics, so that a restart resumes what was there, and a group of workers can take over.
 */
export class StandaloneHerder implements Herder {
  readonly loggers: LoggerLevels;
  readonly clusterId: string;
  readonly #parts: HerderParts;
  readonly startups: WorkerStartups = { connectors: new Startups(), tasks: new Startups() };
  readonly #runners = new Map<string, ConnectorRunner>();
  readonly #offsetAdmin: OffsetAdmin;
  readonly #health: HealthCheck;
  /** Changes of configs, one after the other: between a check and its record comes no other record. */
  #writing: Promise<unknown> = Promise.resolve();
  #isStopped = false;

  constructor(parts: HerderParts) {
    this.#parts = parts;
    this.loggers = parts.loggers;
    this.clusterId = parts.clusterId;
    const { client, clock, worker, secrets } = parts.environment;
    this.#health = new HealthCheck(client, clock);
    const log = parts.loggers.logger('connect.worker');
    this.#offsetAdmin = new OffsetAdmin({
      client,
      offsets: parts.offsets,
      worker,
      secrets,
      context: (connector) => createContext({ connector, signal: new AbortController().signal, log, clock }),
    });
  }

  /** Starts what the config topic holds; what runs goes on. */
  start(): void {
    const names = this.connectors();
    for (const name of this.#parts.statuses.names())
      if (!names.includes(name)) this.#parts.statuses.delete(name);
    for (const name of names) void this.#runner(name).apply();
  }

  /** Stops all connectors in order. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#writing;
    await Promise.all([...this.#runners.values()].map((runner) => runner.shutdown()));
  }

  health(timeoutMs: number): Promise<Health> {
    return this.#health.check(() => this.#writing, timeoutMs);
  }

  /** By connector. */
  get runners(): ReadonlyMap<string, ConnectorRunner> {
    return this.#runners;
  }

  connectors(): string[] {
    return this.#parts.configs.names();
  }

  connectorInfo(name: string): ConnectorInfo {
    return connectorInfo(name, this.#require(name), this.#plugins);
  }

  connectorConfig(name: string): Properties {
    return this.#require(name).config;
  }

  connectorStatus(name: string): ConnectorStatusInfo {
    const status = connectorStatusInfo(name, this.#typeOf(name), this.#parts.statuses);
    if (status === undefined) throw new NotFoundError(`No status found for connector ${name}`);
    return status;
  }

  taskConfigs(name: string): TaskInfo[] {
    return this.#require(name).tasks.map((config, task) => ({ id: { connector: name, task }, config }));
  }

  taskStatus(name: string, task: number): TaskStatusInfo {
    const status = this.#parts.statuses.task(name, task);
    if (status === undefined) throw new NotFoundError(`No status found for task ${name}-${task}`);
    return { id: task, ...statusInfo(status) };
  }

  async createConnector(name: string, sent: SentConfig, target?: TargetState): Promise<ConnectorInfo> {
    const config = this.#checked(name, namedConfig(name, sent));
    await this.#write(async () => {
      if (this.#parts.configs.get(name) !== undefined)
        throw new AlreadyExistsError(`Connector ${name} already exists`);
      await this.#parts.configs.write(connectorRecords(name, config, target));
    });
    await this.#runner(name).apply();
    return this.connectorInfo(name);
  }

  async putConnectorConfig(name: string, sent: SentConfig) {
    const config = this.#checked(name, namedConfig(name, sent));
    const isCreated = await this.#write(async () => {
      const exists = this.#parts.configs.get(name) !== undefined;
      await this.#parts.configs.write(connectorRecords(name, config));
      return !exists;
    });
    await this.#runner(name).apply();
    return { isCreated, info: this.connectorInfo(name) };
  }

  async patchConnectorConfig(name: string, patch: SentConfig): Promise<ConnectorInfo> {
    await this.#write(async () => {
      const config = this.#checked(name, patchedConfig(this.#require(name).config, patch));
      await this.#parts.configs.write(connectorRecords(name, config));
    });
    await this.#runner(name).apply();
    return this.connectorInfo(name);
  }

  async deleteConnector(name: string): Promise<void> {
    await this.#write(async () => {
      this.#require(name);
      await this.#parts.configs.write(deletionRecords(name));
    });
    await this.#runner(name).apply();
    if (this.#parts.configs.get(name) === undefined) this.#runners.delete(name);
  }

  async pauseConnector(name: string): Promise<void> {
    await this.#setTarget(name, 'PAUSED');
  }

  async resumeConnector(name: string): Promise<void> {
    await this.#setTarget(name, 'STARTED');
  }

  async stopConnector(name: string): Promise<void> {
    await this.#setTarget(name, 'STOPPED');
  }

  restartConnector(name: string, { includeTasks, onlyFailed }: RestartOptions): ConnectorStatusInfo {
    this.#requireKnown(name);
    const status = this.connectorStatus(name);
    const tasks = status.tasks.filter(({ state }) => includeTasks && (!onlyFailed || state === 'FAILED'));
    const hasConnector = !onlyFailed || status.connector.state === 'FAILED';
    if (hasConnector || tasks.length > 0) {
      void this.#runner(name).restart({ hasConnector, tasks: tasks.map(({ id }) => id) });
    }
    return this.connectorStatus(name);
  }

  restartTask(name: string, task: number): void {
    const entry = this.#requireKnown(name);
    if (entry.tasks[task] === undefined) throw new NotFoundError(`Unknown task: ${name}-${task}`);
    void this.#runner(name).restart({ hasConnector: false, tasks: [task] });
  }

  connectorTopics(name: string): string[] {
    const { worker } = this.#parts.environment;
    if (!worker.isTrackingTopics) throw new ForbiddenError('Topic tracking is disabled.');
    return this.#parts.statuses.topics(name);
  }

  resetConnectorTopics(name: string): void {
    const { isTrackingTopics, canResetTopics } = this.#parts.environment.worker;
    if (!isTrackingTopics) throw new ForbiddenError('Topic tracking is disabled.');
    if (!canResetTopics) throw new ForbiddenError('Topic tracking reset is disabled.');
    this.#parts.statuses.resetTopics(name);
  }

  async connectorOffsets(name: string): Promise<ConnectorOffset[]> {
    const { config } = this.#require(name);
    return this.#offsetAdmin.list({ name, plugin: this.#pluginOf(config), config });
  }

  async alterConnectorOffsets(name: string, offsets: readonly SentOffset[]): Promise<string> {
    return this.#whileStopped(name, (owner) => this.#offsetAdmin.alter(owner, offsets));
  }

  async resetConnectorOffsets(name: string): Promise<string> {
    return this.#whileStopped(name, (owner) => this.#offsetAdmin.reset(owner));
  }

  plugins(hasConnectorsOnly: boolean): PluginInfo[] {
    return pluginInfos(this.#plugins, hasConnectorsOnly);
  }

  pluginConfig(name: string, version = 'latest'): readonly ConfigKey[] {
    const kinds: PluginKind[] = ['source', 'sink', 'converter', 'header_converter', 'transform', 'predicate'];
    for (const kind of kinds) {
      const plugin: Plugin | undefined = findOrThrow(() => this.#plugins.find(kind, name));
      if (plugin === undefined) continue;
      if (version !== 'latest' && version !== plugin.version) {
        throw new BadRequestError(
          `Plugin ${classNameOf(plugin)} not found that matches the version range ${versionRange(version)}, ` +
            `available versions: [${plugin.version}]`,
        );
      }
      const own = configKeys(plugin.config);
      if (plugin.kind !== 'source' && plugin.kind !== 'sink') return own;
      const all = validateConnector(
        plugin,
        {},
        { plugins: this.#plugins, worker: this.#parts.environment.worker },
      );
      const shown = new Set(own.map((key) => key.name));
      const framework = all.configs.flatMap(({ definition }) =>
        definition === null || shown.has(definition.name) ? [] : [withoutWorker(definition)],
      );
      return [...own, ...framework];
    }
    throw new NotFoundError(`Unknown plugin ${name}.`);
  }

  validate(sent: SentConfig): ConfigInfos {
    const { worker } = this.#parts.environment;
    return validateResolved(sent, this.#parts.resolve, (config) =>
      validateConnector(this.#pluginOf(config), config, { plugins: this.#plugins, worker }),
    );
  }

  get #plugins() {
    return this.#parts.environment.plugins;
  }

  #runner(name: string): ConnectorRunner {
    const known = this.#runners.get(name);
    if (known !== undefined) return known;
    const logger = this.loggers.logger(`connect.connector.${name}`, { connector: name });
    const runner = new ConnectorRunner({ ...this.#parts, name, logger, startups: this.startups });
    this.#runners.set(name, runner);
    return runner;
  }

  #checked(name: string, config: SentConfig): Properties {
    return validConfig(config, this.validate({ ...config, name: config['name'] ?? name }));
  }

  #pluginOf(config: SentConfig): DefinedSource | DefinedSink {
    const className = config['connector.class'];
    if (className === undefined || className === null) {
      throw new BadRequestError('Connector config contains no connector type');
    }
    const plugin = findOrThrow(() => findConnector(this.#plugins, config));
    if (plugin !== undefined) return plugin;
    throw new BadRequestError(
      `Failed to find any class that implements Connector and which name ` +
        `matches ${className}, available connectors are: ${connectorDescriptions(this.#plugins)}`,
    );
  }

  #require(name: string) {
    const entry = this.#parts.configs.get(name);
    if (entry === undefined) throw new NotFoundError(`Connector ${name} not found`);
    return entry;
  }

  #requireKnown(name: string) {
    const entry = this.#parts.configs.get(name);
    if (entry === undefined) throw new NotFoundError(`Unknown connector: ${name}`);
    return entry;
  }

  #typeOf(name: string): ConnectorType {
    return connectorType(this.#parts.configs.get(name)?.config, this.#plugins);
  }

  async #setTarget(name: string, target: TargetState): Promise<void> {
    await this.#write(async () => {
      const entry = this.#parts.configs.get(name);
      if (entry === undefined) throw new NotFoundError(`Unknown connector ${name}`);
      if (entry.target !== target) await this.#parts.configs.write([targetRecord(name, target)]);
    });
    await this.#runner(name).apply();
  }

  async #whileStopped<T>(name: string, change: (owner: OffsetOwner) => Promise<T>): Promise<T> {
    return this.#write(async () => {
      const { config, target } = this.#require(name);
      if (target !== 'STOPPED' || (this.#runners.get(name)?.tasks.size ?? 0) > 0) {
        throw new BadRequestError(
          'Connectors must be in the STOPPED state before their offsets can be modified. This can be done for the specified ' +
            `connector by issuing a 'PUT' request to the '/connectors/${name}/stop' endpoint`,
        );
      }
      return change({ name, plugin: this.#pluginOf(config), config: this.#parts.resolve(config) });
    });
  }

  #write<T>(change: () => Promise<T>): Promise<T> {
    if (this.#isStopped) return Promise.reject(new StoppingError());
    const result = this.#writing.then(change);
    this.#writing = result.catch(() => undefined);
    return result;
  }
}

/** What depends on the worker and on the config is not part of a plugin's description. */
function withoutWorker(key: ConfigKey): ConfigKey {
  return /^(key|value|header)\.converter(\.plugin\.version)?$/.test(key.name)
    ? { ...key, default_value: null }
    : key;
}

/** A range of Maven's that holds one version. */
function versionRange(version: string): string {
  return version === '' ? '[,]' : `[${version},${version}]`;
}

/** A short name that fits several plugins is the client's mistake. */
function findOrThrow<T>(find: () => T): T {
  try {
    return find();
  } catch (error) {
    if (error instanceof PluginError) throw new BadRequestError(error.message, { cause: error });
    throw error;
  }
}
