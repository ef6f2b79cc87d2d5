import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Rest, startRest } from '../../../runtime/rest/index.ts';
import type { Worker } from '../../../runtime/worker.ts';
import { TestCluster, until } from '../herder/cluster.ts';
import { CountingSource, TableSink } from '../herder/memory-plugins.ts';

let cluster: TestCluster;
let worker: Worker;
let rest: Rest;
let source: CountingSource;
let sink: TableSink;

beforeEach(async () => {
  cluster = await TestCluster.start();
  source = new CountingSource();
  sink = new TableSink();
  worker = await cluster.worker([source.plugin, sink.plugin]);
  rest = await startRest({ herder: worker.herder, port: 0 });
});
afterEach(async () => {
  await rest.close();
  await cluster.close();
});

test('a worker whose brokers do not answer says that it is not healthy, and what it waits for', async () => {
  const { worker: cut, kill } = await cluster.mortalWorker([source.plugin]);
  const own = await startRest({ herder: cut.herder, port: 0, healthTimeoutMs: 50 });
  const health = async () => {
    const answer = await fetch(`${own.url}/health`);
    return [answer.status, await answer.json()];
  };
  expect(await health()).toMatchObject([200, { status: 'healthy' }]);
  kill();
  const message = expect.stringMatching(
    /^Worker was unable to handle this request and may be unable to handle other requests\. The worker is currently waiting for an answer of the brokers, which began at \d{4}-\d\d-\d\dT[\d:.]+Z\.$/,
  );
  expect(await health()).toEqual([500, { status: 'unhealthy', message }]);
  expect(await health()).toEqual([500, { status: 'unhealthy', message }]);
  await own.close();
});

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly location: string | null;
  readonly text: string;
  readonly body: unknown;
}

async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  const type = text === undefined ? {} : { 'content-type': 'application/json' };
  const init = { method, headers: { ...type, ...headers }, ...(text !== undefined && { body: text }) };
  const response = await fetch(rest.url + path, init);
  const answer = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    location: response.headers.get('location'),
    text: answer,
    body: answer === '' ? undefined : JSON.parse(answer),
  };
}

const error = (status: number, message: unknown) => ({
  status,
  type: 'application/json',
  body: { error_code: status, message },
});
const config = { 'connector.class': 'counting', topic: 'numbers', records: 6 };
const create = (name = 'in') => call('POST', '/connectors', { name, config });
const statusOf = async (name = 'in') => (await call('GET', `/connectors/${name}/status`)).body;

test('the root tells version and cluster, health that all is well', async () => {
  const root = await call('GET', '/');
  expect(root).toMatchObject({ status: 200, type: 'application/json' });
  expect(root.text).toMatch(
    /^\{"version":"\d+\.\d+\.\d+","commit":"[0-9a-f]{16}","kafka_cluster_id":".{22}"\}$/,
  );
  expect((await call('GET', '/health')).text).toBe(
    '{"status":"healthy","message":"Worker has completed startup and is ready to handle requests."}',
  );
});

test('a connector is created, listed, shown as it was sent, and deleted', async () => {
  expect((await call('GET', '/connectors')).text).toBe('[]');
  const created = await create();
  expect(created).toMatchObject({ status: 201, location: `${rest.url}/connectors/in` });
  expect(created.text).toBe(
    '{"name":"in","config":{"connector.class":"counting","topic":"numbers","records":"6","name":"in"},' +
      '"tasks":[{"connector":"in","task":0}],"type":"source"}',
  );
  expect((await call('GET', '/connectors/')).text).toBe('["in"]');
  expect((await call('GET', '/connectors/in')).text).toBe(created.text);
  expect((await call('GET', '/connectors/in/config/')).body).toEqual({ ...config, records: '6', name: 'in' });
  expect((await call('GET', '/connectors/in/tasks')).body).toEqual([
    {
      id: { connector: 'in', task: 0 },
      config: {
        ...config,
        records: '6',
        name: 'in',
        'task.class': 'test.CountingSourceTask',
        'source.partitions': '[{"id":0}]',
      },
    },
  ]);
  expect(await create()).toMatchObject(error(409, 'Connector in already exists'));
  expect(await call('DELETE', '/connectors/in')).toMatchObject({ status: 204, text: '' });
  expect(await call('DELETE', '/connectors/in')).toMatchObject(error(404, 'Connector in not found'));
  expect(await call('GET', '/connectors/in/status')).toMatchObject(
    error(404, 'No status found for connector in'),
  );
});

