import { describe, expect, test } from 'vitest';
import {
  convertValue,
  Decimal,
  javaFloat,
  parseHeaderValue,
  type Schema,
  schemas,
  type Value,
  valueToText,
} from '../../../runtime/data/index.ts';

describe('header texts', () => {
  test.each([
    ['[0.1,{}]', '[0.1,{}]'],
    ['{"a":null,"a":true}', '{"a":true}'],
    ['{"a":false,"a":null}', '{"a":false,"a":null}'],
    ['[1.5,2024-01-02]', '[1.5,2024-01-02]'],
    ['[1,2024-01-02]', '[1970-01-02,2024-01-02]'],
    ['[128,14:34:54.346Z]', '[00:00:00.128Z,14:34:54.346Z]'],
    ['{0e0:"x",1970-01-01:2024-01-02}', '{00:00:00.000Z:2024-01-02}'],
    ['["\u001f"]', '[""]'],
  ])('%j is printed as %j', (text, printed) => {
    const { schema, value } = parseHeaderValue(text);
    expect(valueToText(schema, value)).toBe(printed);
  });

  test('bytes are quoted inside arrays, structs and maps', () => {
    expect(valueToText(schemas.bytes(), Buffer.from('a'))).toBe('YQ==');
    expect(valueToText(schemas.array(schemas.bytes()), [Buffer.from('a')])).toBe('["YQ=="]');
  });

  test('a float between two texts is printed with the even digit', () => {
    expect(javaFloat(203129.625)).toBe('203129.62');
    expect(javaFloat(203129.875)).toBe('203129.88');
  });
});

describe('conversions', () => {
  const [date, time, timestamp] = [schemas.date(), schemas.time(), schemas.timestamp()];

  test.each<[string, Schema, Schema | undefined, Value, Value]>([
    ['digits of another script', schemas.int8(), undefined, '١٢', 12],
    ['a huge power of ten', schemas.boolean(), undefined, '1e999999999', false],
    ['a timestamp to its day', date, timestamp, new Date(86_400_001), new Date(86_400_000)],
    ['a timestamp to its time', time, timestamp, new Date(86_400_001), new Date(1)],
    ['days to a date', date, undefined, 1, new Date(86_400_000)],
    ['text to a timestamp', timestamp, undefined, '2024-01-02', new Date(Date.UTC(2024, 0, 2))],
    ['text that begins with a number to a time', time, undefined, '14:34', new Date(14)],
    ['a whole number to a decimal', schemas.decimal(2), undefined, 52, new Decimal(520n, 1)],
    ['bytes to a decimal', schemas.decimal(2), undefined, Buffer.from([1, 0]), new Decimal(256n, 2)],
  ])('%s', (_name, target, source, value, wanted) => {
    expect(convertValue(target, source, value)).toEqual(wanted);
  });

  test.each<[string, Schema, Schema | undefined, Value]>([
    ['a date that is no midnight', schemas.int64(), date, new Date(5)],
    ['a time of two days', time, undefined, 86_400_001],
    ['an exponent beyond 32 bits', schemas.float64(), undefined, '1e2147483648'],
    ['bytes without any to a decimal', schemas.decimal(2), undefined, Buffer.alloc(0)],
    ['text that is no decimal', schemas.decimal(2), undefined, 'x'],
    ['an endless number to a decimal', schemas.decimal(2), undefined, Number.NaN],
  ])('%s is refused', (_name, target, source, value) => {
    expect(() => convertValue(target, source, value)).toThrow();
  });
});
