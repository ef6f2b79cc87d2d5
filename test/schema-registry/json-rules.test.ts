import { describe, expect, test } from 'vitest';
import { jsonDifferences, jsonLanguage } from '../../schema-registry/json/language.ts';

const parse = (schema: unknown) =>
  jsonLanguage.parse(JSON.stringify(schema), { references: [], strict: true });

function differences(original: unknown, update: unknown): string[] {
  return jsonDifferences(parse(original), parse(update), 'STRICT').map(({ type, path }) => `${type} ${path}`);
}

function isCompatible(original: unknown, update: unknown, policy: 'STRICT' | 'LENIENT'): boolean {
  const labels = { readerLabel: 'new', writerLabel: 'old', policy };
  return jsonLanguage.compatibility(parse(update), parse(original), labels).length === 0;
}

const text = { type: 'string' };
const whole = { type: 'integer' };
const number = (more: object = {}) => ({ type: 'number', ...more });
const object = (properties: object = {}, more: object = {}) => ({ type: 'object', properties, ...more });
const list = (more: object = {}) => ({ type: 'array', ...more });
const tuple = (items: unknown[], additionalItems?: unknown) =>
  list({ items, ...(additionalItems !== undefined && { additionalItems }) });
const modern = (more: object) => ({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...more });
const closed = { additionalProperties: false };
const partly = { additionalProperties: text };
const withDefault = { ...text, default: 'x' };

/** `ok` by either policy, `lenient` by that one alone, or `never`. */
type Verdict = 'ok' | 'lenient' | 'never';
type Rule = readonly [
  verdict: Verdict,
  original: unknown,
  update: unknown,
  ...differences: readonly string[],
];

const described: readonly Rule[] = [
  ['ok', { ...text, $id: 'http://a' }, { ...text, $id: 'http://b' }, 'ID_CHANGED #/'],
  ['ok', { ...text, title: 'a' }, { ...text, title: 'b' }, 'TITLE_CHANGED #/'],
  ['ok', { ...text, description: 'a' }, text, 'DESCRIPTION_CHANGED #/'],
  ['ok', text, { ...text, default: null }, 'DEFAULT_CHANGED #/'],
  ['ok', { ...number(), default: 1 }, { ...number(), default: 1.0 }],
  ['never', text, whole, 'TYPE_CHANGED #/'],
  ['ok', whole, number(), 'TYPE_EXTENDED #/'],
  ['never', number(), whole, 'TYPE_NARROWED #/'],
  ['ok', text, {}],
  ['ok', text, true],
  ['ok', false, text],
  ['never', {}, text, 'TYPE_CHANGED #/'],
  ['never', text, false, 'TYPE_CHANGED #/'],
  ['ok', { ...text, 'connect.type': 'bytes' }, { ...whole, 'connect.type': 'bytes' }],
  ['never', { ...text, 'connect.type': 'bytes' }, whole, 'TYPE_CHANGED #/'],
];

