import { expect, test } from 'vitest';
import { source } from '../../connectors/datagen/index.ts';
import { ConfigError, Decimal, requirePluginConfig, type SourceRecord } from '../../runtime/plugin/index.ts';
import { readBatches } from './harness.ts';

async function recordsOf(raw: Readonly<Record<string, unknown>>, iterations = 50): Promise<SourceRecord[]> {
  const fast = { topic: 't', 'max.interval': 0, 'random.seed': 7 };
  const batches = await readBatches(source, { ...fast, iterations, ...raw });
  return batches.flatMap(({ records }) => records);
}

async function valuesFor(field: unknown, iterations = 200): Promise<unknown[]> {
  const records = await recordsOf({ fields: { f: field } }, iterations);
  return records.map(({ value }) => (value as { readonly f: unknown }).f);
}

function problemsOf(raw: Readonly<Record<string, unknown>>): string[] {
  try {
    requirePluginConfig(source, { topic: 't', ...raw });
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems.map(({ key, message }) => `${key}: ${message}`);
    throw error;
  }
}

test('numbers keep their ranges and reach both ends', async () => {
  expect(new Set(await valuesFor({ type: 'int', min: -1, max: 2 }))).toEqual(new Set([-1, 0, 1, 2]));
  const longs = (await valuesFor({ type: 'long', min: 2 ** 45, max: 2 ** 45 + 5 })) as number[];
  expect(longs.every((value) => value >= 2 ** 45 && value <= 2 ** 45 + 5)).toBe(true);
  const doubles = (await valuesFor({ type: 'double', min: 1, max: 2, decimals: 2 })) as number[];
  expect(doubles.every((value) => value >= 1 && value <= 2 && Number(value.toFixed(2)) === value)).toBe(true);
  const floats = (await valuesFor('float')) as number[];
  expect(floats.every((value) => Math.fround(value) === value)).toBe(true);
});

test('decimals have their scale', async () => {
  const values = (await valuesFor({ type: 'decimal', min: '1.50', max: '1.53', scale: 2 })) as Decimal[];
  expect(new Set(values.map(String))).toEqual(new Set(['1.50', '1.51', '1.52', '1.53']));
  expect(values[0]).toBeInstanceOf(Decimal);
});

test('sequences step, start again after count, and stay within an int', async () => {
  expect(await valuesFor({ type: 'sequence', start: 10, step: -2 }, 3)).toEqual([10, 8, 6]);
  expect(await valuesFor({ type: 'sequence', count: 2 }, 5)).toEqual([1, 2, 1, 2, 1]);
  expect(await valuesFor({ type: 'sequence', start: 2147483646, of: 'int' }, 3)).toEqual([
    2147483646, 2147483647, 2147483646,
  ]);
});

test('choices may be weighted and of several types', async () => {
  expect(new Set(await valuesFor({ type: 'choice', values: 'a, b' }))).toEqual(new Set(['a', 'b']));
  expect(new Set(await valuesFor({ type: 'choice', values: ['1', '2'], of: 'int' }))).toEqual(
    new Set([1, 2]),
  );
  expect(new Set(await valuesFor({ type: 'choice', values: 'a,b,c', weights: '0,1,0' }))).toEqual(
    new Set(['b']),
  );
  const weighted = await valuesFor({ type: 'choice', values: 'a,b', weights: '9,1' }, 1000);
  expect(weighted.filter((value) => value === 'a').length).toBeGreaterThan(800);
  expect(await valuesFor({ type: 'constant', value: 'false', of: 'boolean' }, 1)).toEqual([false]);
});

test('booleans keep their odds', async () => {
  expect(new Set(await valuesFor({ type: 'boolean', odds: 1 }))).toEqual(new Set([true]));
  expect(new Set(await valuesFor('boolean'))).toEqual(new Set([true, false]));
});

test('texts and bytes keep their lengths', async () => {
  const texts = (await valuesFor({ type: 'string', min: 2, max: 3 })) as string[];
  expect(new Set(texts.map(({ length }) => length))).toEqual(new Set([2, 3]));
  const contents = (await valuesFor({ type: 'bytes', min: 0, max: 1 })) as Buffer[];
  expect(new Set(contents.map(({ length }) => length))).toEqual(new Set([0, 1]));
});

