import { expect, test } from 'vitest';
import {
  alterReplicaLogDirsRequest,
  alterReplicaLogDirsResponse,
  describeLogDirsRequest,
  describeLogDirsResponse,
  ErrorCode,
  findCoordinatorRequest,
  findCoordinatorResponse,
  heartbeatRequest,
  heartbeatResponse,
} from '../../kafka/protocol/index.ts';
import { BrokerFixture, batchOf, metadataMessages, ZERO_UUID } from './broker-fixture.ts';

const DIRECTORIES = { 'log.dirs': '/a,/b', 'log.dir.failure.timeout.ms': '1' };
const SLOW = { 'replica.alter.log.dirs.io.max.bytes.per.second': '2000' };
const SEGMENTS = { 'internal.segment.bytes': '300' };

function start(properties: Record<string, string> = {}): Promise<BrokerFixture> {
  return BrokerFixture.start({ ...DIRECTORIES, ...properties });
}

async function describe(
  fixture: BrokerFixture,
  topics: null | { topic: string; partitions: number[] }[] = null,
) {
  const messages = [describeLogDirsRequest, describeLogDirsResponse] as const;
  const response = await fixture.client.request(messages, 5, { topics });
  return response?.results ?? [];
}

/** Of each replica of topic `t`, as `directory/partition`, with a + when it is a copy on its way. */
async function replicas(fixture: BrokerFixture): Promise<string[]> {
  const results = await describe(fixture);
  return results.flatMap(({ logDir, topics }) =>
    topics
      .filter(({ name }) => name === 't')
      .flatMap(({ partitions }) =>
        partitions.map(
          ({ partitionIndex, isFutureKey }) => `${logDir}/${partitionIndex}${isFutureKey ? '+' : ''}`,
        ),
      ),
  );
}

async function alter(fixture: BrokerFixture, path: string, partition = 0, name = 't') {
  const messages = [alterReplicaLogDirsRequest, alterReplicaLogDirsResponse] as const;
  const dirs = [{ path, topics: [{ name, partitions: [partition] }] }];
  const response = await fixture.client.request(messages, 2, { dirs });
  return response?.results[0]?.partitions[0]?.errorCode;
}

async function metadataOf(fixture: BrokerFixture, partition: number) {
  const response = await fixture.client.request(metadataMessages, 12, {
    topics: [{ name: 't', topicId: ZERO_UUID }],
    allowAutoTopicCreation: false,
  });
  return response?.topics[0]?.partitions.find((each) => each.partitionIndex === partition);
}

async function fill(fixture: BrokerFixture, count: number, partition = 0, first = 0): Promise<void> {
  for (let i = first; i < first + count; i++) {
    const result = await fixture.produce('t', batchOf([`value ${i}`.padEnd(80, '.')]), { partition });
    expect(result).toMatchObject({ errorCode: 0, baseOffset: i });
  }
}

test('partitions are spread over the directories, and stay where they are', async () => {
  const fixture = await start();
  await fixture.createTopic('t', 4);
  expect(await replicas(fixture)).toEqual(['/a/0', '/a/2', '/b/1', '/b/3']);
  await fixture.restart();
  expect(await replicas(fixture)).toEqual(['/a/0', '/a/2', '/b/1', '/b/3']);
  await fixture.crash();
  expect(await replicas(fixture)).toEqual(['/a/0', '/a/2', '/b/1', '/b/3']);
});

test('of several directories for one replica the last counts, and a topic without partitions is not answered', async () => {
  const fixture = await start();
  await fixture.createTopic('t', 1);
  const dirs = ['/no/such', '/a'].map((path) => ({
    path,
    topics: [
      { name: 't', partitions: [0, 0] },
      { name: 'u', partitions: [] },
    ],
  }));
  const messages = [alterReplicaLogDirsRequest, alterReplicaLogDirsResponse] as const;
  const response = await fixture.client.request(messages, 2, { dirs });
  expect(response?.results).toEqual([{ topicName: 't', partitions: [{ partitionIndex: 0, errorCode: 0 }] }]);
});

