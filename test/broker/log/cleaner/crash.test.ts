import { expect, test } from 'vitest';
import type { Survival } from '../../../../platform/simulation/memory-content.ts';
import { CleanerFixture } from './cleaner-fixture.ts';

const CONFIG = { 'internal.segment.bytes': '300', 'index.interval.bytes': '100', 'delete.retention.ms': '0' };

async function dirtyLog(seed: number): Promise<CleanerFixture> {
  const fixture = new CleanerFixture(CONFIG, seed);
  for (let i = 0; i < 24; i++) {
    const value = i % 7 === 3 ? null : `v${i}`;
    const producer = { producerId: i % 2, producerEpoch: 0, baseSequence: i >> 1 };
    await fixture.appendDurably([value], { key: `k${i % 5}`, ...producer });
  }
  fixture.roll();
  fixture.directory.checkpoint();
  return fixture;
}

/** Value of each key, as someone who reads from the beginning ends up with; deleted keys left out. */
function table(fixture: CleanerFixture): Record<string, string> {
  const values: Record<string, string> = {};
  for (const record of fixture.readAll()) {
    const [key = '', value = ''] = record.slice(record.indexOf(':') + 1).split('=');
    if (value === 'null') delete values[key];
    else values[key] = value;
  }
  return values;
}

/** What a cleaning does to the log when nothing goes wrong. */
async function dryRun() {
  const fixture = await dirtyLog(1);
  const before = fixture.readAll();
  const expected = table(fixture);
  const from = fixture.platform.files.operations;
  await fixture.cleaner.clean();
  const operations = fixture.platform.files.operations - from;
  const after = fixture.readAll();
  expect(after.length).toBeLessThan(before.length / 2);
  expect(operations).toBeGreaterThan(60);
  return { before, after, expected, operations };
}

test('B38: a crash at any operation of a cleaning leaves the old or the new records of every segment, and the same table', async () => {
  const { before, after, expected, operations } = await dryRun();
  const survivals: readonly Survival[] = ['nothing', 'prefix', 'torn', 'pages', 'everything'];
  let isOld = 0;
  let isNew = 0;
  for (let operation = 1; operation <= operations; operation++) {
    const survival = survivals[operation % survivals.length] ?? 'nothing';
    const fixture = await dirtyLog(operation);
    const { files } = fixture.platform;
    files.powerOffAt(files.operations + operation);
    await fixture.cleaner.clean();
    fixture.crash(survival);
    const where = `${survival} at operation ${operation}`;
    const records = fixture.readAll();
    for (const record of after) expect(records, where).toContain(record);
    for (const record of records) expect(before, where).toContain(record);
    expect(table(fixture), where).toEqual(expected);
    expect(fixture.log.logEndOffset, where).toBe(24);
    expect(
      fixture.fileNames().filter((name) => /cleaned|swap|deleted/.test(name)),
      where,
    ).toEqual([]);
    for (const producerId of [0, 1]) {
      const again = {
        producerId,
        producerEpoch: 0,
        firstSequence: 11,
        lastSequence: 11,
        isTransactional: false,
      };
      expect(fixture.log.checkSequence(again).kind, where).toBe('duplicate');
    }
    if (records.length === before.length) isOld += 1;
    if (records.length === after.length) isNew += 1;
    // Another crash while the swap is being finished changes nothing.
    fixture.crash('prefix');
    expect(table(fixture), where).toEqual(expected);
    fixture.roll();
    await fixture.cleaner.clean();
    expect(table(fixture), where).toEqual(expected);
    for (const record of fixture.readAll()) expect(after, where).toContain(record);
  }
  expect(isOld).toBeGreaterThan(5);
  expect(isNew).toBeGreaterThan(1);
});

test('an error of any operation of a cleaning loses nothing, now or after the next power cut', async () => {
  const { before, expected, operations } = await dryRun();
  for (let operation = 1; operation <= operations; operation++) {
    const code = operation % 3 === 0 ? 'ENOSPC' : 'EIO';
    const fixture = await dirtyLog(1);
    const { files } = fixture.platform;
    files.failAt(files.operations + operation, code);
    await fixture.cleaner.clean();
    const where = `${code} at operation ${operation}`;
    if (!fixture.directory.isOffline) {
      expect(table(fixture), where).toEqual(expected);
      expect(await fixture.appendDurably(['x'], { key: 'new' }), where).toBe(24);
    }
    fixture.crash('nothing');
    expect(table(fixture), where).toMatchObject(expected);
    const old = fixture.readAll().filter((record) => !record.includes('new'));
    for (const record of old) expect(before, where).toContain(record);
  }
});
