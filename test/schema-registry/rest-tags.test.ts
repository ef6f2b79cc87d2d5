import { describe, expect, test } from 'vitest';
import { body, openRest, R } from './rest-fixture.ts';

const { ask, refused, register, restart } = openRest();

const customer = {
  type: 'record',
  name: 'Customer',
  namespace: 'acme',
  fields: [
    { name: 'ssn', type: 'string', 'confluent:tags': ['PII'] },
    {
      name: 'home',
      type: ['null', { type: 'record', name: 'Address', fields: [{ name: 'street', type: 'string' }] }],
      default: null,
    },
  ],
};

const person = {
  type: 'object',
  properties: {
    ssn: { type: 'string', 'confluent:tags': ['PII'] },
    home: { type: 'object', properties: { street: { type: 'string' } } },
    pets: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } },
    id: { oneOf: [{ type: 'null' }, { type: 'object', properties: { code: { type: 'string' } } }] },
  },
};

const proto = `syntax = "proto3";
package acme;
import "confluent/meta.proto";
message Customer {
  string ssn = 1 [(confluent.field_meta).doc = "number", (confluent.field_meta).tags = "PII"];
  Address home = 2 [(confluent.field_meta) = {doc: "where"}];
  oneof contact { string mail = 3; string phone = 4; }
  message Address { string street = 1; }
}
`;

const tags = (entityPath: string, entityType: string, ...names: string[]) => ({
  schemaEntity: { entityPath, entityType },
  tags: names,
});

async function found(subject: string, wanted = '*', version: number | 'latest' = 'latest'): Promise<unknown> {
  const { json } = await ask('GET', `/subjects/${subject}/versions/${version}?findTags=${wanted}`);
  return (json as { schemaTags?: unknown }).schemaTags;
}

describe('tags of an Avro schema', () => {
  test('are added and removed where a registration says, nested records included', async () => {
    const change = {
      schemaTagsToAdd: [
        tags('acme.Customer', 'sr_record', 'GDPR'),
        tags('acme.Address.street', 'sr_field', 'PII', 'PRIVATE'),
      ],
      schemaTagsToRemove: [tags('acme.Customer.ssn', 'sr_field', 'PII')],
    };
    const { json } = await register('s', customer, change);
    const { schema } = json as { schema: string };
    expect(JSON.parse(schema)).toEqual({
      ...customer,
      'confluent:tags': ['GDPR'],
      fields: [
        { name: 'ssn', type: 'string' },
        {
          name: 'home',
          type: [
            'null',
            {
              type: 'record',
              name: 'Address',
              fields: [{ name: 'street', type: 'string', 'confluent:tags': ['PII', 'PRIVATE'] }],
            },
          ],
          default: null,
        },
      ],
    });
    expect(await found('s')).toEqual([
      tags('acme.Address.street', 'sr_field', 'PII', 'PRIVATE'),
      tags('acme.Customer', 'sr_record', 'GDPR'),
    ]);
  });

  test('are taken over from the latest version, onto what is still there', async () => {
    await register('s', customer);
    const next = {
      ...customer,
      fields: [
        { name: 'ssn', type: 'string' },
        { name: 'age', type: 'int', default: 0 },
      ],
    };
    await register('s', next, { propagateSchemaTags: true });
    expect(await found('s')).toEqual([tags('acme.Customer.ssn', 'sr_field', 'PII')]);
  });

  test('that name nothing in the schema are refused', async () => {
    const change = { schemaTagsToAdd: [tags('acme.Customer.nothing', 'sr_field', 'PII')] };
    const message = "No matching path 'acme.Customer.nothing' found in the schema";
    await refused('POST', '/subjects/s/versions', body(customer, change), 422, 42201, message);
    const asRecord = { schemaTagsToAdd: [tags('acme.Customer.ssn', 'sr_record', 'PII')] };
    const wrongType = "No matching path 'acme.Customer.ssn' found in the schema";
    await refused('POST', '/subjects/s/versions', body(customer, asRecord), 422, 42201, wrongType);
  });

  test('of another shape are refused before anything else', async () => {
    const message = 'schemaTagsToAdd needs tags and a schemaEntity with entityPath and entityType';
    const change = { schemaTagsToAdd: [tags('acme.Customer.ssn', 'field', 'PII')] };
    await refused('POST', '/subjects/s/versions', body(customer, change), 422, 422, message);
    const notList = { schemaTagsToAdd: {} };
    await refused(
      'POST',
      '/subjects/s/versions',
      body(customer, notList),
      400,
      400,
      'schemaTagsToAdd is not an array',
    );
  });
});

