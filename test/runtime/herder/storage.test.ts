// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to secrets look like that.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Logger } from '../../../platform/logger.ts';
import { startRest } from '../../../runtime/rest/index.ts';
import { TestCluster, until } from './cluster.ts';
import { CountingSource, TableSink } from './memory-plugins.ts';

let cluster: TestCluster;
const lines: string[] = [];
const print = (fields: object, message: string) =>
  void lines.push(
    message + JSON.stringify(fields, (_key, value) => (value instanceof Error ? value.stack : value)),
  );
const logger: Logger = { debug: print, info: print, warn: print, error: print, child: () => logger };

beforeEach(async () => {
  lines.length = 0;
  cluster = await TestCluster.start(logger);
});
afterEach(() => cluster.close());

const latest = (records: Awaited<ReturnType<TestCluster['read']>>) =>
  Object.fromEntries(records.map(({ key, value }) => [key ?? '', value]));

test('the three topics hold what Kafka Connect would put there, byte for byte', async () => {
  const source = new CountingSource();
  const worker = await cluster.worker([source.plugin]);
  const config = { 'connector.class': 'counting', topic: 'numbers', records: '6' };
  await worker.herder.createConnector('in', config, 'STOPPED');
  await worker.herder.resumeConnector('in');
  await worker.whenDone(['in']);
  await worker.close();
  const properties = '"connector.class":"counting","topic":"numbers","records":"6","name":"in"';
  expect(latest(await cluster.read('connect-configs'))).toEqual({
    'target-state-in': '{"state":"STARTED","state.v2":"STARTED"}',
    'connector-in': `{"properties":{${properties}}}`,
    'task-in-0': `{"properties":{${properties},"task.class":"test.CountingSourceTask","source.partitions":"[{\\"id\\":0}]"}}`,
    'commit-in': '{"tasks":1}',
  });
  expect(latest(await cluster.read('connect-offsets'))).toEqual({
    '["in",{"id":0}]': '{"millrace.position":6}',
  });
  const statuses = latest(await cluster.read('connect-status'));
  const unassigned =
    '{"state":"UNASSIGNED","trace":null,"worker_id":"localhost:8083","generation":0,"version":"1.2.3"}';
  expect(statuses).toMatchObject({ 'status-connector-in': unassigned, 'status-task-in-0': unassigned });
  expect(statuses['status-topic-numbers:connector-in']).toMatch(
    /^\{"topic":\{"name":"numbers","connector":"in","task":0,"discoverTimestamp":\d+\}\}$/,
  );
});

test('the topics are made as configured, compacted, and found again', async () => {
  const worker = await cluster.worker([], {
    'config.storage.topic': 'my-configs',
    'offset.storage.partitions': '7',
    'offset.storage.segment.bytes': '1048576',
  });
  await worker.close();
  const admin = cluster.client().admin();
  const topics = await admin.describeTopics(['my-configs', 'connect-offsets', 'connect-status']);
  expect(topics.map(({ partitions }) => partitions.length)).toEqual([1, 7, 2]);
  const names = ['cleanup.policy', 'segment.bytes'];
  const [offsets] = await admin.describeConfigs([{ type: 'topic', name: 'connect-offsets', names }]);
  expect(offsets?.configs.map(({ value }) => value).toSorted()).toEqual(['1048576', 'compact']);
  await cluster.worker([], { 'config.storage.topic': 'my-configs' });
});

test('a topic that is not compacted, missing, or has two partitions where one is needed is refused', async () => {
  const admin = cluster.client().admin();
  await admin.createTopics([
    { name: 'deleting', partitionCount: 1, configs: { 'cleanup.policy': 'delete' } },
    { name: 'two', partitionCount: 2, configs: { 'cleanup.policy': 'compact' } },
  ]);
  await expect(cluster.worker([], { 'status.storage.topic': 'deleting' })).rejects.toThrow(
    /Topic 'deleting' specified via the 'status.storage.topic' property cannot be used: .*cleanup.policy=delete/,
  );
  await expect(cluster.worker([], { 'config.storage.topic': 'two' })).rejects.toThrow(
    'must have exactly one',
  );
  const manual = { 'internal.topics.automatic.creation.enable': 'false', 'offset.storage.topic': 'none' };
  await expect(cluster.worker([], manual)).rejects.toThrow(
    /Topic '.*' specified via the '.*' property is missing/,
  );
});

