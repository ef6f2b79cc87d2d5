import { expect, test } from 'vitest';
import { batchHeader } from '../../../kafka/records/index.ts';
import { LogFixture } from './log-fixture.ts';

const DAY_MS = 86_400_000;

function bases(fixture: LogFixture): number[] {
  return fixture.log.segments.map((segment) => segment.baseOffset);
}

test('a segment is rolled before a batch that would make it larger than segment.bytes', async () => {
  const fixture = new LogFixture();
  const size = fixture.batch(['v']).length;
  fixture.setConfig({ 'internal.segment.bytes': String(3 * size) });
  for (let i = 0; i < 7; i++) await fixture.appendDurably(['v']);
  expect(bases(fixture)).toEqual([0, 3, 6]);
  expect(fixture.platform.files.stat(fixture.path('00000000000000000000.log'))?.size).toBe(3 * size);
});

test('a segment is rolled by the time between messages, not by the clock', async () => {
  const fixture = new LogFixture({ 'segment.ms': '1000' });
  const first = fixture.platform.clock.now();
  await fixture.appendDurably(['a'], { timestamp: first });
  await fixture.platform.runFor(DAY_MS);
  await fixture.appendDurably(['b'], { timestamp: first + 1000 });
  expect(bases(fixture)).toEqual([0]);
  await fixture.appendDurably(['c'], { timestamp: first + 1001 });
  expect(bases(fixture)).toEqual([0, 2]);
  await fixture.appendDurably(['older'], { timestamp: first - DAY_MS });
  expect(bases(fixture)).toEqual([0, 2]);
});

test('after a restart the age of a segment still counts from its first batch', async () => {
  const fixture = new LogFixture({ 'segment.ms': '1000' });
  const first = fixture.platform.clock.now();
  await fixture.appendDurably(['a'], { timestamp: first });
  await fixture.restart();
  await fixture.appendDurably(['b'], { timestamp: first + 1001 });
  expect(bases(fixture)).toEqual([0, 1]);
});

test('segment.jitter.ms takes a random time off segment.ms', async () => {
  const rolledAfter = new Set<number>();
  for (let seed = 0; seed < 8; seed++) {
    const fixture = new LogFixture({ 'segment.ms': '1000', 'segment.jitter.ms': '900' }, 'fsync', seed);
    const start = fixture.platform.clock.now();
    await fixture.appendDurably(['a'], { timestamp: start });
    fixture.log.roll();
    let ageMs = 0;
    for (; fixture.log.segments.length === 2; ageMs += 50)
      await fixture.appendDurably(['b'], { timestamp: start + ageMs });
    expect(ageMs).toBeLessThanOrEqual(1100);
    rolledAfter.add(ageMs);
  }
  expect(rolledAfter.size).toBeGreaterThan(2);
});

test('the first segment after a start has its jitter as well', async () => {
  const rolledAfter = new Set<number>();
  for (let seed = 0; seed < 8; seed++) {
    const fixture = new LogFixture({ 'segment.ms': '1000', 'segment.jitter.ms': '900' }, 'fsync', seed);
    const start = fixture.platform.clock.now();
    let ageMs = 0;
    for (; fixture.log.segments.length === 1; ageMs += 50)
      await fixture.appendDurably(['b'], { timestamp: start + ageMs });
    rolledAfter.add(ageMs);
  }
  expect(rolledAfter.size).toBeGreaterThan(2);
});

test('when the first message of a segment has no timestamp, its age is told by the clock', async () => {
  const fixture = new LogFixture({ 'segment.ms': '1000' });
  await fixture.appendDurably(['a'], { timestamp: -1 });
  await fixture.platform.runFor(1000);
  await fixture.appendDurably(['b'], { timestamp: -1 });
  expect(bases(fixture)).toEqual([0]);
  await fixture.platform.runFor(1);
  await fixture.appendDurably(['c'], { timestamp: -1 });
  expect(bases(fixture)).toEqual([0, 2]);
});

test('a compacted topic is rolled at max.compaction.lag.ms when that is shorter', async () => {
  const fixture = new LogFixture({ 'cleanup.policy': 'compact', 'max.compaction.lag.ms': '500' });
  const start = fixture.platform.clock.now();
  await fixture.appendDurably(['a'], { timestamp: start });
  await fixture.appendDurably(['b'], { timestamp: start + 501 });
  expect(bases(fixture)).toEqual([0, 1]);
});

test('a segment is rolled when an index is full', async () => {
  const fixture = new LogFixture({ 'segment.index.bytes': '40', 'index.interval.bytes': '0' });
  for (let i = 0; i < 12; i++) await fixture.appendDurably(['v'], { timestamp: 1000 + i });
  // 40 bytes are 5 offset entries and 3 time entries, of which one is kept for the closing one; the first batch has none.
  expect(bases(fixture)).toEqual([0, 3, 6, 9]);
  for (const name of fixture.fileNames('.timeindex')) {
    expect(fixture.platform.files.stat(fixture.path(name))?.size).toBeLessThanOrEqual(36);
  }
});