describe('tags of a JSON Schema', () => {
  test('have paths with the types on the way, and are found by the names alone too', async () => {
    const change = {
      schemaType: 'JSON',
      schemaTagsToAdd: [
        tags('object', 'sr_record', 'GDPR'),
        tags('object.home.object.street', 'sr_field', 'PII'),
        tags('pets.name', 'sr_field', 'FUN'),
        tags('object.id.oneof.1.object.code', 'sr_field', 'CODE'),
      ],
    };
    const { status } = await register('j', person, change);
    expect(status).toBe(200);
    expect(await found('j')).toEqual([
      tags('object.ssn', 'sr_field', 'PII'),
      tags('object.home.object.street', 'sr_field', 'PII'),
      tags('object.pets.array.object.name', 'sr_field', 'FUN'),
      tags('object.id.oneof.1.object.code', 'sr_field', 'CODE'),
      tags('object', 'sr_record', 'GDPR'),
    ]);
    const { schema } = (await ask('GET', '/subjects/j/versions/1')).json as { schema: string };
    expect(JSON.parse(schema)).toMatchObject({
      'confluent:tags': ['GDPR'],
      properties: { home: { properties: { street: { 'confluent:tags': ['PII'] } } } },
    });
  });
});

describe('tags of a Protobuf schema', () => {
  test('go into the options, in the form that is there, and import what they need', async () => {
    const change = {
      schemaType: 'PROTOBUF',
      schemaTagsToAdd: [
        tags('.acme.Customer.ssn', 'sr_field', 'PRIVATE'),
        tags('acme.Customer.home', 'sr_field', 'PII'),
        tags('acme.Customer.contact.mail', 'sr_field', 'PII'),
        tags('acme.Customer.Address', 'sr_record', 'GDPR'),
      ],
    };
    const { json } = await ask('POST', '/subjects/p/versions', { schema: proto, ...change });
    const { schema } = json as { schema: string };
    expect(schema).toContain('(confluent.field_meta).tags = "PII"');
    expect(schema).toContain('(confluent.field_meta).tags = "PRIVATE"');
    expect(schema).toContain('doc: "where",\n');
    expect(await found('p')).toEqual([
      tags('.acme.Customer.ssn', 'sr_field', 'PII', 'PRIVATE'),
      tags('.acme.Customer.home', 'sr_field', 'PII'),
      tags('.acme.Customer.mail', 'sr_field', 'PII'),
      tags('.acme.Customer.Address', 'sr_record', 'GDPR'),
    ]);
  });

  test('are taken out again, and the import of a schema without any is added with the first', async () => {
    const plain = 'syntax = "proto3"; message M { string a = 1; }';
    await ask('POST', '/subjects/p/versions', { schema: plain, schemaType: 'PROTOBUF' });
    const add = { tagsToAdd: [tags('M.a', 'sr_field', 'PII')] };
    const tagged = (await ask('POST', '/subjects/p/versions/1/tags', add)).json as { schema: string };
    expect(tagged.schema).toContain('import "confluent/meta.proto";');
    const remove = { tagsToRemove: [tags('.M.a', 'sr_field', 'PII')] };
    const bare = (await ask('POST', '/subjects/p/versions/2/tags', remove)).json as { schema: string };
    expect(bare.schema).not.toContain('PII');
    expect(await found('p')).toBeUndefined();
  });
});

describe('findTags', () => {
  test('shows the entities with one of the tags, by version and by id', async () => {
    const change = { schemaTagsToAdd: [tags('acme.Customer', 'sr_record', 'GDPR')] };
    await register('s', customer, change);
    expect(await found('s', 'GDPR')).toEqual([tags('acme.Customer', 'sr_record', 'GDPR')]);
    expect(await found('s', 'NONE')).toBeUndefined();
    const byId = await ask('GET', '/schemas/ids/1?findTags=PII&findTags=GDPR');
    expect((byId.json as { schemaTags: unknown }).schemaTags).toEqual([
      tags('acme.Customer.ssn', 'sr_field', 'PII'),
      tags('acme.Customer', 'sr_record', 'GDPR'),
    ]);
    expect((await ask('GET', '/schemas/ids/1')).text).not.toContain('schemaTags');
  });
});

