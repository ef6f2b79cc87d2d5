import { expect, test } from 'vitest';
import { findLargestTimestamp, findOffsetByTimestamp } from '../../../../broker/log/index.ts';
import { BatchBuilder, batchHeader } from '../../../../kafka/records/index.ts';
import { CleanerFixture } from './cleaner-fixture.ts';

test('the walk-through: of eleven keyed records only the last of each key stays below the active segment, offsets and order as they were', async () => {
  const fixture = new CleanerFixture({ 'segment.ms': '1000' });
  const people = ['mark', 'lisa', 'mark', 'erik', 'lisa', 'mark', 'anna', 'erik', 'lisa', 'mark', 'anna'];
  for (const [i, person] of people.entries()) await fixture.put(person, `salary ${i}`, 1100);
  expect(fixture.log.segments).toHaveLength(11);
  expect(await fixture.cleaner.clean()).toBe(1);
  // Offset 10 is in the active segment: anna's record at 6 is the last below it.
  expect(fixture.readAll()).toEqual([
    '6:anna=salary 6',
    '7:erik=salary 7',
    '8:lisa=salary 8',
    '9:mark=salary 9',
    '10:anna=salary 10',
  ]);
  expect(fixture.log.logEndOffset).toBe(11);
  expect(fixture.log.logStartOffset).toBe(0);
  expect(await fixture.cleaner.clean()).toBe(0);
  await fixture.restart();
  expect(fixture.readAll().map((record) => record.split('=')[0])).toEqual([
    '6:anna',
    '7:erik',
    '8:lisa',
    '9:mark',
    '10:anna',
  ]);
  expect(await fixture.appendDurably(['next'])).toBe(11);
});

test('a reader at an offset that was compacted away gets the next batch that is left', async () => {
  const fixture = new CleanerFixture({ 'internal.segment.bytes': '200' });
  for (let i = 0; i < 9; i++) await fixture.put(i === 4 ? 'only' : 'k', `v${i}`);
  fixture.roll();
  await fixture.cleaner.clean();
  for (let offset = 0; offset <= 4; offset++)
    expect(fixture.readAll(offset)).toEqual(['4:only=v4', '8:k=v8']);
  for (let offset = 5; offset <= 8; offset++) expect(fixture.readAll(offset)).toEqual(['8:k=v8']);
});

test('B36: a tombstone stays delete.retention.ms after it is first cleaned, then it goes', async () => {
  const fixture = new CleanerFixture({ 'delete.retention.ms': '5000' });
  await fixture.put('a', 'v');
  await fixture.put('a', null, 60_000);
  await fixture.put('b', 'v');
  fixture.roll();
  await fixture.cleaner.clean();
  expect(fixture.readAll()).toEqual(['1:a=null', '2:b=v']);
  const clean = async () => {
    await fixture.put('c', 'v');
    fixture.roll();
    await fixture.cleaner.clean();
    return fixture.readAll().filter((record) => record.includes(':a='));
  };
  await fixture.platform.runFor(4999);
  expect(await clean()).toEqual(['1:a=null']);
  await fixture.platform.runFor(1);
  expect(await clean()).toEqual([]);
});

test('the delete horizon is in the batch: bit 6 and the base timestamp, and record timestamps are as they were', async () => {
  const fixture = new CleanerFixture({ 'delete.retention.ms': '5000' });
  const timestamp = fixture.platform.clock.now();
  fixture.append(['x', null], { timestamps: [timestamp, timestamp + 7] });
  await fixture.put('b', 'v', 1000);
  fixture.roll();
  await fixture.cleaner.clean();
  const horizons: (number | undefined)[] = [];
  fixture.log.segments[0]?.scan({ from: 0 }, (buffer, at) => {
    horizons.push(batchHeader.deleteHorizonMs(buffer, at));
    expect(batchHeader.isCrcValid(buffer, at)).toBe(true);
    return true;
  });
  expect(horizons).toEqual([fixture.platform.clock.now() + 5000, undefined]);
  expect(findOffsetByTimestamp(fixture.log, timestamp + 1, 3)?.timestamp).toBe(timestamp + 7);
  fixture.crash();
  expect(fixture.readAll()).toEqual(['0:k0=x', '1:k1=null', '2:b=v']);
});

