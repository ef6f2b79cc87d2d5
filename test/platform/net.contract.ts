import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Connection, ConnectionHandler, Listener, Net } from '../../platform/net.ts';
import { Ear, eventually } from './ear.ts';

interface NetUnderTest {
  readonly net: Net;
  readonly host: string;
}

/** What every {@link Net} has to do. */
export function netContract(create: () => NetUnderTest): void {
  let net: Net;
  let host: string;
  let listeners: Listener[];
  let opened: Connection[];

  beforeEach(() => {
    ({ net, host } = create());
    listeners = [];
    opened = [];
  });

  afterEach(async () => {
    for (const connection of opened) connection.destroy();
    for (const listener of listeners) await listener.close();
  });

  async function listen(accept: (connection: Connection) => ConnectionHandler): Promise<number> {
    const listener = await net.listen({ host, port: 0 }, accept);
    listeners.push(listener);
    return listener.endpoint.port;
  }

  /** Both ends of a connection, each with an ear. */
  async function pair(serverEar = new Ear(), clientEar = new Ear()) {
    const accepted = Promise.withResolvers<Connection>();
    const port = await listen((connection) => {
      accepted.resolve(connection);
      return serverEar;
    });
    const client = await net.connect({ host, port }, () => clientEar);
    const server = await accepted.promise;
    opened.push(client, server);
    return { client, server, clientEar, serverEar };
  }

  test('bytes arrive in order, in both directions', async () => {
    const { client, server, clientEar, serverEar } = await pair();
    client.write([Buffer.from('hel'), Buffer.from('lo')]);
    client.write([Buffer.from(' there')]);
    server.write([Buffer.from('good day')]);
    await eventually(() => serverEar.text === 'hello there' && clientEar.text === 'good day');
  });

  test('many megabytes arrive as they were sent, while the writer waits for drain', async () => {
    const clientEar = new Ear();
    const { client, serverEar } = await pair(new Ear(), clientEar);
    const block = Buffer.alloc(300_000, 'abcdefghijklmnop');
    let left = 60;
    clientEar.whenDrained = () => {
      while (left > 0) {
        left -= 1;
        if (!client.write([block.subarray(0, 1), block.subarray(1)])) return;
      }
    };
    clientEar.whenDrained();
    await eventually(() => serverEar.bytes === 60 * block.length);
    expect(serverEar.content().equals(Buffer.concat(new Array<Buffer>(60).fill(block)))).toBe(true);
  });

  test('endpoints name the port that was bound, and mirror each other', async () => {
    const { client, server } = await pair();
    const port = listeners[0]?.endpoint.port;
    expect(port).toBeGreaterThan(0);
    expect(client.remote).toEqual({ host: '127.0.0.1', port });
    expect(server.local).toEqual(client.remote);
    expect(server.remote).toEqual(client.local);
  });

  test('nobody listening is ECONNREFUSED', async () => {
    const { port } = await closedListener();
    const connecting = net.connect({ host, port }, () => new Ear());
    await expect(connecting).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  async function closedListener(): Promise<{ port: number }> {
    const port = await listen(() => new Ear());
    for (const listener of listeners.splice(0)) await listener.close();
    return { port };
  }

  test('two listeners on one port are EADDRINUSE', async () => {
    const port = await listen(() => new Ear());
    await expect(net.listen({ host, port }, () => new Ear())).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test('a port is free again once its listener is closed', async () => {
    const { port } = await closedListener();
    const again = await net.listen({ host, port }, () => new Ear());
    listeners.push(again);
    expect(again.endpoint.port).toBe(port);
  });

  test('closing the listener leaves open connections alone', async () => {
    const { client, serverEar } = await pair();
    for (const listener of listeners.splice(0)) await listener.close();
    client.write([Buffer.from('still here')]);
    await eventually(() => serverEar.text === 'still here');
  });

  test.each(['', '0.0.0.0', '::', 'localhost'])(
    'listening on %j is reached through the loopback',
    async (any) => {
      const ear = new Ear();
      const listener = await net.listen({ host: any, port: 0 }, () => ear);
      listeners.push(listener);
      const client = await net.connect({ host: 'localhost', port: listener.endpoint.port }, () => new Ear());
      opened.push(client);
      client.write([Buffer.from('found')]);
      await eventually(() => ear.text === 'found');
    },
  );

  test('onFlushed is called after its write, in order, and never from within write', async () => {
    const { client } = await pair();
    const order: string[] = [];
    client.write([Buffer.from('a')], (error) => order.push(`first ${error}`));
    client.write([], (error) => order.push(`empty ${error}`));
    client.write([Buffer.alloc(0), Buffer.from('b'), Buffer.alloc(0)], (error) =>
      order.push(`last ${error}`),
    );
    order.push('written');
    await eventually(() => order.length === 4);
    expect(order).toEqual(['written', 'first undefined', 'empty undefined', 'last undefined']);
    expect(client.bufferedBytes).toBe(0);
  });

  test('handlers are not called from within write, also when they answer', async () => {
    let depth = 0;
    let deepest = 0;
    const echo = (connection: Connection): ConnectionHandler => ({
      onData(chunk) {
        depth += 1;
        deepest = Math.max(deepest, depth);
        connection.write([Buffer.from(chunk)]);
        depth -= 1;
      },
      onDrain() {},
      onClose() {},
    });
    const port = await listen(echo);
    const ear = new Ear();
    const client = await net.connect({ host, port }, () => ear);
    opened.push(client);
    for (let count = 0; count < 100; count++) client.write([Buffer.from('0123456789')]);
    await eventually(() => ear.bytes === 1000);
    expect(deepest).toBe(1);
  });

  test('a paused connection hears nothing until it is resumed', async () => {
    const { client, server, serverEar } = await pair();
    server.pause();
    client.write([Buffer.from('wait')]);
    server.write([Buffer.from('marker')]);
    await turns();
    expect(serverEar.bytes).toBe(0);
    server.resume();
    await eventually(() => serverEar.text === 'wait');
  });

  test('pausing from within onData holds back the rest', async () => {
    let calls = 0;
    let received = 0;
    const accepted = Promise.withResolvers<Connection>();
    const port = await listen((connection) => {
      accepted.resolve(connection);
      return {
        onData(chunk) {
          calls += 1;
          received += chunk.length;
          connection.pause();
        },
        onDrain() {},
        onClose() {},
      };
    });
    const client = await net.connect({ host, port }, () => new Ear());
    const server = await accepted.promise;
    opened.push(client, server);
    for (let count = 0; count < 64; count++) client.write([Buffer.alloc(65_536)]);
    await eventually(() => calls === 1);
    await turns();
    expect(calls).toBe(1);
    while (received < 64 * 65_536) {
      const before = calls;
      server.resume();
      await eventually(() => calls > before);
      await turns(2);
      expect(calls).toBe(before + 1);
    }
    expect(received).toBe(64 * 65_536);
  });

  test('a connection that is paused when it is accepted stays so', async () => {
    const ear = new Ear();
    const accepted = Promise.withResolvers<Connection>();
    const port = await listen((connection) => {
      connection.pause();
      accepted.resolve(connection);
      return ear;
    });
    const client = await net.connect({ host, port }, () => new Ear());
    const server = await accepted.promise;
    opened.push(client, server);
    client.write([Buffer.from('early')]);
    await turns();
    expect(ear.bytes).toBe(0);
    server.resume();
    await eventually(() => ear.text === 'early');
  });

  test('a peer that does not read makes write return false, and drains once it does', async () => {
    const clientEar = new Ear();
    const { client, server, serverEar } = await pair(new Ear(), clientEar);
    server.pause();
    let written = 0;
    let mayGoOn = true;
    while (mayGoOn) {
      mayGoOn = client.write([Buffer.alloc(500_000)]);
      written += 500_000;
      await turns(2);
    }
    expect(client.bufferedBytes).toBeGreaterThan(0);
    expect(clientEar.drains).toBe(0);
    server.resume();
    await eventually(() => clientEar.drains === 1 && serverEar.bytes === written);
    expect(client.bufferedBytes).toBe(0);
  });

  test('small writes to a peer that reads never ask to wait', async () => {
    const { client, clientEar, serverEar } = await pair();
    for (let count = 0; count < 100; count++) expect(client.write([Buffer.alloc(100)])).toBe(true);
    await eventually(() => serverEar.bytes === 10_000);
    expect(clientEar.drains).toBe(0);
  });

  test('end sends what was written, then closes both ends without an error', async () => {
    const { client, clientEar, serverEar } = await pair();
    let flushed: unknown = 'not yet';
    client.write([Buffer.alloc(3_000_000, 'x')], (error) => {
      flushed = error;
    });
    client.end();
    client.end();
    await eventually(() => clientEar.closes.length === 1 && serverEar.closes.length === 1);
    expect([serverEar.bytes, flushed, clientEar.closes, serverEar.closes]).toEqual([
      3_000_000,
      undefined,
      [undefined],
      [undefined],
    ]);
  });

  test('an answer that is on its way when the peer ends is still sent', async () => {
    const { client, server, clientEar, serverEar } = await pair();
    server.write([Buffer.from('answer')]);
    server.end();
    await eventually(() => clientEar.closes.length === 1 && serverEar.closes.length === 1);
    expect(clientEar.text).toBe('answer');
    expect(client.write([Buffer.from('too late')])).toBe(false);
  });

  test('an ended connection hears no more data', async () => {
    const { client, server, clientEar } = await pair();
    client.end();
    server.write([Buffer.from('nobody listens')]);
    await eventually(() => clientEar.closes.length === 1);
    expect(clientEar.bytes).toBe(0);
  });

  test('writing after end or destroy fails through onFlushed only', async () => {
    const { client, server, clientEar, serverEar } = await pair();
    const errors: unknown[] = [];
    const note = (error?: Error) => errors.push(error);
    client.end();
    expect(client.write([Buffer.from('x')], note)).toBe(false);
    server.destroy();
    expect(server.write([Buffer.from('x')], note)).toBe(false);
    expect(server.write([Buffer.from('x')])).toBe(false);
    expect(errors).toEqual([]);
    await eventually(
      () => errors.length === 2 && clientEar.closes.length === 1 && serverEar.closes.length === 1,
    );
    for (const error of errors) expect(error).toMatchObject({ code: 'CONNECTION_CLOSED' });
  });

  test('destroy drops what was not sent, tells its writers first, and closes both ends', async () => {
    const clientEar = new Ear();
    const { client, server, serverEar } = await pair(new Ear(), clientEar);
    server.pause();
    const outcomes: unknown[] = [];
    for (let count = 0; count < 100; count++)
      client.write([Buffer.alloc(200_000)], (error) => outcomes.push(error));
    await turns(3);
    const flushed = outcomes.length;
    expect(flushed).toBeLessThan(100);
    let outcomesAtClose = 0;
    clientEar.whenClosed = () => {
      outcomesAtClose = outcomes.length;
    };
    const reason = new Error('gave up');
    client.destroy(reason);
    client.destroy(new Error('again'));
    server.resume();
    await eventually(() => clientEar.closes.length === 1 && serverEar.closes.length === 1);
    expect(clientEar.closes).toEqual([reason]);
    expect(outcomesAtClose).toBe(100);
    for (const outcome of outcomes.slice(flushed)) expect(outcome).toBeInstanceOf(Error);
    expect(clientEar.drains).toBe(0);
  });

  test('nothing is heard after onClose, and onClose comes once', async () => {
    const { client, server, clientEar, serverEar } = await pair();
    client.destroy();
    expect(clientEar.closes).toEqual([]);
    await eventually(() => clientEar.closes.length === 1 && serverEar.closes.length === 1);
    client.destroy();
    client.end();
    client.pause();
    client.resume();
    server.destroy();
    await turns();
    expect([clientEar.closes.length, serverEar.closes.length]).toEqual([1, 1]);
  });

  test('a handler that throws loses its connection, with its error', async () => {
    const broken = new Error('bug in onData');
    const ear = new Ear();
    ear.whenData = () => {
      throw broken;
    };
    const { client, clientEar } = await pair(ear);
    client.write([Buffer.from('x')]);
    await eventually(() => ear.closes.length === 1 && clientEar.closes.length === 1);
    expect(ear.closes).toEqual([broken]);
  });

  test('an acceptor that throws closes that connection, and the next is accepted', async () => {
    let accepted = 0;
    const ear = new Ear();
    const port = await listen(() => {
      accepted += 1;
      if (accepted === 1) throw new Error('no room');
      return ear;
    });
    const refused = new Ear();
    opened.push(await net.connect({ host, port }, () => refused));
    await eventually(() => refused.closes.length === 1);
    const second = await net.connect({ host, port }, () => new Ear());
    opened.push(second);
    second.write([Buffer.from('hi')]);
    await eventually(() => ear.text === 'hi');
  });

  test('connect rejects with what open throws', async () => {
    const serverEar = new Ear();
    const port = await listen(() => serverEar);
    const connecting = net.connect({ host, port }, () => {
      throw new Error('changed my mind');
    });
    await expect(connecting).rejects.toThrow('changed my mind');
    await eventually(() => serverEar.closes.length === 1);
  });

  test('both sides may write while they are being opened', async () => {
    const serverEar = new Ear();
    const clientEar = new Ear();
    const port = await listen((connection) => {
      connection.write([Buffer.from('welcome')]);
      return serverEar;
    });
    const open = (connection: Connection) => {
      connection.write([Buffer.from('hello')]);
      return clientEar;
    };
    opened.push(await net.connect({ host, port }, open));
    await eventually(() => serverEar.text === 'hello' && clientEar.text === 'welcome');
  });
}

/** Lets a few turns of the event loop pass. */
async function turns(count = 10): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}
