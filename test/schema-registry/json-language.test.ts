import { describe, expect, test } from 'vitest';
import { SchemaParseError } from '../../schema-registry/errors.ts';
import { draftOf } from '../../schema-registry/json/draft.ts';
import { jsonDifferences, jsonLanguage } from '../../schema-registry/json/language.ts';
import type { ResolvedReference } from '../../schema-registry/language.ts';

function parse(schema: unknown, references: readonly ResolvedReference[] = []) {
  const text = typeof schema === 'string' ? schema : JSON.stringify(schema);
  return jsonLanguage.parse(text, { references, strict: true });
}

function differences(
  original: unknown,
  update: unknown,
  references: readonly ResolvedReference[] = [],
): string[] {
  const found = jsonDifferences(parse(original, references), parse(update, references), 'STRICT');
  return found.map(({ type, path }) => `${type} ${path}`);
}

function isCompatible(original: unknown, update: unknown): boolean {
  const labels = { readerLabel: 'new', writerLabel: 'old', policy: 'STRICT' } as const;
  return jsonLanguage.compatibility(parse(update), parse(original), labels).length === 0;
}

const draft2020 = 'https://json-schema.org/draft/2020-12/schema';

describe('the draft', () => {
  test.each([
    ['http://json-schema.org/draft-04/schema#', '04'],
    ['https://json-schema.org/draft-06/schema', '06'],
    ['http://json-schema.org/draft-07/schema#', '07'],
    ['https://json-schema.org/draft/2019-09/schema', '2019-09'],
    [draft2020, '2020-12'],
    ['http://example.com/own', '07'],
    [undefined, '07'],
  ])('%s is %s', (url, draft) => {
    expect(draftOf(url)).toBe(draft);
  });
});

describe('parsing', () => {
  test('what cannot be a schema is refused', () => {
    const broken: unknown[] = [
      '',
      '5',
      '[]',
      '"x"',
      '{',
      { type: 'strange' },
      { type: 5 },
      { properties: 5 },
      { items: 5 },
      { required: 'a' },
      { maxLength: 'a' },
      { multipleOf: 0 },
      { allOf: {} },
      { $ref: '#/nowhere' },
      { $ref: 'other.json' },
      { not: 5 },
      { uniqueItems: 1 },
      { properties: { a: 5 } },
    ];
    for (const schema of broken)
      expect(() => parse(schema), JSON.stringify(schema)).toThrow(SchemaParseError);
  });

  test('a reference goes to a pointer, an anchor, an id or a named document, and never to the network', () => {
    const other = {
      name: 'address.json',
      schema: '{"$id":"http://example.com/address","definitions":{"zip":{"type":"string"}}}',
    };
    for (const $ref of [
      '#/definitions/a%20b',
      '#here',
      'http://example.com/inner',
      'address.json',
      'address.json#/definitions/zip',
      'http://example.com/address#/definitions/zip',
      'http://json-schema.org/draft-07/schema#',
    ]) {
      const schema = {
        definitions: {
          'a b': { type: 'string' },
          anchored: { $id: '#here' },
          inner: { $id: 'http://example.com/inner' },
        },
        properties: { x: { $ref } },
      };
      expect(parse(schema, [other]).type, $ref).toBe('JSON');
    }
    expect(() => parse({ $ref: 'http://example.com/secret' })).toThrow('not among the references');
  });

  test('relative references are resolved against the id around them', () => {
    const other = { name: 'http://example.com/schemas/b.json', schema: '{"type":"integer"}' };
    const schema = { $id: 'http://example.com/schemas/a.json', properties: { x: { $ref: 'b.json' } } };
    expect(differences(schema, schema, [other])).toEqual([]);
    expect(() => parse(schema)).toThrow('not among the references');
  });

  test('references in circles end', () => {
    const loop = {
      $ref: '#/definitions/a',
      definitions: { a: { $ref: '#/definitions/b' }, b: { $ref: '#/definitions/a' } },
    };
    expect(differences(loop, loop)).toEqual([]);
    expect(differences({ $ref: '#' }, { $ref: '#' })).toEqual([]);
  });

  test('the title is the name', () => {
    expect(parse({ title: 'Order' }).name).toBe('Order');
    expect(parse('true').name).toBeUndefined();
  });
});

test('the stored text keeps numbers and order; normalized, members are sorted', () => {
  const schema = parse(
    '{ "type" : "number", "multipleOf" : 1.0, "maximum" : 1e5, "default" : 12345678901234567890 }',
  );
  expect(jsonLanguage.canonical(schema, { normalize: false })).toBe(
    '{"type":"number","multipleOf":1.0,"maximum":1E+5,"default":12345678901234567890}',
  );
  expect(jsonLanguage.canonical(schema, { normalize: true })).toBe(
    '{"default":12345678901234567890,"maximum":1E+5,"multipleOf":1.0,"type":"number"}',
  );
});

