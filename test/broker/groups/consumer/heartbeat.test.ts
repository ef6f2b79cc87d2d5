import { expect, test } from 'vitest';
import { IN_PROCESS_HOST } from '../../../../broker/groups/index.ts';
import { ErrorCode } from '../../../../kafka/protocol/index.ts';
import { consumerTimes, Groups, topicId } from '../group-fixture.ts';
import { ConsumerClient, converge, describe, names, records } from './consumer-fixture.ts';

const all = ['orders-0', 'orders-1', 'orders-2', 'orders-3'];

test('the first member gets every partition with its first heartbeat', async () => {
  const groups = await Groups.start();
  const a = new ConsumerClient(groups, 'a');
  expect(await a.join()).toMatchObject({
    errorCode: 0,
    errorMessage: null,
    memberId: 'a',
    memberEpoch: 2,
    heartbeatIntervalMs: 5_000,
  });
  expect(a.assigned).toEqual(all);
});

test('in version 0 the coordinator makes the member id', async () => {
  const groups = await Groups.start();
  const client = new ConsumerClient(groups, '');
  const fields = { subscribedTopicNames: ['orders'], rebalanceTimeoutMs: 1_000, topicPartitions: [] };
  const response = await client.send({ memberId: '', ...fields }, 0);
  expect(response.memberId).toMatch(/^[\w-]{22}$/);
  expect((await client.send({ memberId: '', ...fields }, 1)).errorCode).toBe(ErrorCode.INVALID_REQUEST);
});

test('an answer has an assignment only when it changed or the member said everything about itself', async () => {
  const groups = await Groups.start();
  const a = new ConsumerClient(groups, 'a');
  await a.join();
  expect((await a.beat()).assignment).toBe(null);
  expect((await a.beat(a.assigned)).assignment).toBe(null);
  const full = { subscribedTopicNames: ['orders'], rebalanceTimeoutMs: 60_000, topicPartitions: [] };
  expect(names((await a.send(full)).assignment?.topicPartitions ?? [])).toEqual(all);
});

test('partitions go from one member to another only after the first has given them up', async () => {
  const groups = await Groups.start();
  const [a, b] = [new ConsumerClient(groups, 'a'), new ConsumerClient(groups, 'b')];
  await a.join();
  expect(await b.join()).toMatchObject({ memberEpoch: 3, assignment: { topicPartitions: [] } });
  expect((await describe(groups)).groupState).toBe('Reconciling');
  // Told to give two up, the first member keeps its epoch until it has.
  expect(await a.beat()).toMatchObject({ memberEpoch: 2 });
  expect(a.assigned).toHaveLength(2);
  expect((await b.beat()).assignment).toBe(null);
  expect(await a.beat(all)).toMatchObject({ memberEpoch: 2, assignment: null });
  expect(await a.beat(a.assigned)).toMatchObject({ memberEpoch: 3, assignment: null });
  expect(await b.beat()).toMatchObject({ memberEpoch: 3 });
  expect([...a.assigned, ...b.assigned].sort()).toEqual(all);
  expect((await describe(groups)).groupState).toBe('Stable');
});

test('a member that leaves hands its partitions on', async () => {
  const groups = await Groups.start();
  const [a, b] = [new ConsumerClient(groups, 'a'), new ConsumerClient(groups, 'b')];
  await a.join();
  await b.join();
  await converge([a, b]);
  expect(await a.leave()).toMatchObject({
    errorCode: 0,
    memberId: 'a',
    memberEpoch: -1,
    heartbeatIntervalMs: 0,
  });
  expect(await b.beat()).toMatchObject({ memberEpoch: 4 });
  expect(b.assigned).toEqual(all);
  expect((await a.beat()).errorCode).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
});

test('a group whose last member left is empty and stays', async () => {
  const groups = await Groups.start();
  const a = new ConsumerClient(groups, 'a');
  await a.join();
  await a.leave();
  expect(await describe(groups)).toMatchObject({ groupState: 'Empty', groupEpoch: 3, members: [] });
});

