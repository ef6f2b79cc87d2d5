import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { silentLogger } from '../../platform/logger.ts';
import { systemClock } from '../../platform/system-clock.ts';
import {
  AvroDeserializer,
  AvroSerializer,
  compileValidator,
  frameId,
  httpClient,
  inProcessClient,
  JsonSchemaDeserializer,
  JsonSchemaSerializer,
  MemorySchemaLog,
  type RecordHeader,
  type RegistryClient,
  RegistryError,
  type RunningRegistry,
  recordNameStrategy,
  SerializationError,
  startRegistry,
  topicRecordNameStrategy,
} from '../../schema-registry/index.ts';
import { avro, openStore, recordOf } from './fixture.ts';

const source = (schema: unknown) => ({ schema: JSON.stringify(schema) });

let registry: RunningRegistry;

beforeAll(async () => {
  registry = await startRegistry({
    log: new MemorySchemaLog(),
    host: '127.0.0.1',
    port: 0,
    logger: silentLogger,
    clock: systemClock,
  });
});

afterAll(() => registry.close());

describe.each([
  ['in this process', async (): Promise<RegistryClient> => inProcessClient(await openStore())],
  [
    'over HTTP',
    async (): Promise<RegistryClient> => httpClient({ urls: [`${registry.url}/`], clock: systemClock }),
  ],
])('a registry %s', (_name, connect) => {
  let client: RegistryClient;
  let topic = '';
  let topics = 0;

  beforeEach(async () => {
    client = await connect();
    topics += 1;
    topic = `topic ${topics}`;
  });

  test('gives ids, finds them again and tells what is missing', async () => {
    const definition = avro(recordOf('a'));
    const { id } = await client.register(topic, definition, { normalize: false });
    expect(await client.lookUp(topic, definition, { normalize: false })).toMatchObject({ id });
    expect(await client.latest(topic)).toMatchObject({
      id,
      version: 1,
      definition: { schema: definition.schema, schemaType: 'AVRO' },
    });
    expect(await client.version(topic, 1)).toMatchObject({ id, version: 1 });
    expect(await client.byId(id, topic)).toMatchObject({ schema: definition.schema, references: [] });
    await expect(client.byId(999_999)).rejects.toMatchObject({ status: 404, errorCode: 40403 });
    await expect(client.lookUp(topic, avro('int'), { normalize: false })).rejects.toMatchObject({
      errorCode: 40403,
    });
    await expect(client.lookUp('none', avro('int'), { normalize: false })).rejects.toMatchObject({
      errorCode: 40401,
    });
    await expect(client.latest('none')).rejects.toBeInstanceOf(RegistryError);
    await expect(client.register(topic, avro('nope'), { normalize: false })).rejects.toMatchObject({
      errorCode: 42201,
    });
  });

  test("carries Avro values in Confluent's format", async () => {
    const serializer = new AvroSerializer(client);
    const bytes = await serializer.serialize(topic, { a: 1 }, source(recordOf('a')));
    const { id } = await client.latest(`${topic}-value`);
    expect(bytes).toEqual(Buffer.of(0, 0, 0, 0, id, 2));
    const deserializer = new AvroDeserializer(client);
    expect(await deserializer.deserialize(topic, bytes)).toEqual({ a: 1 });
    expect(() => deserializer.decode(topic, Buffer.of(0, 0, 0, 1, 1, 0))).toThrow('call prepare first');
    await deserializer.prepare(topic, [bytes, null]);
    expect(deserializer.decode(topic, bytes)).toEqual({ a: 1 });
  });

  test('null is null both ways', async () => {
    expect(await new AvroSerializer(client).serialize(topic, null, source('int'))).toBeNull();
    expect(await new AvroDeserializer(client).deserialize(topic, null)).toBeNull();
    expect(await new JsonSchemaSerializer(client).serialize(topic, null, source({}))).toBeNull();
    expect(await new JsonSchemaDeserializer(client).deserialize('t', null)).toBeNull();
  });

  test('bytes and nothing else go without a length', async () => {
    const bytes = await new AvroSerializer(client).serialize(topic, Buffer.of(7, 8), source('bytes'));
    expect(bytes?.subarray(5)).toEqual(Buffer.of(7, 8));
    expect(await new AvroDeserializer(client).deserialize(topic, bytes)).toEqual(Buffer.of(7, 8));
  });

  test('old data is read with a new schema', async () => {
    const bytes = await new AvroSerializer(client).serialize(topic, { a: 1 }, source(recordOf('a')));
    await client.register(`${topic}-value`, avro(recordOf('a', 'b?')), { normalize: false });
    const own = new AvroDeserializer(client, { reader: source(recordOf('b?', 'a')) });
    expect(await own.deserialize(topic, bytes)).toEqual({ b: 0, a: 1 });
    const latest = new AvroDeserializer(client, { useLatestVersion: true });
    expect(await latest.deserialize(topic, bytes)).toEqual({ a: 1, b: 0 });
  });

  test('types in references are found', async () => {
    const subject = `${topic}-point`;
    await client.register(
      subject,
      avro({ type: 'record', name: 'Point', fields: [{ name: 'x', type: 'int' }] }),
      { normalize: false },
    );
    const line = {
      ...source({ type: 'array', items: 'Point' }),
      references: [{ name: 'Point', subject, version: 1 }],
    };
    const bytes = await new AvroSerializer(client).serialize(topic, [{ x: 1 }], line);
    expect(await new AvroDeserializer(client).deserialize(topic, bytes)).toEqual([{ x: 1 }]);
  });

  test('the subject follows the strategy', async () => {
    const order = { type: 'record', name: `shop.Order${topics}`, fields: [] };
    const key = new AvroSerializer(client, { isKey: true });
    await key.serialize(topic, {}, source(order));
    expect(await client.latest(`${topic}-key`)).toMatchObject({ version: 1 });
    await new AvroSerializer(client, { subjectNameStrategy: recordNameStrategy }).serialize(
      topic,
      {},
      source(order),
    );
    expect(await client.latest(order.name)).toMatchObject({ version: 1 });
    await new AvroSerializer(client, { subjectNameStrategy: topicRecordNameStrategy }).serialize(
      topic,
      {},
      source(order),
    );
    expect(await client.latest(`${topic}-${order.name}`)).toMatchObject({ version: 1 });
    const nameless = new AvroSerializer(client, { subjectNameStrategy: recordNameStrategy });
    await expect(nameless.serialize(topic, 1, source('int'))).rejects.toThrow('has no name');
  });

  test('without auto-registration a schema must be there', async () => {
    const serializer = new AvroSerializer(client, { autoRegisterSchemas: false });
    await expect(serializer.encoder(topic, source('int'))).rejects.toMatchObject({ errorCode: 40401 });
    const { id } = await client.register(`${topic}-value`, avro('int'), { normalize: false });
    // What failed is not remembered.
    const encode = await serializer.encoder(topic, source('int'));
    expect(frameId(encode(1) as Buffer)).toBe(id);
  });

  test('the latest version can be written, when it can read what the application means', async () => {
    await client.register(`${topic}-value`, avro(recordOf('a', 'b?')), { normalize: false });
    const latest = new AvroSerializer(client, { autoRegisterSchemas: false, useLatestVersion: true });
    const bytes = await latest.serialize(topic, { a: 1 }, source(recordOf('a')));
    expect(bytes?.subarray(5)).toEqual(Buffer.of(2, 0));
    await expect(latest.serialize(topic, { c: 1 }, source(recordOf('c')))).rejects.toThrow(
      'cannot read what this one writes',
    );
    const trusting = new AvroSerializer(client, {
      autoRegisterSchemas: false,
      useLatestVersion: true,
      latestCompatibilityStrict: false,
    });
    expect(await trusting.serialize(topic, { a: 1 }, source(recordOf('c')))).toEqual(bytes);
  });

  test('a schema that the registry has can be written, named by id or by its metadata', async () => {
    const subject = `${topic}-value`;
    const options = { normalize: false };
    const metadata = { properties: { 'application.version': topic } };
    await client.register(subject, avro(recordOf('a')), options);
    const second = await client.register(subject, avro(recordOf('a', 'b?'), { metadata }), options);
    await client.register(subject, avro(recordOf('a', 'b?', 'c?'), { metadata: {} }), options);
    for (const choice of [
      { useSchemaId: second.id },
      { useLatestWithMetadata: metadata.properties },
      { useSchemaId: second.id, useLatestWithMetadata: { no: 'such' }, useLatestVersion: true },
    ]) {
      const serializer = new AvroSerializer(client, { ...choice, autoRegisterSchemas: false });
      const bytes = await serializer.serialize(topic, { a: 1 }, source(recordOf('a')));
      expect(bytes).toEqual(Buffer.of(0, 0, 0, 0, second.id, 2, 0));
      await expect(serializer.serialize(topic, { z: 1 }, source(recordOf('z')))).rejects.toThrow(
        'cannot read what this one writes',
      );
    }
    const byId = { useSchemaId: second.id, autoRegisterSchemas: false } as const;
    const trusting = new AvroSerializer(client, { ...byId, idCompatibilityStrict: false });
    expect(await trusting.serialize(topic, { a: 1 }, source(recordOf('z')))).toHaveLength(7);
    const headers: RecordHeader[] = [];
    const inHeader = new AvroSerializer(client, { ...byId, schemaIdLocation: 'header' });
    await inHeader.serialize(topic, { a: 1 }, source(recordOf('a')), headers);
    expect(headers).toMatchObject([{ key: '__value_schema_id' }]);
    const unknown = new AvroSerializer(client, {
      autoRegisterSchemas: false,
      useLatestWithMetadata: { no: 'such' },
    });
    await expect(unknown.serialize(topic, { a: 1 }, source(recordOf('a')))).rejects.toMatchObject({
      errorCode: 40403,
    });
  });

  test('JSON values are written as text and checked when asked', async () => {
    const schema = source({
      type: 'object',
      properties: { a: { type: 'string', pattern: '^x+$' } },
      required: ['a'],
    });
    const lax = new JsonSchemaSerializer(client);
    const bytes = await lax.serialize(topic, { a: 5 }, schema);
    expect(bytes?.subarray(5).toString()).toBe('{"a":5}');
    const { id } = await client.latest(`${topic}-value`);
    expect(frameId(bytes as Buffer)).toBe(id);
    const strict = new JsonSchemaSerializer(client, { failInvalidSchema: true });
    await expect(strict.serialize(topic, { a: 'y' }, schema)).rejects.toThrow('/a must match pattern');
    expect(await new JsonSchemaDeserializer(client).deserialize('t', bytes)).toEqual({ a: 5 });
    const checking = new JsonSchemaDeserializer(client, { failInvalidSchema: true });
    await expect(checking.deserialize('t', bytes)).rejects.toThrow(
      'the value does not fit its schema: /a must be string',
    );
    const good = await strict.serialize(topic, { a: 'xx' }, schema);
    expect(await checking.deserialize('t', good)).toEqual({ a: 'xx' });
  });

  test('documents in references are found', async () => {
    const subject = `${topic}-name`;
    await client.register(
      subject,
      { schemaType: 'JSON', schema: '{"type":"string"}', references: [] },
      { normalize: false },
    );
    const schema = {
      ...source({ properties: { n: { $ref: 'name.json' } } }),
      references: [{ name: 'name.json', subject, version: 1 }],
    };
    const strict = new JsonSchemaSerializer(client, { failInvalidSchema: true });
    const bytes = await strict.serialize(topic, { n: 'x' }, schema);
    expect(
      await new JsonSchemaDeserializer(client, { failInvalidSchema: true }).deserialize('t', bytes),
    ).toEqual({
      n: 'x',
    });
    await expect(strict.serialize(topic, { n: 1 }, schema)).rejects.toThrow('/n must be string');
  });

  test('a schema is asked for once, however many values come at a time', async () => {
    let asked = 0;
    const counting: RegistryClient = {
      ...client,
      register: (...call) => {
        asked += 1;
        return client.register(...call);
      },
    };
    const serializer = new AvroSerializer(counting);
    await Promise.all(
      Array.from({ length: 10 }, (_, value) => serializer.serialize(topic, value, source('int'))),
    );
    await serializer.serialize(topic, 5, source('int'));
    expect(asked).toBe(1);
  });
});