test('nulls make a field optional', async () => {
  const records = await recordsOf({ fields: { f: { type: 'int', nulls: 0.5 } } }, 200);
  const values = records.map(({ value }) => (value as { f: unknown }).f);
  expect(values).toContain(null);
  expect(values.filter((value) => typeof value === 'number').length).toBeGreaterThan(50);
  expect(records[0]?.valueSchema?.fields[0]?.schema.optional).toBe(true);
});

test('uuids are well formed, and a pool has the same members whatever the seed', async () => {
  const free = (await valuesFor('uuid', 500)) as string[];
  const form = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  expect(free.filter((id) => !form.test(id))).toEqual([]);
  expect(new Set(free).size).toBe(500);
  const pooled = { type: 'uuid', pool: 3, space: 's' };
  const members = new Set(await valuesFor(pooled));
  expect(members.size).toBe(3);
  const others = await recordsOf({ fields: { f: pooled }, 'random.seed': 99 }, 200);
  expect(new Set(others.map(({ value }) => (value as { f: unknown }).f))).toEqual(members);
});

test('timestamps step, lie in a range, or are now', async () => {
  const stepped = await valuesFor({ type: 'timestamp', start: '2024-01-01T00:00:00Z', step: '1m' }, 2);
  expect(stepped).toEqual([new Date('2024-01-01T00:00:00Z'), new Date('2024-01-01T00:01:00Z')]);
  const range = { type: 'timestamp', start: '2024-01-01', end: '2024-01-02', of: 'long' };
  const random = (await valuesFor(range)) as number[];
  expect(Math.min(...random)).toBeGreaterThanOrEqual(Date.UTC(2024, 0, 1));
  expect(Math.max(...random)).toBeLessThanOrEqual(Date.UTC(2024, 0, 2));
  expect(new Set(random).size).toBeGreaterThan(100);
  const before = Date.now();
  const [now] = (await valuesFor({ type: 'timestamp', start: 'now', of: 'string' }, 1)) as string[];
  expect(Date.parse(now ?? '')).toBeGreaterThanOrEqual(before);
});

test('dates are days and times are times of day', async () => {
  const dates = (await valuesFor({ type: 'date', start: '2024-02-28', end: '2024-03-01' })) as Date[];
  expect(new Set(dates.map((date) => date.toISOString()))).toEqual(
    new Set(['2024-02-28T00:00:00.000Z', '2024-02-29T00:00:00.000Z', '2024-03-01T00:00:00.000Z']),
  );
  const times = (await valuesFor('time')) as Date[];
  expect(times.every((time) => time.getTime() >= 0 && time.getTime() < 86_400_000)).toBe(true);
});

test('templates have digits, letters, ranges, other fields and braces', async () => {
  const fields = { code: { type: 'template', text: '{{{id}/{##}/{??#}/{7-9}}}' }, id: 'sequence' };
  const records = await recordsOf({ fields }, 3);
  expect(records[0]?.valueSchema?.fields.map(({ name }) => name)).toEqual(['code', 'id']);
  records.forEach(({ value }, i) => {
    const { code } = value as { code: string };
    expect(code).toMatch(new RegExp(`^\\{${i + 1}/\\d\\d/[A-Z]{2}\\d/[789]\\}$`));
  });
});

test('structs, arrays and maps nest', async () => {
  const fields = {
    at: { type: 'struct', fields: { label: { type: 'template', text: 'in {city}' }, city: 'city' } },
    tags: { type: 'array', items: { type: 'choice', values: 'x' }, min: 2, max: 2 },
    extra: { type: 'map', fields: { a: 'int', b: 'int' } },
  };
  const [record] = await recordsOf({ fields }, 1);
  const value = record?.value as { at: { city: string; label: string }; tags: string[]; extra: object };
  expect(value.at.label).toBe(`in ${value.at.city}`);
  expect(value.tags).toEqual(['x', 'x']);
  expect(Object.keys(value.extra)).toEqual(['a', 'b']);
  expect(record?.valueSchema?.fields.map(({ schema }) => schema.type)).toEqual(['struct', 'array', 'map']);
});

