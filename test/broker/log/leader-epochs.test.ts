import { expect, test } from 'vitest';
import { LogFixture } from './log-fixture.ts';

async function threeEpochs(): Promise<LogFixture> {
  const fixture = new LogFixture({ 'internal.segment.bytes': '250' });
  for (const [epoch, count] of [
    [1, 3],
    [4, 2],
    [5, 4],
  ] as const) {
    for (let i = 0; i < count; i++) await fixture.appendDurably([`${epoch}.${i}`], { epoch });
  }
  return fixture;
}

const ends = (fixture: LogFixture) =>
  [-1, 0, 1, 2, 3, 4, 5, 6].map((epoch) => fixture.log.endOffsetFor(epoch));

const expectedEnds = [
  { leaderEpoch: -1, endOffset: -1 },
  { leaderEpoch: 0, endOffset: 0 },
  { leaderEpoch: 1, endOffset: 3 },
  { leaderEpoch: 1, endOffset: 3 },
  { leaderEpoch: 1, endOffset: 3 },
  { leaderEpoch: 4, endOffset: 5 },
  { leaderEpoch: 5, endOffset: 9 },
  { leaderEpoch: -1, endOffset: -1 },
];

test('the end of an epoch is the start of the next; older ones end at the largest known below, newer are unknown', async () => {
  const fixture = await threeEpochs();
  expect(ends(fixture)).toEqual(expectedEnds);
  expect([0, 2, 3, 4, 5, 8].map((offset) => fixture.log.epochAt(offset))).toEqual([1, 1, 4, 4, 5, 5]);
  expect(fixture.log.latestEpoch).toBe(5);
});

test('leader epochs are the same after an orderly and an unclean restart', async () => {
  const fixture = await threeEpochs();
  await fixture.restart();
  expect(ends(fixture)).toEqual(expectedEnds);
  fixture.crash();
  expect(ends(fixture)).toEqual(expectedEnds);
});

test('B16: an epoch file that a power cut set back to an earlier state is made good from the batches', async () => {
  const fixture = await threeEpochs();
  fixture.directory.checkpoint();
  for (const content of [
    '0\n0\n',
    '0\n1\n1 0\n',
    '0\n2\n1 0\n4 3\n',
    '0\n3\n1 0\n4 3\n5',
    '0\n3\n1 0\n4 3\n5 5',
  ]) {
    fixture.writeFile('leader-epoch-checkpoint', Buffer.from(content));
    fixture.crash('everything');
    expect(ends(fixture), content).toEqual(expectedEnds);
    expect(fixture.platform.files.readFile(fixture.path('leader-epoch-checkpoint')).toString()).toBe(
      '0\n3\n1 0\n4 3\n5 5\n',
    );
  }
});

test('moving the log start forgets epochs before it and moves up the one that holds it', async () => {
  const fixture = await threeEpochs();
  fixture.log.advanceLogStart(4);
  expect(fixture.log.endOffsetFor(1)).toEqual({ leaderEpoch: 1, endOffset: 4 });
  expect(fixture.log.epochAt(3)).toBe(-1);
  expect(fixture.log.epochAt(4)).toBe(4);
  fixture.directory.checkpoint();
  await fixture.restart();
  expect(fixture.log.epochAt(4)).toBe(4);
  expect(fixture.log.epochAt(3)).toBe(-1);
});

test('an append that fails takes its new epoch with it', async () => {
  const fixture = await threeEpochs();
  fixture.setConfig({});
  fixture.platform.files.capacityBytes = 0;
  fixture.append(['lost'], { epoch: 7 });
  await fixture.platform.settle();
  expect(fixture.log.latestEpoch).toBe(5);
  fixture.platform.files.capacityBytes = Number.POSITIVE_INFINITY;
  await fixture.appendDurably(['kept'], { epoch: 8 });
  expect(fixture.log.endOffsetFor(5)).toEqual({ leaderEpoch: 5, endOffset: 9 });
  await fixture.restart();
  expect(fixture.log.epochAt(9)).toBe(8);
});
