import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { source } from '../../connectors/datagen/index.ts';
import { quickstarts } from '../../connectors/datagen/quickstarts.ts';
import { silentLogger } from '../../platform/logger.ts';
import { ManualClock } from '../../platform/simulation/manual-clock.ts';
import { validateValue } from '../../runtime/data/index.ts';
import {
  createContext,
  PluginRegistry,
  requirePluginConfig,
  type Schema,
  type SourceRecord,
} from '../../runtime/plugin/index.ts';
import { readBatches, valuesOf } from './harness.ts';

const fast = { topic: 't', 'max.interval': 0, 'random.seed': 7 };

async function recordsOf(raw: Readonly<Record<string, unknown>>, iterations = 50): Promise<SourceRecord[]> {
  const batches = await readBatches(source, { ...fast, iterations, ...raw });
  return batches.flatMap(({ records }) => records);
}

test.each([...quickstarts.keys()])(
  'the quickstart %s makes records that fit their schemas',
  async (quickstart) => {
    const records = await recordsOf({ quickstart });
    expect(records).toHaveLength(50);
    const { keyField } = quickstarts.get(quickstart) ?? {};
    for (const { topic, key, keySchema, value, valueSchema } of records) {
      expect(topic).toBe('t');
      validateValue(valueSchema as Schema, value);
      validateValue(keySchema as Schema, key ?? null);
      expect(key).toEqual((value as Record<string, unknown>)[keyField ?? '']);
      expect(valueSchema?.name).toBe(`datagen.${quickstart}`);
    }
    expect(new Set(records.map(({ valueSchema }) => valueSchema)).size).toBe(1);
    expect(new Set(records.map(({ value }) => JSON.stringify(value))).size).toBeGreaterThan(5);
  },
);

test('orders have the fields that users of Connect know', async () => {
  const [first] = await recordsOf({ quickstart: 'ORDERS' }, 1);
  expect(first?.valueSchema?.fields.map(({ name, schema }) => `${name}:${schema.type}`)).toEqual([
    'ordertime:int64',
    'orderid:int32',
    'itemid:string',
    'orderunits:float64',
    'address:struct',
  ]);
  expect(first?.key).toBe(0);
});

test('names of quickstarts may be written with dashes', async () => {
  const [first] = await recordsOf({ quickstart: 'stock-trades' }, 1);
  expect(first?.valueSchema?.name).toBe('datagen.stock_trades');
});

test('the ids of shoes are among those that shoe orders name', async () => {
  const ids = async (quickstart: string, field: string): Promise<Set<unknown>> => {
    const records = await recordsOf({ quickstart, 'random.seed': quickstart.length }, 2000);
    return new Set(records.map(({ value }) => (value as Record<string, unknown>)[field]));
  };
  expect(await ids('shoes', 'id')).toEqual(await ids('shoe_orders', 'product_id'));
});

test('the same seed makes the same records, another seed others', async () => {
  const first = await recordsOf({ quickstart: 'users_' });
  expect(await recordsOf({ quickstart: 'users_' })).toEqual(first);
  expect(await recordsOf({ quickstart: 'users_', 'random.seed': 8 })).not.toEqual(first);
  expect(await recordsOf({ quickstart: 'users_', 'random.seed': 7 + 2 ** 40 })).not.toEqual(first);
});

test("without a seed the connector's name decides, so a second run repeats the first", async () => {
  const run = { quickstart: 'ratings', 'random.seed': null };
  expect(await recordsOf(run)).toEqual(await recordsOf(run));
  expect(await recordsOf(run)).not.toEqual(await recordsOf({ quickstart: 'ratings' }));
});

test('a run that was broken off goes on as if it never stopped', async () => {
  const raw = { ...fast, quickstart: 'clickstream', iterations: 95, 'batch.size': 10 };
  const whole = valuesOf(await readBatches(source, raw));
  expect(whole).toHaveLength(95);
  for (const batchesMax of [1, 4, 9]) {
    const before = await readBatches(source, raw, { batchesMax });
    const position = before.at(-1)?.position;
    const after = await readBatches(source, { ...raw, 'batch.size': 7 }, { position });
    expect(valuesOf([...before, ...after])).toEqual(whole);
  }
});

test('iterations bound the whole run, not each start of it', async () => {
  const raw = { ...fast, quickstart: 'orders', iterations: 10 };
  expect(await readBatches(source, raw, { position: { 'current.iteration': 10 } })).toEqual([]);
  expect(valuesOf(await readBatches(source, raw, { position: { 'current.iteration': 8 } }))).toHaveLength(2);
  expect(valuesOf(await readBatches(source, { ...raw, iterations: 0 }))).toEqual([]);
});

test('without iterations there is no end', async () => {
  const batches = await readBatches(source, { ...fast, quickstart: 'orders' }, { batchesMax: 5 });
  expect(valuesOf(batches)).toHaveLength(5000);
});

