import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CsvPosition } from '../../connectors/csv/csv-reading.ts';
import { source } from '../../connectors/csv/index.ts';
import { Decimal, parsePluginConfig, requirePluginConfig, schemas } from '../../runtime/plugin/index.ts';
import { contextOf, readBatches, temporaryFolder, unreadableOf, valuesOf } from './harness.ts';

function fileWith(content: string | Buffer): string {
  const file = join(temporaryFolder(), 'rows.csv');
  writeFileSync(file, content);
  return file;
}

const read = (content: string | Buffer, config: object = {}) =>
  readBatches(source, { file: fileWith(content), topic: 'rows', ...config });

test('the header names the columns and every cell is text by default', async () => {
  const batches = await read('id,name\n1,Ann\n2,\n');
  expect(valuesOf(batches)).toEqual([
    { id: '1', name: 'Ann' },
    { id: '2', name: '' },
  ]);
  expect(batches[0]?.records[0]?.valueSchema).toEqual(
    schemas.struct({ id: schemas.string(), name: schemas.string() }),
  );
});

test('quoted cells hold delimiters, line ends and doubled quotes', async () => {
  const batches = await read('a,b\r\n"x, ""y""","two\nlines"\r\n"",plain "text"\r\n');
  expect(valuesOf(batches)).toEqual([
    { a: 'x, "y"', b: 'two\nlines' },
    { a: '', b: 'plain "text"' },
  ]);
  expect(batches[0]?.position.line).toBe(4);
});

test('delimiter, quote, escape and comment can be chosen', async () => {
  const content = "# export\na\tb\n# note\n'it\\'s \\\\'\t2\n";
  const config = { delimiter: '\\t', quote: "'", escape: '\\', comment: '#' };
  expect(valuesOf(await read(content, config))).toEqual([{ a: "it's \\", b: '2' }]);
});

test('a byte order mark is not part of the first name, and blanks go when they should', async () => {
  expect(valuesOf(await read('\uFEFFa , b\n x , "y" \n', { trim: 'true' }))).toEqual([{ a: 'x', b: 'y' }]);
});

test('cells become values of the types of their columns', async () => {
  const columns =
    'i:int,l:long,d:double,b:boolean,m:decimal(2),day:date,t:time,at:timestamp,s:timestamp(s),n:int?';
  const [batch] = await read(
    'i,l,d,b,m,day,t,at,s,n,rest\n-7,9007199254740993,1e3,YES,1.5,2024-02-29,23:59,2024-02-29 12:00:00.5+01:30,86400,,x\n',
    { columns },
  );
  expect(batch?.records[0]?.value).toEqual({
    i: -7,
    l: 9007199254740993n,
    d: 1000,
    b: true,
    m: new Decimal(150n, 2),
    day: new Date('2024-02-29'),
    t: new Date((23 * 60 + 59) * 60_000),
    at: new Date('2024-02-29T10:30:00.500Z'),
    s: new Date(86_400_000),
    n: null,
    rest: 'x',
  });
  expect(batch?.records[0]?.valueSchema?.fields.map(({ schema }) => [schema.type, schema.optional])).toEqual([
    ['int32', false],
    ['int64', false],
    ['float64', false],
    ['boolean', false],
    ['bytes', false],
    ['int32', false],
    ['int32', false],
    ['int64', false],
    ['int64', false],
    ['int32', true],
    ['string', false],
  ]);
});

test('all records share one schema object', async () => {
  const batches = await read('a\n1\n2\n3\n', { 'batch.size': 1, 'key.columns': 'a' });
  const records = batches.flatMap((batch) => batch.records);
  expect(new Set(records.map(({ valueSchema }) => valueSchema)).size).toBe(1);
  expect(new Set(records.map(({ keySchema }) => keySchema)).size).toBe(1);
});

test.each([
  ['int', ['', ' 1', '1.0', '0x10', '2147483648', '1e3', '-', '--1', '٣']],
  ['long', ['9223372036854775808', 'x', '12345678901234567890123']],
  ['double', ['', '1,5', '0x1', '1e999', 'inf', '.', '1e']],
  ['boolean', ['', 'maybe', '2']],
  ['decimal(1)', ['', '1.25', 'x', '1e99999999']],
  ['date', ['2023-02-29', '2024-1-1', '01/02/2024', '2024-13-01', '']],
  ['time', ['24:00', '12', '12:60', '']],
  [
    'timestamp',
    ['2024-02-30T00:00:00Z', '2024-02-01T25:00Z', '2024-02-01x10:00', 'yesterday', '2024-02-01T10:00+99:00'],
  ],
  ['timestamp(ms)', ['', 'x', '9999999999999999']],
])('cells that are no %s make their row unreadable', async (type, cells) => {
  const content = `n;v\n${cells.map((cell, index) => `${index};"${cell}"`).join('\n')}\nlast;"${'x'}"\n`;
  const batches = await read(content, { delimiter: ';', columns: `v:${type}` });
  expect(valuesOf(batches)).toEqual([]);
  expect(unreadableOf(batches).map(({ raw }) => raw.split(';')[1])).toEqual([
    ...cells.map((cell) => `"${cell}"`),
    '"x"',
  ]);
});

