import { describe, expect, test } from 'vitest';
import { protobufLanguage, type ResolvedReference } from '../../schema-registry/index.ts';
import { isBreaking } from '../../schema-registry/protobuf/evolution/difference.ts';
import { schemaDifferences } from '../../schema-registry/protobuf/evolution/schema-differences.ts';

type References = readonly ResolvedReference[];

function differences(original: string, update: string, before: References = [], after: References = []) {
  const [old, now] = [
    protobufLanguage.parse(original, { references: before, strict: false }),
    protobufLanguage.parse(update, { references: after, strict: false }),
  ];
  return schemaDifferences(old.linked, now.linked);
}

function found(original: string, update: string): string[] {
  return differences(original, update).map(
    (each) => `${each.type} ${each.path}${isBreaking(each) ? ' !' : ''}`,
  );
}

const m = (body: string) => `syntax = "proto3"; message M { ${body} }`;

/** From, to, and every difference; those with a `!` break readers. */
const cases: readonly [original: string, update: string, differences: string[]][] = [
  [m('int32 a = 1;'), m('int32 a = 1;'), []],
  ['package a; message M {}', 'package b; message M {}', ['PACKAGE_CHANGED #/ !']],
  [m(''), `${m('')} message N {}`, ['MESSAGE_ADDED #/N']],
  [`${m('')} message N {}`, m(''), ['MESSAGE_REMOVED #/N !']],
  [m('message N {}'), m(''), ['MESSAGE_REMOVED #/M/N !']],
  ['message A {} message B {}', 'message B {} message A {}', ['MESSAGE_MOVED #/A', 'MESSAGE_MOVED #/B']],
  [m(''), `${m('')} enum E { A = 0; }`, ['ENUM_ADDED #/E']],
  [m('enum E { A = 0; }'), m(''), ['ENUM_REMOVED #/M/E']],
  [
    m('enum E { A = 0; B = 1; C = 2; }'),
    m('enum E { A = 0; X = 1; D = 3; }'),
    ['ENUM_CONST_CHANGED #/M/E/1', 'ENUM_CONST_REMOVED #/M/E/2', 'ENUM_CONST_ADDED #/M/E/3'],
  ],
  [m(''), m('int32 a = 1;'), ['FIELD_ADDED #/M/1']],
  [m('int32 a = 1;'), m(''), ['FIELD_REMOVED #/M/1']],
  [m('int32 a = 1;'), m('int32 b = 1;'), ['FIELD_NAME_CHANGED #/M/1']],
  [m(''), 'message M { required int32 a = 1; }', ['REQUIRED_FIELD_ADDED #/M/1 !']],
  ['message M { required int32 a = 1; }', m(''), ['REQUIRED_FIELD_REMOVED #/M/1 !']],
  [m('int32 a = 1;'), m('uint64 a = 1;'), []],
  [m('bool a = 1;'), m('E a = 1; enum E { Z = 0; }'), ['ENUM_ADDED #/M/E']],
  [m('int32 a = 1;'), m('sint32 a = 1;'), ['FIELD_SCALAR_KIND_CHANGED #/M/1 !']],
  [m('string a = 1;'), m('bytes a = 1;'), []],
  [m('fixed32 a = 1;'), m('sfixed32 a = 1;'), []],
  [m('fixed32 a = 1;'), m('fixed64 a = 1;'), ['FIELD_SCALAR_KIND_CHANGED #/M/1 !']],
  [m('float a = 1;'), m('double a = 1;'), ['FIELD_SCALAR_KIND_CHANGED #/M/1 !']],
  [m('int32 a = 1;'), m('M a = 1;'), ['FIELD_KIND_CHANGED #/M/1 !']],
  [m('map<int32, string> a = 1;'), m('M a = 1;'), ['FIELD_KIND_CHANGED #/M/1 !']],
  [m('map<int32, string> a = 1;'), m('map<int64, bytes> a = 1;'), []],
  [m('map<int32, string> a = 1;'), m('map<string, string> a = 1;'), ['FIELD_SCALAR_KIND_CHANGED #/M/1 !']],
  [m('map<int32, string> a = 1;'), m('map<int32, M> a = 1;'), ['FIELD_KIND_CHANGED #/M/1 !']],
  [
    m('A a = 1; message A {} message B {}'),
    m('B a = 1; message A {} message B {}'),
    ['FIELD_NAMED_TYPE_CHANGED #/M/1 !'],
  ],
  [m('optional int32 a = 1;'), m('repeated int32 a = 1;'), ['FIELD_NUMERIC_LABEL_CHANGED #/M/1 !']],
  [m('optional string a = 1;'), m('repeated string a = 1;'), ['FIELD_STRING_OR_BYTES_LABEL_CHANGED #/M/1']],
  [m('int32 a = 1;'), m('repeated int32 a = 1;'), []],
  [m('oneof o { int32 a = 1; }'), m(''), ['ONEOF_REMOVED #/M/o']],
  [m(''), m('oneof o { int32 a = 1; }'), ['ONEOF_ADDED #/M/o', 'ONEOF_FIELD_ADDED #/M/o/1']],
  [
    m('oneof o { int32 a = 1; int32 b = 2; }'),
    m('oneof o { int32 a = 1; }'),
    ['ONEOF_FIELD_REMOVED #/M/o/2 !'],
  ],
  [
    m('oneof o { int32 a = 1; int32 b = 2; }'),
    m('oneof p { int32 a = 1; }'),
    ['ONEOF_REMOVED #/M/o', 'ONEOF_ADDED #/M/p', 'ONEOF_FIELD_REMOVED #/M/o/2 !'],
  ],
  [
    m('oneof o { int32 a = 1; }'),
    m('int32 a = 1;'),
    ['ONEOF_REMOVED #/M/o', 'ONEOF_FIELD_MOVED_TO_TOP_LEVEL #/M/1'],
  ],
  [m('int32 a = 1;'), m('oneof o { int32 a = 1; }'), ['ONEOF_ADDED #/M/o']],
  [
    m('int32 a = 1; int32 b = 2;'),
    m('oneof o { int32 a = 1; int32 b = 2; }'),
    ['MULTIPLE_FIELDS_MOVED_TO_ONEOF #/M/o !', 'ONEOF_ADDED #/M/o'],
  ],
  [
    m('int32 a = 1; oneof o { int32 b = 2; }'),
    m('oneof o { int32 a = 1; int32 b = 2; }'),
    ['FIELD_MOVED_TO_EXISTING_ONEOF #/M/o !'],
  ],
  [m('oneof o { int32 a = 1; }'), m('oneof o { string a = 1; }'), ['FIELD_SCALAR_KIND_CHANGED #/M/o/1 !']],
  [
    'message M { optional group G = 1 { optional int32 x = 1; } }',
    'message M { optional group G = 1 { optional string x = 1; } }',
    ['FIELD_SCALAR_KIND_CHANGED #/M/G/1 !'],
  ],
];

