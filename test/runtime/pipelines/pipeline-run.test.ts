import { afterEach, beforeEach, expect, test } from 'vitest';
import { registryConverters } from '../../../runtime/converters/index.ts';
import {
  applyPipeline,
  type Pipeline,
  type PipelineHost,
  stopOthers,
} from '../../../runtime/pipelines/index.ts';
import type { Plugin } from '../../../runtime/plugin/index.ts';
import type { RegistryClient } from '../../../schema-registry/index.ts';
import { countingRegistry } from '../converters/registry-fixture.ts';
import { registryOf, TestCluster } from '../herder/cluster.ts';
import { CountingSource, TableSink } from '../herder/memory-plugins.ts';

let cluster: TestCluster;
let registry: RegistryClient;
const asked: unknown[] = [];
const source = () => new CountingSource();
beforeEach(async () => {
  cluster = await TestCluster.start();
  registry = await countingRegistry();
  asked.length = 0;
});
afterEach(() => cluster.close());

const json = { format: 'json', config: { 'schemas.enable': false } };

const pipeline = (fields: Partial<Pipeline> = {}, topic: Partial<Pipeline['topic']> = {}): Pipeline => ({
  name: 'p',
  source: { name: 'p-source', connector: 'counting', tasks: 1, config: { records: 10 }, transforms: [] },
  topic: {
    name: 'numbers',
    partitions: 3,
    replicationFactor: -1,
    config: { 'retention.ms': '1000000000' },
    key: { format: 'string', config: {} },
    value: json,
    ...topic,
  },
  sinks: [{ name: 'p-table', connector: 'table', tasks: 1, config: {}, transforms: [] }],
  errors: { tolerance: 'none', retryTimeoutMs: 0, retryDelayMaxMs: 60_000, log: false },
  ...fields,
});

async function host(plugins: readonly Plugin[], isHeld = false) {
  const clientFor: PipelineHost['clientFor'] = (address) => {
    asked.push(address);
    return registry;
  };
  const all = [...plugins, ...registryConverters(clientFor)];
  const worker = await cluster.worker(all, {}, undefined, isHeld);
  const parts = { client: cluster.client(), herder: worker.herder, plugins: registryOf(all), clientFor };
  return { ...parts, worker };
}

test('a pipeline gets its topic and its connectors, and runs', async () => {
  const sink = new TableSink();
  const { worker, ...parts } = await host([source().plugin, sink.plugin]);
  const names = await applyPipeline(pipeline(), parts);
  expect(names).toEqual(['p-source', 'p-table']);
  await worker.whenDone(names);
  expect(sink.rows.map(({ value }) => (value as { n: number }).n).sort()).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
  ]);
  const [topic] = await parts.client.admin().describeTopics(['numbers']);
  expect(topic?.partitions).toHaveLength(3);
});

test('a source and a sink may have one name', async () => {
  const sink = new TableSink({ name: 'both' });
  const { worker, ...parts } = await host([new CountingSource('both').plugin, sink.plugin]);
  const both = { connector: 'both', tasks: 1, transforms: [] };
  const names = await applyPipeline(
    pipeline({
      source: { ...both, name: 'p-in', config: { records: 4 } },
      sinks: [{ ...both, name: 'p-out', config: {} }],
    }),
    parts,
  );
  await worker.whenDone(names);
  expect(worker.progress().map(({ name, type }) => [name, type])).toEqual([
    ['p-in', 'source'],
    ['p-out', 'sink'],
  ]);
  expect(sink.rows).toHaveLength(4);
});

test('a pipeline that is applied again as it was goes on, and one that has changed starts anew', async () => {
  const counting = source();
  const sink = new TableSink();
  const { worker, ...parts } = await host([counting.plugin, sink.plugin]);
  const names = await applyPipeline(pipeline(), parts);
  await worker.whenDone(names);
  await applyPipeline(pipeline(), parts);
  await worker.whenDone(names);
  expect([counting.reads.length, sink.opened]).toEqual([1, 1]);
  const more = { name: 'p-source', connector: 'counting', tasks: 1, config: { records: 12 }, transforms: [] };
  await applyPipeline(pipeline({ source: more }), parts);
  await worker.whenDone(names);
  expect(counting.reads.at(-1)).toMatchObject({ position: 10 });
  expect(sink.opened).toBe(1);
  expect(sink.rows).toHaveLength(12);
});

test('connectors of other pipelines are stopped, and go on from where they were', async () => {
  const counting = source();
  const sink = new TableSink();
  const { worker, ...parts } = await host([counting.plugin, sink.plugin]);
  const names = await applyPipeline(pipeline(), parts);
  await worker.whenDone(names);
  expect(await stopOthers(worker.herder, ['p-table', 'elsewhere'])).toEqual(['p-source']);
  expect(worker.herder.connectorStatus('p-source').connector.state).toBe('STOPPED');
  expect(worker.herder.connectorStatus('p-table').connector.state).toBe('RUNNING');
  await applyPipeline(pipeline(), parts);
  await worker.whenDone(names);
  expect(counting.reads.at(-1)).toMatchObject({ position: 10 });
  expect(sink.rows).toHaveLength(10);
  expect(await stopOthers(worker.herder, names)).toEqual([]);
});

