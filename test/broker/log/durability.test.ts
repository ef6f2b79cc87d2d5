import { expect, test } from 'vitest';
import type { Survival } from '../../../platform/simulation/memory-content.ts';
import { LogFixture } from './log-fixture.ts';

const survivals: readonly Survival[] = ['nothing', 'prefix', 'torn', 'pages'];

/** Appends, rolls and moves the log start for a while, then loses power. Returns what was acknowledged and what is left. */
async function powerCut(durability: 'fsync' | 'page-cache', survival: Survival, seed: number) {
  const fixture = new LogFixture({ 'internal.segment.bytes': '2000' }, durability, seed);
  const { entropy } = fixture.platform;
  const acknowledged = new Map<number, string>();
  const waiting = new Map<number, string>();
  const listen = () => {
    fixture.log.listen({
      onDurable(endOffset) {
        for (const [offset, value] of waiting) {
          if (offset >= endOffset) continue;
          acknowledged.set(offset, value);
          waiting.delete(offset);
        }
      },
      onAppendFailed() {
        waiting.clear();
      },
    });
  };
  listen();
  for (let i = 0; i < 60; i++) {
    const value = `${seed}.${i}.`.padEnd(entropy.below(400), 'x');
    const offset = fixture.append([value]);
    waiting.set(offset, `${offset}:k0=${value}`);
    if (entropy.below(4) === 0) await new Promise((resolve) => setImmediate(resolve));
    if (entropy.below(15) === 0) fixture.directory.checkpoint();
  }
  fixture.crash(survival);
  const left = new Set(fixture.readAll());
  const lost = [...acknowledged.values()].filter((record) => !left.has(record));
  return { fixture, acknowledged, left, lost };
}

for (const survival of survivals) {
  test(`B2: with durability=fsync a power cut (${survival}) loses nothing that was acknowledged, and leaves no hole`, async () => {
    let acknowledgedInAll = 0;
    for (let seed = 1; seed <= 25; seed++) {
      const { fixture, acknowledged, left, lost } = await powerCut('fsync', survival, seed);
      expect(lost, `seed ${seed}`).toEqual([]);
      expect(left.size, `seed ${seed}`).toBe(fixture.log.logEndOffset);
      expect(fixture.log.logEndOffset).toBeGreaterThanOrEqual(acknowledged.size);
      acknowledgedInAll += acknowledged.size;
    }
    expect(acknowledgedInAll).toBeGreaterThan(300);
  });
}

test('with durability=page-cache a power cut loses acknowledged records: or else these tests prove nothing', async () => {
  let lostInAll = 0;
  for (let seed = 1; seed <= 10; seed++)
    lostInAll += (await powerCut('page-cache', 'nothing', seed)).lost.length;
  expect(lostInAll).toBeGreaterThan(0);
});

test('with durability=page-cache the end of the process alone loses nothing', async () => {
  for (let seed = 1; seed <= 10; seed++)
    expect((await powerCut('page-cache', 'everything', seed)).lost).toEqual([]);
});

test('with durability=page-cache an append counts when it is written, and closed segments are synced', async () => {
  const fixture = new LogFixture({ 'internal.segment.bytes': '200' }, 'page-cache');
  fixture.append(['a']);
  fixture.log.writePending();
  expect(fixture.log.durableOffset).toBe(1);
  for (let i = 0; i < 9; i++) await fixture.appendDurably([`v${i}`]);
  const closed = fixture.log.activeSegment.baseOffset;
  expect(closed).toBeGreaterThan(2);
  expect(fixture.log.recoveryPoint).toBe(closed);
  fixture.crash();
  expect(fixture.readAll()).toHaveLength(closed);
});

test('many appends of one turn share one write and one sync', async () => {
  const fixture = new LogFixture();
  await fixture.appendDurably(['first']);
  const before = fixture.platform.files.operations;
  for (let i = 0; i < 100; i++) fixture.append([`v${i}`]);
  await fixture.platform.settle();
  expect(fixture.log.durableOffset).toBe(101);
  expect(fixture.platform.files.operations - before).toBe(2);
});

test('a full disk fails the appends that do not fit and the log goes on when there is room', async () => {
  const fixture = new LogFixture();
  const failures: number[] = [];
  fixture.log.listen({ onDurable() {}, onAppendFailed: (fromOffset) => failures.push(fromOffset) });
  await fixture.appendDurably(['a']);
  const { files } = fixture.platform;
  files.capacityBytes = 100;
  fixture.append(['b']);
  fixture.append(['c']);
  await fixture.platform.settle();
  expect(failures).toEqual([1]);
  expect(fixture.log.logEndOffset).toBe(1);
  expect(fixture.directory.isOffline).toBe(false);
  files.capacityBytes = Number.POSITIVE_INFINITY;
  expect(await fixture.appendDurably(['d'])).toBe(1);
  fixture.crash();
  expect(fixture.readAll()).toEqual(['0:k0=a', '1:k0=d']);
});

test('B28: a failed sync takes the directory offline, is never tried again, and nothing is acknowledged after it', async () => {
  const fixture = new LogFixture();
  const failures: string[] = [];
  let acknowledged = 0;
  fixture.log.listen({
    onDurable: (endOffset) => {
      acknowledged = endOffset;
    },
    onAppendFailed: (_, error) => failures.push(error.code),
  });
  await fixture.appendDurably(['a']);
  fixture.platform.files.failNextDatasync();
  await fixture.appendDurably(['b']);
  expect(failures).toEqual(['BROKER_LOG_DIRECTORY_OFFLINE']);
  expect(fixture.directory.isOffline).toBe(true);
  expect(() => fixture.append(['c'])).toThrow('offline after a storage error');
  const before = fixture.platform.files.operations;
  await fixture.platform.settle();
  expect(fixture.platform.files.operations).toBe(before);
  expect(() => fixture.directory.checkpoint()).toThrow('offline');
  await fixture.directory.close(1);
  expect(acknowledged).toBe(1);
  fixture.reopen();
  expect(fixture.directory.wasCleanlyClosed).toBe(false);
  expect(fixture.readAll()[0]).toBe('0:k0=a');
});

test('B28: what a failed sync left in the page cache is written anew by the next process before it counts on it', async () => {
  const fixture = new LogFixture();
  await fixture.appendDurably(['a']);
  fixture.platform.files.failNextDatasync();
  await fixture.appendDurably(['b']);
  expect(fixture.directory.isOffline).toBe(true);
  await fixture.directory.close(1);
  fixture.reopen(); // The process was started again, the machine was not: the page cache shows what the disk lacks.
  expect(fixture.readAll()).toEqual(['0:k0=a', '1:k0=b']);
  await fixture.appendDurably(['c']);
  fixture.crash('nothing');
  expect(fixture.readAll()).toEqual(['0:k0=a', '1:k0=b', '2:k0=c']);
});

test('a write that fails with EIO takes the directory offline', async () => {
  const fixture = new LogFixture();
  await fixture.appendDurably(['a']);
  fixture.append(['b']);
  fixture.platform.files.failAt(fixture.platform.files.operations + 1, 'EIO');
  await fixture.platform.settle();
  expect(fixture.directory.isOffline).toBe(true);
});

test('a read that fails with EIO takes the directory offline and is told as such', async () => {
  const fixture = new LogFixture();
  await fixture.appendDurably(['a']);
  fixture.platform.files.failAt(fixture.platform.files.operations + 1, 'EIO');
  expect(() => fixture.readAll()).toThrow('offline after a storage error');
  expect(fixture.directory.isOffline).toBe(true);
});