test('status has the keys of Kafka Connect in its order', async () => {
  await create();
  await worker.whenDone(['in']);
  expect((await call('GET', '/connectors/in/status')).text).toBe(
    '{"name":"in","connector":{"state":"RUNNING","worker_id":"localhost:8083","version":"1.2.3"},' +
      '"tasks":[{"id":0,"state":"RUNNING","worker_id":"localhost:8083","version":"1.2.3"}],"type":"source"}',
  );
  expect((await call('GET', '/connectors/in/tasks/0/status')).text).toBe(
    '{"id":0,"state":"RUNNING","worker_id":"localhost:8083","version":"1.2.3"}',
  );
  expect(await call('GET', '/connectors/in/tasks/7/status')).toMatchObject(
    error(404, 'No status found for task in-7'),
  );
  expect(await call('GET', '/connectors/in/tasks/x/status')).toMatchObject(error(404, 'HTTP 404 Not Found'));
});

test('expand adds status and info; anything else adds nothing', async () => {
  await create();
  await worker.whenDone(['in']);
  const expanded = (await call('GET', '/connectors?expand=info&expand=status')).body as Record<
    string,
    object
  >;
  expect(Object.keys(expanded['in'] ?? {})).toEqual(['info', 'status']);
  expect(expanded).toMatchObject({
    in: { info: { name: 'in' }, status: { connector: { state: 'RUNNING' } } },
  });
  expect((await call('GET', '/connectors?expand=foo')).text).toBe('{"in":{}}');
});

test('a connector can be created paused or stopped, in any case of letters', async () => {
  expect(await call('POST', '/connectors', { name: 'in', config, initial_state: 'stopped' })).toMatchObject({
    status: 201,
  });
  expect(await statusOf()).toMatchObject({ connector: { state: 'STOPPED' }, tasks: [] });
  await call('POST', '/connectors', { name: 'two', config, initial_state: 'PAUSED' });
  await until(async () => JSON.stringify(await statusOf('two')).includes('"id":0,"state":"PAUSED"'));
  expect(source.reads).toEqual([]);
  expect(await call('POST', '/connectors', { name: 'x', config, initial_state: 'DANCING' })).toMatchObject(
    error(500, 'initial_state must be one of RUNNING, PAUSED, STOPPED.'),
  );
});

test('PUT creates with 201 and updates with 200, PATCH merges', async () => {
  expect(await call('PUT', '/connectors/in/config', config)).toMatchObject({
    status: 201,
    location: `${rest.url}/connectors/in`,
  });
  expect(await call('PUT', '/connectors/in/config', { ...config, records: 7, flag: true })).toMatchObject({
    status: 200,
    location: null,
    body: { config: { ...config, records: '7', flag: 'true', name: 'in' } },
  });
  expect(await call('PATCH', '/connectors/in/config', { records: '8', flag: null })).toMatchObject({
    status: 200,
    body: { config: { ...config, records: '8', name: 'in' } },
  });
  await worker.whenDone(['in']);
  expect(await cluster.read('numbers')).toHaveLength(8);
  expect(await call('PATCH', '/connectors/nope/config', {})).toMatchObject(
    error(404, 'Connector nope not found'),
  );
  expect(await call('PUT', '/connectors/in/config', { ...config, name: 'other' })).toMatchObject(
    error(400, "Connector name configuration (other) doesn't match connector name in the URL (in)"),
  );
});

