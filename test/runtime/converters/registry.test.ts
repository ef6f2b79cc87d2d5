import { describe, expect, test } from 'vitest';
import {
  Decimal,
  type Schema,
  schemas,
  schemasEqual,
  type Value,
  valuesEqual,
} from '../../../runtime/data/index.ts';
import { countingRegistry, openWith } from './registry-fixture.ts';

const subject = { topic: 'orders', headers: [] };

const everything = schemas.struct(
  {
    i8: schemas.int8(),
    i16: schemas.int16(),
    i32: schemas.int32({ doc: 'a number' }),
    i64: schemas.int64(),
    f32: schemas.float32(),
    f64: schemas.float64(),
    yes: schemas.boolean(),
    text: schemas.string({ default: 'none' }),
    raw: schemas.bytes(),
    price: schemas.decimal(2),
    day: schemas.date(),
    time: schemas.time(),
    at: schemas.timestamp({ optional: true }),
    list: schemas.array(schemas.optional(schemas.int32())),
    labels: schemas.map(schemas.string(), schemas.boolean()),
    byId: schemas.map(schemas.int32(), schemas.string()),
    inner: schemas.optional(
      schemas.struct({ a: schemas.int32({ optional: true, default: 4 }) }, { name: 'x.Inner' }),
    ),
    again: schemas.optional(
      schemas.struct({ a: schemas.int32({ optional: true, default: 4 }) }, { name: 'x.Inner' }),
    ),
    missing: schemas.optional(schemas.string()),
  },
  { name: 'x.Everything', version: 3, parameters: { owner: 'me' } },
);

const value = {
  i8: -8,
  i16: 16,
  i32: 32,
  i64: 2n ** 62n,
  f32: 1.5,
  f64: 0.1,
  yes: true,
  text: 'é',
  raw: Buffer.from([0, 255]),
  price: new Decimal(-150n, 2),
  day: new Date(86_400_000),
  time: new Date(3_600_000),
  at: new Date(1_700_000_000_123),
  list: [1, null],
  labels: { urgent: true },
  byId: new Map([[1, 'one']]),
  inner: { a: 5 },
  again: { a: 6 },
  missing: null,
};

function expectSame(
  actual: { readonly schema: Schema | undefined; readonly value: Value },
  schema: Schema | undefined,
  wanted: Value,
): void {
  if (!schemasEqual(actual.schema, schema)) expect(actual.schema).toEqual(schema);
  if (!valuesEqual(actual.value, wanted)) expect(actual.value).toEqual(wanted);
}

