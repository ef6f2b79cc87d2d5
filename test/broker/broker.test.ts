import { expect, test } from 'vitest';
import { Broker } from '../../broker/index.ts';
import { ErrorCode, metadataRequest, metadataResponse } from '../../kafka/protocol/index.ts';
import { MemoryNet } from '../../platform/memory-net.ts';
import { BrokerFixture, batchOf } from './broker-fixture.ts';
import { RawClient } from './raw-client.ts';

test('a broker serves what was produced, also after a restart', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  expect(await fixture.produce('t', batchOf(['a', 'b']))).toMatchObject({ errorCode: 0, baseOffset: 0 });
  const { clusterId } = fixture.broker;
  await fixture.restart();
  expect(await fixture.readAll('t')).toEqual(['0:a', '1:b']);
  expect(fixture.broker.clusterId).toBe(clusterId);
});

test('a broker can be reached over a network inside of the process as well, and tells its address there', async () => {
  const fixture = new BrokerFixture();
  const { platform } = fixture;
  const net = new MemoryNet({ executor: platform.executor });
  const starting = Broker.start({
    platform,
    properties: new Map([
      ['log.dirs', '/data'],
      ['listeners', 'PLAINTEXT://localhost:0'],
    ]),
    inProcess: { net, host: 'broker', port: 1 },
  });
  await platform.settle();
  const broker = await starting;
  expect(broker.listeners.map(({ name }) => name)).toEqual(['PLAINTEXT', 'IN_PROCESS']);
  expect(broker.listeners[0]?.advertised.port).toBeGreaterThan(1024);
  const connecting = RawClient.connect(net, { host: 'broker', port: 1 });
  await platform.settle();
  const client = await connecting;
  const response = await client.request([metadataRequest, metadataResponse] as const, 12, { topics: null });
  expect(response?.brokers).toMatchObject([{ nodeId: 1, host: 'broker', port: 1 }]);
});

test('a second broker on the same directory does not start, and the first goes on', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  const properties = new Map([
    ['log.dirs', '/data'],
    ['listeners', 'PLAINTEXT://localhost:9093'],
  ]);
  const second = expect(Broker.start({ platform: fixture.platform, properties })).rejects.toThrow('EAGAIN');
  await fixture.platform.settle();
  await second;
  expect(await fixture.produce('t', batchOf(['a']))).toMatchObject({ errorCode: 0 });
});

test('a start that fails leaves the directory free, and does not pass off unchecked logs as clean', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  await fixture.produce('t', batchOf(['a']));
  fixture.platform.crash('everything');
  const path = '/data/t-0/00000000000000000000.log';
  const file = fixture.platform.files.open(path, 'write');
  file.append([Buffer.from('torn')]);
  file.close();
  const taken = await fixture.platform.net.listen({ host: 'localhost', port: 9092 }, () => {
    throw new Error('not accepted');
  });
  const quorumState = fixture.platform.files.readFile('/data/__cluster_metadata-0/quorum-state');
  const spoil = (bytes: Uint8Array) => {
    const state = fixture.platform.files.open('/data/__cluster_metadata-0/quorum-state', 'write');
    state.truncate(0);
    state.append([bytes]);
    state.close();
  };
  spoil(Buffer.from('{'));
  await expect(fixture.start()).rejects.toThrow('not a JSON object');
  spoil(quorumState);
  await expect(fixture.start()).rejects.toThrow('EADDRINUSE');
  await taken.close();
  await fixture.start();
  expect(await fixture.readAll('t')).toEqual(['0:a']);
  expect(await fixture.produce('t', batchOf(['b']))).toMatchObject({ baseOffset: 1 });
  expect(fixture.platform.files.readFile(path).includes('torn')).toBe(false);
});

test('a start that fails at its second listener gives the first one back', async () => {
  const { platform } = new BrokerFixture();
  const taken = await platform.net.listen({ host: 'localhost', port: 9093 }, () => {
    throw new Error('not accepted');
  });
  const fixture = new BrokerFixture(
    {
      listeners: 'PLAINTEXT://localhost:9092,OTHER://localhost:9093',
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,OTHER:PLAINTEXT,CONTROLLER:PLAINTEXT',
    },
    platform,
  );
  await expect(fixture.start()).rejects.toThrow('EADDRINUSE');
  expect(platform.clock.pending).toBe(0);
  await taken.close();
  await fixture.start();
  expect(fixture.broker.listeners).toHaveLength(2);
});

test('properties that make no broker are refused with every problem', async () => {
  const fixture = new BrokerFixture({ 'num.partitions': 'many', 'log.retention.ms': 'x' });
  await expect(fixture.start()).rejects.toThrow(
    /num\.partitions[\s\S]*log\.retention\.ms|log\.retention\.ms[\s\S]*num\.partitions/,
  );
});

