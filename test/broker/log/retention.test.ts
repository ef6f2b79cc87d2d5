import { expect, test } from 'vitest';
import { LogFixture } from './log-fixture.ts';

/** One batch a segment: a log of `count` segments of the same size, `stepMs` apart. */
async function segmented(
  count: number,
  configs: Record<string, string> = {},
  stepMs = 1000,
): Promise<LogFixture> {
  const fixture = new LogFixture({ ...configs, 'internal.segment.bytes': '80' });
  for (let i = 0; i < count; i++) {
    await fixture.appendDurably([`value ${i}`]);
    await fixture.platform.runFor(stepMs);
  }
  expect(fixture.log.segments).toHaveLength(count);
  return fixture;
}

const bases = (fixture: LogFixture) => fixture.log.segments.map((segment) => segment.baseOffset);

test('retention.ms deletes closed segments whose newest record is older', async () => {
  const fixture = await segmented(5, { 'retention.ms': '2500' });
  expect(fixture.log.deleteOldSegments()).toBe(3);
  expect(bases(fixture)).toEqual([3, 4]);
  expect(fixture.log.logStartOffset).toBe(3);
});

test('retention.ms counts from the largest timestamp, so a record from the future keeps its segment and those after', async () => {
  const fixture = new LogFixture({ 'internal.segment.bytes': '80', 'retention.ms': '1000' });
  const now = fixture.platform.clock.now();
  await fixture.appendDurably(['old'], { timestamp: now - 5000 });
  await fixture.appendDurably(['future'], { timestamp: now + 50_000 });
  await fixture.appendDurably(['old'], { timestamp: now - 5000 });
  await fixture.appendDurably(['new'], { timestamp: now });
  expect(fixture.log.deleteOldSegments()).toBe(1);
  expect(bases(fixture)).toEqual([1, 2, 3]);
});

test('records without a timestamp age by the time their file was written', async () => {
  const fixture = new LogFixture({ 'internal.segment.bytes': '80', 'retention.ms': '1000' });
  await fixture.appendDurably(['a'], { timestamp: -1 });
  await fixture.appendDurably(['b'], { timestamp: -1 });
  expect(fixture.log.deleteOldSegments()).toBe(0);
  await fixture.platform.runFor(1001);
  expect(fixture.log.deleteOldSegments()).toBe(2);
});

test('retention.bytes deletes the oldest while as much remains', async () => {
  const fixture = await segmented(5);
  const size = fixture.log.size / 5;
  for (const [keep, expected] of [
    [10, 0],
    [5, 0],
    [4.5, 0],
    [4, 1],
    [2.5, 1],
  ] as const) {
    fixture.setConfig({ 'internal.segment.bytes': '80', 'retention.bytes': String(Math.ceil(keep * size)) });
    expect(fixture.log.deleteOldSegments(), `${keep} segments`).toBe(expected);
  }
  expect(bases(fixture)).toEqual([2, 3, 4]);
});

test('when all of a log has expired its active segment is rolled and goes too, and offsets go on', async () => {
  const fixture = await segmented(3, { 'retention.ms': '1000' });
  await fixture.platform.runFor(5000);
  expect(fixture.log.deleteOldSegments()).toBe(3);
  expect(bases(fixture)).toEqual([3]);
  expect(fixture.log.logStartOffset).toBe(3);
  expect(await fixture.appendDurably(['next'])).toBe(3);
});

for (const stop of ['orderly', 'unclean'] as const) {
  test(`B26: the end of a log of which everything has expired is remembered over an ${stop} restart`, async () => {
    const fixture = await segmented(3, { 'retention.ms': '1000' });
    await fixture.platform.runFor(5000);
    fixture.log.deleteOldSegments();
    for (let i = 0; i < 2; i++) {
      if (stop === 'orderly') await fixture.restart();
      else fixture.crash();
      expect(fixture.log.logStartOffset).toBe(3);
      expect(fixture.log.logEndOffset).toBe(3);
    }
    expect(await fixture.appendDurably(['next'])).toBe(3);
    expect(fixture.readAll()).toEqual(['3:k0=next']);
  });
}

test('a log in which nothing was ever written has nothing to delete', () => {
  const fixture = new LogFixture({ 'retention.ms': '0', 'retention.bytes': '0' });
  expect(fixture.log.deleteOldSegments()).toBe(0);
  expect(bases(fixture)).toEqual([0]);
  expect(fixture.append(['works'])).toBe(0);
});

test('B33: retention stops at the high watermark', async () => {
  const fixture = await segmented(2, { 'retention.ms': '1000' });
  await fixture.platform.runFor(5000);
  fixture.append(['not durable']);
  fixture.append(['not durable']);
  expect(fixture.log.deleteOldSegments()).toBe(2);
  expect(fixture.log.logStartOffset).toBe(2);
});

test('a compacted topic keeps everything but what lies below its log start', async () => {
  const fixture = await segmented(4, {
    'cleanup.policy': 'compact',
    'retention.ms': '1',
    'retention.bytes': '1',
  });
  await fixture.platform.runFor(5000);
  expect(fixture.log.deleteOldSegments()).toBe(0);
  fixture.log.advanceLogStart(2);
  expect(bases(fixture)).toEqual([2, 3]);
});