describe('differences of Protobuf schemas', () => {
  test.each(cases)('from %s to %s', (original, update, expected) => {
    expect(found(original, update)).toEqual(expected);
  });

  test('imported messages are compared where they are used', () => {
    const user = 'import "r.proto"; message M { optional R r = 1; optional R again = 2; }';
    const version = (body: string) => [
      { name: 'r.proto', schema: `message R { ${body} optional R self = 9; }` },
    ];
    const int = version('optional int32 a = 1;');
    const found = differences(user, user, int, version('optional string a = 1;'));
    expect(found.map(({ type, path }) => `${type} ${path}`)).toEqual([
      'FIELD_SCALAR_KIND_CHANGED #/R/1',
      'FIELD_NAMED_TYPE_CHANGED #/M/1',
      'FIELD_NAMED_TYPE_CHANGED #/M/2',
    ]);
    expect(
      differences(user, user, int, version('optional int64 a = 1; optional int32 b = 2;')).some(isBreaking),
    ).toBe(false);
  });

  test('messages say who misses what, in the direction of the check', () => {
    const check = (reader: string, writer: string, readerLabel: string, writerLabel: string) =>
      protobufLanguage.compatibility(
        protobufLanguage.parse(m(reader), { references: [], strict: true }),
        protobufLanguage.parse(m(writer), { references: [], strict: true }),
        { readerLabel, writerLabel, policy: 'STRICT' },
      );
    expect(check('float a = 1;', 'int32 a = 1;', 'new', 'old')).toEqual([
      `{errorType:"FIELD_SCALAR_KIND_CHANGED", description:"The kind of a SCALAR field at path '#/M/1' in the new schema does not match its kind in the old schema"}`,
    ]);
    expect(check('', 'message N {}', 'old', 'new')).toEqual([
      `{errorType:"MESSAGE_REMOVED", description:"The old schema is missing a MESSAGE type at path '#/M/N' in the new schema"}`,
    ]);
    expect(check('int32 a = 1;', 'int32 b = 1; string c = 2;', 'new', 'old')).toEqual([]);
  });
});