test('an invalid config is refused with all its problems, and nothing is changed', async () => {
  await create();
  const invalid = { ...config, 'tasks.max': 'invalid number', records: 'many' };
  expect(await call('PUT', '/connectors/in/config', invalid)).toMatchObject(
    error(
      400,
      'Connector configuration is invalid and contains the following 3 error(s):\n' +
        'Invalid value invalid number for configuration tasks.max: Not a number of type INT\n' +
        'Invalid value null for configuration tasks.max: Value must be non-null\n' +
        'Invalid value many for configuration records: Not a number of type INT\n' +
        'You can also find the above list of errors at the endpoint `/connector-plugins/{connectorType}/config/validate`',
    ),
  );
  expect((await call('GET', '/connectors/in/config')).body).toEqual({ ...config, records: '6', name: 'in' });
  const missing = await call('POST', '/connectors', { name: 'x', config: { 'connector.class': 'counting' } });
  expect(missing.body).toMatchObject({
    message: expect.stringContaining('Missing required configuration "topic" which has no default value.'),
  });
  expect(await call('POST', '/connectors', { name: 'x', config: { ...config, topic: null } })).toMatchObject({
    status: 400,
    body: { message: expect.stringContaining('Null value can not be supplied as the configuration value.') },
  });
  expect(await call('POST', '/connectors', { name: 'x', config: {} })).toMatchObject(
    error(400, 'Connector config contains no connector type'),
  );
  expect(
    await call('POST', '/connectors', { name: 'x', config: { 'connector.class': 'Nope' } }),
  ).toMatchObject({
    status: 400,
    body: {
      message:
        'Failed to find any class that implements Connector and which ' +
        "name matches Nope, available connectors are: PluginDesc{klass=class test.TableSinkConnector, name='test.TableSinkConnector', " +
        "version='4.5.6', encodedVersion=4.5.6, type=sink, typeName='sink', location='classpath'}, " +
        "PluginDesc{klass=class test.CountingSourceConnector, name='test.CountingSourceConnector', version='1.2.3', " +
        "encodedVersion=1.2.3, type=source, typeName='source', location='classpath'}",
    },
  });
  expect(await call('POST', '/connectors', { name: '', config })).toMatchObject({ status: 400 });
});

test('pause and resume answer 202, stop 204, all of them again and again', async () => {
  await create();
  for (let round = 0; round < 2; round++) {
    expect(await call('PUT', '/connectors/in/pause')).toMatchObject({ status: 202, text: '' });
    await until(async () => JSON.stringify(await statusOf()).includes('"id":0,"state":"PAUSED"'));
    expect(await call('PUT', '/connectors/in/resume')).toMatchObject({ status: 202, text: '' });
    expect(await call('PUT', '/connectors/in/stop')).toMatchObject({ status: 204, text: '' });
    expect(await statusOf()).toMatchObject({ connector: { state: 'STOPPED' }, tasks: [] });
  }
  for (const verb of ['pause', 'resume', 'stop']) {
    expect(await call('PUT', `/connectors/nope/${verb}`)).toMatchObject(error(404, 'Unknown connector nope'));
  }
});

test('restart answers 204 for the connector alone and 202 with the plan otherwise', async () => {
  source.failures = [{ at: 3, error: new Error('boom') }];
  await create();
  await until(async () => JSON.stringify(await statusOf()).includes('"FAILED"'));
  expect(await statusOf()).toMatchObject({ tasks: [{ trace: expect.stringContaining('Error: boom') }] });
  expect(await call('POST', '/connectors/in/restart')).toMatchObject({ status: 204, text: '' });
  const planned = await call('POST', '/connectors/in/restart?includeTasks=true&onlyFailed=true');
  expect(planned).toMatchObject({ status: 202, body: { tasks: [{ id: 0, state: 'RESTARTING' }] } });
  await worker.whenDone(['in']);
  expect(await call('POST', '/connectors/in/tasks/0/restart')).toMatchObject({ status: 204, text: '' });
  await until(() => source.reads.length === 3);
  expect(await call('POST', '/connectors/nope/restart')).toMatchObject(error(404, 'Unknown connector: nope'));
  expect(await call('POST', '/connectors/nope/tasks/0/restart')).toMatchObject(
    error(404, 'Unknown connector: nope'),
  );
  expect(await call('POST', '/connectors/in/tasks/5/restart')).toMatchObject(
    error(404, 'Unknown task: in-5'),
  );
});