describe.each(['avro', 'json-schema'])('the %s converter', (name) => {
  test('carries every type there and back', async () => {
    const converter = await openWith(await countingRegistry(), name);
    const bytes = await converter.fromConnectData(subject, everything, value);
    expectSame(await converter.toConnectData(subject, bytes), everything, value);
  });

  test('asks the registry once per schema, and then answers at once', async () => {
    const registry = await countingRegistry();
    const converter = await openWith(registry, name);
    const bytes = await converter.fromConnectData(subject, everything, value);
    await converter.toConnectData(subject, bytes);
    const { calls } = registry;
    const again = converter.fromConnectData(subject, everything, value);
    if (again === null || again instanceof Promise) throw new Error('it waited');
    expect(Buffer.from(again).equals(Buffer.from(bytes ?? []))).toBe(true);
    expect(converter.toConnectData(subject, again)).not.toBeInstanceOf(Promise);
    expect(registry.calls).toBe(calls);
  });

  test('gives every record of a schema the same schema object', async () => {
    const converter = await openWith(await countingRegistry(), name);
    const bytes = await converter.fromConnectData(subject, everything, value);
    const [first, second] = [
      await converter.toConnectData(subject, bytes),
      await converter.toConnectData(subject, bytes),
    ];
    expect(first.schema).toBe(second.schema);
  });

  test('carries defaults of every kind', async () => {
    const inner = schemas.struct({ a: schemas.int32(), b: schemas.timestamp() }, { name: 'x.Inner' });
    const schema = schemas.struct(
      {
        big: schemas.int64({ default: 2n ** 60n + 1n }),
        raw: schemas.bytes({ default: Buffer.from([0, 200]) }),
        price: schemas.decimal(2, { default: new Decimal(-5n, 2) }),
        day: schemas.date({ default: new Date(86_400_000) }),
        list: schemas.array(schemas.string(), { default: ['a'] }),
        byId: schemas.map(schemas.int32(), schemas.string(), { default: new Map([[1, 'x']]) }),
        labels: schemas.map(schemas.string(), schemas.int64(), { default: { k: 1 } }),
        inner: { ...inner, default: { a: 1, b: new Date(5) } },
        maybe: schemas.string({ optional: true, default: 'x' }),
      },
      { name: 'x.Defaults' },
    );
    const converter = await openWith(await countingRegistry(), name);
    const full = Object.fromEntries(schema.fields.map((field) => [field.name, field.schema.default]));
    const bytes = await converter.fromConnectData(subject, schema, {});
    expectSame(await converter.toConnectData(subject, bytes), schema, full);
  });

  test('null is a tombstone', async () => {
    const converter = await openWith(await countingRegistry(), name);
    expect(await converter.fromConnectData(subject, everything, null)).toBeNull();
    expect(await converter.toConnectData(subject, null)).toEqual({ schema: undefined, value: null });
  });

  test('names the subject by topic, side and strategy', async () => {
    const registry = await countingRegistry();
    const key = await openWith(registry, name, {}, true);
    await key.fromConnectData(subject, schemas.int64(), 1);
    const record = await openWith(registry, name, {
      'value.subject.name.strategy': 'TopicRecordNameStrategy',
    });
    await record.fromConnectData(subject, everything, value);
    expect((await registry.latest('orders-key')).version).toBe(1);
    expect((await registry.latest('orders-x.Everything')).version).toBe(1);
  });

  test('bytes that are not from a registry are an error of the record', async () => {
    const converter = await openWith(await countingRegistry(), name);
    expect(() => converter.toConnectData(subject, Buffer.from('{"a":1}'))).toThrow('Unknown magic byte');
    await expect(converter.toConnectData(subject, Buffer.from([0, 0, 0, 0, 99, 1]))).rejects.toThrow();
  });

  test('a payload that is cut short is an error of the record', async () => {
    const converter = await openWith(await countingRegistry(), name);
    const bytes = await converter.fromConnectData(subject, everything, value);
    await converter.toConnectData(subject, bytes);
    for (let length = 6; length < (bytes?.length ?? 0); length += 7) {
      const cut = bytes?.subarray(0, length) ?? null;
      expect(() => converter.toConnectData(subject, cut)).toThrow(
        expect.objectContaining({ code: 'CONNECT_DATA' }),
      );
    }
  });

  test('a value that does not fit is an error of the record, and the next one works', async () => {
    const converter = await openWith(await countingRegistry(), name);
    await converter.fromConnectData(subject, everything, value);
    expect(() => converter.fromConnectData(subject, everything, { ...value, i32: null })).toThrow(
      expect.objectContaining({ code: 'CONNECT_DATA' }),
    );
    expect(converter.fromConnectData(subject, everything, value)).toBeInstanceOf(Uint8Array);
  });

  test('a record without a schema says what to do', async () => {
    const converter = await openWith(await countingRegistry(), name);
    expect(() => converter.fromConnectData(subject, undefined, { a: 1 })).toThrow('needs a schema');
  });

  test('settings that exclude each other are refused', async () => {
    const registry = await countingRegistry();
    await expect(openWith(registry, name, { 'use.latest.version': true })).rejects.toThrow(
      'auto.register.schemas=false',
    );
    await expect(
      openWith(registry, name, { 'basic.auth.user.info': 'u:p', 'bearer.auth.token': 't' }),
    ).rejects.toThrow('choose one');
    await expect(openWith(registry, name, { 'value.subject.name.strategy': 'x.Nope' })).rejects.toThrow(
      'x.Nope',
    );
    await expect(openWith(registry, name, { 'schema.registry.url': 'nowhere' })).rejects.toThrow(
      'Expected a URL',
    );
  });

  test('use.latest.version writes with the schema that is there', async () => {
    const registry = await countingRegistry();
    const first = await openWith(registry, name);
    await first.fromConnectData(subject, everything, value);
    const raw = {
      'auto.register.schemas': false,
      'use.latest.version': true,
      'latest.compatibility.strict': false,
    };
    const second = await openWith(registry, name, raw);
    const bytes = await second.fromConnectData(subject, everything, value);
    expectSame(await first.toConnectData(subject, bytes), everything, value);
    expect((await registry.latest('orders-value')).version).toBe(1);
  });
});

