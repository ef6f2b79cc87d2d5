import { expect, test } from 'vitest';
import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { commitTopic, Groups, protocol } from './group-fixture.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const deletion = (topics: Readonly<Record<string, readonly number[]>>, groupId = 'g') => ({
  groupId,
  topics: Object.entries(topics).map(([name, partitions]) => ({
    name,
    partitions: partitions.map((partitionIndex) => ({ partitionIndex })),
  })),
});

const errorsOf = (response: { topics: readonly { partitions: readonly { errorCode: number }[] }[] }) =>
  response.topics.flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorCode));

test('OffsetDelete needs a group', async () => {
  const groups = await Groups.start();
  const response = await groups.service.offsetDelete({ ...deletion({ orders: [0] }), groupId: '' });
  expect(response).toMatchObject({ errorCode: ErrorCode.INVALID_GROUP_ID, topics: [] });
});

test('OffsetDelete removes offsets of an empty group, for good', async () => {
  const groups = await Groups.start();
  await groups.commit();
  await groups.commit({ topics: [commitTopic('payments', 1, 5)] });
  const response = await groups.service.offsetDelete(deletion({ orders: [0, 1], nowhere: [0] }));
  expect(response.errorCode).toBe(ErrorCode.NONE);
  expect(errorsOf(response)).toEqual([ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, 0, 0]);
  expect(await groups.offset()).toBe(-1);
  const restarted = await groups.restart();
  expect(await restarted.offset()).toBe(-1);
  expect(await restarted.offset('g', 'payments', 1)).toBe(5);
});

test('OffsetDelete of an unknown group fails as a whole', async () => {
  const groups = await Groups.start();
  const response = await groups.service.offsetDelete(deletion({ orders: [0] }));
  expect(response).toEqual({ errorCode: ErrorCode.GROUP_ID_NOT_FOUND, throttleTimeMs: 0, topics: [] });
});

test('OffsetDelete spares the topics that running consumers subscribe to', async () => {
  const groups = await Groups.start();
  await groups.stable(1, { protocols: [protocol('range', ['orders'])] });
  const response = await groups.service.offsetDelete(deletion({ orders: [0], payments: [0] }));
  expect(errorsOf(response)).toEqual([ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC, ErrorCode.NONE]);
});

test('OffsetDelete takes consumers whose metadata cannot be read for subscribed to everything', async () => {
  const groups = await Groups.start();
  await groups.stable(1, { protocols: [{ name: 'range', metadata: Buffer.from([0, 0, 0, 9]) }] });
  const response = await groups.service.offsetDelete(deletion({ payments: [0] }));
  expect(errorsOf(response)).toEqual([ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC]);
});

test('OffsetDelete of a running group that does not consume is refused', async () => {
  const groups = await Groups.start();
  await groups.enter({ protocolType: 'connect' });
  const response = await groups.service.offsetDelete(deletion({ orders: [0] }));
  expect(response.errorCode).toBe(ErrorCode.NON_EMPTY_GROUP);
});

test('DeleteGroups removes empty groups with their offsets and spares the others', async () => {
  const groups = await Groups.start();
  await groups.commit({ groupId: 'simple' });
  await groups.stable(1);
  const request = { groupsNames: ['simple', 'g', 'unknown', 'simple'] };
  const { results } = await groups.service.deleteGroups(request);
  expect(results).toEqual([
    { groupId: 'simple', errorCode: ErrorCode.NONE },
    { groupId: 'g', errorCode: ErrorCode.NON_EMPTY_GROUP },
    { groupId: 'unknown', errorCode: ErrorCode.GROUP_ID_NOT_FOUND },
  ]);
  const restarted = await groups.restart();
  expect(await restarted.state('simple')).toBe('Dead');
  expect(await restarted.offset('simple')).toBe(-1);
  expect(await restarted.state()).toBe('Stable');
});

test('a deleted group forgets its pending members and their timers', async () => {
  const groups = await Groups.start();
  const { response } = await groups.join();
  expect((await groups.service.deleteGroups({ groupsNames: ['g'] })).results[0]?.errorCode).toBe(
    ErrorCode.NONE,
  );
  expect(groups.clock.pending).toBe(0);
  const joined = await groups.join({ memberId: response.memberId });
  expect(joined.response.errorCode).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
});

test('the offsets of a deleted topic go, in all groups', async () => {
  const groups = await Groups.start();
  await groups.commit({ groupId: 'a', topics: [commitTopic('orders', 0, 1), commitTopic('payments', 0, 2)] });
  await groups.commit({ groupId: 'b', topics: [commitTopic('orders', 1, 3)] });
  groups.topics.delete('orders');
  groups.service.onTopicDeleted('orders');
  groups.topics.create('orders');
  expect(await groups.offset('a')).toBe(-1);
  expect(await groups.offset('b', 'orders', 1)).toBe(-1);
  const restarted = await groups.restart();
  expect(await restarted.offset('a')).toBe(-1);
  expect(await restarted.offset('a', 'payments')).toBe(2);
});

