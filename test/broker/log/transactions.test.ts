import fc from 'fast-check';
import { expect, test } from 'vitest';
import { abortedTransactions, LogDirectory } from '../../../broker/log/index.ts';
import { LogCopy } from '../../../broker/log/log-copy.ts';
import { TransactionIndex } from '../../../broker/log/transaction-index.ts';
import { batchHeader } from '../../../kafka/records/index.ts';
import { LogFixture } from './log-fixture.ts';
import { lastStableOffset, readCommitted } from './read-committed.ts';

const FIRST_INDEX = '00000000000000000000.txnindex';
/** About two batches a segment. */
const SMALL = { 'internal.segment.bytes': '200' };

function indexEntry(producerId: number, firstOffset: number, lastOffset: number, lastStable: number): Buffer {
  const entry = Buffer.alloc(34);
  entry.writeInt16BE(0, 0); // version
  entry.writeBigInt64BE(BigInt(producerId), 2);
  entry.writeBigInt64BE(BigInt(firstOffset), 10);
  entry.writeBigInt64BE(BigInt(lastOffset), 18);
  entry.writeBigInt64BE(BigInt(lastStable), 26);
  return entry;
}

test('an open transaction holds the last stable offset at its first record, until its marker is durable', async () => {
  const fixture = new LogFixture();
  await fixture.appendDurably(['plain']);
  fixture.write(7, 'a');
  await fixture.appendDurably(['plain']);
  expect(lastStableOffset(fixture.log)).toBe(1);
  fixture.end(7, 'commit');
  expect(lastStableOffset(fixture.log)).toBe(1);
  await fixture.platform.settle();
  expect(lastStableOffset(fixture.log)).toBe(4);
});

test('a sync that does not hold the marker yet decides nothing', async () => {
  const fixture = new LogFixture();
  fixture.write(7, 'a');
  const { log } = fixture;
  const stable: number[][] = [];
  log.listen({
    onDurable: (endOffset) => stable.push([endOffset, lastStableOffset(log)]),
    onAppendFailed: () => undefined,
  });
  log.writePending();
  const sync = log.sync();
  fixture.end(7, 'commit');
  log.writePending();
  await fixture.during(sync);
  expect(stable).toEqual([
    [1, 0],
    [2, 2],
  ]);
});

test('of several open transactions the first counts, in whatever order they end', async () => {
  const fixture = new LogFixture();
  for (const producer of [1, 2, 3]) fixture.write(producer, `p${producer}`);
  const stable: number[] = [];
  for (const producer of [2, 1, 3]) {
    fixture.end(producer, 'commit');
    await fixture.platform.settle();
    stable.push(lastStableOffset(fixture.log));
  }
  expect(stable).toEqual([0, 2, 6]);
});

test('a marker without a transaction takes an offset and no entry of the index', async () => {
  const fixture = new LogFixture();
  fixture.end(7, 'abort');
  await fixture.platform.settle();
  expect(lastStableOffset(fixture.log)).toBe(1);
  expect(fixture.fileNames('.txnindex')).toEqual([]);
  expect(fixture.log.producers.get(7)).toMatchObject({ producerEpoch: 0, coordinatorEpoch: 5 });
});

test("the transaction index has Kafka's bytes, from the abort marker on", async () => {
  const fixture = new LogFixture();
  fixture.write(7, 'a');
  fixture.write(8, 'b');
  fixture.write(7, 'c', { sequence: 1 });
  fixture.end(7, 'abort');
  fixture.end(8, 'abort');
  await fixture.platform.settle();
  const bytes = fixture.platform.files.readFile(fixture.path(FIRST_INDEX));
  expect(bytes).toEqual(Buffer.concat([indexEntry(7, 0, 3, 1), indexEntry(8, 1, 4, 5)]));
});

