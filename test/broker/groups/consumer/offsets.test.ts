import { expect, test } from 'vitest';
import { commitError, type MemberCommit } from '../../../../broker/groups/consumer/commit-validation.ts';
import { emptyConsumerGroup } from '../../../../broker/groups/consumer/consumer-group.ts';
import { newConsumerMember } from '../../../../broker/groups/consumer/consumer-member.ts';
import { ErrorCode } from '../../../../kafka/protocol/index.ts';
import { commitTopic, context, fetchDefaults, Groups, topicId } from '../group-fixture.ts';
import { ConsumerClient, converge, describe, records } from './consumer-fixture.ts';

/** Members `a`, in epoch 3 and with two partitions, and `b`. */
async function start() {
  const groups = await Groups.start();
  const [a, b] = [new ConsumerClient(groups, 'a'), new ConsumerClient(groups, 'b')];
  await a.join();
  await b.join();
  await converge([a, b]);
  return { groups, a, b };
}

/** A commit of the partition, by the member in this epoch. */
const commitOf = (partition: string, memberId: string, epoch: number) => {
  const [topic = '', number = '0'] = partition.split('-');
  return { memberId, generationIdOrMemberEpoch: epoch, topics: [commitTopic(topic, Number(number), 7)] };
};

test('a member commits in its epoch, for any partition', async () => {
  const { groups, a, b } = await start();
  expect(await groups.commit(commitOf(a.assigned[0] ?? '', 'a', 3))).toBe(ErrorCode.NONE);
  expect(await groups.commit(commitOf(b.assigned[0] ?? '', 'a', 3))).toBe(ErrorCode.NONE);
});

test('an older epoch counts for partitions that the member has had since then', async () => {
  const { groups, a, b } = await start();
  expect(await groups.commit(commitOf(a.assigned[0] ?? '', 'a', 2))).toBe(ErrorCode.NONE);
  expect(await groups.commit(commitOf(a.assigned[0] ?? '', 'a', 1))).toBe(ErrorCode.STALE_MEMBER_EPOCH);
  expect(await groups.commit(commitOf(b.assigned[0] ?? '', 'a', 2))).toBe(ErrorCode.STALE_MEMBER_EPOCH);
  expect(await groups.commit(commitOf(b.assigned[0] ?? '', 'b', 2))).toBe(ErrorCode.STALE_MEMBER_EPOCH);
});

test('partitions that a member is giving up may still be committed', async () => {
  const groups = await Groups.start();
  const [a, b] = [new ConsumerClient(groups, 'a'), new ConsumerClient(groups, 'b')];
  await a.join();
  await b.join();
  await a.beat();
  const [revoked = ''] = ['orders-0', 'orders-1', 'orders-2', 'orders-3'].filter(
    (each) => !a.assigned.includes(each),
  );
  expect(await groups.commit(commitOf(revoked, 'a', 2))).toBe(ErrorCode.NONE);
});

test('what an older epoch cannot commit fails the whole request', async () => {
  const { groups, a, b } = await start();
  const topics = [...a.assigned, ...b.assigned].map((each) => commitOf(each, 'a', 2).topics[0]);
  const request = {
    memberId: 'a',
    generationIdOrMemberEpoch: 2,
    topics: topics.filter((each) => each !== undefined),
  };
  expect(await groups.commit(request)).toBe(ErrorCode.STALE_MEMBER_EPOCH);
  expect(records(groups).filter(({ kind }) => kind === 'offset-commit')).toEqual([]);
});

test.each<[string, Parameters<Groups['commit']>[0], number, number]>([
  [
    'an epoch from the future',
    { memberId: 'a', generationIdOrMemberEpoch: 4 },
    9,
    ErrorCode.STALE_MEMBER_EPOCH,
  ],
  ['a stranger', { memberId: 'x', generationIdOrMemberEpoch: 3 }, 9, ErrorCode.UNKNOWN_MEMBER_ID],
  ['nobody', { memberId: '', generationIdOrMemberEpoch: -1 }, 9, ErrorCode.UNKNOWN_MEMBER_ID],
  ['an old version', { memberId: 'a', generationIdOrMemberEpoch: 3 }, 8, ErrorCode.UNSUPPORTED_VERSION],
])('a commit by %s is refused', async (_who, fields, apiVersion, errorCode) => {
  const { groups } = await start();
  expect(await groups.commit(fields, apiVersion)).toBe(errorCode);
});

test('a commit to a group that is not there is refused by name from version 9', async () => {
  const groups = await Groups.start();
  const fields = { memberId: 'a', generationIdOrMemberEpoch: 2 };
  expect(await groups.commit(fields, 9)).toBe(ErrorCode.GROUP_ID_NOT_FOUND);
});

test('an empty consumer group takes the commits of an administrator', async () => {
  const { groups, a, b } = await start();
  await a.leave();
  await b.leave();
  expect(await groups.commit()).toBe(ErrorCode.NONE);
  expect(await groups.offset()).toBe(42);
});

test.each<[Partial<MemberCommit>, number]>([
  [{ memberId: '', memberEpoch: -1 }, ErrorCode.NONE],
  [{ memberId: 'm', memberEpoch: 5 }, ErrorCode.NONE],
  [{ memberId: 'm', memberEpoch: 6 }, ErrorCode.STALE_MEMBER_EPOCH],
  [{ memberId: 'x', memberEpoch: 5 }, ErrorCode.UNKNOWN_MEMBER_ID],
  [{ memberId: '', memberEpoch: -1, groupInstanceId: 'i' }, ErrorCode.UNKNOWN_MEMBER_ID],
])('in a transaction %j gives error %i', (fields, errorCode) => {
  const member = { ...newConsumerMember('m'), memberEpoch: 5 };
  const group = { ...emptyConsumerGroup('g'), members: new Map([['m', member]]) };
  const commit = { groupInstanceId: null, memberId: '', memberEpoch: -1, apiVersion: 3, partitions: [] };
  expect(commitError(group, { ...commit, isTransactional: true, ...fields })).toBe(errorCode);
});

