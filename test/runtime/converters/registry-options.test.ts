import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../platform/system-clock.ts';
import type { RegistryAddress } from '../../../runtime/converters/index.ts';
import { openConverter, registryConverters } from '../../../runtime/converters/index.ts';
import { type Schema, schemas, type Value } from '../../../runtime/data/index.ts';
import { httpClient, type RegistryClient, type SchemaType } from '../../../schema-registry/index.ts';
import { countingRegistry, openWith } from './registry-fixture.ts';

const schema = schemas.struct({ a: schemas.int32() }, { name: 'x.Order' });
const subject = { topic: 'orders', headers: [] };

/** What each converter would register for a struct with one more, optional field, and the subject's name by record. */
const wider: Record<string, { type: SchemaType; text: string }> = {
  avro: {
    type: 'AVRO',
    text: '{"type":"record","name":"Order","namespace":"x","fields":[{"name":"a","type":"int"},{"name":"b","type":["null","int"],"default":null}],"connect.name":"x.Order"}',
  },
  'json-schema': {
    type: 'JSON',
    text: '{"type":"object","title":"x.Order","properties":{"a":{"type":"integer","connect.type":"int32","connect.index":0}}}',
  },
  protobuf: {
    type: 'PROTOBUF',
    text: 'syntax = "proto3"; package x; message Order { int32 a = 1; int32 b = 2; }',
  },
};

async function write(client: RegistryClient, name: string, raw: Record<string, unknown>, isKey = false) {
  const converter = await openWith(client, name, raw, isKey);
  const added: { key: string; value: Uint8Array | null }[] = [];
  const addHeader = (key: string, value: Uint8Array | null) => added.push({ key, value });
  const bytes = await converter.fromConnectData({ ...subject, addHeader }, schema, { a: 1 });
  return { bytes: Buffer.from(bytes ?? []), added, converter };
}

describe.each(Object.keys(wider))('the %s converter', (name) => {
  const { type: schemaType, text } = wider[name] ?? { type: 'AVRO', text: '' };
  const register = (client: RegistryClient, properties?: Record<string, string>) =>
    client.register(
      'orders-value',
      { schemaType, schema: text, references: [], ...(properties && { metadata: { properties } }) },
      { normalize: false },
    );
  const plainValue = (value: Value) => (value as { a: number }).a;

  test.each([false, true])('names its schema in a header when that is wanted, key %s', async (isKey) => {
    const client = await countingRegistry();
    const part = isKey ? 'key' : 'value';
    const id = 'io.confluent.kafka.serializers.schema.id.HeaderSchemaIdSerializer';
    const raw = { [`${part}.schema.id.serializer`]: id };
    const { bytes, added, converter } = await write(client, name, raw, isKey);
    expect(converter.addsHeaders).toBe(true);
    expect(added.map(({ key }) => key)).toEqual([`__${part}_schema_id`]);
    const { guid = '' } = await client.latest(`orders-${part}`);
    const indexes = name === 'protobuf' ? '00' : '';
    expect(Buffer.from(added[0]?.value ?? []).toString('hex')).toBe(
      `01${guid.replaceAll('-', '')}${indexes}`,
    );
    const read = await converter.toConnectData({ ...subject, recordHeaders: added }, bytes);
    expect(plainValue(read.value)).toBe(1);
    // A converter that puts the id in front reads both.
    const usual = await openWith(client, name, {}, isKey);
    expect(usual.addsHeaders).toBe(false);
    expect(plainValue((await usual.toConnectData({ ...subject, recordHeaders: added }, bytes)).value)).toBe(
      1,
    );
    const front = Buffer.from((await usual.fromConnectData(subject, schema, { a: 2 })) ?? []);
    expect(plainValue((await converter.toConnectData(subject, front)).value)).toBe(2);
  });

  test('writes with the schema that the settings name, and not without', async () => {
    const client = await countingRegistry();
    const first = await register(client, { team: 'one' });
    const raw = { 'auto.register.schemas': 'false' };
    const options = [
      { 'use.schema.id': String(first.id) },
      { 'use.schema.guid': first.guid ?? '' },
      { 'use.latest.version': 'true' },
      { 'use.latest.with.metadata': 'team=one' },
    ];
    for (const option of options) {
      const { bytes } = await write(client, name, {
        ...raw,
        ...option,
        'latest.compatibility.strict': 'false',
        'id.compatibility.strict': 'false',
      });
      expect(bytes.readInt32BE(1), JSON.stringify(option)).toBe(first.id);
      await expect(openWith(client, name, option)).rejects.toThrow('needs auto.register.schemas=false');
    }
    await expect(write(client, name, raw)).rejects.toMatchObject({ errorCode: 40403 });
    await expect(openWith(client, name, { ...raw, 'use.latest.with.metadata': 'team' })).rejects.toThrow(
      'not key=value',
    );
  });

  test('names subjects by the strategy', async () => {
    const client = await countingRegistry();
    const strategies = { Topic: 'orders-value', Record: 'x.Order', TopicRecord: 'orders-x.Order' };
    for (const [strategy, expected] of Object.entries(strategies)) {
      const className = `io.confluent.kafka.serializers.subject.${strategy}NameStrategy`;
      await write(client, name, { 'value.subject.name.strategy': className });
      expect((await client.latest(expected)).version).toBe(1);
    }
    const associating = { ...client, associatedSubjects: async () => ['contract'] };
    await write(associating, name, {});
    expect((await client.latest('contract')).version).toBe(1);
    await expect(openWith(client, name, { 'value.subject.name.strategy': 'Other' })).rejects.toThrow(
      'Class Other could not be found',
    );
  });

  test('does not read or write around rules that nobody runs', async () => {
    const client = await countingRegistry();
    const { bytes } = await write(client, name, {});
    const ruleSet = { domainRules: [{ name: 'mask', type: 'ENCRYPT' }] };
    const ruled: RegistryClient = {
      ...client,
      byId: async (id, of) => ({ ...(await client.byId(id, of)), ruleSet }),
      register: async (...args) => {
        const answer = await client.register(...args);
        const { definition = { schemaType, schema: '', references: [] } } = answer;
        return { ...answer, definition: { ...definition, ruleSet } };
      },
    };
    const message = 'rule mask of type ENCRYPT cannot be run';
    await expect(write(ruled, name, {})).rejects.toThrow(message);
    const converter = await openWith(ruled, name);
    await expect(converter.toConnectData(subject, bytes)).rejects.toThrow(message);
  });
});

