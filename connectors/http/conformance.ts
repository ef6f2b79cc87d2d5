// How the conformance kit exercises the connector of this folder.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describeSink, isPlainObject, type Value, type WrittenRow } from '../../runtime/plugin/index.ts';
import { sink } from './index.ts';

interface Body {
  readonly row: number;
  readonly text: string;
  readonly isPoison?: boolean;
}

/** A server that stores the rows it is sent, each request once by its idempotency key, and refuses poisoned ones. */
async function startServer() {
  const rows: WrittenRow[] = [];
  const keys = new Set<string>();
  const world = { rows, failures: 0, isBroken: false, url: '', close: () => Promise.resolve() };
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const key = String(request.headers['idempotency-key']);
    const bodies = (JSON.parse(text) as readonly Value[]).filter(isPlainObject) as unknown as readonly Body[];
    if (world.isBroken || world.failures > 0) {
      world.failures--;
      response.writeHead(world.isBroken ? 400 : 503).end(`refused: ${JSON.stringify(request.headers)}`);
    } else if (bodies.some(({ isPoison }) => isPoison === true)) {
      response.writeHead(422).end('poison');
    } else {
      if (!keys.has(key)) rows.push(...bodies.map((body) => ({ row: body.row, text: body.text })));
      keys.add(key);
      response.writeHead(204).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  world.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/rows`;
  world.close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return world;
}

/** The http sink: a row is an element of an array that is sent. */
export const conformance = describeSink({
  plugin: sink,
  module: import.meta.resolve('./index.ts'),
  prepare: startServer,
  config: ({ url }) => ({ url, 'allow.private.addresses': true, 'request.timeout.ms': 2000 }),
  secrets: [
    { 'bearer.token': '${canary}' },
    { 'connection.user': 'user', 'connection.password': '${canary}' },
    { 'headers.X-Api-Key': '${canary}' },
  ],
  record: (row, text) => ({ key: String(row), value: { row, text } }),
  read: ({ rows }) => rows,
  poison: (row) => ({ key: String(row), value: { row, text: '', isPoison: true } }),
  tombstone: (row) => ({ key: String(row), value: null }),
  change: (row, text) => ({ key: String(row), value: { row, text, more: true } }),
  fail: (world, times) => {
    world.failures = times;
  },
  break: (world) => {
    world.isBroken = true;
  },
  close: (world) => world.close(),
});
