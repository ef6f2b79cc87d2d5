import { expect, test } from 'vitest';
import { batchHeader } from '../../../kafka/records/index.ts';
import { LogFixture } from './log-fixture.ts';

const FIRST = '00000000000000000000.log';

/** An unclean stop after which a file has this content. */
function reopenWith(fixture: LogFixture, name: string, bytes: Uint8Array): void {
  fixture.crash('everything');
  fixture.log.closeFiles();
  fixture.platform.files.crash('everything');
  fixture.writeFile(name, bytes);
  fixture.reopen();
}

async function filled(batches: number, configs: Record<string, string> = {}): Promise<LogFixture> {
  const fixture = new LogFixture(configs);
  for (let i = 0; i < batches; i++) await fixture.appendDurably([`a${i}`, `b${i}`]);
  return fixture;
}

test('B27: a last batch that is torn at any byte is cut off whole, and the log goes on there', async () => {
  const fixture = await filled(4);
  const whole = fixture.platform.files.readFile(fixture.path(FIRST));
  const lastAt = whole.length - batchHeader.sizeInBytes(whole, 0);
  const expected = fixture.readAll().slice(0, 6);
  for (let size = lastAt; size < whole.length; size++) {
    reopenWith(fixture, FIRST, whole.subarray(0, size));
    expect(fixture.log.logEndOffset).toBe(6);
    expect(fixture.readAll()).toEqual(expected);
    expect(fixture.platform.files.stat(fixture.path(FIRST))?.size).toBe(lastAt);
  }
  expect(await fixture.appendDurably(['next'])).toBe(6);
  expect(fixture.readAll(6)).toEqual(['6:k0=next']);
});

test('B27: a tail of zeros, as file systems leave it after a power cut, is no batch', async () => {
  const fixture = await filled(3);
  const whole = fixture.platform.files.readFile(fixture.path(FIRST));
  for (const zeros of [1, 12, 61, 500, 5000]) {
    reopenWith(fixture, FIRST, Buffer.concat([whole, Buffer.alloc(zeros)]));
    expect(fixture.log.logEndOffset).toBe(6);
    expect(fixture.platform.files.stat(fixture.path(FIRST))?.size).toBe(whole.length);
  }
});

test('a flipped bit anywhere in the checked part cuts the log before the batch that has it', async () => {
  const fixture = await filled(3);
  const whole = fixture.platform.files.readFile(fixture.path(FIRST));
  const size = batchHeader.sizeInBytes(whole, 0);
  for (let at = size; at < 2 * size; at++) {
    if (at >= size + 12 && at < size + 16) continue; // The leader epoch is not covered by the CRC.
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 0x10;
    reopenWith(fixture, FIRST, damaged);
    // A larger base offset in order is all that a batch can lie about: neither CRC nor order tell.
    const isOtherOffset = at < size + 8;
    if (!isOtherOffset) expect(fixture.log.logEndOffset, `byte ${at - size}`).toBe(2);
    expect(fixture.readAll().slice(0, 2)).toEqual(['0:k0=a0', '1:k1=b0']);
    expect(fixture.log.logEndOffset).toBeGreaterThanOrEqual(2);
  }
});

test('segments after one that had to be cut are deleted', async () => {
  const fixture = await filled(12, { 'internal.segment.bytes': '300' });
  const names = fixture.fileNames('.log');
  expect(names.length).toBeGreaterThan(3);
  const second = fixture.platform.files.readFile(fixture.path(names[1] ?? ''));
  fixture.platform.files.remove('/data/recovery-point-offset-checkpoint');
  reopenWith(fixture, names[1] ?? '', second.subarray(0, second.length - 1));
  const end = fixture.log.logEndOffset;
  expect(end).toBeLessThan(Number(names[2]?.slice(0, 20)));
  expect(end).toBeGreaterThan(Number(names[1]?.slice(0, 20)));
  expect(fixture.fileNames('.log')).toEqual(names.slice(0, 2));
  expect(fixture.readAll()).toHaveLength(end);
  expect(await fixture.appendDurably(['next'])).toBe(end);
});

