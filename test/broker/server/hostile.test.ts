import { expect, test } from 'vitest';
import {
  ApiKey,
  apiVersionsRequest,
  apiVersionsResponse,
  fetchRequest,
  heartbeatRequest,
  heartbeatResponse,
  joinGroupRequest,
  metadataRequest,
  produceRequest,
  produceResponse,
} from '../../../kafka/protocol/index.ts';
import { BrokerFixture, batchOf, fetchBody, produceBody } from '../broker-fixture.ts';
import type { RawClient } from '../raw-client.ts';

test('acks=0 is not answered; the records are there, and the next request is the next answer', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  fixture.client.send(produceRequest, 9, produceBody('t', 0, batchOf(['a']), 0));
  fixture.client.send(produceRequest, 9, produceBody('t', 0, batchOf(['b']), 0));
  expect(await fixture.produce('t', batchOf(['c']))).toMatchObject({ errorCode: 0, baseOffset: 2 });
  expect(await fixture.readAll('t')).toEqual(['0:a', '1:b', '2:c']);
});

test('records that are refused with acks=0 cost the connection', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  const client = await fixture.connect();
  client.send(produceRequest, 9, produceBody('nope', 0, batchOf(['a']), 0));
  await fixture.platform.settle();
  expect(client.isClosed).toBe(true);
  expect(client.bytesReceived).toBe(0);
  expect(await fixture.produce('t', batchOf(['c']))).toMatchObject({ errorCode: 0, baseOffset: 0 });
});

test('what comes behind records that are refused with acks=0 is not done', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  const client = await fixture.connect();
  const frames = [
    client.frameOf(produceRequest, 9, produceBody('nope', 0, batchOf(['a']), 0), 1),
    client.frameOf(produceRequest, 9, produceBody('t', 0, batchOf(['b'])), 2),
  ];
  client.write(Buffer.concat(frames.flat()));
  await fixture.platform.settle();
  expect(client.isClosed).toBe(true);
  expect(await fixture.listOffset('t', -1)).toMatchObject({ offset: 0 });
});

test('pipelined produce is answered in order while a fetch waits on another connection', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t', 2);
  const reader = await fixture.connect();
  reader.send(fetchRequest, 12, fetchBody('t', 0, { partition: 1, maxWaitMs: 60_000 }));
  const first = fixture.client.send(produceRequest, 9, produceBody('t', 0, batchOf(['a'])));
  for (let i = 1; i < 20; i++) fixture.client.send(produceRequest, 9, produceBody('t', 0, batchOf([`${i}`])));
  for (let i = 0; i < 20; i++) expect((await fixture.client.nextFrame())?.readInt32BE(0)).toBe(first + i);
  expect(reader.framesReceived).toBe(0);
  await fixture.produce('t', batchOf(['x']), { partition: 1 });
  await fixture.platform.settle();
  expect(reader.framesReceived).toBe(1);
});

test('B73: 1000 frames of garbage do not touch other connections, and leave nothing behind', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  await fixture.produce('t', batchOf(['a']));
  const { entropy } = fixture.platform;
  const valid = Buffer.concat(
    fixture.client.frameOf(produceRequest, 9, produceBody('t', 0, batchOf(['b', 'c'])), 1),
  ).subarray(4);
  const keys = Object.values(ApiKey);
  let answered = 0;
  let closed = 0;
  let clients: RawClient[] = [];
  for (let i = 0; i < 1000; i++) {
    const body = Buffer.alloc(8 + entropy.below(200));
    entropy.fill(body);
    const kind = entropy.below(4);
    let frame = body;
    if (kind === 1) frame.writeInt16BE(entropy.below(94), 0);
    if (kind >= 2) frame.writeInt16BE(keys[entropy.below(keys.length)] ?? 0, 0);
    if (kind >= 1) frame.writeInt16BE(entropy.below(14), 2);
    if (kind === 3) {
      frame = Buffer.from(valid);
      for (let flips = 1 + entropy.below(4); flips > 0; flips--)
        frame[entropy.below(frame.length)] = entropy.below(256);
    }
    const size = Buffer.alloc(4);
    size.writeInt32BE(frame.length);
    const client = await fixture.connect();
    client.write(size, frame);
    clients.push(client);
    if (clients.length === 50) {
      await fixture.platform.runFor(100);
      answered += clients.filter((each) => each.bytesReceived > 0).length;
      closed += clients.filter((each) => each.isClosed).length;
      for (const each of clients) each.connection.destroy();
      clients = [];
    }
    if (i % 100 === 0) {
      const messages = [heartbeatRequest, heartbeatResponse] as const;
      expect(
        await fixture.client.request(messages, 4, { groupId: 'g', generationId: 1, memberId: 'm' }),
      ).toBeDefined();
    }
  }
  expect(closed).toBeGreaterThan(500);
  expect(answered).toBeGreaterThan(10);
  expect((await fixture.readAll('t'))[0]).toBe('0:a');
  expect(await fixture.produce('t', batchOf(['end']))).toMatchObject({ errorCode: 0 });
});

