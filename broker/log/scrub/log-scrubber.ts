import { sleep } from '../../../platform/clock.ts';
import { taskUrl } from '../../../platform/executor.ts';
import type { Platform } from '../../../platform/platform.ts';
import type { PartitionLog } from '../partition-log.ts';
import type { Segment } from '../segment.ts';
import { isStorageFailure } from '../storage-error.ts';
import type { RottenRange } from './rotten-batches.ts';
import type { ScrubOutcome, ScrubTask } from './scrub-task.ts';

const task = taskUrl(import.meta.url, 'scrub-task');
/** Read at once. */
const PIECE_BYTES_MAX = 1 << 20;

/** How often all is read, and how fast. Asked anew before each pass and each piece. */
export interface ScrubConfig {
  /** `log.scrub.interval.ms`: from the end of a pass to the next one; -1 for no scrub. */
  readonly logScrubIntervalMs: number;
  /** `log.scrub.bytes.per.second`. */
  readonly logScrubBytesPerSecond: number;
}

/**
 * Reads what is in closed segments, slowly and in the background, and checks it against its CRCs: disks forget. What is
 * rotten is told once, and no longer served.
 */
export class LogScrubber {
  readonly #platform: Platform;
  readonly #logs: () => Iterable<PartitionLog>;
  readonly #config: () => ScrubConfig;
  readonly #stopped = new AbortController();
  #running: Promise<void> | undefined;

  /** `logs` gives all logs with closed segments; they are taken one by one. */
  constructor(platform: Platform, logs: () => Iterable<PartitionLog>, config: () => ScrubConfig) {
    this.#platform = platform;
    this.#logs = logs;
    this.#config = config;
  }

  /** Begins the first pass after one interval. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends after the piece that is under way. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  /** One pass over everything; resolves with the number of rotten stretches that were not known before. */
  async scrub(): Promise<number> {
    let found = 0;
    for (const log of this.#logs()) {
      for (const [i, segment] of log.segments.slice(0, -1).entries()) {
        if (this.#stopped.signal.aborted) return found;
        const endOffset = log.segments[i + 1]?.baseOffset ?? log.logEndOffset;
        if (!segment.isRetired) found += await this.#scrubSegment(log, segment, endOffset);
      }
    }
    return found;
  }

  async #run(): Promise<void> {
    for (;;) {
      const { logScrubIntervalMs } = this.#config();
      // Switched off: whether that has changed is looked at now and then.
      await this.#wait(logScrubIntervalMs < 0 ? 60_000 : logScrubIntervalMs);
      if (this.#stopped.signal.aborted) return;
      if (this.#config().logScrubIntervalMs >= 0) await this.scrub();
    }
  }

  async #scrubSegment(log: PartitionLog, segment: Segment, endOffset: number): Promise<number> {
    const rotten: RottenRange[] = [];
    const { path, baseOffset, writtenSize: size } = segment;
    try {
      for (let [from, nextOffset] = [0, baseOffset]; from < size; ) {
        const bytesPerSecond = Math.max(1, this.#config().logScrubBytesPerSecond);
        const bytesMax = Math.min(PIECE_BYTES_MAX, bytesPerSecond);
        const input = { path, from, bytesMax, size, nextOffset, endOffset };
        const piece = await this.#platform.executor.run<ScrubTask, ScrubOutcome>(task, input);
        rotten.push(...piece.rotten);
        await this.#wait(((piece.from - from) / bytesPerSecond) * 1000);
        ({ from, nextOffset } = piece);
        if (segment.isRetired || log.isOffline || this.#stopped.signal.aborted) return 0;
      }
    } catch (error) {
      if (segment.isRetired || log.isOffline || this.#stopped.signal.aborted) return 0;
      return this.#failed(log, error);
    }
    const news = log.rotten.replace(segment, rotten);
    for (const { position, firstOffset: offset } of news) {
      const message = 'a record batch on disk is not what was written; restore the file from a copy';
      this.#platform.logger.error({ file: path, position, offset }, message);
    }
    return news.length;
  }

  /** A disk that cannot be read goes offline, as when a client reads it. */
  #failed(log: PartitionLog, cause: unknown): number {
    try {
      log.guard(() => {
        throw cause;
      });
    } catch (error) {
      if (!isStorageFailure(error)) this.#platform.logger.warn({ err: error }, 'a segment was not scrubbed');
    }
    return 0;
  }

  async #wait(durationMs: number): Promise<void> {
    if (durationMs < 1) return;
    await sleep(this.#platform.clock, durationMs, this.#stopped.signal).catch(() => undefined);
  }
}
