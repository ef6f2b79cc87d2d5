import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { sink } from '../../connectors/sqlite/index.ts';
import {
  Decimal,
  parsePluginConfig,
  RetriableError,
  requirePluginConfig,
  type SourceRecord,
  schemas,
} from '../../runtime/plugin/index.ts';
import { batchOf, contextOf, type OpenSink, openSink, sinkRecords, temporaryFolder } from './harness.ts';

const auto = { 'auto.create': true, 'auto.evolve': true };
const idSchema = schemas.struct({ id: schemas.int32() });
const rowSchema = schemas.struct({ id: schemas.int32(), name: schemas.optional(schemas.string()) });
const row = (id: number, name: string | null = `n${id}`): SourceRecord => ({
  keySchema: idSchema,
  key: { id },
  valueSchema: rowSchema,
  value: { id, name },
});
const tombstone = (id: number): SourceRecord => ({ keySchema: idSchema, key: { id }, value: null });

function database(): string {
  return join(temporaryFolder(), 'db', 'test.db');
}

function open(file: string, config: object = auto): Promise<OpenSink> {
  return openSink(sink, { file, ...config });
}

function query(file: string, sql = 'SELECT * FROM orders ORDER BY 1'): Record<string, unknown>[] {
  const reader = new DatabaseSync(file, { readOnly: true });
  try {
    return reader
      .prepare(sql)
      .all()
      .map((item) => ({ ...item }));
  } finally {
    reader.close();
  }
}

function execute(file: string, sql: string): void {
  const writer = new DatabaseSync(file);
  writer.exec(sql);
  writer.close();
}

test('a table is made from the schema and every type is kept', async () => {
  const file = database();
  const valueSchema = schemas.struct({
    tiny: schemas.int8(),
    big: schemas.int64(),
    real: schemas.float64(),
    yes: schemas.boolean(),
    text: schemas.string(),
    data: schemas.bytes(),
    price: schemas.decimal(2),
    day: schemas.date(),
    time: schemas.time(),
    at: schemas.timestamp(),
    tags: schemas.array(schemas.string()),
    inner: schemas.struct({ at: schemas.date() }),
    none: schemas.optional(schemas.int32()),
    standard: schemas.int32({ default: 5 }),
  });
  const value = {
    tiny: 1,
    big: 9007199254740993n,
    real: 2,
    yes: true,
    text: 'it\'s "quoted"; --',
    data: Buffer.from([1, 2]),
    price: new Decimal(123456789012345678905n, 2),
    day: new Date('2024-02-29'),
    time: new Date(1000),
    at: new Date(1),
    tags: ['a', 'b'],
    inner: { at: new Date(0) },
    none: null,
    standard: null,
  };
  const output = await open(file);
  expect(await output.write(batchOf(sinkRecords([{ valueSchema, value }])))).toEqual([]);
  const [stored] = query(
    file,
    'SELECT *, big = 9007199254740993 AS isExact, typeof(real) AS realType, hex(data) AS hex FROM (SELECT *, CAST(big AS TEXT) AS bigText FROM orders)'.replace(
      'SELECT *, big =',
      'SELECT tiny, bigText, real, yes, text, price, day, time, at, tags, inner, none, standard, big =',
    ),
  );
  expect(stored).toEqual({
    tiny: 1,
    bigText: '9007199254740993',
    real: 2,
    yes: 1,
    text: 'it\'s "quoted"; --',
    price: '1234567890123456789.05',
    day: '2024-02-29',
    time: '00:00:01.000',
    at: '1970-01-01T00:00:00.001Z',
    tags: '["a","b"]',
    inner: '{"at":"1970-01-01"}',
    none: null,
    standard: 5,
    isExact: 1,
    realType: 'real',
    hex: '0102',
  });
  expect(
    query(
      file,
      "SELECT name, type, \"notnull\" FROM pragma_table_info('orders') WHERE name IN ('tiny', 'none', 'data')",
    ),
  ).toEqual([
    { name: 'tiny', type: 'INTEGER', notnull: 1 },
    { name: 'data', type: 'BLOB', notnull: 1 },
    { name: 'none', type: 'INTEGER', notnull: 0 },
  ]);
});

