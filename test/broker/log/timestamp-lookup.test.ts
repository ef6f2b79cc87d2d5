import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findLargestTimestamp, findOffsetByTimestamp } from '../../../broker/log/index.ts';
import { LogFixture } from './log-fixture.ts';

interface Known {
  readonly offset: number;
  readonly timestamp: number;
}

function expectedAt(records: readonly Known[], timestamp: number): Known | undefined {
  return records.find((record) => record.timestamp >= timestamp);
}

function expectedLargest(records: readonly Known[]): Known | undefined {
  const largest = Math.max(...records.map((record) => record.timestamp));
  return records.find((record) => record.timestamp === largest);
}

const plain = (found: Known | undefined) => found && { offset: found.offset, timestamp: found.timestamp };

test('B39: a look-up finds the first record of that time or later, and the largest of all, whatever the batches', async () => {
  const batch = fc.record({
    timestamps: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 }),
    codec: fc.constantFrom(
      'none' as const,
      'gzip' as const,
      'zstd' as const,
      'lz4' as const,
      'snappy' as const,
    ),
  });
  const property = fc.asyncProperty(
    fc.array(batch, { minLength: 1, maxLength: 12 }),
    fc.boolean(),
    fc.nat({ max: 6 }),
    async (batches, restarts, deleted) => {
      const fixture = new LogFixture({ 'internal.segment.bytes': '350', 'index.interval.bytes': '80' });
      let records: Known[] = [];
      for (const { timestamps, codec } of batches) {
        const base = fixture.append(
          timestamps.map(() => 'v'),
          { timestamps, codec },
        );
        records.push(...timestamps.map((timestamp, i) => ({ offset: base + i, timestamp })));
      }
      await fixture.platform.settle();
      fixture.log.advanceLogStart(Math.min(deleted, records.length - 1));
      fixture.directory.checkpoint();
      records = records.filter((record) => record.offset >= fixture.log.logStartOffset);
      if (restarts) await fixture.restart();
      const { log } = fixture;
      for (let timestamp = 0; timestamp <= 42; timestamp += 3) {
        expect(plain(findOffsetByTimestamp(log, timestamp, log.durableOffset))).toEqual(
          expectedAt(records, timestamp),
        );
      }
      expect(plain(findLargestTimestamp(log, log.durableOffset))).toEqual(expectedLargest(records));
    },
  );
  await fc.assert(property, { numRuns: 60, seed: 42 });
});

test('B6: records that are not visible yet are not found, the largest visible one is', async () => {
  const fixture = new LogFixture();
  await fixture.appendDurably(['a', 'b'], { timestamps: [10, 30], epoch: 4 });
  fixture.append(['c'], { timestamp: 99 });
  fixture.log.writePending();
  expect(findOffsetByTimestamp(fixture.log, 50, 2)).toBeUndefined();
  expect(findLargestTimestamp(fixture.log, 2)).toEqual({ offset: 1, timestamp: 30, leaderEpoch: 4 });
  expect(findOffsetByTimestamp(fixture.log, 11, 2)).toEqual({ offset: 1, timestamp: 30, leaderEpoch: 4 });
});

test('with LogAppendTime every record of a batch has the time of its append', async () => {
  const fixture = new LogFixture();
  await fixture.appendDurably(['a', 'b'], { timestamps: [10, 30], logAppendTimeMs: 700 });
  await fixture.appendDurably(['c'], { logAppendTimeMs: 800 });
  expect(findOffsetByTimestamp(fixture.log, 31, 3)?.offset).toBe(0);
  expect(findOffsetByTimestamp(fixture.log, 701, 3)).toMatchObject({ offset: 2, timestamp: 800 });
  expect(findLargestTimestamp(fixture.log, 3)).toMatchObject({ offset: 2, timestamp: 800 });
});

test('records without timestamps are not found by a time; the first is the largest where there are no others', async () => {
  const fixture = new LogFixture();
  expect(findLargestTimestamp(fixture.log, 0)).toBeUndefined();
  await fixture.appendDurably(['a'], { timestamp: -1 });
  expect(findOffsetByTimestamp(fixture.log, 0, 1)).toBeUndefined();
  expect(findLargestTimestamp(fixture.log, 1)).toEqual({ offset: 0, timestamp: -1, leaderEpoch: 0 });
});
