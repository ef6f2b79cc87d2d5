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
