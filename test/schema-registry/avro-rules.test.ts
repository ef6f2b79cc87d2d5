import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { incompatibilities } from '../../schema-registry/avro/compatibility.ts';
import { avroLanguage } from '../../schema-registry/avro/language.ts';
import { parseAvro } from '../../schema-registry/avro/parser.ts';
import { SchemaCheckError, SchemaParseError } from '../../schema-registry/index.ts';
import { avroPairs } from './arbitrary-avro.ts';

function parse(schema: unknown, strict = true) {
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
  return avroLanguage.parse(text, { references: [], strict });
}

function canonical(schema: unknown, strict = true) {
  return avroLanguage.canonical(parse(schema, strict), { normalize: false });
}

/** `TYPE path info` of each finding. */
function found(reader: unknown, writer: unknown) {
  return incompatibilities(parse(reader).root, parse(writer).root).map(
    ({ type, path, info }) => `${type} ${path} ${info}`,
  );
}

const record = (fields: readonly object[], more: object = {}) => ({
  type: 'record',
  name: 'R',
  fields,
  ...more,
});
const fixed = (size: number, more: object = {}) => ({ type: 'fixed', name: 'F', size, ...more });
const choice = (symbols: string, more: object = {}) => ({
  type: 'enum',
  name: 'E',
  symbols: [...symbols],
  ...more,
});
const field = (type: unknown, more: object = {}) => record([{ name: 'f', type, ...more }]);
const mismatch = (path: string, reader: string, writer: string) =>
  `TYPE_MISMATCH ${path} reader type: ${reader} not compatible with writer type: ${writer}`;
const noBranch = (path: string, type: string) =>
  `MISSING_UNION_BRANCH ${path} reader union lacking writer type: ${type}`;

describe('what reads what', () => {
  const primitives = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'];
  const promotions: Readonly<Record<string, readonly string[]>> = {
    int: ['long', 'float', 'double'],
    long: ['float', 'double'],
    float: ['double'],
    bytes: ['string'],
    string: ['bytes'],
  };

  test.each(primitives)('%s is read by itself and by what it is promoted to', (writer) => {
    for (const reader of primitives) {
      const isRead = reader === writer || promotions[writer]?.includes(reader) === true;
      const expected = isRead ? [] : [mismatch('/', reader.toUpperCase(), writer.toUpperCase())];
      expect(found(`"${reader}"`, `"${writer}"`)).toEqual(expected);
    }
  });

  test.each<readonly [rule: string, reader: unknown, writer: unknown, expected: readonly string[]]>([
    [
      'a map is no array',
      { type: 'map', values: 'int' },
      { type: 'array', items: 'int' },
      [mismatch('/', 'MAP', 'ARRAY')],
    ],
    [
      'items have a path',
      { type: 'array', items: 'int' },
      { type: 'array', items: 'string' },
      [mismatch('/items', 'INT', 'STRING')],
    ],
    [
      'values have a path',
      { type: 'map', values: 'int' },
      { type: 'map', values: 'string' },
      [mismatch('/values', 'INT', 'STRING')],
    ],
    [
      'another simple name is another type',
      record([], { name: 'S' }),
      record([]),
      ['NAME_MISMATCH /name expected: R'],
    ],
    ['a namespace is not looked at', fixed(1, { namespace: 'a' }), fixed(1, { namespace: 'b' }), []],
    [
      'an alias is the full name of the writer',
      choice('A', { name: 'X', aliases: ['n.E'] }),
      choice('A', { namespace: 'n' }),
      [],
    ],
    [
      'an alias without the namespace is none',
      choice('A', { name: 'X', aliases: ['E'] }),
      choice('A', { namespace: 'n' }),
      ['NAME_MISMATCH /name expected: n.E'],
    ],
    ['a fixed has its size', fixed(8), fixed(4), ['FIXED_SIZE_MISMATCH /size expected: 4, found: 8']],
    [
      'symbols that are missing are sorted',
      choice('A'),
      choice('DCAB'),
      ['MISSING_ENUM_SYMBOLS /symbols [B, C, D]'],
    ],
    ['a default takes the place of symbols', choice('A', { default: 'A' }), choice('AB'), []],
    ['symbols may be more, and in another order', choice('CBA'), choice('AB'), []],
    [
      'name and content are both told',
      choice('A', { name: 'X' }),
      choice('B'),
      ['NAME_MISMATCH /name expected: E', 'MISSING_ENUM_SYMBOLS /symbols [B]'],
    ],
    ['a field needs a default', field('int'), record([]), ['READER_FIELD_MISSING_DEFAULT_VALUE /fields/0 f']],
    ['a default of null is one', field(['null', 'int'], { default: null }), record([]), []],
    ['a field that the reader lacks does not matter', record([]), field('int'), []],
    [
      'a field is found by its alias',
      field('int', { aliases: ['g'] }),
      record([{ name: 'g', type: 'int' }]),
      [],
    ],
    [
      'an alias of the writer is nothing',
      field('int'),
      record([{ name: 'g', type: 'int', aliases: ['f'] }]),
      ['READER_FIELD_MISSING_DEFAULT_VALUE /fields/0 f'],
    ],
    [
      'order, documentation and properties do not matter',
      record([
        { name: 'a', type: 'int', doc: 'd' },
        { name: 'b', type: 'int', order: 'ignore' },
      ]),
      record(
        [
          { name: 'b', type: 'int' },
          { name: 'a', type: 'int', p: 1 },
        ],
        { doc: 'd' },
      ),
      [],
    ],
    [
      'logical types do not matter',
      { type: 'bytes', logicalType: 'decimal', precision: 4, scale: 2 },
      { type: 'bytes', logicalType: 'decimal', precision: 9 },
      [],
    ],
    [
      'every branch of the writer has to be read',
      '"int"',
      ['int', 'string', 'null'],
      [mismatch('/1', 'INT', 'STRING'), mismatch('/2', 'INT', 'NULL')],
    ],
    ['one branch of the reader is enough', ['null', 'double'], '"int"', []],
    [
      'what is wrong inside of branches is one finding',
      ['null', field('int')],
      field('string'),
      [noBranch('/', 'RECORD')],
    ],
    ['a branch of the writer has its index', ['int', 'null'], ['null', 'string'], [noBranch('/1', 'STRING')]],
    ['nothing is in an empty union', '"int"', [], []],
    ['an empty union reads nothing', [], '"int"', [noBranch('/', 'INT')]],
    ['an error is a record', record([], { type: 'error' }), record([]), []],
    [
      'an enum with a default of its own is compared with the record',
      field(choice('A', { default: 'A' })),
      record([]),
      [mismatch('/fields/0/type', 'ENUM', 'RECORD')],
    ],
    [
      'all findings are told, in order of the fields',
      record([
        { name: 'a', type: 'int' },
        { name: 'b', type: fixed(1) },
      ]),
      record([
        { name: 'b', type: fixed(2) },
        { name: 'a', type: 'null' },
      ]),
      [
        mismatch('/fields/0/type', 'INT', 'NULL'),
        'FIXED_SIZE_MISMATCH /fields/1/type/size expected: 2, found: 1',
      ],
    ],
    ['recursion is taken as compatible', field(['null', 'R']), field(['null', 'R']), []],
  ])('%s', (_rule, reader, writer, expected) => {
    expect(found(reader, writer)).toEqual(expected);
  });

  test('a field that has its own name among its aliases is found twice', () => {
    const self = field('int', { aliases: ['f'] });
    expect(() => found(self, self)).toThrow('Reader record field f type:INT pos:0 matches multiple fields');
  });

  test('a pair that was first met in a branch has paths that begin there', () => {
    const using = (inner: string) =>
      record([
        { name: 'a', type: ['null', { type: 'record', name: 'N', fields: [{ name: 'v', type: inner }] }] },
        { name: 'b', type: 'N' },
      ]);
    expect(found(using('null'), using('string'))).toEqual([
      noBranch('/fields/0/type/1', 'RECORD'),
      mismatch('/fields/0/type', 'NULL', 'STRING'),
    ]);
  });
});

