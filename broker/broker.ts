import type { StreamError } from '../platform/errors.ts';
import type { Logger } from '../platform/logger.ts';
import { LoggerLevels } from '../platform/logger-levels.ts';
import type { MetricFamily } from '../platform/metrics.ts';
import type { Net } from '../platform/net.ts';
import type { Platform } from '../platform/platform.ts';
import { randomUuid } from '../platform/uuid.ts';
import { checkedProperties, staticConfig } from './broker-configuration.ts';
import {
  type BrokerConfig,
  type BrokerConfigLayers,
  brokerConfig,
  ConfigError,
  type ConfigTexts,
  type Listener,
} from './config/index.ts';
import { GroupCoordination } from './coordinator/group-coordination.ts';
import { TransactionCoordination } from './coordinator/transaction-coordination.ts';
import { LogDirectories } from './log/index.ts';
import {
  bootstrapRecords,
  brokerLayers,
  type ControllerContext,
  leadershipRecords,
  type MetadataDelta,
  type MetadataRecord,
  registrationRecords,
  resourceTypes,
} from './metadata/index.ts';
import { brokerFamilies } from './metrics/index.ts';
import { readBootstrapFile } from './quorum/bootstrap-file.ts';
import { ClusterMetadata } from './quorum/cluster-metadata.ts';
import { MetadataLog } from './quorum/metadata-log.ts';
import { kraftVersions, metadataLogConfigs, ownVoter } from './quorum/own-quorum.ts';
import { ProducerIds } from './quorum/producer-ids.ts';
import { FetchSessions } from './replica/fetch-sessions.ts';
import { Partitions } from './replica/partitions.ts';
import { ProduceVerifier } from './replica/produce-verifier.ts';
import type { TransactionVerifier } from './replica/transaction-verifier.ts';
import { servedFeatures } from './served-features.ts';
import { Cluster } from './server/cluster.ts';
import { type ConnectionLimits, connectionLimits } from './server/connection-limits.ts';
import type { Features } from './server/handlers/18-api-versions.ts';
import { type BrokerListener, IN_PROCESS_LISTENER } from './server/request-context.ts';
import { servedApis } from './server/served-apis.ts';
import { BrokerServer } from './server/server.ts';
import { BrokerStorage } from './storage.ts';
import { TopicConfigs } from './topic-configs.ts';

const SESSION_EVICTION_MS = 120_000;

/** What a broker is started with. */
export interface BrokerOptions {
  readonly platform: Platform;
  /** Kafka's `server.properties`, by name. `log.dirs` and `listeners` have to be there. */
  readonly properties: ConfigTexts;
  /** Id of the cluster when the data directory is new; one that has another is refused. Default: a random one. */
  readonly clusterId?: string | undefined;
  /** Levels of the broker's loggers (BROKER_LOGGER configs). Default: everything is passed on to the platform's logger. */
  readonly loggers?: LoggerLevels | undefined;
  /** A network inside the process on which the broker listens as well: for clients that need no socket. */
  readonly inProcess?: { readonly net: Net; readonly host: string; readonly port: number } | undefined;
}

/** A running broker: a cluster of one node. */
export class Broker {
  readonly #platform: Platform;
  readonly #nodeId: number;
  readonly #properties: ConfigTexts;
  readonly #directories: LogDirectories;
  readonly #metadata: ClusterMetadata;
  readonly #storage: BrokerStorage;
  readonly #groups: GroupCoordination;
  readonly #transactions: TransactionCoordination;
  readonly #server: BrokerServer;
  readonly #loggers: LoggerLevels;
  #config: BrokerConfig;
  #limits: ConnectionLimits;
  readonly #partitions: Partitions;
  readonly #sessions: FetchSessions;
  #listeners: readonly BrokerListener[] = [];
  #listening: Promise<void> = Promise.resolve();
  #isServing = false;

