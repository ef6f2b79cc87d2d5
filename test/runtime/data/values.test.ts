import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  connectRecord,
  convertValue,
  Decimal,
  describeSchema,
  javaDouble,
  javaFloat,
  newRecord,
  parseHeaderValue,
  projectValue,
  schemas,
  schemasEqual,
  structField,
  truncateToInt32,
  truncateToInt64,
  type Value,
  validateValue,
  valuesEqual,
  valueToText,
  wrapInteger,
} from '../../../runtime/data/index.ts';

const order = schemas.struct(
  {
    id: schemas.int64(),
    note: schemas.optional(schemas.string()),
    lines: schemas.array(schemas.struct({ price: schemas.decimal(2), count: schemas.int32({ default: 1 }) })),
    labels: schemas.map(schemas.string(), schemas.boolean()),
    at: schemas.timestamp(),
  },
  { name: 'order' },
);

const good = {
  id: 2n ** 60n,
  lines: [{ price: new Decimal(150n, 2) }],
  labels: { urgent: true },
  at: new Date(0),
};

describe('schemas', () => {
  test('a field twice is refused', () => {
    const build = () =>
      schemas.struct([
        ['a', schemas.int8()],
        ['a', schemas.int8()],
      ]);
    expect(build).toThrow('field name duplication a');
  });

  test('are equal by content, in every part', () => {
    const build = (doc: string) =>
      schemas.struct({ a: schemas.int32({ default: 4 }) }, { name: 'x', doc, version: 2 });
    expect(schemasEqual(build('d'), build('d'))).toBe(true);
    expect(schemasEqual(build('d'), build('e'))).toBe(false);
    expect(schemasEqual(schemas.decimal(2), schemas.decimal(3))).toBe(false);
    expect(schemasEqual(schemas.int32(), schemas.int32({ optional: true }))).toBe(false);
    expect(schemasEqual(schemas.array(schemas.int8()), schemas.array(undefined))).toBe(false);
    expect(schemasEqual(undefined, undefined)).toBe(true);
  });

  test('describe themselves by name and type', () => {
    expect(describeSchema(order)).toBe('Schema{order:STRUCT}');
    expect(describeSchema(schemas.int8())).toBe('Schema{INT8}');
  });
});

describe('validation', () => {
  test('accepts what fits, with absent optional and defaulted fields', () => {
    expect(() => validateValue(order, good)).not.toThrow();
    expect(() =>
      validateValue(schemas.map(schemas.int8(), schemas.string()), new Map([[1, 'a']])),
    ).not.toThrow();
  });

  test.each<[string, Value, string]>([
    ['a missing required field', { ...good, id: null }, '"id"'],
    ['a wrong type deep inside', { ...good, lines: [{ price: 1.5 }] }, '"lines[0].price"'],
    ['a wrong map value', { ...good, labels: { urgent: 'yes' } }, '"labels.urgent"'],
    ['a number for a string', { ...good, note: 5 }, '"note"'],
    ['an array for a struct', [], '"value"'],
    ['an integer beyond int64', { ...good, id: 2n ** 63n }, '"id"'],
    ['an unsafe number for int64', { ...good, id: 2 ** 60 }, '"id"'],
  ])('names the place of %s', (_what, value, place) => {
    expect(() => validateValue(order, value)).toThrow(place);
  });

  test.each([
    [schemas.int8(), 128],
    [schemas.int16(), -32769],
    [schemas.int32(), 1.5],
    [schemas.boolean(), 1],
    [schemas.bytes(), 'AQI='],
    [schemas.float32(), '1'],
    [schemas.date(), '2024-01-01'],
  ])('%s refuses %s', (schema, value) => {
    expect(() => validateValue(schema, value)).toThrow(schema.type.toUpperCase());
  });

  test('the value itself is not in the message: it may be secret', () => {
    expect(() => validateValue(schemas.int8(), 'hunter2')).toThrow(/^((?!hunter2).)*$/);
  });
});

describe('structs', () => {
  test('a field has its default in place of null, and an unknown field is an error', () => {
    const schema = schemas.struct({ a: schemas.int32({ default: 7 }), b: schemas.int32({ optional: true }) });
    expect(structField(schema, {}, 'a')).toBe(7);
    expect(structField(schema, { a: 1 }, 'a')).toBe(1);
    expect(structField(schema, {}, 'b')).toBeNull();
    expect(() => structField(schema, {}, 'c')).toThrow('c is not a valid field name');
  });

  test('an inherited property is not a field', () => {
    const schema = schemas.struct({ constructor: schemas.string({ optional: true }) });
    expect(structField(schema, {}, 'constructor')).toBeNull();
  });
});

