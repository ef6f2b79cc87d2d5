import { expect, test } from 'vitest';
import { batchHeader } from '../../../kafka/records/index.ts';
import { LogFixture } from './log-fixture.ts';

const small = { 'internal.segment.bytes': '200' };

test('records get consecutive offsets and are read back whole and in order', async () => {
  const fixture = new LogFixture();
  expect(fixture.append(['a', 'b'])).toBe(0);
  expect(fixture.append(['c'])).toBe(2);
  expect(fixture.log.durableOffset).toBe(0);
  await fixture.platform.settle();
  expect(fixture.log.durableOffset).toBe(3);
  expect(fixture.readAll()).toEqual(['0:k0=a', '1:k1=b', '2:k0=c']);
  expect(fixture.readAll(1)).toEqual(['1:k1=b', '2:k0=c']);
});

test('an orderly restart keeps everything', async () => {
  const fixture = new LogFixture(small);
  for (let i = 0; i < 20; i++) await fixture.appendDurably([`v${i}`]);
  const before = fixture.readAll();
  await fixture.restart();
  expect(fixture.directory.wasCleanlyClosed).toBe(true);
  expect(fixture.readAll()).toEqual(before);
  expect(await fixture.appendDurably(['more'])).toBe(20);
});

test('what is appended right before an orderly stop is kept', async () => {
  const fixture = new LogFixture(small);
  for (let i = 0; i < 7; i++) fixture.append([`v${i}`]);
  await fixture.restart();
  expect(fixture.readAll()).toHaveLength(7);
});

test('a read gives whole batches, at most the bytes asked for, from any offset', async () => {
  const fixture = new LogFixture({ 'internal.segment.bytes': '700' });
  const expected: string[] = [];
  for (let i = 0; i < 12; i++) {
    const values = Array.from({ length: 1 + (i % 3) }, (_, j) => `${i}.${j}`.padEnd(i * 7, '.'));
    const baseOffset = await fixture.appendDurably(values);
    expected.push(...values.map((value, j) => `${baseOffset + j}:k${j}=${value}`));
  }
  const { log } = fixture;
  for (let startOffset = 0; startOffset <= log.durableOffset; startOffset++) {
    expect(fixture.readAll(startOffset)).toEqual(expected.slice(startOffset));
    for (const maxBytes of [0, 1, 70, 100, 250, 1000]) {
      const options = { startOffset, endOffset: log.durableOffset, maxBytes };
      const bytes = log.read({ ...options, minOneBatch: false }, (size) => Buffer.alloc(size));
      expect(bytes.length).toBeLessThanOrEqual(maxBytes);
      const first = log.read({ ...options, minOneBatch: true }, (size) => Buffer.alloc(size));
      expect(first.length > 0).toBe(startOffset < log.durableOffset);
      if (bytes.length > 0) expect(first).toEqual(bytes);
      if (first.length > 0) {
        expect(batchHeader.baseOffset(first, 0)).toBeLessThanOrEqual(startOffset);
        expect(batchHeader.lastOffset(first, 0)).toBeGreaterThanOrEqual(startOffset);
      }
      let at = 0;
      while (at < first.length) {
        expect(batchHeader.isCrcValid(first, at)).toBe(true);
        at += batchHeader.sizeInBytes(first, at);
      }
      expect(at).toBe(first.length);
    }
  }
});

test('B6: a read ends at the high watermark, also in the middle of a segment', async () => {
  const fixture = new LogFixture();
  await fixture.appendDurably(['a']);
  fixture.append(['b']);
  fixture.log.writePending();
  expect(fixture.log.writtenOffset).toBe(2);
  expect(fixture.log.durableOffset).toBe(1);
  expect(fixture.readAll()).toEqual(['0:k0=a']);
  const options = { startOffset: 0, endOffset: 1, maxBytes: 1000, minOneBatch: true };
  const bytes = fixture.log.read(options, (size) => Buffer.alloc(size));
  expect(batchHeader.sizeInBytes(bytes, 0)).toBe(bytes.length);
});

test('an offset outside of the log is told as such, the end of the log is empty', async () => {
  const fixture = new LogFixture();
  await fixture.appendDurably(['a', 'b', 'c']);
  fixture.log.advanceLogStart(1);
  const read = (startOffset: number) =>
    fixture.log.read({ startOffset, endOffset: 3, maxBytes: 100, minOneBatch: true }, (size) =>
      Buffer.alloc(size),
    );
  expect(() => read(0)).toThrow('offset 0 is outside of the log, which holds [1, 3)');
  expect(() => read(4)).toThrow('outside of the log');
  expect(read(3)).toHaveLength(0);
});