test.each<[string | null, number, number]>([
  [null, -1, ErrorCode.NONE],
  ['a', 3, ErrorCode.NONE],
  ['a', 2, ErrorCode.STALE_MEMBER_EPOCH],
  ['a', -1, ErrorCode.STALE_MEMBER_EPOCH],
  ['x', 3, ErrorCode.UNKNOWN_MEMBER_ID],
  [null, 2, ErrorCode.UNKNOWN_MEMBER_ID],
])('OffsetFetch by member %j in epoch %i gives error %i', async (memberId, memberEpoch, errorCode) => {
  const { groups } = await start();
  const topics = [{ name: 'orders', topicId: topicId('orders'), partitionIndexes: [0] }];
  const response = await groups.service.offsetFetch(
    { ...fetchDefaults, groups: [{ groupId: 'g', memberId, memberEpoch, topics }] },
    context(9),
  );
  expect(response.groups[0]?.errorCode).toBe(errorCode);
});

test('offsets of topics that members subscribe to, by name or pattern, are neither deleted nor expired', async () => {
  const groups = await Groups.start();
  const a = new ConsumerClient(groups, 'a', { subscribedTopicRegex: 'pay.*' });
  await a.join();
  groups.topics.create('third', 1);
  for (const topic of ['orders', 'payments', 'third']) {
    expect(await groups.commit(commitOf(`${topic}-0`, 'a', 2))).toBe(ErrorCode.NONE);
  }
  const topics = ['orders', 'payments', 'third'].map((name) => ({
    name,
    partitions: [{ partitionIndex: 0 }],
  }));
  const deleted = await groups.service.offsetDelete({ groupId: 'g', topics: topics.slice(0, 2) });
  expect(deleted.topics.map(({ partitions }) => partitions[0]?.errorCode)).toEqual([
    ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC,
    ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC,
  ]);
  const week = 7 * 24 * 3_600_000;
  groups.times = { ...groups.times, sessionTimeoutMs: 2 * week };
  await a.beat();
  await groups.pass(week);
  groups.service.expireOffsets();
  expect(await groups.offset('g', 'orders')).toBe(7);
  expect(await groups.offset('g', 'payments')).toBe(7);
  expect(await groups.offset('g', 'third')).toBe(-1);
});

test('an empty consumer group goes when its last offset has expired, with its own tombstones', async () => {
  const { groups, a, b } = await start();
  await groups.commit(commitOf('orders-0', 'a', 3));
  await a.leave();
  await b.leave();
  groups.service.expireOffsets();
  expect((await describe(groups)).groupState).toBe('Empty');
  const start_ = groups.log.records().length;
  await groups.pass(7 * 24 * 3_600_000);
  groups.service.expireOffsets();
  expect((await describe(groups)).errorCode).toBe(ErrorCode.GROUP_ID_NOT_FOUND);
  expect(records(groups, start_).map(({ kind, value }) => [kind, value])).toEqual([
    ['offset-commit', null],
    ['consumer-target', null],
    ['consumer-subscription-metadata', null],
    ['consumer-group', null],
  ]);
});

test('only an empty consumer group can be deleted', async () => {
  const { groups, a, b } = await start();
  const remove = async () =>
    (await groups.service.deleteGroups({ groupsNames: ['g'] })).results[0]?.errorCode;
  expect(await remove()).toBe(ErrorCode.NON_EMPTY_GROUP);
  await a.leave();
  await b.leave();
  expect(await remove()).toBe(ErrorCode.NONE);
  expect(await remove()).toBe(ErrorCode.GROUP_ID_NOT_FOUND);
  const again = await groups.restart();
  expect((await describe(again)).errorCode).toBe(ErrorCode.GROUP_ID_NOT_FOUND);
});

test('ListGroups tells state and type of consumer groups, and filters by both', async () => {
  const { groups } = await start();
  await groups.enter({ groupId: 'h' });
  const list = async (statesFilter: readonly string[], typesFilter: readonly string[]) =>
    (await groups.service.listGroups({ statesFilter, typesFilter })).groups;
  expect(await list([], ['Consumer'])).toEqual([
    { groupId: 'g', protocolType: 'consumer', groupState: 'Stable', groupType: 'consumer' },
  ]);
  expect((await list(['stable'], [])).map(({ groupId }) => groupId)).toEqual(['g']);
  expect(await list(['reconciling'], ['consumer'])).toEqual([]);
  expect((await list([], [])).map(({ groupType }) => groupType).sort()).toEqual(['classic', 'consumer']);
});

test('DescribeGroups does not know consumer groups', async () => {
  const { groups } = await start();
  const request = { groups: ['g'], includeAuthorizedOperations: false };
  expect((await groups.service.describeGroups(request, context(5))).groups[0]).toMatchObject({
    errorCode: ErrorCode.NONE,
    groupState: 'Dead',
  });
  expect((await groups.service.describeGroups(request, context(6))).groups[0]).toMatchObject({
    errorCode: ErrorCode.GROUP_ID_NOT_FOUND,
    errorMessage: 'Group g is not a classic group.',
    groupState: 'Dead',
  });
});
