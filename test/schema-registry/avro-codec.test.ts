import avsc from 'avsc';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AvroCodec, SerializationError } from '../../schema-registry/index.ts';

function codec(schema: unknown, reader?: unknown, unions?: 'auto' | 'wrapped'): AvroCodec {
  return new AvroCodec(
    { schema: JSON.stringify(schema) },
    {
      ...(reader !== undefined && { reader: { schema: JSON.stringify(reader) } }),
      ...(unions && { unions }),
    },
  );
}

const record = (fields: readonly object[], more: object = {}) => ({
  type: 'record',
  name: 'R',
  fields,
  ...more,
});

/** A schema together with values of it. */
interface Sample {
  readonly schema: unknown;
  readonly value: fc.Arbitrary<unknown>;
}

const primitiveSamples: readonly Sample[] = [
  { schema: 'null', value: fc.constant(null) },
  { schema: 'boolean', value: fc.boolean() },
  { schema: 'int', value: fc.integer() },
  // Beyond 2^52 avsc writes another number than it was given.
  { schema: 'long', value: fc.integer({ min: -(2 ** 52), max: 2 ** 52 }) },
  { schema: 'double', value: fc.double({ noNaN: true }) },
  { schema: 'float', value: fc.float({ noNaN: true }) },
  { schema: 'string', value: fc.string({ unit: 'grapheme', maxLength: 80 }) },
  { schema: 'bytes', value: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)) },
];

let names = 0;

function sampleOf(depth: number): fc.Arbitrary<Sample> {
  const primitive = fc.constantFrom(...primitiveSamples);
  if (depth === 0) return primitive;
  const inner = sampleOf(depth - 1);
  return fc.oneof(
    primitive,
    fc.constant({
      schema: { type: 'enum', name: `E${names++}`, symbols: ['A', 'B'] },
      value: fc.constantFrom('A', 'B'),
    }),
    fc.constant({
      schema: { type: 'fixed', name: `F${names++}`, size: 3 },
      value: fc.uint8Array({ minLength: 3, maxLength: 3 }).map((bytes) => Buffer.from(bytes)),
    }),
    inner.map(({ schema, value }) => ({
      schema: { type: 'array', items: schema },
      value: fc.array(value, { maxLength: 4 }),
    })),
    inner.map(({ schema, value }) => ({
      schema: { type: 'map', values: schema },
      value: fc
        .dictionary(fc.string({ maxLength: 5 }), value, { maxKeys: 4, noNullPrototype: true })
        .filter((entries) => !Object.hasOwn(entries, '__proto__')),
    })),
    fc
      .constantFrom(...primitiveSamples.slice(1))
      .map(({ schema, value }) => ({ schema: ['null', schema], value: fc.option(value) })),
    fc.array(inner, { maxLength: 4 }).map((parts) => ({
      schema: {
        type: 'record',
        name: `R${names++}`,
        fields: parts.map(({ schema }, index) => ({ name: `f${index}`, type: schema })),
      },
      value: fc
        .tuple(...parts.map(({ value }) => value))
        .map((values) => Object.fromEntries(values.map((value, index) => [`f${index}`, value]))),
    })),
  );
}

/** Names may be used once: what was generated twice gets another name. */
function renamed(schema: unknown, counter = { next: 0 }): unknown {
  if (Array.isArray(schema)) return schema.map((part) => renamed(part, counter));
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema).map(([key, value]) => [
    key,
    key === 'symbols' ? value : renamed(value, counter),
  ]);
  const copy = Object.fromEntries(entries) as Record<string, unknown>;
  if (['record', 'enum', 'fixed'].includes(String(copy['type']))) copy['name'] = `N${counter.next++}`;
  return copy;
}