test('sequences and random fields work far behind 2^32 records', async () => {
  const position = { 'current.iteration': 2 ** 40 };
  const fields = { id: 'sequence', code: 'uuid' };
  const batches = await readBatches(source, { ...fast, fields }, { position, batchesMax: 1 });
  const values = valuesOf(batches) as { id: number; code: string }[];
  expect(values[0]?.id).toBe(2 ** 40 + 1);
  expect(new Set(values.map(({ code }) => code)).size).toBe(1000);
  // Not those of the first records again: all 53 bits of the number count.
  const first = valuesOf(await readBatches(source, { ...fast, fields }, { batchesMax: 1 })) as typeof values;
  expect(first[0]?.code).not.toBe(values[0]?.code);
});

test('a stored offset of another kind is refused', async () => {
  const position = { position: 5 } as unknown as { 'current.iteration': number };
  await expect(readBatches(source, { ...fast, quickstart: 'orders' }, { position })).rejects.toThrow(
    'Reset the connector',
  );
});

test('an operator may set only offsets that can be right', () => {
  const config = requirePluginConfig(source, { ...fast, quickstart: 'orders' });
  const alter = (partition: { [key: string]: number }, position: { [key: string]: number } | null) => () =>
    source.alterOffsets?.(config, [{ partition, position }]);
  expect(alter({ 'task.id': 0 }, { 'current.iteration': 5 })).not.toThrow();
  expect(alter({ 'task.id': 0 }, null)).not.toThrow();
  expect(alter({ 'task.id': 0 }, { 'current.iteration': -1 })).toThrow('An offset is');
  expect(alter({ 'task.id': 0 }, { line: 1 })).toThrow('An offset is');
  expect(alter({ task: 0 }, null)).toThrow('The only partition');
});

test('pauses are random up to max.interval, and a record comes only when it is due', async () => {
  const clock = new ManualClock();
  const stop = new AbortController();
  const ctx = createContext({ connector: 'c', signal: stop.signal, log: silentLogger, clock });
  const config = requirePluginConfig(source, {
    ...fast,
    quickstart: 'orders',
    iterations: 20,
    'max.interval': 1000,
  });
  const times: number[] = [];
  const start = clock.monotonic();
  const reading = (async () => {
    for await (const { records } of source.read(config, { partition: {}, position: undefined }, ctx)) {
      for (const _ of records) times.push(clock.monotonic() - start);
    }
  })();
  for (let i = 0; i < 2000; i++) {
    clock.advance(10);
    await setImmediate();
  }
  await reading;
  expect(times).toHaveLength(20);
  const gaps = times.map((time, i) => time - (times[i - 1] ?? 0));
  expect(Math.max(...gaps)).toBeLessThanOrEqual(1010);
  expect(new Set(gaps).size).toBeGreaterThan(10);
});

test('a reader that was held up for long gets no flood of records afterwards', async () => {
  const clock = new ManualClock();
  const stop = new AbortController();
  const ctx = createContext({ connector: 'c', signal: stop.signal, log: silentLogger, clock });
  const config = requirePluginConfig(source, { ...fast, quickstart: 'orders', 'max.interval': 200 });
  const reading = source.read(config, { partition: {}, position: undefined }, ctx)[Symbol.asyncIterator]();
  const first = reading.next();
  clock.advance(200);
  await first;
  clock.advance(3_600_000);
  const { value } = await reading.next();
  expect(value?.records.length).toBeLessThan(50);
  stop.abort();
});

test('a stop ends the pause and the reading', async () => {
  const stop = new AbortController();
  const ctx = createContext({
    connector: 'c',
    signal: stop.signal,
    log: silentLogger,
    clock: new ManualClock(),
  });
  const config = requirePluginConfig(source, { topic: 't', quickstart: 'orders', 'max.interval': '1h' });
  const reading = source.read(config, { partition: {}, position: undefined }, ctx)[Symbol.asyncIterator]();
  const next = reading.next();
  stop.abort();
  expect(await next).toEqual({ done: true, value: undefined });
});

test("Connect's class name and kafka.topic are accepted", async () => {
  const registry = new PluginRegistry();
  registry.add(source as unknown as Parameters<PluginRegistry['add']>[0]);
  expect(registry.require('source', 'DatagenConnector').name).toBe('datagen');
  const [record] = await recordsOf({ topic: undefined, 'kafka.topic': 'mine', quickstart: 'users' }, 1);
  expect(record?.topic).toBe('mine');
});

test('the key field may be chosen or left out', async () => {
  const [chosen] = await recordsOf({ quickstart: 'pageviews', 'schema.keyfield': 'userid' }, 1);
  expect(chosen?.key).toMatch(/^User_[1-9]$/);
  expect(chosen?.keySchema?.type).toBe('string');
  const [none] = await recordsOf({ quickstart: 'pageviews', 'schema.keyfield': '' }, 1);
  expect(none).toMatchObject({ key: null, keySchema: undefined });
});
