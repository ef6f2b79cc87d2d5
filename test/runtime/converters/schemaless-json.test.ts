import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJsonText, parseSchemaless } from '../../../runtime/converters/exact-json.ts';
import { readJsonValue } from '../../../runtime/converters/json-reader.ts';
import type { Value } from '../../../runtime/data/index.ts';

function read(text: string): Value {
  const { json, isPlain } = parseSchemaless(Buffer.from(text));
  return isPlain ? (json as Value) : readJsonValue(undefined, json, { replaceNullWithDefault: true });
}

const digits = fc.stringMatching(/^[1-9][0-9]{0,24}$/);
const number = fc.oneof(
  digits,
  fc.tuple(digits, fc.stringMatching(/^[0-9]{1,20}$/)).map(([whole, rest]) => `-${whole}.${rest}`),
  fc.tuple(digits, fc.integer({ min: -320, max: 300 })).map(([whole, power]) => `${whole}e${power}`),
  fc.constantFrom('-0', '0', '9007199254740992', '-9007199254740993', '9223372036854775808'),
);

test('numbers are read as if every digit had been kept', () => {
  fc.assert(
    fc.property(number, number, (one, other) => {
      const text = `{"a":[${one}],"b":{"c":${other},"d":"1234567890123456789"}}`;
      const exact = readJsonValue(undefined, parseJsonText(text, true), { replaceNullWithDefault: true });
      expect(read(text)).toEqual(exact);
    }),
  );
});

test('a long integer that is nested deep keeps its digits', () => {
  let value = read(`${'['.repeat(300)}9007199254740993${']'.repeat(300)}`);
  for (let depth = 0; depth < 300; depth++) value = (value as readonly Value[])[0];
  expect(value).toBe(9007199254740993n);
});

test('empty input is null, and what is not UTF-8 or not JSON is refused', () => {
  expect(read('')).toBeNull();
  expect(() => parseSchemaless(Buffer.from([0x22, 0xff, 0x22]))).toThrow('serialization error');
  expect(() => read('{"a":')).toThrow('serialization error');
});