describe('what a name means', () => {
  const inner = (type: string) => ({
    name: 'inner',
    type: { type: 'record', name: 'n.Inner', fields: [{ name: 'x', type }] },
  });

  test('from a namespace, a name without one is found only when its definition is complete', () => {
    const before = { name: 'f', type: fixed(1) };
    expect(canonical(record([before, inner('F')]))).toContain('{"name":"x","type":"F"}');
    expect(() => parse(record([inner('F'), before]))).toThrow('the type "F" is not defined');
    expect(() => parse(record([inner('R')]))).toThrow('the type "R" is not defined');
    expect(canonical(record([inner('n.Inner')]))).toContain('{"name":"x","type":"Inner"}');
  });

  test('a complete definition comes before one that is not', () => {
    const schema = record([{ name: 'f', type: fixed(1, { name: 'Inner', namespace: '' }) }, inner('Inner')]);
    const [, innerField] = (parse(schema).root as { fields: { type: { fields: { type: object }[] } }[] })
      .fields;
    expect(innerField?.type.fields[0]?.type).toMatchObject({ kind: 'fixed' });
  });

  test('a record is not defined again inside of itself, not even in the same way', () => {
    const inside = { name: 'b', type: field('R') };
    expect(() => parse(record([inside]))).toThrow('the name "R" is defined twice');
    expect(() => parse(field(field('R')))).toThrow('the name "R" is defined twice');
  });

  test.each<readonly [isSame: boolean, first: object, second: object]>([
    [true, record([]), record([], { type: 'error' })],
    [true, choice('A'), choice('A', { default: 'A' })],
    [true, fixed(1, { p: { a: 1, b: 2 }, q: 1 }), fixed(1, { q: 1, p: { b: 2, a: 1 } })],
    [true, field('int'), field('int', { doc: 'd', aliases: ['g'] })],
    [false, choice('AB'), choice('BA')],
    [false, field('int'), field('int', { order: 'ignore' })],
    [false, field('int', { default: 1 }), field('int')],
    [false, fixed(1), fixed(1, { p: 1 })],
    [
      false,
      fixed(4, { logicalType: 'decimal', precision: 2 }),
      fixed(4, { logicalType: 'decimal', precision: 2, scale: 0 }),
    ],
    [false, field(['null', 'R']), field(['null', 'R'])],
    [false, field('Later'), field('Later')],
  ])('defined again, a type must be the same (%s): %j and %j', (isSame, first, second) => {
    const schema = record(
      [
        { name: 'a', type: first },
        { name: 'b', type: second },
        { name: 'c', type: fixed(1, { name: 'Later' }) },
      ],
      { name: 'Outer' },
    );
    if (isSame) expect(parse(schema)).toBeDefined();
    else expect(() => parse(schema)).toThrow('defined twice');
  });

  test('a name with a dot in front is taken for a definition, and never found', () => {
    expect(canonical(fixed(1, { name: '.F' }))).toBe('{"type":"fixed","name":"F","size":1}');
    expect(() => parse(record([{ name: 'f', type: '.R' }], { name: '.R' }))).toThrow('not defined');
  });

  test('a name that is also that of a kind of type is written in full', () => {
    const schema = record(
      [
        { name: 'a', type: fixed(1, { name: 'map' }) },
        { name: 'b', type: 'n.map' },
      ],
      { namespace: 'n', aliases: ['n.enum', 'n.int', 'n.other', 'other'] },
    );
    expect(canonical(schema)).toBe(
      '{"type":"record","name":"R","namespace":"n","fields":[{"name":"a","type":{"type":"fixed","name":"map","size":1}},{"name":"b","type":"n.map"}],"aliases":["n.enum","n.int","other"]}',
    );
  });
});