test('records younger than min.compaction.lag.ms are left alone', async () => {
  const fixture = new CleanerFixture({ 'internal.segment.bytes': '80', 'min.compaction.lag.ms': '5000' });
  for (let i = 0; i < 6; i++) await fixture.put('k', `v${i}`, 1000);
  fixture.roll();
  expect(await fixture.cleaner.clean()).toBe(1);
  expect(fixture.readAll().map((record) => record.slice(0, 1))).toEqual(['1', '2', '3', '4', '5']);
  await fixture.platform.runFor(2500);
  await fixture.cleaner.clean();
  expect(fixture.readAll().map((record) => record.slice(0, 1))).toEqual(['3', '4', '5']);
});

test('max.compaction.lag.ms cleans a log that is not dirty enough', async () => {
  const fixture = new CleanerFixture({ 'min.cleanable.dirty.ratio': '1', 'max.compaction.lag.ms': '60000' });
  await fixture.put('k', 'v0');
  await fixture.put('k', 'v1');
  fixture.roll();
  expect(await fixture.cleaner.clean()).toBe(0);
  await fixture.platform.runFor(60_001);
  expect(await fixture.cleaner.clean()).toBe(1);
  expect(fixture.readAll()).toEqual(['1:k=v1']);
});

test('min.cleanable.dirty.ratio is the share of bytes that were not cleaned before', async () => {
  const fixture = new CleanerFixture({ 'min.cleanable.dirty.ratio': '0.5' });
  for (let i = 0; i < 10; i++) await fixture.put(`k${i}`, 'v');
  fixture.roll();
  expect(await fixture.cleaner.clean()).toBe(1);
  for (let i = 0; i < 9; i++) await fixture.put(`k${i}`, 'v');
  fixture.roll();
  expect(await fixture.cleaner.clean()).toBe(0);
  for (let i = 0; i < 3; i++) await fixture.put(`k${i}`, 'v');
  fixture.roll();
  expect(await fixture.cleaner.clean()).toBe(1);
});

test('records without a key go, as in Kafka', async () => {
  const fixture = new CleanerFixture();
  await fixture.appendDurably(['no key'], { key: null });
  await fixture.put('k', 'v');
  fixture.roll();
  await fixture.cleaner.clean();
  expect(fixture.readAll()).toEqual(['1:k=v']);
});

test('the last batch of each producer stays, without records if need be, and so does the last one cleaned', async () => {
  const fixture = new CleanerFixture();
  const from = (producerId: number, baseSequence: number) => ({
    producerId,
    producerEpoch: 3,
    baseSequence,
    key: 'k',
  });
  await fixture.appendDurably(['a'], from(1, 0));
  await fixture.appendDurably(['b', 'c'], from(2, 0));
  await fixture.appendDurably(['d'], from(1, 1));
  await fixture.appendDurably(['e', 'f'], from(1, 2));
  await fixture.put('k', 'last');
  fixture.roll();
  await fixture.put('k', 'active');
  await fixture.cleaner.clean();
  expect(fixture.batches()).toEqual(['1-2 0', '4-5 0', '6-6 1', '7-7 1']);
  for (const survive of [() => fixture.restart(), () => fixture.crash()]) {
    await survive();
    for (const name of fixture.fileNames('.snapshot')) fixture.platform.files.remove(fixture.path(name));
    fixture.crash('everything');
    const check = (producerId: number, firstSequence: number, lastSequence: number) =>
      fixture.log.checkSequence({
        producerId,
        producerEpoch: 3,
        firstSequence,
        lastSequence,
        isTransactional: false,
      }).kind;
    expect(check(1, 2, 3)).toBe('duplicate');
    expect(check(1, 4, 4)).toBe('append');
    expect(check(1, 5, 5)).toBe('refuse');
    expect(check(2, 0, 1)).toBe('duplicate');
    expect(check(2, 2, 2)).toBe('append');
  }
});