test('connectors that are stored do not run before the pipeline that has changed them is applied', async () => {
  const before = await host([source().plugin, new TableSink().plugin]);
  const names = await applyPipeline(pipeline(), before);
  await before.worker.whenDone(names);
  await before.worker.close();
  const counting = source();
  const sink = new TableSink();
  const { worker, ...parts } = await host([counting.plugin, sink.plugin], true);
  expect(worker.herder.connectorStatus('p-source').connector.state).toBe('UNASSIGNED');
  const more = { name: 'p-source', connector: 'counting', tasks: 1, config: { records: 12 }, transforms: [] };
  await applyPipeline(pipeline({ source: more, sinks: [] }), parts);
  await worker.whenDone(['p-source']);
  expect(counting.reads).toEqual([{ partition: { id: 0 }, position: 10 }]);
  expect(sink.opened).toBe(0);
  worker.startStored();
  await worker.whenDone(names);
  expect([counting.reads.length, sink.opened]).toEqual([1, 1]);
});

test('a topic with fewer partitions is refused before anything runs, one with more is taken', async () => {
  const { worker, ...parts } = await host([source().plugin, new TableSink().plugin]);
  await parts.client.admin().createTopics([{ name: 'numbers', partitionCount: 2 }]);
  await expect(applyPipeline(pipeline(), parts)).rejects.toThrow(
    'topic numbers has 2 partitions and the pipeline asks for 3: add partitions (kafka-topics --alter), or change topic.partitions',
  );
  expect(worker.herder.connectors()).toEqual([]);
  await expect(applyPipeline(pipeline({}, { partitions: 1 }), parts)).resolves.toHaveLength(2);
});

const record = (name: string) =>
  JSON.stringify({ type: 'record', name, namespace: 'test', fields: [{ name: 'n', type: 'long' }] });

test.each(['avro', 'AvroConverter', 'io.confluent.connect.avro.AvroConverter'])(
  'the schema of a topic in %s is registered',
  async (format) => {
    const { worker, ...parts } = await host([source().plugin, new TableSink().plugin]);
    const value = { format, config: {}, schema: record('Number') };
    await applyPipeline(pipeline({}, { value }), parts);
    const { version, definition } = await registry.latest('numbers-value');
    expect([version, JSON.parse(definition.schema)]).toEqual([1, JSON.parse(record('Number'))]);
    expect(worker.herder.connectorConfig('p-table')).toMatchObject({
      'value.converter.auto.register.schemas': 'false',
      'value.converter.use.latest.version': 'true',
    });
  },
);

test.each(['protobuf', 'io.confluent.connect.protobuf.ProtobufConverter'])(
  'the schema of a topic in %s is registered',
  async (format) => {
    const { worker, ...parts } = await host([source().plugin, new TableSink().plugin]);
    const value = { format, config: {}, schema: 'syntax = "proto3"; message Number { int64 n = 1; }' };
    await applyPipeline(pipeline({}, { value }), parts);
    const { definition } = await registry.latest('numbers-value');
    expect([definition.schemaType, definition.schema]).toEqual([
      'PROTOBUF',
      expect.stringContaining('int64 n = 1;'),
    ]);
    expect(worker.herder.connectorConfig('p-table')).toMatchObject({
      'value.converter.use.latest.version': 'true',
    });
  },
);

test("a topic's schema goes to the registry and the subject that its converter uses", async () => {
  const parts = await host([source().plugin, new TableSink().plugin]);
  const value = {
    format: 'avro',
    config: {
      schema: { registry: { url: 'http://registry:8081' } },
      'value.subject.name.strategy': 'RecordNameStrategy',
      'basic.auth.user.info': 'user:pass',
    },
    schema: record('Number'),
  };
  const key = { format: 'json-schema', config: {}, schema: '{"type": "string"}' };
  await applyPipeline(pipeline({}, { key, value }), parts);
  expect(asked.slice(0, 2)).toEqual([
    { urls: [], headers: {} },
    { urls: ['http://registry:8081'], headers: { authorization: 'Basic dXNlcjpwYXNz' } },
  ]);
  expect((await registry.latest('test.Number')).definition.schemaType).toBe('AVRO');
  expect((await registry.latest('numbers-key')).definition.schemaType).toBe('JSON');
});

test('a schema that the registry does not take keeps the pipeline from running', async () => {
  const { worker, ...parts } = await host([source().plugin, new TableSink().plugin]);
  const value = { format: 'avro', config: {}, schema: '{"type": "recrod"}' };
  await expect(applyPipeline(pipeline({}, { value }), parts)).rejects.toThrow('recrod');
  const plain = { ...json, schema: record('Number') };
  await expect(applyPipeline(pipeline({}, { value: plain }), parts)).rejects.toThrow(
    'The format json has no schemas.',
  );
  expect(worker.herder.connectors()).toEqual([]);
});