test('when a directory fails its partitions answer KAFKA_STORAGE_ERROR and have no leader, the others go on', async () => {
  const fixture = await start();
  await fixture.createTopic('t', 2);
  await fill(fixture, 2, 0);
  await fill(fixture, 2, 1);
  const epoch = (await metadataOf(fixture, 1))?.leaderEpoch ?? -1;
  fixture.platform.files.failUnder('/b');
  const refused = { errorCode: ErrorCode.KAFKA_STORAGE_ERROR };
  expect(await fixture.produce('t', batchOf(['x']), { partition: 1 })).toMatchObject(refused);
  expect(await fixture.fetch('t', 0, { partition: 1 })).toMatchObject(refused);
  await fill(fixture, 1, 0, 2);
  const leaderless = { leaderId: -1, errorCode: ErrorCode.LEADER_NOT_AVAILABLE, offlineReplicas: [1] };
  expect(await metadataOf(fixture, 1)).toMatchObject(leaderless);
  expect(await metadataOf(fixture, 0)).toMatchObject({ leaderId: 1, offlineReplicas: [] });
  await fixture.platform.runFor(120_000);
  await fixture.crash();
  expect(await metadataOf(fixture, 1)).toMatchObject({ leaderId: 1, offlineReplicas: [] });
  expect((await metadataOf(fixture, 1))?.leaderEpoch).toBeGreaterThan(epoch);
  expect(await fixture.readAll('t', 0, 1)).toHaveLength(2);
  expect(await fixture.readAll('t', 0, 0)).toHaveLength(3);
  await fill(fixture, 1, 1, 2);
});

test('a directory that cannot be read at the start is offline with its partitions; new ones go elsewhere', async () => {
  const fixture = await start();
  await fixture.createTopic('t', 2);
  await fill(fixture, 2, 1);
  await fixture.during(fixture.broker.close());
  fixture.platform.files.failUnder('/b');
  await fixture.start();
  expect(await fixture.produce('t', batchOf(['x']), { partition: 1 })).toMatchObject({
    errorCode: ErrorCode.KAFKA_STORAGE_ERROR,
  });
  await fill(fixture, 1, 0);
  await fixture.createTopic('u', 2);
  expect(await fixture.produce('u', batchOf(['x']), { partition: 1 })).toMatchObject({ errorCode: 0 });
  const results = await describe(fixture);
  expect(results.map(({ logDir, errorCode }) => [logDir, errorCode])).toEqual([
    ['/a', 0],
    ['/b', ErrorCode.KAFKA_STORAGE_ERROR],
  ]);
  await fixture.crash();
  expect(await fixture.readAll('t', 0, 1)).toHaveLength(2);
});

test('the broker halts when its metadata directory fails', async () => {
  const fixture = await start();
  await fixture.createTopic('t', 2);
  let reason: unknown;
  void fixture.broker.halted.then((error) => {
    reason = error;
  });
  fixture.platform.files.failUnder('/a');
  await fixture.platform.runFor(10_000);
  expect(reason).toMatchObject({ code: 'BROKER_LOG_DIRECTORY_OFFLINE' });
  await fixture.during(fixture.broker.close());
  expect(fixture.platform.files.stat('/b/.kafka_cleanshutdown')).toBeDefined();
});

test('the broker halts when all directories but that of the metadata have failed, not before', async () => {
  const fixture = await start({ 'metadata.log.dir': '/meta' });
  await fixture.createTopic('t', 2);
  let reason: unknown;
  void fixture.broker.halted.then((error) => {
    reason = error;
  });
  fixture.platform.files.failUnder('/a');
  await fixture.produce('t', batchOf(['x']), { partition: 0 });
  expect(reason).toBeUndefined();
  await fill(fixture, 1, 1);
  fixture.platform.files.failUnder('/b');
  await fixture.produce('t', batchOf(['x']), { partition: 1 });
  expect(reason).toMatchObject({ code: 'BROKER_LOG_DIRECTORY_OFFLINE' });
});

test('groups of a failed directory have no coordinator, others do', async () => {
  const fixture = await start();
  const find = async (key: string) => {
    const messages = [findCoordinatorRequest, findCoordinatorResponse] as const;
    const response = await fixture.client.request(messages, 4, { keyType: 0, coordinatorKeys: [key] });
    return response?.coordinators[0]?.errorCode;
  };
  const heartbeat = async (groupId: string) => {
    const messages = [heartbeatRequest, heartbeatResponse] as const;
    const body = { groupId, generationId: 1, memberId: 'm', groupInstanceId: null };
    return (await fixture.client.request(messages, 4, body))?.errorCode;
  };
  const groups = ['a', 'b', 'c', 'd'];
  for (const group of groups) expect(await find(group)).toBe(0);
  const before = await Promise.all(groups.map(heartbeat));
  expect(before).toEqual(groups.map(() => ErrorCode.UNKNOWN_MEMBER_ID));
  fixture.platform.files.failUnder('/b');
  await fixture.platform.runFor(120_000);
  const found = await Promise.all(groups.map(find));
  const beats = await Promise.all(groups.map(heartbeat));
  expect(new Set(found)).toEqual(new Set([0, ErrorCode.COORDINATOR_NOT_AVAILABLE]));
  expect(beats).toEqual(
    found.map((errorCode) => (errorCode === 0 ? ErrorCode.UNKNOWN_MEMBER_ID : ErrorCode.NOT_COORDINATOR)),
  );
  await fixture.crash();
  expect(await Promise.all(groups.map(find))).toEqual([0, 0, 0, 0]);
});