describe('Avro schemas', () => {
  const schemaText = async (schema: Schema, wanted: Value, raw = {}) => {
    const registry = await countingRegistry();
    const converter = await openWith(registry, 'avro', raw);
    await converter.fromConnectData(subject, schema, wanted);
    return JSON.parse((await registry.latest('orders-value')).definition.schema) as unknown;
  };

  test('have the names and properties that Confluent gives them', async () => {
    const schema = schemas.struct(
      { id: schemas.int8(), at: schemas.timestamp({ optional: true }), price: schemas.decimal(2) },
      { name: 'shop.Order', version: 2 },
    );
    expect(await schemaText(schema, { id: 1, at: null, price: new Decimal(1n, 2) })).toEqual({
      type: 'record',
      name: 'Order',
      namespace: 'shop',
      fields: [
        { name: 'id', type: { type: 'int', 'connect.type': 'int8' } },
        {
          name: 'at',
          type: [
            'null',
            {
              type: 'long',
              'connect.version': 1,
              'connect.name': 'org.apache.kafka.connect.data.Timestamp',
              logicalType: 'timestamp-millis',
            },
          ],
          default: null,
        },
        {
          name: 'price',
          type: {
            type: 'bytes',
            scale: 2,
            precision: 64,
            'connect.version': 1,
            'connect.parameters': { scale: '2' },
            'connect.name': 'org.apache.kafka.connect.data.Decimal',
            logicalType: 'decimal',
          },
        },
      ],
      'connect.version': 2,
      'connect.name': 'shop.Order',
    });
  });

  test('number structs without a name, and put the default branch first', async () => {
    const inner = schemas.struct({ n: schemas.int32({ optional: true, default: 7 }) });
    const text = await schemaText(schemas.struct({ inner }), { inner: { n: 1 } });
    expect(text).toMatchObject({
      name: 'ConnectDefault',
      namespace: 'io.confluent.connect.avro',
      fields: [
        {
          type: {
            name: 'ConnectDefault2',
            fields: [{ name: 'n', type: [{ type: 'int', 'connect.default': 7 }, 'null'], default: 7 }],
          },
        },
      ],
    });
  });

  test('leave out what Avro has no place for when told so', async () => {
    const schema = schemas.struct({ n: schemas.int32({ doc: 'd' }) }, { name: 'a.B', version: 2 });
    expect(await schemaText(schema, { n: 1 }, { 'connect.meta.data': false })).toEqual({
      type: 'record',
      name: 'B',
      namespace: 'a',
      fields: [{ name: 'n', type: 'int' }],
    });
  });

  test('one name for two types is refused', async () => {
    const a = schemas.struct({ x: schemas.int32() }, { name: 'same' });
    const b = schemas.struct({ y: schemas.int32() }, { name: 'same' });
    await expect(async () => schemaText(schemas.struct({ a, b }), {})).rejects.toThrow(
      "two different types of the name 'same'",
    );
  });
});

