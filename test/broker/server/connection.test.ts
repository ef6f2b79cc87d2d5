import { expect, test } from 'vitest';
import { type Api, api, parkingApi } from '../../../broker/server/api.ts';
import { BrokerServer } from '../../../broker/server/server.ts';
import {
  apiVersionsRequest,
  apiVersionsResponse,
  decode,
  fetchRequest,
  fetchResponse,
  heartbeatRequest,
  heartbeatResponse,
  metadataRequest,
  metadataResponse,
  offsetFetchRequest,
  offsetFetchResponse,
  produceRequest,
  produceResponse,
} from '../../../kafka/protocol/index.ts';
import type { Logger } from '../../../platform/logger.ts';
import { silentLogger } from '../../../platform/logger.ts';
import { simulatedPlatform } from '../../../platform/simulation/simulated-platform.ts';
import { RawClient } from '../raw-client.ts';

const heartbeat = { groupId: 'g', generationId: 1, memberId: 'm' };
const heartbeatMessages = [heartbeatRequest, heartbeatResponse] as const;

/** About 1 MiB. */
const largeTopics = Array.from({ length: 64 }, () => ({ name: 'x'.repeat(16_384), partitions: [] }));

/** A server whose handlers the test answers for. */
async function startServer(requestBytesMax = 1 << 20) {
  const platform = simulatedPlatform(3);
  const parked: { name: string; answer: (throttleTimeMs: number) => void; isGone: boolean }[] = [];
  const logged: string[] = [];
  const answered = { large: 0 };
  const logger: Logger = {
    ...silentLogger,
    error: (_, message) => logged.push(message),
    warn: (_, message) => logged.push(message),
  };
  const park = (name: string, overlaps: boolean): Api =>
    parkingApi(
      name === 'produce' ? produceRequest : fetchRequest,
      name === 'produce' ? produceResponse : fetchResponse,
      { overlaps },
      (_, context, respond) => {
        const entry = {
          name,
          isGone: false,
          answer: (throttleTimeMs: number) => respond({ throttleTimeMs, responses: [] }),
        };
        context.onDisconnect(() => {
          entry.isGone = true;
        });
        parked.push(entry);
      },
    );
  const apis: Api[] = [
    park('produce', true),
    park('fetch', false),
    api(heartbeatRequest, heartbeatResponse, (request) => ({ errorCode: request.generationId })),
    api(metadataRequest, metadataResponse, () => {
      throw new Error('a handler with a defect');
    }),
    api(offsetFetchRequest, offsetFetchResponse, async () => {
      answered.large += 1;
      return { errorCode: 0, groups: [], topics: largeTopics };
    }),
    api(apiVersionsRequest, apiVersionsResponse, () => ({ errorCode: 0, apiKeys: [] })),
  ];
  const server = new BrokerServer({
    apis: new Map(apis.map((each) => [each.request.apiKey, each])),
    executor: platform.executor,
    clock: platform.clock,
    logger,
    requestBytesMax,
    idleMsMax: 600_000,
  });
  await server.listen(platform.net, { name: 'PLAINTEXT', endpoint: { host: 'localhost', port: 9092 } });
  server.start();
  const connect = async () => {
    const connected = RawClient.connect(platform.net, { host: 'localhost', port: 9092 });
    await platform.settle();
    return connected;
  };
  return { platform, server, connect, parked, logged, answered };
}

const produceBody = { acks: -1, timeoutMs: 1000, topicData: [] };
const fetchBody = { maxWaitMs: 1000, minBytes: 1, topics: [], forgottenTopicsData: [] };

function size(bytes: number): Buffer {
  const frame = Buffer.alloc(4);
  frame.writeInt32BE(bytes);
  return frame;
}

test('frames that arrive byte by byte, cut anywhere or many at once are answered in order', async () => {
  const { connect, platform } = await startServer();
  const frames = Array.from({ length: 30 }, (_, i) =>
    Buffer.concat(
      unsent.frameOf(
        heartbeatRequest,
        i % 5,
        { ...heartbeat, generationId: i, groupId: 'g'.repeat(i * 7) },
        i,
      ),
    ),
  );
  const stream = Buffer.concat(frames);
  for (const cut of [1, 3, 17, 100, 1000, stream.length]) {
    const client = await connect();
    for (let at = 0; at < stream.length; at += cut) client.write(stream.subarray(at, at + cut));
    await platform.settle();
    for (let i = 0; i < 30; i++) {
      const frame = await client.nextFrame();
      expect(frame?.readInt32BE(0), `cut ${cut}`).toBe(i);
    }
    expect(client.isClosed).toBe(false);
  }
});

/** Encodes frames, never connected. */
const unsent = new RawClient();