test('a bad row is handed over with its line and bytes, and the rows around it are not affected', async () => {
  const batches = await read('id,note\n1,"two\nlines"\n2\n3,a,b\nx,y\n"4"z,a\n5,ok\n', { columns: 'id:int' });
  expect(valuesOf(batches).map((value) => (value as { id: number }).id)).toEqual([1, 5]);
  const name = batches[0]?.unreadable?.[0]?.headers?.['csv.file'] ?? '';
  expect(unreadableOf(batches).map(({ error, raw }) => [error.replace(name, 'F'), raw])).toEqual([
    ['F line 4: 1 cell where 2 columns are expected', '2'],
    ['F line 5: 3 cells where 2 columns are expected', '3,a,b'],
    ['F line 6: the column "id" holds "x", which is not of type int', 'x,y'],
    ['F line 7: text after the closing quote of a cell', '"4"z,a'],
  ]);
  expect(batches[0]?.unreadable?.[0]?.headers).toMatchObject({ 'csv.line': '4', 'csv.position': '22' });
});

test('a quote that is never closed costs its own line only', async () => {
  const batches = await read('a,b\n1,"open\n2,x\n3,"y"\n', {});
  expect(valuesOf(batches)).toEqual([
    { a: '2', b: 'x' },
    { a: '3', b: 'y' },
  ]);
  expect(unreadableOf(batches).map(({ raw }) => raw)).toEqual(['1,"open']);
});

test('a quote that is not closed within row.max.bytes costs its own line only', async () => {
  const rows = Array.from({ length: 30_000 }, (_, index) => `${index},text without quotes`).join('\n');
  const batches = await read(`a,b\n0,"open\n${rows}\n9,"z"\n`, { 'row.max.bytes': '100KB' });
  expect(valuesOf(batches)).toHaveLength(30_001);
  expect(unreadableOf(batches).map(({ raw }) => raw)).toEqual(['0,"open']);
});

test('a line longer than row.max.bytes stops the source and says what to raise', async () => {
  await expect(read(`a,b\n1,${'x'.repeat(900_000)}\n`, { 'row.max.bytes': '100KB' })).rejects.toThrow(
    /line 2 is longer than row\.max\.bytes/,
  );
});

test('bytes that are not UTF-8 are unreadable, not replaced', async () => {
  const batches = await read(
    Buffer.concat([Buffer.from('a\nü\n'), Buffer.of(0xff, 0x0a), Buffer.from('\uFFFD\n')]),
  );
  expect(valuesOf(batches)).toEqual([{ a: 'ü' }, { a: '\uFFFD' }]);
  expect(batches[0]?.unreadable?.[0]?.raw).toEqual(Buffer.of(0xff));
  const latin = await read(Buffer.of(0x61, 0x0a, 0xfc, 0x0a), { charset: 'iso-8859-1' });
  expect(valuesOf(latin)).toEqual([{ a: 'ü' }]);
});

test('without a header the configured columns are the columns', async () => {
  const batches = await read('1,x\n2,y', {
    header: false,
    columns: ['id:long', 'b:string?'],
    'key.columns': 'id,b',
  });
  expect(valuesOf(batches)).toEqual([
    { id: 1, b: 'x' },
    { id: 2, b: 'y' },
  ]);
  expect(batches[0]?.records[0]?.key).toEqual({ id: 1, b: 'x' });
});

test('null texts count only in optional columns', async () => {
  const batches = await read('a,b\nNA,NA\n,\n', { columns: 'a:string?,b', 'null.values': 'NA' });
  expect(valuesOf(batches)).toEqual([
    { a: null, b: 'NA' },
    { a: '', b: '' },
  ]);
});

test('a column may be called __proto__', async () => {
  const [value] = valuesOf(await read('__proto__,b\nx,y\n'));
  expect(JSON.stringify(value)).toBe('{"__proto__":"x","b":"y"}');
});

