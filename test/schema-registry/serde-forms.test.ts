import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  AvroDeserializer,
  AvroSerializer,
  inProcessClient,
  JsonSchemaDeserializer,
  JsonSchemaSerializer,
  ProtobufDeserializer,
  ProtobufSerializer,
  type RecordHeader,
  recordNameStrategy,
  topicRecordNameStrategy,
} from '../../schema-registry/index.ts';
import { indexBytes, readIndexes } from '../../schema-registry/serde/message-indexes.ts';
import { openStore } from './fixture.ts';

const proto = `syntax = "proto3"; package p; message First { string a = 1; }
  enum E { Z = 0; } message Second { message Deep { int32 n = 1; message Deeper { bool b = 1; } } message Other { int32 m = 1; } }`;

async function connect() {
  const store = await openStore();
  return { store, client: inProcessClient(store) };
}

describe('Protobuf values', () => {
  test('the first message is a single zero, others are a path', async () => {
    const { client } = await connect();
    const serializer = new ProtobufSerializer(client);
    const first = await serializer.serialize('t', { a: 'x' }, { schema: proto });
    expect(first?.toString('hex')).toBe('00000000010' + '00a0178');
    const other = await serializer.serialize('t', { m: 5 }, { schema: proto, message: 'p.Second.Other' });
    expect(other?.toString('hex')).toBe('00000000010402020805');
    const deeper = await serializer.serialize(
      't',
      { b: true },
      { schema: proto, message: 'p.Second.Deep.Deeper' },
    );
    expect(deeper?.toString('hex')).toBe('0000000001060200000801');
    const deserializer = new ProtobufDeserializer(client);
    expect(await deserializer.deserialize('t', first)).toEqual({ a: 'x' });
    expect(await deserializer.deserialize('t', other)).toEqual({ m: 5 });
    expect(await deserializer.deserialize('t', deeper)).toEqual({ b: true });
    expect(await serializer.serialize('t', null, { schema: proto })).toBeNull();
    expect(await deserializer.deserialize('t', null)).toBeNull();
    const unknown = serializer.serialize('t', {}, { schema: proto, message: 'p.Third' });
    await expect(unknown).rejects.toThrow('the schema has no message p.Third');
  });

  test('references are resolved on both sides', async () => {
    const { client } = await connect();
    await client.register(
      'ref',
      {
        schemaType: 'PROTOBUF',
        schema: 'syntax = "proto3"; package r; message R { int32 a = 1; }',
        references: [],
      },
      { normalize: false },
    );
    const source = {
      schema:
        'syntax = "proto3"; import "r.proto"; import "google/protobuf/timestamp.proto"; message M { r.R r = 1; google.protobuf.Timestamp at = 2; }',
      references: [{ name: 'r.proto', subject: 'ref', version: 1 }],
    };
    const value = { r: { a: 1 }, at: { seconds: 5, nanos: 0 } };
    const bytes = await new ProtobufSerializer(client).serialize('t', value, source);
    expect(await new ProtobufDeserializer(client).deserialize('t', bytes)).toEqual(value);
  });

  test('subjects can be named after the message', async () => {
    const { store, client } = await connect();
    await new ProtobufSerializer(client, { subjectNameStrategy: recordNameStrategy }).serialize(
      't',
      {},
      { schema: proto },
    );
    await new ProtobufSerializer(client, { subjectNameStrategy: topicRecordNameStrategy }).serialize(
      't',
      {},
      { schema: proto },
    );
    expect([...store.state.subjects.keys()]).toEqual(['p.First', 't-p.First']);
  });

  test('payloads without indexes are read when that is asked for', async () => {
    const { client } = await connect();
    const framed = await new ProtobufSerializer(client).serialize('t', { a: 'xyz' }, { schema: proto });
    const bare = Buffer.concat([
      (framed ?? Buffer.alloc(0)).subarray(0, 5),
      Buffer.from('0a0378797a', 'hex'),
    ]);
    await expect(new ProtobufDeserializer(client).deserialize('t', bare)).rejects.toMatchObject({
      code: 'SCHEMA_REGISTRY_SERIALIZATION',
    });
    expect(await new ProtobufDeserializer(client, { lenientIndexes: true }).deserialize('t', bare)).toEqual({
      a: 'xyz',
    });
  });

  test('indexes of any kind come back, and hostile ones are an error', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 5 }), (indexes) => {
        const bytes = indexBytes(indexes);
        expect(readIndexes(bytes, 0)).toEqual({ indexes, end: bytes.length });
      }),
    );
    expect(indexBytes([0]).toString('hex')).toBe('00');
    expect(indexBytes([1, 0]).toString('hex')).toBe('040200');
    for (const hex of ['', '02', 'ffffffff0f', '01', 'ffffffffffff', '0401', 'fe0f']) {
      expect(() => readIndexes(Buffer.from(hex, 'hex'), 0), hex).toThrow(
        expect.objectContaining({ code: 'SCHEMA_REGISTRY_SERIALIZATION' }),
      );
    }
  });
});