describe('what a new schema may say', () => {
  test('integers of more than 64 bits are properties of simple types, not of records, arrays and maps', () => {
    const big = '18446744073709551616';
    for (const type of ['"int"', '"enum","name":"E","symbols":[]', '"fixed","name":"F","size":1']) {
      expect(canonical(`{"type":${type},"p":{"q":[${big}]}}`)).toContain(big);
    }
    expect(
      canonical(`{"type":"record","name":"R","fields":[{"name":"a","type":"int","p":${big}}]}`),
    ).toContain(big);
    for (const type of ['"record","name":"R","fields":[]', '"array","items":"int"', '"map","values":"int"']) {
      expect(() => parse(`{"type":${type},"p":{"q":[${big}]}}`)).toThrow('more than 64 bits');
    }
  });

  test('no default has a record in it that is not complete', () => {
    const isTaken = (schema: unknown) => {
      try {
        return parse(schema) !== undefined;
      } catch (error) {
        expect(error).toBeInstanceOf(SchemaParseError);
        return false;
      }
    };
    expect(isTaken(field(['null', 'R'], { default: null }))).toBe(true);
    expect(isTaken(field(['null', 'R'], { default: { f: null } }))).toBe(false);
    expect(isTaken(field({ type: 'array', items: 'R' }, { default: [] }))).toBe(true);
    expect(isTaken(field({ type: 'array', items: 'R' }, { default: [{ f: [] }] }))).toBe(false);
    const later = (fallback: object) =>
      record([
        { name: 'a', type: 'N', default: fallback },
        { name: 'b', type: { type: 'record', name: 'N', fields: [{ name: 'x', type: ['null', 'R'] }] } },
      ]);
    expect(isTaken(later({ x: null }))).toBe(true);
    expect(isTaken(later({ x: { a: { x: null }, b: { x: null } } }))).toBe(false);
    expect(isTaken(later({}))).toBe(false);
  });

  test('a fixed is as long as an array of Java may be', () => {
    expect(canonical(fixed(2_147_483_639))).toContain('2147483639');
    expect(() => parse(fixed(2_147_483_640))).toThrow(SchemaParseError);
  });
});

test('a record of twenty thousand fields and an enum of as many symbols are looked up, not searched', () => {
  const names = Array.from({ length: 20_000 }, (_, index) => `n${index}`);
  const symbols = (order: readonly string[]) => ({ type: 'enum', name: 'E', symbols: order });
  const fields = (order: readonly string[]) => record(order.map((name) => ({ name, type: 'int' })));
  const backwards = names.toReversed();
  expect(found(symbols(names), symbols(backwards))).toEqual([]);
  expect(found(fields(names), fields(backwards))).toEqual([]);
});

test('random schemas are printed as they are printed again, and read what they write', () => {
  let compared = 0;
  fc.assert(
    fc.property(avroPairs, ({ reader }) => {
      const parsed = (text: string) => {
        try {
          return parseAvro(text, { references: [], strict: true });
        } catch (error) {
          expect(error).toBeInstanceOf(SchemaParseError);
          return undefined;
        }
      };
      const document = parsed(reader);
      if (document === undefined) return;
      compared += 1;
      const once = canonical(reader);
      expect(canonical(once)).toBe(once);
      try {
        expect(incompatibilities(document.root, document.root)).toEqual([]);
      } catch (error) {
        expect(error).toBeInstanceOf(SchemaCheckError);
      }
    }),
    { numRuns: 400 },
  );
  expect(compared).toBeGreaterThan(100);
});
