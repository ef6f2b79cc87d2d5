// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a placeholder that users write.
import { expect, test } from 'vitest';
import { sink } from '../../connectors/http/index.ts';
import { Decimal, RecordError, requirePluginConfig, schemas } from '../../runtime/plugin/index.ts';
import { batchOf, contextOf, sinkRecords } from './harness.ts';
import { failureOf, numbers, openTo, problemsOf, startServer } from './http-harness.ts';

test('a batch is one request with a JSON array', async () => {
  const server = await startServer();
  const open = await openTo(`${server.url}/events`);
  const schema = schemas.struct({ id: schemas.int64(), price: schemas.decimal(2) });
  const value = { id: 2n ** 60n, price: Decimal.parse('1.50') };
  expect(await open.write(batchOf(sinkRecords([{ valueSchema: schema, value }, { value: 'é' }])))).toEqual(
    [],
  );
  expect(server.requests).toHaveLength(1);
  expect(server.requests[0]).toMatchObject({
    method: 'POST',
    path: '/events',
    text: '[{"id":1152921504606846976,"price":1.50},"é"]',
    headers: { 'content-type': 'application/json', 'user-agent': 'millrace' },
  });
});

test('ndjson is one record a line', async () => {
  const server = await startServer();
  const open = await openTo(server.url, { 'body.format': 'ndjson', method: 'put' });
  await open.write(batchOf(sinkRecords([{ value: { a: 'x\ny' } }, { value: 2 }])));
  expect(server.requests[0]).toMatchObject({
    method: 'PUT',
    text: '{"a":"x\\ny"}\n2\n',
    headers: { 'content-type': 'application/x-ndjson' },
  });
});

test('single is one record a request, in order, over one kept connection', async () => {
  const server = await startServer();
  const open = await openTo(server.url, { 'body.format': 'single' });
  await open.write(batchOf(numbers(20)));
  expect(server.requests.map(({ json }) => json)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  expect(server.connections()).toBe(1);
});

test('requests keep batch.max.size and batch.max.bytes', async () => {
  const server = await startServer();
  const bySize = await openTo(server.url, { 'batch.max.size': 3 });
  await bySize.write(batchOf(numbers(7)));
  expect(server.requests.map(({ json }) => json)).toEqual([[0, 1, 2], [3, 4, 5], [6]]);
  server.requests.length = 0;
  const byBytes = await openTo(server.url, { 'batch.max.bytes': 20 });
  await byBytes.write(
    batchOf(sinkRecords(['aaaaa', 'bbbbb', 'ccccc', 'd'.repeat(40), 'e'].map((value) => ({ value })))),
  );
  expect(server.requests.map(({ json }) => (json as string[]).length)).toEqual([2, 1, 1, 1]);
  expect(server.requests.filter(({ text }) => text.length < 40).every(({ text }) => text.length <= 20)).toBe(
    true,
  );
});

test('the topic in the URL sends each topic to its own place, in order', async () => {
  const server = await startServer();
  const open = await openTo(`${server.url}/in/\${topic}?t=\${topic}`);
  const first = sinkRecords([{ value: 1 }, { value: 2 }], { topic: 'a.b' });
  const second = sinkRecords([{ value: 3 }], { topic: 'c' });
  await open.write(batchOf([...first.slice(0, 1), ...second, ...first.slice(1)]));
  expect(server.requests.map(({ path, json }) => [path, json])).toEqual([
    ['/in/a.b?t=a.b', [1, 2]],
    ['/in/c?t=c', [3]],
  ]);
});

test('a topic that could lead elsewhere is refused, record by record', async () => {
  const server = await startServer();
  const open = await openTo(`${server.url}/in/\${topic}`);
  const bad = ['..', '.', 'a/b', 'x?y', ''].flatMap((topic) => sinkRecords([{ value: 0 }], { topic }));
  const errors = await open.write(batchOf([...bad, ...numbers(1)]));
  expect(errors.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4]);
  expect(errors[0]).toBeInstanceOf(RecordError);
  expect(server.requests.map(({ path }) => path)).toEqual(['/in/orders']);
});

test('records may be sent with what is around them', async () => {
  const server = await startServer();
  const open = await openTo(server.url, { 'include.metadata': true, 'body.format': 'single' });
  await open.write(
    batchOf(
      sinkRecords([{ key: 'k', value: { a: 1 }, timestamp: 5, headers: { h: 'v' } }], {
        partition: 2,
        firstOffset: 9,
      }),
    ),
  );
  expect(server.requests[0]?.json).toEqual({
    topic: 'orders',
    partition: 2,
    offset: 9,
    timestamp: 5,
    key: 'k',
    headers: [{ key: 'h', value: 'v' }],
    value: { a: 1 },
  });
});

