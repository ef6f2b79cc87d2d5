import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { protobufLanguage, type ResolvedReference, SchemaLimitError } from '../../schema-registry/index.ts';
import { MessageCodec } from '../../schema-registry/protobuf/binary/codec.ts';
import {
  type Difference,
  type DifferenceType,
  isBreaking,
} from '../../schema-registry/protobuf/evolution/difference.ts';
import { schemaDifferences } from '../../schema-registry/protobuf/evolution/schema-differences.ts';

function parse(text: string, references: readonly ResolvedReference[] = []) {
  return protobufLanguage.parse(text, { references, strict: true });
}

function differences(before: string, after: string): readonly Difference[] {
  return schemaDifferences(parse(before).linked, parse(after).linked);
}

function codecOf(text: string) {
  const { linked } = parse(text);
  const type = linked.definitions.get('M');
  if (type?.kind !== 'message') throw new TypeError('no message M');
  const codec = new MessageCodec(linked);
  return {
    encode: (value: unknown) => codec.encode(type, value),
    decode: (bytes: Uint8Array) => codec.decode(type, bytes),
  };
}

/** Types with a small positive value that a type of the same encoding reads as the same. */
const scalarTypes: Readonly<Record<string, unknown>> = {
  int32: 1,
  int64: 1,
  uint32: 1,
  uint64: 1,
  bool: true,
  E: 'ONE',
  sint32: 1,
  sint64: 1,
  fixed32: 1,
  sfixed32: 1,
  fixed64: 1,
  sfixed64: 1,
  float: 1,
  double: 1,
  string: '1',
  bytes: Buffer.from('1'),
};

const declarations = 'enum E { Z = 0; ONE = 1; } message N { int32 x = 1; }';
const proto3 = (body: string) => `syntax = "proto3"; message M { ${body} ${declarations} }`;

/** Values by what they mean, whatever type says it. */
function meaning(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(meaning);
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (typeof value === 'boolean') return Number(value);
  return value === 'ONE' ? 1 : value === 'Z' ? 0 : value;
}

describe('a change of type', () => {
  const names = Object.keys(scalarTypes);
  test.each(names)('from %s is breaking where a value would be read as another', (from) => {
    const values = [scalarTypes[from], ...(from.startsWith('sint') ? [-1] : [])];
    const writer = codecOf(proto3(`${from} f = 1;`));
    for (const to of names) {
      const reader = codecOf(proto3(`${to} f = 1;`));
      const isRead = values.every(
        (value) => meaning(reader.decode(writer.encode({ f: value }))['f']) === meaning(value),
      );
      const isAccepted = !differences(proto3(`${from} f = 1;`), proto3(`${to} f = 1;`)).some(isBreaking);
      expect([to, isAccepted]).toEqual([to, isRead]);
    }
  });

  test.each([
    [
      'message M { optional group G = 1 { optional int32 x = 1; } }',
      'message M { optional G g = 1; message G { optional int32 x = 1; } }',
      ['FIELD_KIND_CHANGED #/M/1'],
    ],
    [
      'edition = "2023"; message M { M m = 1; }',
      'edition = "2023"; message M { M m = 1 [features.message_encoding = DELIMITED]; }',
      ['FIELD_KIND_CHANGED #/M/1'],
    ],
    [
      'message M { optional group G = 1 { optional int32 x = 1; } }',
      'edition = "2023"; message M { G g = 1 [features.message_encoding = DELIMITED]; message G { string x = 1; } }',
      ['FIELD_SCALAR_KIND_CHANGED #/M/G/1'],
    ],
    ['message M { optional string a = 1; }', 'message M { optional M a = 1; }', ['FIELD_KIND_CHANGED #/M/1']],
    ['message M { map<int32, M> a = 1; }', 'message M { map<int32, .M> a = 1; }', []],
    [
      'package p; message M { optional N n = 1; } message N {}',
      'package p; message M { optional .p.N n = 1; } message N {}',
      [],
    ],
    [
      'message M { optional N n = 1; message N {} } message N {}',
      'message M { optional .N n = 1; message N {} } message N {}',
      ['FIELD_NAMED_TYPE_CHANGED #/M/1'],
    ],
  ])('from %s to %s', (before, after, expected) => {
    const found = differences(before, after).map(({ type, path }) => `${type} ${path}`);
    expect(found.filter((each) => !each.startsWith('FIELD_NAME_CHANGED'))).toEqual(expected);
  });
});