test('a member that is silent for its session loses its partitions', async () => {
  const groups = await Groups.start();
  const [a, b] = [new ConsumerClient(groups, 'a'), new ConsumerClient(groups, 'b')];
  await a.join();
  await b.join();
  await converge([a, b]);
  await groups.pass(30_000);
  await b.beat();
  await groups.pass(15_000);
  expect((await describe(groups)).members.map(({ memberId }) => memberId)).toEqual(['b']);
  await b.beat();
  expect(b.assigned).toEqual(all);
});

test('a member that does not give partitions up within its rebalance timeout is fenced', async () => {
  const groups = await Groups.start();
  groups.times = { ...consumerTimes, sessionTimeoutMs: 1_000_000 };
  const [a, b] = [new ConsumerClient(groups, 'a'), new ConsumerClient(groups, 'b')];
  await a.join();
  await b.join();
  await a.beat();
  await groups.pass(59_999);
  expect((await a.beat(all)).errorCode).toBe(0);
  await groups.pass(1);
  expect((await a.beat(all)).errorCode).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
  await b.beat();
  expect(b.assigned).toEqual(all);
});

test('a member that gave its partitions up in time is not fenced later', async () => {
  const groups = await Groups.start();
  groups.times = { ...consumerTimes, sessionTimeoutMs: 1_000_000 };
  const [a, b] = [new ConsumerClient(groups, 'a'), new ConsumerClient(groups, 'b')];
  await a.join();
  await b.join();
  await converge([a, b]);
  await groups.pass(120_000);
  expect((await a.beat()).errorCode).toBe(0);
});

test('an epoch from the future is fenced, one from the past too', async () => {
  const groups = await Groups.start();
  const a = new ConsumerClient(groups, 'a');
  await a.join();
  expect(await a.send({ memberEpoch: 3 })).toMatchObject({
    errorCode: ErrorCode.FENCED_MEMBER_EPOCH,
    errorMessage:
      'The consumer group member has a greater member epoch (3) than the one known by the group coordinator (2). ' +
      'The member must abandon all its partitions and rejoin.',
    memberId: null,
    memberEpoch: 0,
  });
  await a.send({ subscribedTopicNames: ['orders', 'payments'] });
  await a.send({ subscribedTopicNames: ['orders'], topicPartitions: [] });
  expect(a.epoch).toBe(4);
  expect(await a.send({ memberEpoch: 2 })).toMatchObject({
    errorCode: ErrorCode.FENCED_MEMBER_EPOCH,
    errorMessage:
      'The consumer group member has a smaller member epoch (2) than the one known by the group coordinator (4). ' +
      'The member must abandon all its partitions and rejoin.',
  });
});

test('the epoch before is accepted from a member that owns no more than it was given: it missed an answer', async () => {
  const groups = await Groups.start();
  const [a, b] = [new ConsumerClient(groups, 'a'), new ConsumerClient(groups, 'b')];
  await a.join();
  await b.join();
  await a.beat();
  await a.beat(a.assigned);
  expect((await a.send({ memberEpoch: 2 })).errorCode).toBe(ErrorCode.FENCED_MEMBER_EPOCH);
  const strange = [{ topicId: topicId('payments'), partitions: [] }];
  expect((await a.send({ memberEpoch: 2, topicPartitions: strange })).errorCode).toBe(
    ErrorCode.FENCED_MEMBER_EPOCH,
  );
  const request = { memberEpoch: 2, topicPartitions: [] };
  expect(await a.send(request)).toMatchObject({ errorCode: 0, memberEpoch: 3 });
});

test('a fenced member joins again under its id and is given everything anew', async () => {
  const groups = await Groups.start();
  const a = new ConsumerClient(groups, 'a');
  await a.join();
  await groups.pass(45_000);
  expect((await a.beat()).errorCode).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
  await a.join();
  expect(a.assigned).toEqual(all);
});

test('a member that joins while it is one gets what it has', async () => {
  const groups = await Groups.start();
  const a = new ConsumerClient(groups, 'a');
  await a.join();
  expect(await a.join()).toMatchObject({ memberEpoch: 2 });
  expect(a.assigned).toEqual(all);
});

