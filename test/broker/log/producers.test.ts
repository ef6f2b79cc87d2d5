import { expect, test } from 'vitest';
import type { SequenceCheck } from '../../../broker/log/index.ts';
import { crc32c } from '../../../kafka/records/index.ts';
import { LogFixture } from './log-fixture.ts';

interface Sent {
  readonly baseSequence: number;
  readonly count?: number;
  readonly producerEpoch?: number;
}

function check(fixture: LogFixture, { baseSequence, count = 1, producerEpoch = 0 }: Sent): SequenceCheck {
  const lastSequence = (baseSequence + count - 1) % 0x80000000;
  return fixture.log.checkSequence({
    producerId: 7,
    producerEpoch,
    firstSequence: baseSequence,
    lastSequence,
    isTransactional: false,
  });
}

async function send(fixture: LogFixture, sent: Sent): Promise<number> {
  expect(check(fixture, sent)).toEqual({ kind: 'append' });
  const { baseSequence, count = 1, producerEpoch = 0 } = sent;
  const values = Array.from({ length: count }, (_, i) => `s${baseSequence + i}`);
  return fixture.appendDurably(values, {
    producerId: 7,
    producerEpoch,
    baseSequence,
    timestamp: 1000 + (baseSequence % 1000),
  });
}

const gap: SequenceCheck = { kind: 'refuse', error: 'OUT_OF_ORDER_SEQUENCE_NUMBER' };
const fenced: SequenceCheck = { kind: 'refuse', error: 'INVALID_PRODUCER_EPOCH' };

const duplicateOf = (result: SequenceCheck) =>
  result.kind === 'duplicate' ? result.batch.lastOffset : result;

test('B40: the last five batches are recognised, with their offsets, and an older one is out of order', async () => {
  const fixture = new LogFixture();
  for (let i = 0; i < 7; i++) await send(fixture, { baseSequence: 3 * i, count: 3 });
  for (let i = 2; i < 7; i++) {
    expect(duplicateOf(check(fixture, { baseSequence: 3 * i, count: 3 }))).toBe(3 * i + 2);
  }
  expect(check(fixture, { baseSequence: 3, count: 3 })).toEqual(gap);
  expect(check(fixture, { baseSequence: 6, count: 2 })).toEqual(gap);
  expect(check(fixture, { baseSequence: 7, count: 2 })).toEqual(gap);
});

test('B41: a gap is refused, the next sequence is taken', async () => {
  const fixture = new LogFixture();
  await send(fixture, { baseSequence: 0, count: 2 });
  expect(check(fixture, { baseSequence: 3 })).toEqual(gap);
  expect(check(fixture, { baseSequence: 2 })).toEqual({ kind: 'append' });
});

test('an unknown producer may begin anywhere; a new epoch only at 0, and an old one is fenced', async () => {
  const fixture = new LogFixture();
  await send(fixture, { baseSequence: 1000 });
  await send(fixture, { baseSequence: 0, producerEpoch: 2 });
  expect(check(fixture, { baseSequence: 1001, producerEpoch: 0 })).toEqual(fenced);
  expect(check(fixture, { baseSequence: 5, producerEpoch: 3 })).toEqual(gap);
  expect(check(fixture, { baseSequence: 0, producerEpoch: 3 })).toEqual({ kind: 'append' });
});

test('after 2^31-1 comes sequence 0, also within a batch, and such a batch is recognised', async () => {
  const fixture = new LogFixture();
  await send(fixture, { baseSequence: 0x7ffffffe, count: 4 });
  expect(check(fixture, { baseSequence: 2 })).toEqual({ kind: 'append' });
  expect(check(fixture, { baseSequence: 3 })).toEqual(gap);
  expect(duplicateOf(check(fixture, { baseSequence: 0x7ffffffe, count: 4 }))).toBe(3);
  const other = new LogFixture();
  await send(other, { baseSequence: 0x7fffffff });
  expect(check(other, { baseSequence: 0 })).toEqual({ kind: 'append' });
});

for (const stop of ['orderly', 'unclean'] as const) {
  test(`B42: after an ${stop} restart duplicates are recognised and gaps refused`, async () => {
    const fixture = new LogFixture({ 'internal.segment.bytes': '300' });
    for (let i = 0; i < 9; i++) await send(fixture, { baseSequence: i });
    if (stop === 'orderly') await fixture.restart();
    else fixture.crash();
    expect(duplicateOf(check(fixture, { baseSequence: 8 }))).toBe(8);
    expect(check(fixture, { baseSequence: 10 })).toEqual(gap);
    await send(fixture, { baseSequence: 9 });
    // The snapshots hold the last batch only, as Kafka's do, and the log the others: never is one accepted twice.
    for (let i = 0; i < 8; i++) expect(check(fixture, { baseSequence: i }).kind).not.toBe('append');
  });
}

