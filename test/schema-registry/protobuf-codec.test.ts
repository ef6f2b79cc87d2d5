import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { protobufLanguage } from '../../schema-registry/index.ts';
import { MessageCodec } from '../../schema-registry/protobuf/binary/codec.ts';

function codecOf(text: string, name = 'M') {
  const { linked } = protobufLanguage.parse(text, { references: [], strict: true });
  const definition = linked.definitions.get(name);
  if (definition?.kind !== 'message') throw new TypeError(`no message ${name}`);
  const codec = new MessageCodec(linked);
  return {
    encode: (value: unknown) => codec.encode(definition, value),
    decode: (bytes: Uint8Array) => codec.decode(definition, bytes),
    hex: (value: unknown) => codec.encode(definition, value).toString('hex'),
    read: (hex: string) => codec.decode(definition, Buffer.from(hex.replaceAll(' ', ''), 'hex')),
  };
}

const proto3 = (body: string) => `syntax = "proto3"; message M { ${body} }`;

describe('the bytes of Protobuf', () => {
  test.each([
    ['int32 a = 1;', { a: 150 }, '089601'],
    ['int32 a = 1;', { a: -1 }, '08ffffffffffffffffff01'],
    ['sint32 a = 1;', { a: -2 }, '0803'],
    ['sint64 a = 1;', { a: -9223372036854775808n }, '08ffffffffffffffffff01'],
    ['uint64 a = 1;', { a: 18446744073709551615n }, '08ffffffffffffffffff01'],
    ['int64 a = 1;', { a: 9007199254740991 }, '08ffffffffffffff0f'],
    ['fixed32 a = 1;', { a: 4294967295 }, '0dffffffff'],
    ['sfixed32 a = 1;', { a: -1 }, '0dffffffff'],
    ['fixed64 a = 1;', { a: 1 }, '090100000000000000'],
    ['float a = 1;', { a: 1.5 }, '0d0000c03f'],
    ['double a = 1;', { a: -0 }, '090000000000000080'],
    ['bool a = 1;', { a: true }, '0801'],
    ['string b = 2;', { b: 'testing' }, '120774657374696e67'],
    ['bytes b = 2;', { b: Buffer.of(0, 255) }, '120200ff'],
    ['M c = 3;', { c: {} }, '1a00'],
    ['repeated int32 d = 4;', { d: [3, 270, 86942] }, '2206038e029ea705'],
    ['repeated int32 d = 4 [packed = false];', { d: [1, 2] }, '20012002'],
    ['repeated string e = 5;', { e: ['', 'a'] }, '2a002a0161'],
    ['map<string, int32> m = 6;', { m: { k: 1 } }, '32050a016b1001'],
    ['enum E { Z = 0; ONE = 1; } E f = 16;', { f: 'ONE' }, '800101'],
    ['optional int32 g = 1;', { g: 0 }, '0800'],
    ['int32 h = 1; string i = 2;', { h: 0, i: '' }, ''],
    ['oneof o { int32 a = 1; string b = 2; }', { a: 0 }, '0800'],
  ])('%s %o', (body, value, hex) => {
    const codec = codecOf(proto3(body));
    expect(codec.hex(value)).toBe(hex);
    expect(codec.read(hex)).toMatchObject(value);
  });

  test('proto2 has groups, required fields, closed enums and extensions', () => {
    const codec = codecOf(`message M { optional group G = 1 { optional int32 x = 2; } required int32 r = 3;
      enum E { A = 1; } optional E e = 4; extensions 100; } extend M { optional string more = 100; }`);
    const value = { g: { x: 1 }, r: 2, '[more]': 'm' };
    expect(codec.hex(value)).toBe('0b10010c1802a206016d');
    expect(codec.read('0b10010c1802a206016d')).toEqual(value);
    expect(codec.read('1802 2005')).toEqual({ r: 2 });
    expect(() => codec.read('')).toThrow('M has no r, which is required');
    expect(() => codec.encode({})).toThrow('r is required and missing');
  });

  test('editions choose presence, packing and delimiting', () => {
    const codec =
      codecOf(`edition = "2023"; message M { int32 a = 1; int32 b = 2 [features.field_presence = IMPLICIT];
      repeated int32 c = 3 [features.repeated_field_encoding = EXPANDED]; M d = 4 [features.message_encoding = DELIMITED]; }`);
    expect(codec.hex({ a: 0, b: 0, c: [1], d: { a: 1 } })).toBe('08001801230801 24'.replace(' ', ''));
    expect(codec.read('')).toEqual({ b: 0, c: [] });
  });

  test('what is missing has the zero value, or is not there when it can be absent', () => {
    const body =
      'int32 a = 1; optional int32 b = 2; repeated string c = 3; map<int32, bool> d = 4; M e = 5; string f = 6; bytes g = 7; enum E { Z = 0; } E h = 8; oneof o { int32 i = 9; }';
    expect(codecOf(proto3(body)).read('')).toEqual({ a: 0, c: [], d: {}, f: '', g: Buffer.alloc(0), h: 'Z' });
  });

  test('unknown fields are passed over, packed and unpacked lists are both read, messages are merged', () => {
    const codec = codecOf(proto3('repeated int32 a = 1; M b = 2; oneof o { int32 x = 3; int32 y = 4; }'));
    expect(
      codec.read('0801 0a020203 9a01 03616263 9b01 0800 9c01 9d0100000000 990100000000 00000000'),
    ).toMatchObject({ a: [1, 2, 3] });
    expect(codec.read('1202 0801 1202 0802')).toMatchObject({ b: { a: [1, 2] } });
    const chosen = codec.read('1801 2002');
    expect(chosen).toMatchObject({ y: 2 });
    expect(chosen).not.toHaveProperty('x');
    expect(codec.read('0a0161')).toMatchObject({ a: [97] });
    expect(codec.read('18 01 15 00000000')).toMatchObject({ x: 1 });
  });

  test('no name is special', () => {
    const codec = codecOf(proto3('map<string, int32> __proto__ = 1; string constructor = 2;'));
    const value = JSON.parse('{"__proto__":{"__proto__":5,"toString":6},"constructor":"c"}') as object;
    const back = codec.decode(codec.encode(value));
    expect(JSON.stringify(back)).toBe(JSON.stringify(value));
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
    expect(codec.hex({})).toBe('');
  });
});

