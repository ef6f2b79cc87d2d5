import { writeFileAtomically } from '../../platform/atomic-write.ts';
import type { FileLock } from '../../platform/files.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Platform } from '../../platform/platform.ts';
import { randomUuid } from '../../platform/uuid.ts';
import { type PartitionOffset, readOffsetCheckpoint, writeOffsetCheckpoint } from './checkpoint.ts';
import { CorruptFileError, LogDirectoryOfflineError } from './errors.ts';
import { GroupCommit } from './group-commit.ts';
import type { TopicConfig } from '../config/index.ts';
import type { LogEnvironment } from './log-environment.ts';
import { openLog } from './log-recovery.ts';
import { type MetaProperties, readMetaProperties, writeMetaProperties } from './meta-properties.ts';
import { PartitionLog } from './partition-log.ts';

const CLEAN_SHUTDOWN_FILE = '.kafka_cleanshutdown';
const RECOVERY_POINT_FILE = 'recovery-point-offset-checkpoint';
const LOG_START_FILE = 'log-start-offset-checkpoint';
const HIGH_WATERMARK_FILE = 'replication-offset-checkpoint';
const DELETE_SUFFIX = '-delete';

/** When an append counts: after a sync of the disk, or (Kafka's default) once the operating system has it. */
export type Durability = 'fsync' | 'page-cache';

/** How a log directory is opened. */
export interface LogDirectoryOptions {
  readonly path: string;
  readonly nodeId: number;
  readonly durability: Durability;
}

/** Which partition a log is of. */
export interface LogIdentity {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
}

interface OpenedLog extends LogIdentity {
  readonly log: PartitionLog;
}

/**
 * One log directory as Kafka lays it out: lock, `meta.properties`, checkpoints and a folder per partition. Logs are
 * opened when first asked for, or all at once after an unclean stop, since then each must be checked.
 */
export class LogDirectory {
  readonly meta: MetaProperties;
  /** Whether the broker that had this directory before stopped in an orderly way (true for a new directory). */
  readonly wasCleanlyClosed: boolean;
  readonly #platform: Platform;
  readonly #logger: Logger;
  readonly #options: LogDirectoryOptions;
  readonly #lock: FileLock;
  readonly #commit: GroupCommit;
  readonly #environment: Omit<LogEnvironment, 'prepareDirectory'>;
  readonly #logs = new Map<string, OpenedLog>();
  readonly #saved: { recoveryPoints: Map<string, number>; logStarts: Map<string, number> };
  #savedHighWatermarks = '';
  #offline: LogDirectoryOfflineError | undefined;

  private constructor(platform: Platform, options: LogDirectoryOptions, lock: FileLock) {
    const { files } = platform;
    this.#platform = platform;
    this.#options = options;
    this.#lock = lock;
    this.#logger = platform.logger.child({ logDir: options.path });
    this.#commit = new GroupCommit(platform.executor, (error) => this.#takeOffline(error));
    this.#environment = {
      ...platform,
      enlist: (log) => this.#commit.enlist(log),
      onStorageError: (error) => this.#takeOffline(error),
    };
    const known = readMetaProperties(files, options.path);
    this.meta = known ?? newMetaProperties(platform, options.nodeId);
    if (known === undefined) writeMetaProperties(files, options.path, this.meta);
    this.wasCleanlyClosed = known === undefined || files.stat(this.#file(CLEAN_SHUTDOWN_FILE)) !== undefined;
    this.#saved = {
      recoveryPoints: this.#readCheckpoint(RECOVERY_POINT_FILE),
      logStarts: this.#readCheckpoint(LOG_START_FILE),
    };
    files.remove(this.#file(CLEAN_SHUTDOWN_FILE));
    files.syncDirectory(options.path); // A power cut must not bring the mark back.
    this.#removeDeletedPartitions();
  }