test('a batch that was kept without its records still tells how old its producer is', async () => {
  const fixture = new CleanerFixture();
  const timestamp = fixture.platform.clock.now();
  await fixture.appendDurably(['a'], { producerId: 1, producerEpoch: 0, baseSequence: 0, key: 'k' });
  await fixture.put('k', 'b');
  fixture.roll();
  await fixture.cleaner.clean();
  for (const name of fixture.fileNames('.snapshot')) fixture.platform.files.remove(fixture.path(name));
  fixture.crash('everything');
  fixture.log.producers.expireBefore(timestamp);
  expect(fixture.log.producers.get(1)).toBeDefined();
  expect(findLargestTimestamp(fixture.log, 2)?.offset).toBe(1);
});

test('segments that fit together are merged into one, in the place and with the age of the old ones', async () => {
  const fixture = new CleanerFixture({ 'internal.segment.bytes': '300' });
  for (let i = 0; i < 40; i++) await fixture.put(`k${i % 2}`, `v${i}`, 10);
  fixture.roll();
  const before = fixture.bases().length;
  expect(before).toBeGreaterThan(8);
  await fixture.cleaner.clean();
  await fixture.put('k0', 'again');
  fixture.roll();
  await fixture.cleaner.clean();
  expect(fixture.bases().length).toBeLessThan(before / 2);
  expect(fixture.bases()[0]).toBe(0);
  expect(fixture.readAll()).toEqual(['39:k1=v39', '40:k0=again']);
  for (const segment of fixture.log.segments) expect(segment.size).toBeLessThanOrEqual(300);
});

test('the offsets of a merged segment stay in the int32 range of its index', async () => {
  const fixture = new CleanerFixture();
  await fixture.appendDurably(['a'], { key: 'k', lastOffsetDelta: 0x70000000 });
  fixture.roll();
  await fixture.appendDurably(['b'], { key: 'l', lastOffsetDelta: 0x70000000 });
  fixture.roll();
  await fixture.put('m', 'c');
  fixture.roll();
  await fixture.cleaner.clean();
  expect(fixture.bases().slice(0, 2)).toEqual([0, 0x70000001]);
  expect(fixture.readAll(0x70000001).map((record) => record.split(':')[1])).toEqual(['l=b', 'm=c']);
});

test('when the map of keys is full the rest waits for the next round', async () => {
  const fixture = new CleanerFixture({}, 1, 1);
  const keys = 13_000; // The smallest map takes three quarters of 2^14.
  for (let round = 0; round < 2; round++) {
    for (let first = 0; first < keys; first += 1000) {
      const builder = new BatchBuilder();
      for (let i = first; i < first + 1000; i++) {
        builder.append(fixture.platform.clock.now(), Buffer.from(`key ${i}`), Buffer.from(`${round}`));
      }
      fixture.log.append(builder.build(), 0);
    }
    await fixture.platform.settle();
  }
  fixture.roll();
  await fixture.cleaner.clean();
  const cleanedTo = Number(fixture.checkpoint().split(' ').at(-1));
  expect(cleanedTo).toBeGreaterThan(12_000);
  expect(cleanedTo).toBeLessThan(26_000);
  for (let round = 0; round < 4; round++) await fixture.cleaner.clean();
  expect(fixture.checkpoint()).toBe('0\n1\nt 0 26000\n');
  const counts = fixture.batches().reduce((sum, batch) => sum + Number(batch.split(' ')[1]), 0);
  expect(counts).toBe(keys);
});

