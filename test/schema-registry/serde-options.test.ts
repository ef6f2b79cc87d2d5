import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '../../platform/logger.ts';
import { systemClock } from '../../platform/system-clock.ts';
import {
  AvroDeserializer,
  AvroSerializer,
  associatedNameStrategyOf,
  httpClient,
  inProcessClient,
  JsonSchemaDeserializer,
  JsonSchemaSerializer,
  MemorySchemaLog,
  ProtobufDeserializer,
  ProtobufSerializer,
  qualifiedReferenceSubjectNameStrategy,
  type RecordHeader,
  type RegistryClient,
  type Rule,
  type RunningRegistry,
  recordNameStrategy,
  type SchemaDefinition,
  startRegistry,
} from '../../schema-registry/index.ts';
import { avro, openStore, recordOf } from './fixture.ts';

const source = (schema: unknown) => ({ schema: JSON.stringify(schema) });
const plain = { normalize: false };

let registry: RunningRegistry;
let topics = 0;

beforeAll(async () => {
  const parts = { host: '127.0.0.1', port: 0, logger: silentLogger, clock: systemClock };
  registry = await startRegistry({ log: new MemorySchemaLog(), ...parts });
});

afterAll(() => registry.close());

const clients: [string, () => Promise<Required<RegistryClient>>][] = [
  ['in this process', async () => inProcessClient(await openStore())],
  [
    'over HTTP',
    async () => httpClient({ urls: [registry.url], clock: systemClock }) as Required<RegistryClient>,
  ],
];

describe.each(clients)('a serializer with a registry %s', (_name, connect) => {
  const topic = () => `options ${++topics}`;

  test('writes with the schema of a GUID, named in front or in a header', async () => {
    const [client, t] = [await connect(), topic()];
    const wide = recordOf('a', 'b?');
    const { id, guid = '' } = await client.register(`${t}-value`, avro(wide), plain);
    const options = { autoRegisterSchemas: false, useSchemaGuid: guid };
    const own = source(recordOf('a', 'b?', 'c?'));
    const front = await new AvroSerializer(client, options).serialize(t, { a: 1, b: 2 }, own);
    expect(front?.readInt32BE(1)).toBe(id);
    const headers: RecordHeader[] = [];
    const bare = new AvroSerializer(client, { ...options, schemaIdLocation: 'header' });
    const bytes = await bare.serialize(t, { a: 1, b: 2 }, own, headers);
    expect(Buffer.from(headers[0]?.value ?? []).toString('hex')).toBe(`01${guid.replaceAll('-', '')}`);
    for (const each of [front, bytes]) {
      const read = await new AvroDeserializer(client).deserialize(t, each, each === bytes ? headers : []);
      expect(read).toEqual({ a: 1, b: 2 });
    }
    const narrow = source({ type: 'record', name: 'R', fields: [{ name: 'a', type: 'string' }] });
    await expect(new AvroSerializer(client, options).serialize(t, { a: 'x' }, narrow)).rejects.toThrow(
      'cannot read what this one writes',
    );
    const loose = new AvroSerializer(client, { ...options, idCompatibilityStrict: false });
    expect(await loose.serialize(t, { a: 1, b: 2 }, narrow)).toEqual(front);
  });

  test('writes what the registry made of the schema', async () => {
    const [client, t] = [await connect(), topic()];
    const text = '{"type": "record", "name": "R", "fields": [{"name": "a", "type": {"type": "int"}}]}';
    const { definition } = await client.register(`${t}-value`, { ...avro(0), schema: text }, plain);
    expect(definition?.schema).toBe('{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}');
    const bytes = await new AvroSerializer(client).serialize(t, { a: 1 }, { schema: text });
    expect(await new AvroDeserializer(client).deserialize(t, bytes)).toEqual({ a: 1 });
  });

  test('normalizes what it registers and looks up', async () => {
    const [client, t] = [await connect(), topic()];
    const json = (...names: string[]) => ({
      schema: JSON.stringify({
        type: 'object',
        properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
      }),
    });
    const options = { normalizeSchemas: true };
    const first = await new JsonSchemaSerializer(client, options).serialize(t, {}, json('b', 'a'));
    const second = await new JsonSchemaSerializer(client, options).serialize(t, {}, json('a', 'b'));
    expect(second).toEqual(first);
    const looking = new JsonSchemaSerializer(client, { ...options, autoRegisterSchemas: false });
    expect(await looking.serialize(t, {}, json('b', 'a'))).toEqual(first);
    const exact = new JsonSchemaSerializer(client, { autoRegisterSchemas: false });
    await expect(exact.serialize(t, {}, json('b', 'a'))).rejects.toMatchObject({ errorCode: 40403 });
  });

  test('names a subject after the Protobuf message that is written', async () => {
    const [client, t] = [await connect(), topic()];
    const schema = `syntax = "proto3"; package p${topics}; message A { int32 a = 1; } message B { int32 b = 1; }`;
    const serializer = new ProtobufSerializer(client, { subjectNameStrategy: recordNameStrategy });
    await serializer.serialize(t, {}, { schema });
    await serializer.serialize(t, {}, { schema, message: `p${topics}.B` });
    expect((await client.latest(`p${topics}.A`)).version).toBe(1);
    expect((await client.latest(`p${topics}.B`)).version).toBe(1);
  });

  test('writes the first message of a schema that knows the application’s by another name', async () => {
    const [client, t] = [await connect(), topic()];
    const theirs = 'syntax = "proto3"; message Theirs { int32 a = 1; }';
    await client.register(`${t}-value`, { schemaType: 'PROTOBUF', schema: theirs, references: [] }, plain);
    const options = { autoRegisterSchemas: false, useLatestVersion: true };
    const own = { schema: 'syntax = "proto3"; message Mine { int32 a = 1; }', message: 'Mine' };
    await expect(new ProtobufSerializer(client, options).serialize(t, { a: 1 }, own)).rejects.toThrow(
      'MESSAGE_REMOVED',
    );
    const loose = new ProtobufSerializer(client, { ...options, latestCompatibilityStrict: false });
    const bytes = await loose.serialize(t, { a: 1 }, own);
    expect(bytes?.subarray(5).toString('hex')).toBe('000801');
    const wrong = new ProtobufSerializer(client).serialize(topic(), { a: 1 }, { ...own, message: 'Other' });
    await expect(wrong).rejects.toThrow('the schema has no message Other');
  });

  test('registers what a Protobuf schema imports, where the strategy says', async () => {
    const [client, t] = [await connect(), topic()];
    const dir = `d${topics}`;
    const imports = {
      [`${dir}/b.proto`]: `syntax = "proto3"; package ${dir}; import "${dir}/c.proto"; message B { C c = 1; }`,
      [`${dir}/c.proto`]: `syntax = "proto3"; package ${dir}; message C { int32 n = 1; }`,
    };
    const schema = `syntax = "proto3"; import "${dir}/b.proto"; import "google/protobuf/timestamp.proto"; message A { ${dir}.B b = 1; }`;
    const options = { referenceSubjectNameStrategy: qualifiedReferenceSubjectNameStrategy };
    const value = { b: { c: { n: 7 } } };
    const bytes = await new ProtobufSerializer(client, options).serialize(t, value, { schema, imports });
    expect((await client.latest(`${dir}.b`)).definition.references).toEqual([
      { name: `${dir}/c.proto`, subject: `${dir}.c`, version: 1 },
    ]);
    expect(await new ProtobufDeserializer(client).deserialize(t, bytes)).toEqual(value);
    const finding = new ProtobufSerializer(client, { ...options, autoRegisterSchemas: false });
    expect(await finding.serialize(t, value, { schema, imports })).toEqual(bytes);
  });
});

