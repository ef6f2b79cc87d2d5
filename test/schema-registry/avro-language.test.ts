import { describe, expect, test } from 'vitest';
import { avroLanguage } from '../../schema-registry/avro/language.ts';
import { SchemaParseError } from '../../schema-registry/errors.ts';
import type { ResolvedReference } from '../../schema-registry/language.ts';

function parse(schema: unknown, references: readonly ResolvedReference[] = [], strict = true) {
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
  return avroLanguage.parse(text, { references, strict });
}

function canonical(
  schema: unknown,
  options: { readonly normalize?: boolean; readonly references?: readonly ResolvedReference[] } = {},
) {
  return avroLanguage.canonical(parse(schema, options.references), { normalize: options.normalize ?? false });
}

function problems(reader: unknown, writer: unknown) {
  const labels = { readerLabel: 'new', writerLabel: 'old', policy: 'STRICT' } as const;
  return avroLanguage.compatibility(parse(reader, [], false), parse(writer, [], false), labels);
}

const record = (fields: readonly object[], more: object = {}) => ({
  type: 'record',
  name: 'R',
  ...more,
  fields,
});

describe('parsing', () => {
  test('an error says what is wrong and where', () => {
    expect(() => parse('{"type":"record",')).toThrow('at line 1, column 18');
    expect(() => parse(record([{ name: 'a', type: 'nope' }]))).toThrow('the type "nope" is not defined');
    expect(() => parse(record([{ name: 'a', type: 'int', default: 'x' }]))).toThrow(
      'the default "x" of the field "a"',
    );
    expect(() => parse(record([{ name: 'a-b', type: 'int' }]))).toThrow(
      'the name "a-b" has an illegal character',
    );
  });

  test('what is not a schema at all is refused', () => {
    for (const text of [
      '',
      '5',
      'null',
      'true',
      '{}',
      '{"type":5}',
      '"nope"',
      '[[]]',
      '{"type":"enum","name":"E"}',
      '{"type":"array"}',
      '{"type":"map"}',
      '{"type":"fixed","name":"F"}',
      '{"type":"fixed","name":"F","size":1.5}',
      '{"type":"record","name":"R"}',
      '{"type":"record","name":"R","fields":[5]}',
      '{"type":"record","name":"R","fields":[{"name":"a"}]}',
      '{"type":"record","name":"R","fields":[{"type":"int"}]}',
      '{"type":"record","name":"R","fields":[],"aliases":5}',
      '{"type":"enum","name":"E","symbols":[5]}',
    ]) {
      expect(() => parse(text), text).toThrow(SchemaParseError);
    }
  });

  test('schemas nested or chained without end are refused, not a crash', () => {
    const deep = `${'{"type":"array","items":'.repeat(100_000)}"int"${'}'.repeat(100_000)}`;
    expect(() => parse(deep)).toThrow(SchemaParseError);
    const chain = Array.from({ length: 20_000 }, (_, index) => ({
      type: 'record',
      name: `R${index}`,
      fields: index === 19_999 ? [] : [{ name: 'next', type: `R${index + 1}` }],
    }));
    expect(() => canonical(chain)).toThrow('nested too deeply');
    expect(problems(chain, chain)).toEqual([expect.stringContaining('nested too deeply')]);
  });

  test('a record whose default contains itself is refused', () => {
    expect(() => parse(record([{ name: 'r', type: 'R', default: {} }]))).toThrow('does not fit its type');
  });

  test('a name is looked up in its namespace first, then without one', () => {
    const inner = { type: 'record', name: 'Inner', namespace: 'a.b', fields: [] };
    const outer = record(
      [
        { name: 'x', type: inner },
        { name: 'y', type: 'Inner' },
      ],
      { namespace: 'a.b' },
    );
    expect(canonical(outer)).toContain('{"name":"y","type":"Inner"}');
    const plain = { type: 'fixed', name: 'F', namespace: '', size: 1 };
    const both = record(
      [
        { name: 'x', type: plain },
        { name: 'y', type: 'F' },
      ],
      { namespace: 'n' },
    );
    expect(canonical(both)).toContain('{"name":"y","type":"F"}');
  });

  test('a name that is defined again must mean the same, whatever its documentation says', () => {
    const two = (second: object) =>
      record([
        { name: 'x', type: { type: 'fixed', name: 'F', size: 1 } },
        { name: 'y', type: { type: 'fixed', name: 'F', ...second } },
      ]);
    expect(canonical(two({ size: 1, doc: 'again' }))).toContain('{"name":"y","type":"F"}');
    expect(() => parse(two({ size: 2 }))).toThrow('defined twice');
  });

  test('text that stands for a number is a float default, other text is not', () => {
    const withDefault = (value: string) => record([{ name: 'f', type: 'float', default: value }]);
    expect(canonical(withDefault('-Infinity'))).toContain('"default":"-Infinity"');
    expect(canonical(withDefault('1.5'))).toContain('"default":1.5');
    expect(() => parse(withDefault('many'))).toThrow('not a number');
  });
});