describe('required fields, labels and members', () => {
  test.each([
    [
      'edition = "2023"; message M {}',
      'edition = "2023"; message M { M m = 1 [features.field_presence = LEGACY_REQUIRED]; }',
      ['REQUIRED_FIELD_ADDED #/M/1'],
    ],
    ['message M { required group G = 1 {} }', 'message M {}', ['REQUIRED_FIELD_REMOVED #/M/1']],
    [
      'message M { optional int32 a = 1; }',
      'message M { required int32 a = 1; }',
      ['FIELD_NUMERIC_LABEL_CHANGED #/M/1'],
    ],
    [
      'message M { optional string a = 1; optional M b = 2; repeated bytes c = 3; }',
      'message M { required string a = 1; required M b = 2; required bytes c = 3; }',
      [
        'FIELD_STRING_OR_BYTES_LABEL_CHANGED #/M/1',
        'REQUIRED_FIELD_ADDED #/M/1',
        'REQUIRED_FIELD_ADDED #/M/2',
        'FIELD_STRING_OR_BYTES_LABEL_CHANGED #/M/3',
        'REQUIRED_FIELD_ADDED #/M/3',
      ],
    ],
    [
      'message M { required string a = 1; required M b = 2; }',
      'message M { optional string a = 1; optional M b = 2; }',
      ['FIELD_STRING_OR_BYTES_LABEL_CHANGED #/M/1'],
    ],
    [
      'syntax = "proto3"; message M { int32 a = 1; oneof o { int32 b = 2; } }',
      'message M { required int32 a = 1; required int32 b = 2; }',
      [
        'ONEOF_REMOVED #/M/o',
        'REQUIRED_FIELD_ADDED #/M/1',
        'ONEOF_FIELD_MOVED_TO_TOP_LEVEL #/M/2',
        'REQUIRED_FIELD_ADDED #/M/2',
      ],
    ],
    [
      'edition = "2023"; message M { string s = 1; }',
      'edition = "2023"; message M { string s = 1 [features.field_presence = LEGACY_REQUIRED]; }',
      ['REQUIRED_FIELD_ADDED #/M/1'],
    ],
    ['message M { optional M a = 1; }', 'message M { repeated M a = 1; }', []],
    [
      'message M { optional int32 a = 1; }',
      'message M { repeated string a = 1; }',
      ['FIELD_SCALAR_KIND_CHANGED #/M/1'],
    ],
    ['enum E { option allow_alias = true; A = 0; B = 0; }', 'enum E { B = 0; }', []],
    [
      'message A { message B { message C {} } enum E { Z = 0; } }',
      'message X {}',
      ['MESSAGE_REMOVED #/A', 'MESSAGE_ADDED #/X'],
    ],
    [
      'message A {} message E {}',
      'message A {} enum E { Z = 0; }',
      ['MESSAGE_REMOVED #/E', 'ENUM_ADDED #/E'],
    ],
    [
      'message A { message B {} message C {} }',
      'message A { message C {} }',
      ['MESSAGE_REMOVED #/A/B', 'MESSAGE_MOVED #/A/C'],
    ],
    [
      'package a.b; message M { message N { optional int32 x = 3; } }',
      'package a.c; message M { message N { optional string x = 3; } }',
      ['PACKAGE_CHANGED #/', 'FIELD_SCALAR_KIND_CHANGED #/M/N/3'],
    ],
  ])('from %s to %s', (before, after, expected) => {
    expect(differences(before, after).map(({ type, path }) => `${type} ${path}`)).toEqual(expected);
  });
});

describe('oneofs', () => {
  test.each([
    [
      'int32 a = 1; int32 b = 2; oneof o { int32 c = 3; }',
      'oneof o { int32 a = 1; int32 b = 2; int32 c = 3; }',
      ['MULTIPLE_FIELDS_MOVED_TO_ONEOF #/M/o'],
    ],
    [
      'oneof o { int32 a = 1; int32 b = 2; }',
      'oneof p { int32 a = 1; int32 b = 2; }',
      ['ONEOF_REMOVED #/M/o', 'ONEOF_ADDED #/M/p'],
    ],
    [
      'oneof o { int32 a = 1; } oneof p { int32 b = 2; }',
      'oneof q { int32 a = 1; int32 b = 2; }',
      [
        'MULTIPLE_FIELDS_MOVED_TO_ONEOF #/M/q',
        'ONEOF_REMOVED #/M/o',
        'ONEOF_REMOVED #/M/p',
        'ONEOF_ADDED #/M/q',
      ],
    ],
    [
      'oneof o { int32 a = 1; int32 c = 3; } oneof p { int32 b = 2; }',
      'oneof o { int32 c = 3; } oneof p { int32 a = 1; int32 b = 2; }',
      ['FIELD_MOVED_TO_EXISTING_ONEOF #/M/p'],
    ],
    [
      'oneof o { int32 a = 1; }',
      'oneof o { int32 b = 2; }',
      ['ONEOF_REMOVED #/M/o', 'ONEOF_ADDED #/M/o', 'ONEOF_FIELD_ADDED #/M/o/2'],
    ],
    ['oneof o { int32 a = 1; }', 'oneof o { int32 a = 1; string b = 2; }', ['ONEOF_FIELD_ADDED #/M/o/2']],
  ])('from %s to %s', (before, after, expected) => {
    const found = differences(proto3(before), proto3(after));
    expect(found.map(({ type, path }) => `${type} ${path}`)).toEqual(expected);
  });
});

