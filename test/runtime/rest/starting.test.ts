import { afterEach, expect, test } from 'vitest';
import type { Herder } from '../../../runtime/herder/index.ts';
import { type Rest, startRest } from '../../../runtime/rest/index.ts';
import { TestCluster } from '../herder/cluster.ts';

let rest: Rest | undefined;
let cluster: TestCluster | undefined;

afterEach(async () => {
  await rest?.close();
  await cluster?.close();
});

async function get(path: string): Promise<readonly [number, unknown]> {
  const response = await fetch(`${rest?.url}${path}`);
  return [response.status, await response.json()];
}

test('while a worker starts, its health is 503, other requests wait, and are answered when it has started', async () => {
  const { promise: herder, resolve } = Promise.withResolvers<Herder>();
  rest = await startRest({ herder, port: 0, healthTimeoutMs: 20 });
  expect(await get('/health')).toEqual([
    503,
    { status: 'starting', message: 'Worker is still starting up.' },
  ]);
  const waiting = get('/connectors');
  cluster = await TestCluster.start();
  const { herder: started } = await cluster.worker([]);
  resolve(started);
  expect(await waiting).toEqual([200, []]);
  expect((await get('/health'))[0]).toBe(200);
});

test('a request that has waited too long for the start is told so', async () => {
  rest = await startRest({ herder: new Promise(() => undefined), port: 0, requestTimeoutMs: 20 });
  const message = 'Request timed out. The worker is still starting.';
  expect(await get('/connectors')).toEqual([500, { error_code: 500, message }]);
});

test('who waits for the start of a worker that never comes is told when it stops', async () => {
  rest = await startRest({ herder: new Promise(() => undefined), port: 0, requestTimeoutMs: 60_000 });
  const waiting = get('/connectors');
  const own = rest;
  // The request is in the server when a later one is answered.
  expect((await get('/nothing'))[0]).toBe(404);
  await own.close();
  expect(await waiting).toEqual([
    503,
    { error_code: 503, message: 'The worker is stopping: ask again when it has started.' },
  ]);
});
