import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../platform/logger.ts';
import { MemoryNet } from '../../platform/memory-net.ts';
import type { Connection } from '../../platform/net.ts';
import { harshDelivery } from '../../platform/simulation/harsh-delivery.ts';
import { InlineExecutor } from '../../platform/simulation/inline-executor.ts';
import { SeededEntropy } from '../../platform/simulation/seeded-entropy.ts';
import { endpointOf } from '../../platform/tcp-connection.ts';
import { tcpNet } from '../../platform/tcp-net.ts';
import { Ear, eventually } from './ear.ts';
import { netContract } from './net.contract.ts';

const anywhere = { host: '127.0.0.1', port: 0 };

describe('tcp with one receive buffer', () => {
  netContract(() => ({ net: tcpNet({ logger: silentLogger }), host: '127.0.0.1' }));
});

describe('tcp with events', () => {
  netContract(() => ({ net: tcpNet({ logger: silentLogger, receive: 'events' }), host: '127.0.0.1' }));
});

describe('memory', () => {
  netContract(() => ({ net: new MemoryNet({ executor: new InlineExecutor() }), host: '127.0.0.1' }));
});

describe('memory with harsh delivery', () => {
  const delivery = harshDelivery(new SeededEntropy('harsh'));
  netContract(() => ({
    net: new MemoryNet({ executor: new InlineExecutor(), delivery }),
    host: '127.0.0.1',
  }));
});

describe('tcp', () => {
  test('accepted connections share one receive buffer, so a chunk that is kept changes', async () => {
    const net = tcpNet({ logger: silentLogger });
    const memories = new Set<ArrayBufferLike>();
    let heard = 0;
    const listener = await net.listen(anywhere, () => ({
      onData(chunk) {
        memories.add(chunk.buffer);
        heard += chunk.length;
      },
      onDrain() {},
      onClose() {},
    }));
    const clients = await Promise.all([1, 2, 3].map(() => net.connect(listener.endpoint, () => new Ear())));
    for (const client of clients) client.write([Buffer.from('x')]);
    await eventually(() => heard === 3);
    expect(memories.size).toBe(1);
    for (const client of clients) client.destroy();
    await listener.close();
  });

  test('a bulk sender does not deliver more than its budget before others get a turn', async () => {
    const net = tcpNet({ logger: silentLogger });
    let inThisTurn = 0;
    let most = 0;
    let total = 0;
    const listener = await net.listen(anywhere, () => ({
      onData(chunk) {
        if (inThisTurn === 0) setImmediate(() => (inThisTurn = 0));
        inThisTurn += chunk.length;
        most = Math.max(most, inThisTurn);
        total += chunk.length;
      },
      onDrain() {},
      onClose() {},
    }));
    const client = await net.connect(listener.endpoint, () => new Ear());
    for (let count = 0; count < 32; count++) client.write([Buffer.alloc(1024 * 1024)]);
    await eventually(() => total === 32 * 1024 * 1024);
    expect(most).toBeLessThanOrEqual(1024 * 1024 + 256 * 1024);
    client.destroy();
    await listener.close();
  });

  test('a peer that resets is heard as an error', async () => {
    const net = tcpNet({ logger: silentLogger });
    const ear = new Ear();
    const listener = await net.listen(anywhere, () => ear);
    const socket = new Socket().on('error', () => {});
    socket.connect(listener.endpoint.port, '127.0.0.1', () => socket.write('x'));
    await eventually(() => ear.bytes === 1);
    socket.resetAndDestroy();
    await eventually(() => ear.closes.length === 1);
    expect(ear.closes[0]).toMatchObject({ code: 'ECONNRESET' });
    await listener.close();
  });

  test('an ended connection does not wait for ever for a peer that stays open', async () => {
    const net = tcpNet({ logger: silentLogger });
    const ear = new Ear();
    let server: Connection | undefined;
    const listener = await net.listen(anywhere, (connection) => {
      server = connection;
      return ear;
    });
    const socket = new Socket({ allowHalfOpen: true }).on('error', () => {});
    const received: Buffer[] = [];
    socket.on('data', (chunk) => received.push(chunk));
    socket.connect(listener.endpoint.port, '127.0.0.1', () => socket.write('unread request'));
    await eventually(() => ear.bytes > 0);
    server?.write([Buffer.from('last words')]);
    server?.end();
    await eventually(() => ear.closes.length === 1);
    expect([ear.closes, Buffer.concat(received).toString()]).toEqual([[undefined], 'last words']);
    socket.destroy();
    await listener.close();
  });

  test('a connection attempt that takes longer than its time limit is ETIMEDOUT', async () => {
    const net = tcpNet({ logger: silentLogger });
    const listener = await net.listen(anywhere, () => new Ear());
    await new Promise((resolve) => setImmediate(resolve));
    const connecting = net.connect({ ...listener.endpoint, timeoutMs: 1 }, () => new Ear());
    // The event loop looks at its timers before it looks at its sockets.
    const start = performance.now();
    while (performance.now() - start < 5);
    await expect(connecting).rejects.toMatchObject({ code: 'ETIMEDOUT' });
    await listener.close();
  });

  test('a host that does not exist is ENOTFOUND or a failure of the resolver', async () => {
    const net = tcpNet({ logger: silentLogger });
    const connecting = net.connect(
      { host: 'no-such-host.invalid', port: 1, timeoutMs: 2_000 },
      () => new Ear(),
    );
    await expect(connecting).rejects.toMatchObject({ code: expect.stringMatching(/^E/) });
  });

  test('an address that cannot be bound rejects', async () => {
    const net = tcpNet({ logger: silentLogger });
    const listening = net.listen({ host: '192.0.2.1', port: 0 }, () => new Ear());
    await expect(listening).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  });

  test('mapped addresses are shortened, others kept', () => {
    expect(endpointOf('::ffff:127.0.0.1', 1)).toEqual({ host: '127.0.0.1', port: 1 });
    expect(endpointOf('::1', 2)).toEqual({ host: '::1', port: 2 });
    expect(endpointOf('::ffff:1234:5678', 3)).toEqual({ host: '::ffff:1234:5678', port: 3 });
    expect(endpointOf(undefined, undefined)).toEqual({ host: '', port: 0 });
  });
});

