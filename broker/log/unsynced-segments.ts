import type { Files } from '../../platform/files.ts';
import type { Segment } from './segment.ts';

const NONE: readonly Segment[] = [];

/** Which segments of a log have to be synced, or are being synced, and whether their names have to be. */
export class UnsyncedSegments {
  readonly #files: Files;
  readonly #directory: string;
  /** Written to since their last sync began. */
  #written: readonly Segment[] = NONE;
  /** Being synced. */
  #syncing: readonly Segment[] = NONE;
  #hasNewFiles = false;

  constructor(files: Files, directory: string) {
    this.#files = files;
    this.#directory = directory;
  }

  /** Segments that a sync would have to include. */
  get size(): number {
    return this.#written.length;
  }

  /** Whether nothing has to be synced and nothing is being synced. */
  get isSettled(): boolean {
    return this.#written.length + this.#syncing.length === 0;
  }

  /** Lowest offset that may not be durable; Infinity when all is. */
  get firstOffset(): number {
    return Math.min(...[...this.#written, ...this.#syncing].map((segment) => segment.baseOffset));
  }

  has(segment: Segment): boolean {
    return this.#written.includes(segment);
  }

  noteWrite(segment: Segment): void {
    if (!this.#written.includes(segment)) this.#written = this.#written.concat(segment);
  }

  /** The next sync has to make names of files durable as well. */
  noteNewFile(): void {
    this.#hasNewFiles = true;
  }

  /** The segment was deleted. */
  forget(segment: Segment): void {
    this.#written = this.#written.filter((each) => each !== segment);
  }

  /** Syncs what has been written, all but `excluded`. Rejects with the system's error: then nothing is known of the files. */
  async sync(excluded?: Segment): Promise<void> {
    const segments = this.#written.filter((segment) => segment !== excluded);
    this.#written =
      segments.length < this.#written.length ? this.#written.filter((each) => each === excluded) : NONE;
    this.#syncing = this.#syncing.concat(segments);
    const directories = this.#hasNewFiles ? [this.#directory, parentOf(this.#directory)] : [];
    this.#hasNewFiles = false;
    await Promise.all([
      ...directories.map((directory) => this.#files.syncDirectoryAsync(directory)),
      ...segments.filter((segment) => !segment.isRetired).map((segment) => segment.datasync()),
    ]);
    this.#syncing = this.#syncing.filter((segment) => !segments.includes(segment));
  }

  /** Syncs the content of all segments, blocking, also of those that are being synced. Throws the system's error. */
  syncNow(): void {
    for (const segment of [...this.#written, ...this.#syncing]) {
      if (!segment.isRetired) segment.datasyncNow();
    }
    this.#written = NONE;
    this.#syncing = NONE;
  }
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash > 0 ? path.slice(0, slash) : slash === 0 ? '/' : '.';
}
