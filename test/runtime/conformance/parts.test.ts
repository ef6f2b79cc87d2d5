// Transforms, predicates and converters: their examples are run, and wrong ones are told.
import { expect, test } from 'vitest';
import {
  defineConverter,
  defineHeaderConverter,
  definePredicate,
  defineSink,
  defineTransform,
  isPlainObject,
  newRecord,
  type Plugin,
  schemas,
} from '../../../runtime/plugin/index.ts';
import { builtInPredicates } from '../../../runtime/predicates/index.ts';
import { conformance } from '../../../runtime/testing.ts';
import { builtInTransforms } from '../../../runtime/transforms/index.ts';

/** What each check says; undefined: nothing is wrong. */
async function outcomes(plugin: Plugin): Promise<Record<string, string | undefined>> {
  const found: Record<string, string | undefined> = {};
  for (const { name, notApplicable, run } of conformance(plugin)) {
    found[name] =
      notApplicable ??
      (await run().then(
        () => undefined,
        (error: Error) => error.message,
      ));
  }
  return found;
}

const plain = { version: '1.0.0', config: { type: 'object', properties: {} } } as const;
let calls = 0;

const mask = defineTransform({
  name: 'mask',
  version: '1.0.0',
  config: {
    type: 'object',
    required: ['field'],
    properties: {
      field: { type: 'string', description: 'What to mask.' },
      with: { type: 'string', default: '*' },
    },
  },
  map(record, { field, with: mark }) {
    if (!isPlainObject(record.value)) throw new TypeError('no struct');
    if (field === 'drop') return null;
    if (field === 'spoil') Object.assign(record.value, { more: 1 });
    if (field === 'count') return newRecord(record, { value: { n: calls++ } });
    return newRecord(record, { value: { ...record.value, [field]: mark } });
  },
  tests: [
    {
      name: 'right',
      config: { field: 'a' },
      input: { value: { a: 1, b: 2 } },
      expect: { value: { a: '*', b: 2 } },
    },
    { name: 'right: none', config: { field: 'drop' }, input: { value: {} }, expect: null },
    { name: 'right: an error', config: { field: 'a' }, input: { value: 1 }, expect: { error: /no struct/ } },
    { name: 'wrong value', config: { field: 'a' }, input: { value: {} }, expect: { value: { a: '!' } } },
    { name: 'wrong count', config: { field: 'a' }, input: { value: {} }, expect: null },
    { name: 'wrong error', config: { field: 'a' }, input: { value: 1 }, expect: { error: /other/ } },
    { name: 'no error', config: { field: 'a' }, input: { value: {} }, expect: { error: /no struct/ } },
    { name: 'spoilt', config: { field: 'spoil' }, input: { value: {} }, expect: {} },
    { name: 'impure', config: { field: 'count' }, input: { value: {} }, expect: {} },
  ],
});

test('the examples of a transform are run, and what is wrong is told', async () => {
  expect(await outcomes(mask as Plugin)).toEqual({
    'config: every key is described': expect.stringMatching(/there is none for with/),
    'config: the defaults keep the rules of the schema': undefined,
    'config: what is read can be written and read again': undefined,
    'config: a missing key is named': undefined,
    'config: wrong values are told as a ConfigError that names the key': undefined,
    'example: right': undefined,
    'example: right: none': undefined,
    'example: right: an error': undefined,
    'example: wrong value': expect.stringMatching(/expected value \{ a: '!' \}, but it was \{ a: '\*' \}/),
    'example: wrong count': 'expected 0 records, but there were 1',
    'example: wrong error': expect.stringMatching(/but it was: .*no struct/),
    'example: no error': expect.stringMatching(/but it became/),
    'example: spoilt': expect.stringMatching(/the input .* to stay as it is/s),
    'example: impure': expect.stringMatching(/the second time it became/),
  });
});

test('the examples of a predicate are run, and what is wrong is told', async () => {
  const input = { value: null };
  const predicate = definePredicate({
    ...plain,
    name: 'empty',
    test: ({ value }) => value === null,
    tests: [
      { name: 'right', input, expect: true },
      { name: 'wrong', input, expect: false },
    ],
  });
  const { 'example: right': right, 'example: wrong': wrong } = await outcomes(predicate as Plugin);
  expect([right, wrong]).toEqual([undefined, 'expected false, but the answer was true']);
});

test('the examples of converters go to bytes and back', async () => {
  const convert = {
    ...plain,
    open: () => undefined,
    tests: [
      { name: 'right', schema: schemas.string(), value: 'a', text: 'a' },
      { name: 'wrong bytes', schema: schemas.string(), value: 'a', text: 'b' },
      { name: 'wrong value', schema: schemas.string(), value: 1 },
      { name: 'wrong schema', value: 'a' },
      { name: 'read as', value: 'a', reads: { schema: schemas.string(), value: 'a' } },
    ],
  };
  const write = (value: unknown) => Buffer.from(String(value));
  const read = (bytes: Uint8Array | null) => ({ schema: schemas.string(), value: String(bytes) });
  const converter = defineConverter({
    ...convert,
    name: 'text',
    fromConnectData: (_handle, _subject, _schema, value) => write(value),
    toConnectData: (_handle, _subject, bytes) => read(bytes),
  });
  const headers = defineHeaderConverter({
    ...convert,
    name: 'text',
    fromConnectHeader: (_handle, _topic, { value }) => write(value),
    toConnectHeader: (_handle, _topic, _key, bytes) => read(bytes),
  });
  for (const plugin of [converter, headers] as unknown as readonly Plugin[]) {
    expect(await outcomes(plugin)).toMatchObject({
      'example: right': undefined,
      'example: wrong bytes': `expected the bytes of 'b', but they are those of 'a'`,
      'example: wrong value': `expected 1 to come back, but '1' did`,
      'example: wrong schema': expect.stringMatching(/no schema to come back/),
      'example: read as': undefined,
    });
  }
});

test('a transform without examples says so, a connector without description fails', async () => {
  const transform = defineTransform({ ...plain, name: 'bare', map: (record) => record });
  expect((await outcomes(transform as Plugin))['example: there is one']).toBe('the plugin has no tests');
  const sink = defineSink({ ...plain, name: 'bare', open: () => 0, write: async () => undefined });
  expect(Object.values(await outcomes(sink as Plugin))).toEqual([expect.stringMatching(/describeSink/)]);
});

test.each([...builtInTransforms, ...builtInPredicates].map((plugin) => [plugin.name, plugin] as const))(
  'the built-in %s passes its checks',
  async (_name, plugin) => {
    const none = 'the plugin has no tests';
    const wrong = Object.entries(await outcomes(plugin)).filter(
      ([, said]) => said !== undefined && said !== none,
    );
    expect(wrong).toEqual([]);
  },
);