test('DescribeLogDirs tells sizes and room, of the topics that are asked for, in every version', async () => {
  const fixture = await start();
  fixture.platform.files.capacityBytes = 1 << 20;
  await fixture.createTopic('t', 2);
  await fixture.createTopic('u', 1);
  await fill(fixture, 3, 1);
  const bytes = fixture.platform.files.stat('/b/t-1/00000000000000000000.log')?.size ?? 0;
  const described = await describe(fixture, [{ topic: 't', partitions: [1, 7] }]);
  const replica = { partitionIndex: 1, partitionSize: bytes, offsetLag: 0, isFutureKey: false };
  expect(described[1]?.topics).toMatchObject([{ name: 't', partitions: [replica] }]);
  expect(described[0]?.topics).toEqual([]);
  expect(described[0]).toMatchObject({ totalBytes: 1 << 20, isCordoned: false });
  expect(described[0]?.usableBytes).toBeLessThan(1 << 20);
  expect((await describe(fixture, []))[0]?.topics).toEqual([]);
  await fixture.restart();
  const unopened = await describe(fixture);
  expect(unopened[1]?.topics).toMatchObject([{ name: 't', partitions: [replica] }]);
  const messages = [describeLogDirsRequest, describeLogDirsResponse] as const;
  for (const version of [1, 2, 3, 4, 5]) {
    const response = await fixture.client.request(messages, version, { topics: null });
    expect(response?.results.map(({ logDir }) => logDir)).toEqual(['/a', '/b']);
  }
});