test.each([
  ['a,a\n1,2\n', {}, /names the column "a" twice/],
  ['a,b\n', { columns: 'c:int' }, /has no column "c", which the config names; it has a, b/],
  ['a,b\n', { 'key.columns': 'k' }, /has no column "k"/],
  ['a,"b\n1,2\n', {}, /a quote in it is not closed/],
  [Buffer.from('\uFEFFa\n1\n', 'utf16le'), {}, /UTF-16: convert it/],
])('a header that does not fit is refused: %j', async (content, config, message) => {
  await expect(read(content, config)).rejects.toThrow(message);
});

test('a file without rows ends at once', async () => {
  expect(await read('')).toEqual([]);
  expect(valuesOf(await read('a,b\n'))).toEqual([]);
});

test('every problem of a config is reported at once', () => {
  const validate = () =>
    requirePluginConfig(source, {
      file: 'x',
      topic: 't',
      header: false,
      delimiter: '"',
      quote: '""',
      columns: 'a:int,a,b:money,:int',
      'key.columns': 'z',
    });
  expect(validate).toThrow(
    /configuration quote[\s\S]*column "a" is there twice[\s\S]*b:money[\s\S]*known are string, int[\s\S]*:int for configuration columns: a column needs a name/,
  );
  expect(parsePluginConfig(source.config, {}).problems.map(({ key }) => key)).toEqual(['file', 'topic']);
});

test('a delimiter is not looked up among what every object has', () => {
  expect(() => requirePluginConfig(source, { file: 'x', topic: 't', delimiter: 'constructor' })).toThrow(
    'Must be one ASCII character',
  );
});

test('check tells whether the file can be read', async () => {
  const config = (file: string) => requirePluginConfig(source, { file, topic: 't' });
  await source.check?.(config(fileWith('')), contextOf());
  await expect(source.check?.(config('/nowhere/rows.csv'), contextOf())).rejects.toThrow(/ENOENT/);
});

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;
const cellText = fc.string({
  unit: fc.constantFrom('a', 'é', '漢', '😀', '"', ',', '\n', '\r\n', ' ', ';', '\t', '1'),
  maxLength: 6,
});

