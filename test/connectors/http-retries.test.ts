import { createServer } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { sink } from '../../connectors/http/index.ts';
import { silentLogger } from '../../platform/logger.ts';
import { ManualClock } from '../../platform/simulation/manual-clock.ts';
import {
  createContext,
  FatalError,
  RetriableError,
  requirePluginConfig,
} from '../../runtime/plugin/index.ts';
import { batchOf, contextOf } from './harness.ts';
import { failureOf, numbers, openTo, type Raw, startServer } from './http-harness.ts';

test('a refused connection is worth another try', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  const error = await failureOf((await openTo(`http://127.0.0.1:${port}/`)).write(batchOf(numbers(1))));
  expect(error).toBeInstanceOf(RetriableError);
  expect(error.message).toContain('ECONNREFUSED');
});

test('a connection that breaks before the response is worth another try', async () => {
  const server = await startServer((_request, response) => {
    response.destroy();
    return undefined;
  });
  expect(await failureOf((await openTo(server.url)).write(batchOf(numbers(1))))).toBeInstanceOf(
    RetriableError,
  );
});

test('a kept connection that the server closed is replaced without a failure', async () => {
  let calls = 0;
  const server = await startServer((_request, response) => {
    if (calls++ !== 1) return 200;
    response.destroy();
    return undefined;
  });
  const open = await openTo(server.url);
  await open.write(batchOf(numbers(1)));
  expect(await open.write(batchOf(numbers(1, 1)))).toEqual([]);
  expect(server.connections()).toBe(2);
  const [, broken, repeated] = server.requests.map(({ headers }) => headers['idempotency-key']);
  expect(repeated).toBe(broken);
});

test('what does not speak HTTP is worth another try, what does not speak TLS is not', async () => {
  const server = createServer((socket) => socket.end('220 mail ready\r\n')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  const plain = await openTo(`http://127.0.0.1:${port}/`);
  expect(await failureOf(plain.write(batchOf(numbers(1))))).toBeInstanceOf(RetriableError);
  const http = await startServer();
  const tls = await openTo(http.url.replace('http:', 'https:'));
  expect(await failureOf(tls.write(batchOf(numbers(1))))).toBeInstanceOf(FatalError);
});

test('a server that does not answer in time is worth another try', async () => {
  const server = await startServer(() => undefined);
  const error = await failureOf(
    (await openTo(server.url, { 'request.timeout.ms': '50ms' })).write(batchOf(numbers(1))),
  );
  expect(error).toBeInstanceOf(RetriableError);
  expect(error.message).toContain('within 50 ms');
});

test('a server that trickles its response does not get past the timeout', async () => {
  const server = await startServer((_request, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write('x'), 10);
    response.on('close', () => clearInterval(timer));
    return undefined;
  });
  const error = await failureOf(
    (await openTo(server.url, { 'request.timeout.ms': '80ms' })).write(batchOf(numbers(1))),
  );
  expect(error).toBeInstanceOf(RetriableError);
});

test('a stop gives up the request under way', async () => {
  const stop = new AbortController();
  const server = await startServer(() => {
    stop.abort();
    return undefined;
  });
  const ctx = contextOf({ signal: stop.signal });
  const delivery = await sink.open(
    requirePluginConfig(sink, { url: server.url, 'allow.private.addresses': true }),
    ctx,
  );
  const error = await failureOf(sink.write(delivery, batchOf(numbers(1)), ctx));
  await sink.close?.(delivery);
  expect(error).toBeInstanceOf(RetriableError);
  expect(error.message).toContain('the task stops');
});

async function waiting(retryAfter: (nowMs: number) => string, raw: Raw = {}) {
  const clock = new ManualClock();
  let isBusy = true;
  const server = await startServer(() =>
    isBusy ? { status: 429, headers: { 'retry-after': retryAfter(clock.now()) } } : 200,
  );
  const ctx = createContext({
    connector: 'c',
    signal: new AbortController().signal,
    log: silentLogger,
    clock,
  });
  const delivery = await sink.open(
    requirePluginConfig(sink, { url: server.url, 'allow.private.addresses': true, ...raw }),
    ctx,
  );
  onTestFinished(() => sink.close?.(delivery));
  const batch = batchOf(numbers(1));
  expect(await failureOf(sink.write(delivery, batch, ctx))).toBeInstanceOf(RetriableError);
  isBusy = false;
  /** Writes again; `forMs` pass meanwhile. */
  const writeAgain = async (forMs: number) => {
    const write = sink.write(delivery, batch, ctx);
    await setImmediate();
    clock.advance(forMs);
    return write;
  };
  return { server, clock, writeAgain };
}

test.each([
  ['seconds', () => '30'],
  ['a date', (nowMs: number) => new Date(nowMs + 30_000).toUTCString()],
])('nothing is sent before the time that Retry-After asks for in %s', async (_name, retryAfter) => {
  const { server, clock, writeAgain } = await waiting(retryAfter);
  const error = await failureOf(writeAgain(5000));
  expect(error).toBeInstanceOf(RetriableError);
  expect(error.message).toContain('Retry-After');
  expect(server.requests).toHaveLength(1);
  clock.advance(22_000);
  expect(await writeAgain(3000)).toEqual([]);
  expect(server.requests).toHaveLength(2);
});

test('a server cannot ask for more than retry.after.max.ms', async () => {
  const { writeAgain } = await waiting(() => '999999999', { 'retry.after.max.ms': '2s' });
  expect(await writeAgain(2000)).toEqual([]);
});

test.each(['soon', '-5', '', 'Thu, 99 Foo 2020'])(
  'a Retry-After of "%s" is no reason to wait',
  async (retryAfter) => {
    const { writeAgain } = await waiting(() => retryAfter);
    expect(await writeAgain(0)).toEqual([]);
  },
);