describe('extensions are fields of what they extend', () => {
  const base = (range: string, rest: string) => `message M { ${range} } ${rest}`;
  test.each([
    [
      base('extensions 5 to 9;', 'extend M { optional int32 a = 5; }'),
      base('extensions 5 to 9;', 'extend M { optional string a = 5; repeated int32 b = 6; }'),
      ['FIELD_SCALAR_KIND_CHANGED #/M/5', 'FIELD_ADDED #/M/6'],
    ],
    [
      base('optional int32 a = 5;', ''),
      base('extensions 5 to 9;', 'message N { extend M { optional int32 a = 5; } }'),
      ['FIELD_NAME_CHANGED #/M/5', 'MESSAGE_ADDED #/N'],
    ],
    [
      base('extensions 5 to 9;', 'extend M { optional int32 a = 5; optional M b = 6; }'),
      base('extensions 5 to 6;', 'extend M { repeated int32 a = 5; }'),
      ['FIELD_NUMERIC_LABEL_CHANGED #/M/5', 'FIELD_REMOVED #/M/6'],
    ],
    [
      base('extensions 5;', 'extend M { optional group G = 5 { optional int32 x = 1; } }'),
      base('extensions 5;', 'extend M { optional group G = 5 { optional string x = 1; } }'),
      ['FIELD_SCALAR_KIND_CHANGED #/G/1'],
    ],
    [base('extensions 5 to 9;', ''), base('', ''), []],
  ])('from %s to %s', (before, after, expected) => {
    const found = differences(before, after);
    expect(found.map(({ type, path }) => `${type} ${path}`)).toEqual(expected);
  });

  test('an imported message has those that each schema sees, and is looked at where a field has it', () => {
    const references = [{ name: 'r.proto', schema: 'package r; message R { extensions 5 to 9; }' }];
    const user = (type: string, field: string) =>
      `import "r.proto"; package u; extend r.R { optional ${type} e = 5; } message M { ${field} }`;
    const found = (field: string) => {
      const linked = (type: string) => parse(user(type, field), references).linked;
      return schemaDifferences(linked('int32'), linked('string')).map(({ type, path }) => `${type} ${path}`);
    };
    expect(found('optional r.R r = 1;')).toEqual([
      'FIELD_SCALAR_KIND_CHANGED #/R/5',
      'FIELD_NAMED_TYPE_CHANGED #/M/1',
    ]);
    expect(found('')).toEqual([]);
  });

  test('data with one is refused exactly where the change is breaking', () => {
    const schema = (type: string) => base('extensions 5;', `extend M { optional ${type} a = 5; }`);
    const written = codecOf(schema('int32')).encode({ '[a]': 7 });
    for (const type of ['int64', 'string', 'M']) {
      const isBroken = differences(schema('int32'), schema(type)).some(isBreaking);
      const read = codecOf(schema(type)).decode(written)['[a]'];
      expect([type, read === 7]).toEqual([type, !isBroken]);
    }
  });
});