test('topics that a connector uses are listed until they are reset', async () => {
  await create();
  await worker.whenDone(['in']);
  expect((await call('GET', '/connectors/in/topics')).text).toBe('{"in":{"topics":["numbers"]}}');
  expect(await call('PUT', '/connectors/in/topics/reset')).toMatchObject({ status: 202, text: '' });
  expect((await call('GET', '/connectors/in/topics')).text).toBe('{"in":{"topics":[]}}');
  expect((await call('GET', '/connectors/nope/topics')).text).toBe('{"nope":{"topics":[]}}');
  const untracked = await cluster.worker([], { 'topic.tracking.enable': 'false' });
  await rest.close();
  rest = await startRest({ herder: untracked.herder, port: 0 });
  expect(await call('GET', '/connectors/in/topics')).toMatchObject(error(403, 'Topic tracking is disabled.'));
  expect(await call('PUT', '/connectors/in/topics/reset')).toMatchObject(
    error(403, 'Topic tracking is disabled.'),
  );
});

test("a stopped source's offsets are shown, altered and reset", async () => {
  await create();
  await worker.whenDone(['in']);
  const offsets = '/connectors/in/offsets';
  expect((await call('GET', offsets)).text).toBe(
    '{"offsets":[{"partition":{"id":0},"offset":{"millrace.position":6}}]}',
  );
  const altered = { offsets: [{ partition: { id: 0 }, offset: { 'millrace.position': 4 } }] };
  expect(await call('PATCH', offsets, altered)).toMatchObject(
    error(
      400,
      "Connectors must be in the STOPPED state before their offsets can be modified. This can be done for the specified connector by issuing a 'PUT' request to the '/connectors/in/stop' endpoint",
    ),
  );
  await call('PUT', '/connectors/in/stop');
  expect(await call('PATCH', offsets, { offsets: [] })).toMatchObject(
    error(400, 'Partitions / offsets need to be provided for an alter offsets request'),
  );
  expect(await call('PATCH', offsets, altered)).toMatchObject({
    status: 200,
    body: {
      message:
        'The Connect framework-managed offsets for this connector have been altered successfully. However, if this connector manages offsets externally, they will need to be manually altered in the system that the connector uses.',
    },
  });
  expect((await call('GET', offsets)).body).toEqual(altered);
  await call('PUT', '/connectors/in/resume');
  await worker.whenDone(['in']);
  expect(await cluster.read('numbers')).toHaveLength(8);
  await call('PUT', '/connectors/in/stop');
  expect((await call('DELETE', offsets)).text).toContain('have been reset successfully');
  expect((await call('GET', offsets)).text).toBe('{"offsets":[]}');
  expect(await call('GET', '/connectors/nope/offsets')).toMatchObject(error(404, 'Connector nope not found'));
  expect(await call('DELETE', '/connectors/nope/offsets')).toMatchObject(
    error(404, 'Connector nope not found'),
  );
});

test("a stopped sink's offsets are those of its consumer group", async () => {
  await create();
  await call('POST', '/connectors', {
    name: 'out',
    config: { 'connector.class': 'table', topics: 'numbers' },
  });
  await worker.whenDone(['in', 'out']);
  const offsets = '/connectors/out/offsets';
  const at = (offset: number | null) => ({
    partition: { kafka_topic: 'numbers', kafka_partition: 0 },
    offset: offset === null ? null : { kafka_offset: offset },
  });
  expect((await call('GET', offsets)).body).toEqual({ offsets: [at(6)] });
  await call('PUT', '/connectors/out/stop');
  expect((await call('PATCH', offsets, { offsets: [at(2)] })).status).toBe(200);
  await call('PUT', '/connectors/out/resume');
  await worker.whenDone(['out']);
  expect(sink.rows.map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4, 5, 2, 3, 4, 5]);
  await call('PUT', '/connectors/out/stop');
  expect((await call('PATCH', offsets, { offsets: [at(null)] })).status).toBe(200);
  expect((await call('GET', offsets)).body).toEqual({ offsets: [] });
  expect((await call('DELETE', offsets)).status).toBe(200);
  for (const [wrong, message] of [
    [{ partition: {}, offset: null }, "must contain the keys 'kafka_topic' and 'kafka_partition'"],
    [{ partition: { kafka_topic: 'numbers' }, offset: null }, "the keys 'kafka_topic' and 'kafka_partition'"],
    [{ ...at(1), offset: {} }, "should either be null or contain the key 'kafka_offset'"],
  ] as const) {
    const answer = await call('PATCH', offsets, { offsets: [wrong] });
    expect(answer).toMatchObject({ status: 400, body: { message: expect.stringContaining(message) } });
  }
});

