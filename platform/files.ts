/** What {@link Files.stat} tells of a path. */
export interface FileStat {
  readonly isDirectory: boolean;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the Unix epoch. */
  readonly modifiedMs: number;
}

/**
 * `read`: must exist, read-only. `write`: read and write, created when missing, content kept.
 * `create`: read and write, must not exist yet.
 */
export type OpenMode = 'read' | 'write' | 'create';

/**
 * An open file. Synchronous calls go to the page cache and are atomic for the event loop: no await can come
 * between a check and a change. Only {@link datasync} makes bytes survive power loss.
 * Every call may throw the system's error (`ENOSPC`, `EIO`, ...).
 */
export interface File {
  readonly path: string;
  /** Current size in bytes. */
  size(): number;
  /** Writes the chunks at the end, all or nothing as seen by `size()`: a short write is undone before throwing. Returns the position of the first byte. */
  append(chunks: readonly Uint8Array[]): number;
  /** Overwrites at `position`, all bytes. */
  write(bytes: Uint8Array, position: number): void;
  /** Fills `target` from `position`; returns the bytes read, fewer only at the end of the file. */
  read(target: Uint8Array, position: number): number;
  /** As {@link read}, off the event loop: for reads that may have to wait for the disk. */
  readAsync(target: Uint8Array, position: number): Promise<number>;
  truncate(size: number): void;
  /** Makes content and size durable. After a rejection nothing may be assumed: do not retry. */
  datasync(): Promise<void>;
  /** As {@link datasync}, blocking. For start, stop and small checkpoint files. */
  datasyncNow(): void;
  close(): void;
}

/** A held exclusive lock; released by {@link release} or by the end of the process. */
export interface FileLock {
  release(): void;
}

/** The file system. Paths are absolute or relative to the process. Calls throw the system's error. */
export interface Files {
  open(path: string, mode: OpenMode): File;
  /** Whole content. Throws `ENOENT` when missing. */
  readFile(path: string): Buffer;
  /** Names in the directory, sorted. Throws `ENOENT` when missing. */
  list(path: string): string[];
  /** `undefined` when the path does not exist. */
  stat(path: string): FileStat | undefined;
  setModified(path: string, modifiedMs: number): void;
  /** With its parents, as far as they are missing; no error when it is there. */
  makeDirectory(path: string): void;
  /** Atomic; replaces the target. Durable only after {@link syncDirectory} of the parent. */
  rename(from: string, to: string): void;
  /** Removes a file; no error when it is missing. */
  remove(path: string): void;
  /** Removes a directory with all it holds; no error when it is missing. */
  removeDirectory(path: string): void;
  /** Makes creations, renames and removals in the directory durable. */
  syncDirectory(path: string): void;
  /** As {@link syncDirectory}, without blocking. Calls that wait for the same directory may share one sync. */
  syncDirectoryAsync(path: string): Promise<void>;
  /**
   * Takes the exclusive lock that a file stands for, or throws `EAGAIN` when a live process, this one included, holds
   * it. The file is created, and stays; it must not be opened otherwise.
   */
  lock(path: string): FileLock;
  /** Bytes of the file system that holds `path`. */
  space(path: string): { readonly totalBytes: number; readonly usableBytes: number };
}