for (const [name, bytes] of [
  ['a negative size', size(-1)],
  ['the smallest int32 as its size', size(-0x80000000)],
  ['a size above socket.request.max.bytes', size((1 << 20) + 1)],
  ['the largest int32 as its size', size(0x7fffffff)],
  ['no bytes in it', size(0)],
  ['fewer bytes than a header', Buffer.concat([size(7), Buffer.alloc(7)])],
  [
    'an unknown API key',
    Buffer.concat([size(12), Buffer.from([0x03, 0xe7, 0, 0, 0, 0, 0, 1, 0xff, 0xff, 0, 0])]),
  ],
  [
    'a version that is not served',
    Buffer.concat(unsent.frameOf(heartbeatRequest, 4, heartbeat, 1)).fill(0x7f, 6, 8),
  ],
  [
    'an API that is known but not served',
    Buffer.concat([size(10), Buffer.from([0, 20, 0, 1, 0, 0, 0, 1, 0xff, 0xff])]),
  ],
  [
    'a body that is cut off',
    ((frame) => Buffer.concat([size(frame.length - 8), frame.subarray(4, frame.length - 4)]))(
      Buffer.concat(unsent.frameOf(heartbeatRequest, 0, heartbeat, 1)),
    ),
  ],
] as const) {
  test(`a frame with ${name} costs the connection, and no other`, async () => {
    const { connect, platform, server, logged } = await startServer();
    const [bad, good] = [await connect(), await connect()];
    bad.write(Buffer.from(bytes));
    await platform.settle();
    expect(bad.isClosed).toBe(true);
    expect(bad.framesReceived).toBe(0);
    expect(logged).toEqual(['connection closed because of a request that cannot be answered']);
    expect(await good.request(heartbeatMessages, 4, heartbeat)).toMatchObject({ errorCode: 1 });
    expect(server.connectionCount).toBe(1);
  });
}

test('bytes behind the body of a request are passed over, as in Kafka', async () => {
  const { connect } = await startServer();
  const client = await connect();
  const frame = Buffer.concat(unsent.frameOf(heartbeatRequest, 0, heartbeat, 9));
  client.write(size(frame.length), frame.subarray(4), Buffer.alloc(4));
  expect((await client.nextFrame())?.readInt32BE(0)).toBe(9);
  expect(await client.request(heartbeatMessages, 4, heartbeat)).toMatchObject({ errorCode: 1 });
});

test('an ApiVersions request of an unknown version is answered in version 0 with error 35, and the connection stays', async () => {
  const { connect } = await startServer();
  const client = await connect();
  const frame = Buffer.concat(
    unsent.frameOf(apiVersionsRequest, 4, { clientSoftwareName: 'x', clientSoftwareVersion: '1' }, 77),
  );
  frame.writeInt16BE(99, 6);
  client.write(frame);
  const answer = (await client.nextFrame()) ?? Buffer.alloc(4);
  expect(answer.readInt32BE(0)).toBe(77);
  expect(decode(apiVersionsResponse, 0, answer, 4)).toMatchObject({
    errorCode: 35,
    apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: 4 }],
  });
  expect(await client.request(heartbeatMessages, 4, heartbeat)).toMatchObject({ errorCode: 1 });
});

test('a frame that drips in keeps no more memory than what has arrived, and is answered when it is whole', async () => {
  const { connect, platform } = await startServer(100 << 20);
  const client = await connect();
  const before = process.memoryUsage().arrayBuffers;
  client.write(size(90 << 20));
  for (let i = 0; i < 50; i++) {
    client.write(Buffer.from([i]));
    await platform.settle();
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10 << 20);
  const dripping = await connect();
  for (const byte of Buffer.concat(unsent.frameOf(heartbeatRequest, 4, heartbeat, 5))) {
    dripping.write(Buffer.from([byte]));
    await platform.settle();
  }
  expect((await dripping.nextFrame())?.readInt32BE(0)).toBe(5);
});

test('B72: requests that overlap are answered in the order in which they came', async () => {
  const { connect, platform, parked } = await startServer();
  const client = await connect();
  for (let i = 0; i < 4; i++) client.send(produceRequest, 9, produceBody);
  await platform.settle();
  expect(parked).toHaveLength(4);
  for (const i of [3, 1, 2]) parked[i]?.answer(i);
  await platform.settle();
  expect(client.framesReceived).toBe(0);
  parked[0]?.answer(0);
  await platform.settle();
  for (let i = 1; i <= 4; i++) expect((await client.nextFrame())?.readInt32BE(0)).toBe(i);
});

test('a fetch that waits holds up its own connection and no other', async () => {
  const { connect, platform, parked } = await startServer();
  const [client, other] = [await connect(), await connect()];
  client.send(produceRequest, 9, produceBody);
  client.send(fetchRequest, 12, fetchBody);
  client.send(heartbeatRequest, 4, heartbeat);
  client.send(produceRequest, 9, produceBody);
  await platform.settle();
  expect(parked.map(({ name }) => name)).toEqual(['produce']);
  parked[0]?.answer(0);
  await platform.settle();
  expect(parked.map(({ name }) => name)).toEqual(['produce', 'fetch']);
  expect(await other.request(heartbeatMessages, 4, heartbeat)).toMatchObject({ errorCode: 1 });
  parked[1]?.answer(0);
  await platform.settle();
  parked[2]?.answer(0);
  await platform.settle();
  for (let i = 1; i <= 4; i++) expect((await client.nextFrame())?.readInt32BE(0)).toBe(i);
});