test('plugins are listed, connectors alone by default, and tell their keys', async () => {
  expect((await call('GET', '/connector-plugins/')).text).toBe(
    '[{"class":"test.TableSinkConnector","type":"sink","version":"4.5.6"},' +
      '{"class":"test.CountingSourceConnector","type":"source","version":"1.2.3"}]',
  );
  const all = (await call('GET', '/connector-plugins?connectorsOnly=false')).body as { type: string }[];
  expect([...new Set(all.map(({ type }) => type))]).toEqual([
    'sink',
    'source',
    'transformation',
    'predicate',
    'converter',
    'header_converter',
  ]);
  const keys = (await call('GET', '/connector-plugins/CountingSource/config')).body as { name: string }[];
  expect(keys.slice(0, 2)).toMatchObject([
    { name: 'topic', required: true },
    { name: 'records', type: 'INT' },
  ]);
  expect(keys.map(({ name }) => name)).toContain('errors.tolerance');
  expect((await call('GET', '/connector-plugins/RegexRouter/config')).body).toMatchObject([
    { name: 'regex' },
    { name: 'replacement' },
  ]);
  expect(await call('GET', '/connector-plugins/nope/config')).toMatchObject(
    error(404, 'Unknown plugin nope.'),
  );
  expect(await call('GET', '/connector-plugins/counting/config?version=9')).toMatchObject({ status: 400 });
});

test('validate answers 200 with the problems, and 400 for a config of another connector', async () => {
  const path = '/connector-plugins/CountingSourceConnector/config/validate';
  const validated = await call('PUT', path, {
    'connector.class': 'CountingSource',
    records: 'x',
    password: 'geheim',
  });
  expect(validated).toMatchObject({ status: 200, body: { name: 'CountingSource', error_count: 3 } });
  expect(validated.text).not.toContain('geheim');
  expect(await call('PUT', path, { 'connector.class': 'TableSink' })).toMatchObject(
    error(400, 'Included connector type TableSink does not match request type CountingSourceConnector'),
  );
  expect(await call('PUT', path, {})).toMatchObject(
    error(
      500,
      'org.apache.kafka.connect.runtime.rest.errors.BadRequestException: Connector config contains no connector type',
    ),
  );
});

test('levels of loggers are shown and changed for a name and all below it', async () => {
  await create();
  const loggers = (await call('GET', '/admin/loggers/')).body;
  expect(loggers).toMatchObject({
    root: { level: 'INFO', last_modified: null },
    'connect.connector.in': { level: 'INFO', last_modified: null },
  });
  expect((await call('PUT', '/admin/loggers/connect.connector', { level: 'debug' })).text).toBe(
    '["connect.connector","connect.connector.in"]',
  );
  expect((await call('GET', '/admin/loggers/connect.connector.in')).body).toMatchObject({
    level: 'DEBUG',
    last_modified: expect.any(Number),
  });
  expect((await call('GET', '/admin/loggers/root')).text).toBe('{"level":"INFO","last_modified":null}');
  expect(await call('PUT', '/admin/loggers/root?scope=cluster', { level: 'WARN' })).toMatchObject({
    status: 204,
    text: '',
  });
  expect(await call('PUT', '/admin/loggers/root', {})).toMatchObject(
    error(400, "Desired 'level' parameter was not specified in request."),
  );
  expect(await call('PUT', '/admin/loggers/root', { level: 'LOUD' })).toMatchObject(
    error(404, "invalid log level 'LOUD'."),
  );
  expect(await call('GET', '/admin/loggers/nope')).toMatchObject(error(404, 'Logger nope not found.'));
});