  /** Takes the directory's lock and reads what it says of itself. Throws when another broker has it or it is another node's. */
  static open(platform: Platform, options: LogDirectoryOptions): LogDirectory {
    platform.files.makeDirectory(options.path);
    platform.files.syncDirectory(parentOf(options.path));
    const lock = platform.files.lock(`${options.path}/.lock`);
    try {
      const directory = new LogDirectory(platform, options, lock);
      if (directory.meta.nodeId !== options.nodeId) {
        const problem = `belongs to node ${directory.meta.nodeId}, this is node ${options.nodeId}; use its own directory or that node.id`;
        throw new CorruptFileError(`${options.path}/meta.properties`, problem);
      }
      return directory;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  get path(): string {
    return this.#options.path;
  }

  get isOffline(): boolean {
    return this.#offline !== undefined;
  }

  /** All logs that have been opened. */
  get logs(): IterableIterator<OpenedLog> {
    return this.#logs.values();
  }

  /**
   * The log of a partition, opened or created as needed. `config` is asked anew each time a setting matters;
   * `durability` is that of the directory unless the log needs its own.
   */
  log(
    identity: LogIdentity,
    config: () => TopicConfig,
    durability: Durability = this.#options.durability,
  ): PartitionLog {
    const name = `${identity.topic}-${identity.partition}`;
    const opened = this.#logs.get(name);
    if (opened !== undefined) return opened.log;
    const directory = this.#file(name);
    this.#checkTopicId(directory, identity);
    const loaded = openLog(this.#platform.files, this.#logger, directory, {
      indexIntervalBytes: config().indexIntervalBytes,
      wasCleanlyClosed: this.wasCleanlyClosed,
      recoveryPoint: this.#saved.recoveryPoints.get(name) ?? 0,
      logStartOffset: this.#saved.logStarts.get(name) ?? 0,
    });
    const isPageCacheEnough = durability === 'page-cache';
    const environment = { ...this.#environment, prepareDirectory: () => this.#identify(directory, identity) };
    const log = new PartitionLog(directory, environment, config, { isPageCacheEnough }, loaded);
    this.#logs.set(name, { ...identity, log });
    return log;
  }

  /** Takes the partition's log out of use: its folder is renamed now and removed after `file.delete.delay.ms`. */
  delete(identity: LogIdentity): void {
    const { files, clock } = this.#platform;
    const name = `${identity.topic}-${identity.partition}`;
    const opened = this.#logs.get(name);
    this.#logs.delete(name);
    this.#saved.recoveryPoints.delete(name);
    this.#saved.logStarts.delete(name);
    opened?.log.discard();
    if (files.stat(this.#file(name)) === undefined) return;
    const tag = `.${Buffer.from(identity.topicId, 'base64url').toString('hex')}${DELETE_SUFFIX}`;
    const renamed = this.#file(`${name.slice(0, 255 - tag.length)}${tag}`);
    files.rename(this.#file(name), renamed);
    files.syncDirectory(this.path);
    clock.timer(opened?.log.config.fileDeleteDelayMs ?? 0, () => files.removeDirectory(renamed));
  }

  /** Partition folders on disk, as `topic-partition`. */
  partitionFolders(): string[] {
    return this.#platform.files.list(this.path).filter((name) => /^[A-Za-z0-9._-]+-\d+$/.test(name));
  }

  /** Writes the checkpoints that changed; returns when they are durable. */
  checkpoint(): void {
    if (this.#offline !== undefined) return;
    const { files } = this.#platform;
    const logs = [...this.#logs.values()];
    for (const { topic, partition, log } of logs) {
      const name = `${topic}-${partition}`;
      this.#saved.recoveryPoints.set(name, log.recoveryPoint);
      const firstBase = log.segments[0]?.baseOffset ?? 0;
      if (log.logStartOffset > firstBase) this.#saved.logStarts.set(name, log.logStartOffset);
      else this.#saved.logStarts.delete(name);
    }
    writeOffsetCheckpoint(files, this.#file(RECOVERY_POINT_FILE), toOffsets(this.#saved.recoveryPoints));
    writeOffsetCheckpoint(files, this.#file(LOG_START_FILE), toOffsets(this.#saved.logStarts));
    for (const { log } of logs) {
      for (const segment of log.segments) segment.persistIndexes();
    }
  }

  /** Writes `replication-offset-checkpoint` when a high watermark moved since the last time. */
  checkpointHighWatermarks(): void {
    if (this.#offline !== undefined) return;
    const offsets = [...this.#logs.values()].map(({ topic, partition, log }) => ({
      topic,
      partition,
      offset: log.durableOffset,
    }));
    const text = offsets.map(({ topic, partition, offset }) => `${topic} ${partition} ${offset}`).join('\n');
    if (text === this.#savedHighWatermarks) return;
    writeOffsetCheckpoint(this.#platform.files, this.#file(HIGH_WATERMARK_FILE), offsets);
    this.#savedHighWatermarks = text;
  }

  /** Orderly stop: everything written, synced and checkpointed, then the mark that recovery may be skipped. */
  async close(brokerEpoch: number): Promise<void> {
    try {
      await this.#syncAll();
      this.checkpointHighWatermarks();
      this.checkpoint();
      for (const { log } of this.#logs.values()) log.close();
      if (this.#offline === undefined) {
        const mark = Buffer.from(JSON.stringify({ version: 0, brokerEpoch }));
        writeFileAtomically(this.#platform.files, this.#file(CLEAN_SHUTDOWN_FILE), mark);
      }
    } finally {
      this.#lock.release();
    }
  }

  async #syncAll(): Promise<void> {
    for (const { log } of this.#logs.values()) {
      if (log.isOffline) continue;
      log.writePending();
      await this.#commit.settled(log);
      try {
        await log.sync(true);
      } catch (error) {
        this.#takeOffline(error);
      }
    }
  }

  #takeOffline(cause: unknown): void {
    if (this.#offline !== undefined) return;
    this.#offline = new LogDirectoryOfflineError(this.path, cause);
    this.#logger.error({ err: cause }, 'log directory failed and is offline');
    for (const { log } of this.#logs.values()) log.takeOffline(this.#offline);
  }

  #file(name: string): string {
    return `${this.#options.path}/${name}`;
  }

  #readCheckpoint(name: string): Map<string, number> {
    const offsets = readOffsetCheckpoint(this.#platform.files, this.#file(name));
    return new Map(offsets.map(({ topic, partition, offset }) => [`${topic}-${partition}`, offset]));
  }

  /** `partition.metadata` guards against the log of an earlier topic of the same name: that one is set aside. */
  #checkTopicId(directory: string, identity: LogIdentity): void {
    const topicId = this.#readTopicId(directory);
    if (topicId === undefined || topicId === identity.topicId) return;
    const stray = `${directory}.${Buffer.from(topicId, 'base64url').toString('hex')}-stray`;
    this.#logger.warn({ directory, topicId, expected: identity.topicId }, 'log of another topic set aside');
    this.#platform.files.rename(directory, stray);
  }

  /** Makes a partition's folder with its `partition.metadata`, also when a power cut tore that. */
  #identify(directory: string, { topicId }: LogIdentity): void {
    const { files } = this.#platform;
    files.makeDirectory(directory);
    if (this.#readTopicId(directory) === topicId) return;
    const file = files.open(`${directory}/partition.metadata`, 'write');
    file.truncate(0);
    file.append([Buffer.from(`version: 0\ntopic_id: ${topicId}`)]);
    file.close();
  }

  #readTopicId(directory: string): string | undefined {
    const { files } = this.#platform;
    const path = `${directory}/partition.metadata`;
    const text = files.stat(path) === undefined ? '' : files.readFile(path).toString('utf8');
    return /^topic_id: (\S{22})$/m.exec(text)?.[1];
  }

  #removeDeletedPartitions(): void {
    const { files } = this.#platform;
    for (const name of files.list(this.path)) {
      if (name.endsWith(DELETE_SUFFIX)) files.removeDirectory(this.#file(name));
    }
  }
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash > 0 ? path.slice(0, slash) : slash === 0 ? '/' : '.';
}

function newMetaProperties(platform: Platform, nodeId: number): MetaProperties {
  return { clusterId: randomUuid(platform.entropy), nodeId, directoryId: randomUuid(platform.entropy) };
}

function toOffsets(offsets: ReadonlyMap<string, number>): PartitionOffset[] {
  return [...offsets].map(([name, offset]) => {
    const dash = name.lastIndexOf('-');
    return { topic: name.slice(0, dash), partition: Number(name.slice(dash + 1)), offset };
  });
}