test('a frame that is cut at any byte, and then a disconnect, has no effect', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  const frame = Buffer.concat(
    fixture.client.frameOf(produceRequest, 9, produceBody('t', 0, batchOf(['a'])), 1),
  );
  for (let size = 0; size < frame.length; size += 3) {
    const client = await fixture.connect();
    client.write(frame.subarray(0, size));
    await fixture.platform.settle();
    client.connection.destroy();
  }
  await fixture.platform.settle();
  expect(await fixture.listOffset('t', -1)).toMatchObject({ offset: 0 });
});

test('connections that go away while a fetch or a join waits leave nothing behind', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  const timers = () => fixture.platform.clock.pending;
  const before = timers();
  for (let i = 0; i < 20; i++) {
    const client = await fixture.connect();
    client.send(fetchRequest, 12, fetchBody('t', 0, { maxWaitMs: 600_000 }));
    await fixture.platform.settle();
    expect(timers()).toBe(before + 1);
    client.connection.destroy();
    await fixture.platform.settle();
    expect(timers()).toBe(before);
  }
  const joiner = await fixture.connect();
  const join = {
    groupId: 'g',
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 10_000,
    memberId: '',
    protocolType: 'consumer',
    protocols: [],
  };
  joiner.send(joinGroupRequest, 5, { ...join, groupInstanceId: null });
  await fixture.platform.settle();
  joiner.connection.destroy();
  await fixture.platform.runFor(60_000);
  expect(await fixture.produce('t', batchOf(['a']))).toMatchObject({ errorCode: 0 });
});

test('many fetches on one connection keep nothing of those that were answered', async () => {
  const fixture = await BrokerFixture.start();
  await fixture.createTopic('t');
  await fixture.produce('t', batchOf(['a']));
  const added: number[] = [];
  const original = Set.prototype.add;
  let callbacks = 0;
  Set.prototype.add = function add(this: Set<unknown>, value: unknown) {
    if (typeof value === 'function') callbacks += 1;
    return original.call(this, value);
  };
  try {
    for (let i = 0; i < 50; i++) await fixture.fetch('t', 0);
    added.push(callbacks);
  } finally {
    Set.prototype.add = original;
  }
  expect(added).toEqual([0]);
});

test('ApiVersions tells what is served, and hides from librdkafka that Produce 0 to 2 is not', async () => {
  const fixture = await BrokerFixture.start();
  const messages = [apiVersionsRequest, apiVersionsResponse] as const;
  for (let version = 0; version <= 4; version++) {
    const response = await fixture.client.request(messages, version, {
      clientSoftwareName: 'test',
      clientSoftwareVersion: '1.0',
    });
    expect(response?.errorCode).toBe(0);
    const keys = new Map(response?.apiKeys.map((each) => [each.apiKey, each]));
    expect(keys.get(ApiKey.Produce)).toMatchObject({ minVersion: 0, maxVersion: 13 });
    expect(keys.get(ApiKey.Fetch)).toMatchObject({ minVersion: 4, maxVersion: 18 });
    expect(keys.get(ApiKey.AddPartitionsToTxn)).toMatchObject({ minVersion: 0, maxVersion: 5 });
    expect(keys.get(ApiKey.InitProducerId)?.maxVersion).toBe(5);
  }
  const bad = await fixture.client.request(messages, 3, {
    clientSoftwareName: 'no spaces',
    clientSoftwareVersion: '1',
  });
  expect(bad).toMatchObject({ errorCode: 42, apiKeys: [] });
  const client = await fixture.connect();
  expect(
    await client.request([produceRequest, produceResponse] as const, 3, produceBody('nope', 0, null)),
  ).toBeDefined();
  client.send(metadataRequest, 13, { topics: null });
  await fixture.platform.settle();
});