test('what is no request of the API is told so; a malformed body with 500, as in Kafka Connect', async () => {
  expect(await call('GET', '/nope')).toMatchObject(error(404, 'HTTP 404 Not Found'));
  expect(await call('DELETE', '/connectors')).toMatchObject(error(405, 'HTTP 405 Method Not Allowed'));
  expect(await call('POST', '/connectors/in/status/')).toMatchObject(
    error(405, 'HTTP 405 Method Not Allowed'),
  );
  expect(await call('GET', '/connectors', undefined, { accept: 'text/html' })).toMatchObject(
    error(406, 'HTTP 406 Not Acceptable'),
  );
  expect(await call('GET', '/connectors', undefined, { accept: 'text/html, */*;q=0.1' })).toMatchObject({
    status: 200,
  });
  expect(await call('POST', '/connectors', '{}', { 'content-type': 'text/plain' })).toMatchObject(
    error(415, 'HTTP 415 Unsupported Media Type'),
  );
  expect(await call('POST', '/connectors', JSON.stringify({ name: 'x'.repeat(1_100_000) }))).toMatchObject(
    error(413, 'HTTP 413 Request Entity Too Large'),
  );
  const bodies = [
    '',
    '{',
    'null',
    '[]',
    '1',
    '{"name":"x","config":[]}',
    '{"config":{"a":{}}}',
    '{"extra":1}',
  ];
  for (const body of bodies) {
    const answer = await call('POST', '/connectors', body);
    expect(answer, body).toMatchObject({
      status: 500,
      body: { error_code: 500, message: expect.any(String) },
    });
  }
  for (const path of ['/connectors/%', '/connectors/in/config/%zz', `/connectors/${'x'.repeat(5_000)}`]) {
    expect((await call('GET', path)).status, path).toBeLessThan(500);
  }
  for (const body of ['{"offsets":1}', '{"offsets":[1]}', '{"offsets":[{"partition":1}]}', '{"what":[]}']) {
    expect(await call('PATCH', '/connectors/in/offsets', body)).toMatchObject({ status: 500 });
  }
});

test('names with blanks, slashes and long ones work', async () => {
  const name = `a b/c%${'x'.repeat(200)}`;
  const path = `/connectors/${encodeURIComponent(name)}`;
  const created = await call('POST', '/connectors', { name: ` ${name} `, config });
  expect(created).toMatchObject({ status: 201, location: rest.url + path });
  expect((await call('GET', path)).body).toMatchObject({ name });
  expect(await call('DELETE', path)).toMatchObject({ status: 204 });
});

test('a page of an allowed origin may call, others are not told that they may', async () => {
  await rest.close();
  rest = await startRest({ herder: worker.herder, port: 0, allowedOrigins: ['http://console'] });
  const preflight = { origin: 'http://console', 'access-control-request-method': 'PUT' };
  const allowed = await fetch(`${rest.url}/connectors`, { method: 'OPTIONS', headers: preflight });
  expect([allowed.status, allowed.headers.get('access-control-allow-origin')]).toEqual([
    204,
    'http://console',
  ]);
  const other = await fetch(`${rest.url}/connectors`, { headers: { origin: 'http://evil' } });
  expect(other.headers.get('access-control-allow-origin')).toBeNull();
});

test('a request that takes too long is answered, and what it asked for still happens', async () => {
  await rest.close();
  rest = await startRest({ herder: worker.herder, port: 0, requestTimeoutMs: 20 });
  const release = Promise.withResolvers<void>();
  sink.beforeWrite = () => release.promise;
  await worker.herder.createConnector('in', { ...config, records: '6' });
  await worker.herder.createConnector('out', { 'connector.class': 'table', topics: 'numbers' });
  await until(() => sink.writes === 1);
  const answer = await call('PUT', '/connectors/out/stop');
  expect(answer).toMatchObject({
    status: 500,
    body: { message: expect.stringMatching(/^Request timed out/) },
  });
  release.resolve();
  await until(() => worker.herder.connectorStatus('out').connector.state === 'STOPPED');
});
