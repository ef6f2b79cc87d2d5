// How the conformance kit exercises the connector of this folder.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describeSink, schemas } from '../../runtime/plugin/index.ts';
import { sink } from './index.ts';

/** Longer than the sink waits for a lock, several times. */
const LOCKED_MS = 60;

const first = schemas.struct({ row: schemas.int32(), text: schemas.string() });
const second = schemas.struct({
  row: schemas.int32(),
  text: schemas.string(),
  more: schemas.boolean({ optional: true }),
});

function rowsOf(file: string): readonly { readonly row: number; readonly text: string }[] {
  if (!existsSync(file)) return [];
  const database = new DatabaseSync(file);
  try {
    const hasTable = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'rows'").get() !== undefined;
    const rows = hasTable ? database.prepare('SELECT row, text FROM rows ORDER BY rowid').all() : [];
    return rows.map(({ row, text }) => ({ row: Number(row), text: String(text) }));
  } finally {
    database.close();
  }
}

interface World {
  readonly file: string;
  /** Holds the lock. */
  locker: DatabaseSync | undefined;
}

function unlock(world: World): void {
  world.locker?.close();
  world.locker = undefined;
}

/** The sqlite sink: a row is one of a table without key, so that a repetition shows. */
export const conformance = describeSink({
  plugin: sink,
  module: import.meta.resolve('./index.ts'),
  prepare: ({ folder }): World => ({ file: join(folder, 'rows.db'), locker: undefined }),
  config: ({ file }) => ({
    file,
    'auto.create': true,
    'auto.evolve': true,
    'table.name.format': 'rows',
    'busy.timeout.ms': 10,
  }),
  record: (row, text) => ({ key: String(row), valueSchema: first, value: { row, text } }),
  read: ({ file }) => rowsOf(file),
  poison: (row) => ({ key: String(row), value: `no struct ${row}` }),
  tombstone: (row) => ({ key: String(row), value: null }),
  change: (row, text) => ({ key: String(row), valueSchema: second, value: { row, text, more: true } }),
  fail: (world) => {
    world.locker = new DatabaseSync(world.file);
    world.locker.exec('BEGIN IMMEDIATE');
    setTimeout(() => unlock(world), LOCKED_MS);
  },
  close: unlock,
});
