import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FatalError, type OffsetChange, type PartitionOffset } from '../../runtime/plugin/index.ts';

/** SQLite's result code for "another connection holds the lock". */
const busy = 5;

const tables = `
  CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, length INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS offsets (
    topic TEXT, partition INTEGER, offset INTEGER NOT NULL, PRIMARY KEY (topic, partition)
  ) WITHOUT ROWID;
`;

/**
 * What is written for good: the length of every file and the offsets that belong to those lengths, changed together. A
 * small SQLite database, because that gives atomic, durable changes and a lock that ends with the process.
 */
export class CommitStore {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Takes the lock. Throws {@link FatalError} when another task or process has it, or the file cannot be used. */
  static open(path: string, isDurable: boolean): CommitStore {
    const database = openDatabase(path);
    try {
      database.exec(
        `PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = ${isDurable ? 'EXTRA' : 'OFF'};`,
      );
      database.exec(`BEGIN EXCLUSIVE; ${tables} COMMIT`);
    } catch (error) {
      database.close();
      if (!(error instanceof Error && 'errcode' in error && error.errcode === busy))
        throw unusable(path, error);
      throw new FatalError(
        `${path} is in use: another task or connector writes these files. A jsonl sink has one task: set tasks.max to 1, or give each connector other files.`,
        { cause: error },
      );
    }
    return new CommitStore(database);
  }

  /** Lengths in bytes by path. */
  lengths(): Map<string, number> {
    const rows = this.#database.prepare('SELECT path, length FROM files').all();
    return new Map(rows.map((row) => [String(row['path']), Number(row['length'])]));
  }

  offsets(): PartitionOffset[] {
    const rows = this.#database.prepare('SELECT topic, partition, offset FROM offsets').all();
    return rows.map((row) => ({
      topic: String(row['topic']),
      partition: Number(row['partition']),
      offset: Number(row['offset']),
    }));
  }

  /** Sets or forgets offsets, all or nothing; undefined: forgets all. */
  alter(changes: readonly OffsetChange[] | undefined): void {
    const set = this.#database.prepare('INSERT OR REPLACE INTO offsets VALUES (?, ?, ?)');
    const forget = this.#database.prepare('DELETE FROM offsets WHERE topic = ? AND partition = ?');
    this.#database.exec('BEGIN');
    if (changes === undefined) this.#database.exec('DELETE FROM offsets');
    for (const { topic, partition, offset } of changes ?? []) {
      if (offset === undefined) forget.run(topic, partition);
      else set.run(topic, partition, offset);
    }
    this.#database.exec('COMMIT');
  }

  /** Replaces lengths and offsets, all or nothing; durable when it returns. Length undefined: forget the file. */
  commit(
    lengths: Iterable<readonly [path: string, length: number | undefined]>,
    offsets: Iterable<PartitionOffset>,
  ): void {
    const setLength = this.#database.prepare('INSERT OR REPLACE INTO files VALUES (?, ?)');
    const forget = this.#database.prepare('DELETE FROM files WHERE path = ?');
    const setOffset = this.#database.prepare('INSERT OR REPLACE INTO offsets VALUES (?, ?, ?)');
    this.#database.exec('BEGIN');
    try {
      for (const [path, length] of lengths) {
        if (length === undefined) forget.run(path);
        else setLength.run(path, length);
      }
      for (const { topic, partition, offset } of offsets) setOffset.run(topic, partition, offset);
      this.#database.exec('COMMIT');
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#database.close();
  }
}

function openDatabase(path: string): DatabaseSync {
  try {
    mkdirSync(dirname(path), { recursive: true });
    return new DatabaseSync(path, { timeout: 0 });
  } catch (cause) {
    throw unusable(path, cause);
  }
}

function unusable(path: string, cause: unknown): FatalError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  const text = `${path}, where the sink notes how much is written, cannot be used: ${reason}.`;
  return new FatalError(`${text} Make its folder writable, or set offsets.file.`, { cause });
}