describe('differences', () => {
  test('every bound has a safe and a breaking direction', () => {
    for (const [type, keyword, isUpper] of [
      ['string', 'maxLength', true],
      ['string', 'minLength', false],
      ['number', 'maximum', true],
      ['number', 'minimum', false],
      ['number', 'exclusiveMaximum', true],
      ['number', 'exclusiveMinimum', false],
      ['object', 'maxProperties', true],
      ['object', 'minProperties', false],
      ['array', 'maxItems', true],
      ['array', 'minItems', false],
    ] as const) {
      const low = { type, [keyword]: 2 };
      const high = { type, [keyword]: 5 };
      expect(isCompatible(low, high), keyword).toBe(isUpper);
      expect(isCompatible(high, low), keyword).toBe(!isUpper);
      expect(isCompatible(low, { type }), keyword).toBe(true);
      expect(isCompatible({ type }, low), keyword).toBe(false);
      expect(differences({ type }, low)).toEqual([expect.stringMatching(new RegExp(`_ADDED #/${keyword}$`))]);
    }
  });

  test('multiples', () => {
    const of = (multipleOf: number) => ({ type: 'number', multipleOf });
    expect(differences(of(2), of(4))).toEqual(['MULTIPLE_OF_EXPANDED #/multipleOf']);
    expect(differences(of(0.3), of(0.1))).toEqual(['MULTIPLE_OF_REDUCED #/multipleOf']);
    expect(differences(of(2), of(3))).toEqual(['MULTIPLE_OF_CHANGED #/multipleOf']);
    expect(differences(of(2), { type: 'number' })).toEqual(['MULTIPLE_OF_REMOVED #/multipleOf']);
  });

  test('a comparison that would never end is refused with the name of the limit', () => {
    const cube = (depth: number): object =>
      depth === 0
        ? { type: 'string', maxLength: 1 }
        : { oneOf: Array.from({ length: 6 }, () => cube(depth - 1)) };
    const labels = { readerLabel: 'new', writerLabel: 'old', policy: 'STRICT' } as const;
    const compare = () => jsonLanguage.compatibility(parse(cube(4)), parse(cube(4)), labels);
    expect(compare).toThrow('the limit compatibility.steps.max');
  });

  test('recursive schemas of different shape are compared to an end', () => {
    const ring = (length: number) => ({
      $ref: '#/definitions/n0',
      definitions: Object.fromEntries(
        Array.from({ length }, (_, index) => [
          `n${index}`,
          { type: 'object', properties: { next: { $ref: `#/definitions/n${(index + 1) % length}` } } },
        ]),
      ),
    });
    expect(isCompatible(ring(7), ring(11))).toBe(true);
    const labels = { readerLabel: 'new', writerLabel: 'old', policy: 'STRICT' } as const;
    const endless = jsonLanguage.compatibility(parse(ring(211)), parse(ring(223)), labels);
    expect(endless).toEqual([expect.stringContaining('Unexpected exception')]);
  });

  test('a modern $ref has siblings, an old one has not', () => {
    const schema = (maxLength: number, $schema?: string) => ({
      ...($schema && { $schema }),
      definitions: { a: { type: 'string' } },
      properties: { x: { $ref: '#/definitions/a', maxLength } },
    });
    expect(differences(schema(1), schema(2))).toEqual([]);
    expect(differences(schema(1, draft2020), schema(2, draft2020))).toEqual([
      'MAX_LENGTH_INCREASED #/properties/x/allOf/1/maxLength',
    ]);
  });

  test('the keywords of 2019-09 and 2020-12 take part', () => {
    const modern = (more: object) => ({ $schema: draft2020, ...more });
    expect(
      differences(modern({ type: 'object' }), modern({ type: 'object', dependentRequired: { a: ['b'] } })),
    ).toEqual(['DEPENDENCY_ARRAY_ADDED #/dependencies/a']);
    expect(
      differences(modern({ type: 'object' }), modern({ type: 'object', unevaluatedProperties: false })),
    ).toEqual(['UNEVALUATED_PROPERTIES_REMOVED #/unevaluatedProperties']);
    const tuple = (prefixItems: object[], items: unknown) => modern({ type: 'array', prefixItems, items });
    expect(
      differences(tuple([{ type: 'string' }], false), tuple([{ type: 'string' }, { type: 'string' }], false)),
    ).toEqual(['ITEM_ADDED_TO_CLOSED_CONTENT_MODEL #/items/1']);
    expect(
      differences(modern({ type: 'array', maxContains: 1 }), modern({ type: 'array', maxContains: 2 })),
    ).toEqual(['MAX_CONTAINS_INCREASED #/maxContains']);
  });

  test('what a closed or partly open schema loses is judged by what it still takes', () => {
    const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });
    const text = { type: 'string' };
    expect(differences(object({ a: text }), object({}))).toEqual([
      'PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL #/properties/a',
    ]);
    const partly = { additionalProperties: text };
    expect(differences(object({ a: text }, partly), object({}, partly))).toEqual([
      'PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a',
    ]);
    expect(differences(object({ a: { type: 'integer' } }, partly), object({}, partly))).toContain(
      'PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a',
    );
    const closed = { additionalProperties: false };
    expect(differences(object({ a: false }, closed), object({}, closed))).toEqual([
      'PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a',
    ]);
  });

  test('patterns of users run in linear time', () => {
    const evil = {
      type: 'object',
      patternProperties: { '^(a+)+$': { type: 'string' } },
      additionalProperties: false,
    };
    const key = `${'a'.repeat(40)}!`;
    expect(differences(evil, { ...evil, properties: { [key]: { type: 'string' } } })).toHaveLength(1);
  });
});
