import { resolve } from 'node:path';
import type { Platform } from '../../platform/platform.ts';
import type { TopicConfig } from '../config/index.ts';
import type { Durability } from './directory-identity.ts';
import {
  CorruptFileError,
  LogDirectoryInUseError,
  LogDirectoryOfflineError,
  MisplacedLogError,
} from './errors.ts';
import { LogDirectory, type LogIdentity } from './log-directory.ts';
import { folderName, futureOfFolder, partitionOfFolder } from './partition-folder.ts';
import type { PartitionLog } from './partition-log.ts';
import { isStorageError } from './storage-error.ts';

/** How the log directories of a broker are opened. */
export interface LogDirectoriesOptions {
  /** `log.dirs`. */
  readonly paths: readonly string[];
  /** `metadata.log.dir`; the first of {@link paths} when it is not set. May be one of them or another. */
  readonly metadataPath: string | null;
  /** `cordoned.log.dirs`, asked anew each time: these get no new partitions. `*` is all. */
  readonly cordoned?: () => readonly string[];
  readonly nodeId: number;
  readonly durability: Durability;
  /** The cluster of new directories; see {@link LogDirectory.open}. */
  readonly clusterId?: string | undefined;
}

/** A partition of the metadata and the directory id that it says the partition is in. */
export interface AssignedPartition extends LogIdentity {
  readonly directoryId: string | undefined;
}

/** A directory as it stands now: `directory` is missing when it could not be opened at all. */
export interface DirectoryStatus {
  readonly path: string;
  readonly directory: LogDirectory | undefined;
  readonly isCordoned: boolean;
}

/**
 * All log directories of a broker. Each partition is in one of them: where its folder was found, else where the
 * metadata says, else where the fewest are. One that fails goes offline alone, with its partitions.
 */
export class LogDirectories {
  /** The directory of `__cluster_metadata-0`. */
  readonly metadata: LogDirectory;
  readonly #paths: readonly string[];
  readonly #cordoned: () => readonly string[];
  readonly #directories: readonly LogDirectory[];
  readonly #places = new Map<string, LogDirectory>();
  readonly #counts = new Map<LogDirectory, number>();
  /** Folders of unfinished moves that were found at start: `topic-partition` to where. */
  readonly #futures = new Map<string, { readonly directory: LogDirectory; readonly name: string }>();

  private constructor(
    options: LogDirectoriesOptions,
    paths: readonly string[],
    metadata: LogDirectory,
    directories: readonly LogDirectory[],
  ) {
    this.#paths = paths;
    this.#cordoned = options.cordoned ?? (() => []);
    this.#directories = directories;
    this.metadata = metadata;
    for (const directory of this.online) this.#find(directory);
  }

  /**
   * Takes the locks of all directories and reads what they say of themselves. One that cannot be read is offline, and
   * told in the log; the metadata directory must be good. Throws {@link LogDirectoryInUseError}, {@link CorruptFileError}
   * when directories belong to different nodes or clusters, {@link MisplacedLogError}.
   */
  static async open(platform: Platform, options: LogDirectoriesOptions): Promise<LogDirectories> {
    const paths = [...new Set(options.paths.map((path) => resolve(path)))];
    const metadataPath = resolve(options.metadataPath ?? paths[0] ?? '');
    const opened: LogDirectory[] = [];
    try {
      const metadata = openMetadataDirectory(platform, options, metadataPath, paths);
      opened.push(metadata);
      const { clusterId } = metadata.meta;
      for (const path of paths.filter((each) => each !== metadataPath)) {
        const directory = openDirectory(platform, { ...options, path, clusterId });
        if (directory !== undefined) opened.push(directory);
      }
      refuseCopies(opened);
      const serving = opened.filter(({ path }) => paths.includes(path));
      if (serving.length === 0) throw new LogDirectoryOfflineError(paths.join(', '), undefined);
      return new LogDirectories(options, paths, metadata, serving);
    } catch (error) {
      for (const directory of opened) await directory.close(-1);
      throw error;
    }
  }

