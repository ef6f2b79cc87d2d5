import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asHeaderConverter } from '../../../runtime/converters/header-converters.ts';
import { builtInConverters, openConverter, openHeaderConverter } from '../../../runtime/converters/index.ts';
import {
  Decimal,
  makeSchema,
  type Schema,
  type SchemaAndValue,
  schemas,
  schemasEqual,
  type Value,
  valuesEqual,
} from '../../../runtime/data/index.ts';
import {
  type DefinedConverter,
  defineConverter,
  type Plugin,
  PluginRegistry,
  type RawConfig,
} from '../../../runtime/plugin/index.ts';

const registry = new PluginRegistry();
for (const plugin of builtInConverters) registry.add(plugin);

const { signal } = new AbortController();
const subject = { topic: 't', headers: [] };
const open = (name: string, raw: RawConfig = {}) =>
  openConverter(registry.require('converter', name), raw, { isKey: false, signal });

/** These converters never wait. */
function atOnce<T>(answer: T | Promise<T>): T {
  if (answer instanceof Promise) throw new Error('it waited');
  return answer;
}

describe('number converters', () => {
  test.each([
    ['org.apache.kafka.connect.converters.ShortConverter', -2, 'fffe'],
    ['IntegerConverter', 258, '00000102'],
    ['Long', 2n ** 62n, '4000000000000000'],
    ['long', 258, '0000000000000102'],
    ['float', 1.5, '3fc00000'],
    ['double', 1.5, '3ff8000000000000'],
    ['boolean', true, '01'],
  ])('%s writes %s as %s and reads it back', async (name, value, hex) => {
    const converter = await open(name);
    const bytes = atOnce(converter.fromConnectData(subject, undefined, value));
    expect(Buffer.from(bytes ?? []).toString('hex')).toBe(hex);
    const read = atOnce(converter.toConnectData(subject, bytes));
    expect(read.value).toBe(value);
    expect(read.schema?.optional).toBe(true);
  });

  test.each(['short', 'integer', 'long', 'float', 'double', 'boolean'])(
    '%s: null, wrong values, wrong bytes',
    async (name) => {
      const converter = await open(name);
      expect(converter.fromConnectData(subject, undefined, null)).toBeNull();
      expect(atOnce(converter.toConnectData(subject, null)).value).toBeNull();
      expect(() => converter.fromConnectData(subject, undefined, 'x')).toThrow('Failed to serialize');
      expect(() => converter.toConnectData(subject, Buffer.alloc(3))).toThrow('Failed to deserialize');
    },
  );
});

describe('text and bytes', () => {
  const order = schemas.struct({
    id: schemas.int32(),
    price: schemas.float64(),
    note: schemas.string({ optional: true }),
  });

  test.each<[Schema | undefined, Value, string]>([
    [undefined, 'é', 'é'],
    [schemas.float64(), 5, '5.0'],
    [undefined, { a: 1, b: [1, null] }, '{a=1, b=[1, null]}'],
    [order, { id: 1, price: 2 }, 'Struct{id=1,price=2.0}'],
    [schemas.map(schemas.int8(), schemas.string()), new Map([[1, 'x']]), '{1=x}'],
    [undefined, new Decimal(150n, 2), '1.50'],
    [undefined, new Date(0), 'Thu Jan 01 00:00:00 UTC 1970'],
    [undefined, true, 'true'],
  ])('the string converter writes what toString shows: %#', async (schema, value, text) => {
    const converter = await open('StringConverter');
    const bytes = atOnce(converter.fromConnectData(subject, schema, value));
    expect(Buffer.from(bytes ?? []).toString()).toBe(text);
    expect(atOnce(converter.toConnectData(subject, bytes))).toEqual({
      schema: schemas.string({ optional: true }),
      value: text,
    });
  });

  test('other character sets', async () => {
    const converter = await open('string', { 'converter.encoding': 'iso-8859-1' });
    const bytes = atOnce(converter.fromConnectData(subject, undefined, 'é'));
    expect(bytes).toEqual(Buffer.from([0xe9]));
    await expect(open('string', { 'converter.encoding': 'EBCDIC' })).rejects.toThrow('EBCDIC');
  });

  test('bytes pass as they are, and nothing else', async () => {
    const converter = await open('ByteArrayConverter');
    const bytes = Buffer.from([1, 2]);
    expect(converter.fromConnectData(subject, schemas.bytes(), bytes)).toBe(bytes);
    expect(atOnce(converter.toConnectData(subject, bytes)).value).toEqual(bytes);
    expect(() => converter.fromConnectData(subject, schemas.string(), 'x')).toThrow('STRING');
    expect(() => converter.fromConnectData(subject, undefined, 'x')).toThrow('bytes only');
  });
});