describe('references', () => {
  const address = {
    name: 'shop.Address',
    schema: JSON.stringify({
      type: 'record',
      name: 'Address',
      namespace: 'shop',
      fields: [{ name: 'street', type: 'string' }],
    }),
  };
  const order = {
    type: 'record',
    name: 'Order',
    namespace: 'shop',
    fields: [
      { name: 'to', type: 'Address' },
      { name: 'from', type: 'shop.Address' },
    ],
  };

  test('what a reference defines is printed by name', () => {
    expect(canonical(order, { references: [address] })).toBe(
      '{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"to","type":"Address"},{"name":"from","type":"Address"}]}',
    );
    expect(() => parse(order)).toThrow('not defined');
  });

  test('resolved, it is printed where it is used first', () => {
    const text = avroLanguage.formatted(parse(order, [address]), 'resolved');
    expect(text).toContain(
      '{"name":"to","type":{"type":"record","name":"Address","fields":[{"name":"street","type":"string"}]}}',
    );
    expect(avroLanguage.formatted(parse(order, [address]), 'other')).toBeUndefined();
  });

  test('a reference may use an earlier one', () => {
    const box = {
      name: 'shop.Box',
      schema: JSON.stringify({
        type: 'record',
        name: 'Box',
        namespace: 'shop',
        fields: [{ name: 'at', type: 'Address' }],
      }),
    };
    const user = { type: 'array', items: 'shop.Box' };
    expect(canonical(user, { references: [address, box] })).toBe('{"type":"array","items":"shop.Box"}');
    expect(() => parse(user, [box])).toThrow(SchemaParseError);
  });
});

describe('normalized text', () => {
  test('order that means nothing is sorted and what says nothing is dropped', () => {
    const schema = {
      type: 'record',
      name: 'R',
      doc: '',
      zebra: { b: 1, a: 2 },
      ant: 1,
      aliases: ['Z', 'A'],
      fields: [
        { name: 'd', doc: 'kept', type: { type: 'bytes', scale: 0, precision: 4, logicalType: 'decimal' } },
      ],
    };
    expect(canonical(schema, { normalize: true })).toBe(
      '{"type":"record","name":"R","fields":[{"name":"d","type":{"type":"bytes","logicalType":"decimal","precision":4},"doc":"kept"}],"ant":1,"zebra":{"a":2,"b":1},"aliases":["A","Z"]}',
    );
  });

  test('normalizing twice changes nothing', () => {
    const once = canonical(
      {
        type: 'record',
        name: 'a.b.R',
        x: 1,
        fields: [{ name: 'f', type: 'int', order: 'ignore', aliases: ['q', 'p'] }],
      },
      { normalize: true },
    );
    expect(canonical(once, { normalize: true })).toBe(once);
  });
});

describe('compatibility messages', () => {
  test('each kind is worded as Confluent words it', () => {
    expect(problems('"int"', '"string"')).toEqual([
      "{errorType:'TYPE_MISMATCH', description:'The type (path '/') of a field in the new schema does not match with the old schema', additionalInfo:'reader type: INT not compatible with writer type: STRING'}",
    ]);
    const missing = problems(record([{ name: 'b', type: 'int' }]), record([]));
    expect(missing).toEqual([
      "{errorType:'READER_FIELD_MISSING_DEFAULT_VALUE', description:'The field 'b' at path '/fields/0' in the new schema has no default value and is missing in the old schema', additionalInfo:'b'}",
    ]);
  });

  test('an ambiguous alias is a message, not a crash', () => {
    const reader = record([{ name: 'a', type: 'int', aliases: ['b'] }]);
    const writer = record([
      { name: 'a', type: 'int' },
      { name: 'b', type: 'int' },
    ]);
    expect(problems(reader, writer)).toEqual([
      expect.stringContaining('Unexpected exception during compatibility check: Reader record field a'),
    ]);
  });

  test('a type that is used twice is judged once', () => {
    const using = (inner: string) =>
      record([
        { name: 'x', type: { type: 'record', name: 'N', fields: [{ name: 'v', type: inner }] } },
        { name: 'y', type: 'N' },
      ]);
    const found = problems(using('int'), using('string'));
    expect(found).toHaveLength(2);
    expect(found[0]).toContain('/fields/0/type/fields/0/type');
  });
});