test('segments that were deleted in recovery are not back after the next power cut', async () => {
  const fixture = await filled(12, { 'internal.segment.bytes': '300' });
  const names = fixture.fileNames('.log');
  const first = fixture.platform.files.readFile(fixture.path(FIRST));
  reopenWith(fixture, FIRST, first.subarray(0, first.length - 1));
  const end = fixture.log.logEndOffset;
  fixture.crash();
  expect(fixture.fileNames('.log')).toEqual(names.slice(0, 1));
  expect(fixture.log.logEndOffset).toBe(end);
});

test('after an orderly stop nothing is checked, after an unclean one only what lies beyond the recovery point', async () => {
  const fixture = await filled(12, { 'internal.segment.bytes': '300' });
  fixture.directory.checkpoint();
  const [first = ''] = fixture.fileNames('.log');
  const bytes = fixture.platform.files.readFile(fixture.path(first));
  bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1;
  reopenWith(fixture, first, bytes);
  expect(fixture.log.logEndOffset).toBe(24);
  fixture.platform.files.remove('/data/recovery-point-offset-checkpoint');
  reopenWith(fixture, first, bytes);
  expect(fixture.log.logEndOffset).toBeLessThan(24);
});

test('an index without its log file is removed', async () => {
  const fixture = await filled(1);
  fixture.writeFile('00000000000000000777.index', Buffer.alloc(8));
  fixture.writeFile('00000000000000000777.log.cleaned', Buffer.alloc(8));
  fixture.writeFile('00000000000000000777.log.deleted', Buffer.alloc(8));
  await fixture.restart();
  expect(fixture.fileNames().filter((name) => name.includes('777'))).toEqual([]);
});

test('an unclean start that ends before all logs were checked does not mark the directory as clean', async () => {
  const fixture = await filled(2);
  fixture.platform.crash();
  const { LogDirectory } = await import('../../../broker/log/index.ts');
  const directory = LogDirectory.open(fixture.platform, { path: '/data', nodeId: 1, durability: 'fsync' });
  expect(directory.wasCleanlyClosed).toBe(false);
  await directory.close(1);
  fixture.reopen();
  expect(fixture.directory.wasCleanlyClosed).toBe(false);
});

test('the mark of an orderly stop counts once', async () => {
  const fixture = await filled(2);
  await fixture.restart();
  expect(fixture.directory.wasCleanlyClosed).toBe(true);
  fixture.crash();
  expect(fixture.directory.wasCleanlyClosed).toBe(false);
});

test('a malformed checkpoint or meta.properties is an error that names the file', async () => {
  const cases: [string, string, string][] = [
    ['recovery-point-offset-checkpoint', '1\n0\n', 'unknown version "1"'],
    ['recovery-point-offset-checkpoint', '0\n2\nt 0 1\n', 'promises 2 entries and has 1'],
    ['recovery-point-offset-checkpoint', '0\n1\nt 0 x\n', '"x" is not a whole number'],
    ['log-start-offset-checkpoint', '0\n1\nt 0 1', 'the last line is cut off'],
    ['meta.properties', 'version=2\n', 'version 2 is not supported'],
    ['meta.properties', 'version=1\nnode.id=1\n', '"cluster.id" is missing'],
    ['meta.properties', 'version=1\nnode.id=x\ncluster.id=a\ndirectory.id=b\n', 'node.id "x" is not an id'],
  ];
  for (const [name, content, message] of cases) {
    const fixture = await filled(1);
    await fixture.directory.close(1);
    fixture.writeFile(`../${name}`, Buffer.from(content));
    expect(() => fixture.reopen(), name).toThrow(message);
    expect(() => fixture.reopen(), 'the lock is free again').toThrow(name);
  }
});
