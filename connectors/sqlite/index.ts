import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  defineSink,
  FatalError,
  type OffsetChange,
  type PartitionOffset,
  type TopicPartition,
} from '../../runtime/plugin/index.ts';
import { batchError, storeNoted, writeBatch } from './batch-writer.ts';
import { Offsets } from './offsets.ts';
import { whenUnlocked } from './patience.ts';
import { RowWriter } from './row-writer.ts';
import { checkSqliteConfig, type SqliteConfig, sqliteConfig } from './sqlite-config.ts';

interface SqliteOutput {
  readonly config: SqliteConfig;
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
  async check(config: SqliteConfig, ctx) {
    const database = await whenUnlocked(() => openDatabase(config), config['busy.timeout.ms'], ctx);
    try {
      await whenUnlocked(() => database.exec('BEGIN IMMEDIATE; ROLLBACK'), config['busy.timeout.ms'], ctx);
    } finally {
      database.close();
    }
  },
  open(config: SqliteConfig, ctx): Promise<SqliteOutput> {
    return whenUnlocked(() => openOutput(config, ctx.connector), config['busy.timeout.ms'], ctx);
  },
  write({ config, database, rows, offsets }: SqliteOutput, batch, ctx) {
    return whenUnlocked(() => writeBatch(database, batch, { rows, offsets }), config['busy.timeout.ms'], ctx);
  },
  flush({ config, database, offsets }: SqliteOutput, ctx) {
    return whenUnlocked(() => storeNoted(database, offsets), config['busy.timeout.ms'], ctx);
  },
  committedOffsets({ config, offsets }: SqliteOutput, partitions, ctx) {
    return whenUnlocked(() => committed(offsets, partitions), config['busy.timeout.ms'], ctx);
  },
  alterOffsets(config: SqliteConfig, changes, ctx) {
    return whenUnlocked(() => alter(config, changes, ctx.connector), config['busy.timeout.ms'], ctx);
  },
  close({ database }: SqliteOutput) {
    database.close();
  },
});

function openOutput(config: SqliteConfig, connector: string): SqliteOutput {
  let database: DatabaseSync | undefined;
  try {
    database = openDatabase(config);
    const rows = new RowWriter(database, config);
    return { config, database, rows, offsets: new Offsets(database, connector) };
  } catch (error) {
    database?.close();
    throw batchError(error);
  }
}

function committed(offsets: Offsets, partitions: readonly TopicPartition[]): readonly PartitionOffset[] {
  try {
    return offsets.committed(partitions);
  } catch (error) {
    throw batchError(error);
  }
}

function alter(config: SqliteConfig, changes: readonly OffsetChange[] | undefined, connector: string): void {
  const database = openDatabase(config);
  try {
    const offsets = new Offsets(database, connector);
    database.exec('BEGIN IMMEDIATE');
    offsets.alter(changes);
    database.exec('COMMIT');
  } finally {
    database.close();
  }
}

/** Throws {@link FatalError} for a file that cannot be opened or is something else, and SQLite's error when it is locked. */
function openDatabase(config: SqliteConfig): DatabaseSync {
  const database = openFile(config);
  try {
    database.exec(
      `PRAGMA journal_mode = ${config['journal.mode']}; PRAGMA synchronous = ${config.synchronous};`,
    );
    return database;
  } catch (error) {
    database.close();
    throw isNoDatabase(error) ? unusable(config.file, error) : error;
  }
}

function openFile(config: SqliteConfig): DatabaseSync {
  try {
    if (config.file !== ':memory:') mkdirSync(dirname(config.file), { recursive: true });
    return new DatabaseSync(config.file, { timeout: 0 });
  } catch (cause) {
    throw unusable(config.file, cause);
  }
}

/** SQLITE_NOTADB. */
function isNoDatabase(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 26;
}

function unusable(file: string, cause: unknown): FatalError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FatalError(
    `${file} cannot be used as a database: ${reason}. Correct file, or make its folder writable.`,
    {
      cause,
    },
  );
}
