import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonTextError, parseJson } from '../../schema-registry/json-text/parser.ts';
import { printJson } from '../../schema-registry/json-text/printer.ts';
import { equalTrees, plainValue, sortedTree } from '../../schema-registry/json-text/tree.ts';

describe('parsing', () => {
  test('what JSON.parse reads is read as the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(plainValue(parseJson(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  test('what JSON.parse refuses is refused with a place', () => {
    const broken = [
      '',
      '{',
      '[1,]',
      '{"a":}',
      '{a:1}',
      '01',
      '1.',
      '"\n"',
      '"\\x"',
      'nul',
      'truex',
      '1 2',
      '"a',
      '-',
      '{"a":1,}',
    ];
    for (const text of broken) {
      expect(() => JSON.parse(text)).toThrow();
      expect(() => parseJson(text), text).toThrow(JsonTextError);
    }
    expect(() => parseJson('{\n  "a": x }')).toThrow('at line 2, column 8');
  });

  test('random text never does anything but parse or throw its own error', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'{}[]",:\\/*0123.eE-+truefalsn \n') }), (text) => {
        try {
          parseJson(text, { comments: true });
        } catch (error) {
          expect(error).toBeInstanceOf(JsonTextError);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('comments are read only where they are allowed', () => {
    const text = '// one\n{ /* two */ "a": 1 } // three';
    expect(plainValue(parseJson(text, { comments: true }))).toEqual({ a: 1 });
    expect(() => parseJson(text)).toThrow(JsonTextError);
    expect(() => parseJson('/* open', { comments: true })).toThrow('not closed');
  });

  test('nesting has an end, long strings do not matter', () => {
    expect(() => parseJson('['.repeat(100_000))).toThrow('nested deeper');
    const long = 'x'.repeat(2_000_000);
    expect(parseJson(`"${long}"`)).toBe(long);
  });

  test('a repeated member keeps its place and takes the last value, and __proto__ is a name like any other', () => {
    expect(printJson(parseJson('{"b":1,"a":2,"b":3,"__proto__":4}'), 'double')).toBe(
      '{"b":3,"a":2,"__proto__":4}',
    );
  });
});

describe('printing', () => {
  test.each([
    ['1.0', '1.0'],
    ['1e5', '1E+5'],
    ['1.50e10', '1.50E+10'],
    ['-0.0', '0.0'],
    ['123456789012345678901234567890', '123456789012345678901234567890'],
    ['0.000001', '0.000001'],
    ['0.0000001', '1E-7'],
    ['1.5E-3', '0.0015'],
    ['100e-1', '10.0'],
    ['12e0', '12'],
    ['-1.25', '-1.25'],
  ])('the decimal %s prints as Java prints it: %s', (text, printed) => {
    expect(printJson(parseJson(text), 'decimal')).toBe(printed);
  });

  test.each([
    ['1.0', '1.0'],
    ['100000.0', '100000.0'],
    ['1e7', '1.0E7'],
    ['12345678.9', '1.23456789E7'],
    ['0.001', '0.001'],
    ['0.0001', '1.0E-4'],
    ['-0.0', '-0.0'],
    ['1e400', '"Infinity"'],
  ])('the double %s prints as Java prints it: %s', (text, printed) => {
    expect(printJson(parseJson(text), 'double')).toBe(printed);
  });

  test('strings are escaped as Jackson does, and nothing else is', () => {
    const text = '"q\\" \\\\ \\/ \\n \\u001f \\u007f \u00e9 \u2028 \ud83d\ude00"';
    expect(printJson(parseJson(text), 'double')).toBe(
      '"q\\" \\\\ / \\n \\u001F \u007f \u00e9 \u2028 \ud83d\ude00"',
    );
  });

  test('printing and parsing again changes nothing', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const tree = parseJson(JSON.stringify(value));
        const printed = printJson(tree, 'decimal');
        expect(printJson(parseJson(printed), 'decimal')).toBe(printed);
      }),
    );
  });
});

test('equality looks at values, not at order or spelling', () => {
  const equal = (left: string, right: string) => equalTrees(parseJson(left), parseJson(right));
  expect(equal('{"a":1,"b":[1.0]}', '{"b":[1],"a":1}')).toBe(true);
  expect(equal('9007199254740993', '9007199254740992')).toBe(false);
  expect(equal('[1,2]', '[2,1]')).toBe(false);
  expect(equal('{"a":1}', '{"b":1}')).toBe(false);
});

test('sorting orders members at every depth', () => {
  const sorted = sortedTree(parseJson('{"b":{"d":1,"c":2},"a":[{"z":1,"y":2}]}'));
  expect(printJson(sorted, 'double')).toBe('{"a":[{"y":2,"z":1}],"b":{"c":2,"d":1}}');
});