describe('Avro written by others', () => {
  const readBack = async (avro: object, datum: unknown, raw = {}) => {
    const { AvroSerializer } = await import('../../../schema-registry/index.ts');
    const registry = await countingRegistry();
    const serializer = new AvroSerializer(registry, { unions: 'wrapped' });
    const bytes = await serializer.serialize('orders', datum, { schema: JSON.stringify(avro) });
    return (await openWith(registry, 'avro', raw)).toConnectData(subject, bytes);
  };

  test('enums are strings that remember their symbols', async () => {
    const result = await readBack({ type: 'enum', name: 'a.Color', symbols: ['RED', 'BLUE'] }, 'BLUE');
    const parameters = {
      'io.confluent.connect.avro.Enum': 'a.Color',
      'io.confluent.connect.avro.Enum.RED': 'RED',
      'io.confluent.connect.avro.Enum.BLUE': 'BLUE',
    };
    expectSame(result, schemas.string({ parameters }), 'BLUE');
  });

  test('enums stay enums on the way out when asked to', async () => {
    const registry = await countingRegistry();
    const converter = await openWith(registry, 'avro', { 'enhanced.avro.schema.support': true });
    const parameters = {
      'io.confluent.connect.avro.Enum': 'a.Color',
      'io.confluent.connect.avro.Enum.RED': 'RED',
    };
    const bytes = await converter.fromConnectData(subject, schemas.string({ parameters }), 'RED');
    expect(JSON.parse((await registry.latest('orders-value')).definition.schema)).toMatchObject({
      type: 'enum',
      name: 'Color',
      symbols: ['RED'],
    });
    expect((await converter.toConnectData(subject, bytes)).value).toBe('RED');
  });

  test('unions of several types are structs with one field that is not null', async () => {
    const avro = {
      type: 'record',
      name: 'R',
      fields: [{ name: 'u', type: ['null', 'int', 'string', { type: 'fixed', name: 'a.F', size: 2 }] }],
    };
    const { schema, value: read } = await readBack(avro, { u: { string: 'x' } });
    expect(schema?.fields[0]?.schema).toMatchObject({
      type: 'struct',
      optional: true,
      name: 'io.confluent.connect.avro.Union',
    });
    expect(read).toEqual({ u: { int: null, string: 'x', F: null } });
  });

  test('a union goes back as it came', async () => {
    const registry = await countingRegistry();
    const union = schemas.struct(
      { int: schemas.int32({ optional: true }), string: schemas.string({ optional: true }) },
      { name: 'io.confluent.connect.avro.Union', optional: true },
    );
    const schema = schemas.struct({ u: union }, { name: 'R' });
    const converter = await openWith(registry, 'avro');
    for (const u of [{ int: 5, string: null }, { int: null, string: 'x' }, null]) {
      const bytes = await converter.fromConnectData(subject, schema, { u });
      expectSame(await converter.toConnectData(subject, bytes), schema, { u });
    }
  });

  test('plain logical types, namespaces and defaults are understood', async () => {
    const avro = {
      type: 'record',
      name: 'Outer',
      namespace: 'a.b',
      doc: 'about',
      fields: [
        { name: 'day', type: { type: 'int', logicalType: 'date' } },
        { name: 'micros', type: { type: 'long', logicalType: 'timestamp-micros' } },
        { name: 'price', type: { type: 'bytes', logicalType: 'decimal', precision: 10, scale: 2 } },
        {
          name: 'in',
          type: { type: 'record', name: 'Inner', fields: [{ name: 'n', type: 'int', default: 3 }] },
        },
        { name: 'twice', type: ['null', 'Inner'], default: null, doc: 'again' },
        { name: 'raw', type: 'bytes', default: '\u00ff' },
      ],
    };
    const datum = {
      day: 1,
      micros: 5,
      price: Buffer.from([150]),
      in: { n: 1 },
      twice: null,
      raw: Buffer.from([1]),
    };
    const { schema, value: read } = await readBack(avro, datum);
    expect(schema).toMatchObject({ name: 'a.b.Outer', doc: 'about' });
    const types = schema?.fields.map((field) => field.schema.name ?? field.schema.type);
    expect(types).toEqual([
      'org.apache.kafka.connect.data.Date',
      'int64',
      'org.apache.kafka.connect.data.Decimal',
      'a.b.Inner',
      'a.b.Inner',
      'bytes',
    ]);
    expect(schema?.fields[2]?.schema.parameters).toEqual({ scale: '2', 'connect.decimal.precision': '10' });
    expect(schema?.fields[3]?.schema.fields[0]?.schema.default).toBe(3);
    expect(schema?.fields[4]?.schema).toMatchObject({ optional: true, doc: 'again' });
    expect(schema?.fields[5]?.schema.default).toEqual(Buffer.from([255]));
    expect(read).toMatchObject({ day: new Date(86_400_000), micros: 5, price: new Decimal(-106n, 2) });
  });

  test('a type that contains itself is refused with a reason', async () => {
    const avro = { type: 'record', name: 'Node', fields: [{ name: 'next', type: ['null', 'Node'] }] };
    await expect(readBack(avro, { next: null })).rejects.toThrow("'Node' contains itself");
  });

  test('bytes alone have no length in front', async () => {
    const result = await readBack({ type: 'bytes' }, Buffer.from('abc'));
    expectSame(result, schemas.bytes(), Buffer.from('abc'));
  });
});