for (const codec of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
  test(`batches compressed with ${codec} are cleaned and compressed again`, async () => {
    const fixture = new CleanerFixture();
    await fixture.appendDurably(['old', 'a', 'b'], { codec });
    await fixture.appendDurably(['new'], { codec });
    fixture.roll();
    await fixture.cleaner.clean();
    expect(fixture.readAll()).toEqual(['1:k1=a', '2:k2=b', '3:k0=new']);
    const codecs: number[] = [];
    fixture.log.segments[0]?.scan({ from: 0 }, (buffer, at) => {
      codecs.push(batchHeader.codecId(buffer, at));
      return true;
    });
    expect(new Set(codecs)).toEqual(new Set([{ gzip: 1, snappy: 2, lz4: 3, zstd: 4 }[codec]]));
  });
}

test('a LogAppendTime batch keeps its append time', async () => {
  const fixture = new CleanerFixture();
  await fixture.appendDurably(['old', 'a'], { timestamps: [1, 2], logAppendTimeMs: 5000 });
  await fixture.appendDurably(['new'], { logAppendTimeMs: 6000 });
  fixture.roll();
  await fixture.cleaner.clean();
  expect(findOffsetByTimestamp(fixture.log, 1, 3)).toMatchObject({ offset: 1, timestamp: 5000 });
});

test('a batch of which everything stays is copied byte for byte', async () => {
  const fixture = new CleanerFixture();
  const kept = fixture.batch(['a', 'b'], { codec: 'gzip', producerId: 5, producerEpoch: 1, baseSequence: 3 });
  fixture.log.append(kept, 6);
  const bytes = Buffer.from(kept);
  await fixture.put('x', 'old');
  await fixture.put('x', 'new');
  fixture.roll();
  await fixture.cleaner.clean();
  const file = fixture.platform.files.readFile(fixture.log.segments[0]?.path ?? '');
  expect(file.subarray(0, bytes.length)).toEqual(bytes);
});