test('a member that subscribes to less gives the rest up at once, even while assignments are held back', async () => {
  const groups = await Groups.start();
  const a = new ConsumerClient(groups, 'a', { subscribedTopicNames: ['orders', 'payments'] });
  await a.join();
  expect(a.assigned).toHaveLength(8);
  groups.times = { ...consumerTimes, assignmentIntervalMs: 10_000 };
  await a.send({ subscribedTopicNames: ['orders'] });
  expect(a.assigned).toEqual(all);
  expect(a.epoch).toBe(2);
  expect(await describe(groups)).toMatchObject({
    groupEpoch: 3,
    assignmentEpoch: 2,
    groupState: 'Assigning',
  });
});

test('assignments are made at most once per consumer.assignment.interval.ms, then for all changes at once', async () => {
  const groups = await Groups.start();
  groups.times = { ...consumerTimes, assignmentIntervalMs: 1_000 };
  const clients = ['a', 'b', 'c'].map((id) => new ConsumerClient(groups, id));
  for (const client of clients) await client.join();
  expect(clients.map(({ epoch }) => epoch)).toEqual([2, 2, 2]);
  expect(await describe(groups)).toMatchObject({ groupEpoch: 4, assignmentEpoch: 2 });
  await groups.pass(1_000);
  await converge(clients);
  expect(clients.map(({ epoch }) => epoch)).toEqual([4, 4, 4]);
});

test('a change of partitions or topics is a new group epoch at the next heartbeat', async () => {
  const groups = await Groups.start();
  const a = new ConsumerClient(groups, 'a', { subscribedTopicNames: ['orders', 'later'] });
  await a.join();
  groups.topics.grow('orders', 5);
  await a.beat();
  expect(a).toMatchObject({ epoch: 3, assigned: [...all, 'orders-4'] });
  groups.topics.create('later', 1);
  await a.beat();
  expect(a.assigned).toEqual(['later-0', ...all, 'orders-4']);
  groups.topics.create('other', 1);
  await a.beat();
  expect(a.epoch).toBe(4);
  groups.topics.delete('orders');
  await a.beat();
  await a.beat(['later-0']);
  expect(a).toMatchObject({ epoch: 5, assigned: ['later-0'] });
});

test('a change of racks is a new group epoch', async () => {
  const groups = await Groups.start();
  const a = new ConsumerClient(groups, 'a');
  await a.join();
  groups.topics.racks = ['r1'];
  groups.topics.grow('payments', 4);
  expect(await a.beat()).toMatchObject({ memberEpoch: 3 });
});

test('most votes choose the assignor, and the first of group.consumer.assignors is the default', async () => {
  const groups = await Groups.start({ groupConsumerAssignors: ['range', 'uniform'] });
  const topics = { subscribedTopicNames: ['orders', 'payments'] };
  const clients = [
    new ConsumerClient(groups, 'a', topics),
    new ConsumerClient(groups, 'b', topics),
    new ConsumerClient(groups, 'c', topics),
  ];
  for (const client of clients) await client.join();
  await converge(clients);
  expect((await describe(groups)).assignorName).toBe('range');
  expect(clients[0]?.assigned).toEqual(['orders-0', 'orders-1', 'payments-0', 'payments-1']);
  await clients[1]?.send({ serverAssignor: 'uniform' });
  await clients[2]?.send({ subscribedTopicNames: ['orders'] });
  await converge(clients);
  expect((await describe(groups)).assignorName).toBe('uniform');
});

test('group.consumer.assignors takes the class names of Kafka too', async () => {
  const java = 'org.apache.kafka.coordinator.group.assignor';
  const groups = await Groups.start({
    groupConsumerAssignors: [`${java}.RangeAssignor`, `${java}.UniformAssignor`],
  });
  const topics = ['orders', 'payments'];
  const [a, b] = ['a', 'b'].map((id) => new ConsumerClient(groups, id, { subscribedTopicNames: topics }));
  await a?.join();
  expect((await b?.send({ memberEpoch: 1, serverAssignor: 'sticky' }))?.errorMessage).toBe(
    'ServerAssignor sticky is not supported. Supported assignors: range, uniform.',
  );
  expect((await describe(groups)).assignorName).toBe('range');
});