const scalars: readonly Rule[] = [
  ['ok', { ...text, pattern: 'a' }, text, 'PATTERN_REMOVED #/pattern'],
  ['never', text, { ...text, pattern: 'a' }, 'PATTERN_ADDED #/pattern'],
  ['never', { ...text, pattern: 'a' }, { ...text, pattern: 'b' }, 'PATTERN_CHANGED #/pattern'],
  ['never', text, { ...text, minLength: 0 }, 'MIN_LENGTH_ADDED #/minLength'],
  ['never', number(), number({ multipleOf: 2 }), 'MULTIPLE_OF_ADDED #/multipleOf'],
  ['ok', number({ multipleOf: 2 }), number(), 'MULTIPLE_OF_REMOVED #/multipleOf'],
  ['ok', number({ multipleOf: 4 }), number({ multipleOf: 2 }), 'MULTIPLE_OF_REDUCED #/multipleOf'],
  ['never', number({ multipleOf: 2 }), number({ multipleOf: 4 }), 'MULTIPLE_OF_EXPANDED #/multipleOf'],
  ['never', number({ multipleOf: 2 }), number({ multipleOf: 3 }), 'MULTIPLE_OF_CHANGED #/multipleOf'],
  [
    'never',
    number({ exclusiveMaximum: 9 }),
    number({ exclusiveMaximum: 5 }),
    'EXCLUSIVE_MAXIMUM_DECREASED #/exclusiveMaximum',
  ],
  ['ok', { enum: ['a', 1] }, { enum: [1.0, 'b', 'a'] }, 'ENUM_ARRAY_EXTENDED #/enum'],
  ['never', { enum: ['a', { x: 1, y: 2 }] }, { enum: [{ y: 2, x: 1 }] }, 'ENUM_ARRAY_NARROWED #/enum'],
  ['never', { enum: ['a', 'b'] }, { enum: ['a', 'c'] }, 'ENUM_ARRAY_CHANGED #/enum'],
  ['ok', { enum: [1, '1', [1], null] }, { enum: [null, [1.0], '1', 1] }],
  ['never', { enum: [1] }, { enum: ['1'] }, 'ENUM_ARRAY_CHANGED #/enum'],
  ['never', { const: 1 }, { const: 2 }, 'ENUM_ARRAY_CHANGED #/const'],
  ['never', { ...text, enum: ['a', 'b'] }, { ...text, enum: ['a'] }, 'COMBINED_TYPE_SUBSCHEMAS_CHANGED #/'],
  ['ok', { ...text, enum: ['a'] }, { ...text, enum: ['a', 'b'] }, 'ENUM_ARRAY_EXTENDED #/allOf/0/enum'],
];

const objects: readonly Rule[] = [
  [
    'ok',
    object({ a: text }, { required: ['a'] }),
    object({ a: text }),
    'REQUIRED_ATTRIBUTE_REMOVED #/required/a',
  ],
  [
    'never',
    object({ a: text }),
    object({ a: text }, { required: ['a'] }),
    'REQUIRED_ATTRIBUTE_ADDED #/required/a',
  ],
  [
    'ok',
    object({ a: withDefault }),
    object({ a: withDefault }, { required: ['a'] }),
    'REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED #/required/a',
  ],
  ['ok', object(), object({}, { required: ['a'] })],
  [
    'ok',
    object({}, { dependencies: { a: ['b', 'c'] } }),
    object({}, { dependencies: { a: ['b'] } }),
    'DEPENDENCY_ARRAY_NARROWED #/dependencies/a',
  ],
  ['ok', object({}, { dependencies: { a: ['b'] } }), object(), 'DEPENDENCY_ARRAY_REMOVED #/dependencies/a'],
  ['never', object(), object({}, { dependencies: { a: ['b'] } }), 'DEPENDENCY_ARRAY_ADDED #/dependencies/a'],
  [
    'never',
    object({}, { dependencies: { a: ['b'] } }),
    object({}, { dependencies: { a: ['c', 'b'] } }),
    'DEPENDENCY_ARRAY_EXTENDED #/dependencies/a',
  ],
  [
    'never',
    object({}, { dependencies: { a: ['b'] } }),
    object({}, { dependencies: { a: ['c'] } }),
    'DEPENDENCY_ARRAY_CHANGED #/dependencies/a',
  ],
  [
    'never',
    object(),
    object({}, { dependencies: { a: object() } }),
    'DEPENDENCY_SCHEMA_ADDED #/dependencies/a',
  ],
  [
    'ok',
    object({}, { dependencies: { a: object() } }),
    object(),
    'DEPENDENCY_SCHEMA_REMOVED #/dependencies/a',
  ],
  ['ok', object({}, closed), object(), 'ADDITIONAL_PROPERTIES_ADDED #/additionalProperties'],
  ['ok', object({}, partly), object(), 'ADDITIONAL_PROPERTIES_EXTENDED #/additionalProperties'],
  ['lenient', object(), object({}, closed), 'ADDITIONAL_PROPERTIES_REMOVED #/additionalProperties'],
  ['lenient', object(), object({}, partly), 'ADDITIONAL_PROPERTIES_NARROWED #/additionalProperties'],
  [
    'ok',
    modern(object({}, { unevaluatedProperties: false })),
    modern(object()),
    'UNEVALUATED_PROPERTIES_ADDED #/unevaluatedProperties',
  ],
  [
    'ok',
    object(),
    object({ a: {} }),
    'PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a',
  ],
  ['lenient', object(), object({ a: text }), 'OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a'],
  [
    'lenient',
    object(),
    object({ a: withDefault }, { required: ['a'] }),
    'REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a',
  ],
  [
    'never',
    object(),
    object({ a: text }, { required: ['a'] }),
    'REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL #/properties/a',
  ],
  [
    'ok',
    object({}, closed),
    object({ a: text }, closed),
    'OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a',
  ],
  [
    'ok',
    object({}, closed),
    object({ a: withDefault }, { ...closed, required: ['a'] }),
    'REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a',
  ],
  [
    'never',
    object({}, closed),
    object({ a: text }, { ...closed, required: ['a'] }),
    'REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a',
  ],
  ['ok', object({ a: text }), object(), 'PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL #/properties/a'],
  [
    'lenient',
    object({ a: text }, closed),
    object({}, closed),
    'PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a',
  ],
  [
    'ok',
    object({ a: false }, closed),
    object({}, closed),
    'PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL #/properties/a',
  ],
  [
    'ok',
    object({ a: text }, partly),
    object({}, partly),
    'PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a',
  ],
  [
    'ok',
    object({ b: text }, { patternProperties: { '^a': text } }),
    object({ a: text, b: text }, { patternProperties: { '^a': text } }),
    'PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/properties/a',
    'OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL #/properties/a',
  ],
];

