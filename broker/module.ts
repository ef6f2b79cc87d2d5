import type { Logger } from '../platform/logger.ts';
import type { LoggerLevels } from '../platform/logger-levels.ts';
import type { Platform } from '../platform/platform.ts';
import { staticConfig } from './broker-configuration.ts';
import type { ConfigTexts } from './config/index.ts';
import { GroupCoordination } from './coordinator/group-coordination.ts';
import { TransactionCoordination } from './coordinator/transaction-coordination.ts';
import { EffectiveConfig } from './effective-config.ts';
import type { LogDirectories } from './log/index.ts';
import type { ControllerContext } from './metadata/index.ts';
import { OpenListeners } from './open-listeners.ts';
import { ClusterMetadata } from './quorum/cluster-metadata.ts';
import type { MetadataLog } from './quorum/metadata-log.ts';
import { kraftVersions, ownVoter } from './quorum/own-quorum.ts';
import { ProducerIds } from './quorum/producer-ids.ts';
import { FetchSessions } from './replica/fetch-sessions.ts';
import { Partitions } from './replica/partitions.ts';
import { ProduceVerifier } from './replica/produce-verifier.ts';
import type { TransactionVerifier } from './replica/transaction-verifier.ts';
import { servedFeatures } from './served-features.ts';
import { Cluster } from './server/cluster.ts';
import type { Features } from './server/handlers/18-api-versions.ts';
import { servedApis } from './server/served-apis.ts';
import { BrokerServer } from './server/server.ts';
import { BrokerStorage } from './storage.ts';
import { TopicConfigs } from './topic-configs.ts';

const SESSION_EVICTION_MS = 120_000;

/** What a broker is put together from. */
export interface BrokerGround {
  readonly platform: Platform;
  /** Checked. */
  readonly properties: ConfigTexts;
  readonly loggers: LoggerLevels;
  readonly directories: LogDirectories;
  readonly log: MetadataLog;
}

/** The parts of a broker, connected and not started. */
export interface BrokerParts {
  readonly nodeId: number;
  readonly config: EffectiveConfig;
  readonly metadata: ClusterMetadata;
  readonly partitions: Partitions;
  readonly storage: BrokerStorage;
  readonly groups: GroupCoordination;
  readonly transactions: TransactionCoordination;
  readonly sessions: FetchSessions;
  readonly server: BrokerServer;
  readonly listeners: OpenListeners;
}

/** Connects the parts of a broker: the only place that knows all of them. */
export function brokerParts(ground: BrokerGround): BrokerParts {
  const { platform, properties, directories, log } = ground;
  const { clock, entropy } = platform;
  const { nodeId } = directories.metadata.meta;
  const loggerOf = (name: string): Logger => ground.loggers.logger(`millrace.${name}`, platform.logger);
  const own = { ...platform, logger: loggerOf('broker') };
  const snapshots = staticConfig(properties);
  const metadata = new ClusterMetadata(log, { clock, logger: loggerOf('metadata'), snapshots });
  const { image } = metadata;
  const config = new EffectiveConfig({ image, nodeId, properties, logger: own.logger });
  const topics = new TopicConfigs(image, nodeId, properties);
  const partitions = new Partitions(directories, topics, {
    now: () => clock.now(),
    isVerificationEnabled: () => config.current.transactionPartitionVerificationEnable,
  });
  const context = (): ControllerContext => ({ image, nodeId, properties, config: config.current, entropy });
  const coordination = (name: string) => ({
    platform: { ...platform, logger: loggerOf(name) },
    partitions,
    metadata,
    context,
  });
  // Groups ask about transactions, and transactions end in groups.
  const verifier: TransactionVerifier = {
    verify: (request, done) => transactions.service.verify(request, done),
  };
  const groups = new GroupCoordination({ ...coordination('groups'), verifier });
  const producerIds = new ProducerIds(metadata, nodeId);
  const transactions = new TransactionCoordination({
    ...coordination('transactions'),
    groups: groups.service,
    allocateProducerId: () => producerIds.allocate(),
  });
  const storageParts = { nodeId, config: () => config.current, directories, metadata, topics, partitions };
  const storage = new BrokerStorage({ platform: own, ...storageParts });
  const sessions = new FetchSessions(clock, entropy, {
    slots: config.current.maxIncrementalFetchSessionCacheSlots,
    evictionMs: SESSION_EVICTION_MS,
  });
  const parts = { nodeId, config, metadata, partitions, storage, groups, transactions, sessions };
  const server = newServer(ground, parts, { logger: loggerOf('server'), context, verifier });
  const listeners = new OpenListeners({ server, net: platform.net, config, logger: own.logger });
  return { ...parts, server, listeners };
}

function newServer(
  { platform: { clock, executor }, directories, loggers }: BrokerGround,
  parts: Omit<BrokerParts, 'server' | 'listeners'>,
  tools: { logger: Logger; context: () => ControllerContext; verifier: TransactionVerifier },
): BrokerServer {
  const { config, metadata, partitions, storage, groups, transactions, sessions, nodeId } = parts;
  const { meta } = directories.metadata;
  const apis = servedApis({
    clock,
    executor,
    cluster: new Cluster(meta.clusterId, metadata, tools.context),
    partitions,
    produceVerifier: new ProduceVerifier(tools.verifier, clock, () => ({
      backoffMs: config.current.addPartitionsToTxnRetryBackoffMs,
      backoffMsMax: config.current.addPartitionsToTxnRetryBackoffMaxMs,
    })),
    groups,
    transactions,
    sessions,
    checkpoint: () => directories.checkpoint(),
    directories,
    moves: storage.moves,
    features: () => featuresOf(metadata),
    featureSupport: {
      ranges: { ...servedFeatures, 'kraft.version': kraftVersions },
      voters: () => ownVoter(meta, config.current),
    },
    quorum: {
      metadata,
      nodeId,
      directoryId: meta.directoryId,
      config: () => config.current,
      now: () => clock.now(),
    },
    loggers,
  });
  const { socketRequestMaxBytes: requestBytesMax, connectionsMaxIdleMs: idleMsMax } = config.current;
  const limits = () => config.limits;
  return new BrokerServer({
    apis,
    executor,
    clock,
    logger: tools.logger,
    requestBytesMax,
    idleMsMax,
    limits,
  });
}

function featuresOf({ image, endOffset, voters }: ClusterMetadata): Features {
  const levels = Object.entries(servedFeatures).map(([name, { minVersion, maxVersion }]) => {
    return { name, minVersion, maxVersion, level: image.featureLevel(name) };
  });
  const kraft = { name: 'kraft.version', ...kraftVersions, level: voters.kraftVersion };
  return { epoch: endOffset - 1, levels: [...levels, kraft] };
}
