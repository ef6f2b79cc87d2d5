import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sink } from '../../connectors/jsonl/index.ts';
import {
  Decimal,
  parsePluginConfig,
  requirePluginConfig,
  type SourceRecord,
  schemas,
} from '../../runtime/plugin/index.ts';
import { batchOf, contextOf, openSink, sinkRecords, temporaryFolder } from './harness.ts';

const values = (...items: unknown[]): SourceRecord[] => items.map((value) => ({ value: value as string }));
const linesOf = (file: string): unknown[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line): unknown => JSON.parse(line));

/** What a crash leaves: the files as they are now. */
function crash(folder: string): string {
  const copy = join(temporaryFolder(), 'after');
  cpSync(folder, copy, { recursive: true });
  return copy;
}

test('each value is one line of JSON, written as its schema says', async () => {
  const file = join(temporaryFolder(), 'deep', 'out.jsonl');
  const valueSchema = schemas.struct({
    id: schemas.int64(),
    price: schemas.decimal(2),
    at: schemas.timestamp(),
  });
  const value = { id: 9007199254740993n, price: new Decimal(150n, 2), at: new Date(0) };
  const output = await openSink(sink, { file });
  await output.write(
    batchOf(sinkRecords([{ valueSchema, value }, ...values('two\nlines', null, { a: [1] })])),
  );
  await output.flush();
  expect(readFileSync(file, 'utf8')).toBe(
    '{"id":9007199254740993,"price":1.50,"at":"1970-01-01T00:00:00.000Z"}\n"two\\nlines"\nnull\n{"a":[1]}\n',
  );
});

test('small and large texts of any script are written whole, one after the other', async () => {
  const file = join(temporaryFolder(), 'out.jsonl');
  const output = await openSink(sink, { file });
  const texts = [
    'a',
    'gr\u00fc\u00dfe \u{1f30d}',
    '\u20ac'.repeat(2_000_000),
    'b'.repeat(100_000),
    '\u20ac',
    'c',
  ];
  for (const text of texts) await output.write(batchOf(sinkRecords(values(text))));
  await output.flush();
  expect(linesOf(file)).toEqual(texts);
});

test('tombstones can be left out', async () => {
  const file = join(temporaryFolder(), 'out.jsonl');
  const output = await openSink(sink, { file, 'behavior.on.null.values': 'ignore' });
  await output.write(batchOf(sinkRecords(values(1, null, 2))));
  await output.flush();
  expect(linesOf(file)).toEqual([1, 2]);
  expect(await output.committed('orders')).toBe(3);
});

test('metadata can be written around the value', async () => {
  const file = join(temporaryFolder(), 'out.jsonl');
  const output = await openSink(sink, { file, 'include.metadata': true });
  const record = { key: 'k', value: 'v', timestamp: 5, headers: { trace: 'x' } };
  await output.write(batchOf(sinkRecords([record, { value: 1 }], { partition: 2, firstOffset: 7 })));
  expect(linesOf(file)).toEqual([
    {
      topic: 'orders',
      partition: 2,
      offset: 7,
      timestamp: 5,
      key: 'k',
      headers: [{ key: 'trace', value: 'x' }],
      value: 'v',
    },
    { topic: 'orders', partition: 2, offset: 8, timestamp: null, key: null, headers: [], value: 1 },
  ]);
});

test('the pattern gives each topic and partition its file', async () => {
  const folder = temporaryFolder();
  const output = await openSink(sink, { file: join(folder, '${topic}-${partition}.jsonl') });
  const records = [
    ...sinkRecords(values('a', 'b'), { topic: 'x$&', partition: 0 }),
    ...sinkRecords(values('c'), { topic: 'y', partition: 1 }),
  ];
  await output.write(batchOf(records));
  expect(linesOf(join(folder, 'x$&-0.jsonl'))).toEqual(['a', 'b']);
  expect(linesOf(join(folder, 'y-1.jsonl'))).toEqual(['c']);
});