const arrays: readonly Rule[] = [
  ['never', list(), list({ items: text }), 'SCHEMA_ADDED #/items'],
  ['ok', list({ items: text }), list(), 'SCHEMA_REMOVED #/items'],
  ['never', list(), list({ uniqueItems: true }), 'UNIQUE_ITEMS_ADDED #/uniqueItems'],
  ['ok', list({ uniqueItems: true }), list(), 'UNIQUE_ITEMS_REMOVED #/uniqueItems'],
  ['ok', tuple([text], false), tuple([text]), 'ADDITIONAL_ITEMS_ADDED #/additionalItems'],
  ['never', tuple([text]), tuple([text], false), 'ADDITIONAL_ITEMS_REMOVED #/additionalItems'],
  ['never', tuple([text]), tuple([text], text), 'ADDITIONAL_ITEMS_NARROWED #/additionalItems'],
  ['ok', tuple([text], text), tuple([text]), 'ADDITIONAL_ITEMS_EXTENDED #/additionalItems'],
  ['never', tuple([text]), tuple([text, text]), 'ITEM_ADDED_TO_OPEN_CONTENT_MODEL #/items/1'],
  ['ok', tuple([text]), tuple([text, {}]), 'ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL #/items/1'],
  ['ok', tuple([text], false), tuple([text, text], false), 'ITEM_ADDED_TO_CLOSED_CONTENT_MODEL #/items/1'],
  [
    'ok',
    tuple([text], text),
    tuple([text, text], text),
    'ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/1',
  ],
  [
    'never',
    tuple([text], text),
    tuple([text, whole], text),
    'TYPE_CHANGED #/items/1',
    'ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/1',
  ],
  ['ok', tuple([text, text]), tuple([text]), 'ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL #/items/1'],
  [
    'never',
    tuple([text, text], false),
    tuple([text], false),
    'ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL #/items/1',
  ],
  [
    'ok',
    tuple([text, false], false),
    tuple([text], false),
    'ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL #/items/1',
  ],
  [
    'ok',
    tuple([text, text], text),
    tuple([text], text),
    'ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/1',
  ],
  [
    'never',
    tuple([text, whole], text),
    tuple([text], text),
    'TYPE_CHANGED #/items/1',
    'ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL #/items/1',
  ],
  [
    'never',
    modern(list({ prefixItems: [text] })),
    modern(list({ prefixItems: [text], unevaluatedItems: false })),
    'UNEVALUATED_ITEMS_REMOVED #/unevaluatedItems',
  ],
];

