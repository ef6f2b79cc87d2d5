import { expect, test } from 'vitest';
import {
  describeClusterRequest,
  describeClusterResponse,
  describeTopicPartitionsRequest,
  describeTopicPartitionsResponse,
  findCoordinatorRequest,
  findCoordinatorResponse,
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from '../../../kafka/protocol/index.ts';
import { BrokerFixture, metadataMessages } from '../broker-fixture.ts';
import { RawClient } from '../raw-client.ts';

const clusterMessages = [describeClusterRequest, describeClusterResponse] as const;
const coordinatorMessages = [findCoordinatorRequest, findCoordinatorResponse] as const;
const partitionsMessages = [describeTopicPartitionsRequest, describeTopicPartitionsResponse] as const;
const alterMessages = [incrementalAlterConfigsRequest, incrementalAlterConfigsResponse] as const;

const connect = (fixture: BrokerFixture, host: string, port: number) =>
  fixture.during(RawClient.connect(fixture.platform.net, { host, port }));

/** Sets configs of this broker (or of all), expecting that it goes well. */
async function alter(fixture: BrokerFixture, configs: Record<string, string | null>, resourceName = '1') {
  const operations = Object.entries(configs).map(([name, value]) => {
    return { name, value, configOperation: value === null ? 1 : 0 };
  });
  const resources = [{ resourceType: 4, resourceName, configs: operations }];
  const answer = fixture.client.request(alterMessages, 1, { resources, validateOnly: false });
  expect((await fixture.during(answer))?.responses).toMatchObject([{ errorCode: 0, errorMessage: null }]);
  await fixture.platform.settle();
}

/** Every address a client is told. */
async function addressesTold(fixture: BrokerFixture, client: RawClient) {
  const metadata = await fixture.during(client.request(metadataMessages, 12, { topics: [] }));
  const cluster = await fixture.during(
    client.request(clusterMessages, 1, { includeClusterAuthorizedOperations: false }),
  );
  const coordinator = await fixture.during(
    client.request(coordinatorMessages, 4, { keyType: 0, coordinatorKeys: ['g'] }),
  );
  return [
    ...(metadata?.brokers ?? []),
    ...(cluster?.brokers ?? []),
    ...(coordinator?.coordinators ?? []),
  ].map(({ host, port }) => `${host}:${port}`);
}

test('clients are told the address of the listener they came in by', async () => {
  const fixture = await BrokerFixture.start({
    listeners:
      'PLAINTEXT://localhost:9092,OUTSIDE://0.0.0.0:9093,SIX://[::1]:9094,FREE://:0,CONTROLLER://:9099',
    'listener.security.protocol.map':
      'PLAINTEXT:PLAINTEXT,OUTSIDE:PLAINTEXT,SIX:PLAINTEXT,FREE:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'advertised.listeners': 'PLAINTEXT://inside.example:9092,OUTSIDE://outside.example:19093',
    'inter.broker.listener.name': 'PLAINTEXT',
  });
  await fixture.createTopic('t');
  const told = [];
  for (const [host, port] of [
    ['localhost', 9092],
    ['localhost', 9093],
    ['::1', 9094],
  ] as const) {
    told.push(await addressesTold(fixture, await connect(fixture, host, port)));
  }
  expect(told).toEqual([
    Array(3).fill('inside.example:9092'),
    Array(3).fill('outside.example:19093'),
    Array(3).fill('::1:9094'),
  ]);
  const free = fixture.broker.listeners.at(-1)?.advertised;
  expect(free).toMatchObject({ host: '127.0.0.1', port: expect.toSatisfy((port: number) => port > 0) });
  const client = await connect(fixture, 'localhost', free?.port ?? 0);
  expect(await addressesTold(fixture, client)).toEqual(Array(3).fill(`127.0.0.1:${free?.port}`));
  const described = client.request(partitionsMessages, 0, {
    topics: [{ name: 't' }],
    responsePartitionLimit: 10,
    cursor: null,
  });
  expect((await fixture.during(described))?.topics[0]?.partitions[0]).toMatchObject({
    errorCode: 0,
    leaderId: 1,
  });
  await expect(connect(fixture, 'localhost', 9099)).rejects.toThrow('ECONNREFUSED');
});

test('an address that has all its connections is not served another one', async () => {
  const fixture = new BrokerFixture({ 'max.connections.per.ip': '2' });
  await fixture.start();
  const second = await fixture.connect();
  const third = await fixture.connect();
  await fixture.platform.settle();
  expect([second.isClosed, third.isClosed]).toEqual([false, true]);
  second.connection.destroy();
  await fixture.platform.settle();
  expect((await fixture.connect()).isClosed).toBe(false);
  await alter(fixture, { 'max.connections.per.ip.overrides': '10.0.0.1:0,localhost:3' });
  expect((await fixture.connect()).isClosed).toBe(false);
});

test('a connection above max.connections waits until another one ends, or until there may be more', async () => {
  const fixture = await BrokerFixture.start({ 'max.connections': '2' });
  const served = await fixture.connect();
  const [waiting, patient] = [await fixture.connect(), await fixture.connect()];
  const answered: string[] = [];
  for (const [name, client] of Object.entries({ waiting, patient })) {
    void client.request(metadataMessages, 12, { topics: [] }).then(() => answered.push(name));
  }
  await fixture.platform.settle();
  expect(answered).toEqual([]);
  served.connection.destroy();
  await fixture.platform.settle();
  expect(answered).toEqual(['waiting']);
  await alter(fixture, { 'max.connections': '3' }, '');
  expect(answered).toEqual(['waiting', 'patient']);
});

test("a listener's own max.connections concerns that listener alone", async () => {
  const fixture = await BrokerFixture.start({
    listeners: 'PLAINTEXT://localhost:9092,OTHER://localhost:9093',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,OTHER:PLAINTEXT',
    'listener.name.other.max.connections': '0',
  });
  const other = await connect(fixture, 'localhost', 9093);
  let isAnswered = false;
  void other.request(metadataMessages, 12, { topics: [] }).then(() => {
    isAnswered = true;
  });
  await fixture.connect();
  expect(isAnswered).toBe(false);
  await alter(fixture, { 'listener.name.other.max.connections': '1' });
  expect(isAnswered).toBe(true);
});

test('listeners are opened and closed while the broker runs, and stay so', async () => {
  const fixture = await BrokerFixture.start({
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,LATER:PLAINTEXT',
  });
  await alter(fixture, { listeners: 'PLAINTEXT://localhost:9092,LATER://localhost:9095' });
  const later = await connect(fixture, 'localhost', 9095);
  expect(await addressesTold(fixture, later)).toEqual(Array(3).fill('localhost:9095'));
  await fixture.restart();
  await connect(fixture, 'localhost', 9095);
  const again = await connect(fixture, 'localhost', 9095);
  await alter(fixture, { listeners: null });
  expect(again.isClosed).toBe(true);
  await expect(connect(fixture, 'localhost', 9095)).rejects.toThrow('ECONNREFUSED');
  expect(fixture.client.isClosed).toBe(false);
});

test('a connection on which nothing happens for connections.max.idle.ms is closed', async () => {
  const fixture = await BrokerFixture.start({ 'connections.max.idle.ms': '8000' });
  await fixture.platform.clock.advance(7_000);
  expect(fixture.client.isClosed).toBe(false);
  await fixture.platform.clock.advance(2_000);
  await fixture.platform.settle();
  expect(fixture.client.isClosed).toBe(true);
});

test('a request larger than socket.request.max.bytes ends its connection', async () => {
  const fixture = await BrokerFixture.start({ 'socket.request.max.bytes': '100' });
  const topics = [{ name: 'x'.repeat(200), topicId: 'AAAAAAAAAAAAAAAAAAAAAA' }];
  await expect(
    fixture.during(fixture.client.request(metadataMessages, 12, { topics })),
  ).resolves.toBeUndefined();
});
