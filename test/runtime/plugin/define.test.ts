import { expect, expectTypeOf, test } from 'vitest';
import {
  type ConfigOf,
  definePredicate,
  defineSink,
  defineSource,
  defineTransform,
  newRecord,
  type Plugin,
  RecordError,
  type Secret,
} from '../../../runtime/plugin/index.ts';

const lines = defineSource({
  name: 'lines',
  version: '1.0.0',
  config: {
    type: 'object',
    required: ['path'],
    properties: {
      path: { type: 'string' },
      poll: { type: 'string', format: 'duration', default: '500ms' },
      token: { type: 'string', format: 'secret' },
      mode: { enum: ['tail', 'once'], default: 'tail' },
      columns: { type: 'array', items: { type: 'string' } },
      limits: { type: 'object', properties: { rows: { type: 'integer', default: 10 } } },
      headers: { type: 'object', additionalProperties: { type: 'string' }, default: {} },
    },
  },
  async *read(config, from: { partition: object; position: { line: number } | undefined }, ctx) {
    expectTypeOf(config.path).toEqualTypeOf<string>();
    if (ctx.signal.aborted) return;
    yield { records: [{ value: config.path }], position: { line: (from.position?.line ?? 0) + 1 } };
  },
});

test('a config type is inferred from its schema', () => {
  type Config = ConfigOf<(typeof lines)['config']>;
  expectTypeOf<Config['path']>().toEqualTypeOf<string>();
  expectTypeOf<Config['poll']>().toEqualTypeOf<number>();
  expectTypeOf<Config['token']>().toEqualTypeOf<Secret | undefined>();
  expectTypeOf<Config['mode']>().toEqualTypeOf<'tail' | 'once'>();
  expectTypeOf<Config['columns']>().toEqualTypeOf<readonly string[] | undefined>();
  expectTypeOf<Config['headers']>().toEqualTypeOf<Readonly<Record<string, string>>>();
  expectTypeOf<NonNullable<Config['limits']>['rows']>().toEqualTypeOf<number>();
  expect(lines.kind).toBe('source');
});

test('a sink gets what its open returned', async () => {
  const sink = defineSink({
    name: 'memory',
    version: '1.0.0',
    config: { type: 'object', properties: { max: { type: 'integer', default: 2 } } },
    open: (config) => ({ rows: [] as unknown[], max: config.max }),
    async write(handle, batch) {
      expectTypeOf(handle.max).toEqualTypeOf<number>();
      handle.rows.push(...batch.records.map(({ value }) => value));
      return [new RecordError(0, 'refused')];
    },
  });
  expect(sink.kind).toBe('sink');
});

test('a transform without open gets its config, with open what open returned', () => {
  const plain = defineTransform({
    name: 'suffix',
    version: '1.0.0',
    config: { type: 'object', properties: { suffix: { type: 'string', default: '!' } } },
    map: (record, config) => {
      expectTypeOf(config.suffix).toEqualTypeOf<string>();
      return newRecord(record, { topic: record.topic + config.suffix });
    },
  });
  const opened = defineTransform({
    name: 'count',
    version: '1.0.0',
    config: { type: 'object', properties: { from: { type: 'integer', default: 0 } } },
    open: (config) => ({ next: config.from }),
    map: (record, handle) => {
      expectTypeOf(handle).toEqualTypeOf<{ next: number }>();
      handle.next++;
      return record;
    },
  });
  const predicate = definePredicate({
    name: 'odd',
    version: '1.0.0',
    config: { type: 'object', properties: {} },
    test: (record) => (record.partition ?? 0) % 2 === 1,
  });
  expect([plain.kind, opened.kind, predicate.kind]).toEqual(['transform', 'transform', 'predicate']);
});

test('every defined plugin fits the type that registries hold', () => {
  const plugins: readonly Plugin[] = [lines];
  expect(plugins[0]?.name).toBe('lines');
});