test.each([
  ['in a file', 'a-file/x.db'],
  ['of a folder', '.'],
  ['of something else', 'a-file'],
])('a path %s is refused with that path', async (_what, name) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a-file'), 'x'.repeat(2000));
  const file = join(folder, name);
  await expect(open(file)).rejects.toThrow(`${file} cannot be used as a database: `);
});

test('any topic and field name is only a name', async () => {
  const file = database();
  const output = await open(file);
  const valueSchema = schemas.struct([
    ['a"b', schemas.string()],
    ['drop table x;--', schemas.string()],
    ['1', schemas.string()],
  ]);
  const value = { 'a"b': 'x', 'drop table x;--': 'y', '1': 'z' };
  await output.write(batchOf(sinkRecords([{ valueSchema, value }], { topic: 'or"ders; drop' })));
  expect(query(file, 'SELECT * FROM "or""ders; drop"')).toEqual([value]);
});

test('names that SQLite or the sink needs are refused', async () => {
  const output = await open(database());
  const records = ['sqlite_master', '__MILLRACE_offsets', 'ok'].flatMap((topic) =>
    sinkRecords([row(1)], { topic }),
  );
  const errors = await output.deliver(batchOf(records));
  expect(errors.map(({ index }) => index)).toEqual([0, 1]);
  expect(errors[0]?.message).toMatch(/reserved: set table\.name\.format/);
});

test('upsert replaces the row with the same key and insert does not', async () => {
  const file = database();
  const upsert = await open(file, { ...auto, 'insert.mode': 'upsert', 'pk.mode': 'record_key' });
  await upsert.write(batchOf(sinkRecords([row(1, 'a'), row(2, 'b'), row(1, 'c')])));
  expect(query(file)).toEqual([
    { id: 1, name: 'c' },
    { id: 2, name: 'b' },
  ]);
  const insert = await openSink(sink, { file, ...auto, 'pk.mode': 'record_key' }, 'other');
  const errors = await insert.deliver(batchOf(sinkRecords([row(3), row(1, 'x'), row(4)])));
  expect(errors.map(({ index, message }) => [index, message])).toEqual([
    [1, expect.stringMatching(/orders-0 offset 1 was refused: UNIQUE constraint failed/)],
  ]);
  expect(query(file).map(({ id }) => id)).toEqual([1, 2, 3, 4]);
});

test('update changes rows that exist and adds none', async () => {
  const file = database();
  const insert = await open(file, { ...auto, 'pk.mode': 'record_value', 'pk.fields': 'id' });
  await insert.write(batchOf(sinkRecords([row(1, 'a')])));
  const update = await openSink(
    sink,
    { file, 'insert.mode': 'update', 'pk.mode': 'record_value', 'pk.fields': 'id' },
    'u',
  );
  await update.write(batchOf(sinkRecords([row(1, 'b'), row(2, 'c')])));
  expect(query(file)).toEqual([{ id: 1, name: 'b' }]);
});

test('a record of nothing but keys can be upserted and updated', async () => {
  const file = database();
  const only = { keySchema: idSchema, key: { id: 1 }, valueSchema: idSchema, value: { id: 1 } };
  for (const mode of ['upsert', 'update']) {
    const output = await openSink(
      sink,
      { file, ...auto, 'insert.mode': mode, 'pk.mode': 'record_key' },
      mode,
    );
    expect(await output.write(batchOf(sinkRecords([only, only])))).toEqual([]);
  }
  expect(query(file)).toEqual([{ id: 1 }]);
});

