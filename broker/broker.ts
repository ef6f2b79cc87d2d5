import { every, type Timer } from '../platform/clock.ts';
import type { Net } from '../platform/net.ts';
import type { Platform } from '../platform/platform.ts';
import { randomUuid } from '../platform/uuid.ts';
import {
  type BrokerConfig,
  brokerConfig,
  type ConfigTexts,
  type Listener,
  singleNodeProperties,
} from './config/index.ts';
import { GroupCoordination } from './coordinator/group-coordination.ts';
import { isStorageFailure, LogCleaner, LogDirectory } from './log/index.ts';
import {
  bootstrapRecords,
  brokerLayers,
  type ControllerContext,
  leadershipRecords,
  type MetadataDelta,
  registrationRecords,
} from './metadata/index.ts';
import { ClusterMetadata } from './quorum/cluster-metadata.ts';
import { MetadataLog } from './quorum/metadata-log.ts';
import { ProducerIds } from './quorum/producer-ids.ts';
import { FetchSessions } from './replica/fetch-sessions.ts';
import { Partitions } from './replica/partitions.ts';
import { servedFeatures } from './served-features.ts';
import { Cluster } from './server/cluster.ts';
import type { Features } from './server/handlers/18-api-versions.ts';
import { type BrokerListener, IN_PROCESS_LISTENER } from './server/request-context.ts';
import { servedApis } from './server/served-apis.ts';
import { BrokerServer } from './server/server.ts';
import { TopicConfigs } from './topic-configs.ts';

const SESSION_EVICTION_MS = 120_000;
const METADATA_FOLDER = '__cluster_metadata-0';

/** What a broker is started with. */
export interface BrokerOptions {
  readonly platform: Platform;
  /** Kafka's `server.properties`, by name. `log.dirs` and `listeners` have to be there. */
  readonly properties: ConfigTexts;
  /** A network inside the process on which the broker listens as well: for clients that need no socket. */
  readonly inProcess?: { readonly net: Net; readonly host: string; readonly port: number } | undefined;
}

/** A running broker: a cluster of one node. */
export class Broker {
  readonly #platform: Platform;
  readonly #nodeId: number;
  readonly #properties: ConfigTexts;
  readonly #directory: LogDirectory;
  readonly #metadata: ClusterMetadata;
  readonly #topics: TopicConfigs;
  readonly #partitions: Partitions;
  readonly #groups: GroupCoordination;
  readonly #cleaner: LogCleaner;
  readonly #server: BrokerServer;
  #listeners: readonly BrokerListener[] = [];
  #timers: Timer[] = [];

