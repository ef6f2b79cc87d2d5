import { describe, expect, test } from 'vitest';
import {
  Decimal,
  type Schema,
  schemas,
  schemasEqual,
  type Value,
  valuesEqual,
} from '../../../runtime/data/index.ts';
import type { RegistryClient } from '../../../schema-registry/index.ts';
import { countingRegistry, openWith } from './registry-fixture.ts';

const subject = { topic: 'orders', headers: [] };
const tagged = (schema: Schema, tag: number): Schema => ({
  ...schema,
  parameters: { ...schema.parameters, 'io.confluent.connect.protobuf.Tag': String(tag) },
});
const optional = schemas.optional;

/** Writes, reads, and tells what the registry got. */
async function roundTrip(schema: Schema, value: Value, raw: Record<string, unknown> = {}) {
  const client = await countingRegistry();
  const converter = await openWith(client, 'protobuf', raw);
  const bytes = await converter.fromConnectData(subject, schema, value);
  const { definition } = await client.latest('orders-value');
  return { read: await converter.toConnectData(subject, bytes), text: definition.schema, bytes, client };
}

/** Registers a file and reads bytes that were written with it. */
async function readWith(
  schema: string,
  hex: string,
  raw: Record<string, unknown> = {},
  client?: RegistryClient,
) {
  const registry = client ?? (await countingRegistry());
  const converter = await openWith(registry, 'protobuf', raw);
  const definition = { schemaType: 'PROTOBUF', schema, references: [] } as const;
  const { id } = await registry.register('orders-value', definition, { normalize: false });
  const frame = Buffer.alloc(5);
  frame.writeInt32BE(id, 1);
  return converter.toConnectData(subject, Buffer.concat([frame, Buffer.from(hex, 'hex')]));
}

function expectSame(
  actual: { schema: Schema | undefined; value: Value },
  schema: Schema,
  value: Value,
): void {
  if (!schemasEqual(actual.schema, schema)) expect(actual.schema).toEqual(schema);
  if (!valuesEqual(actual.value, value)) expect(actual.value).toEqual(value);
}