test('offsets of a simple group expire seven days after their commit, and the group with the last', async () => {
  const groups = await Groups.start();
  await groups.commit();
  await groups.pass(DAY);
  await groups.commit({ topics: [commitTopic('payments', 0, 5)] });
  await groups.pass(6 * DAY - 1);
  groups.service.expireOffsets();
  expect(await groups.offset()).toBe(42);
  await groups.pass(1);
  groups.service.expireOffsets();
  expect(await groups.offset()).toBe(-1);
  expect(await groups.state()).toBe('Empty');
  await groups.pass(DAY);
  groups.service.expireOffsets();
  expect(await groups.state()).toBe('Dead');
});

test('offsets of a group with members never expire while it runs, and then from the time it became empty', async () => {
  const groups = await Groups.start();
  const { leader } = await groups.stable(1, { sessionTimeoutMs: 1_800_000 });
  await groups.commit({ memberId: leader, generationIdOrMemberEpoch: 1 });
  for (let hours = 0; hours < 30 * 24; hours += 0.4) {
    await groups.pass(0.4 * HOUR);
    await groups.heartbeat(leader, 1);
  }
  groups.service.expireOffsets();
  expect(await groups.offset()).toBe(42);
  await groups.pass(0.5 * HOUR);
  expect(await groups.state()).toBe('Empty');
  await groups.pass(7 * DAY - 1);
  groups.service.expireOffsets();
  expect(await groups.offset()).toBe(42);
  await groups.pass(1);
  groups.service.expireOffsets();
  expect(await groups.state()).toBe('Dead');
  expect(await groups.offset()).toBe(-1);
});

test('running consumers lose expired offsets of topics that nobody subscribes to', async () => {
  const groups = await Groups.start({ offsetsRetentionMinutes: 1 });
  const { leader } = await groups.stable(1, { sessionTimeoutMs: 600_000 });
  const topics = [commitTopic('orders', 0, 1), commitTopic('payments', 0, 2)];
  await groups.commit({ memberId: leader, generationIdOrMemberEpoch: 1, topics });
  await groups.pass(60_000);
  groups.service.expireOffsets();
  expect(await groups.offset()).toBe(1);
  expect(await groups.offset('g', 'payments')).toBe(-1);
});

test('nothing expires while a group of consumers rebalances, nor in a running group of another type', async () => {
  const groups = await Groups.start({ offsetsRetentionMinutes: 1 });
  const topics = [commitTopic('payments', 0, 2)];
  await groups.commit({ topics });
  await groups.commit({ groupId: 'c', topics });
  const fields = { sessionTimeoutMs: 600_000, rebalanceTimeoutMs: 600_000 };
  await groups.stable(1, fields);
  await groups.enter(fields);
  await groups.stable(1, { ...fields, groupId: 'c', protocolType: 'connect' });
  await groups.pass(120_000);
  groups.service.expireOffsets();
  expect(await groups.offset('g', 'payments')).toBe(2);
  expect(await groups.offset('c', 'payments')).toBe(2);
});

test('a retention time given with the commit goes before the one of the broker', async () => {
  const groups = await Groups.start();
  await groups.commit({ retentionTimeMs: HOUR }, 4);
  const restarted = await groups.restart();
  await restarted.pass(HOUR - 1);
  restarted.service.expireOffsets();
  expect(await restarted.offset()).toBe(42);
  await restarted.pass(1);
  restarted.service.expireOffsets();
  expect(await restarted.offset()).toBe(-1);
});

test('an empty group without offsets is removed, unless somebody is about to join it', async () => {
  const groups = await Groups.start();
  const { response } = await groups.join({ sessionTimeoutMs: 60_000 });
  groups.service.expireOffsets();
  const joining = await groups.join({ memberId: response.memberId });
  expect(joining.isParked).toBe(true);
  await groups.pass(60_000);
  groups.service.expireOffsets();
  expect(await groups.state()).toBe('Dead');
});

test('expired offsets are removed every ten minutes once the service has started', async () => {
  const groups = await Groups.start({ offsetsRetentionMinutes: 1 });
  await groups.commit();
  groups.service.start();
  await groups.pass(599_999);
  expect(await groups.offset()).toBe(42);
  await groups.pass(1);
  expect(await groups.offset()).toBe(-1);
  groups.service.stop();
  expect(groups.clock.pending).toBe(0);
});

test('OffsetDelete tells each topic once when some of it does not exist, and no topic without partitions', async () => {
  const groups = await Groups.start();
  await groups.commit();
  const partitions = (...indexes: number[]) => indexes.map((partitionIndex) => ({ partitionIndex }));
  const topics = [
    { name: 'orders', partitions: partitions(0) },
    { name: 'payments', partitions: [] },
    { name: 'orders', partitions: partitions(9) },
    { name: 'nowhere', partitions: [] },
  ];
  const response = await groups.service.offsetDelete({ groupId: 'g', topics });
  const told = response.topics.map(({ name, partitions }) => [
    name,
    partitions.map((each) => each.errorCode),
  ]);
  expect(told).toEqual([
    ['orders', [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.NONE]],
    ['nowhere', []],
  ]);
});