test('a cordoned directory is told as such and gets no new partitions', async () => {
  const fixture = await start({ 'cordoned.log.dirs': '/a' });
  await fixture.createTopic('t', 3);
  expect(await replicas(fixture)).toEqual(['/b/0', '/b/1', '/b/2']);
  expect((await describe(fixture)).map(({ isCordoned }) => isCordoned)).toEqual([true, false]);
  expect(await alter(fixture, '/a')).toBe(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
});

test('a replica moves to another directory with all its records, and goes on there', async () => {
  const fixture = await start();
  await fixture.createTopic('t', 1, SEGMENTS);
  await fill(fixture, 10);
  const before = await fixture.readAll('t');
  expect(await alter(fixture, '/b')).toBe(0);
  await fixture.platform.runFor(100);
  expect(await replicas(fixture)).toEqual(['/b/0']);
  expect(await fixture.readAll('t')).toEqual(before);
  await fill(fixture, 3, 0, 10);
  await fixture.restart();
  expect(await replicas(fixture)).toEqual(['/b/0']);
  expect(await fixture.readAll('t')).toHaveLength(13);
  await fixture.platform.runFor(120_000);
  expect(fixture.platform.files.list('/a').filter((name) => name.startsWith('t-'))).toEqual([]);
});

test('while it moves a replica takes records, and its copy is shown as the future one with its lag', async () => {
  const fixture = await start(SLOW);
  await fixture.createTopic('t', 1, SEGMENTS);
  await fill(fixture, 40);
  expect(await alter(fixture, '/b')).toBe(0);
  await fixture.platform.runFor(600);
  expect(await replicas(fixture)).toEqual(['/a/0', '/b/0+']);
  const [, target] = await describe(fixture);
  const copy = target?.topics[0]?.partitions[0];
  expect(copy?.offsetLag).toBeGreaterThan(0);
  expect(copy?.offsetLag).toBeLessThan(40);
  expect(copy?.partitionSize).toBeGreaterThan(0);
  await fill(fixture, 5, 0, 40);
  await fixture.platform.runFor(60_000);
  expect(await replicas(fixture)).toEqual(['/b/0']);
  expect(await fixture.readAll('t')).toHaveLength(45);
});

test('asking for the directory where it is ends a move, and another target begins anew', async () => {
  const fixture = await start({ ...SLOW, 'log.dirs': '/a,/b,/c' });
  await fixture.createTopic('t', 1, SEGMENTS);
  await fill(fixture, 40);
  expect(await alter(fixture, '/b')).toBe(0);
  await fixture.platform.runFor(300);
  expect(await alter(fixture, '/a')).toBe(0);
  expect(await replicas(fixture)).toEqual(['/a/0']);
  expect(fixture.platform.files.list('/b').filter((name) => name.startsWith('t-'))).toEqual([]);
  expect(await alter(fixture, '/b')).toBe(0);
  await fixture.platform.runFor(300);
  expect(await alter(fixture, '/c')).toBe(0);
  expect(await replicas(fixture)).toEqual(['/a/0', '/c/0+']);
  await fixture.platform.runFor(60_000);
  expect(await replicas(fixture)).toEqual(['/c/0']);
  expect(await fixture.readAll('t')).toHaveLength(40);
});

for (const stop of ['restart', 'crash'] as const) {
  test(`a move goes on after a ${stop} in its middle`, async () => {
    const fixture = await start(SLOW);
    await fixture.createTopic('t', 1, SEGMENTS);
    await fill(fixture, 40);
    await alter(fixture, '/b');
    await fixture.platform.runFor(600);
    await fixture[stop]();
    expect(await replicas(fixture)).toEqual(['/a/0', '/b/0+']);
    await fill(fixture, 1, 0, 40);
    await fixture.platform.runFor(60_000);
    expect(await replicas(fixture)).toEqual(['/b/0']);
    expect(await fixture.readAll('t')).toHaveLength(41);
  });
}

test('deleting a topic ends its moves', async () => {
  const fixture = await start(SLOW);
  await fixture.createTopic('t', 1, SEGMENTS);
  await fill(fixture, 40);
  await alter(fixture, '/b');
  await fixture.platform.runFor(300);
  await fixture.deleteTopic('t');
  await fixture.platform.runFor(120_000);
  for (const path of ['/a', '/b']) {
    expect(fixture.platform.files.list(path).filter((name) => name.startsWith('t-'))).toEqual([]);
  }
  await fixture.createTopic('t', 1);
  await fill(fixture, 1);
});

test('AlterReplicaLogDirs refuses as Kafka does', async () => {
  const fixture = await start({ 'log.dirs': '/a,/b,/c' });
  const long = 'l'.repeat(220);
  await fixture.createTopic('t', 2);
  await fixture.createTopic(long, 1);
  expect(await alter(fixture, '/nowhere')).toBe(ErrorCode.LOG_DIR_NOT_FOUND);
  expect(await alter(fixture, '/b', 9)).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  expect(await alter(fixture, '/b', 0, long)).toBe(ErrorCode.INVALID_TOPIC_EXCEPTION);
  expect(await alter(fixture, '/a')).toBe(0);
  fixture.platform.files.failUnder('/b');
  await fixture.produce('t', batchOf(['x']), { partition: 1 });
  expect(await alter(fixture, '/b')).toBe(ErrorCode.KAFKA_STORAGE_ERROR);
  expect(await alter(fixture, '/c', 1)).toBe(ErrorCode.KAFKA_STORAGE_ERROR);
});

test('a move to a directory that fails is over, and the replica stays', async () => {
  const fixture = await start({ ...SLOW, 'log.dirs': '/a,/b,/c' });
  await fixture.createTopic('t', 1, SEGMENTS);
  await fill(fixture, 40);
  await alter(fixture, '/b');
  await fixture.platform.runFor(300);
  fixture.platform.files.failUnder('/b');
  await fixture.platform.runFor(60_000);
  expect(await replicas(fixture)).toEqual(['/a/0']);
  await fill(fixture, 1, 0, 40);
});

test('a power cut at any file operation of a move leaves every record in exactly one place', async () => {
  const run = async (powerOffAt: number | undefined) => {
    const fixture = await start({ 'log.dirs': '/a,/b' });
    await fixture.createTopic('t', 1, SEGMENTS);
    await fill(fixture, 6);
    const from = fixture.platform.files.operations;
    if (powerOffAt !== undefined) fixture.platform.files.powerOffAt(from + powerOffAt);
    await alter(fixture, '/b').catch(() => undefined);
    await fixture.platform.runFor(50);
    return { fixture, operations: fixture.platform.files.operations - from };
  };
  const { operations } = await run(undefined);
  expect(operations).toBeGreaterThan(30);
  for (let operation = 1; operation <= operations; operation += operation < operations - 25 ? 24 : 1) {
    const { fixture } = await run(operation);
    await fixture.crash();
    await fixture.platform.runFor(50);
    expect(await replicas(fixture), `operation ${operation}`).toEqual([expect.stringMatching(/^\/[ab]\/0$/)]);
    expect(await fixture.readAll('t'), `operation ${operation}`).toHaveLength(6);
    await fill(fixture, 1, 0, 6);
  }
});
