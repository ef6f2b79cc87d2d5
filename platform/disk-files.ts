import {
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  unlinkSync,
  utimesSync,
} from 'node:fs';
import { DirectorySyncs } from './directory-syncs.ts';
import { openDescriptor, openDiskFile } from './disk-file.ts';
import { lockDiskFile } from './disk-lock.ts';
import type { File, FileLock, FileStat, Files, OpenMode } from './files.ts';
import { hasCode } from './system-error.ts';

const directorySyncs = new DirectorySyncs();

/** The file system of this computer, through synchronous calls: the page cache answers faster than the thread pool. */
export const diskFiles: Files = {
  open(path: string, mode: OpenMode): File {
    return openDiskFile(path, mode);
  },

  readFile(path: string): Buffer {
    return readFileSync(path);
  },

  list(path: string): string[] {
    return readdirSync(path).sort();
  },

  stat(path: string): FileStat | undefined {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    return { isDirectory: stat.isDirectory(), size: stat.size, modifiedMs: Math.round(stat.mtimeMs) };
  },

  setModified(path: string, modifiedMs: number): void {
    utimesSync(path, modifiedMs / 1000, modifiedMs / 1000);
  },

  makeDirectory(path: string): void {
    mkdirSync(path, { recursive: true });
  },

  rename(from: string, to: string): void {
    renameSync(from, to);
  },

  remove(path: string): void {
    try {
      unlinkSync(path);
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  },

  removeDirectory(path: string): void {
    rmSync(path, { recursive: true, force: true });
  },

  syncDirectory(path: string): void {
    // Windows has no handle for a directory's content; NTFS journals its names.
    if (process.platform === 'win32') return;
    const descriptor = openDescriptor(path, constants.O_RDONLY);
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  },

  syncDirectoryAsync(path: string): Promise<void> {
    return directorySyncs.sync(path);
  },

  lock(path: string): FileLock {
    return lockDiskFile(path);
  },

  space(path: string) {
    const { blocks, bavail, bsize } = statfsSync(path);
    return { totalBytes: blocks * bsize, usableBytes: bavail * bsize };
  },
};