describe('the registry of a converter', () => {
  async function open(raw: Record<string, unknown>): Promise<RegistryAddress> {
    let address: RegistryAddress | undefined;
    const client = await countingRegistry();
    const [plugin] = registryConverters((asked) => {
      address = asked;
      return client;
    });
    if (plugin?.kind !== 'converter') throw new Error('no converter');
    await openConverter(plugin, raw, { isKey: false, signal: new AbortController().signal });
    if (address === undefined) throw new Error('not asked');
    return address;
  }

  test('is asked with user and password, from the settings or the address, or with a token', async () => {
    const basic = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
    expect(
      await open({
        'schema.registry.url': 'http://one:1,http://two:2/path',
        'basic.auth.user.info': 'me:p@ss',
      }),
    ).toEqual({ urls: ['http://one:1', 'http://two:2/path'], headers: { authorization: basic } });
    expect(await open({ 'schema.registry.url': 'http://me:p%40ss@one:1' })).toEqual({
      urls: ['http://one:1'],
      headers: { authorization: basic },
    });
    expect(await open({ 'schema.registry.url': 'http://one:1', 'bearer.auth.token': 'abc' })).toEqual({
      urls: ['http://one:1'],
      headers: { authorization: 'Bearer abc' },
    });
  });

  test('may be any that answers over HTTP, also one that knows no associations', async () => {
    const asked: [string | undefined, string | undefined, IncomingHttpHeaders['authorization']][] = [];
    const server = createServer((request, response) => {
      asked.push([request.method, request.url, request.headers.authorization]);
      response.statusCode = request.method === 'POST' ? 200 : 404;
      response.end(
        request.method === 'POST' ? '{"id":7}' : '{"error_code":404,"message":"HTTP 404 Not Found"}',
      );
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const [plugin] = registryConverters(({ urls, headers }) =>
      httpClient({ urls, headers, clock: systemClock }),
    );
    if (plugin?.kind !== 'converter') throw new Error('no converter');
    const raw = { 'schema.registry.url': `http://u:p@127.0.0.1:${port}` };
    const converter = await openConverter(plugin, raw, {
      isKey: false,
      signal: new AbortController().signal,
    });
    const string: Schema = schemas.string();
    const bytes = Buffer.from((await converter.fromConnectData(subject, string, 'x')) ?? []);
    expect(bytes.toString('hex')).toBe('00000000070278');
    const authorization = `Basic ${Buffer.from('u:p').toString('base64')}`;
    expect(asked).toEqual([
      ['GET', expect.stringContaining('/associations/resources/-/orders'), authorization],
      ['POST', '/subjects/orders-value/versions?normalize=false', authorization],
    ]);
    server.close();
  });
});

async function latestText(client: RegistryClient): Promise<string> {
  return (await client.byId((await client.latest('orders-value')).id)).schema;
}

describe('settings that change what is written', () => {
  const odd = schemas.struct(
    { 'a-b': schemas.int32(), '1 c': schemas.optional(schemas.string()) },
    { name: 'x-y.Order Line' },
  );

  test.each(['avro', 'protobuf'])('%s: scrub.invalid.names changes names that cannot be', async (name) => {
    const client = await countingRegistry();
    const converter = await openWith(client, name, { 'scrub.invalid.names': 'true' });
    const bytes = Buffer.from(
      (await converter.fromConnectData(subject, odd, { 'a-b': 1, '1 c': 'v' })) ?? [],
    );
    const text = await latestText(client);
    for (const expected of ['x_y', 'Order_Line', 'a_b', 'x1_c']) expect(text).toContain(expected);
    const read = await converter.toConnectData(subject, bytes);
    expect(read.value).toEqual({ a_b: 1, x1_c: 'v' });
    const strict = await openWith(client, name);
    await expect((async () => strict.fromConnectData(subject, odd, { 'a-b': 1 }))()).rejects.toThrow();
  });

  test('avro: scrub.invalid.names reaches into defaults', async () => {
    const inner = schemas.struct({ 'a-b': schemas.int32() }, { name: 'I', default: { 'a-b': 7 } });
    const client = await countingRegistry();
    const converter = await openWith(client, 'avro', { 'scrub.invalid.names': 'true' });
    await converter.fromConnectData(subject, schemas.struct({ i: inner }, { name: 'R' }), {});
    const text = await latestText(client);
    expect(text).toContain('"default":{"a_b":7}');
  });

  test('avro: allow.optional.map.keys keeps maps by optional strings maps', async () => {
    const map = schemas.map(schemas.optional(schemas.string()), schemas.int32());
    const written = async (raw: Record<string, string>) => {
      const client = await countingRegistry();
      const converter = await openWith(client, 'avro', raw);
      const bytes = Buffer.from((await converter.fromConnectData(subject, map, new Map([['k', 1]]))) ?? []);
      const { value } = await converter.toConnectData(subject, bytes);
      return [(JSON.parse(await latestText(client)) as { type: string }).type, value];
    };
    expect(await written({})).toEqual(['array', new Map([['k', 1]])]);
    expect(await written({ 'allow.optional.map.keys': 'true' })).toEqual(['map', { k: 1 }]);
  });

  test('avro: discard.type.doc.default leaves a field what is its own', async () => {
    const text = JSON.stringify({
      type: 'record',
      name: 'R',
      fields: [
        { name: 'a', type: { type: 'int', 'connect.doc': 'of the type', 'connect.default': 7 } },
        { name: 'b', type: { type: 'int', 'connect.doc': 'of the type' }, doc: 'own', default: 5 },
      ],
    });
    const read = async (raw: Record<string, string>) => {
      const client = await countingRegistry();
      const { id } = await client.register(
        'orders-value',
        { schemaType: 'AVRO', schema: text, references: [] },
        { normalize: false },
      );
      const converter = await openWith(client, 'avro', raw);
      const { schema: found } = await converter.toConnectData(subject, Buffer.from([0, 0, 0, 0, id, 2, 4]));
      return found?.fields.map(({ schema: { doc, default: fallback } }) => [doc, fallback]);
    };
    expect(await read({})).toEqual([
      ['of the type', 7],
      ['own', 5],
    ]);
    expect(await read({ 'discard.type.doc.default': 'true' })).toEqual([
      [undefined, undefined],
      ['own', 5],
    ]);
  });

  test.each([
    ['avro', {}],
    ['json-schema', {}],
    ['protobuf', { 'optional.for.nullables': 'true' }],
  ])('%s: ignore.default.for.nullables keeps null', async (name, more) => {
    const withDefault = schemas.struct({
      a: schemas.int32({ optional: true, default: 7 }),
      b: schemas.int32({ default: 8 }),
    });
    const written = async (raw: Record<string, string>) => {
      const converter = await openWith(await countingRegistry(), name, { ...more, ...raw });
      const bytes = Buffer.from(
        (await converter.fromConnectData(subject, withDefault, { a: null, b: 8 })) ?? [],
      );
      const reader = name === 'json-schema' ? Buffer.from(bytes.subarray(5)).toString() : undefined;
      if (reader !== undefined) return JSON.parse(reader) as unknown;
      return (await converter.toConnectData(subject, bytes)).value;
    };
    expect(await written({})).toEqual({ a: 7, b: 8 });
    expect(await written({ 'ignore.default.for.nullables': 'true' })).toEqual({ a: null, b: 8 });
  });

  test('json-schema: object.additional.properties=false closes objects', async () => {
    const texts = async (raw: Record<string, string>) => {
      const client = await countingRegistry();
      await write(client, 'json-schema', raw);
      return await latestText(client);
    };
    expect(await texts({})).not.toContain('additionalProperties');
    expect(await texts({ 'object.additional.properties': 'false' })).toContain(
      '"additionalProperties":false',
    );
  });
});