test('a record without value deletes its row, when that is allowed', async () => {
  const file = database();
  const config = { ...auto, 'insert.mode': 'upsert', 'pk.mode': 'record_key', 'delete.enabled': true };
  const output = await open(file, config);
  expect(await output.write(batchOf(sinkRecords([tombstone(9)])))).toEqual([]);
  await output.write(batchOf(sinkRecords([row(1), row(2), tombstone(1), tombstone(7)], { firstOffset: 1 })));
  expect(query(file).map(({ id }) => id)).toEqual([2]);
  const strict = await openSink(sink, { file, 'pk.mode': 'record_key' }, 'strict');
  const [error] = await strict.write(batchOf(sinkRecords([tombstone(2)])));
  expect(error?.message).toMatch(/set delete\.enabled to true/);
});

test('the place in Kafka can be the key', async () => {
  const file = database();
  const output = await open(file, { ...auto, 'insert.mode': 'upsert', 'pk.mode': 'kafka' });
  await output.write(batchOf(sinkRecords([row(1), row(2)], { partition: 3, firstOffset: 8 })));
  await output.write(batchOf(sinkRecords([row(2)], { partition: 3, firstOffset: 9 })));
  expect(query(file)).toEqual([
    { __connect_topic: 'orders', __connect_partition: 3, __connect_offset: 8, id: 1, name: 'n1' },
    { __connect_topic: 'orders', __connect_partition: 3, __connect_offset: 9, id: 2, name: 'n2' },
  ]);
});

test('a primitive key gets the column that pk.fields names', async () => {
  const file = database();
  const output = await open(file, {
    ...auto,
    'insert.mode': 'upsert',
    'pk.mode': 'record_key',
    'pk.fields': 'k',
  });
  const keyed = (key: string | null) => ({ ...row(1), keySchema: schemas.string(), key });
  const errors = await output.deliver(
    batchOf(sinkRecords([keyed('a'), keyed('b'), keyed(null), keyed('a')])),
  );
  expect(errors.map(({ index }) => index)).toEqual([2]);
  expect(query(file, 'SELECT k FROM orders ORDER BY k')).toEqual([{ k: 'a' }, { k: 'b' }]);
});

test('a null key is refused instead of getting a number from SQLite', async () => {
  const file = database();
  const output = await open(file, { ...auto, 'pk.mode': 'record_key', 'pk.fields': 'k' });
  const keySchema = schemas.optional(schemas.int32());
  const records = [5, null].map((key) => ({ ...row(1), keySchema, key }));
  const errors = await output.deliver(batchOf(sinkRecords(records)));
  expect(errors.map(({ index }) => index)).toEqual([1]);
  expect(query(file, 'SELECT k FROM orders')).toEqual([{ k: 5 }]);
});

test('columns are added when that is allowed and missed when it is not', async () => {
  const file = database();
  const output = await open(file);
  await output.write(batchOf(sinkRecords([row(1)])));
  const wider = schemas.struct({ id: schemas.int32(), NAME: schemas.string(), extra: schemas.float64() });
  const wide = { valueSchema: wider, value: { id: 2, NAME: 'b', extra: 1 } };
  await output.write(batchOf(sinkRecords([wide], { firstOffset: 1 })));
  expect(query(file)).toEqual([
    { id: 1, name: 'n1', extra: null },
    { id: 2, name: 'b', extra: 1 },
  ]);
  const strict = await openSink(sink, { file }, 'strict');
  const more = {
    valueSchema: schemas.struct({ id: schemas.int32(), z: schemas.int32() }),
    value: { id: 3, z: 1 },
  };
  const errors = await strict.deliver(batchOf(sinkRecords([more, row(4)])));
  expect(errors.map(({ index, message }) => [index, message])).toEqual([
    [0, expect.stringMatching(/no column "z".*auto\.evolve/)],
  ]);
  expect(query(file).map(({ id }) => id)).toEqual([1, 2, 4]);
});

test('a missing table stops the sink and says what to set', async () => {
  const output = await open(database(), {});
  await expect(output.write(batchOf(sinkRecords([row(1)])))).rejects.toThrow(
    /"orders" does not exist.*auto\.create/,
  );
});

test('a table that does not fit the mode stops the sink and shows the statement', async () => {
  const file = database();
  const output = await open(file, { 'insert.mode': 'upsert', 'pk.mode': 'record_key' });
  execute(file, 'CREATE TABLE orders (id INTEGER, name TEXT)');
  await expect(output.write(batchOf(sinkRecords([row(1)])))).rejects.toThrow(
    /ON CONFLICT clause.*The statement was: INSERT INTO/,
  );
});