describe('what readers are told', () => {
  const told = (before: string, after: string) =>
    protobufLanguage.compatibility(parse(after), parse(before), {
      readerLabel: 'new',
      writerLabel: 'old',
      policy: 'STRICT',
    });

  test.each([
    [
      'package a; message M {}',
      'package b; message M {}',
      'PACKAGE_CHANGED',
      "The package at path '#/' in the new schema does not match the package in the old schema",
    ],
    [
      'message M { optional string a = 1; }',
      'message M { optional M a = 1; }',
      'FIELD_KIND_CHANGED',
      "The kind of a field at path '#/M/1' in the new schema does not match its kind in the old schema",
    ],
    [
      'message M { optional A a = 1; } message A {} message B {}',
      'message M { optional B a = 1; } message A {} message B {}',
      'FIELD_NAMED_TYPE_CHANGED',
      "The type of a MESSAGE field at path '#/M/1' in the new schema does not match its type in the old schema",
    ],
    [
      'message M { optional int32 a = 1; }',
      'message M { repeated int32 a = 1; }',
      'FIELD_NUMERIC_LABEL_CHANGED',
      "The label of a numeric field at path '#/M/1' in the new schema does not match its label in the old schema",
    ],
    [
      'message M {}',
      'message M { required int32 a = 1; }',
      'REQUIRED_FIELD_ADDED',
      "The new schema has a required field at path '#/M/1' that the old schema does not have",
    ],
    [
      'message M { required int32 a = 1; }',
      'message M {}',
      'REQUIRED_FIELD_REMOVED',
      "The new schema is missing a required field at path '#/M/1' in the old schema",
    ],
    [
      'message M { oneof o { int32 a = 1; int32 b = 2; } }',
      'message M { oneof o { int32 a = 1; } }',
      'ONEOF_FIELD_REMOVED',
      "The new schema is missing a oneof field at path '#/M/o/2' in the old schema",
    ],
    [
      'message M { optional int32 a = 1; optional int32 b = 2; }',
      'message M { oneof o { int32 a = 1; int32 b = 2; } }',
      'MULTIPLE_FIELDS_MOVED_TO_ONEOF',
      "The oneof at path '#/M/o' in the new schema has several fields that are not in one oneof of the old schema",
    ],
    [
      'message M { optional int32 a = 1; oneof o { int32 b = 2; } }',
      'message M { oneof o { int32 a = 1; int32 b = 2; } }',
      'FIELD_MOVED_TO_EXISTING_ONEOF',
      "The oneof at path '#/M/o' in the new schema has a field that is outside of this oneof in the old schema",
    ],
  ])('about %s and %s', (before, after, type, description) => {
    expect(told(before, after)).toEqual([`{errorType:"${type}", description:"${description}"}`]);
  });
});

describe('imports', () => {
  const main = 'import "r.proto"; message M { optional R r = 1; }';
  const found = (before: string, after: string, user = main, newUser = user) =>
    schemaDifferences(
      parse(user, [{ name: 'r.proto', schema: before }]).linked,
      parse(newUser, [{ name: 'r.proto', schema: after }]).linked,
    ).map(({ type, path }) => `${type} ${path}`);

  test('messages that are imported into one another are told about once', () => {
    const ring = (type: string) =>
      `message R { optional S s = 1; } message S { optional R r = 1; optional ${type} x = 2; }`;
    expect(found(ring('int32'), ring('string'))).toEqual([
      'FIELD_SCALAR_KIND_CHANGED #/S/2',
      'FIELD_NAMED_TYPE_CHANGED #/R/1',
      'FIELD_NAMED_TYPE_CHANGED #/M/1',
    ]);
    expect(found(ring('int32'), ring('int64'))).toEqual([]);
  });

  test('a message may come into the schema or leave it for an import, as far as data goes', () => {
    const own = 'message M { optional R r = 1; } message R { optional int32 x = 1; }';
    const imported = 'message R { optional int32 x = 1; }';
    expect(found(imported, imported, main, own)).toEqual(['MESSAGE_ADDED #/R']);
    expect(found(imported, imported, own, main)).toEqual(['MESSAGE_REMOVED #/R']);
    const other = own.replace('int32', 'string');
    expect(found(imported, imported, main, other)).toEqual([
      'FIELD_SCALAR_KIND_CHANGED #/R/1',
      'FIELD_NAMED_TYPE_CHANGED #/M/1',
      'MESSAGE_ADDED #/R',
    ]);
  });

  test('what a map holds is compared as well, and what no field uses is not', () => {
    const user = 'import "r.proto"; message M { map<string, R> r = 1; }';
    const version = (type: string) =>
      `message R { optional ${type} x = 1; } message Unused { optional ${type} x = 1; }`;
    expect(found(version('int32'), version('string'), user)).toEqual([
      'FIELD_SCALAR_KIND_CHANGED #/R/1',
      'FIELD_NAMED_TYPE_CHANGED #/M/1',
    ]);
  });

  test('a chain of ten thousand messages is no deeper than one', () => {
    const length = 10_000;
    const chain = (last: string) =>
      [
        'message R { optional R1 next = 1; }',
        ...Array.from({ length }, (_, index) => `message R${index + 1} { optional R${index + 2} next = 1; }`),
        `message R${length + 1} { optional ${last} x = 1; }`,
      ].join('\n');
    const differences = found(chain('int32'), chain('string'));
    expect(differences).toHaveLength(length + 3);
    expect(differences.at(0)).toBe(`FIELD_SCALAR_KIND_CHANGED #/R${length + 1}/1`);
    expect(differences.at(-1)).toBe('FIELD_NAMED_TYPE_CHANGED #/M/1');
  });

  test('the work on messages that pair up each with each is limited', () => {
    const count = 20;
    const fields = Array.from({ length: 1000 }, (_, index) => `optional int32 f${index} = ${index + 1};`);
    const references = Array.from({ length: count }, (_, index) => ({
      name: `p${index}.proto`,
      schema: `package p${index}; message R { ${fields.join(' ')} }`,
    }));
    const user = (pick: (row: number, column: number) => number) => {
      const members = Array.from({ length: count * count }, (_, index) => {
        const type = `p${pick(Math.floor(index / count), index % count)}.R`;
        return `optional ${type} f${index} = ${index + 1};`;
      });
      const imports = references.map(({ name }) => `import "${name}";`);
      return parse(`${imports.join(' ')} message M { ${members.join(' ')} }`, references).linked;
    };
    const [byRow, byColumn] = [user((row) => row), user((_, column) => column)];
    expect(schemaDifferences(byRow, byRow)).toEqual([]);
    expect(() => schemaDifferences(byRow, byColumn)).toThrow(SchemaLimitError);
  });
});

