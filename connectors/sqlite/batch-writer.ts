import type { DatabaseSync } from 'node:sqlite';
import {
  DataError,
  FatalError,
  RecordError,
  RetriableError,
  type SinkBatch,
  type SinkRecord,
} from '../../runtime/plugin/index.ts';
import type { Offsets } from './offsets.ts';
import type { RowWriter } from './row-writer.ts';

/** Primary result codes of SQLite: https://www.sqlite.org/rescode.html */
const resultCode = { busy: 5, locked: 6, full: 13, tooBig: 18, constraint: 19, mismatch: 20 } as const;

const retriable: ReadonlySet<number | undefined> = new Set([
  resultCode.busy,
  resultCode.locked,
  resultCode.full,
]);
const recordFaults: ReadonlySet<number | undefined> = new Set([
  resultCode.constraint,
  resultCode.mismatch,
  resultCode.tooBig,
]);

/**
 * Writes rows and offsets in one transaction; resolves with the error when the batch is one record that was refused, and then
 * its offset is only noted. A refused record among others is thrown, and nothing is written: the runtime sends halves, until
 * the record is alone. Otherwise its offset would be stored before it is safe in the dead letter queue. Throws
 * {@link RetriableError} when the database is locked or the disk full.
 */
export function writeBatch(
  database: DatabaseSync,
  batch: SinkBatch,
  { rows, offsets }: { readonly rows: RowWriter; readonly offsets: Offsets },
): RecordError[] {
  try {
    database.exec('BEGIN IMMEDIATE');
    const refused = writeRows(database, rows, batch.records);
    if (refused === undefined) offsets.store(batch.offsets);
    else if (batch.records.length > 1) throw refused;
    else offsets.note(batch.offsets);
    database.exec('COMMIT');
    if (refused === undefined) offsets.confirm(batch.offsets);
    return refused === undefined ? [] : [refused];
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    rows.forget();
    throw batchError(error);
  }
}

/** Stores the offsets behind refused records, which are safe elsewhere now. */
export function storeNoted(database: DatabaseSync, offsets: Offsets): void {
  const noted = offsets.noted();
  if (noted.length === 0) return;
  try {
    database.exec('BEGIN IMMEDIATE');
    offsets.store(noted);
    database.exec('COMMIT');
    offsets.confirm(noted);
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw batchError(error);
  }
}

/** Stops at the first record that is refused, and returns why. */
function writeRows(
  database: DatabaseSync,
  rows: RowWriter,
  records: readonly SinkRecord[],
): RecordError | undefined {
  for (const [index, record] of records.entries()) {
    try {
      rows.write(record);
    } catch (error) {
      // A trigger or a conflict clause of the table may have ended the transaction, and with it the rows before this one.
      if (!isRecordFault(error) || !database.isTransaction) throw error;
      return recordError(index, record, error);
    }
  }
  return undefined;
}

function isRecordFault(error: unknown): boolean {
  return error instanceof DataError || recordFaults.has(primaryCode(error));
}

function recordError(index: number, { topic, partition, offset }: SinkRecord, cause: unknown): RecordError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new RecordError(
    index,
    `The record at ${topic}-${partition} offset ${offset} was refused: ${reason}`,
    { cause },
  );
}

/**
 * What an error of SQLite means to the runtime: again later for a lock or a full disk, the end for anything else. Constraints that
 * are checked at the commit fall on the whole batch: an ordinary error lets the runtime find the record. Errors that are not
 * SQLite's stay as they are.
 */
export function batchError(cause: unknown): unknown {
  const code = primaryCode(cause);
  if (code === undefined || recordFaults.has(code)) return cause;
  const message = `SQLite: ${cause instanceof Error ? cause.message : String(cause)}`;
  return retriable.has(code) ? new RetriableError(message, { cause }) : new FatalError(message, { cause });
}

/** Whether another connection has the lock at present. */
export function isLocked(error: unknown): boolean {
  const cause = error instanceof RetriableError ? error.cause : error;
  const code = primaryCode(cause);
  return code === resultCode.busy || code === resultCode.locked;
}

function primaryCode(error: unknown): number | undefined {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined;
  return typeof code === 'number' ? code & 0xff : undefined;
}
