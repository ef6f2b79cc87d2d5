// The way of a schema's GUID through a task: from the converter into a record's headers, and back.
import { expect, test } from 'vitest';
import type { PolledRecords, ProducerRecord } from '../../../kafka/client/index.ts';
import type { RecordView } from '../../../kafka/records/index.ts';
import { builtInConverters, openConverter, openHeaderConverter } from '../../../runtime/converters/index.ts';
import { schemas } from '../../../runtime/data/index.ts';
import type { RecordCodec } from '../../../runtime/tasks/record-codec.ts';
import { SinkDecoder } from '../../../runtime/tasks/sink-decoder.ts';
import { SourceEncoder } from '../../../runtime/tasks/source-encoder.ts';
import { countingRegistry, openWith } from '../converters/registry-fixture.ts';

const inHeader = 'io.confluent.kafka.serializers.schema.id.HeaderSchemaIdSerializer';

async function codecOf(raw: {
  key: Record<string, unknown>;
  value: Record<string, unknown>;
}): Promise<RecordCodec> {
  const client = await countingRegistry();
  const simple = builtInConverters.find(({ kind, name }) => kind === 'header_converter' && name === 'simple');
  if (simple?.kind !== 'header_converter') throw new Error('no header converter');
  return {
    key: await openWith(client, 'avro', raw.key, true),
    value: await openWith(client, 'protobuf', raw.value),
    header: openHeaderConverter(simple, {}, new AbortController().signal),
    names: { key: 'key', value: 'value', header: 'header' },
    transforms: { apply: (record) => [record], close: async () => undefined },
    close: async () => undefined,
  };
}

const record = {
  topic: 'orders',
  keySchema: schemas.string(),
  key: 'k',
  valueSchema: schemas.struct({ a: schemas.int32() }, { name: 'Order' }),
  value: { a: 7 },
  headers: [{ key: 'trace', schema: schemas.string(), value: 'abc' }],
};

const from = { topic: 'orders', partition: 0 } as PolledRecords;

function viewOf({ key, value, headers = [] }: ProducerRecord): RecordView {
  const list = [...headers];
  return {
    key,
    value,
    headers: list,
    headerCount: list.length,
    offset: 0,
    timestamp: 1,
  } as unknown as RecordView;
}

async function encoded(codec: RecordCodec): Promise<ProducerRecord> {
  const records: ProducerRecord[] = [];
  await new SourceEncoder(codec, 'orders').encode(record, records);
  const [only] = records;
  if (only === undefined) throw new Error('nothing was encoded');
  return only;
}

test('schemas named in headers stand beside the record’s own headers and are read from there', async () => {
  const codec = await codecOf({
    key: { 'key.schema.id.serializer': inHeader },
    value: { 'value.schema.id.serializer': inHeader },
  });
  for (let time = 1; time <= 2; time++) {
    const sent = await encoded(codec);
    expect(sent.headers?.map(({ key }) => key)).toEqual(['trace', '__key_schema_id', '__value_schema_id']);
    expect(Buffer.from(sent.value ?? []).toString('hex')).toBe('0807');
    const [read] = await new SinkDecoder(codec).decode(viewOf(sent), from);
    expect(read).toMatchObject({ key: 'k', value: { a: 7 } });
    expect(read?.headers[0]).toMatchObject({ key: 'trace', value: 'abc' });
  }
});

test('one of them may do so alone, and records without headers need none', async () => {
  const codec = await codecOf({ key: {}, value: { 'value.schema.id.serializer': inHeader } });
  const sent = await encoded(codec);
  expect(sent.headers?.map(({ key }) => key)).toEqual(['trace', '__value_schema_id']);
  const plain = await codecOf({ key: {}, value: {} });
  const usual = await encoded(plain);
  expect(usual.headers?.map(({ key }) => key)).toEqual(['trace']);
  const [read] = await new SinkDecoder(plain).decode(viewOf({ ...usual, headers: [] }), from);
  expect(read).toMatchObject({ key: 'k', value: { a: 7 }, headers: [] });
});

test('a converter that is no plugin of ours may add headers when it says so', async () => {
  const codec = await codecOf({ key: {}, value: {} });
  const [string] = builtInConverters.filter(({ kind, name }) => kind === 'converter' && name === 'string');
  if (string?.kind !== 'converter') throw new Error('no converter');
  const adding = {
    ...string,
    addsHeaders: () => true,
    fromConnectData: (...args: Parameters<typeof string.fromConnectData>) => {
      args[1].addHeader?.('made', Buffer.of(1));
      return string.fromConnectData(...args);
    },
  };
  const key = await openConverter(adding, {}, { isKey: true, signal: new AbortController().signal });
  const sent = await encoded({ ...codec, key });
  expect(sent.headers).toMatchObject([{ key: 'trace' }, { key: 'made', value: Buffer.of(1) }]);
});
