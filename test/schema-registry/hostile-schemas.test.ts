import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  avroLanguage,
  jsonLanguage,
  protobufLanguage,
  RegistryError,
  type ResolvedReference,
  SchemaLimitError,
} from '../../schema-registry/index.ts';
import { dereferenced, type JsonModel } from '../../schema-registry/json/model.ts';
import { schemaDifferences } from '../../schema-registry/protobuf/evolution/schema-differences.ts';
import { ReservedValues } from '../../schema-registry/protobuf/reserved-values.ts';
import type { ProtoRange } from '../../schema-registry/protobuf/syntax-tree.ts';
import { decideRegister } from '../../schema-registry/store/registration.ts';
import { nestedMessages, row } from './extreme-schemas.ts';
import { openStore } from './fixture.ts';

const strict = (references: readonly ResolvedReference[] = []) => ({ references, strict: true });
const back = { readerLabel: 'new', writerLabel: 'old', policy: 'STRICT' } as const;
const proto3 = (body: string) => `syntax = "proto3"; ${body}`;
const range = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('names of Protobuf', () => {
  /** How many places a parse and a comparison look at for names. */
  const stepsOf = (text: string) => {
    const { linked } = protobufLanguage.parse(text, strict());
    protobufLanguage.canonical({ type: 'PROTOBUF', name: undefined, linked }, { normalize: false });
    schemaDifferences(linked, linked);
    return linked.names.steps;
  };

  test.each([
    ['the same', () => 'T', 'message T {}'],
    ['others', (index: number) => `T${index}`, row(500, (index) => `message T${index} {}`)],
  ])('are looked up once each, however deep the fields are: %s', (_, type, outside) => {
    const count = 500;
    const fields = row(count, (index) => `${type(index)} f${index} = ${index + 1};`);
    const deep = stepsOf(proto3(`${outside} ${nestedMessages(150, fields)}`));
    const flat = stepsOf(proto3(`${outside} message A { ${fields} }`));
    expect(deep).toBe(flat);
    expect(flat).toBeLessThanOrEqual(count);
  });

  test('that many scopes have are found in the innermost', () => {
    const inner = row(20, (index) => `message S${index} { message T { } T t = 1; }`);
    const { linked } = protobufLanguage.parse(
      proto3(`message O { message T { } ${inner} T t = 1; }`),
      strict(),
    );
    const canonical = protobufLanguage.canonical(
      { type: 'PROTOBUF', name: 'O', linked },
      { normalize: true },
    );
    expect(canonical).toContain('.O.S7.T t = 1;');
    expect(canonical).toContain('.O.T t = 1;');
    expect(linked.names.steps).toBeLessThan(100);
  });

  test('that are long and inside of each other are refused', () => {
    const deep = nestedMessages(100, 'int32 a = 1;', (index) => `${'n'.repeat(30)}${index}`);
    expect(() => protobufLanguage.parse(proto3(deep), strict())).toThrow(/the limit schema\.name\.max/);
    const parts = row(500, () => 'p', '.');
    expect(() => protobufLanguage.parse(proto3(`package ${parts}; message M {}`), strict())).toThrow(
      /the limit schema\.depth\.max/,
    );
  });

  test('come by each way of public imports once, of which there may be more than can be counted', () => {
    const file = (index: number) => ({
      name: `r${index}.proto`,
      schema: proto3(
        `${row(index, (each) => `import public "r${each}.proto";`)} message R${index} { int32 x = 1; }`,
      ),
    });
    const references = range(120).map(file);
    const text = proto3('import "r119.proto"; message M { R0 a = 1; R60 b = 2; }');
    const { linked } = protobufLanguage.parse(text, strict(references));
    expect(linked.names.files.size).toBe(121);
  });
});

test('what is reserved is found as if every range were looked at', () => {
  const ranges = fc.array(
    fc.tuple(fc.nat(60), fc.nat(12)).map(([first, length]): ProtoRange => ({ first, last: first + length })),
    { maxLength: 8 },
  );
  fc.assert(
    fc.property(ranges, fc.nat(80), (list, tag) => {
      const isIn = list.some(({ first, last }) => tag >= first && tag <= last);
      const check = () =>
        new ReservedValues([{ values: list, hasQuotes: undefined }]).check({ name: 'a', tag, at: '' }, 'M');
      if (isIn) expect(check).toThrow('is reserved in M');
      else expect(check).not.toThrow();
    }),
  );
});

describe('text that indentation makes long', () => {
  test.each([
    [
      'fields',
      nestedMessages(
        150,
        row(18_000, (index) => `int32 f${index} = ${index + 1};`),
      ),
    ],
    [
      'options',
      `message M {} option (x) = ${'{a:'.repeat(150)}[${row(30_000, () => '1', ',')}]${'}'.repeat(150)};`,
    ],
  ])('is refused: %s', (_, text) => {
    const parsed = protobufLanguage.parse(proto3(text), strict());
    for (const normalize of [true, false]) {
      expect(() => protobufLanguage.canonical(parsed, { normalize })).toThrow(
        /the limit schema\.canonical\.max/,
      );
    }
  });

  test('of a hundred and fifty levels is printed, and has no descriptor', () => {
    const parsed = protobufLanguage.parse(proto3(nestedMessages(150, 'int32 a = 1;')), strict());
    const text = protobufLanguage.canonical(parsed, { normalize: false });
    expect(text).toContain(`\n${'  '.repeat(150)}int32 a = 1;\n`);
    expect(() => protobufLanguage.formatted(parsed, 'serialized')).toThrow(SchemaLimitError);
  });
});