describe('schemas named in a header', () => {
  const avro = '{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}';

  test.each([false, true])('leave the payload bare, for keys (%s) and values', async (isKey) => {
    const { client } = await connect();
    const options = { isKey, schemaIdLocation: 'header' } as const;
    const name = isKey ? '__key_schema_id' : '__value_schema_id';
    const guidOf = (header: RecordHeader | undefined) => Buffer.from(header?.value ?? []).toString('hex');

    const headers: RecordHeader[] = [];
    const bytes = await new AvroSerializer(client, options).serialize(
      't',
      { a: 1 },
      { schema: avro },
      headers,
    );
    expect(bytes?.toString('hex')).toBe('02');
    expect(headers.map(({ key }) => key)).toEqual([name]);
    const { guid } = await client.latest(isKey ? 't-key' : 't-value');
    expect(guidOf(headers[0])).toBe(`01${guid?.replaceAll('-', '')}`);
    expect(await new AvroDeserializer(client, { isKey }).deserialize('t', bytes, headers)).toEqual({ a: 1 });

    const json: RecordHeader[] = [];
    const text = await new JsonSchemaSerializer(client, options).serialize(
      'j',
      { a: 1 },
      { schema: '{"type":"object"}' },
      json,
    );
    expect(text?.toString()).toBe('{"a":1}');
    expect(
      await new JsonSchemaDeserializer(client, { isKey, failInvalidSchema: true }).deserialize(
        't',
        text,
        json,
      ),
    ).toEqual({ a: 1 });

    const indexed: RecordHeader[] = [];
    const source = { schema: proto, message: 'p.Second.Other' };
    const message = await new ProtobufSerializer(client, options).serialize('p', { m: 5 }, source, indexed);
    expect(message?.toString('hex')).toBe('0805');
    expect(guidOf(indexed[0])).toMatch(/^01.{32}040202$/);
    expect(await new ProtobufDeserializer(client, { isKey }).deserialize('t', message, indexed)).toEqual({
      m: 5,
    });
  });

  test('a payload with the id in front is read beside them, and a header with an id too', async () => {
    const { client } = await connect();
    const bytes = await new AvroSerializer(client).serialize('t', { a: 3 }, { schema: avro });
    const deserializer = new AvroDeserializer(client);
    expect(await deserializer.deserialize('t', bytes, [{ key: 'other', value: null }])).toEqual({ a: 3 });
    const inHeader = [{ key: '__value_schema_id', value: Buffer.from('0000000001', 'hex') }];
    expect(await deserializer.deserialize('t', Buffer.of(6), inHeader)).toEqual({ a: 3 });
  });

  test('need headers, a registry with GUIDs, and bytes in their form', async () => {
    const { client } = await connect();
    const options = { schemaIdLocation: 'header' } as const;
    await expect(
      new AvroSerializer(client, options).serialize('t', { a: 1 }, { schema: avro }),
    ).rejects.toThrow('hand the headers in');
    const old = { ...client, register: async () => ({ id: 1 }) };
    await expect(
      new AvroSerializer(old, options).serialize('t', { a: 1 }, { schema: avro }, []),
    ).rejects.toThrow('tells no GUID');
    const deserializer = new AvroDeserializer(client);
    for (const hex of ['', '01', '0100', '02', '01'.repeat(17)]) {
      const headers = [{ key: '__value_schema_id', value: Buffer.from(hex, 'hex') }];
      await expect(deserializer.deserialize('t', Buffer.of(2), headers), hex).rejects.toThrow();
    }
  });
});