describe('frames', () => {
  const client = async () => inProcessClient(await openStore());

  test("that are not Confluent's are refused", async () => {
    const deserializer = new AvroDeserializer(await client());
    for (const [bytes, message] of [
      [Buffer.alloc(0), 'too few'],
      [Buffer.of(0, 0, 0, 0), 'too few'],
      [Buffer.from('{"a":1}'), 'Unknown magic byte!'],
    ] as const) {
      await expect(deserializer.deserialize('t', bytes)).rejects.toThrow(message);
    }
    await expect(deserializer.deserialize('t', Buffer.of(0, 0, 0, 0, 9, 1))).rejects.toMatchObject({
      errorCode: 40403,
    });
  });

  test('of another language, or with a broken payload, are refused', async () => {
    const registered = await client();
    const json = await new JsonSchemaSerializer(registered).serialize('t', 1, source({}));
    await expect(new AvroDeserializer(registered).deserialize('t', json)).rejects.toThrow(
      'is JSON, not AVRO',
    );
    const avroBytes = await new AvroSerializer(registered).serialize('u', 'x', source('string'));
    await expect(
      new JsonSchemaDeserializer(registered, { failInvalidSchema: true }).deserialize('t', avroBytes),
    ).rejects.toThrow('is AVRO, not JSON');
    await expect(new JsonSchemaDeserializer(registered).deserialize('t', avroBytes)).rejects.toThrow(
      'not JSON',
    );
    await expect(
      new AvroDeserializer(registered).deserialize('u', avroBytes?.subarray(0, 5) ?? null),
    ).rejects.toThrow(SerializationError);
  });

  test('values without a JSON form are refused', async () => {
    const encode = await new JsonSchemaSerializer(await client()).encoder('t', source({}));
    const circle: { self?: unknown } = {};
    circle.self = circle;
    for (const value of [1n, circle, undefined, () => 1])
      expect(() => encode(value)).toThrow(SerializationError);
  });
});