describe('JSON', () => {
  const leaves: fc.Arbitrary<[Schema, Value]> = fc.oneof(
    fc.integer({ min: -128, max: 127 }).map((value): [Schema, Value] => [schemas.int8(), value]),
    fc
      .bigInt(-(2n ** 63n), 2n ** 63n - 1n)
      .map((value): [Schema, Value] => [
        schemas.int64(),
        Number.isSafeInteger(Number(value)) ? Number(value) : value,
      ]),
    fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .filter((value) => !Object.is(value, -0))
      .map((value): [Schema, Value] => [schemas.float64(), value]),
    fc
      .float({ noNaN: true, noDefaultInfinity: true })
      .filter((value) => !Object.is(value, -0))
      .map((value): [Schema, Value] => [schemas.float32(), value]),
    fc
      .string({ unit: 'binary' })
      .filter((text) => text.isWellFormed())
      .map((value): [Schema, Value] => [schemas.string(), value]),
    fc.uint8Array().map((value): [Schema, Value] => [schemas.bytes(), Buffer.from(value)]),
    fc.bigInt().map((value): [Schema, Value] => [schemas.decimal(3), new Decimal(value, 3)]),
    fc.date({ noInvalidDate: true }).map((value): [Schema, Value] => [schemas.timestamp(), value]),
    fc.constant<[Schema, Value]>([schemas.optional(schemas.boolean()), null]),
  );
  const { tree } = fc.letrec<{ tree: [Schema, Value] }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      leaves,
      fc.array(tie('tree'), { maxLength: 4 }).map((fields): [Schema, Value] => [
        schemas.struct(
          fields.map(([schema], index) => [`f${index}`, schema] as const),
          { name: 'x', doc: 'd' },
        ),
        Object.fromEntries(fields.map(([, value], index) => [`f${index}`, value])),
      ]),
      tie('tree').map(([schema, value]): [Schema, Value] => [schemas.array(schema), [value, value]]),
      tie('tree').map(([schema, value]): [Schema, Value] => [
        schemas.map(schemas.int32(), schema),
        new Map([[1, value]]),
      ]),
      tie('tree').map(([schema, value]): [Schema, Value] => [
        schemas.map(schemas.string(), schema),
        { k: value },
      ]),
    ),
  }));

  test.each([{}, { 'decimal.format': 'NUMERIC' }])(
    'values of any schema survive the envelope, %j',
    async (raw) => {
      const converter = await open('json', raw);
      fc.assert(
        fc.property(tree, ([schema, value]) => {
          const read = atOnce(
            converter.toConnectData(subject, atOnce(converter.fromConnectData(subject, schema, value))),
          );
          expect(schemasEqual(read.schema, schema)).toBe(true);
          if (!valuesEqual(read.value, value)) expect(read.value).toEqual(value);
        }),
        { numRuns: 300 },
      );
    },
  );

  test('plain JSON survives without a schema, big numbers and odd names included', async () => {
    const converter = await open('org.apache.kafka.connect.json.JsonConverter', {
      'schemas.enable': 'false',
    });
    fc.assert(
      fc.property(fc.json(), (text) => {
        fc.pre(!/-0(?![.\d])|e[+-]?\d|\d{16}/i.test(text));
        const { value } = atOnce(converter.toConnectData(subject, Buffer.from(text)));
        const bytes = atOnce(converter.fromConnectData(subject, undefined, value));
        expect(value === null ? null : JSON.parse(Buffer.from(bytes ?? []).toString())).toEqual(
          JSON.parse(text),
        );
      }),
    );
    const odd = '{"__proto__":{"a":1},"constructor":12345678901234567,"list":[1.5,true,null]}';
    const { value } = atOnce(converter.toConnectData(subject, Buffer.from(odd)));
    expect(Buffer.from(atOnce(converter.fromConnectData(subject, undefined, value)) ?? []).toString()).toBe(
      odd,
    );
    expect(({} as { a?: number }).a).toBeUndefined();
  });

  test('any bytes are read or refused', async () => {
    const plain = await open('json', { 'schemas.enable': false });
    const envelope = await open('json');
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        for (const converter of [plain, envelope]) {
          try {
            expect(converter.toConnectData(subject, bytes)).toHaveProperty('value');
          } catch (error) {
            expect(error).toMatchObject({ code: 'CONNECT_DATA' });
          }
        }
      }),
    );
  });

  test('a fixed schema reads messages that carry only the payload', async () => {
    const converter = await open('json', {
      'schema.content': '{"type":"struct","fields":[{"field":"a","type":"int8"}]}',
    });
    const { schema, value } = atOnce(converter.toConnectData(subject, Buffer.from('{"a":5}')));
    expect([schema?.fields[0]?.schema.type, value]).toEqual(['int8', { a: 5 }]);
    await expect(open('json', { 'schema.content': '{"type":"x"}' })).rejects.toThrow('Unknown schema type');
  });

  test('one schema in many messages is one schema object', async () => {
    const converter = await open('json');
    const message = Buffer.from('{"schema":{"type":"int8"},"payload":1}');
    const read = (): SchemaAndValue => atOnce(converter.toConnectData(subject, message));
    expect(read().schema).toBe(read().schema);
  });

  test.each([
    [schemas.int32(), 'x', 'Invalid type for INT32: a string'],
    [schemas.struct({}), 5, 'Invalid type for STRUCT'],
    [schemas.date(), new Date(5), 'should not have any time fields'],
    [schemas.time(), new Date(86_400_000), 'should not have any date fields'],
    [makeSchema('bytes', { name: 'org.apache.kafka.connect.data.Decimal' }), new Decimal(1n, 0), 'scale'],
  ])('a value that does not fit is refused: %#', async (schema, value, message) => {
    const converter = await open('json');
    expect(() => converter.fromConnectData(subject, schema, value)).toThrow(message);
  });

  test.each([
    ['{"type":"bytes"}', '"abc"', 'Invalid bytes field'],
    ['{"type":"bytes"}', '"ab=c"', 'Invalid bytes field'],
    ['{"type":"array"}', '[]', 'element type'],
    ['{"type":"map","values":{"type":"int8"}}', '{}', 'key type'],
    ['{"type":"map","keys":{"type":"string"}}', '{}', 'value type'],
    ['{"type":"struct"}', '{}', '"fields" argument is not an array'],
    ['{"type":"struct","fields":[{"type":"int8"}]}', '{}', 'field name not specified'],
    ['{"type":"int8","parameters":{"a":1}}', '1', 'Schema parameters must have string values.'],
    ['{"type":"int8","parameters":{"a":1}}', '1', 'string values'],
    [
      '{"type":"map","keys":{"type":"string"},"values":{"type":"int8"}}',
      '[]',
      'JSON objects, but found ARRAY',
    ],
    [
      '{"type":"map","keys":{"type":"int8"},"values":{"type":"int8"}}',
      '{}',
      'array of tuples, but found OBJECT',
    ],
    ['{"type":"map","keys":{"type":"int8"},"values":{"type":"int8"}}', '[1]', 'instead of array tuple'],
    [
      '{"type":"map","keys":{"type":"int8"},"values":{"type":"int8"}}',
      '[[1]]',
      'expected length 2 but found :1',
    ],
    ['{"type":"struct","fields":[]}', '"x"', 'JSON objects, but found STRING'],
    [
      '{"type":"int32","name":"org.apache.kafka.connect.data.Date"}',
      '"x"',
      'should be integer but was STRING',
    ],
    [
      '{"type":"bytes","name":"org.apache.kafka.connect.data.Decimal"}',
      'true',
      'numeric or bytes but was BOOLEAN',
    ],
    [
      '{"type":"bytes","name":"org.apache.kafka.connect.data.Decimal"}',
      '"AQ=="',
      'Invalid bytes for Decimal field',
    ],
  ])('the envelope %s with %s is refused', async (schema, payload, message) => {
    const converter = await open('json');
    const bytes = Buffer.from(`{"schema":${schema},"payload":${payload}}`);
    expect(() => converter.toConnectData(subject, bytes)).toThrow(message);
  });
});

