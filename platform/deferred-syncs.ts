import { dirname } from 'node:path';
import type { File, Files, OpenMode } from './files.ts';

/** Syncs under way at the same time. The system makes one commit of those that meet. */
const CONCURRENT_SYNCS = 64;

/**
 * Files of which the blocking syncs are only noted, and done together by {@link finish}: for thousands of small files,
 * of which nothing is relied on before that. What was opened here must be closed by then.
 */
export class DeferredSyncs {
  readonly files: Files;
  readonly #files: Files;
  readonly #unsynced = new Set<string>();
  readonly #unsyncedDirectories = new Set<string>();

  constructor(files: Files) {
    this.#files = files;
    this.files = {
      open: (path, mode) => this.#open(path, mode),
      readFile: (path) => files.readFile(path),
      list: (path) => files.list(path),
      stat: (path) => files.stat(path),
      setModified: (path, modifiedMs) => files.setModified(path, modifiedMs),
      makeDirectory: (path) => files.makeDirectory(path),
      rename: (from, to) => {
        files.rename(from, to);
        if (this.#unsynced.delete(from)) this.#unsynced.add(to);
      },
      remove: (path) => {
        files.remove(path);
        this.#unsynced.delete(path);
      },
      removeDirectory: (path) => files.removeDirectory(path),
      syncDirectory: (path) => void this.#unsyncedDirectories.add(path),
      syncDirectoryAsync: (path) => files.syncDirectoryAsync(path),
      lock: (path) => files.lock(path),
      space: (path) => files.space(path),
    };
  }

  /** Makes all durable that was to be: files, then the directories that hold them. Rejects with the system's error: then nothing is known. */
  async finish(): Promise<void> {
    await inParallel(this.#unsynced, (path) => this.#sync(path));
    await inParallel(this.#unsyncedDirectories, async (path) => {
      if (this.#files.stat(path) !== undefined) await this.#files.syncDirectoryAsync(path);
    });
    this.#unsynced.clear();
    this.#unsyncedDirectories.clear();
  }

  #open(path: string, mode: OpenMode): File {
    const file = this.#files.open(path, mode);
    return {
      path,
      size: () => file.size(),
      append: (chunks) => file.append(chunks),
      write: (bytes, position) => file.write(bytes, position),
      read: (target, position) => file.read(target, position),
      readAsync: (target, position) => file.readAsync(target, position),
      truncate: (size) => file.truncate(size),
      datasync: () => file.datasync(),
      datasyncNow: () => void this.#unsynced.add(path),
      close: () => file.close(),
    };
  }

  async #sync(path: string): Promise<void> {
    if (this.#files.stat(path) === undefined) return; // Its directory was removed.
    const file = this.#files.open(path, 'write');
    try {
      await file.datasync();
    } finally {
      file.close();
    }
  }
}

async function inParallel(paths: ReadonlySet<string>, sync: (path: string) => Promise<void>): Promise<void> {
  // In the order of directories, so that what is near on the disk is written together.
  const queue = [...paths].sort((a, b) => (dirname(a) < dirname(b) ? -1 : 1)).values();
  const work = async (): Promise<void> => {
    for (const path of queue) await sync(path);
  };
  await Promise.all(Array.from({ length: CONCURRENT_SYNCS }, work));
}
