import { every, type Timer } from '../platform/clock.ts';
import type { StreamError } from '../platform/errors.ts';
import type { Platform } from '../platform/platform.ts';
import type { BrokerConfig } from './config/index.ts';
import {
  isStorageFailure,
  LogCleaner,
  type LogDirectories,
  type LogDirectory,
  type LogIdentity,
  LogScrubber,
  type PartitionLog,
} from './log/index.ts';
import { LogRetention } from './log-retention.ts';
import {
  cordonRecords,
  directoryFailureRecords,
  directoryRecords,
  type MetadataDelta,
  type MetadataRecord,
} from './metadata/index.ts';
import type { ClusterMetadata } from './quorum/cluster-metadata.ts';
import type { Partitions } from './replica/partitions.ts';
import { ReplicaMoves } from './replica/replica-moves.ts';
import type { TopicConfigs } from './topic-configs.ts';

const METADATA_FOLDER = '__cluster_metadata-0';
/** How often old metadata and its snapshots are looked at, as in Kafka. */
const METADATA_CHECK_INTERVAL_MS = 60_000;

/** What the storage of a broker is made of. */
export interface StorageParts {
  readonly platform: Platform;
  readonly nodeId: number;
  readonly config: () => BrokerConfig;
  readonly directories: LogDirectories;
  readonly metadata: ClusterMetadata;
  readonly topics: TopicConfigs;
  readonly partitions: Partitions;
}

/**
 * The data of a broker in its log directories: where partitions are, what is done to them regularly, and what happens
 * when a directory fails.
 */
export class BrokerStorage {
  /** Replicas on their way to another directory. */
  readonly moves: ReplicaMoves;
  readonly #parts: StorageParts;
  readonly #cleaners: readonly LogCleaner[];
  readonly #scrubber: LogScrubber;
  readonly #halted = Promise.withResolvers<StreamError>();
  readonly #retention: LogRetention;
  #timers: Timer[] = [];

