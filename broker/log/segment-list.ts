import type { TopicConfig } from '../config/index.ts';
import type { LogEnvironment } from './log-environment.ts';
import type { SegmentFacts } from './retention.ts';
import type { Segment } from './segment.ts';
import { DELETED_SUFFIX, type SegmentSuffix, SWAP_SUFFIX, segmentPath } from './segment-files.ts';
import { isLasting, isPassing } from './storage-error.ts';
import type { AbortedTransaction } from './transaction-index.ts';

/** The producers at the start of a segment are the same when another one takes its place. */
const REPLACED_FILES = ['.log', '.index', '.timeindex', '.txnindex'] as const;
const SEGMENT_FILES = [...REPLACED_FILES, '.snapshot'] as const;

/** What compaction has made of some segments. */
export interface CleanedSegment {
  /** A finished and synced `.cleaned` file. */
  readonly path: string;
  /** Those of which there are still records, in the order of their markers. */
  readonly abortedTransactions: readonly AbortedTransaction[];
}

/** The segments of one log, ascending; the last is the one that is written to. There is always one. */
export class SegmentList {
  readonly #directory: string;
  readonly #environment: Pick<LogEnvironment, 'files' | 'clock' | 'onStorageError'>;
  readonly #config: () => TopicConfig;
  #segments: readonly Segment[];
  #areDeletionsDurable = true;

  /** `directory` is the log's own folder. */
  constructor(
    segments: readonly Segment[],
    directory: string,
    environment: Pick<LogEnvironment, 'files' | 'clock' | 'onStorageError'>,
    config: () => TopicConfig,
  ) {
    this.#directory = directory;
    this.#environment = environment;
    this.#config = config;
    this.#segments = segments.slice();
  }

  /** Not changed by later operations: they make a new array. */
  get all(): readonly Segment[] {
    return this.#segments;
  }

  get active(): Segment {
    const active = this.#segments.at(-1);
    if (active === undefined) throw new Error('a log has at least one segment');
    return active;
  }

  /** False when a power cut may bring deleted segments back. */
  get areDeletionsDurable(): boolean {
    return this.#areDeletionsDurable;
  }

  get size(): number {
    return this.#segments.reduce((sum, segment) => sum + segment.size, 0);
  }

  /** What retention looks at. */
  facts(logEndOffset: number): SegmentFacts[] {
    return this.#segments.map((segment, i) => ({
      baseOffset: segment.baseOffset,
      endOffset: this.#segments[i + 1]?.baseOffset ?? logEndOffset,
      size: segment.size,
      largestTimestamp: segment.largestTimestamp >= 0 ? segment.largestTimestamp : segment.modifiedMs,
    }));
  }

  add(segment: Segment): void {
    this.#segments = [...this.#segments, segment];
  }

  /**
   * Takes away the first `count` segments and returns them: their files become `.deleted` and go after
   * `file.delete.delay.ms`. Where there is no room for that, fewer go. Throws the system's other errors.
   */
  deleteFirst(count: number): readonly Segment[] {
    const kept = this.#segments.findIndex((segment, i) => i === count || !this.#discard(segment));
    const deleted = this.#segments.slice(0, kept);
    this.#segments = this.#segments.slice(kept);
    // A power cut must not bring back what a consumer was told is gone; without room for that, the checkpoint tells.
    this.#areDeletionsDurable = this.#ifRoom(() => this.#environment.files.syncDirectory(this.#directory));
    return deleted;
  }

  /**
   * Puts a finished `.cleaned` file in the place of the segments that it was made from; `open` makes the new segment.
   * B38: from the rename to `.swap` on, a crash finishes the swap at the next start; before it, the old files stand.
   * Throws the system's errors, and then files and memory no longer agree.
   */
  swap(
    old: readonly Segment[],
    { path: cleanedPath, abortedTransactions }: CleanedSegment,
    open: (baseOffset: number) => Segment,
  ): void {
    const { files } = this.#environment;
    const directory = this.#directory;
    const first = old[0];
    if (first === undefined) return;
    const modifiedMs = Math.max(...old.map((segment) => segment.modifiedMs));
    const swapPath = first.path + SWAP_SUFFIX;
    files.rename(cleanedPath, swapPath);
    files.syncDirectory(directory);
    for (const segment of old) this.#giveUp(segment, segment === first ? REPLACED_FILES : SEGMENT_FILES);
    files.rename(swapPath, first.path);
    files.syncDirectory(directory);
    files.setModified(first.path, modifiedMs);
    const replacement = open(first.baseOffset);
    for (const aborted of abortedTransactions) replacement.transactions.append(aborted);
    if (old.some((segment) => segment.transactions.hasFile)) {
      replacement.transactions.persistDurably();
      files.syncDirectory(directory); // Where the offset index is, this one has to be as well.
    }
    replacement.seal();
    replacement.persistIndexes();
    const at = this.#segments.indexOf(first);
    this.#segments = [...this.#segments.slice(0, at), replacement, ...this.#segments.slice(at + old.length)];
  }

  /** Whether the segment is out of use. Its other files alone mean nothing: the next start removes them. */
  #discard(segment: Segment): boolean {
    const path = (suffix: SegmentSuffix) => segmentPath(this.#directory, segment.baseOffset, suffix);
    if (!this.#ifRoom(() => this.#deleteLater(path('.log')))) return false;
    segment.retire();
    for (const suffix of SEGMENT_FILES) this.#ifRoom(() => this.#deleteLater(path(suffix)));
    return true;
  }

  #giveUp(segment: Segment, suffixes: readonly SegmentSuffix[]): void {
    segment.retire();
    for (const suffix of suffixes) {
      this.#deleteLater(segmentPath(this.#directory, segment.baseOffset, suffix));
    }
  }

  /** False when there was no room for what `change` does. */
  #ifRoom(change: () => void): boolean {
    try {
      change();
      return true;
    } catch (error) {
      if (!isPassing(error)) throw error;
      return false;
    }
  }

  #deleteLater(path: string): void {
    const { files, clock, onStorageError } = this.#environment;
    if (files.stat(path) === undefined) return;
    files.rename(path, path + DELETED_SUFFIX);
    clock.timer(this.#config().fileDeleteDelayMs, () => {
      try {
        files.remove(path + DELETED_SUFFIX);
      } catch (error) {
        if (isLasting(error)) onStorageError(error);
      }
    });
  }
}