describe('records', () => {
  test('have all properties, in one order, however they are made', () => {
    const record = connectRecord({ value: 1 }, 'topic');
    const changed = newRecord(record, { value: null, headers: [] });
    expect(Object.keys(changed)).toEqual(Object.keys(record));
    expect(record.topic).toBe('topic');
    expect(changed.value).toBeNull();
  });

  test('take headers as a plain object', () => {
    const { headers } = connectRecord({ value: 1, headers: { a: 'x', b: 'y' } });
    expect(headers).toEqual([
      { key: 'a', schema: undefined, value: 'x' },
      { key: 'b', schema: undefined, value: 'y' },
    ]);
  });
});

describe('projection', () => {
  test('takes the parts of arrays and maps along', () => {
    const source = schemas.struct({
      list: schemas.array(schemas.int32()),
      map: schemas.map(schemas.int8(), schemas.int8()),
    });
    const target = schemas.struct({
      list: schemas.array(schemas.float64()),
      map: schemas.map(schemas.int16(), schemas.int64()),
    });
    const value = { list: [1, 2], map: new Map([[1, 2]]) };
    expect(projectValue(source, value, target)).toEqual(value);
  });

  test('names the field at fault', () => {
    const source = schemas.struct({ a: schemas.struct({ b: schemas.string() }) });
    const target = schemas.struct({ a: schemas.struct({ b: schemas.int8() }) });
    expect(() => projectValue(source, { a: { b: 'x' } }, target)).toThrow(
      expect.objectContaining({
        message: 'Error projecting a',
        cause: expect.objectContaining({ message: 'Error projecting b' }),
      }),
    );
  });

  test('refuses other parameters', () => {
    expect(() => projectValue(schemas.decimal(1), null, schemas.decimal(2))).toThrow('parameters not equal');
  });
});

describe('header text', () => {
  test('any text can be read', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'[]{}:,"\\ 1a.-eTZ') }), (text) => {
        expect(parseHeaderValue(text)).toHaveProperty('value');
      }),
      { numRuns: 2000 },
    );
  });

  test('lists and maps of quoted text and numbers survive printing and parsing', () => {
    const plain = fc.string({ unit: fc.constantFrom(...'abc xyz') });
    fc.assert(
      fc.property(
        fc.array(plain, { minLength: 1 }),
        fc.dictionary(plain, fc.integer(), { minKeys: 1 }),
        (list, map) => {
          fc.pre(
            !list.some((item) => item.trim() === '') && !Object.keys(map).some((key) => key.trim() === ''),
          );
          for (const value of [list, map]) {
            const parsed = parseHeaderValue(valueToText(undefined, value));
            expect(valuesEqual(parsed.value, value)).toBe(true);
          }
        },
      ),
    );
  });

  test('deep nesting is text, not a stack overflow', () => {
    const text = '['.repeat(50_000);
    expect(parseHeaderValue(text).value).toBe(text);
  });
});

describe('numbers as Java has them', () => {
  test.each([
    [1, '1.0'],
    [0.001, '0.001'],
    [0.0001, '1.0E-4'],
    [9999999, '9999999.0'],
    [1e7, '1.0E7'],
    [-1.5e-10, '-1.5E-10'],
    [123456.789, '123456.789'],
    [-0, '-0.0'],
    [Number.MIN_VALUE, '4.9E-324'],
    [1e23, '1.0E23'],
    [0.005, '0.005'],
    [500, '500.0'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
  ])('%s prints as %s', (value, text) => {
    expect(javaDouble(value)).toBe(text);
  });

  test('floats print their own digits', () => {
    expect(javaFloat(Math.fround(0.1))).toBe('0.1');
    expect(javaFloat(Math.fround(16777216))).toBe('1.6777216E7');
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (value) => {
        expect(Math.fround(Number(javaFloat(value)))).toBe(value);
      }),
    );
  });

  test('casts wrap whole numbers and saturate fractions', () => {
    expect(wrapInteger(300, 8)).toBe(44);
    expect(wrapInteger(2n ** 63n - 1n, 32)).toBe(-1);
    expect(wrapInteger(70_000, 16)).toBe(4464);
    expect(truncateToInt64(1e20)).toBe(2n ** 63n - 1n);
    expect(truncateToInt64(Number.NaN)).toBe(0n);
    expect(truncateToInt32(-1e20)).toBe(-2147483648);
  });
});

test('a date converts to the number its schema stands for', () => {
  const day = new Date(86_400_000 * 3);
  expect(convertValue(schemas.int32(), schemas.date(), day)).toBe(3);
  expect(convertValue(schemas.int64(), schemas.timestamp(), day)).toBe(day.getTime());
  expect(() => convertValue(schemas.int64(), undefined, day)).toThrow('without a schema');
  expect(() => convertValue(schemas.int64(), undefined, null)).toThrow('null');
});