test('a topic that would lead out of the folder is refused, and only its record', async () => {
  const folder = temporaryFolder();
  const output = await openSink(sink, { file: join(folder, '${topic}') });
  const records = ['ok', '../evil', '..', 'a/b', 'a\\b', '', 'a\0'].flatMap((topic) =>
    sinkRecords(values(topic), { topic }),
  );
  const errors = await output.write(batchOf(records));
  expect(errors.map(({ index }) => index)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(linesOf(join(folder, 'ok'))).toEqual(['ok']);
  expect(existsSync(join(folder, '..', 'evil'))).toBe(false);
});

test('more files than may be open at once are all written', async () => {
  const folder = temporaryFolder();
  const output = await openSink(sink, { file: join(folder, '${topic}.jsonl'), fsync: false });
  const round = (value: number) =>
    batchOf(
      Array.from({ length: 150 }, (_, index) => sinkRecords(values(value), { topic: `t${index}` })).flat(),
    );
  await output.write(round(1));
  await output.write(round(2));
  await output.flush();
  for (const index of [0, 75, 149]) expect(linesOf(join(folder, `t${index}.jsonl`))).toEqual([1, 2]);
});

test('what was not flushed is cut off when the sink is opened again', async () => {
  const folder = temporaryFolder();
  const first = await openSink(sink, { file: join(folder, 'out.jsonl') });
  await first.write(batchOf(sinkRecords(values('a', 'b'))));
  await first.flush();
  await first.write(batchOf(sinkRecords(values('c'), { firstOffset: 2 })));
  const after = crash(folder);
  appendFileSync(join(after, 'out.jsonl'), '{"half a li');
  const second = await openSink(sink, { file: join(after, 'out.jsonl') });
  expect(await second.committed('orders')).toBe(2);
  expect(await second.committed('orders', 1)).toBeUndefined();
  expect(linesOf(join(after, 'out.jsonl'))).toEqual(['a', 'b']);
});

test('content from before the first run is kept, also after a crash before the first flush', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'out.jsonl');
  writeFileSync(file, '"old"\n"without end"');
  const output = await openSink(sink, { file });
  await output.write(batchOf(sinkRecords(values('new'))));
  expect(linesOf(file)).toEqual(['old', 'without end', 'new']);
  const after = crash(folder);
  await openSink(sink, { file: join(after, 'out.jsonl') });
  expect(linesOf(join(after, 'out.jsonl'))).toEqual(['old', 'without end']);
});

const step = fc.oneof(
  fc.record({
    kind: fc.constant('write' as const),
    count: fc.integer({ min: 1, max: 4 }),
    partition: fc.integer({ min: 0, max: 1 }),
  }),
  fc.record({ kind: fc.constant('flush' as const) }),
  fc.record({ kind: fc.constant('crash' as const), torn: fc.integer({ min: 0, max: 3 }) }),
);

test('wherever it crashes, every record is there exactly once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
      let folder = temporaryFolder();
      const open = (): ReturnType<typeof openSink> =>
        openSink(sink, { file: join(folder, '${topic}.jsonl'), fsync: false });
      let output = await open();
      let next = [0, 0];
      for (const action of [...steps, { kind: 'flush' as const }]) {
        if (action.kind === 'write') {
          const firstOffset = next[action.partition] ?? 0;
          const items = Array.from(
            { length: action.count },
            (_, index) => `${action.partition}:${firstOffset + index}`,
          );
          await output.write(
            batchOf(sinkRecords(values(...items), { partition: action.partition, firstOffset })),
          );
          next[action.partition] = firstOffset + action.count;
        } else if (action.kind === 'flush') await output.flush();
        else {
          folder = crash(folder);
          const file = join(folder, 'orders.jsonl');
          if (existsSync(file)) appendFileSync(file, '"torn'.slice(0, action.torn));
          output = await open();
          next = [(await output.committed('orders', 0)) ?? 0, (await output.committed('orders', 1)) ?? 0];
        }
      }
      await output.close();
      const file = join(folder, 'orders.jsonl');
      const lines = existsSync(file) ? linesOf(file) : [];
      for (const partition of [0, 1]) {
        expect(lines.filter((line) => String(line).startsWith(`${partition}:`))).toEqual(
          Array.from({ length: next[partition] ?? 0 }, (_, index) => `${partition}:${index}`),
        );
      }
      expect(lines).toHaveLength((next[0] ?? 0) + (next[1] ?? 0));
    }),
    { numRuns: 25 },
  );
});

test('two tasks cannot write the same files', async () => {
  const file = join(temporaryFolder(), 'out.jsonl');
  const first = await openSink(sink, { file });
  await expect(openSink(sink, { file })).rejects.toThrow(/in use.*set tasks\.max to 1/);
  await first.close();
  await openSink(sink, { file });
});

test.each([
  ['in a file', 'a-file/out.jsonl', /ENOTDIR|EEXIST/],
  ['whose file of offsets is something else', 'other.jsonl', /not a database/],
])('a path %s is refused with that path', async (_what, name, reason) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'a-file'), 'x'.repeat(2000));
  writeFileSync(join(folder, 'other.jsonl.offsets'), 'x'.repeat(2000));
  const opened = openSink(sink, { file: join(folder, name) });
  await expect(opened).rejects.toThrow(reason);
  await expect(opened).rejects.toThrow(`${join(folder, name)}.offsets, where the sink notes`);
});