test('aborted transactions are found from any offset within them, also when the marker is some segments later', async () => {
  const fixture = new LogFixture(SMALL);
  fixture.write(7, 'a');
  fixture.write(8, 'b');
  for (let i = 0; i < 6; i++) await fixture.appendDurably(['plain'.repeat(10)]);
  fixture.end(8, 'abort');
  fixture.end(7, 'abort');
  await fixture.platform.settle();
  expect(fixture.log.segments.length).toBeGreaterThan(3);
  const find = (from: number, to: number) =>
    abortedTransactions(fixture.log.segments, from, to).map(({ producerId, firstOffset }) => [
      producerId,
      firstOffset,
    ]);
  expect(find(0, 10)).toEqual([
    [7, 0],
    [8, 1],
  ]);
  expect(find(1, 2)).toEqual([
    [7, 0],
    [8, 1],
  ]);
  expect(find(0, 1)).toEqual([[7, 0]]);
  expect(find(9, 10)).toEqual([[7, 0]]);
  expect(readCommitted(fixture.log).length).toBe(6);
});

test('what could not be written is undone: transactions that it began, and those that it ended', async () => {
  const fixture = new LogFixture();
  fixture.write(7, 'a');
  await fixture.platform.settle();
  fixture.platform.files.capacityBytes = 0;
  fixture.end(7, 'abort');
  fixture.write(8, 'lost');
  await fixture.platform.settle();
  fixture.platform.files.capacityBytes = Number.POSITIVE_INFINITY;
  await fixture.appendDurably(['plain']);
  expect(lastStableOffset(fixture.log)).toBe(0);
  expect(fixture.log.producers.get(7)).toMatchObject({ currentTxnFirstOffset: 0, coordinatorEpoch: -1 });
  fixture.end(7, 'commit');
  await fixture.platform.settle();
  expect(lastStableOffset(fixture.log)).toBe(3);
  expect(readCommitted(fixture.log)).toEqual(['0:k=a', '1:k0=plain']);
});

for (const stop of ['orderly', 'unclean'] as const) {
  test(`B42: an ${stop} restart keeps open transactions, epochs and the aborted list`, async () => {
    const fixture = new LogFixture(SMALL);
    fixture.write(7, 'a');
    fixture.write(8, 'b');
    for (let i = 0; i < 5; i++) await fixture.appendDurably(['plain'.repeat(10)]);
    fixture.end(8, 'abort', { epoch: 1, coordinatorEpoch: 9 });
    await fixture.platform.settle();
    if (stop === 'orderly') await fixture.restart();
    else fixture.crash();
    const { log } = fixture;
    expect(lastStableOffset(log)).toBe(0);
    expect(log.producers.get(7)).toMatchObject({ currentTxnFirstOffset: 0 });
    expect(log.producers.get(8)).toMatchObject({
      producerEpoch: 1,
      coordinatorEpoch: 9,
      currentTxnFirstOffset: -1,
      batches: [],
    });
    fixture.end(7, 'commit');
    await fixture.platform.settle();
    expect(readCommitted(log).map((record) => record.slice(0, 4))).toEqual([
      '0:k=',
      '2:k0',
      '3:k0',
      '4:k0',
      '5:k0',
      '6:k0',
    ]);
  });
}

for (const lost of ['.txnindex', '.snapshot', '.index', '.timeindex']) {
  test(`${lost} files that are gone are made again at the next start`, async () => {
    const fixture = new LogFixture(SMALL);
    for (let i = 0; i < 4; i++) {
      fixture.write(7, `a${i}`.repeat(20), { sequence: i });
      fixture.write(8, 'b', { sequence: i });
      fixture.end(7, 'abort');
      fixture.end(8, 'commit');
      await fixture.platform.settle();
    }
    const indexes = () =>
      fixture
        .fileNames('.txnindex')
        .map((name) => fixture.platform.files.readFile(fixture.path(name)).toString('hex'));
    await fixture.restart();
    const [before, seen] = [indexes(), readCommitted(fixture.log)];
    expect(seen.length).toBe(4);
    const closed = fixture.directory.close(1);
    await fixture.platform.settle();
    await closed;
    for (const name of fixture.fileNames(lost)) fixture.platform.files.remove(fixture.path(name));
    fixture.reopen();
    expect(readCommitted(fixture.log)).toEqual(seen);
    await fixture.restart();
    expect(indexes()).toEqual(before);
  });
}