describe('header converters', () => {
  test('the simple one recognises numbers and writes them back', () => {
    const converter = openHeaderConverter(
      registry.require('header_converter', 'SimpleHeaderConverter'),
      {},
      signal,
    );
    const bytes = converter.fromConnectHeader('t', { key: 'h', schema: schemas.int32(), value: 300 });
    expect(bytes?.toString()).toBe('300');
    expect(converter.toConnectHeader('t', 'h', bytes)).toEqual({ schema: schemas.int16(), value: 300 });
    expect(converter.toConnectHeader('t', 'h', null)).toEqual({ schema: undefined, value: null });
    expect(converter.fromConnectHeader('t', { key: 'h', schema: undefined, value: null })).toBeNull();
  });

  test("Kafka's other converters work for headers too", () => {
    const converter = openHeaderConverter(
      registry.require('header_converter', 'StringConverter'),
      {},
      signal,
    );
    expect(converter.toConnectHeader('t', 'h', Buffer.from('5')).value).toBe('5');
  });

  test('one that has to wait cannot', () => {
    const waiting: DefinedConverter = defineConverter({
      name: 'waiting',
      version: '1.0.0',
      config: { type: 'object', properties: {} },
      open: async () => 1,
      fromConnectData: () => null,
      toConnectData: () => ({ schema: undefined, value: null }),
    });
    const plugin: Plugin = asHeaderConverter(waiting);
    if (plugin.kind !== 'header_converter') throw new Error('another kind');
    expect(() => openHeaderConverter(plugin, {}, signal)).toThrow("'waiting' cannot be used for headers");
  });
});

test('JSON escapes are those of Jackson', async () => {
  const converter = await open('json', { 'schemas.enable': false });
  const bytes = atOnce(converter.fromConnectData(subject, undefined, '\u001f\\u001f\n"'));
  expect(Buffer.from(bytes ?? []).toString()).toBe('"\\u001F\\\\u001f\\n\\""');
});