test('a segment is rolled when an offset would leave the int32 range of its index', async () => {
  const fixture = new LogFixture();
  await fixture.appendDurably(['a'], { lastOffsetDelta: 0x7fffffff });
  expect(fixture.log.logEndOffset).toBe(0x80000000);
  expect(await fixture.appendDurably(['b'])).toBe(0x80000000);
  expect(bases(fixture)).toEqual([0, 0x80000000]);
  await fixture.restart();
  expect(fixture.readAll(1)).toEqual(['2147483648:k0=b']);
});

/** The files that Kafka's rules ask for: computed from the batches, in the way that the rules are written down. */
function expectedIndexes(
  batches: readonly { size: number; lastOffset: number; timestamp: number }[],
  intervalBytes: number,
) {
  const index: number[][] = [];
  const times: number[][] = [];
  let bytes = 0;
  let position = 0;
  let largest = { timestamp: -1, offset: -1 };
  const addTime = () => {
    if (largest.timestamp > (times.at(-1)?.[0] ?? -1)) times.push([largest.timestamp, largest.offset]);
  };
  for (const { size, lastOffset, timestamp } of batches) {
    if (timestamp > largest.timestamp) largest = { timestamp, offset: lastOffset };
    if (bytes > intervalBytes) {
      index.push([lastOffset, position]);
      addTime();
      bytes = 0;
    }
    position += size;
    bytes += size;
  }
  addTime();
  const indexBytes = Buffer.concat(index.map((entry) => int32s(entry)));
  const timeBytes = Buffer.concat(
    times.map(([timestamp = 0, offset = 0]) => Buffer.concat([int64(timestamp), int32s([offset])])),
  );
  return { indexBytes, timeBytes };
}

function int32s(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeInt32BE(value, i * 4);
  return bytes;
}

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
}

test('index files are what Kafka would write: sparse, last offset and position, largest timestamp so far', async () => {
  const fixture = new LogFixture({ 'index.interval.bytes': '300' });
  const batches: { size: number; lastOffset: number; timestamp: number }[] = [];
  for (let i = 0; i < 60; i++) {
    const timestamp = 1_000_000 + ((i * 37) % 60);
    const batch = fixture.batch(['x'.repeat(i), 'y'], { timestamp });
    batches.push({ size: batch.length, lastOffset: 2 * i + 1, timestamp });
    fixture.log.append(batch, 0);
    if (i % 3 === 0) await fixture.platform.settle();
    if (i % 20 === 10) fixture.directory.checkpoint();
  }
  const expected = expectedIndexes(batches, 300);
  await fixture.restart();
  const { files } = fixture.platform;
  expect(files.readFile(fixture.path('00000000000000000000.index'))).toEqual(expected.indexBytes);
  expect(files.readFile(fixture.path('00000000000000000000.timeindex'))).toEqual(expected.timeBytes);
});

test('a closed segment has its closing time entry, also when it is rolled', async () => {
  const fixture = new LogFixture();
  await fixture.appendDurably(['a', 'b'], { timestamp: 5000 });
  await fixture.appendDurably(['c'], { timestamp: 4000 });
  fixture.log.roll();
  const bytes = fixture.platform.files.readFile(fixture.path('00000000000000000000.timeindex'));
  expect(bytes).toEqual(Buffer.concat([int64(5000), int32s([1])]));
});

test("Kafka's preallocated index files, zeros at the end, are understood", async () => {
  const fixture = new LogFixture({ 'index.interval.bytes': '0' });
  for (let i = 0; i < 10; i++) await fixture.appendDurably([`v${i}`], { timestamp: 1000 + i });
  await fixture.directory.close(1);
  for (const suffix of ['.index', '.timeindex']) {
    const [name = ''] = fixture.fileNames(suffix);
    const bytes = fixture.platform.files.readFile(fixture.path(name));
    fixture.writeFile(name, Buffer.concat([bytes, Buffer.alloc(240)]));
  }
  fixture.reopen();
  expect(fixture.readAll(3)).toHaveLength(7);
  expect(fixture.log.segments[0]?.largestTimestamp).toBe(1009);
});

const damages: Record<string, (bytes: Buffer) => Buffer | undefined> = {
  deleted: () => undefined,
  emptied: () => Buffer.alloc(0),
  'shortened by one entry': (bytes) => bytes.subarray(0, Math.max(0, bytes.length - 24)),
  'cut inside of an entry': (bytes) => bytes.subarray(0, Math.max(0, bytes.length - 5)),
  zeroed: (bytes) => Buffer.alloc(bytes.length),
  'filled with ones': (bytes) => Buffer.alloc(bytes.length, 0xff),
  'one byte too long': (bytes) => Buffer.concat([bytes, Buffer.from([1])]),
};