const damages: readonly (readonly [string, (bytes: Buffer) => Buffer])[] = [
  ['a part of an entry at the end', (bytes) => Buffer.concat([bytes, bytes.subarray(0, 11)])],
  ['entries in the wrong order', (bytes) => Buffer.concat([bytes.subarray(34), bytes.subarray(0, 34)])],
  ['an unknown version', (bytes) => Buffer.concat([Buffer.from([0, 7]), bytes.subarray(2)])],
  ['zeros', (bytes) => Buffer.alloc(bytes.length)],
  ['a marker beyond the end of the segment', (bytes) => Buffer.concat([bytes, indexEntry(9, 2, 900, 901)])],
];
for (const [name, damage] of damages) {
  test(`a transaction index with ${name} is rebuilt`, async () => {
    const fixture = new LogFixture();
    for (const producer of [7, 8]) {
      fixture.write(producer, 'a');
      fixture.end(producer, 'abort');
    }
    await fixture.platform.settle();
    await fixture.restart();
    const whole = fixture.platform.files.readFile(fixture.path(FIRST_INDEX));
    const closed = fixture.directory.close(1);
    await fixture.platform.settle();
    await closed;
    fixture.writeFile(FIRST_INDEX, damage(Buffer.from(whole)));
    fixture.reopen();
    expect(readCommitted(fixture.log)).toEqual([]);
    await fixture.restart();
    expect(fixture.platform.files.readFile(fixture.path(FIRST_INDEX))).toEqual(whole);
  });
}

test('retention and DeleteRecords take the index files with their segments, and the rest goes on', async () => {
  const fixture = new LogFixture({ ...SMALL, 'file.delete.delay.ms': '10' });
  fixture.write(7, 'open');
  for (let i = 0; i < 4; i++) {
    fixture.write(8, 'x'.repeat(60), { sequence: i });
    fixture.end(8, 'abort');
    await fixture.platform.settle();
  }
  const middle = fixture.log.segments.at(-1)?.baseOffset ?? 0;
  fixture.log.advanceLogStart(middle);
  await fixture.platform.runFor(20);
  expect(fixture.fileNames('.txnindex').every((name) => Number(name.slice(0, 20)) >= middle)).toBe(true);
  // The records are gone, the transaction is not: what comes next still waits for its end.
  expect(lastStableOffset(fixture.log)).toBe(middle);
  fixture.end(7, 'abort');
  await fixture.platform.settle();
  expect(lastStableOffset(fixture.log)).toBe(fixture.log.logEndOffset);
  expect(readCommitted(fixture.log)).toEqual([]);
});

test('a log that begins anew beyond its end knows of no transaction', async () => {
  const fixture = new LogFixture();
  fixture.write(7, 'a');
  await fixture.platform.settle();
  const closed = fixture.directory.close(1);
  await fixture.platform.settle();
  await closed;
  const file = fixture.platform.files.open('/data/log-start-offset-checkpoint', 'write');
  file.truncate(0);
  file.append([Buffer.from('0\n1\nt 0 50\n')]);
  file.close();
  fixture.reopen();
  expect(fixture.log.producers.size).toBe(0);
  await fixture.appendDurably(['plain']);
  expect(lastStableOffset(fixture.log)).toBe(51);
});

test('a producer with an open transaction does not expire', async () => {
  const fixture = new LogFixture();
  fixture.write(7, 'a');
  fixture.append(['b'], { producerId: 8, producerEpoch: 0, baseSequence: 0 });
  await fixture.platform.settle();
  fixture.log.producers.expireBefore(Number.MAX_SAFE_INTEGER);
  expect([...fixture.log.producers.entries].map(({ producerId }) => producerId)).toEqual([7]);
  fixture.end(7, 'commit');
  await fixture.platform.settle();
  fixture.log.roll();
  fixture.log.producers.expireBefore(Number.MAX_SAFE_INTEGER);
  expect(fixture.log.producers.size).toBe(0);
});