describe.each(clients)('a deserializer with a registry %s', (_name, connect) => {
  const topic = () => `reader ${++topics}`;

  test('reads values as the latest schema, or as the latest with some metadata', async () => {
    const [client, t] = [await connect(), topic()];
    const bytes = await new AvroSerializer(client).serialize(t, { a: 1 }, source(recordOf('a')));
    const metadata = { properties: { team: 'one' } };
    await client.register(`${t}-value`, avro(recordOf('a', 'b?'), { metadata }), plain);
    await client.register(
      `${t}-value`,
      avro(recordOf('a', 'b?', 'c?'), { metadata: { properties: {} } }),
      plain,
    );
    const latest = new AvroDeserializer(client, { useLatestVersion: true });
    expect(await latest.deserialize(t, bytes)).toEqual({ a: 1, b: 0, c: 0 });
    const ofTeam = new AvroDeserializer(client, { useLatestWithMetadata: { team: 'one' } });
    expect(await ofTeam.deserialize(t, bytes)).toEqual({ a: 1, b: 0 });
  });

  test('decodes Protobuf with the latest schema, and checks JSON against it', async () => {
    const [client, t] = [await connect(), topic()];
    const proto = (fields: string) => ({ schema: `syntax = "proto3"; message M { ${fields} }` });
    const bytes = await new ProtobufSerializer(client).serialize(t, { a: 1 }, proto('int32 a = 1;'));
    const next = proto('int32 renamed = 1; string b = 2;');
    await client.register(`${t}-value`, { schemaType: 'PROTOBUF', references: [], ...next }, plain);
    const latest = new ProtobufDeserializer(client, { useLatestVersion: true });
    expect(await latest.deserialize(t, bytes)).toEqual({ renamed: 1, b: '' });

    const j = topic();
    const text = await new JsonSchemaSerializer(client).serialize(j, { a: 1 }, source({ type: 'object' }));
    // No check of compatibility looks at the names of properties.
    const strict = JSON.stringify({ type: 'object', propertyNames: { maxLength: 0 } });
    await client.register(`${j}-value`, { schemaType: 'JSON', schema: strict, references: [] }, plain);
    const checked = new JsonSchemaDeserializer(client, { failInvalidSchema: true, useLatestVersion: true });
    await expect(checked.deserialize(j, text)).rejects.toThrow('does not fit its schema');
    const written = new JsonSchemaDeserializer(client, { failInvalidSchema: true });
    expect(await written.deserialize(j, text)).toEqual({ a: 1 });
  });
});