  constructor(parts: StorageParts) {
    this.#parts = parts;
    const { directories, platform, config } = parts;
    this.#cleaners = directories.online.map(
      (directory) => new LogCleaner(directory, platform, cleanerConfig(config)),
    );
    this.#retention = new LogRetention({
      ...parts,
      producerIdExpirationMs: () => config().producerIdExpirationMs,
    });
    this.#scrubber = new LogScrubber(platform, () => this.#scrubbable(), config);
    directories.onFailure((directory) => this.#onFailure(directory));
    this.moves = new ReplicaMoves({
      ...parts,
      bytesPerSecondMax: () => config().replicaAlterLogDirsIoMaxBytesPerSecond,
      onMoved: ({ topicId, partition: partitionId }, { meta: { directoryId: directory } }) => {
        const placements = [{ topicId, partitionId, directory }];
        this.#append(() => directoryRecords(parts.metadata.image, parts.nodeId, placements));
      },
    });
  }

  /** Resolves when no data can be served any more: the metadata directory failed, or all others did. */
  get halted(): Promise<StreamError> {
    return this.#halted.promise;
  }

  /** Whether the directory of a partition does not work. Chooses a directory when it is in none yet. */
  isOffline(topic: string, partition: number): boolean {
    const { directories, topics } = this.#parts;
    const topicId = topics.topicId(topic);
    if (topicId === undefined) return false;
    try {
      const directoryId = topics.directoryId(topic, partition);
      return directories.place({ topic, topicId, partition, directoryId }).isOffline;
    } catch (error) {
      if (isStorageFailure(error)) return true;
      throw error;
    }
  }

  /** Sets aside the folders that no topic owns, and ends the last step of moves that a crash has cut in two. */
  tidy(): void {
    const { directories, topics } = this.#parts;
    const known = [...topics.partitions()].map(({ topic, partition }) => `${topic}-${partition}`);
    directories.setAsideStrays(new Set([...known, METADATA_FOLDER]));
    this.moves.promote((topic, partition, topicId) => {
      const assigned = topics.directoryId(topic, partition);
      return topics.topicId(topic) === topicId && this.logDirs.some((id) => id === assigned);
    });
  }

  /** Checks every log of a directory that was not closed in an orderly way. */
  async checkLogs(): Promise<void> {
    const { directories, topics } = this.#parts;
    for (const directory of directories.opened) {
      if (directory.wasCleanlyClosed || directory.isOffline) continue;
      try {
        await directory.check(this.#logsIn(directory), (topic) => topics.config(topic));
        if (!directory.isOffline) directory.noteAllLogsChecked();
      } catch (error) {
        if (!isStorageFailure(error)) throw error;
        this.#parts.platform.logger.warn(
          { err: error, logDir: directory.path },
          'logs will be checked later',
        );
      }
    }
  }

  /** Ids of the directories that work, for the broker's registration. */
  get logDirs(): readonly string[] {
    return this.#parts.directories.online.map(({ meta }) => meta.directoryId);
  }

  /** Ids of those that get no new partitions. */
  get cordonedLogDirs(): readonly string[] {
    return this.#parts.directories.all.flatMap(({ directory, isCordoned }) =>
      isCordoned && directory?.isOffline === false ? [directory.meta.directoryId] : [],
    );
  }

  /** The records that tell where partitions really are. */
  placementRecords(): readonly MetadataRecord[] {
    const { directories, metadata, nodeId, topics } = this.#parts;
    const placements = [...directories.places()].flatMap(({ topic, partition, directory }) => {
      const topicId = topics.topicId(topic);
      const { directoryId } = directory.meta;
      return topicId === undefined ? [] : [{ topicId, partitionId: partition, directory: directoryId }];
    });
    return directoryRecords(metadata.image, nodeId, placements);
  }

  /** Begins the regular work. */
  start(): void {
    const { directories, config, metadata } = this.#parts;
    const { replicaHighWatermarkCheckpointIntervalMs, logFlushOffsetCheckpointIntervalMs } = config();
    this.#timers = [
      this.#every(config().logFlushSchedulerIntervalMs, () => directories.flushLate()),
      this.#every(replicaHighWatermarkCheckpointIntervalMs, () => directories.checkpointHighWatermarks()),
      this.#every(logFlushOffsetCheckpointIntervalMs, () => directories.checkpoint()),
      this.#every(config().logRetentionCheckIntervalMs, () => this.#retention.apply()),
      this.#every(METADATA_CHECK_INTERVAL_MS, () => void metadata.keepHouse()),
    ];
    if (config().logCleanerEnable) for (const cleaner of this.#cleaners) cleaner.start();
    this.#scrubber.start();
    this.moves.resume();
  }

  /** Compacts what is due now; resolves with the number of logs cleaned. */
  async cleanLogs(): Promise<number> {
    const counts = await Promise.all(this.#cleaners.map((cleaner) => cleaner.clean()));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Checks all closed segments now; resolves with the number of rotten stretches that were not known before. */
  scrubLogs(): Promise<number> {
    return this.#scrubber.scrub();
  }

  /** Ends the regular work, syncs and closes everything. */
  async close(brokerEpoch: number): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    await this.moves.stop();
    await this.#scrubber.stop();
    for (const cleaner of this.#cleaners) await cleaner.stop();
    await this.#parts.directories.close(brokerEpoch);
  }

  /** New partitions get a directory, deleted ones lose theirs. */
  onMetadataChange(delta: MetadataDelta): void {
    const { metadata, nodeId, topics, partitions } = this.#parts;
    for (const { name, id, partitions: deleted } of delta.topicsRemoved) {
      for (const partition of deleted.keys()) this.moves.cancel(name, partition);
      partitions.delete(name, id, deleted.size);
    }
    topics.forget(delta.configsChanged); // A deleted log still asked for its topic's.
    const added = delta.partitionsAdded.filter(
      ({ topic, partitionId }) => !this.isOffline(topic, partitionId),
    );
    if (added.length > 0) this.#append(() => this.#placementsOf(added));
    if (delta.configsChanged.length > 0) {
      this.#append(() => cordonRecords(metadata.image, nodeId, this.cordonedLogDirs));
    }
  }

  #placementsOf(added: MetadataDelta['partitionsAdded']): readonly MetadataRecord[] {
    const { directories, metadata, nodeId } = this.#parts;
    const placements = added.flatMap(({ topic, topicId, partitionId }) => {
      const directory = directories.placeOf({ topic, partition: partitionId })?.meta.directoryId;
      return directory === undefined ? [] : [{ topicId, partitionId, directory }];
    });
    return directoryRecords(metadata.image, nodeId, placements);
  }

  /** The metadata may be about to go: then the broker halts, and the next start tells it anew. */
  #append(records: () => readonly MetadataRecord[]): void {
    this.#parts.metadata.append(records).catch((error: unknown) => {
      if (!isStorageFailure(error)) throw error;
    });
  }

  /** Logs without closed segments are not opened for it. */
  *#scrubbable(): Generator<PartitionLog> {
    const { directories, topics, partitions } = this.#parts;
    for (const { topic, partition } of [...topics.partitions()]) {
      const directory = directories.placeOf({ topic, partition });
      if (directory === undefined || directory.isOffline) continue;
      const found = directory.hasClosedSegments({ topic, partition })
        ? partitions.lookupByName(topic, partition)
        : undefined;
      if (typeof found === 'object') yield found.log;
    }
  }

  *#logsIn(directory: LogDirectory): Generator<LogIdentity> {
    const { directories, topics } = this.#parts;
    for (const { topic, partition } of topics.partitions()) {
      const topicId = topics.topicId(topic);
      if (topicId === undefined || directories.placeOf({ topic, partition }) !== directory) continue;
      yield { topic, topicId, partition };
    }
  }

  #onFailure(directory: LogDirectory): void {
    const { directories, metadata, nodeId, platform } = this.#parts;
    const { offline } = directory;
    if (offline === undefined) return;
    if (directory === directories.metadata || directories.online.length === 0) {
      platform.logger.error(
        { err: offline, logDir: directory.path },
        'no log directory to go on with, halting',
      );
      this.#halted.resolve(offline);
      return;
    }
    const isOffline = (topic: string, partition: number) => this.isOffline(topic, partition);
    this.#append(() => directoryFailureRecords(metadata.image, nodeId, { logDirs: this.logDirs, isOffline }));
  }

  /** What fails for a full disk is tried again the next time; what fails for another reason is offline then. */
  #every(intervalMs: number, work: () => void): Timer {
    const { clock, logger } = this.#parts.platform;
    return every(clock, intervalMs, () => {
      try {
        work();
      } catch (error) {
        if (!isStorageFailure(error)) throw error;
        logger.warn({ err: error }, 'housekeeping of the log directories failed');
      }
    });
  }
}

/** The cleaner's configs, always those in force. */
function cleanerConfig(config: () => BrokerConfig) {
  return {
    get logCleanerBackoffMs() {
      return config().logCleanerBackoffMs;
    },
    get logCleanerDedupeBufferSize() {
      return config().logCleanerDedupeBufferSize;
    },
    get logCleanerIoMaxBytesPerSecond() {
      return config().logCleanerIoMaxBytesPerSecond;
    },
  };
}
