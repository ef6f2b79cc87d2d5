import { describe, expect, test } from 'vitest';
import { simulatedPlatform } from '../../../platform/simulation/simulated-platform.ts';
import { type ConnectRecord, connectRecord, newRecord, schemas } from '../../../runtime/data/index.ts';
import {
  createContext,
  definePredicate,
  defineTransform,
  PluginRegistry,
  type RawConfig,
  requirePluginConfig,
} from '../../../runtime/plugin/index.ts';
import { builtInPredicates } from '../../../runtime/predicates/index.ts';
import {
  builtInTransforms,
  openTransformChain,
  TransformationError,
  type TransformStage,
} from '../../../runtime/transforms/index.ts';

const registry = new PluginRegistry();
for (const plugin of [...builtInTransforms, ...builtInPredicates]) registry.add(plugin);

const { clock, logger } = simulatedPlatform('chain');
const ctx = createContext({ connector: 'c', signal: new AbortController().signal, log: logger, clock });
const noConfig = { type: 'object', properties: {} } as const;

const stage = (name: string, raw: RawConfig = {}, rest: Partial<TransformStage> = {}): TransformStage => ({
  alias: name,
  plugin: registry.require('transform', name),
  raw,
  ...rest,
});

const when = (name: string, raw: RawConfig = {}) => ({ plugin: registry.require('predicate', name), raw });

const split = defineTransform({
  name: 'split',
  version: '1.0.0',
  config: noConfig,
  map: (record) =>
    String(record.value)
      .split(',')
      .map((value) => newRecord(record, { value })),
});

const apply = async (stages: readonly TransformStage[], record: ConnectRecord) => {
  const chain = await openTransformChain(stages, ctx);
  return chain.apply(record);
};

describe('a chain of transforms', () => {
  test('without transforms passes the record on', async () => {
    const record = connectRecord({ value: 1 });
    expect(await apply([], record)).toEqual([record]);
  });

  test('blames a transform that returns nothing', async () => {
    const forgetful = defineTransform({
      name: 'forgetful',
      version: '1.0.0',
      config: noConfig,
      map: () => undefined as unknown as null,
    });
    const result = apply([{ alias: 'f', plugin: forgetful, raw: {} }], connectRecord({ value: 1 }));
    await expect(result).rejects.toThrow(
      "The transform 'f' failed: 'map' returned undefined: return a record, an array of records, or null",
    );
  });

  test('goes on with each record that a transform made', async () => {
    const stages = [{ alias: 's', plugin: split, raw: {} }, stage('hoist-field', { field: 'v' })];
    const records = await apply(stages, connectRecord({ value: 'a,b' }));
    expect(records.map(({ value }) => value)).toEqual([{ v: 'a' }, { v: 'b' }]);
  });

  test('ends where a transform drops the record', async () => {
    const after = defineTransform({
      name: 'never',
      version: '1.0.0',
      config: noConfig,
      map: () => {
        throw new Error('reached');
      },
    });
    expect(
      await apply([stage('filter'), { alias: 'n', plugin: after, raw: {} }], connectRecord({ value: 1 })),
    ).toEqual([]);
  });

  test('applies a transform where its predicate is true, or with negate where it is not', async () => {
    const tombstone = connectRecord({ value: null }, 'orders');
    const full = connectRecord({ value: 1 }, 'orders');
    const drop = (negate: boolean) => [stage('filter', {}, { predicate: when('RecordIsTombstone'), negate })];
    expect([await apply(drop(false), tombstone), await apply(drop(false), full)]).toEqual([[], [full]]);
    expect([await apply(drop(true), tombstone), await apply(drop(true), full)]).toEqual([[tombstone], []]);
  });

  test('asks predicates about topics and headers', async () => {
    const record = connectRecord({ value: 1, headers: { trace: '1' } }, 'orders-eu');
    const keep = async (name: string, raw: RawConfig) =>
      (await apply([stage('filter', {}, { predicate: when(name, raw) })], record)).length;
    expect(await keep('topic-name-matches', { pattern: 'orders-.*' })).toBe(0);
    expect(await keep('topic-name-matches', { pattern: 'orders' })).toBe(1);
    expect(await keep('has-header-key', { name: 'trace' })).toBe(0);
  });

  test('negate without a predicate is refused', async () => {
    await expect(openTransformChain([stage('filter', {}, { negate: true })], ctx)).rejects.toThrow('negate');
  });

  test('a failure says which transform it was, and keeps its cause', async () => {
    const chain = await openTransformChain(
      [stage('SetSchemaMetadata$Value', { 'schema.name': 'x' }, { alias: 'name' })],
      ctx,
    );
    const failing = () => chain.apply(connectRecord({ value: 1 }));
    expect(failing).toThrow(TransformationError);
    expect(failing).toThrow(
      expect.objectContaining({
        alias: 'name',
        className: 'org.apache.kafka.connect.transforms.SetSchemaMetadata$Value',
        cause: expect.objectContaining({ code: 'CONNECT_DATA' }),
      }),
    );
  });

  test('a failing predicate is a failure of the transform', async () => {
    const plugin = definePredicate({
      name: 'broken',
      version: '1.0.0',
      config: noConfig,
      test: () => {
        throw new Error('broken');
      },
    });
    const chain = await openTransformChain([stage('filter', {}, { predicate: { plugin, raw: {} } })], ctx);
    expect(() => chain.apply(connectRecord({ value: 1 }))).toThrow("The transform 'filter' failed: broken");
  });

  test('closes in reverse, also when a later transform cannot be opened', async () => {
    const closed: string[] = [];
    const closing = (name: string) => ({
      alias: name,
      raw: {},
      plugin: defineTransform({
        name,
        version: '1.0.0',
        config: noConfig,
        open: () => name,
        map: (record) => record,
        close: (handle) => {
          closed.push(handle);
        },
      }),
    });
    const chain = await openTransformChain([closing('a'), closing('b')], ctx);
    await chain.close();
    await expect(openTransformChain([closing('c'), stage('cast', {})], ctx)).rejects.toThrow('spec');
    expect(closed).toEqual(['b', 'a', 'c']);
  });
});

