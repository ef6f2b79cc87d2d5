import { expect, test } from 'vitest';
import { batchHeader } from '../../../../kafka/records/index.ts';
import { readCommitted } from '../read-committed.ts';
import { CleanerFixture } from './cleaner-fixture.ts';

const RETENTION_MS = 1000;
const CONFIGS = { 'delete.retention.ms': String(RETENTION_MS), 'file.delete.delay.ms': '10' };

/** Closes the active segment and cleans, with one more record at the end so that there is an active segment. */
async function clean(fixture: CleanerFixture): Promise<void> {
  await fixture.platform.settle();
  fixture.roll();
  await fixture.put('tail', 'x');
  await fixture.cleaner.clean();
}

/** Makes the log forget its producers, as after a day without a word from them. */
function expire(fixture: CleanerFixture): void {
  fixture.log.producers.expireBefore(Number.MAX_SAFE_INTEGER);
  expect(fixture.log.producers.size).toBe(0);
}

function hasHorizon(fixture: CleanerFixture, offset: number): boolean {
  let horizon: number | undefined;
  for (const segment of fixture.log.segments) {
    segment.scan({ from: 0 }, (buffer, at) => {
      if (batchHeader.baseOffset(buffer, at) === offset) horizon = batchHeader.deleteHorizonMs(buffer, at);
      return true;
    });
  }
  return horizon !== undefined;
}

test('B37: records of aborted transactions go, those of committed ones stay, and do not count as the last of their key', async () => {
  const fixture = new CleanerFixture(CONFIGS);
  await fixture.put('a', 'plain');
  fixture.write(7, 'committed', { key: 'b' });
  fixture.end(7, 'commit');
  fixture.write(8, 'aborted', { key: 'a' });
  fixture.write(8, 'aborted', { key: 'b', sequence: 1 });
  fixture.end(8, 'abort');
  await clean(fixture);
  expect(fixture.readAll().filter((record) => record.includes('aborted'))).toEqual([]);
  expect(readCommitted(fixture.log)).toEqual(['0:a=plain', '1:b=committed', '6:tail=x']);
});

test('an abort marker stays while a batch of its producer does, and in the index, also after restarts', async () => {
  const fixture = new CleanerFixture(CONFIGS);
  fixture.write(7, 'gone');
  fixture.write(7, 'last', { sequence: 1 });
  fixture.end(7, 'abort');
  await clean(fixture);
  // The last batch of an active producer is kept without records: it holds its sequence.
  expect(fixture.batches()).toEqual(['1-1 0', '2-2 1', '3-3 1']);
  const [segment] = fixture.log.segments;
  const expected = [{ producerId: 7, firstOffset: 0, lastOffset: 2, lastStableOffset: 3 }];
  expect(segment?.transactions.entries).toEqual(expected);
  await fixture.restart();
  expect(fixture.log.segments[0]?.transactions.entries).toEqual(expected);
  fixture.crash();
  expect(fixture.log.segments[0]?.transactions.entries).toMatchObject([{ producerId: 7, lastOffset: 2 }]);
  expect(fixture.log.firstUnstableOffset).toBe(Number.POSITIVE_INFINITY);
});

for (const result of ['commit', 'abort'] as const) {
  test(`a ${result} marker goes when nothing of its transaction is left and delete.retention.ms has passed`, async () => {
    const fixture = new CleanerFixture(CONFIGS);
    const data = fixture.write(7, 'old');
    const marker = fixture.end(7, result);
    await fixture.put('k', 'newer');
    await clean(fixture);
    expire(fixture);
    await clean(fixture);
    expect(hasHorizon(fixture, marker)).toBe(false);
    await clean(fixture);
    expect(fixture.batches().some((each) => each.startsWith(`${data}-`))).toBe(false);
    expect(hasHorizon(fixture, marker)).toBe(true);
    await fixture.platform.runFor(RETENTION_MS - 100);
    await clean(fixture);
    expect(hasHorizon(fixture, marker)).toBe(true);
    await fixture.platform.runFor(200);
    await clean(fixture);
    expect(fixture.batches().some((each) => each.startsWith(`${marker}-`))).toBe(false);
    expect(fixture.log.segments.every(({ transactions }) => transactions.size === 0)).toBe(true);
  });
}

test('the marker that brought the latest epoch of an active producer stays, if need be without its record', async () => {
  const fixture = new CleanerFixture(CONFIGS);
  fixture.write(7, 'old');
  const marker = fixture.end(7, 'abort', { epoch: 1 });
  await fixture.put('k', 'newer');
  for (let i = 0; i < 3; i++) {
    await clean(fixture);
    await fixture.platform.runFor(RETENTION_MS + 1);
  }
  await clean(fixture);
  expect(fixture.batches()).toContain(`${marker}-${marker} 0`);
  fixture.crash();
  expect(fixture.log.producers.get(7)).toMatchObject({ producerEpoch: 1, currentTxnFirstOffset: -1 });
});

test('nothing is cleaned from the segment of the first open transaction on', async () => {
  const fixture = new CleanerFixture(CONFIGS);
  for (let i = 0; i < 3; i++) await fixture.put('a', `v${i}`);
  fixture.roll();
  fixture.write(7, 'open');
  await fixture.put('a', 'v3');
  await clean(fixture);
  expect(fixture.readAll().map((record) => record.split('=')[1])).toEqual(['v2', 'open', 'v3', 'x']);
  fixture.end(7, 'commit');
  await clean(fixture);
  expect(
    fixture
      .readAll()
      .map((record) => record.split('=')[1])
      .slice(0, 2),
  ).toEqual(['open', 'v3']);
});

test('a transaction that ends in a later segment is cleaned as what it became', async () => {
  const fixture = new CleanerFixture({ ...CONFIGS, 'internal.segment.bytes': '160' });
  fixture.write(7, 'aborted', { key: 'a' });
  fixture.write(8, 'committed', { key: 'b' });
  for (let i = 0; i < 4; i++) await fixture.put(`k${i}`, 'x'.repeat(30));
  fixture.end(7, 'abort');
  fixture.end(8, 'commit');
  await clean(fixture);
  const records = readCommitted(fixture.log);
  expect(records[0]).toBe('1:b=committed');
  expect(fixture.readAll().some((record) => record.includes('aborted'))).toBe(false);
});

test('the producers as of the start of a cleaned segment are kept', async () => {
  const fixture = new CleanerFixture({ ...CONFIGS, 'internal.segment.bytes': '160' });
  for (let i = 0; i < 8; i++) await fixture.put(`k${i}`, 'x'.repeat(30));
  await clean(fixture);
  await fixture.platform.runFor(20);
  const bases = fixture.bases().slice(1);
  const names = fixture.fileNames('.snapshot').map((name) => Number(name.slice(0, 20)));
  expect(names).toEqual(expect.arrayContaining(bases));
});