const combined: readonly Rule[] = [
  ['ok', { oneOf: [text] }, { anyOf: [text, whole] }, 'COMBINED_TYPE_EXTENDED #/', 'SUM_TYPE_EXTENDED #/'],
  ['ok', { oneOf: [text, whole] }, { anyOf: [text, whole] }, 'COMBINED_TYPE_EXTENDED #/'],
  ['never', { anyOf: [text, whole] }, { oneOf: [text, whole] }, 'COMBINED_TYPE_CHANGED #/'],
  ['ok', { oneOf: [text] }, { oneOf: [text, whole] }, 'SUM_TYPE_EXTENDED #/'],
  ['never', { oneOf: [text, whole] }, { oneOf: [text] }, 'SUM_TYPE_NARROWED #/'],
  [
    'never',
    { oneOf: [text, whole] },
    { oneOf: [text, { type: 'null' }] },
    'COMBINED_TYPE_SUBSCHEMAS_CHANGED #/',
  ],
  ['ok', { oneOf: [text, whole] }, { oneOf: [number(), text] }, 'TYPE_EXTENDED #/oneOf/1'],
  ['ok', text, { oneOf: [text, whole] }, 'SUM_TYPE_EXTENDED #/'],
  ['never', { type: 'null' }, { oneOf: [text, whole] }, 'TYPE_CHANGED #/'],
  ['ok', { allOf: [text, whole] }, text, 'PRODUCT_TYPE_NARROWED #/'],
  ['ok', { allOf: [text] }, text],
  ['never', { allOf: [text] }, { allOf: [text, { ...text, maxLength: 2 }] }, 'PRODUCT_TYPE_EXTENDED #/'],
  ['ok', { not: number() }, { not: whole }, 'NOT_TYPE_NARROWED #/not'],
  ['never', { not: whole }, { not: number() }, 'NOT_TYPE_EXTENDED #/not'],
];

/** Breaking changes that are not looked at, as in Confluent's registry. */
const ignored: readonly Rule[] = [
  ['ok', list({ contains: text }), list({ contains: whole })],
  ['ok', object({}, { propertyNames: text }), object({}, { propertyNames: { maxLength: 1 } })],
  ['ok', text, { ...text, format: 'date' }],
  ['ok', object({}, { patternProperties: { a: text } }), object({}, { patternProperties: { a: whole } })],
  ['ok', { ...text, readOnly: true }, { ...text, writeOnly: true, unknown: 1 }],
  ['ok', { ...text, definitions: { a: text } }, { ...text, definitions: { a: whole } }],
  ['ok', { if: text, else: text }, { if: whole, else: whole }],
];

describe.each([
  ['descriptions and types', described],
  ['scalars', scalars],
  ['objects', objects],
  ['arrays', arrays],
  ['combinations', combined],
  ['what is never compared', ignored],
])('%s', (_about, rules) => {
  test.each(rules)('%s: from %j to %j', (verdict, original, update, ...expected) => {
    expect(differences(original, update)).toEqual(expected);
    const accepted = [isCompatible(original, update, 'STRICT'), isCompatible(original, update, 'LENIENT')];
    expect(accepted).toEqual([verdict === 'ok', verdict !== 'never']);
  });
});

describe('large schemas', () => {
  const names = (count: number, prefix: string) =>
    Array.from({ length: count }, (_, index) => `${prefix}${index}`);

  test('an enum of forty thousand values is compared by look-up', () => {
    const values = names(40_000, 'v');
    expect(differences({ enum: values }, { enum: values.toReversed() })).toEqual([]);
    expect(differences({ enum: values }, { enum: values.slice(1) })).toEqual(['ENUM_ARRAY_NARROWED #/enum']);
  });

  test('properties that are tried on patterns count as work', () => {
    const patternProperties = Object.fromEntries(names(500, 'p').map((name) => [`^${name}$`, text]));
    const properties = Object.fromEntries(names(500, 'a').map((name) => [name, text]));
    const compare = () =>
      differences(
        object(properties, { ...closed, patternProperties }),
        object({}, { ...closed, patternProperties }),
      );
    expect(compare).toThrow('the limit compatibility.steps.max');
  });
});
