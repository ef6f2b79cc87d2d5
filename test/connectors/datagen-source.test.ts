import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DatagenPosition, source } from '../../connectors/datagen/index.ts';
import { quickstarts } from '../../connectors/datagen/quickstarts.ts';
import { validateValue } from '../../runtime/data/index.ts';
import {
  Decimal,
  parsePluginConfig,
  requirePluginConfig,
  type SourceBatch,
} from '../../runtime/plugin/index.ts';
import { contextOf, readBatches, valuesOf } from './harness.ts';

const fast = { topic: 'made', 'max.interval': 0, 'random.seed': 42 };
const recordsOf = (batches: readonly SourceBatch<DatagenPosition>[]) =>
  batches.flatMap(({ records }) => records);

test.each(Object.keys(quickstarts))(
  'the quickstart %s makes records that fit their schema',
  async (quickstart) => {
    const records = recordsOf(await readBatches(source, { ...fast, quickstart, iterations: 50 }));
    expect(records).toHaveLength(50);
    for (const { valueSchema, value, keySchema, key } of records) {
      if (valueSchema === undefined || keySchema === undefined) throw new Error('a schema is missing');
      validateValue(valueSchema, value);
      validateValue(keySchema, key ?? null);
    }
    expect(new Set(records.map(({ valueSchema }) => valueSchema)).size).toBe(1);
    expect(records[0]?.valueSchema?.name).toBe(`datagen.${quickstart}`);
  },
);

test('the same seed makes the same records and another one does not', async () => {
  const make = async (seed: number) =>
    valuesOf(
      await readBatches(source, { ...fast, quickstart: 'transactions', 'random.seed': seed, iterations: 20 }),
    );
  expect(await make(1)).toEqual(await make(1));
  expect(await make(1)).not.toEqual(await make(2));
});

test('wherever it is broken off, it goes on with the next record', async () => {
  const config = { ...fast, quickstart: 'ORDERS', iterations: 30 };
  const whole = recordsOf(await readBatches(source, config));
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 12 }), async (size) => {
      const records = [];
      let position: DatagenPosition | undefined;
      for (;;) {
        const [batch] = await readBatches(
          source,
          { ...config, 'batch.size': size },
          { position, batchesMax: 1 },
        );
        if (batch === undefined) break;
        records.push(...batch.records);
        position = batch.position;
      }
      expect(records).toEqual(whole);
    }),
    { numRuns: 8 },
  );
});

test('a seed by chance is kept with the position', async () => {
  const config = { topic: 't', 'max.interval': 0, 'batch.size': 2, quickstart: 'users', iterations: 4 };
  const [first, second] = await readBatches(source, config);
  const [again] = await readBatches(source, config, { position: first?.position });
  expect(again?.records).toEqual(second?.records);
  expect(first?.position).toEqual({
    'current.iteration': 2,
    'random.seed': expect.any(Number),
    'task.generation': 0,
  });
  expect(again?.position['task.generation']).toBe(1);
});

test('fields of your own are made as they are described', async () => {
  const fields = {
    n: 'sequence(10, 5)',
    i: 'int(3, 4)',
    l: 'long',
    d: 'double(1, 2)',
    m: 'decimal(1, 2, 1)',
    b: 'boolean(1)',
    c: 'choice( a | b )',
    p: 'pattern(#?-x)',
    at: 'timestamp',
    u: 'uuid',
    k: 'constant(a, (b))',
    'deep.er.x': 'int(1, 1)',
    'deep.y': 'boolean ?1',
  };
  const config = {
    ...fast,
    fields,
    iterations: 200,
    'schema.keyfield': 'n',
    'start.time': '2020-01-01',
    'time.step': '1m',
  };
  const records = recordsOf(await readBatches(source, config));
  for (const [index, record] of records.entries()) {
    const value = record.value as Record<string, never>;
    expect(value).toMatchObject({ n: 10 + 5 * index, b: true, k: 'a, (b)', deep: { er: { x: 1 }, y: null } });
    expect([3, 4]).toContain(value['i']);
    expect(['a', 'b']).toContain(value['c']);
    expect(Number(value['d'])).toBeGreaterThanOrEqual(1);
    expect(Number(value['d'])).toBeLessThan(2);
    expect(value['m']).toBeInstanceOf(Decimal);
    expect(String(value['m'])).toMatch(/^1\.\d$|^2\.0$/);
    expect(value['p']).toMatch(/^\d[a-z]-x$/);
    expect(value['u']).toMatch(/^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
    expect(value['at']).toEqual(new Date(Date.UTC(2020, 0, 1, 0, index)));
    expect(record).toMatchObject({
      topic: 'made',
      key: value['n'],
      timestamp: Date.UTC(2020, 0, 1, 0, index),
    });
  }
  const seen = (name: string) =>
    new Set(valuesOf([{ records, position: null }]).map((value) => (value as Record<string, unknown>)[name]))
      .size;
  expect([seen('i'), seen('c'), seen('u'), seen('l')]).toEqual([2, 2, 200, 200]);
});

test('fields can be added to a quickstart', async () => {
  const config = {
    ...fast,
    quickstart: 'inventory',
    'fields.note': 'constant(hi)',
    'fields.quantity': 'int(7, 7)',
    iterations: 1,
  };
  const [value] = valuesOf(await readBatches(source, config));
  expect(value).toMatchObject({ id: 1, quantity: 7, note: 'hi' });
});

test('with an interval records come one by one, and stopping ends the pause', async () => {
  const stop = new AbortController();
  const config = requirePluginConfig(source, { topic: 't', quickstart: 'users', 'max.interval': '1d' });
  const sizes: number[] = [];
  for await (const batch of source.read(
    config,
    { partition: {}, position: undefined },
    contextOf({ signal: stop.signal }),
  )) {
    sizes.push(batch.records.length);
    setTimeout(() => stop.abort(), 1);
  }
  expect(sizes).toEqual([1]);
});

test('every problem of a config is reported at once', () => {
  const fields = {
    a: 'int(5, 1)',
    b: 'magic',
    c: 'choice()',
    d: 'boolean(2)',
    e: 'decimal(1, 2, -1)',
    f: 'double(x)',
    g: 'sequence(1.5)',
    h: 'int(1, 2, 3)',
    i: 'pattern()',
    j: 'int ?7',
    'k.': 'int',
    l: 'int',
    'l.m': 'int',
  };
  const config = { fields, 'schema.keyfield': 'zz', 'start.time': 'soon' };
  expect(() => requirePluginConfig(source, config)).toThrow(
    expect.objectContaining({
      problems: [
        'topic',
        ...'abcdefghij'.split('').map((name) => `fields.${name}`),
        'fields.k.',
        'fields.l',
        'schema.keyfield',
        'start.time',
      ].map((key) => expect.objectContaining({ key })),
    }),
  );
  expect(() => requirePluginConfig(source, { topic: 't' })).toThrow(/nothing to make/);
  expect(parsePluginConfig(source.config, { quickstart: 'cats' }).problems).toHaveLength(1);
  expect(() =>
    source.alterOffsets?.(undefined as never, [{ partition: {}, position: { 'current.iteration': -1 } }]),
  ).toThrow(/current\.iteration/);
});