describe('Connect data as Protobuf', () => {
  test('every type comes back, with what Protobuf has no place for in options', async () => {
    const inner = schemas.struct({ a: schemas.int32() }, { name: 'x.y.Inner', doc: 'inside' });
    const schema = schemas.struct(
      {
        i8: schemas.int8(),
        i16: schemas.int16(),
        i32: schemas.int32({ doc: 'a "number"' }),
        i64: schemas.int64(),
        f32: schemas.float32(),
        f64: schemas.float64(),
        yes: schemas.boolean(),
        text: schemas.string({ parameters: { owner: 'me' } }),
        raw: schemas.bytes(),
        price: schemas.decimal(2, { parameters: { 'connect.decimal.precision': '9' } }),
        day: schemas.date(),
        time: schemas.time(),
        at: schemas.timestamp(),
        list: schemas.array(schemas.int32()),
        structs: schemas.array(inner),
        labels: schemas.map(schemas.string(), schemas.boolean()),
        byId: schemas.map(schemas.int32(), inner),
        byFlag: schemas.map(schemas.boolean(), schemas.string()),
        inner,
      },
      { name: 'x.y.Everything', version: 3, doc: 'all', parameters: { team: 'one' } },
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
      day: new Date(86_400_000 * 19_000),
      time: new Date(3_600_123),
      at: new Date(-1),
      list: [1, 0, -3],
      structs: [{ a: 1 }, { a: 0 }],
      labels: { urgent: true },
      byId: new Map([[-1, { a: 5 }]]),
      byFlag: new Map([[true, 'yes']]),
      inner: { a: 7 },
    };
    const { read, text } = await roundTrip(schema, value, { 'optional.for.nullables': 'true' });
    const expected = schemas.struct(
      Object.fromEntries(
        schema.fields.map((field, index) => {
          const part = readAs(field.schema);
          return [field.name, tagged(isMessage(field.schema) ? optional(part) : part, index + 1)];
        }),
      ),
      { name: 'Everything', version: 3, doc: 'all', parameters: { team: 'one' } },
    );
    expectSame(read, expected, value);
    expect(text).toContain('package x.y;\n');
    expect(text).toContain('map<int32, Inner> byId = 17;');
    expect(text).toContain('.confluent.type.Decimal price = 10');
    expect(text).toContain('.google.type.TimeOfDay time = 12;');

    const enhanced = { 'enhanced.protobuf.schema.support': 'true' };
    expect((await roundTrip(schema, value, enhanced)).read.schema?.name).toBe('x.y.Everything');
    const bare = await roundTrip(schema, value, { 'connect.meta.data': 'false' });
    expect(bare.text).not.toContain('doc:');
    expect(bare.text).not.toContain('connect.type');
    expect(bare.read.schema?.doc).toBeUndefined();
  });

  /** Structs inside are found again by their simple name, and their fields have numbers. */
  function readAs(schema: Schema): Schema {
    if (schema.type === 'array')
      return { ...schema, valueSchema: readAs(schema.valueSchema ?? schemas.int8()) };
    if (schema.type === 'map')
      return { ...schema, valueSchema: readAs(schema.valueSchema ?? schemas.int8()) };
    if (schema.type !== 'struct') return schema;
    return schemas.struct({ a: tagged(schemas.int32(), 1) }, { name: 'Inner', doc: 'inside' });
  }

  const isMessage = ({ type, name }: Schema) => type === 'struct' || name?.startsWith('org.apache') === true;

  test.each([
    ['as it is: null is the zero value afterwards', {}, 'string note = 1;', { note: '', n: 0, list: [] }],
    [
      'with the label optional',
      { 'optional.for.nullables': 'true' },
      'optional string note = 1;',
      { note: null, n: null, list: [] },
    ],
    [
      'as a wrapper',
      { 'wrapper.for.nullables': 'true' },
      'google.protobuf.StringValue note = 1;',
      { note: null, n: null, list: [] },
    ],
  ])('what may be null is written %s', async (_name, raw, line, expected) => {
    const schema = schemas.struct(
      {
        note: optional(schemas.string()),
        n: optional(schemas.int64()),
        list: optional(schemas.array(schemas.string())),
      },
      { name: 'N' },
    );
    const { read, text } = await roundTrip(schema, { note: null, n: null, list: null }, raw);
    expect(text).toContain(line);
    expect(read.value).toEqual(expected);
    const full = { note: 'x', n: 5, list: ['a'] };
    const written = await roundTrip(schema, full, raw);
    expect(written.read.value).toEqual(full);
    expect(written.read.schema?.fields.slice(0, 2).map((field) => field.schema.optional)).toEqual([
      true,
      true,
    ]);
  });

  test('enums and oneofs become what they were', async () => {
    const prefix = 'io.confluent.connect.protobuf';
    const color = schemas.string({
      optional: true,
      parameters: {
        [`${prefix}.Enum`]: 'Color',
        [`${prefix}.Enum.RED`]: '0',
        [`${prefix}.Enum.BLUE`]: '1',
        [`${prefix}.Enum.NAVY`]: '1',
        [`${prefix}.Tag`]: '3',
      },
    });
    const union = schemas.struct(
      {
        mail: schemas.string({ optional: true, parameters: { [`${prefix}.Tag`]: '1' } }),
        phone: schemas.int32({ optional: true, parameters: { [`${prefix}.Tag`]: '2' } }),
      },
      { name: `${prefix}.Union.contact`, optional: true },
    );
    const schema = schemas.struct({ contact_0: union, color }, { name: 'C' });
    const value = { contact_0: { mail: null, phone: 0 }, color: 'BLUE' };
    const { read, text } = await roundTrip(schema, value);
    expectSame(read, schema, value);
    expect(text).toContain('oneof contact {');
    expect(text).toContain('option allow_alias = true;');
    const unset = await roundTrip(schema, { contact_0: null, color: 'RED' });
    expect(unset.read.value).toEqual({ contact_0: null, color: 'RED' });

    const raw = { 'int.for.enums': 'true', 'flatten.unions': 'true' };
    const flat = await roundTrip(schema, value, raw);
    expect(flat.read.value).toEqual({ mail: null, phone: 0, color: 1 });
    const named = await roundTrip(schema, value, { 'generate.index.for.unions': 'false' });
    expect(named.read.schema?.fields.map(({ name }) => name)).toEqual(['contact', 'color']);
  });

  test('a value that is no struct is a wrapper or logical message', async () => {
    for (const [schema, value] of [
      [schemas.string(), 'text'],
      [schemas.int64(), 0],
      [schemas.float64(), 0.5],
      [schemas.boolean(), true],
      [schemas.bytes(), Buffer.of(1)],
      [schemas.timestamp(), new Date(5)],
      [schemas.date(), new Date(0)],
    ] as const) {
      const { read } = await roundTrip(schema, value);
      expectSame(read, schema, value);
    }
    const { read } = await roundTrip(schemas.string(), 'x', { 'wrapper.for.raw.primitives': 'false' });
    expect(read).toMatchObject({ schema: { type: 'struct', name: 'StringValue' }, value: { value: 'x' } });
  });

  test('names are numbered where there are none, and changed only when that is allowed', async () => {
    const schema = schemas.struct({
      inner: schemas.struct({ 'a-b c': schemas.int32(), '1st': schemas.int32() }),
    });
    const value = { inner: { 'a-b c': 1, '1st': 2 } };
    await expect(roundTrip(schema, value)).rejects.toThrow("Protobuf cannot hold the name 'a-b c'");
    const { read, text } = await roundTrip(schema, value, { 'scrub.invalid.names': 'true' });
    expect(text).toContain('message ConnectDefault1 {');
    expect(text).toContain('message ConnectDefault2 {');
    expect(read.value).toEqual({ inner: { a_b_c: 1, x1st: 2 } });
  });

  test('what Protobuf cannot hold is an error of the record', async () => {
    const cases: [Schema, Value, string][] = [
      [schemas.array(schemas.int32()), [1], 'a struct at the top'],
      [
        schemas.struct({ a: schemas.array(schemas.array(schemas.int32())) }),
        { a: [[1]] },
        'list or map of lists',
      ],
      [schemas.struct({ a: schemas.map(schemas.float64(), schemas.int32()) }), { a: new Map() }, 'keys'],
      [schemas.struct({ a: schemas.array(optional(schemas.int32())) }), { a: [null] }, 'a null in it'],
      [schemas.struct({ a: schemas.int32() }), { a: null }, "null used for required field 'a'"],
      [schemas.struct({ a: schemas.int32() }), { a: 'text' }, 'a must be'],
      [
        schemas.struct({
          a: schemas.struct({ x: schemas.int32() }, { name: 'p.S' }),
          b: schemas.struct({ y: schemas.int32() }, { name: 'q.S' }),
        }),
        { a: { x: 1 }, b: { y: 1 } },
        "two different types of the name 'S'",
      ],
    ];
    for (const [schema, value, message] of cases) {
      const failing = roundTrip(schema, value);
      await expect(failing, message).rejects.toThrow(message);
      await expect(failing).rejects.toMatchObject({ name: 'DataError' });
    }
    const converter = await openWith(await countingRegistry(), 'protobuf');
    expect(() => converter.fromConnectData(subject, undefined, 'x')).toThrow('Protobuf needs a schema');
    expect(await converter.fromConnectData(subject, schemas.string(), null)).toBeNull();
    expect(await converter.toConnectData(subject, null)).toEqual({ schema: undefined, value: null });
  });

  test('the registry is asked once per topic and schema', async () => {
    const client = await countingRegistry();
    const converter = await openWith(client, 'protobuf');
    const schema = schemas.struct({ a: schemas.int32() });
    const first = await converter.fromConnectData(subject, schema, { a: 1 });
    const { calls } = client;
    expect(converter.fromConnectData(subject, schema, { a: 1 })).toEqual(first);
    await converter.toConnectData(subject, first);
    expect(client.calls).toBe(calls + 1);
  });
});

