import { describe, expect, test } from 'vitest';
import { body, openRest } from './rest-fixture.ts';

const { ask, refused, register } = openRest();

const reserved = (names: string) => ({ metadata: { properties: { 'confluent:reserved': names } } });

const languages: [type: string, schema: (...names: string[]) => string, noun: string][] = [
  [
    'AVRO',
    (...names) =>
      JSON.stringify({
        type: 'record',
        name: 'R',
        fields: names.map((name) => ({ name, type: 'int', default: 0 })),
      }),
    'FIELD',
  ],
  [
    'JSON',
    (...names) =>
      JSON.stringify({
        type: 'object',
        properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
        additionalProperties: false,
      }),
    'PROPERTY',
  ],
  [
    'PROTOBUF',
    (...names) =>
      `syntax = "proto3"; message R { ${names.map((name, index) => `int32 ${name} = ${index + 1};`).join(' ')} }`,
    'FIELD',
  ],
];

describe.each(languages)('validateFields and %s', (schemaType, schema, noun) => {
  const send = (names: string[], list: string) => ({
    schema: schema(...names),
    schemaType,
    ...reserved(list),
  });

  test('a reserved name may not come back, nor be used', async () => {
    await ask('PUT', '/config/s', { validateFields: true });
    expect((await ask('POST', '/subjects/s/versions', send(['a'], 'old, older'))).status).toBe(200);
    const answer = await ask('POST', '/subjects/s/versions', send(['a', 'old'], 'old'));
    expect(answer.status).toBe(409);
    const { message } = answer.json as { message: string };
    const conflict =
      noun === 'PROPERTY'
        ? 'RESERVED_PROPERTY_CONFLICTS_WITH_PROPERTY'
        : 'FIELD_CONFLICTS_WITH_RESERVED_FIELD';
    expect(message).toContain(`RESERVED_${noun}_REMOVED`);
    expect(message).toContain(`reserved ${noun.toLowerCase()} older removed`);
    expect(message).toContain(conflict);
    expect(message).toContain("{validateFields: 'true', compatibility: 'BACKWARD'}");
    const check = await ask(
      'POST',
      '/compatibility/subjects/s/versions?verbose=true',
      send(['a', 'old'], 'old,older'),
    );
    expect(check.json).toMatchObject({ is_compatible: false });
    expect((await ask('POST', '/subjects/s/versions', send(['a', 'b'], 'old,older,new'))).status).toBe(200);
  });

  test('a first schema may not reserve what it has', async () => {
    await ask('PUT', '/config/s', { validateFields: true });
    const message = `Invalid schema of type ${schemaType}, details: the field a is reserved by the schema's own metadata`;
    await refused('POST', '/subjects/s/versions', send(['a'], 'a'), 422, 42201, message);
  });

  test('nothing is looked at where it is not asked for', async () => {
    expect((await ask('POST', '/subjects/s/versions', send(['a'], 'a,b'))).status).toBe(200);
    expect((await ask('POST', '/subjects/s/versions', send(['a', 'b'], ''))).status).toBe(200);
  });
});

test('validateFields forbids JSON properties that begin with $$', async () => {
  const schema = { type: 'object', properties: { $$a: { type: 'string' } } };
  await ask('PUT', '/config/s', { validateFields: true });
  const message = 'Invalid schema of type JSON, details: the property $$a begins with $$';
  await refused('POST', '/subjects/s/versions', body(schema, { schemaType: 'JSON' }), 422, 42201, message);
  await ask('PUT', '/config/s', { validateFields: false });
  expect((await register('s', schema, { schemaType: 'JSON' })).status).toBe(200);
});

describe('validateNewSchemas', () => {
  const cases: [string, string][] = [
    ['AVRO', '{"type":"record","name":"R","fields":[{"name":"a","type":"int","default":"no"}]}'],
    ['PROTOBUF', 'syntax = "proto3"; message R { int32 a = 1; int32 b = 1; }'],
  ];

  test.each(cases)(
    'refuses a %s schema that breaks its rules, unless it is false',
    async (schemaType, schema) => {
      const answer = await ask('POST', '/subjects/s/versions', { schema, schemaType });
      expect(answer).toMatchObject({ status: 422, json: { error_code: 42201 } });
      await ask('PUT', '/config', { validateNewSchemas: false });
      expect((await ask('POST', '/subjects/s/versions', { schema, schemaType })).status).toBe(200);
    },
  );
});

describe('validateRules', () => {
  const ruleSet = { domainRules: [{ name: '1st', type: 'CEL', mode: 'WRITE' }] };
  const schema = { type: 'string' };

  test('refuses rules nobody could follow, unless it is false', async () => {
    const answer = await register('s', schema, { ruleSet });
    expect(answer).toMatchObject({ status: 422, json: { error_code: 42210 } });
    const config = await ask('PUT', '/config/s', { defaultRuleSet: ruleSet });
    expect(config).toMatchObject({ status: 422, json: { error_code: 42210 } });
    await ask('PUT', '/config/s', { validateRules: false });
    expect((await register('s', schema, { ruleSet })).status).toBe(200);
    expect((await ask('PUT', '/config/s', { defaultRuleSet: ruleSet })).status).toBe(200);
    expect((await register('t', schema, { ruleSet })).status).toBe(422);
  });
});
