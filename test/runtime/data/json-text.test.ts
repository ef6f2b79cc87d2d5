import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Decimal, schemas, toJsonText, type Value } from '../../../runtime/data/index.ts';

test('numbers keep all their digits', () => {
  expect(toJsonText(undefined, 9007199254740993n)).toBe('9007199254740993');
  expect(toJsonText(schemas.decimal(2), Decimal.parse('12345678901234567890.50'))).toBe(
    '12345678901234567890.50',
  );
  expect(toJsonText(schemas.float64(), 0.1)).toBe('0.1');
  expect(toJsonText(schemas.float64(), -0)).toBe('0');
});

test('numbers that JSON does not have become text', () => {
  expect(JSON.parse(toJsonText(undefined, [Number.NaN, Number.POSITIVE_INFINITY]))).toEqual([
    'NaN',
    'Infinity',
  ]);
});

test('dates are written as their schema means them', () => {
  const moment = new Date('2026-01-31T23:59:01.005Z');
  expect(toJsonText(schemas.timestamp(), moment)).toBe('"2026-01-31T23:59:01.005Z"');
  expect(toJsonText(schemas.date(), moment)).toBe('"2026-01-31"');
  expect(toJsonText(schemas.time(), moment)).toBe('"23:59:01.005"');
  expect(toJsonText(undefined, moment)).toBe('"2026-01-31T23:59:01.005Z"');
  expect(toJsonText(schemas.date(), new Date('-000044-03-15'))).toBe('"-000044-03-15"');
  expect(toJsonText(schemas.timestamp(), 9e18)).toBe('9000000000000000000');
  expect(toJsonText(schemas.timestamp(), Number(moment))).toBe('"2026-01-31T23:59:01.005Z"');
});

test('a struct is written in the order of its schema, with null for what is absent', () => {
  const schema = schemas.struct({
    id: schemas.int32(),
    'odd "name"': schemas.optional(schemas.string()),
    data: schemas.bytes(),
    tags: schemas.array(schemas.string()),
  });
  const text = toJsonText(schema, { tags: ['a"b', 'c\nd'], data: Buffer.from([255, 0]), id: 7 });
  expect(text).toBe('{"id":7,"odd \\"name\\"":null,"data":"/wA=","tags":["a\\"b","c\\nd"]}');
  expect(toJsonText(schemas.struct({}), {})).toBe('{}');
});

test('a map with other keys than strings becomes a list of pairs', () => {
  const dates = schemas.map(schemas.int32(), schemas.date());
  expect(toJsonText(dates, new Map<Value, Value>([[1, new Date(0)]]))).toBe('[[1,"1970-01-01"]]');
  expect(toJsonText(undefined, new Map<Value, Value>([['a', 1n]]))).toBe('{"a":1}');
});

test('objects without schema are written as they are, and nothing is null', () => {
  expect(toJsonText(undefined, { a: [null, true, { b: 'ü' }], c: undefined })).toBe(
    '{"a":[null,true,{"b":"ü"}],"c":null}',
  );
  expect(toJsonText(undefined, null)).toBe('null');
  expect(toJsonText(undefined, new Date(Number.NaN))).toBe('null');
});

test('what comes from JSON is written as everything else is', () => {
  const odd = fc.constantFrom<Value>(undefined, Number.NaN, 7n, new Date(0), Decimal.parse('1.50'), -0);
  const tree = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.string(),
      fc.double(),
      fc.boolean(),
      fc.constant(null),
      odd,
      fc.array(tie('value')),
      fc.dictionary(fc.string(), tie('value')),
    ),
  })).value;
  fc.assert(
    fc.property(fc.dictionary(fc.string(), tree), (fields) => {
      // A Map goes the general way, and its name is written like a field's.
      expect(toJsonText(undefined, fields)).toBe(toJsonText(undefined, new Map(Object.entries(fields))));
    }),
  );
});

test('a value that is nested very deep is written', () => {
  let value: Value = 1;
  for (let depth = 0; depth < 500; depth++) value = [value];
  expect(toJsonText(undefined, value)).toBe(`${'['.repeat(500)}1${']'.repeat(500)}`);
});