  private constructor(
    options: BrokerOptions,
    properties: ConfigTexts,
    directory: LogDirectory,
    log: MetadataLog,
  ) {
    const { platform } = options;
    const { clock, entropy, executor, logger } = platform;
    this.#platform = platform;
    this.#properties = properties;
    this.#directory = directory;
    this.#nodeId = directory.meta.nodeId;
    this.#metadata = new ClusterMetadata(log, clock);
    this.#topics = new TopicConfigs(this.#metadata.image, this.#nodeId, properties);
    this.#partitions = new Partitions(directory, this.#topics);
    const context = () => this.#context();
    this.#groups = new GroupCoordination(platform, this.#partitions, this.#metadata, context);
    this.#cleaner = new LogCleaner(directory, platform, this.config);
    const producerIds = new ProducerIds(this.#metadata, this.#nodeId);
    const sessions = new FetchSessions(clock, entropy, {
      slots: this.config.maxIncrementalFetchSessionCacheSlots,
      evictionMs: SESSION_EVICTION_MS,
    });
    const apis = servedApis({
      clock,
      cluster: new Cluster(directory.meta.clusterId, this.#metadata, context),
      partitions: this.#partitions,
      groups: this.#groups,
      sessions,
      allocateProducerId: () => producerIds.allocate(),
      checkpoint: () => directory.checkpoint(),
      features: () => this.#features(),
    });
    const { socketRequestMaxBytes: requestBytesMax, connectionsMaxIdleMs: idleMsMax } = this.config;
    this.#server = new BrokerServer({ apis, executor, clock, logger, requestBytesMax, idleMsMax });
    this.#metadata.listen((delta) => this.#onMetadataChange(delta));
  }

  /** Opens the data, mends it if the last stop was not orderly, and begins to serve. */
  static async start(options: BrokerOptions): Promise<Broker> {
    const { platform } = options;
    const properties = singleNodeProperties(options.properties);
    const config = brokerConfig({ dynamicBroker: new Map(), dynamicDefault: new Map(), static: properties });
    const path = config.logDirs[0] ?? '';
    const directory = LogDirectory.open(platform, {
      path,
      nodeId: config.nodeId,
      durability: config.durability,
    });
    let broker: Broker | undefined;
    try {
      const log = await MetadataLog.open(platform.files, directory, platform.clock.now());
      broker = new Broker(options, properties, directory, log);
      await broker.#begin(options);
      return broker;
    } catch (error) {
      await (broker === undefined ? directory.close(-1) : broker.close());
      throw error;
    }
  }

  get clusterId(): string {
    return this.#directory.meta.clusterId;
  }

  /** The configs now in force. */
  get config(): BrokerConfig {
    return brokerConfig(brokerLayers(this.#metadata.image, this.#nodeId, this.#properties));
  }

  /** Where clients reach it, with the ports really bound; the first is the first of `listeners`. */
  get listeners(): readonly BrokerListener[] {
    return this.#listeners;
  }

  /** Compacts what is due now; resolves with the number of logs cleaned. Runs by itself as well. */
  cleanLogs(): Promise<number> {
    return this.#cleaner.clean();
  }

  /** Orderly stop: connections closed, everything synced, and the mark that the next start may skip recovery. */
  async close(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    await this.#server.close();
    this.#groups.stop();
    await this.#cleaner.stop();
    await this.#directory.close(this.#metadata.image.broker(this.#nodeId)?.epoch ?? -1);
  }

  async #begin({ platform, inProcess }: BrokerOptions): Promise<void> {
    const { image } = this.#metadata;
    const isNew = image.features.size === 0;
    if (isNew) await this.#metadata.append(() => bootstrapRecords(this.#properties, servedFeatures));
    const isCleanStart = this.#directory.wasCleanlyClosed;
    await this.#metadata.append(() => leadershipRecords(image, this.#nodeId, { isCleanStart }));
    this.#openLogs(isCleanStart);
    const { config } = this;
    const listeners = await this.#listen(platform.net, config);
    await this.#register(config, listeners);
    await this.#groups.start();
    if (inProcess !== undefined) {
      const { net, ...endpoint } = inProcess;
      listeners.push(await this.#server.listen(net, { name: IN_PROCESS_LISTENER, endpoint }));
    }
    this.#listeners = listeners;
    this.#startTimers(config);
    this.#server.start();
  }

  #openLogs(isCleanStart: boolean): void {
    const known = [...this.#topics.partitions()].map(({ topic, partition }) => `${topic}-${partition}`);
    this.#directory.setAsideStrays(new Set([...known, METADATA_FOLDER]));
    if (isCleanStart) return;
    for (const { log } of this.#partitions.all()) if (log.isOffline) return;
    this.#directory.noteAllLogsChecked();
  }

  async #listen(net: Net, config: BrokerConfig): Promise<BrokerListener[]> {
    const listeners: BrokerListener[] = [];
    for (const { name, host, port } of config.listeners) {
      const advertised = config.advertisedListeners.find((each) => each.name === name);
      listeners.push(await this.#server.listen(net, { name, endpoint: { host, port }, advertised }));
    }
    return listeners;
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
        logDirs: [this.#directory.meta.directoryId],
        features: servedFeatures,
      }),
    );
  }

  #startTimers(config: BrokerConfig): void {
    this.#timers = [
      this.#every(config.replicaHighWatermarkCheckpointIntervalMs, () =>
        this.#directory.checkpointHighWatermarks(),
      ),
      this.#every(config.logFlushOffsetCheckpointIntervalMs, () => this.#directory.checkpoint()),
      this.#every(config.logRetentionCheckIntervalMs, () => this.#applyRetention()),
    ];
    this.#cleaner.start();
  }

  /** Housekeeping on a directory that is offline has nothing to do, and on a full disk it is tried again the next time. */
  #every(intervalMs: number, work: () => void): Timer {
    return every(this.#platform.clock, intervalMs, () => {
      if (this.#directory.isOffline) return;
      try {
        work();
      } catch (error) {
        if (!isStorageFailure(error)) throw error;
        this.#platform.logger.warn({ err: error }, 'housekeeping of the log directory failed');
      }
    });
  }

  #applyRetention(): void {
    const expiredBefore = this.#platform.clock.now() - this.config.producerIdExpirationMs;
    for (const { log } of this.#partitions.all()) {
      log.producers.expireBefore(expiredBefore);
      try {
        log.deleteOldSegments();
      } catch (error) {
        if (!isStorageFailure(error)) throw error;
        this.#platform.logger.warn({ err: error, log: log.directory }, 'retention of a log failed');
      }
    }
  }

  #onMetadataChange(delta: MetadataDelta): void {
    for (const { name, id, partitions } of delta.topicsRemoved) {
      this.#partitions.delete(name, id, partitions.size);
      this.#groups.onTopicDeleted(name);
    }
    this.#topics.forget(delta.configsChanged); // A deleted log still asked for its topic's.
    for (const { name } of delta.topicsCreated) this.#groups.onTopicCreated(name);
  }

  #features(): Features {
    const { image, endOffset } = this.#metadata;
    const levels = Object.entries(servedFeatures).map(([name, { minVersion, maxVersion }]) => {
      return { name, minVersion, maxVersion, level: image.featureLevel(name) };
    });
    return { epoch: endOffset - 1, levels };
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