/** A field of a random schema: enough of it to write the text and to choose a value. */
interface Member {
  readonly tag: number;
  readonly name: string;
  readonly type: string;
  readonly place: '' | 'optional' | 'repeated' | 'o' | 'p';
}

const places = ['', 'optional', 'repeated', 'o', 'p'] as const;

const members: fc.Arbitrary<readonly Member[]> = fc.uniqueArray(
  fc.record({
    tag: fc.integer({ min: 1, max: 6 }),
    name: fc.constantFrom('a', 'b', 'c'),
    type: fc.constantFrom(...Object.keys(scalarTypes), 'N', 'map<int32, N>'),
    place: fc.constantFrom(...places),
  }),
  { selector: ({ tag }) => tag, minLength: 1 },
);

type Mutation = (members: readonly Member[]) => readonly Member[];

/** Small changes, so that a successor resembles its schema: a field comes, goes or changes, or two move together. */
const mutations: fc.Arbitrary<Mutation> = fc
  .record({
    tags: fc.uniqueArray(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 2 }),
    change: fc.oneof(
      fc.record({ place: fc.constantFrom(...places) }),
      fc.record({ place: fc.constantFrom('o' as const, 'p' as const) }),
      fc.record({ type: fc.constantFrom(...Object.keys(scalarTypes), 'N') }),
      fc.record({ name: fc.constantFrom('d', 'e') }),
      fc.constant(undefined),
    ),
  })
  .map(
    ({ tags, change }) =>
      (list) =>
        tags.reduce((changed, tag) => changedAt(changed, tag, change), list),
  );

function changedAt(
  list: readonly Member[],
  tag: number,
  change: Partial<Member> | undefined,
): readonly Member[] {
  const isThere = list.some((member) => member.tag === tag);
  if (!isThere) return [...list, { tag, name: 'n', type: 'string', place: '', ...change }];
  if (change === undefined) return list.filter((member) => member.tag !== tag);
  return list.map((member) => (member.tag === tag ? { ...member, ...change } : member));
}

const pairs = fc
  .tuple(members, fc.array(mutations, { maxLength: 4 }))
  .map(([before, changes]) => ({ before, after: changes.reduce((list, change) => change(list), before) }));

function textOf(list: readonly Member[]): string {
  const lines = (place: Member['place'], label: string) =>
    list
      .filter((member) => member.place === place)
      // A map has no label and is in no oneof; it stands where it can.
      .map(({ type, name, tag }) => `${type.startsWith('map') ? '' : label} ${type} ${name}${tag} = ${tag};`)
      .join(' ');
  const isMap = ({ type }: Member) => type.startsWith('map');
  const inOneof = (name: 'o' | 'p') => {
    const fields = list.filter((member) => member.place === name && !isMap(member));
    return fields.length === 0
      ? ''
      : `oneof ${name} { ${fields.map(({ type, name: own, tag }) => `${type} ${own}${tag} = ${tag};`).join(' ')} }`;
  };
  const maps = list.filter((member) => isMap(member) && (member.place === 'o' || member.place === 'p'));
  const outside = maps.map(({ type, name, tag }) => `${type} ${name}${tag} = ${tag};`).join(' ');
  return proto3(
    [
      lines('', ''),
      lines('optional', 'optional'),
      lines('repeated', 'repeated'),
      inOneof('o'),
      inOneof('p'),
      outside,
    ].join(' '),
  );
}