describe('schemas', () => {
  test('equal work is done once: records of one schema get one new schema', async () => {
    const schema = schemas.struct({ a: schemas.int32() });
    const chain = await openTransformChain([stage('cast', { spec: 'a:string' }), stage('flatten')], ctx);
    const [first] = chain.apply(connectRecord({ valueSchema: schema, value: { a: 1 } }));
    const [second] = chain.apply(connectRecord({ valueSchema: schema, value: { a: 2 } }));
    expect(first?.valueSchema).toBe(second?.valueSchema);
  });

  test.each(builtInTransforms.map(({ name }) => [name]))(
    '%s does not change the record it is given',
    async (name) => {
      const configs: Readonly<Record<string, RawConfig>> = {
        cast: { spec: 'a:string' },
        'drop-headers': { headers: 'h' },
        'extract-field': { field: 'a' },
        'header-from': { fields: 'a', headers: 'x', operation: 'move' },
        'hoist-field': { field: 'w' },
        'insert-field': { 'static.field': 's', 'static.value': 'v' },
        'insert-header': { header: 'x', 'value.literal': '1' },
        'mask-field': { fields: 'a' },
        'regex-router': { regex: '(.*)', replacement: 'x-$1' },
        'replace-field': { exclude: 'a' },
        'set-schema-metadata': { 'schema.name': 'x' },
        'timestamp-converter': { field: 't', 'target.type': 'unix' },
        'value-to-key': { fields: 'a' },
      };
      const schema = schemas.struct({ a: schemas.int32(), t: schemas.timestamp() });
      const struct = () => ({ a: 1, t: new Date(5) });
      const record = connectRecord({
        topic: 'orders',
        keySchema: schema,
        key: struct(),
        valueSchema: schema,
        value: struct(),
        timestamp: 5,
        headers: { h: '1' },
      });
      const before = structuredClone({ ...record, keySchema: 0, valueSchema: 0 });
      await apply([stage(name, configs[name.replace(/-key$/, '')] ?? configs[name] ?? {})], record);
      expect({ ...record, keySchema: 0, valueSchema: 0 }).toEqual(before);
    },
  );
});

describe('configurations', () => {
  test.each([
    ['insert-field', {}, 'No field insertion configured'],
    ['insert-field', { 'static.field': 'x' }, 'No value specified for static field: x'],
    ['cast', { spec: 'a:int8:x' }, 'Invalid rename mapping: a:int8:x'],
    ['cast', { spec: 'date' }, 'Invalid type found in casting spec: date'],
    ['cast', { spec: '' }, 'Must specify at least one field to cast.'],
    ['header-from', { fields: 'a', headers: 'a,b', operation: 'copy' }, 'same number of elements'],
    ['timestamp-converter', { 'target.type': 'string' }, 'requires format option'],
    ['timestamp-converter', { 'target.type': 'unix', format: 'bogus' }, 'SimpleDateFormat-compatible'],
    ['regex-router', { regex: '(?=x)', replacement: 'y' }, 'no look-around'],
    ['replace-field', { renames: 'a' }, 'Invalid rename mapping: a'],
  ])('%s with %j is refused', (name, raw, message) => {
    expect(() => requirePluginConfig(registry.require('transform', name), raw)).toThrow(message);
  });

  test('an offset can be inserted in sinks only', async () => {
    const stages = [stage('insert-field', { 'offset.field': 'o' })];
    await expect(apply(stages, connectRecord({ value: {} }))).rejects.toThrow('Only SinkRecord supported');
    const [record] = await apply(stages, newRecord(connectRecord({ value: {} }), { offset: 7 }));
    expect(record?.value).toEqual({ o: 7 });
  });

  test('a key made of nested fields has their own names', async () => {
    const raw = { fields: 'a.b,`c.d`', 'field.syntax.version': 'V2' };
    const [record] = await apply(
      [stage('value-to-key', raw)],
      connectRecord({ value: { a: { b: 1 }, 'c.d': 2 } }),
    );
    expect(record?.key).toEqual({ b: 1, 'c.d': 2 });
  });
});