describe('any schema and value', () => {
  const samples = sampleOf(3).chain(({ schema, value }) =>
    value.map((one) => ({ schema: renamed(schema), value: one })),
  );

  test('the bytes are those of avsc, and read back as the same value', () => {
    fc.assert(
      fc.property(samples, ({ schema, value }) => {
        const bytes = codec(schema).encode(value);
        expect(bytes).toEqual(avsc.Type.forSchema(schema as never).toBuffer(value));
        expect(codec(schema).decode(bytes)).toEqual(value);
      }),
      { numRuns: 300 },
    );
  });

  test('a payload that is cut off, or random, is a value or an error of ours', () => {
    fc.assert(
      fc.property(samples, fc.uint8Array({ maxLength: 60 }), fc.nat(), ({ schema, value }, noise, cut) => {
        const bytes = codec(schema).encode(value);
        const decoder = codec(schema);
        for (const payload of [noise, bytes.subarray(0, cut % (bytes.length + 1))]) {
          try {
            decoder.decode(payload);
          } catch (error) {
            expect(error).toBeInstanceOf(SerializationError);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('every proper prefix of a payload without empty ends is refused', () => {
    const schema = record([
      { name: 's', type: 'string' },
      { name: 'd', type: 'double' },
      { name: 'l', type: 'long' },
    ]);
    const bytes = codec(schema).encode({ s: 'text', d: 1.5, l: 300 });
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => codec(schema).decode(bytes.subarray(0, length))).toThrow(SerializationError);
    }
  });
});

describe('numbers', () => {
  test('a long is a number when that is exact and a bigint when not, over the whole range', () => {
    const long = codec('long');
    const edges = [
      0n,
      -1n,
      63n,
      64n,
      -64n,
      -65n,
      2n ** 28n,
      2n ** 31n,
      -(2n ** 31n),
      2n ** 48n,
      2n ** 49n,
      2n ** 52n,
      2n ** 53n - 1n,
      2n ** 53n,
      -(2n ** 53n),
      2n ** 62n,
      2n ** 63n - 1n,
      -(2n ** 63n),
    ];
    for (const edge of edges) {
      const decoded = long.decode(long.encode(edge));
      expect(BigInt(decoded as number)).toBe(edge);
      expect(typeof decoded).toBe(Number.isSafeInteger(Number(edge)) ? 'number' : 'bigint');
      if (typeof decoded === 'number') expect(long.encode(decoded)).toEqual(long.encode(edge));
    }
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        expect(BigInt(long.decode(long.encode(value)) as number)).toBe(value);
      }),
    );
  });

  test('what does not fit is refused', () => {
    for (const value of [2 ** 53, 2n ** 63n, 1.5, '1', null, undefined, Number.NaN]) {
      expect(() => codec('long').encode(value)).toThrow(SerializationError);
    }
    for (const value of [2 ** 31, 1.5, 2n ** 40n])
      expect(() => codec('int').encode(value)).toThrow(SerializationError);
    expect(codec('int').encode(5n)).toEqual(codec('int').encode(5));
    expect(() => codec('int').decode(codec('long').encode(2 ** 40))).toThrow('32 bits');
    expect(() => codec('long').decode(Buffer.alloc(11, 0xff))).toThrow('64 bits');
  });
});

describe('unions', () => {
  test('branches that JavaScript cannot tell apart carry their name, others do not', () => {
    expect(codec(['null', 'string']).decode(codec(['null', 'string']).encode('a'))).toBe('a');
    const numbers = codec(['null', 'int', 'long']);
    expect(numbers.decode(numbers.encode({ long: 5 }))).toEqual({ long: 5 });
    expect(numbers.decode(numbers.encode(null))).toBeNull();
    const wrapped = codec(['null', 'string'], undefined, 'wrapped');
    expect(wrapped.decode(wrapped.encode({ string: 'a' }))).toEqual({ string: 'a' });
  });

  test('a bare value of such a union takes the first branch that fits', () => {
    const union = codec([
      'null',
      'int',
      'long',
      'double',
      { type: 'enum', name: 'E', symbols: ['X'] },
      'string',
      { type: 'record', name: 'n.A', fields: [{ name: 'a', type: 'int' }] },
      { type: 'record', name: 'n.B', fields: [{ name: 'b', type: 'int' }] },
    ]);
    const shape = (value: unknown) => union.decode(union.encode(value));
    expect(shape(1)).toEqual({ int: 1 });
    expect(shape(2 ** 40)).toEqual({ long: 2 ** 40 });
    expect(shape(1.5)).toEqual({ double: 1.5 });
    expect(shape('X')).toEqual({ E: 'X' });
    expect(shape('Y')).toEqual({ string: 'Y' });
    expect(shape({ b: 1 })).toEqual({ 'n.B': { b: 1 } });
    expect(() => union.encode(true)).toThrow('must be one of null, int');
  });

  test('an index that names no branch is refused', () => {
    expect(() => codec(['null', 'string']).decode(Buffer.of(4))).toThrow('no branch 2');
    expect(() => codec(['null', 'string']).decode(Buffer.of(1))).toThrow('no branch -1');
  });
});

describe('records', () => {
  test('missing fields take their default, extra ones are left out', () => {
    const schema = record([
      { name: 'a', type: 'int' },
      { name: 'b', type: ['null', 'string'], default: null },
      { name: 'c', type: { type: 'map', values: 'bytes' }, default: { k: '\u00ff' } },
      { name: 'd', type: ['null', 'int'], default: 7 },
    ]);
    const decoded = codec(schema).decode(codec(schema).encode({ a: 1, x: 2 }));
    expect(decoded).toEqual({ a: 1, b: null, c: { k: Buffer.of(255) }, d: 7 });
  });

  test('an error says which field', () => {
    const inner = { type: 'record', name: 'I', fields: [{ name: 'n', type: 'int' }] };
    const schema = record([
      { name: 'list', type: { type: 'array', items: inner } },
      { name: 'u', type: ['null', 'string'] },
    ]);
    const encode = (value: unknown) => () => codec(schema).encode(value);
    expect(encode({ list: [{ n: 1 }, { n: 'x' }], u: null })).toThrow(
      'the field "list.1.n" is "x", but must be int',
    );
    expect(encode({ list: [], u: 5 })).toThrow('the field "u" is 5, but must be one of null, string');
    expect(encode({ list: [] })).toThrow('the field "u"');
    expect(encode(5)).toThrow('the value is 5, but must be R');
  });

  test('names that objects know anyway are fields like any other', () => {
    const schema = record([
      { name: '__proto__', type: ['null', 'string'], default: null },
      { name: 'constructor', type: 'string', default: 'none' },
      { name: 'toString', type: 'int' },
    ]);
    expect(() => codec(schema).encode({})).toThrow('"toString"');
    const decoded = codec(schema).decode(codec(schema).encode({ toString: 1 })) as object;
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
    expect(Object.keys(decoded)).toEqual(['__proto__', 'constructor', 'toString']);
    const map = codec({ type: 'map', values: 'int' });
    const entries = map.decode(map.encode(JSON.parse('{"__proto__":1}'))) as object;
    expect(Object.entries(entries)).toEqual([['__proto__', 1]]);
    expect(Object.getPrototypeOf(entries)).toBe(Object.prototype);
  });

  test('lenient schemas of other products work: any names, forward references, the same name twice', () => {
    const schema = record([
      { name: 'a-b', type: 'B' },
      { name: '1', type: { type: 'record', name: 'B', fields: [{ name: '\u00e9', type: 'int' }] } },
    ]);
    const value = { 'a-b': { '\u00e9': 1 }, '1': { '\u00e9': 2 } };
    expect(codec(schema).decode(codec(schema).encode(value))).toEqual(value);
  });

  test('half a surrogate pair becomes the replacement character', () => {
    expect(codec('string').decode(codec('string').encode('a\ud800'))).toBe('a\ufffd');
    expect(codec('string').encode('a\ud800')).toEqual(Buffer.concat([Buffer.of(8), Buffer.from('a\ufffd')]));
  });
});

describe('recursion', () => {
  const list = record([
    { name: 'v', type: 'int' },
    { name: 'next', type: ['null', 'R'], default: null },
  ]);
  const nested = (depth: number): object => {
    let value: object = { v: 0, next: null };
    for (let level = 1; level < depth; level += 1) value = { v: level, next: value };
    return value;
  };

  test('a list of a hundred comes back', () => {
    expect(codec(list).decode(codec(list).encode(nested(100)))).toEqual(nested(100));
  });

  test('what is too deep, or contains itself, is refused both ways', () => {
    expect(() => codec(list).decode(Buffer.alloc(100_000, 2))).toThrow('nested deeper');
    const circle: { v: number; next?: unknown } = { v: 1 };
    circle.next = circle;
    expect(() => codec(list).encode(circle)).toThrow('contains itself');
  });
});

describe('hostile payloads', () => {
  const huge = Buffer.concat([codec('long').encode(2 ** 40), Buffer.alloc(8)]);
  test.each([
    ['an array of nulls', { type: 'array', items: 'null' }, 'a block of'],
    [
      'an array of empty records',
      { type: 'array', items: { type: 'record', name: 'E', fields: [] } },
      'a block of',
    ],
    ['an array of ints', { type: 'array', items: 'int' }, 'a block of'],
    ['a map', { type: 'map', values: 'null' }, 'a block of'],
    ['a string', 'string', 'a length that does not fit'],
    ['bytes', 'bytes', 'a length that does not fit'],
  ])('a huge count in %s costs nothing', (_name, schema, message) => {
    expect(() => codec(schema).decode(huge)).toThrow(message);
  });

  test('negative lengths are refused, negative counts are blocks with a size', () => {
    expect(() => codec('string').decode(Buffer.of(1, 1, 1))).toThrow(SerializationError);
    const block = Buffer.concat([codec('long').encode(-2), codec('long').encode(2), Buffer.of(2, 4, 0)]);
    expect(codec({ type: 'array', items: 'int' }).decode(block)).toEqual([1, 2]);
    const skipping = codec(
      record([
        { name: 'a', type: { type: 'array', items: 'int' } },
        { name: 'b', type: 'int' },
      ]),
      record([{ name: 'b', type: 'int' }]),
    );
    expect(skipping.decode(Buffer.concat([block, Buffer.of(6)]))).toEqual({ b: 3 });
  });

  test('many blocks of nothing have an end', () => {
    const block = codec('long').encode(500_000);
    const payload = Buffer.concat([block, block, block, Buffer.of(0)]);
    expect(() => codec({ type: 'array', items: 'null' }).decode(payload)).toThrow('does not fit');
  });
});

describe('reading with another schema', () => {
  const readAs = (writer: unknown, reader: unknown, value: unknown) =>
    codec(writer, reader).decode(codec(writer).encode(value));

  test('fields are found by name or alias, and the rest is skipped or filled in', () => {
    const writer = record([
      { name: 'gone', type: { type: 'array', items: { type: 'map', values: 'string' } } },
      { name: 'old', type: 'int' },
      { name: 'text', type: 'string' },
      { name: 'blob', type: 'bytes' },
    ]);
    const reader = record([
      { name: 'text', type: 'bytes' },
      { name: 'fresh', type: { type: 'array', items: 'int' }, default: [1] },
      { name: 'renamed', type: 'double', aliases: ['old'] },
    ]);
    const value = { gone: [{ a: 'b' }], old: 5, text: 'hi', blob: Buffer.of(1) };
    expect(readAs(writer, reader, value)).toEqual({ text: Buffer.from('hi'), fresh: [1], renamed: 5 });
  });

  test('defaults are new for every record', () => {
    const reader = record([{ name: 'list', type: { type: 'array', items: 'int' }, default: [] }]);
    const decoder = codec(record([]), reader);
    const [first, second] = [decoder.decode(Buffer.alloc(0)), decoder.decode(Buffer.alloc(0))] as {
      list: number[];
    }[];
    first?.list.push(1);
    expect(second?.list).toEqual([]);
  });

  test('types are promoted', () => {
    expect(readAs('int', 'long', 5)).toBe(5);
    expect(readAs('long', 'double', 5)).toBe(5);
    expect(readAs('float', 'double', 0.5)).toBe(0.5);
    expect(readAs('bytes', 'string', Buffer.from('x'))).toBe('x');
    expect(readAs({ type: 'array', items: 'int' }, { type: 'array', items: ['null', 'long'] }, [1])).toEqual([
      1,
    ]);
    expect(() => readAs('long', 'int', 5)).toThrow('long cannot be read as int');
  });

  test('unions meet unions and types', () => {
    expect(readAs(['null', 'int'], ['string', 'long', 'null'], 5)).toBe(5);
    expect(readAs(['int', 'string'], 'string', 'x')).toBe('x');
    expect(() => readAs(['int', 'string'], 'string', 5)).toThrow('int cannot be read as string');
    expect(readAs('int', ['null', 'int', 'long'], 5)).toEqual({ int: 5 });
  });

  test('namespaces do not matter, unknown symbols take the default', () => {
    const named = (namespace: string) => record([{ name: 'a', type: 'int' }], { namespace });
    expect(readAs(['null', named('x')], ['null', named('y')], { a: 1 })).toEqual({ a: 1 });
    const symbols = (list: string[], more: object = {}) => ({
      type: 'enum',
      name: 'E',
      symbols: list,
      ...more,
    });
    expect(readAs(symbols(['A', 'B']), symbols(['A', 'Z'], { default: 'Z' }), 'B')).toBe('Z');
    expect(() => readAs(symbols(['A', 'B']), symbols(['A']), 'B')).toThrow('no symbol B');
  });

  test('a field without data and default fails where it is missing', () => {
    expect(() => readAs(record([]), record([{ name: 'a', type: 'int' }]), {})).toThrow('"a" was not written');
  });

  test('recursive types evolve', () => {
    const list = (more: readonly object[]) => record([{ name: 'next', type: ['null', 'R'] }, ...more]);
    const reader = list([{ name: 'n', type: 'int', default: 1 }]);
    expect(readAs(list([]), reader, { next: { next: null } })).toEqual({ next: { next: null, n: 1 }, n: 1 });
  });
});

test('a value goes behind the prefix it is given, and starts anywhere', () => {
  const bytes = codec('string').encode('x'.repeat(3000), Buffer.of(9, 9));
  expect(bytes.subarray(0, 2)).toEqual(Buffer.of(9, 9));
  expect(codec('string').decode(bytes, 2)).toBe('x'.repeat(3000));
});

test('after an error the next value is whole', () => {
  const schema = record([
    { name: 'a', type: 'string' },
    { name: 'b', type: 'int' },
  ]);
  const shared = codec(schema);
  expect(() => shared.encode({ a: 'text', b: 'x' })).toThrow(SerializationError);
  expect(shared.decode(shared.encode({ a: 'q', b: 2 }))).toEqual({ a: 'q', b: 2 });
});