/** A log with everything that files are derived from: segments, out-of-order timestamps, producers, epochs. */
async function richLog(): Promise<LogFixture> {
  const fixture = new LogFixture({ 'internal.segment.bytes': '900', 'index.interval.bytes': '150' });
  for (let i = 0; i < 30; i++) {
    const timestamp = 1_000_000 + ((i * 7) % 30);
    const producer = { producerId: i % 3, producerEpoch: 0, baseSequence: Math.floor(i / 3) };
    await fixture.appendDurably([`value-${i}`.padEnd(i, '.')], {
      timestamp,
      epoch: 1 + Math.floor(i / 8),
      ...producer,
    });
  }
  return fixture;
}

/** Base offset of the batch that a read at `offset` finds. */
function batchAt({ log }: LogFixture, startOffset: number): number {
  const options = { startOffset, endOffset: log.durableOffset, maxBytes: 1, minOneBatch: true };
  const bytes = log.read(options, (size) => Buffer.alloc(size));
  return bytes.length === 0 ? -1 : batchHeader.baseOffset(bytes, 0);
}

async function visible(fixture: LogFixture): Promise<unknown> {
  const { findLargestTimestamp, findOffsetByTimestamp } = await import('../../../broker/log/index.ts');
  const { log } = fixture;
  const timestamps = Array.from({ length: 32 }, (_, i) =>
    findOffsetByTimestamp(log, 999_999 + i, log.durableOffset),
  );
  return {
    from: Array.from({ length: 30 }, (_, i) => batchAt(fixture, 29 - i)), // Backwards: no read prepares the next.
    records: fixture.readAll(),
    timestamps,
    largest: findLargestTimestamp(log, log.durableOffset),
    epochs: Array.from({ length: 31 }, (_, i) => log.epochAt(i)),
    epochEnds: Array.from({ length: 6 }, (_, i) => log.endOffsetFor(i)),
    sequences: [0, 1, 2].map((producerId) =>
      log.checkSequence({
        producerId,
        producerEpoch: 0,
        firstSequence: 10,
        lastSequence: 10,
        isTransactional: false,
      }),
    ),
    duplicates: [0, 1, 2].map((producerId) =>
      log.checkSequence({
        producerId,
        producerEpoch: 0,
        firstSequence: 9,
        lastSequence: 9,
        isTransactional: false,
      }),
    ),
    segments: log.segments.map((segment) => [segment.baseOffset, segment.size, segment.largestTimestamp]),
    end: log.logEndOffset,
  };
}

for (const [name, damage] of Object.entries(damages)) {
  for (const stop of ['orderly', 'unclean'] as const) {
    test(`B31: any index, snapshot or epoch file ${name} changes nothing after an ${stop} restart`, async () => {
      const fixture = await richLog();
      const before = await visible(fixture);
      await fixture.directory.close(1);
      const victims = fixture.fileNames().filter((file) => /index$|snapshot$|epoch-checkpoint$/.test(file));
      expect(victims.length).toBeGreaterThan(9);
      for (const victim of [...victims, ...victims.map(() => 'all')]) {
        const chosen = victim === 'all' ? victims : [victim];
        const originals = victims.map((file) => fixture.platform.files.readFile(fixture.path(file)));
        for (const file of chosen) {
          const bytes = damage(fixture.platform.files.readFile(fixture.path(file)));
          if (bytes === undefined) fixture.platform.files.remove(fixture.path(file));
          else fixture.writeFile(file, bytes);
        }
        if (stop === 'unclean') fixture.platform.files.remove('/data/.kafka_cleanshutdown');
        fixture.reopen();
        expect(await visible(fixture), chosen.join()).toEqual(before);
        await fixture.directory.close(1);
        for (const [i, file] of victims.entries()) fixture.writeFile(file, originals[i] ?? Buffer.alloc(0));
        if (victim === 'all') break;
      }
    });
  }
}

test('B31: no single flipped bit in an index changes what is read', async () => {
  const fixture = await richLog();
  const before = await visible(fixture);
  await fixture.directory.close(1);
  for (const name of fixture.fileNames('index').slice(0, 4)) {
    const original = fixture.platform.files.readFile(fixture.path(name));
    for (let bit = 0; bit < original.length * 8; bit += 5) {
      const bytes = Buffer.from(original);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      fixture.writeFile(name, bytes);
      fixture.reopen();
      expect(await visible(fixture), `${name} bit ${bit}`).toEqual(before);
      await fixture.directory.close(1);
      fixture.writeFile(name, original);
    }
  }
});

test('bytes behind the last batch, left by a write that could not be undone, are cut off at the next start', async () => {
  const fixture = await richLog();
  const before = await visible(fixture);
  await fixture.directory.close(1);
  const name = fixture.fileNames('.log').at(-1) ?? '';
  const bytes = fixture.platform.files.readFile(fixture.path(name));
  fixture.writeFile(name, Buffer.concat([bytes, bytes.subarray(0, batchHeader.HEADER_BYTES + 5)]));
  fixture.reopen();
  expect(await visible(fixture)).toEqual(before);
  expect(await fixture.appendDurably(['more'], { epoch: 4 })).toBe(30);
  expect(fixture.readAll(30)).toEqual(['30:k0=more']);
});