  /** Directories that work and take partitions. */
  get online(): readonly LogDirectory[] {
    return this.#directories.filter((directory) => !directory.isOffline);
  }

  /** Every directory of `log.dirs` in its order, with absolute paths. */
  get all(): readonly DirectoryStatus[] {
    const cordoned = this.#cordonedPaths();
    return this.#paths.map((path) => ({
      path,
      directory: this.#directories.find((each) => each.path === path),
      isCordoned: cordoned.has(path),
    }));
  }

  /** Directories that are open, the one of the metadata among them, in the order they were opened. */
  get opened(): readonly LogDirectory[] {
    return [...new Set([this.metadata, ...this.#directories])];
  }

  /** Whether every directory was closed in an orderly way. */
  get wereCleanlyClosed(): boolean {
    return this.opened.every(({ wasCleanlyClosed }) => wasCleanlyClosed);
  }

  /** Folders of moves that were not finished when the broker stopped, by `topic-partition`. */
  get futures(): ReadonlyMap<string, { readonly directory: LogDirectory; readonly name: string }> {
    return this.#futures;
  }

  /** Calls `listener` when a directory fails. */
  onFailure(listener: (directory: LogDirectory) => void): void {
    for (const directory of this.opened) directory.onFailure(() => listener(directory));
  }

  /**
   * Where a partition is, chosen now when it is nowhere yet. Throws {@link LogDirectoryOfflineError} when that cannot be
   * known because a directory is offline: it may be there.
   */
  place(partition: AssignedPartition): LogDirectory {
    const name = folderName(partition.topic, partition.partition);
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const assigned = this.#directories.find(({ meta }) => meta.directoryId === partition.directoryId);
    const chosen = assigned ?? this.#emptiest(partition);
    this.#put(name, chosen);
    return chosen;
  }

  /** Where a partition is; `undefined` when it is nowhere yet. */
  placeOf({ topic, partition }: Pick<LogIdentity, 'topic' | 'partition'>): LogDirectory | undefined {
    return this.#places.get(folderName(topic, partition));
  }

  /** Partition and directory of all that were placed. */
  *places(): Generator<{ topic: string; partition: number; directory: LogDirectory }> {
    for (const [name, directory] of this.#places) {
      const partition = partitionOfFolder(name);
      if (partition !== undefined) yield { ...partition, directory };
    }
  }

  /** From now on the partition is in another directory: its log was moved. */
  move(identity: LogIdentity, to: LogDirectory): void {
    const name = folderName(identity.topic, identity.partition);
    this.#take(name);
    this.#put(name, to);
  }

  /** The log of a partition, see {@link LogDirectory.log}. */
  log(partition: AssignedPartition, config: () => TopicConfig): PartitionLog {
    return this.place(partition).log(partition, config);
  }

  /** Takes a partition's log out of use, see {@link LogDirectory.delete}. */
  delete(identity: LogIdentity): void {
    this.placeOf(identity)?.delete(identity);
    this.#take(folderName(identity.topic, identity.partition));
  }

  /** Sets aside the folders of partitions that are not in `known`, in every directory. */
  setAsideStrays(known: ReadonlySet<string>): void {
    for (const directory of this.opened) if (!directory.isOffline) directory.setAsideStrays(known);
    for (const name of [...this.#places.keys()]) if (!known.has(name)) this.#take(name);
  }

  /** Writes the checkpoints of all directories that work. Throws the first error, after the others were written. */
  checkpoint(): void {
    this.#each((directory) => directory.checkpoint());
  }

  /** Begins to sync what `flush.ms` wants synced. */
  flushLate(): void {
    this.#each((directory) => directory.flushLate());
  }

  /** Writes the high watermarks, as {@link checkpoint} does. */
  checkpointHighWatermarks(): void {
    this.#each((directory) => directory.checkpointHighWatermarks());
  }

  /** Orderly stop of every directory; that of the metadata is the last. */
  async close(brokerEpoch: number): Promise<void> {
    for (const directory of [...this.opened].reverse()) await directory.close(brokerEpoch);
  }

  #each(work: (directory: LogDirectory) => void): void {
    const failures: unknown[] = [];
    for (const directory of this.opened.filter(({ isOffline }) => !isOffline)) {
      try {
        work(directory);
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }

  #find(directory: LogDirectory): void {
    for (const name of directory.names()) {
      const future = futureOfFolder(name);
      if (future !== undefined) this.#futures.set(future, { directory, name });
      if (partitionOfFolder(name) === undefined) continue;
      const other = this.#places.get(name);
      if (other !== undefined) throw new MisplacedLogError(name, other.path, directory.path);
      this.#put(name, directory);
    }
  }

  /** The directory with the fewest partitions, as in Kafka; cordoned ones only when all are. */
  #emptiest(partition: AssignedPartition): LogDirectory {
    const { online } = this;
    const isSomewhereElse = partition.directoryId !== undefined && online.length < this.#paths.length;
    if (isSomewhereElse || online.length === 0) {
      const offline = this.#paths.filter((path) => !online.some((each) => each.path === path));
      throw new LogDirectoryOfflineError(offline.join(', '), undefined);
    }
    const cordoned = this.#cordonedPaths();
    const open = online.filter(({ path }) => !cordoned.has(path));
    const count = (directory: LogDirectory) => this.#counts.get(directory) ?? 0;
    const [first] = (open.length > 0 ? [...open] : [...online]).sort((a, b) => count(a) - count(b));
    if (first === undefined) throw new LogDirectoryOfflineError(this.#paths.join(', '), undefined);
    return first;
  }

  #put(name: string, directory: LogDirectory): void {
    this.#places.set(name, directory);
    this.#counts.set(directory, (this.#counts.get(directory) ?? 0) + 1);
  }

  #take(name: string): void {
    const directory = this.#places.get(name);
    if (directory === undefined) return;
    this.#places.delete(name);
    this.#counts.set(directory, (this.#counts.get(directory) ?? 0) - 1);
  }

  #cordonedPaths(): ReadonlySet<string> {
    const given = this.#cordoned();
    return new Set(given.includes('*') ? this.#paths : given.map((path) => resolve(path)));
  }
}

/**
 * The metadata directory comes first: its cluster id is that of all. When it is new although another directory is not,
 * somebody changed the order of `log.dirs`, and a start would take all topics for strays.
 */
function openMetadataDirectory(
  platform: Platform,
  options: LogDirectoriesOptions,
  metadataPath: string,
  paths: readonly string[],
): LogDirectory {
  const isUsed = (path: string) => platform.files.stat(`${path}/meta.properties`) !== undefined;
  const used = isUsed(metadataPath) ? undefined : paths.find((path) => path !== metadataPath && isUsed(path));
  if (used !== undefined) {
    const problem = `is missing, although ${used} has been used before; name the directory that holds __cluster_metadata-0 first in log.dirs, or in metadata.log.dir`;
    throw new CorruptFileError(`${metadataPath}/meta.properties`, problem);
  }
  return LogDirectory.open(platform, { ...options, path: metadataPath });
}

/** `undefined` when the system refuses to read it: then it is offline from the start. */
function openDirectory(
  platform: Platform,
  options: Parameters<typeof LogDirectory.open>[1],
): LogDirectory | undefined {
  try {
    return LogDirectory.open(platform, options);
  } catch (error) {
    if (error instanceof LogDirectoryInUseError || !isStorageError(error)) throw error;
    platform.logger.error(
      { err: error, logDir: options.path },
      'log directory cannot be read and is offline; mend it and restart',
    );
    return undefined;
  }
}

function refuseCopies(directories: readonly LogDirectory[]): void {
  const seen = new Map<string, string>();
  for (const { path, meta } of directories) {
    const other = seen.get(meta.directoryId);
    if (other !== undefined) {
      const problem = `has the directory.id of ${other}; one of them is a copy, remove it`;
      throw new CorruptFileError(`${path}/meta.properties`, problem);
    }
    seen.set(meta.directoryId, path);
  }
}