test("a snapshot has Kafka's bytes", async () => {
  const fixture = new LogFixture();
  await send(fixture, { baseSequence: 0, count: 3 });
  await send(fixture, { baseSequence: 3, count: 2 });
  fixture.log.roll();
  const bytes = fixture.platform.files.readFile(fixture.path('00000000000000000005.snapshot'));
  const entry = Buffer.alloc(46);
  entry.writeBigInt64BE(7n, 0); // producer id
  entry.writeInt16BE(0, 8); // epoch
  entry.writeInt32BE(4, 10); // last sequence
  entry.writeBigInt64BE(4n, 14); // last offset
  entry.writeInt32BE(1, 22); // offset delta
  entry.writeBigInt64BE(1003n, 26); // timestamp
  entry.writeInt32BE(-1, 34); // coordinator epoch
  entry.writeBigInt64BE(-1n, 38); // first offset of the open transaction
  const body = Buffer.concat([Buffer.from([0, 0, 0, 1]), entry]);
  const header = Buffer.alloc(6);
  header.writeInt16BE(1, 0);
  header.writeUInt32BE(crc32c(body), 2);
  expect(bytes).toEqual(Buffer.concat([header, body]));
});

test('snapshots are kept for the segments that there are, and the end', async () => {
  const fixture = new LogFixture({ 'internal.segment.bytes': '300' });
  for (let i = 0; i < 9; i++) await send(fixture, { baseSequence: i });
  await fixture.restart();
  for (let i = 9; i < 12; i++) await send(fixture, { baseSequence: i });
  await fixture.restart();
  const bases = fixture.log.segments.map((segment) => segment.baseOffset).slice(1);
  const expected = [...bases, 12].map((offset) => `${String(offset).padStart(20, '0')}.snapshot`);
  expect(fixture.fileNames('.snapshot')).toEqual(expected);
});

test('a snapshot that is beyond the end of the recovered log is not believed', async () => {
  const fixture = new LogFixture({ 'internal.segment.bytes': '300' }, 'page-cache');
  await send(fixture, { baseSequence: 0 });
  fixture.directory.checkpoint();
  await fixture.directory.close(1);
  fixture.reopen();
  for (let i = 1; i < 5; i++) await send(fixture, { baseSequence: i });
  fixture.crash();
  const lastKept = fixture.log.logEndOffset - 1;
  expect(check(fixture, { baseSequence: lastKept + 1 })).toEqual({ kind: 'append' });
  expect(check(fixture, { baseSequence: lastKept + 2 })).toEqual(gap);
});

test("a batch that could not be written leaves no trace in its producer's state", async () => {
  const fixture = new LogFixture();
  await send(fixture, { baseSequence: 0 });
  fixture.platform.files.capacityBytes = 0;
  fixture.append(['lost'], { producerId: 7, producerEpoch: 0, baseSequence: 1, timestamp: 1001 });
  fixture.append(['lost'], { producerId: 8, producerEpoch: 0, baseSequence: 0, timestamp: 1002 });
  await fixture.platform.settle();
  fixture.platform.files.capacityBytes = Number.POSITIVE_INFINITY;
  expect(check(fixture, { baseSequence: 2 })).toEqual(gap);
  expect(fixture.log.producers.get(8)).toBeUndefined();
  await send(fixture, { baseSequence: 1 });
});

test('a batch behind one that could not be written is not appended in its place when a roll finds that out', async () => {
  const fixture = new LogFixture({ 'internal.segment.bytes': '300' });
  await send(fixture, { baseSequence: 0 });
  await fixture.appendDurably(['filler'], { timestamp: 1000 });
  const { files } = fixture.platform;
  const sent = { producerId: 7, producerEpoch: 0, timestamp: 1000 };
  fixture.append(['x'.repeat(60)], { ...sent, baseSequence: 1 });
  files.failAt(files.operations + 1, 'ENOSPC');
  expect(() => fixture.append(['y'.repeat(200)], { ...sent, baseSequence: 2 })).toThrow('ENOSPC');
  await fixture.platform.settle();
  expect(check(fixture, { baseSequence: 2 })).toEqual(gap);
  await send(fixture, { baseSequence: 1 });
  expect(fixture.readAll().at(-1)).toBe('2:k0=s1');
});

test('idle producers expire, those with an open transaction do not', async () => {
  const fixture = new LogFixture();
  await send(fixture, { baseSequence: 0 });
  fixture.log.producers.expireBefore(1000);
  expect(fixture.log.producers.size).toBe(1);
  const entry = fixture.log.producers.get(7);
  if (entry !== undefined)
    fixture.log.producers.load([{ ...entry, producerId: 9, currentTxnFirstOffset: 0 }]);
  fixture.log.producers.expireBefore(1001);
  expect([...fixture.log.producers.entries].map((each) => each.producerId)).toEqual([9]);
});
