import type { File, Files } from '../../platform/files.ts';
import type { LogDirectory, LogIdentity } from './log-directory.ts';
import { folderBytes, identifyFolder } from './partition-folder.ts';
import type { PartitionLog } from './partition-log.ts';
import type { Segment } from './segment.ts';
import { type SegmentSuffix, segmentOffsets, segmentPath } from './segment-files.ts';

/** Copied between two looks at other things. */
const TURN_BYTES = 1 << 20;
/** What may be left to copy while appends wait. */
const TAIL_BYTES = 1 << 20;
const SIDE_FILES = ['.index', '.timeindex', '.txnindex', '.snapshot'] as const;

/** Called between pieces of work; false ends the copying. */
export type CopyTurn = (bytes: number) => Promise<boolean>;

/**
 * A partition's log on its way to another log directory: the folder `…-future` there, which gets segment after segment,
 * byte for byte, while the log goes on. Retention and compaction of the log meanwhile are followed.
 */
export class LogCopy {
  readonly #files: Files;
  readonly #log: PartitionLog;
  readonly #identity: LogIdentity;
  readonly #target: LogDirectory;
  readonly #folder: string;
  readonly #copied = new Set<Segment>();
  #copiedBytes = 0;

  /** `name` is that of the folder in `target`; it may be there already, from before a restart. */
  constructor(
    files: Files,
    source: { readonly identity: LogIdentity; readonly log: PartitionLog },
    target: LogDirectory,
    name: string,
  ) {
    this.#files = files;
    this.#log = source.log;
    this.#identity = source.identity;
    this.#target = target;
    this.#folder = `${target.path}/${name}`;
  }

  get target(): LogDirectory {
    return this.#target;
  }

  get folder(): string {
    return this.#folder;
  }

  /** Bytes that have been copied. */
  get size(): number {
    return this.#copiedBytes;
  }