  private constructor(
    options: BrokerOptions,
    properties: ConfigTexts,
    directories: LogDirectories,
    log: MetadataLog,
  ) {
    this.#loggers = options.loggers ?? new LoggerLevels('DEBUG');
    const platform = { ...options.platform, logger: this.#logger('broker', options) };
    const { clock, entropy, executor } = platform;
    const logger = this.#logger('server', options);
    this.#platform = platform;
    this.#properties = properties;
    this.#directories = directories;
    this.#nodeId = directories.metadata.meta.nodeId;
    const snapshots = staticConfig(properties);
    this.#metadata = new ClusterMetadata(log, {
      clock,
      logger: this.#logger('metadata', options),
      snapshots,
    });
    this.#config = this.#configInForce();
    this.#limits = connectionLimits(this.#config, this.#layers());
    const topics = new TopicConfigs(this.#metadata.image, this.#nodeId, properties);
    const partitions = new Partitions(directories, topics, {
      now: () => clock.now(),
      isVerificationEnabled: () => this.config.transactionPartitionVerificationEnable,
    });
    this.#partitions = partitions;
    const context = () => this.#context();
    const coordination = (name: string) => {
      const logger = this.#logger(name, options);
      return { platform: { ...platform, logger }, partitions, metadata: this.#metadata, context };
    };
    const verifier: TransactionVerifier = {
      verify: (request, done) => this.#transactions.service.verify(request, done),
    };
    this.#groups = new GroupCoordination({ ...coordination('groups'), verifier });
    this.#storage = new BrokerStorage({
      platform,
      nodeId: this.#nodeId,
      config: () => this.config,
      directories,
      metadata: this.#metadata,
      topics,
      partitions,
    });
    const producerIds = new ProducerIds(this.#metadata, this.#nodeId);
    this.#transactions = new TransactionCoordination({
      ...coordination('transactions'),
      groups: this.#groups.service,
      allocateProducerId: () => producerIds.allocate(),
    });
    const sessions = new FetchSessions(clock, entropy, {
      slots: this.config.maxIncrementalFetchSessionCacheSlots,
      evictionMs: SESSION_EVICTION_MS,
    });
    this.#sessions = sessions;
    const apis = servedApis({
      clock,
      executor,
      cluster: new Cluster(this.clusterId, this.#metadata, context),
      partitions,
      produceVerifier: new ProduceVerifier(verifier, clock, () => ({
        backoffMs: this.config.addPartitionsToTxnRetryBackoffMs,
        backoffMsMax: this.config.addPartitionsToTxnRetryBackoffMaxMs,
      })),
      groups: this.#groups,
      transactions: this.#transactions,
      sessions,
      checkpoint: () => directories.checkpoint(),
      directories,
      moves: this.#storage.moves,
      features: () => this.#features(),
      featureSupport: {
        ranges: { ...servedFeatures, 'kraft.version': kraftVersions },
        voters: () => ownVoter(directories.metadata.meta, this.#config),
      },
      quorum: {
        metadata: this.#metadata,
        nodeId: this.#nodeId,
        directoryId: directories.metadata.meta.directoryId,
        config: () => this.#config,
        now: () => clock.now(),
      },
      loggers: this.#loggers,
    });
    const { socketRequestMaxBytes: requestBytesMax, connectionsMaxIdleMs: idleMsMax } = this.config;
    const limits = () => this.#limits;
    const connections = { requestBytesMax, idleMsMax, limits };
    this.#server = new BrokerServer({ apis, executor, clock, logger, ...connections });
    this.#metadata.listen((delta) => this.#onMetadataChange(delta));
  }

  #logger(name: string, { platform: { logger } }: BrokerOptions): Logger {
    return this.#loggers.logger(`millrace.${name}`, logger);
  }

  /** Opens the data, mends it if the last stop was not orderly, and begins to serve. */
  static async start(options: BrokerOptions): Promise<Broker> {
    const loggers = options.loggers ?? new LoggerLevels('DEBUG');
    const loggerOf = (name: string) => loggers.logger(`millrace.${name}`, options.platform.logger);
    const properties = checkedProperties(options.properties, loggerOf('broker'));
    const config = staticConfig(properties);
    const platform = { ...options.platform, logger: loggerOf('log') };
    const directories = await LogDirectories.open(platform, {
      paths: config.logDirs,
      metadataPath: config.metadataLogDir,
      cordoned: () => broker?.config.cordonedLogDirs ?? config.cordonedLogDirs,
      nodeId: config.nodeId,
      durability: config.durability,
      clusterId: options.clusterId,
    });
    let broker: Broker | undefined;
    try {
      const log = await MetadataLog.open(platform.files, directories.metadata, {
        nowMs: platform.clock.now(),
        configs: metadataLogConfigs(config),
        voters: ownVoter(directories.metadata.meta, config),
      });
      broker = new Broker({ ...options, loggers }, properties, directories, log);
      await broker.#begin(options);
      return broker;
    } catch (error) {
      await (broker === undefined ? directories.close(-1) : broker.close());
      throw error;
    }
  }

  get clusterId(): string {
    return this.#directories.metadata.meta.clusterId;
  }

  /** The configs now in force. */
  get config(): BrokerConfig {
    return this.#config;
  }

  /** Where clients reach it, with the ports really bound; the first is the first of `listeners`. */
  get listeners(): readonly BrokerListener[] {
    return this.#listeners;
  }

  /** Resolves with the reason when no data can be served any more; then close it. */
  get halted(): Promise<StreamError> {
    return this.#storage.halted;
  }

  /** Compacts what is due now; resolves with the number of logs cleaned. Runs by itself as well. */
  cleanLogs(): Promise<number> {
    return this.#storage.cleanLogs();
  }

  /** Checks all closed segments now; resolves with the number of rotten stretches found. Runs by itself as well. */
  scrubLogs(): Promise<number> {
    return this.#storage.scrubLogs();
  }

  /** What the broker counts and what state it is in, as of now. */
  metrics(): Promise<MetricFamily[]> {
    return brokerFamilies({
      image: this.#metadata.image,
      nodeId: this.#nodeId,
      isRunning: this.#isServing,
      partitions: this.#partitions,
      directories: this.#directories,
      groups: this.#groups.service,
      sessions: this.#sessions,
      requests: this.#server.requests,
      network: this.#server.network,
    });
  }

  /** Why not all data can be served, a sentence each; none when it can. */
  problems(): readonly string[] {
    const failed = this.#directories.all.filter(
      ({ directory }) => directory === undefined || directory.isOffline,
    );
    return [
      ...(this.#isServing ? [] : ['the broker is starting or stopping']),
      ...failed.map(({ path }) => `log directory ${path} is offline`),
    ];
  }

  /** Orderly stop: connections closed, everything synced, and the mark that the next start may skip recovery. */
  async close(): Promise<void> {
    this.#isServing = false;
    await this.#listening;
    await this.#server.close();
    this.#transactions.stop();
    this.#groups.stop();
    await this.#metadata.settled();
    await this.#storage.close(this.#metadata.image.broker(this.#nodeId)?.epoch ?? -1);
  }

  async #begin({ platform, inProcess }: BrokerOptions): Promise<void> {
    const { image } = this.#metadata;
    const isNew = image.features.size === 0;
    if (isNew) await this.#metadata.append(() => this.#bootstrapRecords());
    this.#storage.tidy();
    const isCleanStart = this.#directories.wereCleanlyClosed;
    const isOffline = this.#storage.isOffline.bind(this.#storage);
    await this.#metadata.append(() => leadershipRecords(image, this.#nodeId, { isCleanStart, isOffline }));
    await this.#metadata.append(() => this.#storage.placementRecords());
    await this.#storage.checkLogs();
    const { config } = this;
    const listeners = await this.#listen(platform.net, config);
    await this.#register(config, listeners);
    await this.#groups.start();
    await this.#transactions.start();
    if (inProcess !== undefined) {
      const { net, ...endpoint } = inProcess;
      const own = { name: IN_PROCESS_LISTENER, endpoint, isUnlimited: true };
      listeners.push(await this.#server.listen(net, own));
    }
    this.#listeners = listeners;
    this.#storage.start();
    this.#isServing = true;
    this.#server.start();
  }

  #bootstrapRecords(): readonly MetadataRecord[] {
    const formatted = readBootstrapFile(this.#platform.files, this.#directories.metadata.path);
    return formatted ?? bootstrapRecords(this.#properties, servedFeatures);
  }

  async #listen(net: Net, config: BrokerConfig): Promise<BrokerListener[]> {
    const listeners: BrokerListener[] = [];
    for (const listener of config.listeners) listeners.push(await this.#open(net, listener));
    return listeners;
  }

  #open(net: Net, { name, host, port }: Listener): Promise<BrokerListener> {
    const advertised = this.#config.advertisedListeners.find((each) => each.name === name);
    return this.#server.listen(net, { name, endpoint: { host, port }, advertised });
  }

  #register(config: BrokerConfig, listeners: readonly BrokerListener[]): Promise<void> {
    const advertisedListeners = listeners.map(({ name, advertised }): Listener => {
      return { name, ...advertised, securityProtocol: 'PLAINTEXT' };
    });
    return this.#metadata.append(() =>
      registrationRecords({
        brokerId: this.#nodeId,
        incarnationId: randomUuid(this.#platform.entropy),
        nextOffset: this.#metadata.endOffset,
        advertisedListeners,
        rack: config.brokerRack,
        logDirs: this.#storage.logDirs,
        cordonedLogDirs: this.#storage.cordonedLogDirs,
        features: servedFeatures,
      }),
    );
  }

  #onMetadataChange(delta: MetadataDelta): void {
    if (delta.configsChanged.some(({ resourceType }) => resourceType === resourceTypes.BROKER)) {
      this.#reconfigure();
    }
    this.#storage.onMetadataChange(delta);
    this.#groups.onMetadataChange(delta);
    for (const { name } of delta.topicsRemoved) {
      this.#groups.onTopicDeleted(name);
      this.#transactions.onTopicDeleted(name);
    }
    for (const { name } of delta.topicsCreated) {
      this.#groups.onTopicCreated(name);
      this.#transactions.onTopicCreated(name);
    }
    for (const { topic, partitionId } of delta.partitionsChanged) {
      this.#groups.onPartitionChanged(topic, partitionId);
      this.#transactions.onPartitionChanged(topic, partitionId);
    }
  }

  /** Puts to work what changed in the broker's dynamic configs; what others ask for when they need it needs no more. */
  #reconfigure(): void {
    try {
      this.#config = this.#configInForce();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      this.#platform.logger.error(
        { err: error },
        'dynamic configs cannot be used, the old ones stay in force',
      );
      return;
    }
    this.#limits = connectionLimits(this.#config, this.#layers());
    this.#server.admitWaiting();
    if (this.#isServing) this.#listening = this.#listening.then(() => this.#changeListeners());
  }

  /** Opens listeners that `listeners` has gained and closes those it has lost; one that cannot be opened is told. */
  async #changeListeners(): Promise<void> {
    const wanted = this.#config.listeners;
    const isOpen = (name: string) => this.#listeners.some((listener) => listener.name === name);
    const gone = this.#listeners.filter(
      ({ name }) => name !== IN_PROCESS_LISTENER && !wanted.some((listener) => listener.name === name),
    );
    for (const { name } of gone) await this.#server.unlisten(name);
    this.#listeners = this.#listeners.filter((listener) => !gone.includes(listener));
    for (const listener of wanted.filter(({ name }) => !isOpen(name))) {
      try {
        this.#listeners = [...this.#listeners, await this.#open(this.#platform.net, listener)];
      } catch (err) {
        this.#platform.logger.error({ err, listener: listener.name }, 'listener cannot be opened');
      }
    }
  }

  #configInForce(): BrokerConfig {
    return brokerConfig(this.#layers());
  }

  #layers(): BrokerConfigLayers {
    return brokerLayers(this.#metadata.image, this.#nodeId, this.#properties);
  }

  #features(): Features {
    const { image, endOffset, voters } = this.#metadata;
    const levels = Object.entries(servedFeatures).map(([name, { minVersion, maxVersion }]) => {
      return { name, minVersion, maxVersion, level: image.featureLevel(name) };
    });
    const kraft = { name: 'kraft.version', ...kraftVersions, level: voters.kraftVersion };
    return { epoch: endOffset - 1, levels: [...levels, kraft] };
  }

  #context(): ControllerContext {
    return {
      image: this.#metadata.image,
      nodeId: this.#nodeId,
      properties: this.#properties,
      config: this.config,
      entropy: this.#platform.entropy,
    };
  }
}