test('a member in the process of the broker ends with it', async () => {
  const groups = await Groups.start();
  const request = { groupId: 'g', memberId: 'a', memberEpoch: 0, instanceId: null, rackId: null };
  const subscription = {
    rebalanceTimeoutMs: 1_000,
    subscribedTopicNames: ['orders'],
    subscribedTopicRegex: null,
  };
  await groups.service.consumerGroupHeartbeat(
    { ...request, ...subscription, serverAssignor: null, topicPartitions: [] },
    { apiVersion: 1, clientId: 'c', clientHost: IN_PROCESS_HOST },
  );
  const again = await groups.restart();
  await again.pass(0);
  expect(await describe(again)).toMatchObject({ groupState: 'Empty' });
});

test('the group is full at group.consumer.max.size, except for those that are in it', async () => {
  const groups = await Groups.start({ groupConsumerMaxSize: 1 });
  const [a, b] = [new ConsumerClient(groups, 'a'), new ConsumerClient(groups, 'b')];
  await a.join();
  expect(await b.join()).toMatchObject({
    errorCode: ErrorCode.GROUP_MAX_SIZE_REACHED,
    errorMessage: 'The consumer group has reached its maximum capacity of 1 members.',
  });
  expect((await a.join()).errorCode).toBe(0);
});

test('while the protocol is off every request gets UNSUPPORTED_VERSION', async () => {
  const groups = await Groups.start();
  groups.isConsumerProtocolEnabled = false;
  expect((await new ConsumerClient(groups, 'a').join()).errorCode).toBe(ErrorCode.UNSUPPORTED_VERSION);
  expect((await describe(groups)).errorCode).toBe(ErrorCode.UNSUPPORTED_VERSION);
});

test('after a restart of the broker members go on in their epoch, and silent ones are fenced', async () => {
  const groups = await Groups.start();
  const [a, b] = [new ConsumerClient(groups, 'a'), new ConsumerClient(groups, 'b')];
  await a.join();
  await b.join();
  await converge([a, b]);
  const before = await describe(groups);
  const again = await groups.restart();
  expect(await describe(again)).toEqual(before);
  const [, survivor] = [a, new ConsumerClient(again, 'b')];
  survivor.epoch = b.epoch;
  expect(await survivor.beat()).toMatchObject({ errorCode: 0, assignment: null });
  await again.pass(44_999);
  await survivor.beat();
  await again.pass(1);
  expect((await describe(again)).members).toHaveLength(1);
});

test('a member that had to give partitions up has its whole rebalance timeout after a restart', async () => {
  const groups = await Groups.start();
  const fields = { rebalanceTimeoutMs: 10_000, subscribedTopicNames: ['orders'] };
  const [a, b] = [new ConsumerClient(groups, 'a', fields), new ConsumerClient(groups, 'b')];
  await a.join();
  await b.join();
  await a.beat();
  await groups.pass(9_000);
  const again = await groups.restart();
  await again.pass(9_999);
  expect((await describe(again)).members).toHaveLength(2);
  await again.pass(1);
  expect((await describe(again)).members.map(({ memberId }) => memberId)).toEqual(['b']);
});

test('when the log refuses records, the member gets an error and nothing has changed', async () => {
  const groups = await Groups.start();
  const a = new ConsumerClient(groups, 'a');
  await a.join();
  groups.log.refusal = new Error('full');
  expect((await a.send({ subscribedTopicNames: ['payments'] })).errorCode).toBe(ErrorCode.NOT_COORDINATOR);
  groups.log.refusal = undefined;
  expect(await describe(groups)).toMatchObject({ groupEpoch: 2, groupState: 'Stable' });
});

test('a member without a topic is in the first epoch, and nothing is assigned', async () => {
  const groups = await Groups.start();
  const a = new ConsumerClient(groups, 'a', { subscribedTopicNames: [] });
  expect(await a.join()).toMatchObject({ errorCode: 0, memberEpoch: 1, assignment: { topicPartitions: [] } });
  expect(records(groups).map(({ kind }) => kind)).toEqual(['consumer-member', 'consumer-current-member']);
  const again = await groups.restart();
  expect(await describe(again)).toMatchObject({ groupState: 'Stable', groupEpoch: 1, assignmentEpoch: 1 });
});

test('the records of a first join are those of Kafka, in its order', async () => {
  const groups = await Groups.start();
  await new ConsumerClient(groups, 'a').join();
  expect(records(groups).map(({ kind }) => kind)).toEqual([
    'consumer-member',
    'consumer-group',
    'consumer-target-member',
    'consumer-target',
    'consumer-current-member',
  ]);
});
