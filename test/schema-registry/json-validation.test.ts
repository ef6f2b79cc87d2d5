import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileValidator, jsonLanguage } from '../../schema-registry/index.ts';
import { jsonSchemaPairs } from './arbitrary-json-schema.ts';

const labels = { readerLabel: 'new', writerLabel: 'old', policy: 'STRICT' } as const;

/**
 * What Confluent's rules, which the comparison follows, do not look at, or see otherwise than validators do:
 * - `oneOf`: one more part may fit what another one fits already;
 * - `patternProperties`: neither their schemas, nor that beside them any other name is free;
 * - keywords beside an array of types they do not belong to: they make an `allOf` there;
 * - `unevaluatedProperties`: what parts of a schema evaluate;
 * - names in `required` that no property has, `contains`, `propertyNames`, `format`, `if`, `then`, `else`: not made here.
 */
const notCompared = [
  /"oneOf"/,
  /"patternProperties"/,
  /"type":\[[^\]]*\],"m|"m\w+":\d+,"type":\[/,
  /"unevaluatedProperties"/,
];

test('a successor that passes BACKWARD takes every value that the schema takes', async () => {
  let compared = 0;
  let changed = 0;
  await fc.assert(
    fc.asyncProperty(jsonSchemaPairs, async ({ old, now, instances }) => {
      const [before, after] = [JSON.stringify(old), JSON.stringify(now)];
      if (notCompared.some((pattern) => pattern.test(before) || pattern.test(after))) return;
      const parse = (text: string) => jsonLanguage.parse(text, { references: [], strict: true });
      if (jsonLanguage.compatibility(parse(after), parse(before), labels).length > 0) return;
      changed += Number(before !== after);
      const [validOld, validNow] = await Promise.all([
        compileValidator(before, []),
        compileValidator(after, []),
      ]);
      for (const instance of instances) {
        if (validOld(instance) !== undefined) continue;
        compared += 1;
        expect([instance, validNow(instance)]).toEqual([instance, undefined]);
      }
    }),
    { numRuns: 600 },
  );
  expect(compared).toBeGreaterThan(300);
  expect(changed).toBeGreaterThan(30);
});

describe('a validator', () => {
  test('has a pattern for each place', async () => {
    const validate = await compileValidator(
      JSON.stringify({
        properties: { a: { type: 'string', pattern: '^a' }, b: { type: 'string', pattern: '^b' } },
        patternProperties: { '^x': { type: 'null' }, '^y': { type: 'boolean' } },
      }),
      [],
    );
    expect(validate({ a: 'a', b: 'b', x: null, y: true })).toBeUndefined();
    expect(validate({ b: 'a' })).toBe('/b must match pattern "^b"');
    expect(validate({ y: null })).toBe('/y must be boolean');
    const other = await compileValidator(JSON.stringify({ type: 'string', pattern: '^c' }), []);
    expect(other('c')).toBeUndefined();
    expect(other('a')).toBe('/ must match pattern "^c"');
  });

  test.each([
    ['http://json-schema.org/draft-04/schema#', true],
    ['http://json-schema.org/draft-07/schema#', true],
    ['https://json-schema.org/draft/2019-09/schema', false],
    ['https://json-schema.org/draft/2020-12/schema', false],
  ])('of %s heeds what stands beside a $ref or not', async ($schema, isAlone) => {
    const schema = {
      $schema,
      properties: { a: { $ref: '#/definitions/d', maxLength: 1 }, $ref: { const: { $ref: 'x', y: 1 } } },
      definitions: { d: { type: 'string' } },
    };
    const validate = await compileValidator(JSON.stringify(schema), []);
    expect(validate({ a: 'ab' }) === undefined).toBe(isAlone);
    expect(validate({ a: 1 })).toBe('/a must be string');
    if ($schema.includes('04')) return;
    expect(validate({ $ref: { $ref: 'x', y: 1 } })).toBeUndefined();
    expect(validate({ $ref: { $ref: 'x' } })).toBe('/$ref must be equal to constant');
  });

  test('does not take properties for unevaluated because of a dependency that does not apply', async () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      properties: { b: {}, dependentSchemas: { type: 'string' } },
      dependentSchemas: { a: { properties: { a: {}, c: { type: 'null' } } } },
      unevaluatedProperties: false,
    };
    const validate = await compileValidator(JSON.stringify(schema), []);
    expect(validate({ b: 1 })).toBeUndefined();
    expect(validate({ a: 1, b: 1, c: null })).toBeUndefined();
    expect(validate({ a: 1, c: 1 })).not.toBeUndefined();
    expect(validate({ c: null })).not.toBeUndefined();
    expect(validate({ dependentSchemas: 'a' })).toBeUndefined();
    expect(validate({ dependentSchemas: 1 })).not.toBeUndefined();
    expect(validate('text')).toBeUndefined();
  });

  test('knows schemas of one id apart, however many there were', async () => {
    for (let index = 0; index < 250; index++) {
      const schema = { $id: 'http://x/same', type: 'object', properties: { a: { $ref: '#/definitions/d' } } };
      const text = JSON.stringify({ ...schema, definitions: { d: { $id: 'http://x/inner', const: index } } });
      const validate = await compileValidator(text, []);
      expect(validate({ a: index })).toBeUndefined();
      expect(validate({ a: index + 1 })).toBe('/a must be equal to constant');
    }
  });
});