test('compact,delete has both', async () => {
  const fixture = await segmented(4, { 'cleanup.policy': 'compact,delete', 'retention.ms': '2500' });
  expect(fixture.log.deleteOldSegments()).toBe(2);
});

test('deleted segments stay as .deleted for file.delete.delay.ms, and are gone at the next start', async () => {
  const fixture = await segmented(3, { 'retention.bytes': '70', 'file.delete.delay.ms': '9000' });
  expect(fixture.log.deleteOldSegments()).toBe(2);
  const deleted = () => fixture.fileNames('.deleted');
  expect(deleted().filter((name) => name.endsWith('.log.deleted'))).toEqual([
    '00000000000000000000.log.deleted',
    '00000000000000000001.log.deleted',
  ]);
  await fixture.platform.runFor(8999);
  expect(deleted().length).toBeGreaterThan(0);
  await fixture.platform.runFor(1);
  expect(deleted()).toEqual([]);
  await fixture.appendDurably(['one more']);
  await fixture.appendDurably(['one more']);
  fixture.log.deleteOldSegments();
  expect(deleted().length).toBeGreaterThan(0);
  await fixture.restart();
  expect(deleted()).toEqual([]);
});

for (const stop of ['orderly', 'unclean'] as const) {
  test(`B34: what DeleteRecords took away does not come back after an ${stop} restart, also within a segment`, async () => {
    const fixture = new LogFixture({ 'internal.segment.bytes': '250' });
    for (let i = 0; i < 12; i++) await fixture.appendDurably([`v${i}`, `w${i}`]);
    const all = fixture.readAll();
    for (const offset of [1, 2, 7, 15, 16, 23]) {
      fixture.log.advanceLogStart(offset);
      fixture.directory.checkpoint();
      if (stop === 'orderly') await fixture.restart();
      else fixture.crash();
      expect(fixture.log.logStartOffset).toBe(offset);
      expect(fixture.readAll()).toEqual(all.slice(offset));
    }
    fixture.log.advanceLogStart(24);
    fixture.directory.checkpoint();
    fixture.crash();
    expect([fixture.log.logStartOffset, fixture.log.logEndOffset]).toEqual([24, 24]);
    expect(await fixture.appendDurably(['next'])).toBe(24);
  });
}

test("the log start checkpoint has Kafka's form and tells only what file names do not", async () => {
  const fixture = await segmented(3);
  const text = () => fixture.platform.files.readFile('/data/log-start-offset-checkpoint').toString();
  fixture.log.advanceLogStart(1);
  fixture.directory.checkpoint();
  expect(text()).toBe('0\n0\n');
  await fixture.appendDurably(['a', 'b', 'c']);
  fixture.log.advanceLogStart(4);
  fixture.directory.checkpoint();
  expect(text()).toBe('0\n1\nt 0 4\n');
});

test('a log that ends before its log start begins anew there', async () => {
  const fixture = await segmented(3, {}, 0);
  await fixture.directory.close(1);
  fixture.writeFile('../log-start-offset-checkpoint', Buffer.from('0\n1\nt 0 50\n'));
  fixture.reopen();
  expect([fixture.log.logStartOffset, fixture.log.logEndOffset]).toEqual([50, 50]);
  await fixture.restart();
  expect(await fixture.appendDurably(['next'])).toBe(50);
});

test('the log start only moves up', async () => {
  const fixture = await segmented(3);
  fixture.log.advanceLogStart(2);
  fixture.log.advanceLogStart(1);
  expect(fixture.log.logStartOffset).toBe(2);
});

test('B34: a disk without room at any step of DeleteRecords brings nothing back, in a restart or a power cut', async () => {
  const operationsOf = async () => {
    const { platform, log } = await segmented(4, { 'retention.ms': '-1' });
    const before = platform.files.operations;
    log.advanceLogStart(3);
    return platform.files.operations - before;
  };
  const operations = await operationsOf();
  expect(operations).toBeGreaterThan(6);
  for (let operation = 1; operation <= operations; operation += 1) {
    for (const stop of ['orderly', 'power cut'] as const) {
      const fixture = await segmented(4, { 'retention.ms': '-1' });
      const { files } = fixture.platform;
      files.failAt(files.operations + operation, 'ENOSPC');
      try {
        fixture.log.advanceLogStart(3);
      } catch {
        // The epochs cannot be written: the records are not deleted, and nobody is told that they are.
      }
      const told = fixture.log.logStartOffset;
      fixture.directory.checkpoint();
      expect(fixture.readAll(told)).toEqual(['3:k0=value 3']);
      if (stop === 'orderly') await fixture.restart();
      else fixture.crash('nothing');
      expect(fixture.log.logStartOffset, `${stop}, operation ${operation}`).toBe(told);
      fixture.log.deleteOldSegments();
      expect(bases(fixture), `${stop}, operation ${operation}`).toEqual([3]);
    }
  }
});
