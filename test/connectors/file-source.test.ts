import { appendFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { source } from '../../connectors/file/index.ts';
import { readStream } from '../../connectors/file/stream-reading.ts';
import { ConfigError, parsePluginConfig, requirePluginConfig } from '../../runtime/plugin/index.ts';
import { contextOf, readBatches, temporaryFolder, unreadableOf, valuesOf } from './harness.ts';

type Position = { readonly position: number; readonly fingerprint?: string };

function fileWith(content: string | Buffer): string {
  const file = join(temporaryFolder(), 'lines.txt');
  writeFileSync(file, content);
  return file;
}

const once = (file: string, config: object = {}) => ({ file, topic: 'lines', follow: false, ...config });

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Follows a file; `next` waits for as many lines. */
function follow(file: string, position?: Position) {
  const config = requirePluginConfig(source, { file, topic: 'lines', 'poll.interval.ms': 1 });
  const batches = source
    .read(config, { partition: { filename: file }, position }, contextOf())
    [Symbol.asyncIterator]();
  let last: Position | undefined;
  return {
    async next(count: number): Promise<unknown[]> {
      const values: unknown[] = [];
      while (values.length < count) {
        const { value } = await batches.next();
        if (value === undefined) throw new Error('the source ended');
        values.push(...valuesOf([value]));
        last = value.position;
      }
      return values;
    },
    position: () => last,
    end: () => batches.return?.(),
  };
}

test('lines end with LF, CR LF, CR or the file', async () => {
  const batches = await readBatches(source, once(fileWith('a\nb\r\n\nc\rd\r\re')));
  expect(valuesOf(batches)).toEqual(['a', 'b', '', 'c', 'd', '', 'e']);
  expect(batches.at(-1)?.position.position).toBe(12);
  expect(batches[0]?.records[0]).toMatchObject({ topic: 'lines', valueSchema: { type: 'string' } });
});

test('partition and offset are those of FileStreamSource', async () => {
  const file = fileWith('one\ntwo\n');
  const config = requirePluginConfig(source, once(file));
  expect(await source.partitions?.(config, contextOf())).toEqual([{ filename: file }]);
  expect(valuesOf(await readBatches(source, once(file), { position: { position: 4 } }))).toEqual(['two']);
});

const text = fc.string({
  unit: fc.constantFrom('a', 'é', '漢', '😀', '\n', '\r\n', '\r', ' ', '"'),
  maxLength: 40,
});

test('wherever reading is broken off and resumed, every line is there once', async () => {
  const file = join(temporaryFolder(), 'lines.txt');
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 4 }), async (content, size) => {
      writeFileSync(file, content);
      const values: unknown[] = [];
      let position: Position | undefined;
      for (;;) {
        const config = once(file, { 'batch.size': size });
        const [batch] = await readBatches(source, config, { position, batchesMax: 1 });
        if (batch === undefined) break;
        values.push(...valuesOf([batch]));
        position = batch.position;
      }
      const lines = content.split(/\r\n|\n|\r/);
      if (lines.at(-1) === '') lines.pop();
      expect(values).toEqual(lines);
    }),
    { numRuns: 100 },
  );
});

test('bytes that are not UTF-8 are unreadable, not replaced', async () => {
  const batches = await readBatches(
    source,
    once(fileWith(Buffer.concat([Buffer.from('ü\n\uFFFD\n'), Buffer.of(0xff, 10)]))),
  );
  expect(valuesOf(batches)).toEqual(['ü', '\uFFFD']);
  expect(batches[0]?.unreadable?.[0]?.raw).toEqual(Buffer.of(0xff));
  expect(unreadableOf(batches)[0]?.error).toMatch(/byte 7: bytes that are not UTF-8$/);
});

test('a line longer than line.max.bytes stops the source', async () => {
  const file = fileWith(`ok\n${'x'.repeat(3000)}`);
  const config = once(file, { 'line.max.bytes': '1KB' });
  await expect(readBatches(source, config)).rejects.toThrow(
    /longer than line\.max\.bytes at byte 3: raise it/,
  );
});

test('a missing file is an error when it is not followed, and is waited for when it is', async () => {
  const file = join(temporaryFolder(), 'later.txt');
  await expect(readBatches(source, once(file))).rejects.toThrow(/ENOENT/);
  const lines = follow(file);
  const first = lines.next(1);
  setTimeout(() => writeFileSync(file, 'here\n'), 5);
  expect(await first).toEqual(['here']);
});

test('a folder is no file, and is not waited for', async () => {
  const folder = temporaryFolder();
  await expect(readBatches(source, once(folder))).rejects.toThrow(
    `${folder} is a folder. Name a file in it.`,
  );
  await expect(follow(folder).next(1)).rejects.toThrow('is a folder');
});