  /** Offset up to which the records have been copied. */
  get endOffset(): number {
    const { segments } = this.#log;
    const first = segments.findIndex((segment) => !this.#copied.has(segment));
    return segments[Math.max(first, 0)]?.baseOffset ?? this.#log.logStartOffset;
  }

  /**
   * Makes the folder. What an earlier process copied is kept when that ended in an orderly way: files as long as their
   * segment are whole then. Throws LogDirectoryOfflineError and the system's errors.
   */
  begin(): void {
    this.#target.guard(() => {
      const files = this.#files;
      if (!this.#target.wasCleanlyClosed) files.removeDirectory(this.#folder);
      identifyFolder(files, this.#folder, this.#identity.topicId);
      // The next process must know whose copy this is.
      const metadata = files.open(`${this.#folder}/partition.metadata`, 'write');
      metadata.datasyncNow();
      metadata.close();
      files.syncDirectory(this.#folder);
      files.syncDirectory(this.#target.path);
      for (const segment of this.#closedSegments()) {
        if (files.stat(this.#path(segment, '.log'))?.size === segment.writtenSize) this.#note(segment);
      }
    });
  }

  /** Copies until so little is left that it can be copied at once. False when `turn` ended it, or the log is gone. */
  async catchUp(turn: CopyTurn): Promise<boolean> {
    for (;;) {
      const next = this.#closedSegments().find((segment) => !this.#copied.has(segment));
      if (this.#log.isOffline || !(await turn(0))) return false;
      if (next !== undefined) {
        if (!(await this.#copy(next, turn))) return false;
      } else if (this.#log.activeSegment.size > TAIL_BYTES) {
        this.#log.roll();
      } else return true;
    }
  }

  /**
   * Copies the rest and makes all of it durable, without letting anything happen in between. Throws AppendFailedError
   * when what is queued cannot be written, LogDirectoryOfflineError and the system's errors: then nothing has changed.
   */
  finish(): void {
    const log = this.#log;
    log.roll();
    log.persistIndexes();
    for (const segment of this.#closedSegments()) {
      if (!this.#copied.has(segment)) this.#copyNow(segment);
    }
    this.#target.guard(() => {
      this.#removeOutdated();
      this.#files.open(this.#path(log.activeSegment, '.log'), 'write').close(); // Its name tells the end offset.
      this.#copySideFile(log.activeSegment, '.snapshot');
      this.#copyFile(`${log.directory}/leader-epoch-checkpoint`, `${this.#folder}/leader-epoch-checkpoint`);
      this.#files.syncDirectory(this.#folder);
      this.#files.syncDirectory(this.#target.path);
    });
  }

  /** Removes the folder. */
  discard(): void {
    this.#target.guard(() => this.#files.removeDirectory(this.#folder));
  }

  #closedSegments(): readonly Segment[] {
    return this.#log.segments.slice(0, -1);
  }

  async #copy(segment: Segment, turn: CopyTurn): Promise<boolean> {
    const file = this.#target.guard(() => this.#files.open(this.#path(segment, '.log'), 'write'));
    try {
      this.#target.guard(() => file.truncate(0));
      for (let position = 0; position < segment.writtenSize; ) {
        if (segment.isRetired) return true;
        const bytes = this.#copyPiece(segment, file, position);
        if (!(await turn(bytes))) return false;
        position += bytes;
      }
      await file.datasync().catch((error: unknown) => {
        this.#target.guard(() => {
          throw error;
        });
      });
    } finally {
      file.close();
    }
    if (!segment.isRetired) this.#finishSegment(segment);
    return true;
  }

  #copyNow(segment: Segment): void {
    const file = this.#target.guard(() => this.#files.open(this.#path(segment, '.log'), 'write'));
    try {
      this.#target.guard(() => file.truncate(0));
      for (let position = 0; position < segment.writtenSize; )
        position += this.#copyPiece(segment, file, position);
      this.#target.guard(() => file.datasyncNow());
    } finally {
      file.close();
    }
    this.#finishSegment(segment);
  }

  #copyPiece(segment: Segment, file: File, position: number): number {
    const piece = Buffer.allocUnsafe(Math.min(TURN_BYTES, segment.writtenSize - position));
    const bytes = this.#log.guard(() => segment.read(piece, position));
    if (bytes < piece.length) throw new Error(`${segment.path} is shorter than it was`);
    this.#target.guard(() => file.append([piece]));
    return bytes;
  }

  #finishSegment(segment: Segment): void {
    this.#target.guard(() => {
      for (const suffix of SIDE_FILES) this.#copySideFile(segment, suffix);
    });
    this.#note(segment);
  }

  #note(segment: Segment): void {
    this.#copied.add(segment);
    this.#copiedBytes = folderBytes(this.#files, this.#folder);
  }

  /** Side files can be made anew from the segment: not synced, but for the one of which no one would miss an entry. */
  #copySideFile(segment: Segment, suffix: (typeof SIDE_FILES)[number]): void {
    const from = segmentPath(this.#log.directory, segment.baseOffset, suffix);
    this.#copyFile(from, this.#path(segment, suffix), suffix === '.txnindex');
  }

  #copyFile(from: string, to: string, isSynced = false): void {
    if (this.#files.stat(from) === undefined) return;
    const file = this.#files.open(to, 'write');
    try {
      file.truncate(0);
      file.append([this.#files.readFile(from)]);
      if (isSynced) file.datasyncNow();
    } finally {
      file.close();
    }
  }

  /** What retention or compaction has taken from the log since it was copied. */
  #removeOutdated(): void {
    const bases = new Set(this.#log.segments.map(({ baseOffset }) => baseOffset));
    const names = this.#files.list(this.#folder);
    for (const suffix of ['.log', ...SIDE_FILES] satisfies SegmentSuffix[]) {
      for (const offset of segmentOffsets(names, suffix)) {
        if (!bases.has(offset)) this.#files.remove(segmentPath(this.#folder, offset, suffix));
      }
    }
  }

  #path(segment: Segment, suffix: SegmentSuffix): string {
    return segmentPath(this.#folder, segment.baseOffset, suffix);
  }
}