describe('POST /subjects/{s}/versions/{v}/tags', () => {
  const rule = (name: string) => ({ name, kind: 'CONDITION', mode: 'WRITE', type: 'CEL', expr: 'true' });

  test('makes the next version with other tags, and keeps metadata and rules', async () => {
    const facts = { metadata: { properties: { owner: 'me' } }, ruleSet: { domainRules: [rule('one')] } };
    await register('s', customer, facts);
    const change = { newVersion: 2, tagsToAdd: [tags('acme.Customer.ssn', 'sr_field', 'PRIVATE')] };
    const answer = await ask('POST', '/subjects/s/versions/1/tags', change);
    expect(answer.json).toMatchObject({
      id: 2,
      version: 2,
      metadata: { properties: { 'confluent:version': '2', owner: 'me' } },
      ruleSet: { domainRules: [{ name: 'one' }] },
    });
    expect(await found('s')).toEqual([tags('acme.Customer.ssn', 'sr_field', 'PII', 'PRIVATE')]);
    expect(await found('s', '*', 1)).toEqual([tags('acme.Customer.ssn', 'sr_field', 'PII')]);
  });

  test('merges and removes rules, or replaces them, but not both', async () => {
    await register('s', customer, { ruleSet: { domainRules: [rule('one'), rule('two')] } });
    const merge = { rulesToMerge: { domainRules: [rule('three')] }, rulesToRemove: ['one'] };
    const merged = await ask('POST', '/subjects/s/versions/latest/tags', merge);
    expect(merged.json).toMatchObject({
      version: 2,
      ruleSet: { domainRules: [{ name: 'two' }, { name: 'three' }] },
    });
    const replaced = await ask('POST', '/subjects/s/versions/2/tags', {
      ruleSet: { domainRules: [rule('four')] },
      metadata: { properties: { owner: 'you' } },
    });
    expect(replaced.json).toMatchObject({
      metadata: { properties: { owner: 'you' } },
      ruleSet: { domainRules: [{ name: 'four' }] },
    });
    for (const more of [{ rulesToMerge: { domainRules: [] } }, { rulesToRemove: ['four'] }]) {
      const both = { ruleSet: { domainRules: [rule('five')] }, ...more };
      const message = 'ruleSet should be omitted if specifying rulesToMerge or rulesToRemove';
      await refused('POST', '/subjects/s/versions/3/tags', both, 422, 42210, message);
    }
  });

  test('wants a version that is there, and the next number', async () => {
    await refused('POST', '/subjects/s/versions/1/tags', {}, 404, 40401, "Subject 's' not found.");
    await register('s', R);
    await refused('POST', '/subjects/s/versions/7/tags', {}, 404, 40402, 'Version 7 not found.');
    const late = { newVersion: 9, tagsToAdd: [tags('R.a', 'sr_field', 'X')] };
    const message = 'Version is not one more than previous version';
    await refused('POST', '/subjects/s/versions/1/tags', late, 422, 42201, message);
  });

  test('answers old clients with the schema, because the registry changed it', async () => {
    await restart({ personality: 7 });
    const change = { schemaTagsToAdd: [tags('R.a', 'sr_field', 'X')] };
    const { json } = await register('s', R, change);
    expect(json).toEqual({ id: 1, version: 1, schema: expect.stringContaining('"confluent:tags":["X"]') });
    expect((await register('t', R)).json).toEqual({ id: 2 });
  });

  test('makes a new version also of what an earlier one was', async () => {
    await register('s', customer);
    const tag = tags('acme.Customer', 'sr_record', 'GDPR');
    await ask('POST', '/subjects/s/versions/1/tags', { tagsToAdd: [tag] });
    const back = await ask('POST', '/subjects/s/versions/2/tags', { tagsToRemove: [tag] });
    expect(back.json).toMatchObject({ id: 3, version: 3 });
    expect(await found('s')).toEqual([tags('acme.Customer.ssn', 'sr_field', 'PII')]);
  });
});