describe('validation', () => {
  const check = async (schema: object, value: unknown) =>
    (await compileValidator(JSON.stringify(schema), []))(value);

  test('every draft has its own rules', async () => {
    const draft4 = {
      $schema: 'http://json-schema.org/draft-04/schema#',
      type: 'number',
      maximum: 5,
      exclusiveMaximum: true,
    };
    expect(await check(draft4, 5)).toContain('must be < 5');
    expect(await check(draft4, 4)).toBeUndefined();
    expect(await check({ ...draft4, exclusiveMaximum: false }, 5)).toBeUndefined();
    const modern = {
      $schema: 'https://json-schema.org/draft/2019-09/schema',
      properties: { a: true },
      unevaluatedProperties: false,
    };
    expect(await check(modern, { b: 1 })).toContain('unevaluated');
    const newest = {
      $schema: 'http://json-schema.org/draft/2020-12/schema',
      prefixItems: [{ type: 'string' }],
      items: false,
    };
    expect(await check(newest, ['a', 1])).toContain('must NOT have more than 1 items');
    expect(await check({ $schema: 'http://example.com/own', const: 1 }, 2)).toContain('constant');
  });

  test('unknown keywords and formats do not matter, known formats do', async () => {
    expect(await check({ 'connect.type': 'bytes', format: 'strange', type: 'string' }, 'x')).toBeUndefined();
    expect(await check({ format: 'date' }, 'x')).toContain('format');
  });

  test('what objects inherit is not there', async () => {
    expect(await check({ required: ['constructor'] }, {})).toContain('required');
  });

  test('patterns take linear time, and those that cannot are refused', async () => {
    expect(await check({ pattern: '^(a+)+$' }, `${'a'.repeat(50)}!`)).toContain('pattern');
    expect(await check({ pattern: '(?i)^ABC$' }, 'abc')).toBeUndefined();
    await expect(check({ pattern: '(?=a)b' }, 'x')).rejects.toThrow('cannot validate');
  });

  test('a reference to nowhere is refused and not fetched', async () => {
    await expect(check({ $ref: 'http://127.0.0.1:9/x' }, 1)).rejects.toThrow('cannot validate');
  });
});
