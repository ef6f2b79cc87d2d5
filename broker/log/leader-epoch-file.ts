import type { Files } from '../../platform/files.ts';
import { writeEpochCheckpoint } from './checkpoint.ts';
import type { LeaderEpochCache } from './leader-epoch-cache.ts';

/** A log's leader epochs and the `leader-epoch-checkpoint` that they are saved to when they have changed. */
export class LeaderEpochFile {
  readonly #files: Files;
  readonly #path: string;
  readonly #cache: LeaderEpochCache;
  #isSaved = true;

  constructor(files: Files, directory: string, cache: LeaderEpochCache) {
    this.#files = files;
    this.#path = `${directory}/leader-epoch-checkpoint`;
    this.#cache = cache;
  }

  /** What is known of epochs. To change it, use the methods here. */
  get epochs(): Pick<LeaderEpochCache, 'latest' | 'epochAt' | 'endOffsetFor'> {
    return this.#cache;
  }

  assign(epoch: number, startOffset: number): void {
    if (this.#cache.assign(epoch, startOffset)) this.#isSaved = false;
  }

  /** Forgets what lies at or beyond `endOffset`; an epoch that began with an empty log stays. */
  truncateFromEnd(endOffset: number): void {
    if (this.#cache.truncateFromEnd(Math.max(endOffset, 1))) this.#isSaved = false;
  }

  truncateFromStart(startOffset: number): void {
    if (this.#cache.truncateFromStart(startOffset)) this.#isSaved = false;
  }

  /** Writes the file when something has changed. Throws the system's error. */
  save(): void {
    if (this.#isSaved) return;
    writeEpochCheckpoint(this.#files, this.#path, this.#cache.entries);
    this.#isSaved = true;
  }
}