test('the bytes between two offsets are those of their batches, and without bound across segments', async () => {
  const fixture = new LogFixture({ 'internal.segment.bytes': '1000' });
  const sizes: number[] = [];
  while (fixture.log.segments.length === 1) {
    const batch = fixture.batch([`value ${sizes.length}`, 'x']);
    sizes.push(batch.length);
    fixture.log.append(batch, 0);
    await fixture.platform.settle();
  }
  const inFirst = sizes.length - 1;
  const bytes = (from: number, to: number) => fixture.log.bytesBetween(from, to);
  const sum = (from: number, to: number) => sizes.slice(from, to).reduce((total, size) => total + size, 0);
  for (let from = 0; from < inFirst; from++) {
    for (let to = from; to <= inFirst; to++) expect(bytes(2 * from, 2 * to)).toBe(sum(from, to));
  }
  expect(bytes(0, 2 * inFirst + 2)).toBe(Number.POSITIVE_INFINITY);
  expect(bytes(2 * inFirst, 2 * inFirst + 2)).toBe(sizes.at(-1));
  expect(bytes(5, 5)).toBe(0);
});

test("the folder of a partition has Kafka's files, with the topic id of the metadata", async () => {
  const fixture = new LogFixture();
  await fixture.appendDurably(['a'], { epoch: 3 });
  await fixture.restart();
  expect(fixture.fileNames()).toEqual([
    '00000000000000000000.index',
    '00000000000000000000.log',
    '00000000000000000000.timeindex',
    '00000000000000000001.snapshot',
    'leader-epoch-checkpoint',
    'partition.metadata',
  ]);
  const text = (name: string) => fixture.platform.files.readFile(fixture.path(name)).toString();
  expect(text('partition.metadata')).toBe('version: 0\ntopic_id: sU2CT8gORsCbOnSKdHzWZw');
  expect(text('leader-epoch-checkpoint')).toBe('0\n1\n3 0\n');
  expect(text('../recovery-point-offset-checkpoint')).toBe('0\n1\nt 0 1\n');
  expect(text('../replication-offset-checkpoint')).toBe('0\n1\nt 0 1\n');
  expect(text('../log-start-offset-checkpoint')).toBe('0\n0\n');
});

test('a log that holds bytes that are no batch says so instead of serving them', async () => {
  const fixture = new LogFixture();
  for (let i = 0; i < 3; i++) await fixture.appendDurably([`v${i}`]);
  const bytes = fixture.platform.files.readFile(fixture.path('00000000000000000000.log'));
  const second = batchHeader.sizeInBytes(bytes, 0);
  bytes.fill(0xff, second + 8, second + 12);
  fixture.writeFile('00000000000000000000.log', bytes);
  expect(() => fixture.readAll(1)).toThrow('no whole record batch');
});

test('a second broker cannot take the directory, and another node is refused', async () => {
  const fixture = new LogFixture();
  expect(() => fixture.reopen()).toThrow('EAGAIN');
  await fixture.directory.close(1);
  const { platform } = fixture;
  const { LogDirectory } = await import('../../../broker/log/index.ts');
  expect(() => LogDirectory.open(platform, { path: '/data', nodeId: 2, durability: 'fsync' })).toThrow(
    'belongs to node 1',
  );
  fixture.reopen();
});

test('the log of a deleted topic is set aside when a topic of that name comes back with another id', async () => {
  const fixture = new LogFixture();
  await fixture.appendDurably(['old']);
  await fixture.directory.close(1);
  fixture.topicId = 'AAAAAAAAAAAAAAAAAAAABQ';
  fixture.reopen();
  expect(fixture.log.logEndOffset).toBe(0);
  expect(fixture.platform.files.list('/data').filter((name) => name.endsWith('-stray'))).toHaveLength(1);
});

test('a deleted topic leaves nothing that a new one of that name could take for its own', async () => {
  const fixture = new LogFixture();
  for (let i = 0; i < 5; i++) await fixture.appendDurably([`old${i}`]);
  fixture.log.advanceLogStart(4);
  fixture.directory.checkpoint();
  fixture.recreate('AAAAAAAAAAAAAAAAAAAABQ');
  await fixture.appendDurably(['new']);
  fixture.crash();
  expect(fixture.readAll()).toEqual(['0:k0=new']);
});

test('the files of a deleted topic go after file.delete.delay.ms', async () => {
  const fixture = new LogFixture({ 'file.delete.delay.ms': '5000' });
  await fixture.appendDurably(['old']);
  fixture.directory.delete({ topic: 't', topicId: fixture.topicId, partition: 0 });
  const folders = () => fixture.platform.files.list('/data').filter((name) => name.startsWith('t-0'));
  expect(folders()).toEqual([`t-0.${Buffer.from(fixture.topicId, 'base64url').toString('hex')}-delete`]);
  await fixture.platform.runFor(4999);
  expect(folders()).toHaveLength(1);
  await fixture.platform.runFor(1);
  expect(folders()).toHaveLength(0);
});