describe('what does not fit is an error that says where', () => {
  test.each([
    ['int32 a = 1;', { a: 2 ** 31 }, 'a must be a 32-bit integer, not number 2147483648'],
    ['int64 a = 1;', { a: 2 ** 60 }, 'a must be a 64-bit integer'],
    ['uint32 a = 1;', { a: -1 }, 'a must be an integer from 0'],
    ['string a = 1;', { a: 5 }, 'a must be a string, not number 5'],
    ['bytes a = 1;', { a: 'x' }, 'a must be bytes'],
    ['repeated M m = 1; bool b = 2;', { m: [{ b: 1 }] }, 'm.b must be true or false'],
    ['repeated int32 a = 1;', { a: 5 }, 'a must be an array'],
    ['map<int32, string> a = 1;', { a: { x: 'y' } }, 'a must be a 32-bit integer, not string x'],
    ['enum E { Z = 0; } E a = 1;', { a: 'NO' }, 'a must be a constant of the enum M.E'],
    ['oneof o { int32 a = 1; int32 b = 2; }', { a: 1, b: 2 }, 'only one of the oneof o'],
    ['int32 a = 1;', [], 'the value must be an object'],
  ])('%s %o', (body, value, message) => {
    expect(() => codecOf(proto3(body)).encode(value)).toThrow(message);
    expect(() => codecOf(proto3(body)).encode(value)).toThrow(
      expect.objectContaining({ code: 'SCHEMA_REGISTRY_SERIALIZATION' }),
    );
  });

  test('a value that contains itself', () => {
    const value: Record<string, unknown> = {};
    value['m'] = value;
    expect(() => codecOf(proto3('M m = 1;')).encode(value)).toThrow('nested deeper than 100');
  });

  test.each([
    ['string a = 1;', '0aff', 'ends before'],
    ['string a = 1;', '0affffffff0f', 'ends before'],
    ['string a = 1;', '0a02ffff', 'not UTF-8'],
    ['int32 a = 1;', '08ffffffffffffffffffff01', 'more than 64 bits'],
    ['int32 a = 1;', '0001', 'no valid number'],
    ['int32 a = 1;', '0e', 'wire type 6'],
    ['int32 a = 1;', '0c', 'a group ends'],
    ['int32 a = 1;', '1b', 'ends before'],
    ['int32 a = 1;', '1b24', 'the group 3 ends as 4'],
    ['repeated int32 a = 1;', '0a0280', 'ends before'],
    ['M a = 1;', '0a020a05', 'ends before'],
    ['int32 a = 1;', '13'.repeat(200), 'nested deeper than 100'],
  ])('%s from %s', (body, hex, message) => {
    expect(() => codecOf(proto3(body)).read(hex)).toThrow(message);
  });
});

