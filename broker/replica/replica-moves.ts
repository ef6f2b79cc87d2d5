import { ErrorCode } from '../../kafka/protocol/index.ts';
import { sleep } from '../../platform/clock.ts';
import type { Platform } from '../../platform/platform.ts';
import { randomUuid } from '../../platform/uuid.ts';
import {
  futureFolderName,
  isStorageFailure,
  LogCopy,
  type LogDirectories,
  type LogDirectory,
  type LogIdentity,
  readTopicId,
} from '../log/index.ts';
import type { Partition } from './partition.ts';
import type { Partitions } from './partitions.ts';

/** Time until a move that failed, for instance for a full disk, is tried again. */
const RETRY_MS = 15_000;

interface Move {
  readonly identity: LogIdentity;
  readonly copy: LogCopy;
  isCancelled: boolean;
}

/** What moving replicas needs. */
export interface ReplicaMovesOptions {
  readonly platform: Platform;
  readonly directories: LogDirectories;
  readonly partitions: Partitions;
  /** `replica.alter.log.dirs.io.max.bytes.per.second`, asked anew each time. */
  readonly bytesPerSecondMax: () => number;
  /** Told when a partition has arrived. */
  readonly onMoved: (identity: LogIdentity, directory: LogDirectory) => void;
}

/**
 * Replicas on their way from one log directory to another (AlterReplicaLogDirs, KIP-113), one after the other. The log
 * is copied while it goes on; then the copy takes its place between two events of the loop.
 */
export class ReplicaMoves {
  readonly #options: ReplicaMovesOptions;
  readonly #moves = new Map<string, Move>();
  #running: Promise<void> | undefined;
  readonly #stopped = new AbortController();

  constructor(options: ReplicaMovesOptions) {
    this.#options = options;
  }

  /** The copy of a partition that is being moved. */
  copyOf(topic: string, partition: number): LogCopy | undefined {
    return this.#moves.get(`${topic}-${partition}`)?.copy;
  }

  /**
   * Begins to move a partition to the directory at `path`; to the one it is in: ends the move that is under way. Returns
   * an error code, those of Kafka's broker.
   */
  alter(topic: string, index: number, path: string): number {
    const { directories, partitions, platform } = this.#options;
    const folder = futureFolderName(`${topic}-${index}`, randomUuid(platform.entropy));
    if (folder === undefined) return ErrorCode.INVALID_TOPIC_EXCEPTION;
    const status = directories.all.find((each) => each.path === path);
    if (status === undefined) return ErrorCode.LOG_DIR_NOT_FOUND;
    const target = status.directory;
    if (target === undefined || target.isOffline) return ErrorCode.KAFKA_STORAGE_ERROR;
    const partition = partitions.lookupByName(topic, index);
    if (typeof partition === 'number') return partition;
    const underWay = this.#moves.get(`${topic}-${index}`);
    if (underWay?.copy.target === target) return ErrorCode.NONE;
    this.cancel(topic, index);
    if (partition.log.isOffline) return ErrorCode.KAFKA_STORAGE_ERROR;
    if (directories.placeOf({ topic, partition: index }) === target) return ErrorCode.NONE;
    if (status.isCordoned) return ErrorCode.INVALID_REPLICA_ASSIGNMENT;
    return this.#begin(partition, target, folder);
  }

  /** Ends the move of a partition, if there is one, and removes what was copied. */
  cancel(topic: string, partition: number): void {
    const name = `${topic}-${partition}`;
    const move = this.#moves.get(name);
    if (move === undefined) return;
    move.isCancelled = true;
    this.#moves.delete(name);
    try {
      move.copy.discard();
    } catch (error) {
      if (!isStorageFailure(error)) throw error;
      this.#options.platform.logger.warn({ err: error, log: name }, 'what was copied of a log stays');
    }
  }

