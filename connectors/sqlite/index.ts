import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { defineSink } from '../../runtime/plugin/index.ts';
import { storeNoted, writeBatch } from './batch-writer.ts';
import { Offsets } from './offsets.ts';
import { RowWriter } from './row-writer.ts';
import { checkSqliteConfig, type SqliteConfig, sqliteConfig } from './sqlite-config.ts';

interface SqliteOutput {
  readonly database: DatabaseSync;
  readonly rows: RowWriter;
  readonly offsets: Offsets;
}

/**
 * Writes records to tables of a SQLite database. Exactly once: the rows of a batch and the offsets behind it are committed
 * in one transaction (table `__millrace_offsets`, by connector name), and the runtime resumes from the offsets there. Decimals
 * are kept as text, dates and times as ISO 8601, booleans as 0 and 1, arrays, maps and structs as JSON, NaN as null.
 */
export const sink = defineSink({
  name: 'sqlite',
  version: '1.0.0',
  description: 'Writes records to tables of a SQLite database, each exactly once.',
  config: sqliteConfig,
  validate: checkSqliteConfig,
  async check(config: SqliteConfig) {
    const database = openDatabase(config);
    try {
      database.exec('BEGIN IMMEDIATE; ROLLBACK');
    } finally {
      database.close();
    }
  },
  open(config: SqliteConfig, ctx): SqliteOutput {
    const database = openDatabase(config);
    try {
      return {
        database,
        rows: new RowWriter(database, config),
        offsets: new Offsets(database, ctx.connector),
      };
    } catch (error) {
      database.close();
      throw error;
    }
  },
  async write({ database, rows, offsets }: SqliteOutput, batch) {
    return writeBatch(database, batch, { rows, offsets });
  },
  async flush({ database, offsets }: SqliteOutput) {
    storeNoted(database, offsets);
  },
  async committedOffsets({ offsets }: SqliteOutput, partitions) {
    return offsets.committed(partitions);
  },
  close({ database }: SqliteOutput) {
    database.close();
  },
});

function openDatabase(config: SqliteConfig): DatabaseSync {
  if (config.file !== ':memory:') mkdirSync(dirname(config.file), { recursive: true });
  const database = new DatabaseSync(config.file, { timeout: config['busy.timeout.ms'] });
  try {
    database.exec(
      `PRAGMA journal_mode = ${config['journal.mode']}; PRAGMA synchronous = ${config.synchronous};`,
    );
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
