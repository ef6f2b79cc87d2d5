import { writeFileAtomically } from '../../platform/atomic-write.ts';
import { DeferredSyncs } from '../../platform/deferred-syncs.ts';
import type { FileLock } from '../../platform/files.ts';
import type { Logger } from '../../platform/logger.ts';
import type { Platform } from '../../platform/platform.ts';
import type { TopicConfig } from '../config/index.ts';
import { housekeepingDueMs } from './closed-log.ts';
import { DirectoryCheckpoints, type LogOffsets } from './directory-checkpoints.ts';
import {
  type Durability,
  type LogDirectoryOptions,
  newMetaProperties,
  refuseOthers,
  takeLock,
} from './directory-identity.ts';
import { DiscardedFolders } from './discarded-folders.ts';
import { LogDirectoryOfflineError } from './errors.ts';
import { GroupCommit } from './group-commit.ts';
import type { LogEnvironment } from './log-environment.ts';
import { checkLog, type OpenOptions, openLog } from './log-recovery.ts';
import { type MetaProperties, readMetaProperties, writeMetaProperties } from './meta-properties.ts';
import {
  folderBytes,
  folderName,
  identifyFolder,
  partitionOfFolder,
  readTopicId,
  segmentsIn,
} from './partition-folder.ts';
import { PartitionLog } from './partition-log.ts';
import { isLasting } from './storage-error.ts';

