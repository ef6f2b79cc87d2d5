import { expect, test } from 'vitest';
import { ErrorCode, type OffsetCommitRequest } from '../../../kafka/protocol/index.ts';
import { commitDefaults, commitTopic, context, Groups, topicId } from './group-fixture.ts';

const commitOf = (memberId: string, generationIdOrMemberEpoch: number): Partial<OffsetCommitRequest> => ({
  memberId,
  generationIdOrMemberEpoch,
});

test('a consumer without a group commits and creates a simple group', async () => {
  const groups = await Groups.start();
  expect(await groups.commit()).toBe(ErrorCode.NONE);
  expect(await groups.offset()).toBe(42);
  const { groups: listed } = await groups.service.listGroups({ statesFilter: [], typesFilter: [] });
  expect(listed).toEqual([{ groupId: 'g', protocolType: '', groupState: 'Empty', groupType: 'classic' }]);
});

test('offsets may be committed for the empty group id', async () => {
  const groups = await Groups.start();
  expect(await groups.commit({ groupId: '' })).toBe(ErrorCode.NONE);
  expect(await groups.offset('')).toBe(42);
});

test('a later commit replaces the offset, also by a smaller one', async () => {
  const groups = await Groups.start();
  await groups.commit();
  await groups.commit({ topics: [commitTopic('orders', 0, 7)] });
  expect(await groups.offset()).toBe(7);
});

test.each([
  [9, ErrorCode.GROUP_ID_NOT_FOUND],
  [8, ErrorCode.ILLEGAL_GENERATION],
])('in v%i a member of a group that does not exist gets error %i', async (apiVersion, errorCode) => {
  const groups = await Groups.start();
  expect(await groups.commit(commitOf('m', 1), apiVersion)).toBe(errorCode);
});

test('a member commits with its generation', async () => {
  const groups = await Groups.start();
  const { leader } = await groups.stable(1);
  expect(await groups.commit(commitOf(leader, 1))).toBe(ErrorCode.NONE);
  expect(await groups.offset()).toBe(42);
});

test.each([
  ['another generation', (id: string) => commitOf(id, 2), ErrorCode.ILLEGAL_GENERATION],
  ['its id without a generation', (id: string) => commitOf(id, -1), ErrorCode.ILLEGAL_GENERATION],
  ['an unknown id', () => commitOf('stranger', 1), ErrorCode.UNKNOWN_MEMBER_ID],
  ['no id and no generation', () => commitOf('', -1), ErrorCode.UNKNOWN_MEMBER_ID],
])('a group with members refuses a commit with %s', async (_, fields, errorCode) => {
  const groups = await Groups.start();
  const { leader } = await groups.stable(1);
  expect(await groups.commit(fields(leader))).toBe(errorCode);
  expect(await groups.offset()).toBe(-1);
});

test('a member may commit in the join phase, but not before it knows what it owns', async () => {
  const groups = await Groups.start();
  const { leader } = await groups.stable(1);
  const newcomer = await groups.enter();
  expect(await groups.commit(commitOf(leader, 1))).toBe(ErrorCode.NONE);
  await groups.join({ memberId: leader });
  expect(newcomer.joining.response.generationId).toBe(2);
  expect(await groups.commit(commitOf(leader, 2))).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
});

test('a group that is empty again accepts commits without a generation, but not those of former members', async () => {
  const groups = await Groups.start();
  const { leader } = await groups.stable(1);
  await groups.pass(10_000);
  expect(await groups.commit()).toBe(ErrorCode.NONE);
  expect(await groups.commit(commitOf(leader, 1))).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
});