test('records without schema get columns from their values, or from the config', async () => {
  const file = database();
  const output = await open(file, { ...auto, columns: 'code:TEXT,later:REAL' });
  const items = [
    { id: 1, code: 7, ratio: 0.5, ok: true, list: [1, 'a'], none: null },
    { id: 2, none: 3, more: 'x' },
  ];
  await output.write(batchOf(sinkRecords(items.map((value) => ({ value })))));
  expect(query(file)).toEqual([
    { id: 1, code: '7', ratio: 0.5, ok: 1, list: '[1,"a"]', none: null, later: null, more: null },
    { id: 2, code: null, ratio: null, ok: null, list: null, none: 3, later: null, more: 'x' },
  ]);
  expect(query(file, 'SELECT typeof(id) AS a, typeof(none) AS b FROM orders WHERE id = 2')).toEqual([
    { a: 'integer', b: 'integer' },
  ]);
});

test('a value without schema that a column would change is refused', async () => {
  const output = await open(database());
  const items = [{ id: 1 }, { id: '007' }, { id: '8' }, { id: 2n ** 70n }, { ID: 5, id: 6 }, 'text', [1], {}];
  const errors = await output.deliver(batchOf(sinkRecords(items.map((value) => ({ value })))));
  expect(
    errors.map(({ index, message }) => [index, message.slice(message.indexOf('refused: ') + 9)]),
  ).toEqual([
    [1, 'the field "id" cannot be stored: the text "007" would be changed by a column of type INTEGER'],
    [3, `the field "id" cannot be stored: the number ${2n ** 70n} is too large for SQLite`],
    [4, 'two fields are called "id" when upper and lower case are the same'],
    [5, expect.stringMatching(/value must be a struct.*HoistField/)],
    [6, expect.stringMatching(/value must be a struct/)],
    [7, 'the record has no field to write'],
  ]);
});

test('the fields to write can be chosen', async () => {
  const file = database();
  const output = await open(file, {
    ...auto,
    'fields.whitelist': 'name',
    'pk.mode': 'record_value',
    'pk.fields': 'id',
  });
  await output.write(batchOf(sinkRecords([{ value: { id: 1, name: 'a', secret: 's' } }])));
  expect(query(file)).toEqual([{ id: 1, name: 'a' }]);
});

test('one bad record does not take its neighbours along', async () => {
  const file = database();
  const output = await open(file);
  await output.write(batchOf(sinkRecords([row(0)])));
  execute(
    file,
    'CREATE UNIQUE INDEX once ON orders (id); CREATE TABLE checked (id INTEGER CHECK (id > 0), name TEXT)',
  );
  const records = [
    ...sinkRecords([row(1), row(0), row(2), { ...row(3), value: { id: null, name: 'x' } }], {
      firstOffset: 1,
    }),
    ...sinkRecords([row(-1), row(5)], { topic: 'checked' }),
  ];
  const errors = await output.deliver(batchOf(records));
  expect(errors.map(({ index }) => index)).toEqual([1, 3, 4]);
  expect(query(file).map(({ id }) => id)).toEqual([0, 1, 2]);
  expect(query(file, 'SELECT id FROM checked')).toEqual([{ id: 5 }]);
  expect(await output.committed('orders')).toBe(5);
});

test('the offset behind a refused record is stored only when the record is safe elsewhere', async () => {
  const file = database();
  const output = await open(file, { ...auto, 'pk.mode': 'record_key' });
  await output.write(batchOf(sinkRecords([row(1)])));
  expect(await output.deliver(batchOf(sinkRecords([row(2), row(1)], { firstOffset: 1 })))).toHaveLength(1);
  const stored = () => query(file, 'SELECT offset FROM __millrace_offsets');
  expect(stored()).toEqual([{ offset: 2 }]);
  await output.flush();
  expect(stored()).toEqual([{ offset: 3 }]);
  await output.deliver(batchOf(sinkRecords([row(1)], { firstOffset: 3 })));
  await output.write(batchOf(sinkRecords([row(5)], { firstOffset: 4 })));
  await output.flush();
  expect(stored()).toEqual([{ offset: 5 }]);
});

