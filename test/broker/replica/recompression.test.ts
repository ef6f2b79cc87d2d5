import { expect, test } from 'vitest';
import {
  decode,
  decodeResponseHeader,
  produceRequest,
  produceResponse,
} from '../../../kafka/protocol/index.ts';
import { batchHeader, codecOf } from '../../../kafka/records/index.ts';
import { BrokerFixture, batchOf, produceBody } from '../broker-fixture.ts';

/** Uncompressed and large enough for a thread. */
const long = (text: string) => Array.from({ length: 300 }, (_, i) => `${text} ${i} ${'x'.repeat(200)}`);

async function codecsOf(fixture: BrokerFixture): Promise<string[]> {
  const records = (await fixture.fetch('t', 0, { maxBytes: 1 << 24, partitionMaxBytes: 1 << 24 }))?.records;
  const found: string[] = [];
  for (let at = 0; records && at < records.length; at += batchHeader.sizeInBytes(records, at)) {
    found.push(`${batchHeader.recordCount(records, at)} ${codecOf(batchHeader.codecId(records, at))}`);
  }
  return found;
}

for (const codec of ['gzip', 'snappy', 'lz4', 'zstd', 'uncompressed']) {
  test(`batches are stored as compression.type=${codec} wants, small and large`, async () => {
    const fixture = await BrokerFixture.start();
    await fixture.createTopic('t', 1, { 'compression.type': codec });
    const given = codec === 'gzip' ? 'zstd' : 'gzip';
    for (const values of [['small'], long('large')]) {
      expect(await fixture.produce('t', batchOf(values, { codec: given }))).toMatchObject({ errorCode: 0 });
    }
    const stored = codec === 'uncompressed' ? 'none' : codec;
    expect(await codecsOf(fixture)).toEqual([`1 ${stored}`, `300 ${stored}`]);
    expect(await fixture.readAll('t')).toHaveLength(301);
  });
}

test('the level of the codec is that of the topic', async () => {
  const fixture = await BrokerFixture.start();
  const sizes: number[] = [];
  for (const level of ['1', '9']) {
    await fixture.createTopic('t', 1, { 'compression.type': 'gzip', 'compression.gzip.level': level });
    const values = Array.from({ length: 400 }, (_, i) => `${Math.imul(i, 0x9e3779b1)} and ${i * i} of ${i}`);
    await fixture.produce('t', batchOf(values));
    sizes.push((await fixture.fetch('t', 0))?.records?.length ?? 0);
    await fixture.deleteTopic('t');
  }
  expect(sizes[1]).toBeLessThan(sizes[0] ?? 0);
});

test('what follows a batch that is being recompressed waits for its turn, also of an idempotent producer', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t', 1, { 'compression.type': 'zstd' });
  const producerId = await fixture.producerId();
  let baseSequence = 0;
  const batches = [long('first'), ['second'], long('third'), ['fourth'], ['fifth']];
  for (const values of batches) {
    const fields = { producerId, producerEpoch: 0, baseSequence };
    fixture.client.send(produceRequest, 9, produceBody('t', 0, batchOf(values, fields)));
    baseSequence += values.length;
  }
  let baseOffset = 0;
  for (const values of batches) {
    const frame = await fixture.during(fixture.client.nextFrame());
    if (frame === undefined) throw new Error('the connection was closed');
    const { bodyOffset } = decodeResponseHeader(produceResponse, 9, frame);
    const [topic] = decode(produceResponse, 9, frame, bodyOffset).responses;
    expect(topic?.partitionResponses[0]).toMatchObject({ errorCode: 0, baseOffset });
    baseOffset += values.length;
  }
  expect(await codecsOf(fixture)).toEqual(['300 zstd', '1 zstd', '300 zstd', '1 zstd', '1 zstd']);
});

test('a large batch that is not valid is refused, and those behind it are not', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t', 1, { 'compression.type': 'gzip' });
  const broken = batchOf(long('broken'));
  broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1;
  expect(await fixture.produce('t', broken)).toMatchObject({ errorCode: 2 });
  expect(await fixture.produce('t', batchOf(['good']))).toMatchObject({ errorCode: 0, baseOffset: 0 });
});

test('without threads the work is done all the same', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t', 1, { 'compression.type': 'gzip' });
  await fixture.platform.executor.close();
  expect(await fixture.produce('t', batchOf(long('value')))).toMatchObject({ errorCode: 0 });
  expect(await codecsOf(fixture)).toEqual(['300 gzip']);
});