test('unknown topics and partitions fail by themselves, and each topic is told once', async () => {
  const groups = await Groups.start();
  const topics = [
    commitTopic('nowhere', 0, 1),
    commitTopic('orders', 0, 1),
    commitTopic('orders', 9, 1),
    commitTopic('payments', 1, 2, 'x'.repeat(4_097)),
    commitTopic('payments', 2, 3, 'x'.repeat(4_096)),
  ];
  const response = await groups.service.offsetCommit({ ...commitDefaults, topics }, context(9));
  const told = response.topics.map(({ name, partitions }) => [
    name,
    partitions.map((each) => each.errorCode),
  ]);
  expect(told).toEqual([
    ['nowhere', [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION]],
    ['orders', [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.NONE]],
    ['payments', [ErrorCode.OFFSET_METADATA_TOO_LARGE, ErrorCode.NONE]],
  ]);
  expect(await groups.offset('g', 'payments', 1)).toBe(-1);
  expect(await groups.offset('g', 'payments', 2)).toBe(3);
});

test('a commit of nothing but unknown topics neither asks the group nor creates one', async () => {
  const groups = await Groups.start();
  const topics = [commitTopic('nowhere', 0, 1)];
  expect(await groups.commit({ topics })).toBe(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  expect(await groups.state()).toBe('Dead');
  await groups.stable(1);
  expect(await groups.commit({ ...commitOf('stranger', 1), topics })).toBe(
    ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
  );
});

test('an error of the group holds for all partitions that exist', async () => {
  const groups = await Groups.start();
  await groups.stable(1);
  const topics = [commitTopic('nowhere', 0, 1), commitTopic('orders', 0, 1), commitTopic('payments', 0, 1)];
  const request = { ...commitDefaults, ...commitOf('stranger', 1), topics };
  const response = await groups.service.offsetCommit(request, context(9));
  expect(response.topics.map(({ partitions }) => partitions[0]?.errorCode)).toEqual([3, 25, 25]);
});

test('since v10 topics are named by id', async () => {
  const groups = await Groups.start();
  const known = { ...commitTopic('orders', 0, 11), name: '' };
  const unknown = { ...commitTopic('nowhere', 0, 1), name: '' };
  const request = { ...commitDefaults, topics: [known, unknown] };
  const response = await groups.service.offsetCommit(request, context(10));
  expect(response.topics.map((topic) => [topic.topicId, topic.partitions[0]?.errorCode])).toEqual([
    [topicId('nowhere'), ErrorCode.UNKNOWN_TOPIC_ID],
    [topicId('orders'), ErrorCode.NONE],
  ]);
  expect(await groups.offset()).toBe(11);
});

test('metadata comes back as it was given, null as empty text', async () => {
  const groups = await Groups.start();
  await groups.commit({ topics: [commitTopic('orders', 0, 1, 'żółć'), commitTopic('orders', 1, 2, null)] });
  const restarted = await groups.restart();
  const topics = [{ name: 'orders', partitionIndexes: [0, 1] }];
  const request = { groupId: 'g', topics, groups: [], requireStable: false };
  const response = await restarted.service.offsetFetch(request, context(7));
  expect(response.topics[0]?.partitions.map(({ metadata }) => metadata)).toEqual(['żółć', '']);
});

test('a topic without partitions is passed over, and one that does not exist is told', async () => {
  const groups = await Groups.start();
  const withoutPartitions = (name: string) => ({ ...commitTopic(name, 0, 1), partitions: [] });
  const commit = (...topics: OffsetCommitRequest['topics']) =>
    groups.service.offsetCommit({ ...commitDefaults, topics }, context(9));
  expect((await commit(withoutPartitions('orders'))).topics).toEqual([]);
  const { topics } = await commit(commitTopic('orders', 0, 1), withoutPartitions('nowhere'));
  expect(topics.map(({ name, partitions }) => [name, partitions.length])).toEqual([
    ['nowhere', 0],
    ['orders', 1],
  ]);
});

test('a topic that is asked for twice is answered twice when all of it exists', async () => {
  const groups = await Groups.start();
  const topics = [commitTopic('orders', 0, 1), commitTopic('orders', 1, 1)];
  const response = await groups.service.offsetCommit({ ...commitDefaults, topics }, context(9));
  expect(response.topics.map(({ partitions }) => partitions.length)).toEqual([1, 1]);
});