test('who waits hears of a disconnect; who was answered does not', async () => {
  const { connect, platform, parked, server } = await startServer();
  const client = await connect();
  client.send(fetchRequest, 12, fetchBody);
  await platform.settle();
  client.connection.destroy();
  await platform.settle();
  expect(parked[0]?.isGone).toBe(true);
  expect(server.connectionCount).toBe(0);
  parked[0]?.answer(0); // Too late, and nobody is hurt.
  await platform.settle();
});

test('a handler that throws, and an answer that cannot be encoded, cost the connection alone', async () => {
  const { connect, platform, parked, logged } = await startServer();
  const [first, second, good] = [await connect(), await connect(), await connect()];
  first.send(metadataRequest, 12, { topics: null });
  second.send(fetchRequest, 12, fetchBody);
  await platform.settle();
  expect(first.isClosed).toBe(true);
  parked[0]?.answer(2 ** 40);
  await platform.settle();
  expect(second.isClosed).toBe(true);
  expect(logged).toEqual(['request failed unexpectedly', 'request failed unexpectedly']);
  expect(await good.request(heartbeatMessages, 4, heartbeat)).toMatchObject({ errorCode: 1 });
});

test('a client that never reads stops being served when enough waits for it, and goes on when it reads', async () => {
  const { connect, platform, answered } = await startServer();
  const client = await connect();
  client.connection.pause();
  for (let i = 0; i < 100; i++) client.send(offsetFetchRequest, 5, { groupId: 'g', topics: null });
  await platform.settle();
  // Each answer takes 1 MiB; at most 8 MiB and one answer more wait.
  expect(answered.large).toBeLessThanOrEqual(9);
  expect(client.bytesReceived).toBe(0);
  client.connection.resume();
  await platform.settle();
  for (let i = 1; i <= 100; i++) expect((await client.nextFrame())?.readInt32BE(0)).toBe(i);
});

test('a client that sends without end while nothing is answered is not read any further', async () => {
  const { connect, platform, parked } = await startServer();
  const client = await connect();
  for (let i = 0; i < 3000; i++)
    client.send(produceRequest, 9, { ...produceBody, transactionalId: 'x'.repeat(10_000) });
  await platform.settle();
  expect(parked.length).toBeLessThanOrEqual(512);
  expect(client.connection.bufferedBytes).toBeGreaterThan(5_000_000);
  for (let i = 0; i < 3000; i++) {
    if (parked[i] === undefined) await platform.settle();
    parked[i]?.answer(0);
  }
  await platform.settle();
  expect(parked).toHaveLength(3000);
  for (let i = 1; i <= 3000; i++) expect((await client.nextFrame())?.readInt32BE(0)).toBe(i);
});

test('who connects before the broker is ready has only to wait', async () => {
  const platform = simulatedPlatform(1);
  const apis = new Map([[12, api(heartbeatRequest, heartbeatResponse, () => ({ errorCode: 9 }))]]);
  const server = new BrokerServer({
    apis,
    executor: platform.executor,
    clock: platform.clock,
    logger: silentLogger,
    requestBytesMax: 1000,
    idleMsMax: -1,
  });
  await server.listen(platform.net, { name: 'PLAINTEXT', endpoint: { host: 'localhost', port: 9092 } });
  const connecting = RawClient.connect(platform.net, { host: 'localhost', port: 9092 });
  await platform.settle();
  const client = await connecting;
  client.send(heartbeatRequest, 4, heartbeat);
  await platform.settle();
  expect(client.framesReceived).toBe(0);
  server.start();
  expect((await client.nextFrame())?.readInt32BE(0)).toBe(1);
});

test('a connection on which nothing happens is closed after connections.max.idle.ms, one that waits for an answer is not', async () => {
  const { connect, platform, server } = await startServer();
  const [idle, busy, parked] = [await connect(), await connect(), await connect()];
  const half = await connect();
  half.write(size(100), Buffer.alloc(50));
  parked.send(fetchRequest, 12, fetchBody);
  for (let i = 0; i < 9; i++) {
    await platform.runFor(75_000);
    await busy.request(heartbeatMessages, 4, heartbeat);
  }
  expect([idle.isClosed, busy.isClosed, parked.isClosed, half.isClosed]).toEqual([true, false, false, true]);
  expect(server.connectionCount).toBe(2);
});

test('a server that closes takes its connections and its port with it', async () => {
  const { connect, platform, server } = await startServer();
  const client = await connect();
  const closed = server.close();
  await platform.settle();
  await closed;
  expect(client.isClosed).toBe(true);
  const refused = expect(RawClient.connect(platform.net, { host: 'localhost', port: 9092 })).rejects.toThrow(
    'ECONNREFUSED',
  );
  await platform.settle();
  await refused;
});
