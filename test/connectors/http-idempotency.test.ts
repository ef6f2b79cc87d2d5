import { expect, test } from 'vitest';
import { sink } from '../../connectors/http/index.ts';
import type { SinkRecord } from '../../runtime/plugin/index.ts';
import { batchOf, openSink, sinkRecords } from './harness.ts';
import { failureOf, numbers, openTo, type Raw, startServer } from './http-harness.ts';

async function keysOf(batches: readonly (readonly SinkRecord[])[], raw: Raw = {}, name = 'orders sink') {
  const server = await startServer();
  const open = await openSink(sink, { url: server.url, 'allow.private.addresses': true, ...raw }, name);
  for (const records of batches) await open.write(batchOf(records));
  return server.requests.map(({ headers }) => String(headers['idempotency-key']));
}

test('the same batch has the same key in another process, and names its records', async () => {
  const [first] = await keysOf([numbers(3, 5)]);
  expect(await keysOf([numbers(3, 5)])).toEqual([first]);
  expect(first).toMatch(/^orders%20sink:orders-0@5\.\.orders-0@7:[0-9a-f]{32}$/);
});

test('other records, other contents, other connectors and other partitions have other keys', async () => {
  const keys = [
    ...(await keysOf([numbers(3, 5)])),
    ...(await keysOf([numbers(2, 5)])),
    ...(await keysOf([numbers(3, 6)])),
    ...(await keysOf([sinkRecords([{ value: 1 }], { firstOffset: 5 })])),
    ...(await keysOf([sinkRecords([{ value: 2 }], { firstOffset: 5 })])),
    ...(await keysOf([sinkRecords([{ value: 1 }], { firstOffset: 5, partition: 1 })])),
    ...(await keysOf([sinkRecords([{ value: 1 }], { firstOffset: 5, topic: 'b' })])),
    ...(await keysOf([numbers(3, 5)], {}, 'other sink')),
    // A gap between first and last.
    ...(await keysOf([numbers(3, 5).filter(({ offset }) => offset !== 6)])),
  ];
  expect(new Set(keys).size).toBe(keys.length);
});

test('with single records the key does not depend on how they are batched', async () => {
  const single = { 'body.format': 'single' };
  const records = numbers(4);
  expect(await keysOf([records], single)).toEqual(
    await keysOf([records.slice(0, 1), numbers(4).slice(1)], single),
  );
});

test('equal records that a transform made of one, or moved to one place, have different keys', async () => {
  const twice = [...numbers(1), ...numbers(1)];
  const [first, second] = await keysOf([twice], { 'body.format': 'single' });
  expect(second).not.toBe(first);
  // In halves of the batch as well.
  const server = await startServer(({ json }) => ((json as number[]).length > 1 ? 400 : 200));
  const open = await openTo(server.url);
  await failureOf(open.write(batchOf(twice)));
  for (const record of twice) await open.write(batchOf([record]));
  const keys = server.requests.slice(1).map(({ headers }) => headers['idempotency-key']);
  expect(new Set(keys).size).toBe(2);
});

test('equal records that were moved from two topics to one have different keys', async () => {
  const server = await startServer();
  const open = await openTo(server.url, { 'body.format': 'single' });
  for (const origin of ['a', 'b']) {
    const offsets = [{ topic: origin, partition: 0, offset: 1 }];
    await open.write({ records: sinkRecords([{ value: 'ping' }], { topic: 'merged' }), offsets });
  }
  const [first, second] = server.requests.map(({ headers }) => headers['idempotency-key']);
  expect(second).not.toBe(first);
});

test('a long key is shortened to a hash, and the header may be renamed or left out', async () => {
  const [long] = await keysOf([sinkRecords([{ value: 1 }, { value: 2 }], { topic: 't'.repeat(249) })]);
  expect(long).toMatch(/^[0-9a-f]{64}$/);
  const server = await startServer();
  await (await openTo(server.url, { 'idempotency.header': 'X-Id' })).write(batchOf(numbers(1)));
  await (await openTo(server.url, { 'idempotency.header': '' })).write(batchOf(numbers(1)));
  expect(server.requests.map(({ headers }) => [headers['x-id'], headers['idempotency-key']])).toEqual([
    [expect.stringContaining('orders-0@0'), undefined],
    [undefined, undefined],
  ]);
});
