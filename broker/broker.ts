import type { StreamError } from '../platform/errors.ts';
import { LoggerLevels } from '../platform/logger-levels.ts';
import type { MetricFamily } from '../platform/metrics.ts';
import type { Net } from '../platform/net.ts';
import type { Platform } from '../platform/platform.ts';
import { randomUuid } from '../platform/uuid.ts';
import { checkedProperties, staticConfig } from './broker-configuration.ts';
import type { BrokerConfig, ConfigTexts, Listener } from './config/index.ts';
import { LogDirectories } from './log/index.ts';
import {
  bootstrapRecords,
  leadershipRecords,
  type MetadataDelta,
  type MetadataRecord,
  registrationRecords,
  resourceTypes,
} from './metadata/index.ts';
import { brokerFamilies } from './metrics/index.ts';
import { type BrokerGround, type BrokerParts, brokerParts } from './module.ts';
import { readBootstrapFile } from './quorum/bootstrap-file.ts';
import { MetadataLog } from './quorum/metadata-log.ts';
import { metadataLogConfigs, ownVoter } from './quorum/own-quorum.ts';
import { servedFeatures } from './served-features.ts';
import type { BrokerListener } from './server/request-context.ts';

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
  readonly #ground: BrokerGround;
  readonly #parts: BrokerParts;
  #isServing = false;

  private constructor(ground: BrokerGround) {
    this.#ground = ground;
    this.#parts = brokerParts(ground);
    this.#parts.metadata.listen((delta) => this.#onMetadataChange(delta));
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
      broker = new Broker({ platform: options.platform, properties, loggers, directories, log });
      await broker.#begin(options);
      return broker;
    } catch (error) {
      await (broker === undefined ? directories.close(-1) : broker.close());
      throw error;
    }
  }

  get clusterId(): string {
    return this.#ground.directories.metadata.meta.clusterId;
  }

  /** The configs now in force. */
  get config(): BrokerConfig {
    return this.#parts.config.current;
  }

  /** Where clients reach it, with the ports really bound; the first is the first of `listeners`. */
  get listeners(): readonly BrokerListener[] {
    return this.#parts.listeners.all;
  }

  /** Resolves with the reason when no data can be served any more; then close it. */
  get halted(): Promise<StreamError> {
    return this.#parts.storage.halted;
  }

  /** Compacts what is due now; resolves with the number of logs cleaned. Runs by itself as well. */
  cleanLogs(): Promise<number> {
    return this.#parts.storage.cleanLogs();
  }

  /** Checks all closed segments now; resolves with the number of rotten stretches found. Runs by itself as well. */
  scrubLogs(): Promise<number> {
    return this.#parts.storage.scrubLogs();
  }

  /** What the broker counts and what state it is in, as of now. */
  metrics(): Promise<MetricFamily[]> {
    const { nodeId, metadata, partitions, groups, sessions, server } = this.#parts;
    return brokerFamilies({
      image: metadata.image,
      nodeId,
      isRunning: this.#isServing,
      partitions,
      directories: this.#ground.directories,
      groups: groups.service,
      sessions,
      requests: server.requests,
      network: server.network,
    });
  }

  /** Why not all data can be served, a sentence each; none when it can. */
  problems(): readonly string[] {
    const failed = this.#ground.directories.all.filter(
      ({ directory }) => directory === undefined || directory.isOffline,
    );
    return [
      ...(this.#isServing ? [] : ['the broker is starting or stopping']),
      ...failed.map(({ path }) => `log directory ${path} is offline`),
    ];
  }

  /** Orderly stop: connections closed, everything synced, and the mark that the next start may skip recovery. */
  async close(): Promise<void> {
    const { nodeId, metadata, storage, groups, transactions, server, listeners } = this.#parts;
    this.#isServing = false;
    await listeners.settled();
    await server.close();
    transactions.topic.stop();
    groups.topic.stop();
    await metadata.settled();
    await storage.close(metadata.image.broker(nodeId)?.epoch ?? -1);
  }

  async #begin({ inProcess }: BrokerOptions): Promise<void> {
    const { nodeId, metadata, storage, groups, transactions, server, listeners } = this.#parts;
    const { image } = metadata;
    const isNew = image.features.size === 0;
    if (isNew) await metadata.append(() => this.#bootstrapRecords());
    storage.tidy();
    const isCleanStart = this.#ground.directories.wereCleanlyClosed;
    const isOffline = storage.isOffline.bind(storage);
    await metadata.append(() => leadershipRecords(image, nodeId, { isCleanStart, isOffline }));
    await metadata.append(() => storage.placementRecords());
    await storage.checkLogs();
    await listeners.open();
    await this.#register();
    await groups.topic.start();
    await transactions.topic.start();
    if (inProcess !== undefined) await listeners.openInProcess(inProcess);
    storage.start();
    this.#isServing = true;
    server.start();
  }

  #bootstrapRecords(): readonly MetadataRecord[] {
    const { platform, directories, properties } = this.#ground;
    const formatted = readBootstrapFile(platform.files, directories.metadata.path);
    return formatted ?? bootstrapRecords(properties, servedFeatures);
  }

  #register(): Promise<void> {
    const { nodeId, metadata, storage } = this.#parts;
    const advertisedListeners = this.listeners.map(({ name, advertised }): Listener => {
      return { name, ...advertised, securityProtocol: 'PLAINTEXT' };
    });
    return metadata.append(() =>
      registrationRecords({
        brokerId: nodeId,
        incarnationId: randomUuid(this.#ground.platform.entropy),
        nextOffset: metadata.endOffset,
        advertisedListeners,
        rack: this.config.brokerRack,
        logDirs: storage.logDirs,
        cordonedLogDirs: storage.cordonedLogDirs,
        features: servedFeatures,
      }),
    );
  }

  #onMetadataChange(delta: MetadataDelta): void {
    const { storage, groups, transactions } = this.#parts;
    const { BROKER } = resourceTypes;
    if (delta.configsChanged.some(({ resourceType }) => resourceType === BROKER)) this.#reconfigure();
    storage.onMetadataChange(delta);
    groups.onMetadataChange(delta);
    transactions.topic.onMetadataChange(delta);
  }

  /** Puts to work what changed in the broker's dynamic configs; what others ask for when they need it needs no more. */
  #reconfigure(): void {
    const { config, server, listeners } = this.#parts;
    if (!config.refresh()) return;
    server.admitWaiting();
    if (this.#isServing) listeners.change();
  }
}