  /**
   * Finishes moves that ended between the two renames of their last step: the copy was whole then. Before any log is
   * opened; `expects` tells whether a partition's directory works and should have it.
   */
  promote(expects: (topic: string, partition: number, topicId: string) => boolean): void {
    const { directories, platform } = this.#options;
    for (const [name, { directory, name: folder }] of directories.futures) {
      const identity = identityOf(name, readTopicId(platform.files, `${directory.path}/${folder}`));
      const { topic, partition, topicId } = identity;
      if (directories.placeOf(identity) !== undefined || !expects(topic, partition, topicId)) continue;
      directory.guard(() => arrive(this.#options, identity, directory, folder));
    }
  }

  /** Goes on with the moves that the last stop interrupted, and removes copies that nobody waits for. */
  resume(): void {
    const { directories, partitions, platform } = this.#options;
    for (const [name, { directory, name: folder }] of directories.futures) {
      const path = `${directory.path}/${folder}`;
      if (directory.isOffline || platform.files.stat(path) === undefined) continue;
      const { topic, partition: index, topicId } = identityOf(name, readTopicId(platform.files, path));
      const partition = partitions.lookupByName(topic, index);
      if (partition === ErrorCode.KAFKA_STORAGE_ERROR) continue; // Its own directory may be mended one day.
      const isWanted = typeof partition !== 'number' && partition.topicId === topicId;
      if (isWanted && directories.placeOf({ topic, partition: index }) !== directory)
        this.#begin(partition, directory, folder);
      else directory.guard(() => platform.files.removeDirectory(path));
    }
  }

  /** Ends after the piece of work that is under way; the next start goes on. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  #begin(partition: Partition, target: LogDirectory, folder: string): number {
    const { topic, topicId, index, log } = partition;
    const { files } = this.#options.platform;
    const identity = { topic, topicId, partition: index };
    const copy = new LogCopy(files, { identity, log }, target, folder);
    try {
      copy.begin();
    } catch (error) {
      if (isStorageFailure(error)) return ErrorCode.KAFKA_STORAGE_ERROR;
      throw error;
    }
    this.#moves.set(`${topic}-${index}`, { identity, copy, isCancelled: false });
    this.#start();
    return ErrorCode.NONE;
  }

  #start(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
      if (this.#moves.size > 0 && !this.#stopped.signal.aborted) this.#start();
    });
  }

  async #run(): Promise<void> {
    const { clock, logger } = this.#options.platform;
    const failed = new Set<Move>();
    for (;;) {
      const next = [...this.#moves.values()].find((move) => !failed.has(move)) ?? this.#retry(failed);
      if (next === undefined || this.#stopped.signal.aborted) return;
      if (failed.delete(next)) await sleep(clock, RETRY_MS, this.#stopped.signal).catch(() => undefined);
      try {
        await this.#move(next);
      } catch (error) {
        logger.warn({ err: error, log: next.copy.folder }, 'a log could not be moved');
        if (isStorageFailure(error)) failed.add(next);
        else this.cancel(next.identity.topic, next.identity.partition);
      }
    }
  }

  /** A move between directories that work is tried again; without them it is over. */
  #retry(failed: ReadonlySet<Move>): Move | undefined {
    for (const move of failed) {
      const canGoOn = !move.copy.target.isOffline && this.#partitionOf(move)?.log.isOffline === false;
      if (canGoOn && !this.#isOver(move)) return move;
      if (!move.isCancelled) this.cancel(move.identity.topic, move.identity.partition);
    }
    return undefined;
  }

  async #move(move: Move): Promise<void> {
    const { platform, bytesPerSecondMax } = this.#options;
    const turn = async (bytes: number) => {
      const delayMs = (bytes / Math.max(1, bytesPerSecondMax())) * 1000;
      if (delayMs >= 1) await sleep(platform.clock, delayMs, this.#stopped.signal).catch(() => undefined);
      else await new Promise<void>((resolve) => platform.executor.soon(resolve));
      return !this.#isOver(move) && !this.#stopped.signal.aborted;
    };
    const isCaughtUp = await move.copy.catchUp(turn);
    if (isCaughtUp && !this.#isOver(move)) this.#swap(move);
    else if (!this.#stopped.signal.aborted) this.cancel(move.identity.topic, move.identity.partition);
  }

  /** No await from the last byte copied to the new log in its place. */
  #swap({ identity, copy }: Move): void {
    const { directories, partitions, onMoved } = this.#options;
    const { topic, partition: index } = identity;
    const partition = partitions.find(topic, index);
    const source = directories.placeOf(identity);
    if (partition === undefined || source === undefined) return;
    copy.finish();
    this.#moves.delete(`${topic}-${index}`);
    const { log } = partition;
    const { logStartOffset, logEndOffset } = log;
    const folder = copy.folder.slice(copy.target.path.length + 1);
    copy.target.noteOffsets(identity, { logStartOffset, recoveryPoint: logEndOffset });
    partition.replaceLog(() => {
      source.release(identity);
      source.guard(() =>
        source.renameDeleted(`${topic}-${index}`, identity.topicId, log.config.fileDeleteDelayMs),
      );
      copy.target.guard(() => arrive(this.#options, identity, copy.target, folder));
      return partitions.openLog(identity);
    });
    onMoved(identity, copy.target);
  }

  #isOver(move: Move): boolean {
    return move.isCancelled || this.#partitionOf(move)?.isDeleted !== false;
  }

  #partitionOf({ identity: { topic, topicId, partition: index } }: Move): Partition | undefined {
    const partition = this.#options.partitions.lookupByName(topic, index);
    return typeof partition === 'number' || partition.topicId !== topicId ? undefined : partition;
  }
}

/** The copy becomes the log. Throws the system's errors. */
function arrive(
  { directories, platform: { files } }: ReplicaMovesOptions,
  identity: LogIdentity,
  directory: LogDirectory,
  folder: string,
): void {
  files.rename(`${directory.path}/${folder}`, `${directory.path}/${identity.topic}-${identity.partition}`);
  files.syncDirectory(directory.path);
  directories.move(identity, directory);
}

function identityOf(name: string, topicId = ''): LogIdentity {
  const dash = name.lastIndexOf('-');
  return { topic: name.slice(0, dash), partition: Number(name.slice(dash + 1)), topicId };
}
