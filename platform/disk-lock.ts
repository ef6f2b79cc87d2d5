import type { DatabaseSync } from 'node:sqlite';
import type { FileLock } from './files.ts';
import { systemError } from './system-error.ts';

/** SQLite's result code for "another connection holds the lock". */
const SQLITE_BUSY = 5;

/** A lock that is held must not be collected: SQLite closes the file with its last reference, and the lock is gone. */
const held = new Set<DatabaseSync>();

/**
 * Takes the kernel's lock on the file, which ends with the process however it dies, holds between containers that
 * share a volume, and also excludes a Kafka broker on the same directory (both lock the same byte range). Node has no
 * call for it, but SQLite takes it when a write transaction starts; the file stays empty. The file is never removed.
 * Throws `EAGAIN` when the lock is held, by this process too.
 */
export function lockDiskFile(path: string): FileLock {
  const { DatabaseSync: Database } = process.getBuiltinModule('node:sqlite');
  const database = new Database(path, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    if (isBusy(error)) throw systemError('EAGAIN', 'lock', path);
    throw error;
  }
  held.add(database);
  return {
    release() {
      if (held.delete(database)) database.close();
    },
  };
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
