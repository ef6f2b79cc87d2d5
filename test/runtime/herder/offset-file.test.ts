import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MemoryFiles } from '../../../platform/simulation/memory-files.ts';
import { OffsetFileError } from '../../../runtime/herder/errors.ts';
import { readByteMap, writeByteMap } from '../../../runtime/herder/java-byte-map.ts';
import { OffsetFile } from '../../../runtime/herder/offset-file.ts';
import { SourceOffsets } from '../../../runtime/herder/source-offsets.ts';
import { startWorker } from '../../../runtime/worker.ts';
import { registryOf, TestCluster } from './cluster.ts';
import { CountingSource } from './memory-plugins.ts';

/** Written by the ObjectOutputStream of Java 17: one entry; no entry; an entry whose key and value are one object, and a null. */
const byJava = {
  one: 'rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcAUH2sHDFmDRAwACRgAKbG9hZEZhY3RvckkACXRocmVzaG9sZHhwP0AAAAAAAAx3CAAAABAAAAABdXIAAltCrPMX+AYIVOACAAB4cAAAACNbImZpbGUiLHsiZmlsZW5hbWUiOiIvdG1wL2luLnR4dCJ9XXVxAH4AAgAAAA97InBvc2l0aW9uIjo0Mn14',
  empty:
    'rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcAUH2sHDFmDRAwACRgAKbG9hZEZhY3RvckkACXRocmVzaG9sZHhwP0AAAAAAAAB3CAAAABAAAAAAeA==',
  shared:
    'rO0ABXNyABFqYXZhLnV0aWwuSGFzaE1hcAUH2sHDFmDRAwACRgAKbG9hZEZhY3RvckkACXRocmVzaG9sZHhwP0AAAAAAAAx3CAAAABAAAAADdXIAAltCrPMX+AYIVOACAAB4cAAAAARnb25lcHVxAH4AAgAAAAF4dXEAfgACAAAAAHVxAH4AAgAAAARzYW1lcQB+AAZ4',
} as const;
const fromJava = (name: keyof typeof byJava) => Buffer.from(byJava[name], 'base64');
const texts = (bytes: Buffer) =>
  readByteMap(bytes).map(({ key, value }) => [key?.toString(), value?.toString()]);

test('a map of Java’s is read, and one entry is written byte for byte as Java writes it', () => {
  expect(texts(fromJava('one'))).toEqual([['["file",{"filename":"/tmp/in.txt"}]', '{"position":42}']]);
  expect(texts(fromJava('empty'))).toEqual([]);
  expect(texts(fromJava('shared'))).toEqual([
    ['gone', undefined],
    ['x', ''],
    ['same', 'same'],
  ]);
  expect(writeByteMap(readByteMap(fromJava('one'))).equals(fromJava('one'))).toBe(true);
});

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const entry = fc.record({ key: bytes, value: fc.option(bytes) });

test('what is written is read again', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 60 }), (entries) => {
      expect(readByteMap(writeByteMap(entries))).toEqual(entries);
    }),
  );
});

test('a file that ends anywhere, has a byte changed or is not Java’s is refused with the position, never misread', () => {
  const whole = fromJava('shared');
  for (let length = 0; length < whole.length; length++) {
    expect(() => readByteMap(whole.subarray(0, length))).toThrow(/^at byte \d+: /);
  }
  fc.assert(
    fc.property(fc.uint8Array(), (random) => {
      expect(() => readByteMap(Buffer.from(random))).toThrow(OffsetFileError);
    }),
  );
  const huge = Buffer.from(whole);
  huge.writeInt32BE(2_147_483_647, huge.indexOf('gone') - 4);
  expect(() => readByteMap(huge)).toThrow(/2147483647 bytes should follow, and there are \d+/);
  expect(() => readByteMap(Buffer.concat([whole, Buffer.from('x')]))).toThrow('expected the end of the file');
});

let cluster: TestCluster;
beforeEach(async () => {
  cluster = await TestCluster.start();
});
afterEach(() => cluster.close());

function open(files: MemoryFiles): Promise<SourceOffsets> {
  return SourceOffsets.open(OffsetFile.open(files, '/w/offsets'));
}

function folder(content?: Buffer): MemoryFiles {
  const files = cluster.platform.files as MemoryFiles;
  files.makeDirectory('/w');
  if (content === undefined) return files;
  const file = files.open('/w/offsets', 'write');
  file.append([content]);
  file.close();
  return files;
}

test('positions go on from Java’s file under its very keys, and a tombstone stays one', async () => {
  const files = folder(fromJava('one'));
  const offsets = await open(files);
  expect(offsets.list('file')).toEqual([
    { partition: { filename: '/tmp/in.txt' }, offset: { position: 42 } },
  ]);
  await offsets
    .openWriter('file', 0)
    .write([{ partition: { filename: '/tmp/in.txt' }, position: { position: 50 } }]);
  expect(texts(files.readFile('/w/offsets'))).toEqual([
    ['["file",{"filename":"/tmp/in.txt"}]', '{"position":50}'],
  ]);
  await offsets.alter('file', [{ partition: { filename: '/tmp/in.txt' }, offset: null }]);
  await offsets.close();
  expect((await open(files)).list('file')).toEqual([]);
});

test('a file that is missing or empty holds nothing; another one, or no folder, is told with what to do', async () => {
  expect((await open(folder())).list('a')).toEqual([]);
  expect((await open(folder(Buffer.alloc(0)))).list('a')).toEqual([]);
  const files = folder(Buffer.from('{"json":1}'));
  expect(() => OffsetFile.open(files, '/w/offsets')).toThrow(
    'The offsets of offset.storage.file.filename=/w/offsets cannot be read: at byte 0: expected the header of a Java object ' +
      'stream. Name the file of a standalone worker of Kafka Connect, or one that does not exist yet.',
  );
  expect(() => OffsetFile.open(files, '/nowhere/offsets')).toThrow('there is no folder /nowhere');
  expect(() => OffsetFile.open(files, '/w')).toThrow('it is a folder');
});

test('a worker with an offset file makes no topics of its own, forgets its connectors, and goes on in its sources', async () => {
  folder();
  const run = async (records: string) => {
    const source = new CountingSource();
    const client = cluster.client();
    const worker = await startWorker({
      client,
      platform: cluster.platform,
      plugins: registryOf([source.plugin]),
      config: { 'value.converter.schemas.enable': 'false' },
      offsetFile: '/w/offsets',
    });
    expect(worker.herder.connectors()).toEqual([]);
    await worker.herder.createConnector('in', { 'connector.class': 'counting', topic: 't', records });
    await worker.whenDone(['in']);
    await worker.close();
    return source.reads.map(({ position }) => position);
  };
  expect(await run('6')).toEqual([undefined]);
  expect(await run('9')).toEqual([6]);
  expect(await cluster.read('t')).toHaveLength(9);
  const names = (await cluster.client().admin().listTopics()).map(({ name }) => name);
  expect(names.filter((name) => name.startsWith('connect-'))).toEqual([]);
});
