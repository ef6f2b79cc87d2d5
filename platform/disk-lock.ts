import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
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
 * call for it, but SQLite takes it when a write transaction starts. The file stays empty and is never removed; nobody
 * else in this process may open it, because closing it would drop the lock.
 * Throws `EAGAIN` when the lock is held, by this process too.
 */
export function lockDiskFile(path: string): FileLock {
  const database = openDatabase(path);
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

/** Loaded when it is needed: SQLite is off the path of all that does not lock. */
function openDatabase(path: string): DatabaseSync {
  const { DatabaseSync: Database } = process.getBuiltinModule('node:sqlite');
  try {
    return new Database(path, { timeout: 0 });
  } catch (error) {
    // SQLite does not say why. The file itself must not be touched: closing it would drop a lock of this process.
    accessSync(dirname(path), constants.W_OK);
    throw error;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}