/** A value in which of each oneof one member is set, the one that `choice` hits. */
function datumOf(list: readonly Member[], choice: number): Record<string, unknown> {
  const datum: Record<string, unknown> = {};
  for (const { type, name, tag, place } of list) {
    const alternatives = list.filter((member) => member.place === place && !member.type.startsWith('map'));
    const isOneof = (place === 'o' || place === 'p') && !type.startsWith('map');
    if (isOneof && alternatives[choice % alternatives.length]?.tag !== tag) continue;
    const single = type === 'N' ? { x: tag } : scalarTypes[type];
    const value = type.startsWith('map') ? { 7: { x: tag } } : single;
    datum[`${name}${tag}`] = place === 'repeated' && !type.startsWith('map') ? [value, value] : value;
  }
  return datum;
}

describe('a successor that passes BACKWARD', () => {
  test('reads every value of the fields that it has kept', () => {
    let compared = 0;
    let moved = 0;
    fc.assert(
      fc.property(pairs, fc.nat(), ({ before, after }, choice) => {
        const found = differences(textOf(before), textOf(after));
        if (found.some(isBreaking)) return;
        moved += Number(found.some(({ type }) => type.startsWith('ONEOF')));
        const datum = datumOf(before, choice);
        const read = codecOf(textOf(after)).decode(codecOf(textOf(before)).encode(datum));
        for (const { tag, name, place, type } of before) {
          const value = datum[`${name}${tag}`];
          const kept = after.find((member) => member.tag === tag);
          if (value === undefined || kept === undefined) continue;
          const isListBefore = place === 'repeated' && !type.startsWith('map');
          const isListAfter = kept.place === 'repeated' && !kept.type.startsWith('map');
          const now = read[`${kept.name}${tag}`];
          // A list becomes one value without complaint, when its label was not written: not all of it is there.
          if (isListBefore && !isListAfter) continue;
          compared += 1;
          expect(meaning(now)).toEqual(isListAfter && !isListBefore ? [meaning(value)] : meaning(value));
        }
      }),
      { numRuns: 1500 },
    );
    expect(compared).toBeGreaterThan(300);
    expect(moved).toBeGreaterThan(50);
  });
});

/** What each change is called the other way round, where it is one change either way. */
const mirrors: Partial<Record<DifferenceType, DifferenceType>> = {
  FIELD_NAME_CHANGED: 'FIELD_NAME_CHANGED',
  FIELD_KIND_CHANGED: 'FIELD_KIND_CHANGED',
  FIELD_SCALAR_KIND_CHANGED: 'FIELD_SCALAR_KIND_CHANGED',
  FIELD_NUMERIC_LABEL_CHANGED: 'FIELD_NUMERIC_LABEL_CHANGED',
  FIELD_STRING_OR_BYTES_LABEL_CHANGED: 'FIELD_STRING_OR_BYTES_LABEL_CHANGED',
  FIELD_ADDED: 'FIELD_REMOVED',
  FIELD_REMOVED: 'FIELD_ADDED',
  ONEOF_ADDED: 'ONEOF_REMOVED',
  ONEOF_REMOVED: 'ONEOF_ADDED',
};

test('the way back has the same changes, the other way round', () => {
  fc.assert(
    fc.property(pairs, ({ before, after }) => {
      const last = (path: string) => path.split('/').at(-1);
      const there = differences(textOf(before), textOf(after));
      const back = differences(textOf(after), textOf(before));
      const mirrored = there.flatMap(({ type, path }) =>
        mirrors[type] === undefined ? [] : [`${mirrors[type]} ${last(path)}`],
      );
      const told = back.flatMap(({ type, path }) =>
        mirrors[type] === undefined ? [] : [`${type} ${last(path)}`],
      );
      expect(told.sort()).toEqual(mirrored.sort());
      expect(differences(textOf(before), textOf(before))).toEqual([]);
    }),
    { numRuns: 600 },
  );
});
