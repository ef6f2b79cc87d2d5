import { describe, expect, test } from 'vitest';
import type { Clock } from '../../../platform/clock.ts';
import { silentLogger } from '../../../platform/logger.ts';
import { connectRecord, type Schema, schemas, type Value } from '../../../runtime/data/index.ts';
import { createContext, PluginRegistry } from '../../../runtime/plugin/index.ts';
import { builtInTransforms, openTransformChain } from '../../../runtime/transforms/index.ts';

const registry = new PluginRegistry();
for (const plugin of builtInTransforms) registry.add(plugin);
const clock: Clock = {
  now: () => Date.UTC(2026, 10, 22),
  monotonic: () => 0,
  timer: () => ({ cancel() {} }),
};
const { signal } = new AbortController();
const context = createContext({ connector: 'corners', signal, log: silentLogger, clock });

async function run(name: string, raw: Record<string, string>, value: Value, valueSchema?: Schema) {
  const plugin = registry.require('transform', `org.apache.kafka.connect.transforms.${name}`);
  const chain = await openTransformChain([{ alias: 'a', plugin, raw }], context);
  return chain.apply(connectRecord({ topic: 'orders', timestamp: 0, value, valueSchema }))[0];
}

const proto = JSON.parse('{"__proto__":-29}') as Value;
const rest = { b: schemas.string({ optional: true }), c: schemas.int8({ default: 1 }) };
const struct = schemas.struct(rest);

describe('transforms as Kafka has them', () => {
  test.each([
    ['Cast$Value', { spec: 'a:int8' }],
    ['InsertField$Value', { 'topic.field': 'a' }],
  ])('%s keeps a field named __proto__', async (name, raw) => {
    const record = await run(name, raw, proto);
    expect(Object.keys(record?.value as object)).toEqual(['__proto__', 'a']);
  });

  test.each<[string, Record<string, string>, Value, Schema | undefined, Value]>([
    ['Cast$Value', { spec: 'a:float32' }, { a: 0.1 }, undefined, { a: 0.1 }],
    ['Cast$Value', { spec: 'a:int32' }, { a: 3.9e307 }, undefined, { a: 2147483647 }],
    ['Cast$Value', { spec: 'float64' }, '-0x1.8p3', schemas.string(), -12],
    ['MaskField$Value', { fields: 'n', replacement: '7' }, { n: 1 }, named(), { n: 7 }],
    ['Flatten$Value', { delimiter: ' ' }, { a: { b: 1 } }, undefined, { ab: 1 }],
    ['ReplaceField$Value', { exclude: 'b,b' }, { b: 'x', c: 2 }, struct, { c: 2 }],
    [
      'TimestampConverter$Value',
      twoDigits('Timestamp'),
      '46/2/4',
      schemas.string(),
      new Date(Date.UTC(2046, 1, 4)),
    ],
  ])('%s %j of %j', async (name, raw, value, schema, wanted) => {
    expect((await run(name, raw, value, schema))?.value).toEqual(wanted);
  });

  test.each<[string, Record<string, string>, Value, Schema | undefined, string]>([
    ['Cast$Value', { spec: 'int8' }, {}, undefined, 'casting from MAP; supported types are [INT8, INT16'],
    ['Cast$Value', { spec: 'a:int8' }, 1, schemas.int8(), 'Cannot list fields on non-struct type'],
    [
      'Cast$Value',
      { spec: 'int32' },
      new Date(0),
      schemas.timestamp({ default: new Date(1) }),
      'Invalid default value',
    ],
    [
      'HoistField$Value',
      { field: 'a' },
      null,
      schemas.int16(),
      'null used for required field: "a", schema type: INT16',
    ],
    ['ReplaceField$Value', { renames: 'z:b' }, { b: 'x', c: 1 }, struct, 'z is not a valid field name'],
    [
      'ReplaceField$Value',
      { exclude: 'b,,c' },
      {},
      undefined,
      "Configuration 'exclude' values must not be empty.",
    ],
    ['ReplaceField$Value', { renames: 'c:b', exclude: 'c' }, { b: 'x', c: 1 }, struct, 'does not fit'],
    [
      'HeaderFrom$Value',
      { fields: 'c', headers: 'h', operation: 'copy', 'replace.null.with.default': 'false' },
      { b: 'x' },
      struct,
      'A null value requires an optional schema but was Schema{INT8}',
    ],
    [
      'RegexRouter',
      { regex: '.*', replacement: `${'$'}{` },
      1,
      undefined,
      'named capturing group has 0 length name',
    ],
    [
      'RegexRouter',
      { regex: '.*', replacement: `${'$'}{1}` },
      1,
      undefined,
      'name {1} starts with digit character',
    ],
    ['RegexRouter', { regex: '.*', replacement: `${'$'}{a` }, 1, undefined, "group is missing trailing '}'"],
    [
      'RegexRouter',
      { regex: '.*', replacement: '$' },
      1,
      undefined,
      'Illegal group reference: group index is missing',
    ],
    [
      'TimestampConverter$Value',
      { 'target.type': 'unix', field: 'a' },
      null,
      schemas.int16(),
      'non-struct type',
    ],
  ])('%s %j of %j is refused', async (name, raw, value, schema, message) => {
    await expect(run(name, raw, value, schema)).rejects.toThrow(message);
  });

  test('a wrong timestamp.format of TimestampRouter is an error of the record, not of the start', async () => {
    const plugin = registry.require('transform', 'org.apache.kafka.connect.transforms.TimestampRouter');
    const chain = await openTransformChain(
      [{ alias: 'a', plugin, raw: { 'timestamp.format': "yyyy'" } }],
      context,
    );
    expect(() => chain.apply(connectRecord({ topic: 't', timestamp: 0, value: 1 }))).toThrow(
      'Unterminated quote',
    );
  });

  test('of several renames to one name the last in the order of Java’s hashes counts', async () => {
    const schema = schemas.struct({ ts: schemas.int8(), x: schemas.int8() });
    const record = await run('ReplaceField$Value', { renames: 'ts:b,a.b:b' }, { ts: 1, x: 2 }, schema);
    expect(record?.value).toEqual({ b: 1, x: 2 });
  });
});

function named(): Schema {
  return schemas.struct({ n: schemas.int8({ name: 'amount' }) });
}

function twoDigits(target: string): Record<string, string> {
  return { 'target.type': target, format: 'yy/M/d' };
}