describe('subjects by association', () => {
  test('are asked for first: one counts, none means the topic, several are an error', async () => {
    const store = await openStore();
    const client = inProcessClient(store);
    const asked: unknown[] = [];
    const subjects: Record<string, string[]> = { one: ['orders-contract'], many: ['x', 'y'] };
    const associating: RegistryClient = {
      ...client,
      associatedSubjects: async (clusterId, topic, part) => {
        asked.push([clusterId, topic, part]);
        return subjects[topic] ?? [];
      },
    };
    const serializer = new AvroSerializer(associating);
    await serializer.serialize('one', { a: 1 }, source(recordOf('a')));
    await serializer.serialize('none', { a: 1 }, source(recordOf('a')));
    expect([...store.state.subjects.keys()]).toEqual(['orders-contract', 'none-value']);
    expect(asked).toEqual([
      ['-', 'one', 'value'],
      ['-', 'none', 'value'],
    ]);
    await expect(serializer.serialize('many', { a: 1 }, source(recordOf('a')))).rejects.toThrow('x, y');
    const options = {
      isKey: true,
      subjectNameStrategy: associatedNameStrategyOf({ kafkaClusterId: 'k', otherwise: recordNameStrategy }),
    };
    await new AvroSerializer(associating, options).serialize('none', { a: 1 }, source(recordOf('a')));
    expect(asked.at(-1)).toEqual(['k', 'none', 'key']);
    expect([...store.state.subjects.keys()].at(-1)).toBe('R');
  });

  test('come over HTTP, and a registry that knows none answers 404', async () => {
    const paths: string[] = [];
    const server = createServer((request, response) => {
      paths.push(request.url ?? '');
      const isKnown = request.url?.includes('/known?') === true;
      response.statusCode = isKnown ? 200 : 404;
      response.end(
        isKnown ? '[{"subject":"s"},{"no":1}]' : '{"error_code":404,"message":"HTTP 404 Not Found"}',
      );
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const client = httpClient({ urls: [url], clock: systemClock });
    expect(await client.associatedSubjects?.('-', 'known', 'value')).toEqual(['s']);
    expect(await client.associatedSubjects?.('-', 'other topic', 'key')).toEqual([]);
    expect(paths).toEqual([
      '/associations/resources/-/known?resourceType=topic&associationType=value&offset=0&limit=-1',
      '/associations/resources/-/other%20topic?resourceType=topic&associationType=key&offset=0&limit=-1',
    ]);
    server.close();
  });
});

describe('rules', () => {
  const rule = (more: Partial<Rule>): Rule => ({ name: 'r', type: 'SCRIPT', ...more });
  const executors = {
    SCRIPT: (value: unknown, { expr }: Rule) => ({ ...(value as object), [expr ?? '']: true }),
    CHECK: (value: unknown) => (value as { a: number }).a > 0,
    FLIP: (value: unknown) => Buffer.from(value as Uint8Array).map((byte) => byte ^ 0xff),
  };
  const json = (more: Partial<SchemaDefinition> = {}): SchemaDefinition => ({
    schemaType: 'JSON',
    schema: '{"type":"object"}',
    references: [],
    ...more,
  });
  const latestOnly = { autoRegisterSchemas: false, useLatestVersion: true };
  const own = { schema: '{"type":"object"}' };

  test('that nobody can run are an error with name and type, unless they may fail', async () => {
    const client = inProcessClient(await openStore());
    const domainRules = [rule({ name: 'mask', type: 'CEL_FIELD', mode: 'WRITE' })];
    await client.register('t-value', json({ ruleSet: { domainRules } }), plain);
    await expect(new JsonSchemaSerializer(client, latestOnly).serialize('t', {}, own)).rejects.toThrow(
      "the schema's rule mask of type CEL_FIELD cannot be run",
    );
    for (const more of [{ onFailure: 'NONE' }, { disabled: true }, { mode: 'READ' as const }]) {
      const rules = [{ ...rule({ name: 'mask', type: 'CEL_FIELD', mode: 'WRITE' }), ...more }];
      await client.register('t-value', json({ ruleSet: { domainRules: rules } }), plain);
      const bytes = await new JsonSchemaSerializer(client, latestOnly).serialize('t', {}, own);
      expect(bytes?.subarray(5).toString()).toBe('{}');
    }
    const last = await new JsonSchemaSerializer(client, latestOnly).serialize('t', {}, own);
    await expect(new JsonSchemaDeserializer(client).deserialize('t', last)).rejects.toThrow('type CEL_FIELD');
  });

  test('are run in order on writing, backwards on reading, bytes last and first', async () => {
    const client = inProcessClient(await openStore());
    const ruleSet = {
      domainRules: [
        rule({ name: 'one', expr: 'x', mode: 'WRITE' }),
        rule({ name: 'two', expr: 'y', mode: 'WRITE' }),
        rule({ name: 'check', type: 'CHECK', kind: 'CONDITION', mode: 'READ' }),
      ],
      encodingRules: [rule({ name: 'flip', type: 'FLIP' })],
    };
    await client.register('t-value', json({ ruleSet }), plain);
    const options = { ...latestOnly, ruleExecutors: executors };
    const bytes = await new JsonSchemaSerializer(client, options).serialize('t', { a: 1 }, own);
    expect(bytes?.subarray(0, 5).toString('hex')).toBe('0000000001');
    const payload = Buffer.from((bytes ?? Buffer.alloc(0)).subarray(5).map((byte) => byte ^ 0xff));
    expect(payload.toString()).toBe('{"a":1,"x":true,"y":true}');
    const reading = new JsonSchemaDeserializer(client, { ruleExecutors: executors });
    expect(await reading.deserialize('t', bytes)).toEqual({ a: 1, x: true, y: true });
    const negative = await new JsonSchemaSerializer(client, options).serialize('t', { a: -1 }, own);
    await expect(reading.deserialize('t', negative)).rejects.toThrow('the rule check of type CHECK failed');
  });

  test('of migrations run from the writer’s version to the reader’s, up and down', async () => {
    const client = inProcessClient(await openStore());
    const step = (name: string): Rule[] => [
      rule({ name: `up-${name}`, expr: `up ${name}`, mode: 'UPGRADE' }),
      rule({ name: `down-${name}`, expr: `down ${name}`, mode: 'DOWNGRADE' }),
    ];
    const version = (number: number, migrationRules?: Rule[]): SchemaDefinition =>
      json({
        metadata: { properties: { major: String(number) } },
        ...(migrationRules && { ruleSet: { migrationRules } }),
      });
    await client.register('t-value', version(1), plain);
    const writer = { autoRegisterSchemas: false, useLatestVersion: true };
    const old = await new JsonSchemaSerializer(client, writer).serialize('t', {}, own);
    await client.register('t-value', version(2, step('2')), plain);
    await client.register('t-value', version(3, step('3')), plain);
    const young = await new JsonSchemaSerializer(client, writer).serialize('t', {}, own);

    const up = { useLatestVersion: true, ruleExecutors: executors };
    expect(await new JsonSchemaDeserializer(client, up).deserialize('t', old)).toEqual({
      'up 2': true,
      'up 3': true,
    });
    const down = { useLatestWithMetadata: { major: '1' }, ruleExecutors: executors };
    const lowered = await new JsonSchemaDeserializer(client, down).deserialize('t', young);
    expect(Object.keys(lowered as object)).toEqual(['down 3', 'down 2']);
    await expect(
      new JsonSchemaDeserializer(client, { useLatestVersion: true }).deserialize('t', old),
    ).rejects.toThrow("the schema's rule up-2 of type SCRIPT cannot be run");
    expect(
      await new JsonSchemaDeserializer(client, { useLatestVersion: true }).deserialize('t', young),
    ).toEqual({});
  });

  test('let Avro values change their form in ways that schemas alone could not', async () => {
    const client = inProcessClient(await openStore());
    const text = (field: object) => JSON.stringify({ type: 'record', name: 'R', fields: [field] });
    const first = avro(0, { schema: text({ name: 'cents', type: 'int' }) });
    const bytes = await new AvroSerializer(client).serialize('t', { cents: 250 }, first);
    const migrationRules = [rule({ name: 'euro', type: 'EURO', mode: 'UPGRADE' })];
    const second = text({ name: 'euros', type: 'double', default: 0 });
    await client.register('t-value', avro(0, { schema: second, ruleSet: { migrationRules } }), plain);
    const ruleExecutors = { EURO: (value: unknown) => ({ euros: (value as { cents: number }).cents / 100 }) };
    const reading = new AvroDeserializer(client, { useLatestVersion: true, ruleExecutors });
    expect(await reading.deserialize('t', bytes)).toEqual({ euros: 2.5 });
  });
});