test('a file that was moved away between runs is begun anew', async () => {
  const file = join(temporaryFolder(), 'out.jsonl');
  const first = await openSink(sink, { file });
  await first.write(batchOf(sinkRecords(values('a'))));
  await first.flush();
  await first.close();
  renameSync(file, `${file}.1`);
  const second = await openSink(sink, { file });
  expect(await second.committed('orders')).toBe(1);
  await second.write(batchOf(sinkRecords(values('b'), { firstOffset: 1 })));
  await second.flush();
  expect(linesOf(file)).toEqual(['b']);
});

test('a file that is moved away while it is written fails the task instead of losing lines', async () => {
  const file = join(temporaryFolder(), 'out.jsonl');
  const first = await openSink(sink, { file });
  await first.write(batchOf(sinkRecords(values('a'))));
  await first.flush();
  await first.write(batchOf(sinkRecords(values('b'), { firstOffset: 1 })));
  rmSync(file);
  await expect(first.flush()).rejects.toThrow(/moved or removed while it was written/);
  await first.close();
  const second = await openSink(sink, { file });
  expect(await second.committed('orders')).toBe(1);
});

test('a file that something else has cut is refused', async () => {
  const file = join(temporaryFolder(), 'out.jsonl');
  const first = await openSink(sink, { file });
  await first.write(batchOf(sinkRecords(values('a', 'b'))));
  await first.flush();
  await first.close();
  truncateSync(file, 3);
  await expect(openSink(sink, { file })).rejects.toThrow(/has 3 bytes, and 8 were written to it/);
});

test('the output folder can be moved as a whole', async () => {
  const folder = temporaryFolder();
  const first = await openSink(sink, { file: join(folder, 'a', 'out.jsonl') });
  await first.write(batchOf(sinkRecords(values('a'))));
  await first.flush();
  await first.close();
  renameSync(join(folder, 'a'), join(folder, 'b'));
  appendFileSync(join(folder, 'b', 'out.jsonl'), '"torn');
  await openSink(sink, { file: join(folder, 'b', 'out.jsonl') });
  expect(linesOf(join(folder, 'b', 'out.jsonl'))).toEqual(['a']);
});

test('when one file of a batch cannot be written, no other keeps lines of it', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'b'));
  const output = await openSink(sink, { file: join(folder, '${topic}') });
  const records = ['a', 'b'].flatMap((topic) => sinkRecords(values(topic), { topic }));
  await expect(output.write(batchOf(records))).rejects.toThrow(/could not be written: EISDIR/);
  expect(linesOf(join(folder, 'a'))).toEqual([]);
  await output.write(batchOf(sinkRecords(values('again'), { topic: 'a' })));
  expect(linesOf(join(folder, 'a'))).toEqual(['again']);
});

test('a bad config is refused, and check tries the folder', async () => {
  expect(() => requirePluginConfig(sink, { file: '${topic}/${date}.jsonl' })).toThrow(
    /no variable \$\{date\}.*Use \$\{topic\}/s,
  );
  expect(parsePluginConfig(sink.config, { fsync: 'maybe' }).problems.map(({ key }) => key)).toEqual([
    'file',
    'fsync',
  ]);
  const folder = temporaryFolder();
  await sink.check?.(requirePluginConfig(sink, { file: join(folder, 'new', 'out.jsonl') }), contextOf());
  writeFileSync(join(folder, 'plain'), '');
  const blocked = requirePluginConfig(sink, { file: join(folder, 'plain', 'out.jsonl') });
  await expect(sink.check?.(blocked, contextOf())).rejects.toThrow(/EEXIST|ENOTDIR/);
});

test('offsets beside the files are set, forgotten one by one, and forgotten together; the lines stay', async () => {
  const file = join(temporaryFolder(), 'out.jsonl');
  const writer = await openSink(sink, { file });
  await writer.write(batchOf(sinkRecords(values(1, 2))));
  await writer.flush();
  await writer.close();
  const place = { topic: 'orders', partition: 0 };
  const alter = async (offsets: Parameters<NonNullable<typeof sink.alterOffsets>>[1]): Promise<void> =>
    sink.alterOffsets?.(requirePluginConfig(sink, { file }), offsets, contextOf());
  const committed = async (): Promise<number | undefined> => {
    const opened = await openSink(sink, { file });
    const offset = await opened.committed('orders');
    await opened.close();
    return offset;
  };
  await alter([{ ...place, offset: 1 }]);
  expect(await committed()).toBe(1);
  await alter([{ ...place, offset: undefined }]);
  expect(await committed()).toBeUndefined();
  await alter([{ ...place, offset: 2 }]);
  await alter(undefined);
  expect(await committed()).toBeUndefined();
  expect(linesOf(file)).toEqual([1, 2]);
});