test('flat keys, as in a Connect config, describe the same fields as nested ones', async () => {
  const zip = { type: 'struct', fields: { zip: { type: 'zipcode' } } };
  const nested = await recordsOf({ fields: { price: { type: 'double', min: 5, max: 6 }, at: zip } });
  const flat = await recordsOf({
    'fields.price': 'double',
    'fields.price.min': '5',
    'fields.price.max': '6',
    'fields.at.type': 'struct',
    'fields.at.fields.zip': 'zipcode',
  });
  expect(flat).toEqual(nested);
});

test('one field more changes no other, in a quickstart too', async () => {
  const plain = await recordsOf({ quickstart: 'orders' });
  const more = await recordsOf({ quickstart: 'orders', fields: { note: 'sentence' } });
  const withoutNote = more.map(({ value }) => {
    const { note, ...rest } = value as Record<string, unknown>;
    expect(note).toMatch(/^The .*\.$/);
    return rest;
  });
  expect(withoutNote).toEqual(plain.map(({ value }) => value));
});

test('every problem of a config is reported, with its key', () => {
  const fields = {
    a: { type: 'int', min: 5, max: 1 },
    b: 'intt',
    c: { type: 'double', minn: 3 },
    d: { type: 'choice', values: 'x', of: 'int' },
    e: { type: 'template', text: '{nothing' },
    f: { type: 'timestamp', start: 'yesterday' },
    g: { type: 'struct', fields: { h: 'bool' } },
    i: { type: 'int', nulls: 2 },
  };
  expect(problemsOf({ topic: undefined, fields, 'schema.keyfield': 'z' })).toEqual([
    'topic: Name the topic to write to.',
    'fields.a.min: fields.a: min is 5, above max, which is 1.',
    'fields.b: The field fields.b has the unknown type "intt".',
    'fields.c.minn: fields.c: Unknown configuration "minn".',
    'fields.d.values: fields.d: "x" is not of the type int.',
    'fields.e.text: fields.e: A single { has no partner: write {{ for the character.',
    'fields.f.start: fields.f: "yesterday" is not a moment such as 2024-01-31 or 2024-01-31T12:00:00Z.',
    'fields.g.fields.h: The field fields.g.fields.h has the unknown type "bool".',
    'fields.i.nulls: fields.i: nulls is a number from 0 to 1, not "2".',
    'schema.keyfield: schema.keyfield names "z", which is not a field.',
  ]);
});

test.each([
  ['a quickstart that does not exist', { quickstart: 'order' }, 'There is no quickstart'],
  ['neither quickstart nor fields', {}, 'Name a quickstart, or describe fields'],
  ['a second topic', { quickstart: 'orders', 'kafka.topic': 'u' }, 'are not the same'],
  ['a template of itself', { fields: { a: { type: 'template', text: '{a}' } } }, 'needs its own value'],
  ['a template of no field', { fields: { a: { type: 'template', text: '{b}' } } }, 'is not a field'],
  ['an int out of range', { fields: { a: { type: 'int', max: 2 ** 31 } } }, '32 bits'],
  [
    'a list of too few weights',
    { fields: { a: { type: 'choice', values: 'a,b', weights: '1' } } },
    'must be 2 numbers',
  ],
  ['a mixed map', { fields: { a: { type: 'map', fields: { x: 'int', y: 'city' } } } }, 'have one type'],
  [
    'an empty struct',
    { fields: { a: { type: 'struct', fields: {} } } },
    'Missing required|At least one field',
  ],
  ['a name with an empty part', { 'fields.a..b': 'int' }, 'not empty'],
  ['a dangerous name', { 'fields.__proto__.x': 'int' }, 'not __proto__'],
  ['endless nesting', { [`fields.${'a.'.repeat(30)}b`]: 'int' }, 'not nested this deeply'],
  [
    'a decimal of too many digits',
    { fields: { a: { type: 'decimal', min: '0.001' } } },
    'at most 2 decimals',
  ],
])('%s is a problem', (_name, raw, message) => {
  expect(problemsOf(raw).join('\n')).toMatch(new RegExp(message));
});