/** Quoted where it must be, and sometimes where it need not be. */
const writtenCell = fc.tuple(cellText, fc.boolean()).map(([cell, isQuoted]) => ({
  cell,
  text: isQuoted || /[",\r\n]/.test(cell) ? quoted(cell) : cell,
}));

const table = fc
  .integer({ min: 1, max: 4 })
  .chain((width) =>
    fc.array(fc.array(writtenCell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 20 }),
  )
  .filter((rows) => rows.every((row) => row.length > 1 || row[0]?.text !== ''));

test('random cells come out as they went in, wherever reading is broken off and resumed', async () => {
  const file = join(temporaryFolder(), 'random.csv');
  const property = fc.asyncProperty(
    table,
    fc.constantFrom('\n', '\r\n'),
    fc.boolean(),
    fc.integer({ min: 1, max: 5 }),
    async (rows, end, hasLastEnd, size) => {
      const header = rows[0]?.map((_, index) => `c${index}`).join(',') ?? '';
      const text = [header, ...rows.map((row) => row.map((cell) => cell.text).join(','))].join(end);
      writeFileSync(file, text + (hasLastEnd ? end : ''));
      const expected = rows.map((row) =>
        Object.fromEntries(row.map(({ cell }, index) => [`c${index}`, cell])),
      );
      const oracle: unknown = parse(text, { columns: true, relax_quotes: true, record_delimiter: end });
      expect(oracle).toEqual(expected);
      const values: unknown[] = [];
      let position: CsvPosition | undefined;
      for (;;) {
        const [batch] = await readBatches(
          source,
          { file, topic: 't', 'batch.size': size },
          { position, batchesMax: 1 },
        );
        if (batch === undefined) break;
        expect(batch.unreadable).toEqual([]);
        values.push(...valuesOf([batch]));
        position = batch.position;
      }
      expect(values).toEqual(expected);
    },
  );
  await fc.assert(property, { numRuns: 60 });
});

test('random bytes never crash the reader and every byte of a row arrives somewhere', async () => {
  const file = join(temporaryFolder(), 'noise.csv');
  const byte = fc.constantFrom(...Buffer.from('a1,",\n\r"\u00e9 ;'), 0xff, 0);
  await fc.assert(
    fc.asyncProperty(fc.array(byte, { maxLength: 60 }), async (bytes) => {
      const body = Buffer.from(bytes);
      writeFileSync(file, Buffer.concat([Buffer.from('a,b\n'), body]));
      const batches = await readBatches(source, { file, topic: 't', 'batch.size': 2 });
      const rows = batches.reduce(
        (sum, { records, unreadable = [] }) => sum + records.length + unreadable.length,
        0,
      );
      const isBlank = body.toString('latin1').replaceAll(/\r?\n|\r$/g, '') === '';
      if (!isBlank) expect(rows).toBeGreaterThan(0);
      if (batches.length > 0) expect(batches.at(-1)?.position.position).toBe(4 + body.length);
    }),
    { numRuns: 150 },
  );
});

test('a file that was appended to is read on from the position', async () => {
  const file = fileWith('a\n1\n2\n');
  const config = { file, topic: 't' };
  const position = (await readBatches(source, config)).at(-1)?.position;
  appendFileSync(file, '3\n');
  expect(valuesOf(await readBatches(source, config, { position }))).toEqual([{ a: '3' }]);
});

test.each([
  ['shorter', 'a\n1\n'],
  ['not the same', 'a\n1\n7\n3\n'],
])('a rewritten file is refused: %s', async (how, content) => {
  const file = fileWith('a\n1\n2\n');
  const config = { file, topic: 't' };
  const position = (await readBatches(source, config)).at(-1)?.position;
  writeFileSync(file, content);
  await expect(readBatches(source, config, { position })).rejects.toThrow(
    new RegExp(`was rewritten: its first 6 bytes.*are ${how} now.*reset the connector's offsets`),
  );
});

test('an operator may give a position alone', async () => {
  const file = fileWith('a\n1\n2\nx,y\n');
  const batches = await readBatches(source, { file, topic: 't' }, { position: { position: 4 } });
  expect(valuesOf(batches)).toEqual([{ a: '2' }]);
  expect(unreadableOf(batches)[0]?.error).toBe(`${file} byte 6: 2 cells where 1 column are expected`);
  expect(() =>
    source.alterOffsets?.(undefined as never, [{ partition: { filename: file }, position: { position: 4 } }]),
  ).not.toThrow();
  expect(() =>
    source.alterOffsets?.(undefined as never, [{ partition: {}, position: { position: -1 } }]),
  ).toThrow(/\{"filename": path\}[\s\S]*\{"position": bytes\}/);
});

test('following a file waits for rows, also for the end of a row that is half written', async () => {
  const file = fileWith('a,b\n1,"x');
  const config = requirePluginConfig(source, { file, topic: 't', follow: true, 'poll.interval.ms': 1 });
  const stop = new AbortController();
  const values: unknown[] = [];
  const chunks = ['"\n2,', 'y\n', '3,z\n'];
  const feed = () => {
    const chunk = chunks.shift();
    if (chunk !== undefined) appendFileSync(file, chunk);
  };
  const timer = setInterval(feed, 5);
  for await (const batch of source.read(
    config,
    { partition: {}, position: undefined },
    contextOf({ signal: stop.signal }),
  )) {
    values.push(...valuesOf([batch]));
    if (values.length === 3) stop.abort();
  }
  clearInterval(timer);
  expect(values).toEqual([
    { a: '1', b: 'x' },
    { a: '2', b: 'y' },
    { a: '3', b: 'z' },
  ]);
});

test('following a file goes on in a replacement that begins the same, and refuses another', async () => {
  const file = fileWith('a\n1\n');
  const config = requirePluginConfig(source, { file, topic: 't', follow: true, 'poll.interval.ms': 1 });
  const reading = source
    .read(config, { partition: {}, position: undefined }, contextOf())
    [Symbol.asyncIterator]();
  const replaceWith = (content: string) => {
    writeFileSync(`${file}.new`, content);
    renameSync(`${file}.new`, file);
  };
  expect((await reading.next()).value?.records[0]?.value).toEqual({ a: '1' });
  replaceWith('a\n1\n2\n');
  expect((await reading.next()).value?.records[0]?.value).toEqual({ a: '2' });
  replaceWith('a\nother\n2\n3\n');
  await expect(reading.next()).rejects.toThrow(/was rewritten/);
});

test('a file that is rewritten between two batches is noticed', async () => {
  const file = fileWith('a\n1\n2\n3\n');
  const config = requirePluginConfig(source, { file, topic: 't', 'batch.size': 1 });
  const reading = source
    .read(config, { partition: {}, position: undefined }, contextOf())
    [Symbol.asyncIterator]();
  await reading.next();
  writeFileSync(file, 'a\n7\n8\n9\n');
  await expect(reading.next()).rejects.toThrow(/was rewritten: its first 4 bytes/);
});