test('a position of the key that another worker wrote is kept under the same bytes', async () => {
  const client = cluster.client();
  const first = await cluster.worker([]);
  await first.close();
  const key = '["in", {"id": 0}]';
  await client.producer().send([
    { topic: 'connect-offsets', key: Buffer.from(key), value: Buffer.from('{"millrace.position":4}') },
    { topic: 'connect-offsets', key: Buffer.from('no json'), value: Buffer.from('x') },
    { topic: 'connect-offsets', key: Buffer.from('["in"]'), value: Buffer.from('{}') },
  ]);
  const source = new CountingSource();
  const worker = await cluster.worker([source.plugin]);
  await worker.herder.createConnector('in', {
    'connector.class': 'counting',
    topic: 'numbers',
    records: '6',
  });
  await worker.whenDone(['in']);
  expect(source.reads[0]?.position).toBe(4);
  expect(latest(await cluster.read('connect-offsets'))[key]).toBe('{"millrace.position":6}');
});

test('a secret behind a reference reaches the plugin, and nothing that is stored, shown or logged', async () => {
  const source = new CountingSource();
  const seen: unknown[] = [];
  const plugin: typeof source.plugin = {
    ...source.plugin,
    read: (config, _from, ctx) => {
      const { password } = config as { password: { reveal(): string } };
      seen.push(password.reveal());
      ctx.log.info({ config }, 'reading');
      throw new Error('cannot log in');
    },
  };
  const worker = await cluster.worker([plugin], {
    'config.providers': 'env',
    'config.providers.env.param.allowlist.pattern': 'SECRET',
  });
  const rest = await startRest({ herder: worker.herder, port: 0 });
  const config = { 'connector.class': 'counting', topic: 'numbers', password: '${env:SECRET}' };
  await worker.herder.createConnector('in', config);
  await expect(worker.whenDone(['in'])).rejects.toThrow('cannot log in');
  expect(seen).toEqual(['geheim']);
  const paths = ['', '/config', '/tasks', '/status'].map((path) => `${rest.url}/connectors/in${path}`);
  const answers = await Promise.all(paths.map(async (path) => (await fetch(path)).text()));
  expect(answers[1]).toContain('${env:SECRET}');
  await rest.close();
  await worker.close();
  const stored = await Promise.all(
    ['connect-configs', 'connect-offsets', 'connect-status'].map((each) => cluster.read(each)),
  );
  expect(JSON.stringify([answers, stored, lines])).not.toContain('geheim');
});

test('bodies have the keys of Kafka Connect’s own entities, in their order', async () => {
  const source = new CountingSource();
  const sink = new TableSink();
  const worker = await cluster.worker([source.plugin, sink.plugin]);
  await worker.herder.createConnector('x', { 'connector.class': 'counting', topic: 't' });
  await worker.whenDone(['x']);
  const rest = await startRest({ herder: worker.herder, port: 0 });
  const get = async (path: string): Promise<unknown> => (await fetch(rest.url + path)).json();
  const validated = await fetch(`${rest.url}/connector-plugins/counting/config/validate`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: '{"connector.class":"counting"}',
  });
  source.failures = [{ at: 0, error: new Error('boom') }];
  const entities: Record<string, unknown> = {
    ServerInfo: await get('/'),
    ConnectorInfo: await get('/connectors/x'),
    TaskInfo: await get('/connectors/x/tasks'),
    ErrorMessage: await get('/connectors/nope'),
    LoggerLevel: await get('/admin/loggers/root'),
    ActiveTopics: await get('/connectors/x/topics'),
    Offsets: await get('/connectors/x/offsets'),
    ConfigInfos: await validated.json(),
    Worker: await get('/health'),
  };
  const [plugin] = (await get('/connector-plugins')) as unknown[];
  entities['PluginInfo'] = plugin;
  await worker.herder.stopConnector('x');
  await worker.herder.resetConnectorOffsets('x');
  await worker.herder.resumeConnector('x');
  await until(() => worker.herder.connectorStatus('x').tasks[0]?.state === 'FAILED');
  entities['Status4.1+'] = await get('/connectors/x/status');
  await rest.close();
  const golden = readFileSync(join(import.meta.dirname, '../../golden/connect/rest-entities.tsv'), 'utf8');
  const rows = golden.split('\n').map((line) => line.split('\t') as [string, string]);
  const compared = rows.filter(([name]) => Object.hasOwn(entities, name));
  expect(compared).toHaveLength(Object.keys(entities).length);
  for (const [name, text] of compared)
    expect(shapeOf(entities[name]), name).toEqual(shapeOf(JSON.parse(text)));
});

/** Names of keys in order, of the first element in lists. What users name themselves does not count. */
function shapeOf(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (typeof value !== 'object' || value === null) return typeof value === 'object' ? 'null' : typeof value;
  if (['config', 'partition', 'offset'].includes(key)) return 'map';
  return Object.entries(value).map(([name, each]) =>
    ['default_value', 'value', 'order_in_group'].includes(name) ? [name] : [name, shapeOf(each, name)],
  );
}