const everything = codecOf(
  proto3(`double a = 1; float b = 2; int64 c = 3; uint64 d = 4; int32 e = 5; fixed64 f = 6; fixed32 g = 7; bool h = 8;
    string i = 9; bytes j = 10; uint32 k = 11; sfixed32 l = 12; sfixed64 m = 13; sint32 n = 14; sint64 o = 15;
    repeated sint64 p = 16; repeated string q = 17; map<string, M> r = 18; optional M s = 19; map<int64, bool> u = 20;
    enum E { Z = 0; ONE = 1; MINUS = -1; } repeated E t = 21;`),
);

const long = (min: bigint, max: bigint) =>
  fc.bigInt({ min, max }).map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));
const int64 = long(-(2n ** 63n), 2n ** 63n - 1n);
const uint64 = long(0n, 2n ** 64n - 1n);
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const text = fc.string({ unit: 'grapheme' });
const values = fc.letrec((tie) => ({
  message: fc.record({
    a: fc.double(),
    b: fc.float(),
    c: int64,
    d: uint64,
    e: fc.integer(),
    f: uint64,
    g: uint32,
    h: fc.boolean(),
    i: text,
    j: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    k: uint32,
    l: fc.integer(),
    m: int64,
    n: fc.integer(),
    o: int64,
    p: fc.array(int64),
    q: fc.array(text),
    r: fc.dictionary(text, tie('message'), { maxKeys: 1, depthIdentifier: 'm' }).map((map) => ({ ...map })),
    s: fc.option(tie('message'), { nil: undefined, depthIdentifier: 'm', depthSize: 'xsmall' }),
    u: fc.dictionary(int64.map(String), fc.boolean()).map((map) => ({ ...map })),
    t: fc.array(fc.constantFrom('Z', 'ONE', 'MINUS', 7)),
  }),
}));

test('every value comes back as it was', () => {
  fc.assert(
    fc.property(values.message, (value) => {
      expect(everything.decode(everything.encode(value))).toEqual(strip(value));
    }),
    { numRuns: 100 },
  );
});

function strip(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
  if (Array.isArray(value)) return value.map(strip);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[key, strip(item)]])),
  );
}

test('random bytes, and every truncation of good ones, are a value or an error, never a crash', () => {
  const attempt = (bytes: Uint8Array) => {
    try {
      everything.decode(bytes);
    } catch (error) {
      expect(error).toMatchObject({ code: 'SCHEMA_REGISTRY_SERIALIZATION' });
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), attempt), { numRuns: 2000 });
  fc.assert(
    fc.property(values.message, (value) => {
      const bytes = everything.encode(value);
      for (let length = 0; length < Math.min(bytes.length, 60); length += 1)
        attempt(bytes.subarray(0, length));
    }),
    { numRuns: 10 },
  );
});