describe('Protobuf of others as Connect data', () => {
  test('proto3: unsigned numbers fit, maps and nested messages too', async () => {
    const schema = `syntax = "proto3"; package p; message M { uint32 u = 1; fixed64 big = 2; map<uint64, N> m = 3;
      message N { optional string s = 1; bytes b = 2; } N n = 4; repeated sint32 list = 5; }`;
    const read = await readWith(schema, '0008ffffffff0f11ffffffffffffffff1a0808071204120201022a020102');
    expect(read.value).toEqual({
      u: 4_294_967_295,
      big: -1,
      m: new Map([[7, { s: null, b: Buffer.of(1, 2) }]]),
      n: null,
      list: [-1, 1],
    });
    expect(read.schema?.fields.map((field) => field.schema.type)).toEqual([
      'int64',
      'int64',
      'map',
      'struct',
      'array',
    ]);
    const filled = await readWith(schema, '00', { 'generate.struct.for.nulls': 'true' });
    expect(filled.value).toMatchObject({ n: { s: null, b: null } });
  });

  test('proto2: required fields are required, optional ones by the setting', async () => {
    const schema = 'syntax = "proto2"; message M { required int32 a = 1; optional int32 b = 2; }';
    const shown = async (raw: Record<string, unknown>) => {
      const { schema: found } = await readWith(schema, '000801', raw);
      return found?.fields.map((field) => field.schema.optional);
    };
    expect(await shown({})).toEqual([false, true]);
    expect(await shown({ 'optional.for.nullables': 'true' })).toEqual([false, true]);
  });

  test('proto2: defaults are those of the schema, and stand for what is absent', async () => {
    const schema = `syntax = "proto2"; message M { optional int32 a = 1 [default = -5]; optional string s = 2 [default = "x"];
      optional bool f = 3 [default = true]; optional double d = 4 [default = inf]; optional E e = 5 [default = B];
      optional fixed64 big = 6 [default = 0x10]; optional bytes raw = 7 [default = "\\001"]; enum E { A = 0; B = 1; } }`;
    const { schema: found, value } = await readWith(schema, '00');
    expect(found?.fields.map((field) => field.schema.default)).toEqual([
      -5,
      'x',
      true,
      Number.POSITIVE_INFINITY,
      'B',
      16,
      Buffer.of(1),
    ]);
    expect(Object.values(value as object)).toEqual([null, null, null, null, null, null, null]);
  });

  test('another message than the first is found by its indexes', async () => {
    const schema = 'syntax = "proto3"; message A { int32 a = 1; } message B { message C { int32 c = 1; } }';
    expect((await readWith(schema, '0402000805')).value).toEqual({ c: 5 });
    expect((await readWith(schema, '000805')).value).toEqual({ a: 5 });
  });

  test('what Connect cannot hold, and bytes that are none, are errors of the record', async () => {
    const recursive = 'syntax = "proto3"; message M { M m = 1; }';
    await expect(readWith(recursive, '00')).rejects.toThrow('contains itself');
    const schema = 'syntax = "proto3"; message A { int32 a = 1; }';
    for (const hex of ['', '08', '0008', '000a05']) {
      await expect(readWith(schema, hex), hex).rejects.toMatchObject({ name: 'DataError' });
    }
    const client = await countingRegistry();
    const avro = { schemaType: 'AVRO', schema: '"int"', references: [] } as const;
    await client.register('x', avro, { normalize: false });
    const converter = await openWith(client, 'protobuf');
    const bytes = Buffer.from('000000000100', 'hex');
    await expect(converter.toConnectData(subject, bytes)).rejects.toThrow('Schema 1 is AVRO, not PROTOBUF');
  });
});