test('a refused record among others is thrown and nothing is written, so that it can be looked for', async () => {
  const file = database();
  const output = await open(file, { ...auto, 'pk.mode': 'record_key' });
  await expect(output.write(batchOf(sinkRecords([row(1), row(1), row(2)])))).rejects.toThrow(
    /offset 1 was refused: UNIQUE/,
  );
  expect(await output.committed('orders')).toBeUndefined();
});

test('rows and offsets are committed together or not at all', async () => {
  const file = database();
  const output = await open(file);
  await output.write(batchOf(sinkRecords([row(1)])));
  execute(
    file,
    `CREATE TRIGGER stop BEFORE INSERT ON orders WHEN new.id = 3 BEGIN SELECT RAISE(ROLLBACK, 'stopped'); END`,
  );
  await expect(output.write(batchOf(sinkRecords([row(2), row(3)], { firstOffset: 1 })))).rejects.toThrow(
    /stopped/,
  );
  expect(query(file).map(({ id }) => id)).toEqual([1]);
  expect(await output.committed('orders')).toBe(1);
  await output.write(batchOf(sinkRecords([row(2)], { firstOffset: 1 })));
  expect(await output.committed('orders')).toBe(2);
});

test('a table that was created in a failed batch is created again', async () => {
  const file = database();
  const output = await open(file, { ...auto, 'table.name.format': 't_${topic}' });
  const bad = sinkRecords([row(1)], { topic: 'missing' });
  execute(
    file,
    `CREATE TABLE t_b (id INTEGER, name TEXT); CREATE TRIGGER stop BEFORE INSERT ON t_b BEGIN SELECT RAISE(ROLLBACK, 'no'); END`,
  );
  const failing = [...bad, ...sinkRecords([row(1)], { topic: 'b' })];
  await expect(output.write(batchOf(failing))).rejects.toThrow(/no/);
  expect(query(file, "SELECT name FROM sqlite_schema WHERE name = 't_missing'")).toEqual([]);
  await output.write(batchOf(bad));
  expect(query(file, 'SELECT id FROM t_missing')).toEqual([{ id: 1 }]);
});

test('while another writer holds the database the batch may be tried again', async () => {
  const file = database();
  const output = await open(file, { ...auto, 'busy.timeout.ms': 1 });
  const other = new DatabaseSync(file);
  onTestFinished(() => other.close());
  other.exec('BEGIN IMMEDIATE');
  const batch = batchOf(sinkRecords([row(1)]));
  await expect(output.write(batch)).rejects.toThrow(RetriableError);
  other.exec('ROLLBACK');
  expect(await output.write(batch)).toEqual([]);
});

test('a task that was overtaken by another one cannot write any more', async () => {
  const file = database();
  const zombie = await open(file);
  expect(await zombie.committed('orders')).toBeUndefined();
  const heir = await open(file);
  await heir.committed('orders');
  await heir.write(batchOf(sinkRecords([row(1), row(2)])));
  await expect(zombie.write(batchOf(sinkRecords([row(1)])))).rejects.toThrow(
    /Another task of test has written orders-0 up to offset 2/,
  );
  expect(query(file)).toHaveLength(2);
});

test('connectors on one database keep their offsets apart', async () => {
  const file = database();
  const one = await openSink(sink, { file, ...auto }, 'one');
  await one.write(batchOf(sinkRecords([row(1)])));
  const two = await openSink(sink, { file, ...auto }, 'two');
  expect(await two.committed('orders')).toBeUndefined();
  expect(await one.committed('orders')).toBe(1);
});

