import { type Clock, sleep, type Timer } from '../../../platform/clock.ts';
import type { Executor } from '../../../platform/executor.ts';
import type { Files } from '../../../platform/files.ts';
import type { Logger } from '../../../platform/logger.ts';
import { readOffsetCheckpoint, writeOffsetCheckpoint } from '../checkpoint.ts';
import type { LogDirectory } from '../log-directory.ts';
import { isPassing } from '../storage-error.ts';
import { type Cleanable, examine, isDue } from './cleanable.ts';
import { compact } from './compaction.ts';

const CHECKPOINT_FILE = 'cleaner-offset-checkpoint';

/** The part of the broker's config that concerns compaction. */
export interface CleanerConfig {
  readonly logCleanerBackoffMs: number;
  readonly logCleanerDedupeBufferSize: number;
  readonly logCleanerIoMaxBytesPerSecond: number;
}

/** What the cleaner works with. */
export interface CleanerEnvironment {
  readonly files: Files;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly logger: Logger;
}

/**
 * Compacts the logs of a directory whose `cleanup.policy` asks for it: the dirtiest first, one at a time, in turns short
 * enough not to hold up clients. How far each log is clean is kept in `cleaner-offset-checkpoint`.
 */
export class LogCleaner {
  readonly #directory: LogDirectory;
  readonly #environment: CleanerEnvironment;
  readonly #config: CleanerConfig;
  readonly #checkpoints: Map<string, number>;
  /** Logs that could not be cleaned; they are left alone until the next start. */
  readonly #uncleanable = new Set<string>();
  #timer: Timer | undefined;
  #running: Promise<number> | undefined;
  /** Shared with the thread that does the work: 1 ends it. */
  readonly #stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  readonly #stopped = new AbortController();
  /** When the bytes read so far will have taken as long as they have to, on the monotonic clock. */
  #paidUntilMs = 0;

  constructor(directory: LogDirectory, environment: CleanerEnvironment, config: CleanerConfig) {
    this.#directory = directory;
    this.#environment = environment;
    this.#config = config;
    const saved = readOffsetCheckpoint(environment.files, this.#file);
    this.#checkpoints = new Map(
      saved.map(({ topic, partition, offset }) => [`${topic}-${partition}`, offset]),
    );
    directory.onDelete(({ topic, partition }) => this.#forget(`${topic}-${partition}`));
  }

  /** Looks for work every `log.cleaner.backoff.ms`. */
  start(): void {
    if (this.#isStopped) return;
    this.#timer = this.#environment.clock.timer(this.#config.logCleanerBackoffMs, () => {
      void this.clean().finally(() => this.start());
    });
  }

  /** Ends after the turn that is under way; what was not swapped in is dropped. */
  async stop(): Promise<void> {
    Atomics.store(this.#stop, 0, 1);
    this.#stopped.abort();
    this.#timer?.cancel();
    await this.#running;
  }

  /** Cleans everything that is due now; resolves with the number of logs cleaned, never rejects. One run at a time. */
  clean(): Promise<number> {
    this.#running ??= this.#cleanAll().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #cleanAll(): Promise<number> {
    let cleaned = 0;
    const seen = new Set<string>();
    for (
      let next = this.#dirtiest(seen);
      next !== undefined && !this.#isStopped;
      next = this.#dirtiest(seen)
    ) {
      seen.add(next.name);
      if (await this.#cleanOne(next)) cleaned += 1;
    }
    return cleaned;
  }

  #dirtiest(seen: Set<string>): (Cleanable & { name: string }) | undefined {
    const nowMs = this.#environment.clock.now();
    let dirtiest: (Cleanable & { name: string }) | undefined;
    for (const { topic, partition, log } of this.#directory.logs) {
      const name = `${topic}-${partition}`;
      if (!log.config.cleanupPolicy.compact || log.isOffline || seen.has(name) || this.#uncleanable.has(name))
        continue;
      try {
        const cleanable = log.guard(() =>
          examine(log, this.#checkpoints.get(name) ?? log.logStartOffset, nowMs),
        );
        if (isDue(cleanable) && isWorse(cleanable, dirtiest)) dirtiest = { ...cleanable, name };
      } catch (error) {
        seen.add(name);
        this.#environment.logger.warn({ err: error, log: name }, 'log could not be examined for compaction');
      }
    }
    return dirtiest;
  }

  async #cleanOne(cleanable: Cleanable & { name: string }): Promise<boolean> {
    const { name, log } = cleanable;
    const { files, executor, clock, logger } = this.#environment;
    try {
      const before = log.size;
      const cleanUntil = await compact(cleanable, {
        files,
        executor,
        nowMs: clock.now(),
        dedupeBytesMax: this.#config.logCleanerDedupeBufferSize,
        stop: this.#stop,
        pace: (bytes) => this.#pace(bytes),
      });
      if (cleanUntil === undefined || log.isOffline) return false;
      this.#checkpoints.set(name, cleanUntil);
      log.guard(() => this.#saveCheckpoints());
      logger.debug({ log: name, cleanUntil, bytesBefore: before, bytesAfter: log.size }, 'log compacted');
      return true;
    } catch (error) {
      if (!log.isOffline && !isPassing(error) && !this.#isStopped) this.#uncleanable.add(name);
      logger.error({ err: error, log: name }, 'log could not be compacted and stays as it is');
      return false;
    }
  }

  /** A topic of the same name may come, and its log has not been cleaned. */
  #forget(name: string): void {
    this.#uncleanable.delete(name);
    if (!this.#checkpoints.delete(name)) return;
    try {
      this.#saveCheckpoints();
    } catch (error) {
      this.#environment.logger.warn(
        { err: error, log: name },
        'cleaner checkpoint of a deleted log not removed',
      );
    }
  }

  get #isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  /** Keeps to `log.cleaner.io.max.bytes.per.second`: waits until what was read before has taken its time. */
  async #pace(bytes: number): Promise<void> {
    const { clock } = this.#environment;
    const waitMs = this.#paidUntilMs - clock.monotonic();
    if (waitMs >= 1) await sleep(clock, waitMs, this.#stopped.signal).catch(() => undefined);
    const costMs = (bytes / Math.max(1, this.#config.logCleanerIoMaxBytesPerSecond)) * 1000;
    this.#paidUntilMs = Math.max(this.#paidUntilMs, clock.monotonic()) + costMs;
  }

  get #file(): string {
    return `${this.#directory.path}/${CHECKPOINT_FILE}`;
  }

  #saveCheckpoints(): void {
    const offsets = [...this.#checkpoints].map(([name, offset]) => {
      const dash = name.lastIndexOf('-');
      return { topic: name.slice(0, dash), partition: Number(name.slice(dash + 1)), offset };
    });
    writeOffsetCheckpoint(this.#environment.files, this.#file, offsets);
  }
}

/** Logs whose `max.compaction.lag.ms` has run out come first, then the dirtiest. */
function isWorse(cleanable: Cleanable, than: Cleanable | undefined): boolean {
  if (than === undefined || cleanable.isOverdue !== than.isOverdue)
    return than === undefined || cleanable.isOverdue;
  return cleanable.dirtyRatio > than.dirtyRatio;
}