test('B54: producer ids are never given out twice, whatever happens in between', async () => {
  const fixture = await BrokerFixture.start();
  const seen = new Set<number>();
  for (const survive of [
    () => fixture.restart(),
    () => fixture.crash(),
    () => fixture.crash('torn'),
    () => fixture.restart(),
  ]) {
    for (let i = 0; i < 5; i++) {
      const producerId = await fixture.producerId();
      expect(producerId).toBeGreaterThanOrEqual(0);
      expect(seen.has(producerId)).toBe(false);
      seen.add(producerId);
    }
    await survive();
  }
});

test('a block of producer ids that is used up is followed by another one', async () => {
  const fixture = await BrokerFixture.start();
  const ids = new Set<number>();
  for (let i = 0; i < 2100; i++) ids.add(await fixture.producerId());
  expect(ids.size).toBe(2100);
});

test('leader epochs and the epochs of records never go back', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  let last = -1;
  for (const survive of [
    () => fixture.restart(),
    () => fixture.crash(),
    () => fixture.crash('pages'),
    () => fixture.restart(),
    () => fixture.crash(),
  ]) {
    const epoch = (await fixture.leaderEpoch('t')) ?? -1;
    expect(epoch).toBeGreaterThanOrEqual(last);
    expect(await fixture.fetch('t', 0, { currentLeaderEpoch: epoch })).toMatchObject({ errorCode: 0 });
    expect(await fixture.produce('t', batchOf(['x']))).toMatchObject({ errorCode: 0 });
    expect(await fixture.listOffset('t', -1)).toMatchObject({ leaderEpoch: epoch });
    last = epoch;
    await survive();
  }
  expect(last).toBeGreaterThan(0);
});

test('retention is applied to every partition, also one that nobody has touched since the start', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t', 1, { 'retention.ms': '1000' });
  await fixture.produce('t', batchOf(['a']));
  await fixture.restart();
  await fixture.platform.runFor(301_000);
  await expect(fixture.listOffset('t', -2)).resolves.toMatchObject({ offset: 1 });
  await fixture.crash();
  expect(await fixture.produce('t', batchOf(['b']))).toMatchObject({ baseOffset: 1 });
});

test('compacted topics are compacted while the broker runs', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t', 1, {
    'cleanup.policy': 'compact',
    'min.cleanable.dirty.ratio': '0.00001',
    'segment.ms': '1000',
  });
  const people = ['mark', 'lisa', 'mark', 'erik', 'lisa', 'mark', 'anna', 'erik', 'lisa', 'mark', 'anna'];
  for (const [i, key] of people.entries()) {
    await fixture.produce('t', batchOf([`${key} ${i}`], { key, timestamp: fixture.platform.clock.now() }));
    await fixture.platform.runFor(1500);
  }
  await fixture.platform.runFor(30_000);
  expect(await fixture.readAll('t')).toEqual(['6:anna 6', '7:erik 7', '8:lisa 8', '9:mark 9', '10:anna 10']);
});

test('a full disk does not stop the broker or its housekeeping; what needs no room goes on', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t', 1, { 'retention.ms': '1000', 'internal.segment.bytes': '200' });
  for (let i = 0; i < 6; i++) await fixture.produce('t', batchOf([`v${i}`]));
  const { files } = fixture.platform;
  files.capacityBytes = 1;
  expect(await fixture.produce('t', batchOf(['x']))).toMatchObject({
    errorCode: ErrorCode.KAFKA_STORAGE_ERROR,
  });
  await expect(fixture.createTopic('no room')).rejects.toThrow();
  await fixture.platform.runFor(310_000);
  const client = await fixture.connect();
  expect((await fixture.fetch('t', 0, { client }))?.errorCode).toBe(ErrorCode.OFFSET_OUT_OF_RANGE);
  files.capacityBytes = Number.POSITIVE_INFINITY;
  expect(await fixture.produce('t', batchOf(['y']), { client })).toMatchObject({ errorCode: 0 });
});

test('a broker whose disk has failed still stops, and the next one checks everything', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  await fixture.produce('t', batchOf(['a']));
  fixture.platform.files.failNextDatasync();
  expect(await fixture.produce('t', batchOf(['b']))).toMatchObject({
    errorCode: ErrorCode.KAFKA_STORAGE_ERROR,
  });
  await fixture.platform.runFor(400_000);
  await fixture.restart();
  expect((await fixture.readAll('t'))[0]).toBe('0:a');
});

test('an orderly stop waits for what was produced and not yet durable', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  const { produceRequest } = await import('../../kafka/protocol/index.ts');
  const { produceBody } = await import('./broker-fixture.ts');
  fixture.client.send(produceRequest, 9, produceBody('t', 0, batchOf(['a'])));
  await new Promise((resolve) => setImmediate(resolve));
  await fixture.restart();
  const kept = await fixture.readAll('t');
  expect(['[]', '["0:a"]']).toContain(JSON.stringify(kept));
  expect(await fixture.produce('t', batchOf(['b']))).toMatchObject({ baseOffset: kept.length });
});