test('wherever it crashes, every record is there exactly once', async () => {
  const plan = fc.array(fc.record({ size: fc.integer({ min: 1, max: 5 }), isLost: fc.boolean() }), {
    minLength: 1,
    maxLength: 8,
  });
  await fc.assert(
    fc.asyncProperty(plan, async (steps) => {
      let file = join(temporaryFolder(), 'test.db');
      let output = await open(file, { ...auto, synchronous: 'OFF' });
      for (const { size, isLost } of steps) {
        const firstOffset = (await output.committed('orders')) ?? 0;
        const records = Array.from({ length: size }, (_, index) => row(firstOffset + index));
        // Lost: the crash comes before the batch. Otherwise it comes right behind it.
        if (!isLost) await output.write(batchOf(sinkRecords(records, { firstOffset })));
        const copy = join(temporaryFolder(), 'test.db');
        for (const suffix of ['', '-wal']) cpSync(file + suffix, copy + suffix);
        await output.close();
        file = copy;
        output = await open(file, { ...auto, synchronous: 'OFF' });
      }
      const end = (await output.committed('orders')) ?? 0;
      expect(end).toBe(steps.reduce((sum, { size, isLost }) => sum + (isLost ? 0 : size), 0));
      const isThere = query(file, "SELECT 1 FROM sqlite_schema WHERE name = 'orders'").length === 1;
      const ids = isThere ? query(file).map(({ id }) => id) : [];
      expect(ids).toEqual(Array.from({ length: end }, (_, index) => index));
      await output.close();
    }),
    { numRuns: 10 },
  );
});

test('every problem of a config is reported at once', () => {
  const config = {
    file: 'x',
    'insert.mode': 'UPSERT',
    'delete.enabled': true,
    'pk.fields': 'a,a',
    columns: 'a:MONEY',
  };
  expect(() => requirePluginConfig(sink, config)).toThrow(
    /insert\.mode upsert needs[\s\S]*delete\.enabled needs[\s\S]*no effect[\s\S]*names a column twice[\s\S]*a:MONEY/,
  );
  expect(() => requirePluginConfig(sink, { file: 'x', 'pk.mode': 'kafka', 'pk.fields': 'a,b' })).toThrow(
    /three columns/,
  );
  expect(parsePluginConfig(sink.config, { 'pk.mode': 'some' }).problems.map(({ key }) => key)).toEqual([
    'file',
    'pk.mode',
  ]);
});

test('check opens the database for writing', async () => {
  const file = database();
  await sink.check?.(requirePluginConfig(sink, { file }), contextOf());
  const folder = requirePluginConfig(sink, { file: temporaryFolder() });
  await expect(sink.check?.(folder, contextOf())).rejects.toThrow(/unable to open database/);
});

test('offsets in the database are set, forgotten one by one, and forgotten together', async () => {
  const file = database();
  const place = { topic: 'orders', partition: 0 };
  const committed = async (): Promise<number | undefined> => {
    const opened = await open(file);
    const offset = await opened.committed('orders');
    await opened.close();
    return offset;
  };
  const alter = async (offsets: Parameters<NonNullable<typeof sink.alterOffsets>>[1]): Promise<void> =>
    sink.alterOffsets?.(requirePluginConfig(sink, { file, ...auto }), offsets, contextOf());
  await alter([{ ...place, offset: 5 }]);
  expect(await committed()).toBe(5);
  await alter([{ ...place, offset: undefined }]);
  expect(await committed()).toBeUndefined();
  await alter([{ ...place, offset: 9 }]);
  await alter(undefined);
  expect(await committed()).toBeUndefined();
});

test('a lock that another writer gives up in time is waited for, and nothing else has to wait', async () => {
  const file = database();
  const output = await open(file, { ...auto, 'busy.timeout.ms': 10_000 });
  await output.write(batchOf(sinkRecords([row(1)])));
  const locker = new DatabaseSync(file);
  locker.exec('BEGIN IMMEDIATE');
  // It runs in this thread, as all else that the worker does.
  setTimeout(() => locker.exec('ROLLBACK'), 20);
  await output.write(batchOf(sinkRecords([row(2)], { firstOffset: 1 })));
  locker.close();
  expect(query(file)).toHaveLength(2);
});