test('what is appended is read, and half a line only when it is whole', async () => {
  const file = fileWith('a\nhal');
  const lines = follow(file);
  expect(await lines.next(1)).toEqual(['a']);
  expect(lines.position()?.position).toBe(2);
  appendFileSync(file, 'f\nb\n');
  expect(await lines.next(2)).toEqual(['half', 'b']);
  await lines.end();
});

test('the end of a replaced file is read before the new one', async () => {
  const file = fileWith('a\n');
  const lines = follow(file);
  expect(await lines.next(1)).toEqual(['a']);
  appendFileSync(file, 'b\nlast words');
  renameSync(file, `${file}.1`);
  writeFileSync(file, 'new\n');
  expect(await lines.next(3)).toEqual(['b', 'last words', 'new']);
  expect(lines.position()?.position).toBe(4);
});

test('a file that is cut is read from the start', async () => {
  const file = fileWith('a long first line\n');
  const lines = follow(file);
  await lines.next(1);
  truncateSync(file, 0);
  appendFileSync(file, 'b\n');
  expect(await lines.next(1)).toEqual(['b']);
});

test('a file that is rewritten with more than before is read from the start', async () => {
  const file = fileWith('old\n');
  const lines = follow(file);
  await lines.next(1);
  writeFileSync(file, 'something else\nentirely\n');
  expect(await lines.next(2)).toEqual(['something else', 'entirely']);
});

test('after a restart a file of the same name that is another one is read from the start', async () => {
  const file = fileWith('a\nb\n');
  const position = (await readBatches(source, once(file))).at(-1)?.position;
  appendFileSync(file, 'c\n');
  expect(valuesOf(await readBatches(source, once(file), { position }))).toEqual(['c']);
  writeFileSync(file, 'x\ny\nz\n');
  expect(valuesOf(await readBatches(source, once(file), { position }))).toEqual(['x', 'y', 'z']);
  writeFileSync(file, 'x\n');
  expect(valuesOf(await readBatches(source, once(file), { position }))).toEqual(['x']);
});

test('a rotated file with the same banner that has grown beyond the position is read from the start', async () => {
  const banner = Array.from({ length: 200 }, (_, i) => `# banner line ${i}`);
  const linesOf = (name: string, count: number) => Array.from({ length: count }, (_, i) => `${name} ${i}`);
  const day = (name: string, count: number) => [...banner, ...linesOf(name, count)];
  const file = fileWith(`${day('monday', 100).join('\n')}\n`);
  const position = (await readBatches(source, once(file))).at(-1)?.position;
  const tuesday = day('tuesday', 500);
  writeFileSync(file, `${tuesday.join('\n')}\n`);
  expect(valuesOf(await readBatches(source, once(file), { position }))).toEqual(tuesday);
});

test('following ends when the task is stopped', async () => {
  const stop = new AbortController();
  const config = requirePluginConfig(source, { file: fileWith('a\n'), topic: 't', 'poll.interval.ms': '1h' });
  const values: unknown[] = [];
  for await (const batch of source.read(
    config,
    { partition: {}, position: undefined },
    contextOf({ signal: stop.signal }),
  )) {
    values.push(...valuesOf([batch]));
    stop.abort();
  }
  expect(values).toEqual(['a']);
});

test('a stream is read until it ends, or the task is stopped', async () => {
  const limits = { topic: 't', 'batch.size': 10, 'line.max.bytes': 100 };
  const stream = new PassThrough();
  stream.write('one\nt');
  stream.end('wo\nthree');
  const batches = await collect(readStream(stream, limits, contextOf()));
  expect(valuesOf(batches)).toEqual(['one', 'two', 'three']);
  expect(batches.at(-1)?.position).toEqual({ position: 13 });
  const stop = new AbortController();
  const endless = collect(readStream(new PassThrough(), limits, contextOf({ signal: stop.signal })));
  stop.abort();
  expect(await endless).toEqual([]);
});

test('configs and offsets are checked', async () => {
  expect(parsePluginConfig(source.config, { 'batch.size': 0 }).problems.map(({ key }) => key)).toEqual([
    'topic',
    'batch.size',
  ]);
  const alter = (partition: { filename?: string }, position: object | null) =>
    source.alterOffsets?.(undefined as never, [
      { partition, position: position as { position: number } | null },
    ]);
  expect(() => alter({ filename: 'x' }, { position: 3 })).not.toThrow();
  expect(() => alter({ filename: 'x' }, null)).not.toThrow();
  expect(() => alter({}, { position: 3 })).toThrow(ConfigError);
  expect(() => alter({ filename: 'x' }, { position: -1 })).toThrow(/position/);
  const check = (file: string) =>
    source.check?.(requirePluginConfig(source, { file, topic: 't' }), contextOf());
  await check(fileWith(''));
  await expect(check('/nowhere/at/all')).rejects.toThrow(/ENOENT/);
});