describe('memory net', () => {
  async function pair() {
    const net = new MemoryNet({ executor: new InlineExecutor() });
    const ears = { server: new Ear(), client: new Ear() };
    const accepted: Connection[] = [];
    const listener = await net.listen({ host: 'broker', port: 9092 }, (connection) => {
      accepted.push(connection);
      return ears.server;
    });
    const client = await net.connect({ host: 'broker', port: 9092 }, () => ears.client);
    return { net, ears, listener, client, server: accepted[0] };
  }

  test('hosts are names, and only the named one answers', async () => {
    const { net, client } = await pair();
    expect(client.remote).toEqual({ host: 'broker', port: 9092 });
    await expect(net.connect({ host: 'other', port: 9092 }, () => new Ear())).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
  });

  test('chunks are handed over without a copy', async () => {
    const { net } = await pair();
    const memory: ArrayBufferLike[] = [];
    await net.listen({ host: '', port: 1 }, () => ({
      onData: (chunk) => memory.push(chunk.buffer),
      onDrain() {},
      onClose() {},
    }));
    const client = await net.connect({ host: 'any', port: 1 }, () => new Ear());
    const bytes = new Uint8Array(10);
    client.write([bytes]);
    await eventually(() => memory.length === 1);
    expect(memory[0]).toBe(bytes.buffer);
  });

  test('reset breaks both ends with ECONNRESET', async () => {
    const { net, ears } = await pair();
    net.reset(9092);
    await eventually(() => ears.server.closes.length + ears.client.closes.length === 2);
    expect(ears.server.closes[0]).toMatchObject({ code: 'ECONNRESET' });
    expect(ears.client.closes[0]).toMatchObject({ code: 'ECONNRESET' });
  });

  test('reset of another port breaks nothing', async () => {
    const { net, ears, client } = await pair();
    net.reset(9093);
    client.write([Buffer.from('fine')]);
    await eventually(() => ears.server.text === 'fine');
  });

  test('a peer that is gone is an error for what was not yet delivered', async () => {
    const { ears, client, server } = await pair();
    const outcomes: unknown[] = [];
    client.write([Buffer.from('lost')], (error) => outcomes.push(error));
    server?.destroy();
    await eventually(() => ears.client.closes.length === 1);
    expect([outcomes.length, ears.server.bytes]).toEqual([1, 0]);
    expect(outcomes[0]).toMatchObject({ code: 'ECONNRESET' });
  });

  test('what vanishes says nothing to anybody', async () => {
    const { net, ears, client } = await pair();
    client.write([Buffer.from('lost')], () => expect.unreachable());
    net.vanish();
    await new Promise((resolve) => setImmediate(resolve));
    expect([ears.server.closes, ears.client.closes, ears.server.bytes]).toEqual([[], [], 0]);
    await net.listen({ host: 'broker', port: 9092 }, () => new Ear());
  });
});
