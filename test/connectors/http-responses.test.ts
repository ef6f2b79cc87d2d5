import { expect, test } from 'vitest';
import { FatalError, RetriableError } from '../../runtime/plugin/index.ts';
import { batchOf } from './harness.ts';
import { failureOf, numbers, openTo, startServer } from './http-harness.ts';

test.each([200, 201, 202, 204])('status %i means that all records arrived', async (status) => {
  const server = await startServer(() => status);
  expect(await (await openTo(server.url)).write(batchOf(numbers(2)))).toEqual([]);
});

test.each([408, 425, 429, 500, 502, 503, 504])('status %i is worth another try', async (status) => {
  const server = await startServer(() => ({ status, body: 'busy\nstack trace' }));
  const error = await failureOf((await openTo(`${server.url}/p?token=s3cret`)).write(batchOf(numbers(2))));
  expect(error).toBeInstanceOf(RetriableError);
  expect(error.message).toMatch(
    new RegExp(`^POST ${server.url}/p\\?token=\\[hidden\\] answered ${status} [\\w -]+: busy$`),
  );
});

test('which statuses are worth another try can be configured', async () => {
  const server = await startServer(({ path }) => Number(path.slice(1)));
  const raw = { 'retry.on.status.codes': '409, 520-' };
  const outcome = async (status: number): Promise<Error> =>
    failureOf((await openTo(`${server.url}/${status}`, raw)).write(batchOf(numbers(1))));
  expect(await outcome(409)).toBeInstanceOf(RetriableError);
  expect(await outcome(521)).toBeInstanceOf(RetriableError);
  expect(await outcome(500)).not.toBeInstanceOf(RetriableError);
  expect(await outcome(429)).not.toBeInstanceOf(RetriableError);
});

test.each([401, 404, 405, 407])('status %i fails the task, as no record is at fault', async (status) => {
  const server = await startServer(() => status);
  expect(await failureOf((await openTo(server.url)).write(batchOf(numbers(1))))).toBeInstanceOf(FatalError);
});

test.each([301, 302, 303, 304])(
  'status %i is not followed, as it would not send the records',
  async (status) => {
    const server = await startServer(() => ({ status, headers: { location: '/new?key=s3cret' } }));
    const error = await failureOf((await openTo(server.url)).write(batchOf(numbers(1))));
    expect(error).toBeInstanceOf(FatalError);
    expect(error.message).toContain(`set url to ${server.url}/new?key=[hidden]`);
    expect(server.requests).toHaveLength(1);
  },
);

test('another 4xx refuses the whole batch, for the runtime to find the record at fault', async () => {
  const server = await startServer(() => ({ status: 422, body: { error: 'id is missing' } }));
  const error = await failureOf((await openTo(server.url)).write(batchOf(numbers(2))));
  expect(error).not.toBeInstanceOf(RetriableError);
  expect(error).not.toBeInstanceOf(FatalError);
  expect(error.message).toBe(
    `POST ${server.url}/ answered 422 Unprocessable Entity: {"error":"id is missing"}`,
  );
});

test('another 4xx for a single record refuses that record; the others go on', async () => {
  const server = await startServer(({ json }) => (json === 1 ? { status: 400, body: 'odd' } : 200));
  const errors = await (await openTo(server.url, { 'body.format': 'single' })).write(batchOf(numbers(3)));
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatchObject({ index: 1, message: `POST ${server.url}/ answered 400 Bad Request: odd` });
  expect(server.requests).toHaveLength(3);
});

test('a request that is too large is halved until it fits', async () => {
  const server = await startServer(({ json }) => ((json as unknown[]).length > 2 ? 413 : 200));
  expect(await (await openTo(server.url)).write(batchOf(numbers(7)))).toEqual([]);
  const arrived = server.requests.map(({ json }) => json as number[]).filter(({ length }) => length <= 2);
  expect(arrived.flat()).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test('with 207 each record has its own result', async () => {
  const body = [
    { ok: true },
    { ok: false, error: 'no id' },
    { status: 201 },
    { status: 422, message: 'too old' },
    { success: true },
  ];
  const server = await startServer(() => ({ status: 207, body }));
  const errors = await (await openTo(server.url)).write(batchOf(numbers(5)));
  expect(errors.map(({ index, message }) => [index, message])).toEqual([
    [1, `POST ${server.url}/ refused the record, no id.`],
    [3, `POST ${server.url}/ refused the record, status 422: too old.`],
  ]);
});

test.each([
  { results: [{ ok: true }, { error: { code: 7 } }] },
  { items: [{ status: '200' }, { status: 400 }], errors: true },
])('the list of a 207 may be inside an object: %j', async (body) => {
  const server = await startServer(() => ({ status: 207, body }));
  const errors = await (await openTo(server.url)).write(batchOf(numbers(2)));
  expect(errors.map(({ index }) => index)).toEqual([1]);
});

test.each([
  ['not JSON', 'fine'],
  ['no list', { ok: true }],
  ['a list of another length', [{ ok: true }]],
  ['entries that say nothing', [{}, { ok: true }]],
  ['entries that are no objects', [true, false]],
])('a 207 with %s fails the task instead of losing records', async (_name, body) => {
  const server = await startServer(() => ({ status: 207, body }));
  const error = await failureOf((await openTo(server.url)).write(batchOf(numbers(2))));
  expect(error).toBeInstanceOf(FatalError);
  expect(error.message).toContain('ok or status for each record');
});

test('records of a 207 that are worth another try come again; those that arrived do not', async () => {
  let calls = 0;
  const server = await startServer(() =>
    calls++ === 0
      ? { status: 207, body: [{ status: 200 }, { status: 503 }, { status: 400 }, { status: 200 }] }
      : { status: 207, body: [{ status: 200 }, { status: 400 }] },
  );
  const open = await openTo(server.url);
  const batch = batchOf(numbers(4));
  const error = await failureOf(open.write(batch));
  expect(error).toBeInstanceOf(RetriableError);
  expect(error.message).toContain('1 of 4 records');
  expect((await open.write(batch)).map(({ index }) => index)).toEqual([2]);
  expect(server.requests.map(({ json }) => json)).toEqual([
    [0, 1, 2, 3],
    [1, 2],
  ]);
});

test('requests of a batch that arrived are not sent again with the rest of it', async () => {
  let fails = true;
  const server = await startServer(({ json }) => (fails && (json as number[])[0] === 4 ? 503 : 200));
  const open = await openTo(server.url, { 'batch.max.size': 2 });
  const batch = batchOf(numbers(6));
  expect(await failureOf(open.write(batch))).toBeInstanceOf(RetriableError);
  fails = false;
  expect(await open.write(batch)).toEqual([]);
  expect(server.requests.map(({ json }) => json)).toEqual([
    [0, 1],
    [2, 3],
    [4, 5],
    [4, 5],
  ]);
});

test('a long response is cut, and costs no more than the connection', async () => {
  const server = await startServer((_request, response) => {
    response.writeHead(200);
    const more = (): void => {
      while (response.write('x'.repeat(65_536)));
    };
    response.on('drain', more);
    more();
    return undefined;
  });
  const open = await openTo(server.url, { 'response.max.bytes': '10KB' });
  expect(await open.write(batchOf(numbers(1)))).toEqual([]);
});

test('the quoted part of a response is one short line', async () => {
  const server = await startServer(() => ({
    status: 400,
    body: `\r\n\u001b[31m${'x'.repeat(5000)}\nsecond`,
  }));
  const { message } = await failureOf((await openTo(server.url)).write(batchOf(numbers(1))));
  expect(message).toMatch(/: \[31mx{196}\.\.\.$/);
});
