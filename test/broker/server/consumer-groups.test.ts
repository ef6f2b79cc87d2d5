import { expect, test } from 'vitest';
import {
  apiVersionsRequest,
  apiVersionsResponse,
  consumerGroupDescribeRequest,
  consumerGroupDescribeResponse,
  consumerGroupHeartbeatRequest,
  consumerGroupHeartbeatResponse,
  createPartitionsRequest,
  createPartitionsResponse,
  type Encodable,
  ErrorCode,
  findCoordinatorRequest,
  findCoordinatorResponse,
  incrementalAlterConfigsRequest,
  incrementalAlterConfigsResponse,
} from '../../../kafka/protocol/index.ts';
import { BrokerFixture } from '../broker-fixture.ts';

const heartbeatMessages = [consumerGroupHeartbeatRequest, consumerGroupHeartbeatResponse] as const;
const describeMessages = [consumerGroupDescribeRequest, consumerGroupDescribeResponse] as const;
const findMessages = [findCoordinatorRequest, findCoordinatorResponse] as const;
const alterMessages = [incrementalAlterConfigsRequest, incrementalAlterConfigsResponse] as const;
const growMessages = [createPartitionsRequest, createPartitionsResponse] as const;

const GROUP = 32;

async function start(properties: Record<string, string> = {}): Promise<BrokerFixture> {
  const started = await BrokerFixture.start({ 'group.consumer.assignment.interval.ms': '0', ...properties });
  await started.client.request(findMessages, 4, { keyType: 0, coordinatorKeys: ['g'] });
  return started;
}

type Heartbeat = Encodable<typeof consumerGroupHeartbeatRequest>;

const joining = {
  memberEpoch: 0,
  rebalanceTimeoutMs: 60_000,
  subscribedTopicNames: ['orders'],
  topicPartitions: [],
};

async function heartbeat(broker: BrokerFixture, fields: Partial<Heartbeat>) {
  const request = { groupId: 'g', memberId: 'm', memberEpoch: 2, ...fields };
  return broker.client.request(heartbeatMessages, 1, request);
}

async function describe(broker: BrokerFixture) {
  const request = { groupIds: ['g'], includeAuthorizedOperations: false };
  return (await broker.client.request(describeMessages, 1, request))?.groups[0];
}

test('what may be done to a group is told to who asks', async () => {
  const broker = await start();
  await heartbeat(broker, joining);
  const request = { groupIds: ['g', 'unknown'], includeAuthorizedOperations: true };
  const described = await broker.client.request(describeMessages, 1, request);
  expect(described?.groups).toMatchObject([
    { errorCode: 0, authorizedOperations: 3400 },
    { errorCode: 69, authorizedOperations: -2_147_483_648 },
  ]);
  expect(await describe(broker)).toMatchObject({ authorizedOperations: -2_147_483_648 });
});

test('FindCoordinator tells a message up to v3, later only of a type that does not exist', async () => {
  const broker = await start();
  const old = await broker.client.request(findMessages, 3, { keyType: 0, key: 'g' });
  expect(old).toMatchObject({ errorCode: 0, errorMessage: 'NONE' });
  const find = async (keyType: number) =>
    (await broker.client.request(findMessages, 6, { keyType, coordinatorKeys: ['g'] }))?.coordinators[0];
  expect(await find(0)).toMatchObject({ errorCode: 0, errorMessage: '' });
  expect(await find(2)).toMatchObject({ errorCode: 42, errorMessage: '' });
  expect(await find(9)).toMatchObject({
    errorCode: 42,
    errorMessage: expect.stringContaining('malformed by the client library'),
  });
});