for (const stop of ['none', 'orderly'] as const) {
  test(`B31: a transaction index that is gone is missed also when its producers have expired (restart: ${stop})`, async () => {
    const fixture = new LogFixture();
    for (const producer of [7, 8]) {
      fixture.write(producer, 'aborted');
      fixture.end(producer, 'abort');
    }
    await fixture.platform.settle();
    if (stop === 'orderly') await fixture.restart();
    fixture.log.producers.expireBefore(Number.MAX_SAFE_INTEGER);
    expect(fixture.log.producers.size).toBe(1);
    fixture.log.roll();
    fixture.log.producers.expireBefore(Number.MAX_SAFE_INTEGER);
    await fixture.appendDurably(['plain']);
    const closed = fixture.directory.close(1);
    await fixture.platform.settle();
    await closed;
    fixture.platform.files.remove(fixture.path(FIRST_INDEX));
    fixture.reopen();
    expect(readCommitted(fixture.log)).toEqual(['4:k0=plain']);
  });
}

test('a marker that has rotted on the disk ends nothing: what follows is not shown', async () => {
  const fixture = new LogFixture();
  fixture.write(7, 'a');
  fixture.end(7, 'commit');
  await fixture.appendDurably(['plain']);
  const closed = fixture.directory.close(1);
  await fixture.platform.settle();
  await closed;
  const name = '00000000000000000000.log';
  const bytes = Buffer.from(fixture.platform.files.readFile(fixture.path(name)));
  const marker = batchHeader.sizeInBytes(bytes, 0);
  bytes.fill(0xff, marker + batchHeader.HEADER_BYTES, marker + batchHeader.sizeInBytes(bytes, marker));
  fixture.writeFile(name, bytes);
  for (const snapshot of fixture.fileNames('.snapshot'))
    fixture.platform.files.remove(fixture.path(snapshot));
  fixture.reopen();
  expect(lastStableOffset(fixture.log)).toBe(0);
});

test('an index file of any bytes is read or rebuilt, and never crashes', () => {
  const fixture = new LogFixture();
  fixture.platform.files.makeDirectory(fixture.log.directory);
  const file = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .array(fc.tuple(fc.nat(20), fc.nat(20), fc.nat(20)), { maxLength: 5 })
      .map((entries) =>
        Buffer.concat(entries.map(([first, last, stable]) => indexEntry(7, first, last, stable))),
      ),
  );
  fc.assert(
    fc.property(file, (bytes) => {
      fixture.writeFile(FIRST_INDEX, bytes);
      const index = new TransactionIndex(fixture.platform.files, fixture.log.directory, 0);
      const isSane = index.load(15) === 'loaded';
      expect(index.size).toBe(isSane ? bytes.length / 34 : 0);
      let previous = -1;
      for (const { firstOffset, lastOffset } of index.entries) {
        expect(lastOffset).toBeGreaterThan(Math.max(previous, firstOffset));
        expect(lastOffset).toBeLessThan(15);
        previous = lastOffset;
      }
      index.append({ producerId: 1, firstOffset: 20, lastOffset: 30, lastStableOffset: 31 });
      index.persist();
      expect(index.load(40)).toBe('loaded');
    }),
  );
});

test('the index goes with a log that moves to another directory, and is as durable there', async () => {
  const fixture = new LogFixture();
  fixture.write(7, 'a');
  fixture.end(7, 'abort');
  await fixture.platform.settle();
  const { files } = fixture.platform;
  const target = LogDirectory.open(fixture.platform, { path: '/other', nodeId: 1, durability: 'fsync' });
  const identity = { topic: 't', topicId: fixture.topicId, partition: 0 };
  const copy = new LogCopy(files, { identity, log: fixture.log }, target, 't-0.moving-future');
  copy.begin();
  await fixture.during(copy.catchUp(() => Promise.resolve(true)));
  copy.finish();
  fixture.platform.crash('nothing');
  expect(files.readFile(`${copy.folder}/${FIRST_INDEX}`)).toEqual(indexEntry(7, 0, 1, 2));
});
