import { writeFileAtomically } from '../../platform/atomic-write.ts';
import type { FileLock, Files } from '../../platform/files.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Platform } from '../../platform/platform.ts';
import { hasCode } from '../../platform/system-error.ts';
import { randomUuid } from '../../platform/uuid.ts';
import type { TopicConfig } from '../config/index.ts';
import { type PartitionOffset, readOffsetCheckpoint, writeOffsetCheckpoint } from './checkpoint.ts';
import { CorruptFileError, LogDirectoryInUseError, LogDirectoryOfflineError } from './errors.ts';
import { GroupCommit } from './group-commit.ts';
import type { LogEnvironment } from './log-environment.ts';
import { openLog } from './log-recovery.ts';
import { type MetaProperties, readMetaProperties, writeMetaProperties } from './meta-properties.ts';
import { PartitionLog } from './partition-log.ts';
import { isPassing, isStorageError } from './storage-error.ts';

const CLEAN_SHUTDOWN_FILE = '.kafka_cleanshutdown';
const RECOVERY_POINT_FILE = 'recovery-point-offset-checkpoint';
const LOG_START_FILE = 'log-start-offset-checkpoint';
const HIGH_WATERMARK_FILE = 'replication-offset-checkpoint';
const DELETE_SUFFIX = '-delete';
const STRAY_SUFFIX = '-stray';

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
  readonly #deletionListeners: ((identity: LogIdentity) => void)[] = [];
  #savedHighWatermarks = '';
  /** Whether the checkpoint files still tell of logs that were deleted. */
  #hasStaleCheckpoints = false;
  #areAllLogsChecked: boolean;
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
    this.#areAllLogsChecked = this.wasCleanlyClosed;
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
    const lock = takeLock(platform.files, options.path);
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
    const log = this.#guard(() => this.#open(name, identity, config, durability));
    this.#logs.set(name, { ...identity, log });
    return log;
  }

  /** Every log that there is has been opened: after an unclean stop, an orderly one may be marked from now on. */
  noteAllLogsChecked(): void {
    this.#areAllLogsChecked = true;
  }

  /** `listener` hears of every log that is deleted. */
  onDelete(listener: (identity: LogIdentity) => void): void {
    this.#deletionListeners.push(listener);
  }

  /**
   * Takes the partition's log out of use: its folder is renamed now and removed after `file.delete.delay.ms`. Never
   * throws: a failure takes the directory offline.
   */
  delete(identity: LogIdentity): void {
    const name = `${identity.topic}-${identity.partition}`;
    const opened = this.#logs.get(name);
    this.#logs.delete(name);
    this.#forgetOffsets(name);
    opened?.log.discard();
    for (const listener of this.#deletionListeners) listener(identity);
    try {
      this.#guard(() => this.#renameDeleted(name, identity, opened?.log.config.fileDeleteDelayMs ?? 0));
    } catch (error) {
      this.#logger.warn({ err: error, log: name }, 'files of a deleted log stay until the next start');
    }
  }

  /** Sets aside the folders of partitions that are not in `known` (as `topic-partition`): nobody deletes what is not understood. */
  setAsideStrays(known: ReadonlySet<string>): void {
    const { files } = this.#platform;
    for (const name of files.list(this.path)) {
      if (known.has(name) || !/^[A-Za-z0-9._-]+-\d+$/.test(name)) continue;
      if (files.stat(this.#file(name))?.isDirectory)
        this.#setAside(name, this.#readTopicId(this.#file(name)) ?? '');
    }
  }

  /**
   * Writes the checkpoints; returns when they are durable. Throws the system's error when there is no room, and
   * {@link LogDirectoryOfflineError}.
   */
  checkpoint(): void {
    this.#guard(() => {
      for (const { topic, partition, log } of this.#logs.values()) {
        this.#noteOffsets(`${topic}-${partition}`, log);
      }
      this.#writeCheckpoints();
    });
    for (const { log } of this.#logs.values()) log.persistIndexes();
  }

  /** Writes `replication-offset-checkpoint` when a high watermark moved since the last time. Throws as {@link checkpoint} does. */
  checkpointHighWatermarks(): void {
    const offsets = [...this.#logs.values()].map(({ topic, partition, log }) => ({
      topic,
      partition,
      offset: log.durableOffset,
    }));
    const text = offsets.map(({ topic, partition, offset }) => `${topic} ${partition} ${offset}`).join('\n');
    if (text === this.#savedHighWatermarks) return;
    this.#guard(() => writeOffsetCheckpoint(this.#platform.files, this.#file(HIGH_WATERMARK_FILE), offsets));
    this.#savedHighWatermarks = text;
  }

  /**
   * Orderly stop: everything written, synced and checkpointed, then the mark that recovery may be skipped. Without the
   * mark when something could not be written, or when logs have not been checked since an unclean stop.
   */
  async close(brokerEpoch: number): Promise<void> {
    try {
      await this.#syncAll();
      this.checkpointHighWatermarks();
      this.checkpoint();
      for (const { log } of this.#logs.values()) log.close();
      if (!this.#areAllLogsChecked || this.isOffline) return;
      const mark = Buffer.from(JSON.stringify({ version: 0, brokerEpoch }));
      writeFileAtomically(this.#platform.files, this.#file(CLEAN_SHUTDOWN_FILE), mark);
    } catch (error) {
      this.#logger.error(
        { err: error },
        'log directory could not be closed in order; the next start will check it',
      );
    } finally {
      for (const { log } of this.#logs.values()) log.closeFiles();
      this.#lock.release();
    }
  }

  async #syncAll(): Promise<void> {
    for (const { log } of this.#logs.values()) {
      do {
        log.writePending();
        await this.#commit.settled(log);
        try {
          if (!log.isOffline) await log.sync(true);
        } catch (error) {
          this.#takeOffline(error);
        }
      } while (log.hasPending && !log.isOffline);
    }
  }

  #open(
    name: string,
    identity: LogIdentity,
    config: () => TopicConfig,
    durability: Durability,
  ): PartitionLog {
    const directory = this.#file(name);
    this.#checkTopicId(name, identity);
    const loaded = openLog(this.#platform.files, this.#logger, directory, {
      indexIntervalBytes: config().indexIntervalBytes,
      wasCleanlyClosed: this.wasCleanlyClosed,
      recoveryPoint: this.#saved.recoveryPoints.get(name) ?? 0,
      logStartOffset: this.#saved.logStarts.get(name) ?? 0,
    });
    const isPageCacheEnough = durability === 'page-cache';
    const environment = { ...this.#environment, prepareDirectory: () => this.#identify(directory, identity) };
    return new PartitionLog(directory, environment, config, { isPageCacheEnough }, loaded);
  }

  #renameDeleted(name: string, { topicId }: LogIdentity, delayMs: number): void {
    const { files, clock } = this.#platform;
    if (files.stat(this.#file(name)) === undefined) return;
    const tag = `.${hexOf(topicId)}${DELETE_SUFFIX}`;
    const renamed = this.#file(`${name.slice(0, 255 - tag.length)}${tag}`);
    files.rename(this.#file(name), renamed);
    files.syncDirectory(this.path);
    clock.timer(delayMs, () => {
      try {
        files.removeDirectory(renamed);
      } catch (error) {
        this.#logger.warn({ err: error, directory: renamed }, 'a deleted log could not be removed');
      }
    });
  }

  #noteOffsets(name: string, log: PartitionLog): void {
    this.#saved.recoveryPoints.set(name, log.recoveryPoint);
    const first = log.segments[0];
    const isImplied = first?.hasFile === true && log.logStartOffset <= first.baseOffset;
    if (isImplied || log.logStartOffset === 0) this.#saved.logStarts.delete(name);
    else this.#saved.logStarts.set(name, log.logStartOffset);
  }

  #forgetOffsets(name: string): void {
    const hadOffsets = [this.#saved.recoveryPoints.delete(name), this.#saved.logStarts.delete(name)];
    this.#hasStaleCheckpoints ||= hadOffsets.includes(true);
  }

  #writeCheckpoints(): void {
    const { files } = this.#platform;
    writeOffsetCheckpoint(files, this.#file(RECOVERY_POINT_FILE), toOffsets(this.#saved.recoveryPoints));
    writeOffsetCheckpoint(files, this.#file(LOG_START_FILE), toOffsets(this.#saved.logStarts));
    this.#hasStaleCheckpoints = false;
  }

  /** Runs `access` to files. A storage error that does not pass takes the directory offline, and then this throws that. */
  #guard<T>(access: () => T): T {
    if (this.#offline !== undefined) throw this.#offline;
    try {
      return access();
    } catch (error) {
      if (isStorageError(error) && !isPassing(error)) this.#takeOffline(error);
      throw this.#offline ?? error;
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
  #checkTopicId(name: string, identity: LogIdentity): void {
    const topicId = this.#readTopicId(this.#file(name));
    if (topicId !== undefined && topicId !== identity.topicId) this.#setAside(name, topicId);
  }

  #setAside(name: string, topicId: string): void {
    const { files } = this.#platform;
    const tag = `.${hexOf(topicId)}${STRAY_SUFFIX}`;
    this.#logger.warn({ log: name, topicId }, 'log of a topic that does not exist set aside');
    files.rename(this.#file(name), this.#file(`${name.slice(0, 255 - tag.length)}${tag}`));
    files.syncDirectory(this.path);
    this.#forgetOffsets(name);
  }

  /** Makes a partition's folder with its `partition.metadata`, also when a power cut tore that. */
  #identify(directory: string, { topicId }: LogIdentity): void {
    const { files } = this.#platform;
    if (this.#hasStaleCheckpoints) this.#writeCheckpoints(); // They must not be taken for this log's after a crash.
    files.makeDirectory(directory);
    if (this.#readTopicId(directory) === topicId) return;
    const file = files.open(`${directory}/partition.metadata`, 'write');
    try {
      file.truncate(0);
      file.append([Buffer.from(`version: 0\ntopic_id: ${topicId}`)]);
    } finally {
      file.close();
    }
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

function hexOf(topicId: string): string {
  return Buffer.from(topicId, 'base64url').toString('hex');
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

function takeLock(files: Files, path: string): FileLock {
  try {
    return files.lock(`${path}/.lock`);
  } catch (error) {
    throw hasCode(error, 'EAGAIN') ? new LogDirectoryInUseError(path, error) : error;
  }
}