test('tombstones are sent as null or left out', async () => {
  const server = await startServer();
  const batch = batchOf(sinkRecords([{ value: null }, { value: 1 }]));
  await (await openTo(server.url)).write(batch);
  await (await openTo(server.url, { 'behavior.on.null.values': 'ignore' })).write(batch);
  expect(server.requests.map(({ json }) => json)).toEqual([[null, 1], [1]]);
});

test('a batch of nothing sends nothing', async () => {
  const server = await startServer();
  const open = await openTo(server.url, { 'behavior.on.null.values': 'ignore' });
  expect(await open.write({ records: [], offsets: [] })).toEqual([]);
  expect(await open.write(batchOf(sinkRecords([{ value: null }])))).toEqual([]);
  expect(server.requests).toEqual([]);
});

test('headers and credentials are sent', async () => {
  const server = await startServer();
  const batch = batchOf(numbers(1));
  const own = { 'headers.X-Api-Key': 'k', headers: { 'Content-Type': 'application/vnd.x+json' } };
  await (await openTo(server.url, { ...own, 'bearer.token': 'abc' })).write(batch);
  await (await openTo(server.url, { 'connection.user': 'ü', 'connection.password': 'p:w' })).write(batch);
  expect(server.requests[0]?.headers).toMatchObject({
    'x-api-key': 'k',
    'content-type': 'application/vnd.x+json',
    authorization: 'Bearer abc',
  });
  expect(server.requests[1]?.headers['authorization']).toBe(
    `Basic ${Buffer.from('ü:p:w').toString('base64')}`,
  );
});

test('every problem of a config is reported, and no secret with it', () => {
  const problems = problemsOf({
    url: 'http://me:s3cret@host/${topic}',
    'headers.Content-Length': '5',
    'headers.X-Key': 's3cret\r\nInjected: 1',
    'bearer.token': 's3cret token',
    'connection.user': 'a:b',
    'retry.on.status.codes': '200',
    'idempotency.header': 'a b',
    'request.timeout.ms': 0,
  });
  expect(problems).toEqual([
    'url: url has a user or password in it: use connection.user and connection.password.',
    'headers.Content-Length: The header Content-Length cannot be configured.',
    'headers.X-Key: "X-Key" is not a header: its name or its value has characters that headers cannot have.',
    'idempotency.header: "a b" is not a header: its name or its value has characters that headers cannot have.',
    'retry.on.status.codes: retry.on.status.codes are statuses from 400 to 599, or ranges such as 500-599.',
    'request.timeout.ms: request.timeout.ms must be above 0.',
    'connection.user: connection.user and connection.password belong together.',
    'connection.user: Use one of bearer.token, connection.user, and the header Authorization.',
    'connection.user: bearer.token has characters that a header cannot have.',
    'connection.user: connection.user cannot contain a colon.',
  ]);
});

test.each([
  ['http://${topic}.example.com/', 'in its path or query only'],
  ['http://host:${topic}/', 'not a URL'],
  ['http://host/${tpoic}', 'unknown placeholder ${tpoic}'],
  ['host/path', 'not a URL'],
])('the URL %s is a problem', (url, message) => {
  expect(problemsOf({ url }).join()).toContain(message);
});

test('credentials are not in any message', async () => {
  const server = await startServer(({ path }) => Number(path.slice(1, 4)));
  const raw = { 'bearer.token': 's3cret', 'headers.X-Key': 's3cret' };
  for (const status of [302, 400, 401, 503]) {
    const error = await failureOf(
      (await openTo(`${server.url}/${status}?key=s3cret`, raw)).write(batchOf(numbers(1))),
    );
    expect(`${error.message}${error.stack}`).not.toContain('s3cret');
  }
});

test.each([
  [200, true],
  [404, true],
  [405, true],
  [401, false],
  [403, false],
  [503, false],
])('check with status %i passes: %s', async (status, isUsable) => {
  const server = await startServer(() => status);
  const config = requirePluginConfig(sink, {
    url: `${server.url}/in/\${topic}`,
    'allow.private.addresses': true,
    'bearer.token': 't',
  });
  const outcome = await sink.check?.(config, contextOf()).then(
    () => true,
    (error: Error) => error.message,
  );
  expect(outcome).toEqual(isUsable ? true : expect.stringContaining(`answered ${status}`));
  expect(server.requests[0]).toMatchObject({ method: 'HEAD', headers: { authorization: 'Bearer t' } });
});

test('check fails for an address that is not allowed', async () => {
  const config = requirePluginConfig(sink, { url: 'http://127.0.0.1:9/' });
  await expect(sink.check?.(config, contextOf())).rejects.toThrow('allow.private.addresses');
});