test('the consumer protocol is served: its two APIs, and group.version 1', async () => {
  const broker = await start();
  const request = { clientSoftwareName: 'test', clientSoftwareVersion: '1' };
  const response = await broker.client.request(
    [apiVersionsRequest, apiVersionsResponse] as const,
    4,
    request,
  );
  const versions = response?.apiKeys.filter(({ apiKey }) => apiKey === 68 || apiKey === 69);
  expect(versions).toEqual([
    { apiKey: 68, minVersion: 0, maxVersion: 1 },
    { apiKey: 69, minVersion: 0, maxVersion: 1 },
  ]);
  expect(response?.supportedFeatures.find(({ name }) => name === 'group.version')).toMatchObject({
    minVersion: 0,
    maxVersion: 1,
  });
  expect(response?.finalizedFeatures.find(({ name }) => name === 'group.version')?.maxVersionLevel).toBe(1);
});

test('a member joins, hears of new partitions and topics, and outlives a restart of the broker', async () => {
  const broker = await start();
  const id = await broker.createTopic('orders', 2);
  const joined = await heartbeat(broker, { ...joining, subscribedTopicRegex: 'late.*' });
  expect(joined).toMatchObject({
    errorCode: 0,
    memberId: 'm',
    memberEpoch: 2,
    assignment: { topicPartitions: [{ topicId: id, partitions: [0, 1] }] },
  });
  const topics = [{ name: 'orders', count: 3, assignments: null }];
  await broker.client.request(growMessages, 3, { topics, timeoutMs: 1_000, validateOnly: false });
  expect(await heartbeat(broker, {})).toMatchObject({
    memberEpoch: 3,
    assignment: { topicPartitions: [{ topicId: id, partitions: [0, 1, 2] }] },
  });
  const late = await broker.createTopic('later', 1);
  await broker.platform.runFor(10_000);
  expect(await heartbeat(broker, { memberEpoch: 3 })).toMatchObject({
    memberEpoch: 4,
    assignment: {
      topicPartitions: [
        { topicId: id, partitions: [0, 1, 2] },
        { topicId: late, partitions: [0] },
      ],
    },
  });
  const before = await describe(broker);
  expect(before).toMatchObject({
    errorCode: 0,
    groupState: 'Stable',
    groupEpoch: 4,
    assignmentEpoch: 4,
    assignorName: 'uniform',
    members: [{ memberId: 'm', memberEpoch: 4, clientHost: expect.stringMatching(/^\//), memberType: 1 }],
  });
  await broker.restart();
  expect(await describe(broker)).toEqual(before);
  expect(await heartbeat(broker, { memberEpoch: 4 })).toMatchObject({ errorCode: 0, assignment: null });
});

test('configs of a group count from its next heartbeat on', async () => {
  const broker = await start();
  await broker.createTopic('orders', 1);
  expect(await heartbeat(broker, joining)).toMatchObject({ heartbeatIntervalMs: 5_000 });
  const configs = [
    { name: 'consumer.heartbeat.interval.ms', configOperation: 0, value: '7000' },
    { name: 'consumer.session.timeout.ms', configOperation: 0, value: '50000' },
  ];
  const resources = [{ resourceType: GROUP, resourceName: 'g', configs }];
  const altered = await broker.client.request(alterMessages, 1, { resources, validateOnly: false });
  expect(altered?.responses[0]?.errorCode).toBe(0);
  expect(await heartbeat(broker, {})).toMatchObject({ heartbeatIntervalMs: 7_000 });
  await broker.platform.runFor(49_000);
  expect(await describe(broker)).toMatchObject({ groupState: 'Stable' });
  await broker.platform.runFor(1_000);
  expect(await describe(broker)).toMatchObject({ groupState: 'Empty' });
});

test('without consumer in group.coordinator.rebalance.protocols its APIs say UNSUPPORTED_VERSION', async () => {
  const broker = await start({ 'group.coordinator.rebalance.protocols': 'classic' });
  expect(await heartbeat(broker, joining)).toMatchObject({ errorCode: ErrorCode.UNSUPPORTED_VERSION });
  expect(await describe(broker)).toMatchObject({ errorCode: ErrorCode.UNSUPPORTED_VERSION, groupId: 'g' });
});

test('before the offsets topic exists nobody coordinates the group', async () => {
  const broker = await BrokerFixture.start();
  expect(await heartbeat(broker, joining)).toMatchObject({ errorCode: ErrorCode.NOT_COORDINATOR });
});