describe('JSON Schemas', () => {
  const register = async (schema: object) => {
    const registry = await countingRegistry();
    const definition = { schemaType: 'JSON', schema: JSON.stringify(schema), references: [] } as const;
    const { id } = await registry.register('orders-value', definition, { normalize: false });
    const frame = (json: unknown): Buffer => {
      const prefix = Buffer.alloc(5);
      prefix.writeInt32BE(id, 1);
      return Buffer.concat([prefix, Buffer.from(JSON.stringify(json))]);
    };
    return { registry, frame };
  };

  test('have the keywords that Confluent gives them', async () => {
    const registry = await countingRegistry();
    const converter = await openWith(registry, 'json-schema');
    const schema = schemas.struct(
      {
        id: schemas.int8(),
        note: schemas.string({ optional: true, doc: 'd' }),
        n: schemas.float64({ default: 1.5 }),
      },
      { name: 'Order', version: 2 },
    );
    await converter.fromConnectData(subject, schema, { id: 1, note: null, n: 2 });
    expect(JSON.parse((await registry.latest('orders-value')).definition.schema)).toEqual({
      type: 'object',
      title: 'Order',
      'connect.version': 2,
      properties: {
        id: { type: 'integer', 'connect.type': 'int8', 'connect.index': 0 },
        note: { oneOf: [{ type: 'null' }, { type: 'string', description: 'd' }], 'connect.index': 1 },
        n: { type: 'number', 'connect.type': 'float64', default: 1.5, 'connect.index': 2 },
      },
    });
  });

  test('of others are read: references, unions, allOf, maps, optional by requirement', async () => {
    const { registry, frame } = await register({
      type: 'object',
      required: ['id'],
      properties: {
        id: { type: 'integer' },
        kind: { enum: ['a', 'b'] },
        choice: { oneOf: [{ type: 'string' }, { type: 'integer' }, { $ref: '#/$defs/point' }] },
        both: { allOf: [{ $ref: '#/$defs/point' }, { properties: { z: { type: 'number' } } }] },
        either: { type: ['null', 'string'] },
        map: { type: 'object', additionalProperties: { type: 'boolean' } },
      },
      $defs: { point: { type: 'object', required: ['x'], properties: { x: { type: 'number' } } } },
    });
    const converter = await openWith(registry, 'json-schema', { 'use.optional.for.nonrequired': true });
    const read = async (json: unknown) => (await converter.toConnectData(subject, frame(json))).value;
    const name = 'io.confluent.connect.json.OneOf';
    const chosen = (index: number, item: unknown) =>
      Object.fromEntries([0, 1, 2].map((each) => [`${name}.field.${each}`, each === index ? item : null]));
    expect(await read({ id: 1, choice: 'x' })).toMatchObject({
      id: 1,
      choice: chosen(0, 'x'),
      either: null,
      kind: null,
    });
    expect(await read({ id: 1, choice: 5 })).toMatchObject({ choice: chosen(1, 5) });
    expect(await read({ id: 1, choice: { x: 2 }, both: { x: 1, z: 3 }, map: { a: true } })).toMatchObject({
      choice: chosen(2, { x: 2 }),
      both: { x: 1, z: 3 },
      map: { a: true },
    });
    const { schema, value: again } = await converter.toConnectData(subject, frame({ id: 1, choice: 5 }));
    const bytes = await converter.fromConnectData({ ...subject, topic: 'copy' }, schema, again);
    expect(
      JSON.parse(
        Buffer.from(bytes ?? [])
          .subarray(5)
          .toString(),
      ),
    ).toMatchObject({ id: 1, choice: 5 });
  });

  test.each([
    ['no type', { properties: { a: {} } }, 'does not say its type'],
    ['itself inside', { type: 'object', properties: { a: { $ref: '#' } } }, 'contains itself'],
    ['only null', { oneOf: [{ type: 'null' }] }, 'only null'],
  ])('with %s are refused with a reason', async (_what, schema, reason) => {
    const { registry, frame } = await register(schema);
    const converter = await openWith(registry, 'json-schema');
    await expect(async () => converter.toConnectData(subject, frame({}))).rejects.toThrow(reason);
  });

  test('leave a property that is absent null, and refuse a null that is there', async () => {
    const { registry, frame } = await register({
      type: 'object',
      required: ['id'],
      properties: {
        id: { type: 'integer' },
        what: { type: 'string' },
        size: { type: 'integer', default: 7 },
      },
    });
    const converter = await openWith(registry, 'json-schema');
    const read = async (json: unknown) => (await converter.toConnectData(subject, frame(json))).value;
    expect(await read({ id: 1 })).toEqual({ id: 1, what: null, size: 7 });
    await expect(read({ id: 1, what: null })).rejects.toThrow('Invalid null value for required STRING field');
  });

  test('with objects to choose from take the one that has all it requires and knows all it has', async () => {
    const { registry, frame } = await register({
      oneOf: [
        {
          type: 'object',
          required: ['a', 'b'],
          properties: { a: { type: 'string' }, b: { type: 'string' } },
        },
        { type: 'object', required: ['a'], properties: { a: { type: 'string' }, c: { type: 'string' } } },
      ],
    });
    const converter = await openWith(registry, 'json-schema', { 'use.optional.for.nonrequired': true });
    const chosen = async (json: unknown) => {
      const { value: read } = await converter.toConnectData(subject, frame(json));
      return Object.values(read as object).map((member) => member !== null);
    };
    expect(await chosen({ a: 'x', b: 'y' })).toEqual([true, false]);
    expect(await chosen({ a: 'x' })).toEqual([false, true]);
    expect(await chosen({ a: 'x', c: 'z' })).toEqual([false, true]);
    await expect(chosen({ d: 1 })).rejects.toThrow('fits none');
  });

  test('check what is written and read when asked to', async () => {
    const { registry, frame } = await register({
      type: 'object',
      properties: { n: { type: 'integer', minimum: 10, 'connect.type': 'int32' } },
    });
    const converter = await openWith(registry, 'json-schema', { 'json.fail.invalid.schema': true });
    expect((await converter.toConnectData(subject, frame({ n: 10 }))).value).toEqual({ n: 10 });
    expect(() => converter.toConnectData(subject, frame({ n: 9 }))).toThrow('does not fit');
  });

  test('decimals may be numbers, with all their digits', async () => {
    const converter = await openWith(await countingRegistry(), 'json-schema', {
      'decimal.format': 'NUMERIC',
    });
    const exact = Decimal.parse('12345678901234567890.12');
    const bytes = await converter.fromConnectData(subject, schemas.decimal(2), exact);
    expect(
      Buffer.from(bytes ?? [])
        .subarray(5)
        .toString(),
    ).toBe('12345678901234567890.12');
    expectSame(await converter.toConnectData(subject, bytes), schemas.decimal(2), exact);
  });
});