test('of a reference that is long and many lead to, each step is gone once', () => {
  let steps = 0;
  let model: JsonModel = { kind: 'boolean', rest: new Map() };
  const end = model;
  const chain = range(1000).map(() => {
    const target = model;
    model = {
      kind: 'reference',
      rest: new Map(),
      get target() {
        steps += 1;
        return target;
      },
    } as JsonModel;
    return model;
  });
  for (const each of chain.toReversed()) expect(dereferenced(each)).toBe(end);
  // The getter is read a few times at each step.
  expect(steps).toBeLessThan(5000);
});

describe('a comparison has a limit of steps', () => {
  const limit = /the limit compatibility\.steps\.max/;
  const avroUnion = (letter: string, fields: number) =>
    JSON.stringify(
      range(100).map((index) => ({
        type: 'record',
        name: `${letter}${index}`,
        fields: range(fields).map((field) => ({ name: `${letter}${field}`, type: 'int' })),
      })),
    );

  test('Avro: the fields of records in unions count', () => {
    const compare = (fields: number) =>
      avroLanguage.compatibility(
        avroLanguage.parse(avroUnion('a', fields), strict()),
        avroLanguage.parse(avroUnion('b', fields), strict()),
        back,
      );
    expect(compare(1)).toHaveLength(100);
    expect(() => compare(30)).toThrow(limit);
  });

  test.each([
    [
      'patterns',
      { patternProperties: Object.fromEntries(range(4000).map((index) => [`^a${index}$`, {}])) },
      {
        patternProperties: Object.fromEntries(range(4000).map((index) => [`^a${index}$`, {}])),
        properties: Object.fromEntries(range(100).map((index) => [`b${index}`, {}])),
      },
    ],
    [
      'numbers that doubles cannot tell apart',
      { enum: range(400).map((index) => `9e999${index}`) },
      { enum: range(400).map((index) => `9e998${index}`) },
    ],
    [
      'long paths',
      { properties: { ['n'.repeat(20_000)]: { properties: textProperties('string') } } },
      { properties: { ['n'.repeat(20_000)]: { properties: textProperties('number') } } },
    ],
  ])('JSON Schema: %s', (_, old, now) => {
    const parse = (schema: unknown) =>
      jsonLanguage.parse(JSON.stringify(schema).replace(/"(9e\d+)"/g, '$1'), strict());
    expect(() => jsonLanguage.compatibility(parse(now), parse(old), back)).toThrow(limit);
  });

  test('Protobuf: long paths of many differences', () => {
    const name = 'n'.repeat(1900);
    const fields = (type: string) =>
      row(18_000, (index) => `${type} f${index} = ${index + (index > 18_900 ? 1000 : 1)};`);
    const parse = (type: string) =>
      protobufLanguage.parse(proto3(`message ${name} { ${fields(type)} }`), strict());
    expect(() => protobufLanguage.compatibility(parse('string'), parse('int32'), back)).toThrow(limit);
  });
});

test('ids of JSON Schema and names of Avro may not be so long that all of them together fill the memory', () => {
  const id = { $id: `http://x/${'n'.repeat(3000)}/`, not: { $id: 'a' } };
  expect(() => jsonLanguage.parse(JSON.stringify(id), strict())).toThrow(/the limit schema\.name\.max/);
  const record = { type: 'record', name: 'R', namespace: 'n'.repeat(3000), fields: [] };
  expect(() => avroLanguage.parse(JSON.stringify(record), strict())).toThrow(/the limit schema\.name\.max/);
});

test('integers that no double can tell apart are different values', () => {
  const parse = (value: string) => jsonLanguage.parse(`{"const":${value}}`, strict());
  const differ = (one: string, other: string) =>
    jsonLanguage.compatibility(parse(one), parse(other), back).length > 0;
  expect(differ('9007199254740993', '9007199254740992')).toBe(true);
  expect(differ('9'.repeat(400), `${'9'.repeat(399)}8`)).toBe(true);
  expect(differ('-0', '0')).toBe(false);
  expect(differ('1', '1.0')).toBe(false);
});

test('references may not be longer together than what is parsed in time', async () => {
  const store = await openStore();
  const register = async (subject: string, schema: string, names: readonly string[]) => {
    const references = names.map((name) => ({ name, subject: name, version: 1 }));
    const definition = { schemaType: 'PROTOBUF' as const, schema, references };
    const request = { subject, definition, normalize: false };
    await store.write('Register', (state, reader) => decideRegister(state, reader, request));
  };
  const names = ['a.proto', 'b.proto', 'c.proto'];
  for (const name of names) {
    const filler = row(40, (index) => `option (x${index}) = "${'-'.repeat(20_000)}";`);
    await register(name, proto3(`${filler} message ${name.slice(0, 1).toUpperCase()} {}`), []);
  }
  const user = (list: readonly string[]) =>
    proto3(`${list.map((name) => `import "${name}";`).join(' ')} message M {}`);
  await register('two', user(names.slice(0, 2)), names.slice(0, 2));
  const refused = register('three', user(names), names);
  await expect(refused).rejects.toThrow(RegistryError);
  await expect(refused).rejects.toThrow(/the limit schema\.references\.length\.max/);
});

function textProperties(type: string): object {
  return Object.fromEntries(range(1000).map((index) => [`p${index}`, { type }]));
}
