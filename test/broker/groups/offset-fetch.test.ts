import { expect, test } from 'vitest';
import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { commitTopic, context, fetchDefaults, Groups, topicId } from './group-fixture.ts';

const committed = {
  partitionIndex: 0,
  committedOffset: 42,
  committedLeaderEpoch: 5,
  metadata: '',
  errorCode: ErrorCode.NONE,
};
const none = { ...committed, committedOffset: -1, committedLeaderEpoch: -1 };

async function withOffset() {
  const groups = await Groups.start();
  await groups.commit();
  return groups;
}

const byName = (name: string, partitionIndexes: readonly number[]) => ({
  name,
  topicId: topicId(name),
  partitionIndexes,
});

test.each([1, 2, 5, 7])('v%i asks for one group and is answered at the top', async (apiVersion) => {
  const groups = await withOffset();
  const topics = [byName('orders', [0, 1]), byName('nowhere', [0])];
  const response = await groups.service.offsetFetch(
    { ...fetchDefaults, groupId: 'g', topics },
    context(apiVersion),
  );
  expect(response).toMatchObject({ errorCode: ErrorCode.NONE, groups: [] });
  expect(response.topics.map(({ name, partitions }) => ({ name, partitions }))).toEqual([
    { name: 'orders', partitions: [committed, { ...none, partitionIndex: 1 }] },
    { name: 'nowhere', partitions: [none] },
  ]);
});

test.each([8, 9])('v%i asks for several groups', async (apiVersion) => {
  const groups = await withOffset();
  const ask = (groupId: string) => ({
    groupId,
    memberId: null,
    memberEpoch: -1,
    topics: [byName('orders', [0])],
  });
  const request = { ...fetchDefaults, requireStable: true, groups: [ask('g'), ask('other')] };
  const response = await groups.service.offsetFetch(request, context(apiVersion));
  expect(response.topics).toEqual([]);
  expect(
    response.groups.map(({ groupId, errorCode, topics }) => [groupId, errorCode, topics[0]?.partitions]),
  ).toEqual([
    ['g', ErrorCode.NONE, [committed]],
    ['other', ErrorCode.NONE, [none]],
  ]);
});

test('v10 names topics by id, and an unknown id fails by itself', async () => {
  const groups = await withOffset();
  const topics = [byName('orders', [0]), byName('nowhere', [0])].map((topic) => ({ ...topic, name: '' }));
  const request = { ...fetchDefaults, groups: [{ groupId: 'g', memberId: null, memberEpoch: -1, topics }] };
  const response = await groups.service.offsetFetch(request, context(10));
  expect(response.groups[0]?.topics.map(({ topicId, partitions }) => [topicId, partitions])).toEqual([
    [topicId('orders'), [committed]],
    [topicId('nowhere'), [{ ...none, errorCode: ErrorCode.UNKNOWN_TOPIC_ID }]],
  ]);
});

test('no list of topics means all that have offsets', async () => {
  const groups = await withOffset();
  await groups.commit({ topics: [commitTopic('payments', 3, 7)] });
  const single = await groups.service.offsetFetch(
    { ...fetchDefaults, groupId: 'g', topics: null },
    context(2),
  );
  expect(
    single.topics.map(({ name, partitions }) => [name, partitions.map((p) => p.committedOffset)]),
  ).toEqual([
    ['orders', [42]],
    ['payments', [7]],
  ]);
  const group = { groupId: 'g', memberId: null, memberEpoch: -1, topics: null };
  const byId = await groups.service.offsetFetch({ ...fetchDefaults, groups: [group] }, context(10));
  expect(byId.groups[0]?.topics.map((topic) => topic.topicId)).toEqual([
    topicId('orders'),
    topicId('payments'),
  ]);
});

test('an empty list of topics means none', async () => {
  const groups = await withOffset();
  const response = await groups.service.offsetFetch(
    { ...fetchDefaults, groupId: 'g', topics: [] },
    context(7),
  );
  expect(response.topics).toEqual([]);
});

test('all topics of an unknown group are none', async () => {
  const groups = await withOffset();
  const request = { ...fetchDefaults, groupId: 'other', topics: null };
  expect(await groups.service.offsetFetch(request, context(7))).toMatchObject({ topics: [], errorCode: 0 });
});

test('an offset of a deleted topic does not show up for a new topic of the same name', async () => {
  const groups = await withOffset();
  groups.topics.delete('orders');
  groups.topics.create('orders', 4, topicId('orders again'));
  expect(await groups.offset()).toBe(-1);
  const all = await groups.service.offsetFetch({ ...fetchDefaults, groupId: 'g', topics: null }, context(7));
  expect(all.topics).toEqual([]);
  await groups.commit({ topics: [commitTopic('orders', 0, 3)] });
  expect(await groups.offset()).toBe(3);
});

test('by id, offsets of a topic that is gone are left out of the list of all', async () => {
  const groups = await withOffset();
  groups.topics.delete('orders');
  const group = { groupId: 'g', memberId: null, memberEpoch: -1, topics: null };
  const byId = await groups.service.offsetFetch({ ...fetchDefaults, groups: [group] }, context(10));
  expect(byId.groups[0]?.topics).toEqual([]);
});

test('a failed group has its error at the partitions in v1, at the top until v7, then at the group', async () => {
  const groups = await withOffset();
  groups.service.unload(0);
  const topics = [byName('orders', [0])];
  const request = { ...fetchDefaults, groupId: 'g', topics };
  const oldest = await groups.service.offsetFetch(request, context(1));
  expect(oldest).toMatchObject({ errorCode: 0, topics: [{ name: 'orders' }] });
  expect(oldest.topics[0]?.partitions).toEqual([{ ...none, errorCode: ErrorCode.NOT_COORDINATOR }]);
  const older = await groups.service.offsetFetch(request, context(7));
  expect(older).toMatchObject({ errorCode: ErrorCode.NOT_COORDINATOR, topics: [] });
  const group = { groupId: 'g', memberId: null, memberEpoch: -1, topics };
  const response = await groups.service.offsetFetch({ ...fetchDefaults, groups: [group] }, context(8));
  expect(response.errorCode).toBe(ErrorCode.NONE);
  expect(response.groups).toEqual([{ groupId: 'g', topics: [], errorCode: ErrorCode.NOT_COORDINATOR }]);
});