test('readers see all records of before or after while a log is being cleaned', async () => {
  const fixture = new CleanerFixture({ 'internal.segment.bytes': '250' });
  for (let i = 0; i < 30; i++) await fixture.put(`k${i % 4}`, `v${i}`);
  fixture.roll();
  const latest = (records: readonly string[]) =>
    Object.fromEntries(records.map((record) => record.slice(record.indexOf(':') + 1).split('=')));
  const expected = latest(fixture.readAll());
  const cleaning = fixture.cleaner.clean();
  let isDone = false;
  void cleaning.then(() => {
    isDone = true;
  });
  let looks = 0;
  while (!isDone) {
    expect(latest(fixture.readAll())).toEqual(expected);
    looks += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(looks).toBeGreaterThan(10);
  expect(fixture.readAll().length).toBeLessThan(30);
});

test('appends go on while a log is being cleaned', async () => {
  const fixture = new CleanerFixture({ 'internal.segment.bytes': '250' });
  for (let i = 0; i < 30; i++) await fixture.put(`k${i % 4}`, `v${i}`);
  const cleaning = fixture.cleaner.clean();
  for (let i = 30; i < 60; i++) {
    fixture.append([`v${i}`], { key: `k${i % 4}` });
    await new Promise((resolve) => setImmediate(resolve));
  }
  await cleaning;
  await fixture.platform.settle();
  expect(fixture.readAll().slice(-4)).toEqual(['56:k0=v56', '57:k1=v57', '58:k2=v58', '59:k3=v59']);
  fixture.crash();
  expect(fixture.readAll().slice(-4)).toEqual(['56:k0=v56', '57:k1=v57', '58:k2=v58', '59:k3=v59']);
});

test('segments that are deleted at any moment of a cleaning are left out, and nothing of them comes back', async () => {
  for (let turns = 0; turns < 40; turns += 2) {
    const fixture = new CleanerFixture({ 'internal.segment.bytes': '250' });
    for (let i = 0; i < 15; i++) await fixture.put(`k${i % 4}`, `v${i}`);
    fixture.roll();
    const cleaning = fixture.cleaner.clean();
    for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
    fixture.log.advanceLogStart(8);
    await cleaning;
    expect(fixture.log.logStartOffset).toBe(8);
    const left = fixture.readAll();
    expect(left.slice(-4)).toEqual(['11:k3=v11', '12:k0=v12', '13:k1=v13', '14:k2=v14']);
    await fixture.restart();
    expect(fixture.readAll(), `after ${turns} turns`).toEqual(left);
    const bases = fixture.fileNames('.log').map((name) => Number(name.slice(0, 20)));
    expect(bases, `after ${turns} turns`).toEqual(fixture.bases().filter((base) => base < 15));
    expect(fixture.fileNames('.cleaned')).toEqual([]);
  }
});

test("how far a log is clean is remembered in Kafka's checkpoint, forgotten with the topic, and not taken for that of a new one", async () => {
  const fixture = new CleanerFixture();
  await fixture.put('k', 'a');
  await fixture.put('k', 'b');
  fixture.roll();
  await fixture.cleaner.clean();
  expect(fixture.checkpoint()).toBe('0\n1\nt 0 2\n');
  await fixture.restart();
  expect(await fixture.cleaner.clean()).toBe(0);
  fixture.recreate('AAAAAAAAAAAAAAAAAAAABQ');
  expect(fixture.checkpoint()).toBe('0\n0\n');
  for (const value of ['c', 'd', 'e']) await fixture.put('k', value);
  fixture.roll();
  await fixture.cleaner.clean();
  expect(fixture.readAll()).toEqual(['2:k=e']);
});

test('a log that cannot be read is left as it is until the next start, others are cleaned', async () => {
  const fixture = new CleanerFixture();
  await fixture.put('k', 'a');
  await fixture.put('k', 'b');
  fixture.roll();
  const name = '00000000000000000000.log';
  const bytes = fixture.platform.files.readFile(fixture.path(name));
  bytes.fill(0xff, 61);
  fixture.writeFile(name, bytes);
  expect(await fixture.cleaner.clean()).toBe(0);
  expect(fixture.platform.files.readFile(fixture.path(name))).toEqual(bytes);
  expect(fixture.fileNames('.cleaned')).toEqual([]);
  expect(fixture.directory.isOffline).toBe(false);
});

test('a full disk stops a cleaning, leaves nothing of it behind, and the next one goes through', async () => {
  const fixture = new CleanerFixture();
  for (let i = 0; i < 10; i++) await fixture.put('k', `v${i}`);
  fixture.roll();
  const { files } = fixture.platform;
  files.capacityBytes = 1;
  expect(await fixture.cleaner.clean()).toBe(0);
  expect(fixture.fileNames('.cleaned')).toEqual([]);
  expect(fixture.readAll()).toHaveLength(10);
  files.capacityBytes = Number.POSITIVE_INFINITY;
  expect(await fixture.cleaner.clean()).toBe(1);
  expect(fixture.readAll()).toEqual(['9:k=v9']);
});

test('the cleaner looks for work every log.cleaner.backoff.ms, until it is stopped', async () => {
  const fixture = new CleanerFixture();
  fixture.cleaner.start();
  await fixture.put('k', 'a');
  await fixture.put('k', 'b');
  fixture.roll();
  await fixture.platform.runFor(15_000);
  expect(fixture.readAll()).toEqual(['1:k=b']);
  await fixture.put('k', 'c');
  fixture.roll();
  await fixture.platform.runFor(15_000);
  expect(fixture.readAll()).toEqual(['2:k=c']);
  await fixture.cleaner.stop();
  await fixture.put('k', 'd');
  fixture.roll();
  await fixture.platform.runFor(60_000);
  expect(fixture.readAll()).toHaveLength(2);
});