const CLEAN_SHUTDOWN_FILE = '.kafka_cleanshutdown';

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
  readonly #environment: LogEnvironment;
  readonly #logs = new Map<string, OpenedLog>();
  readonly #checkpoints: DirectoryCheckpoints;
  readonly #discarded: DiscardedFolders;
  /** Logs that were checked since an unclean stop. */
  readonly #checked = new Set<string>();
  readonly #deletionListeners: ((identity: LogIdentity) => void)[] = [];
  readonly #failureListeners: ((error: LogDirectoryOfflineError) => void)[] = [];
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
      prepareFolder: (folder, topicId) => {
        this.#checkpoints.saveForgotten(); // They must not be taken for this log's after a crash.
        identifyFolder(files, folder, topicId);
      },
      enlist: (log) => this.#commit.enlist(log),
      onStorageError: (error) => this.#takeOffline(error),
    };
    const known = readMetaProperties(files, options.path);
    this.meta = known ?? newMetaProperties(platform, options);
    if (known === undefined) writeMetaProperties(files, options.path, this.meta);
    this.wasCleanlyClosed = known === undefined || files.stat(this.#file(CLEAN_SHUTDOWN_FILE)) !== undefined;
    this.#areAllLogsChecked = this.wasCleanlyClosed;
    this.#checkpoints = new DirectoryCheckpoints(files, options.path);
    this.#discarded = new DiscardedFolders(options.path, { ...platform, logger: this.#logger });
    files.remove(this.#file(CLEAN_SHUTDOWN_FILE));
    files.syncDirectory(options.path); // A power cut must not bring the mark back.
    this.#discarded.removeDeleted();
  }

  /** Takes the directory's lock and reads what it says of itself. Throws when another broker has it or it is another node's. */
  static open(platform: Platform, options: LogDirectoryOptions): LogDirectory {
    platform.files.makeDirectory(options.path);
    platform.files.syncDirectory(parentOf(options.path));
    const lock = takeLock(platform.files, options.path);
    try {
      const directory = new LogDirectory(platform, options, lock);
      refuseOthers(directory.meta, options);
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

  /** Why the directory is offline. */
  get offline(): LogDirectoryOfflineError | undefined {
    return this.#offline;
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
    const name = folderName(identity.topic, identity.partition);
    const opened = this.#logs.get(name);
    if (opened !== undefined) return opened.log;
    const log = this.guard(() => this.#open(name, identity, config, durability));
    this.#logs.set(name, { ...identity, log });
    return log;
  }

  /**
   * Checks logs after an unclean stop, as opening them does, but leaves them closed, and syncs what was mended together in
   * the end: thousands of them take seconds. Those that cannot be checked now are when they are opened.
   */
  async check(identities: Iterable<LogIdentity>, config: (topic: string) => TopicConfig): Promise<void> {
    const syncs = new DeferredSyncs(this.#platform.files);
    for (const identity of identities) {
      const name = folderName(identity.topic, identity.partition);
      if (this.#logs.has(name) || this.#platform.files.stat(this.#file(name)) === undefined) continue;
      this.guard(() => {
        this.#checkTopicId(name, identity);
        const options = this.#openOptions(name, config(identity.topic));
        checkLog(syncs.files, this.#logger, this.#file(name), options);
      });
      this.#checked.add(name);
    }
    try {
      await syncs.finish();
    } catch (error) {
      this.#takeOffline(error);
    }
  }

  /** Every log that there is has been checked: after an unclean stop, an orderly one may be marked from now on. */
  noteAllLogsChecked(): void {
    this.#areAllLogsChecked = true;
  }

  /** `listener` hears of every log that is deleted here, or moved away. */
  onDelete(listener: (identity: LogIdentity) => void): void {
    this.#deletionListeners.push(listener);
  }

  /** `listener` is called once, when the directory fails; its logs have been told before. */
  onFailure(listener: (error: LogDirectoryOfflineError) => void): void {
    this.#failureListeners.push(listener);
  }

  /** Names of all that lies in the directory. Throws {@link LogDirectoryOfflineError} when that cannot be told. */
  names(): readonly string[] {
    return this.guard(() => this.#platform.files.list(this.path));
  }

  /** Bytes of a partition's segments, also when its log is not open; 0 when it has no folder. Throws {@link LogDirectoryOfflineError}. */
  sizeOf({ topic, partition }: Pick<LogIdentity, 'topic' | 'partition'>): number {
    const name = folderName(topic, partition);
    const opened = this.#logs.get(name);
    if (opened !== undefined) return opened.log.size;
    return this.guard(() => folderBytes(this.#platform.files, this.#file(name)));
  }

  /** Whether a partition has more than its active segment, also when its log is not open. Throws {@link LogDirectoryOfflineError}. */
  hasClosedSegments({ topic, partition }: Pick<LogIdentity, 'topic' | 'partition'>): boolean {
    const name = folderName(topic, partition);
    const opened = this.#logs.get(name);
    if (opened !== undefined) return opened.log.segments.length > 1;
    return this.guard(() => segmentsIn(this.#platform.files, this.#file(name)).length > 1);
  }

  /** See `housekeepingDueMs` in `closed-log.ts`; 0 for a log that is open. Throws {@link LogDirectoryOfflineError}. */
  housekeepingDueMs(
    { topic, partition }: Pick<LogIdentity, 'topic' | 'partition'>,
    config: TopicConfig,
  ): number {
    const name = folderName(topic, partition);
    if (this.#logs.has(name)) return 0;
    const logStartOffset = this.#checkpoints.logStartOffset(name);
    return this.guard(() =>
      housekeepingDueMs(this.#platform.files, this.#file(name), { config, logStartOffset }),
    );
  }

  /** Bytes of the file system that holds the directory. Throws {@link LogDirectoryOfflineError}. */
  space(): { readonly totalBytes: number; readonly usableBytes: number } {
    return this.guard(() => this.#platform.files.space(this.path));
  }

  /**
   * Gives up an open log that now lies elsewhere, or closes one that is about to be opened anew: nothing is written to
   * it any more, its files are closed, and what the checkpoints say of it is forgotten.
   */
  release(identity: LogIdentity): void {
    const name = folderName(identity.topic, identity.partition);
    this.#logs.get(name)?.log.discard();
    this.#logs.delete(name);
    this.#checked.delete(name);
    this.#checkpoints.forget(name);
    for (const listener of this.#deletionListeners) listener(identity);
  }

  /** Notes, durably, where a log begins that is not open yet, and how far it is synced. Throws as {@link checkpoint} does. */
  noteOffsets({ topic, partition }: LogIdentity, offsets: LogOffsets): void {
    this.#checkpoints.set(folderName(topic, partition), offsets);
    this.guard(() => this.#checkpoints.save());
  }

  /**
   * Takes the partition's log out of use: its folder is renamed now and removed after `file.delete.delay.ms`. Never
   * throws: a failure takes the directory offline.
   */
  delete(identity: LogIdentity): void {
    const name = folderName(identity.topic, identity.partition);
    const delayMs = this.#logs.get(name)?.log.config.fileDeleteDelayMs ?? 0;
    this.release(identity);
    try {
      this.guard(() => this.renameDeleted(name, identity.topicId, delayMs));
    } catch (error) {
      this.#logger.warn({ err: error, log: name }, 'files of a deleted log stay until the next start');
    }
  }

  /** Sets aside the folders of partitions that are not in `known` (as `topic-partition`): nobody deletes what is not understood. */
  setAsideStrays(known: ReadonlySet<string>): void {
    const { files } = this.#platform;
    for (const name of this.names()) {
      if (known.has(name) || partitionOfFolder(name) === undefined) continue;
      if (files.stat(this.#file(name))?.isDirectory)
        this.guard(() => this.#setAside(name, readTopicId(files, this.#file(name)) ?? ''));
    }
  }

  /**
   * Writes the checkpoints; returns when they are durable. Throws the system's error when there is no room, and
   * {@link LogDirectoryOfflineError}.
   */
  checkpoint(): void {
    this.guard(() => {
      for (const opened of this.#logs.values()) this.#checkpoints.note(opened);
      this.#checkpoints.save();
    });
    for (const { log } of this.#logs.values()) log.persistIndexes();
  }

  /** Begins to sync the logs of which records have not been for `flush.ms`. */
  flushLate(): void {
    const nowMs = this.#platform.clock.now();
    for (const { log } of this.#logs.values()) {
      if (!log.isOffline && log.isFlushDue(nowMs)) this.#commit.flush(log);
    }
  }

  /** Writes `replication-offset-checkpoint` when a high watermark moved since the last time. Throws as {@link checkpoint} does. */
  checkpointHighWatermarks(): void {
    this.guard(() => this.#checkpoints.saveHighWatermarks(this.#logs.values()));
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
    await Promise.all([...this.#logs.values()].map(({ log }) => this.#syncAllOf(log)));
  }

  async #syncAllOf(log: PartitionLog): Promise<void> {
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

  #open(
    name: string,
    identity: LogIdentity,
    config: () => TopicConfig,
    durability: Durability,
  ): PartitionLog {
    const directory = this.#file(name);
    const { files } = this.#platform;
    this.#checkTopicId(name, identity);
    const loaded = openLog(files, this.#logger, directory, this.#openOptions(name, config()));
    const options = { topicId: identity.topicId, isPageCacheEnough: durability === 'page-cache' };
    return new PartitionLog(directory, this.#environment, config, options, loaded);
  }

  #openOptions(name: string, { indexIntervalBytes }: TopicConfig): OpenOptions {
    return {
      indexIntervalBytes,
      wasCleanlyClosed: this.wasCleanlyClosed || this.#checked.has(name),
      recoveryPoint: this.#checkpoints.recoveryPoint(name),
      logStartOffset: this.#checkpoints.logStartOffset(name),
    };
  }

  /** Renames a folder for removal after `delayMs`; durable when it returns. Throws the system's errors. */
  renameDeleted(name: string, topicId: string, delayMs: number): void {
    this.#discarded.delete(name, topicId, delayMs);
  }

  /** Runs `access` to files. A storage error that does not pass takes the directory offline, and then this throws that. */
  guard<T>(access: () => T): T {
    if (this.#offline !== undefined) throw this.#offline;
    try {
      return access();
    } catch (error) {
      if (isLasting(error)) this.#takeOffline(error);
      throw this.#offline ?? error;
    }
  }

  #takeOffline(cause: unknown): void {
    if (this.#offline !== undefined) return;
    this.#offline = new LogDirectoryOfflineError(this.path, cause);
    this.#logger.error({ err: cause }, 'log directory failed and is offline');
    for (const { log } of this.#logs.values()) log.takeOffline(this.#offline);
    for (const listener of this.#failureListeners) listener(this.#offline);
  }

  #file(name: string): string {
    return `${this.#options.path}/${name}`;
  }

  /** `partition.metadata` guards against the log of an earlier topic of the same name: that one is set aside. */
  #checkTopicId(name: string, identity: LogIdentity): void {
    const topicId = readTopicId(this.#platform.files, this.#file(name));
    if (topicId !== undefined && topicId !== identity.topicId) this.#setAside(name, topicId);
  }

  #setAside(name: string, topicId: string): void {
    this.#discarded.setAside(name, topicId);
    this.#checkpoints.forget(name);
  }
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash > 0 ? path.slice(0, slash) : slash === 0 ? '/' : '.';
}
