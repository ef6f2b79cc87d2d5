import { expect, test } from 'vitest';
import { fetchRequest, produceRequest } from '../../../kafka/protocol/index.ts';
import { BrokerFixture, batchOf, fetchBody, produceBody } from '../broker-fixture.ts';

const CROWD = 10_000;

test('ten thousand idle connections cost a few kilobytes each, and other clients go on', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  const before = process.memoryUsage().heapUsed;
  const clients = await fixture.during(Promise.all(Array.from({ length: CROWD }, () => fixture.connect())));
  const bytesEach = (process.memoryUsage().heapUsed - before) / CROWD;
  expect(bytesEach).toBeLessThan(20_000); // Both ends of it, and what the collector has not taken yet.
  expect(await fixture.produce('t', batchOf(['a']))).toMatchObject({ errorCode: 0, baseOffset: 0 });
  expect(await fixture.readAll('t')).toEqual(['0:a']);
  await fixture.platform.runFor(700_000); // connections.max.idle.ms is ten minutes.
  expect(clients.filter((client) => !client.isClosed)).toEqual([]);
});

test('requests that come byte by byte, and never to an end, hold up nobody', async () => {
  const fixture = await BrokerFixture.start({ 'connections.max.idle.ms': '60000' });
  await fixture.createTopic('t');
  const slow = await Promise.all(Array.from({ length: 50 }, () => fixture.connect()));
  const frame = Buffer.concat(
    slow[0]?.frameOf(produceRequest, 9, produceBody('t', 0, batchOf(['x'])), 1) ?? [],
  );
  for (let at = 0; at < frame.length - 1; at += 1) {
    for (const client of slow) client.write(frame.subarray(at, at + 1));
    await fixture.platform.runFor(1_000);
  }
  expect(slow.every((client) => !client.isClosed)).toBe(true);
  const other = await fixture.connect();
  expect(await fixture.produce('t', batchOf(['a']), { client: other })).toMatchObject({
    errorCode: 0,
    baseOffset: 0,
  });
  await fixture.platform.runFor(120_000);
  expect(slow.filter((client) => !client.isClosed)).toEqual([]);
  const reader = await fixture.connect();
  const answer = await fixture.fetch('t', 0, { client: reader });
  expect(answer).toMatchObject({ errorCode: 0, highWatermark: 1 }); // Nothing of the half requests was done.
});

test('clients that ask for much and read nothing keep no more than a little of it in memory', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  const megabyte = 'x'.repeat(900_000);
  for (let i = 0; i < 8; i++) await fixture.produce('t', batchOf([megabyte]));
  const deaf = await Promise.all(Array.from({ length: 10 }, () => fixture.connect()));
  for (const client of deaf) {
    client.connection.pause();
    for (let i = 0; i < 200; i++)
      client.send(fetchRequest, 12, fetchBody('t', 0, { maxBytes: 8 << 20, partitionMaxBytes: 8 << 20 }));
  }
  const before = process.memoryUsage().arrayBuffers;
  await fixture.platform.runFor(1_000);
  // Of 200 answers of eight megabytes to each, one or two are made: 16 GB in all if they were.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(400 << 20);
  expect(await fixture.produce('t', batchOf(['a']))).toMatchObject({ errorCode: 0, baseOffset: 8 });
});
