import { expect, test } from 'vitest';
import { CoordinatorLogError } from '../../../broker/coordinator/errors.ts';
import { IN_PROCESS_HOST } from '../../../broker/groups/index.ts';
import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { commitDefaults, context, Groups, Pending, protocol, settle } from './group-fixture.ts';

const lost = new CoordinatorLogError(ErrorCode.KAFKA_STORAGE_ERROR, 'The disk is gone.');
const refusedWith = (errorCode: number) => new CoordinatorLogError(errorCode, 'Refused.');

const committing = async (groups: Groups, fields: Partial<typeof commitDefaults> = {}) => {
  const pending = new Pending(groups.service.offsetCommit({ ...commitDefaults, ...fields }, context(9)));
  await settle();
  return pending;
};
const errorOf = (pending: Awaited<ReturnType<typeof committing>>) =>
  pending.response.topics[0]?.partitions[0]?.errorCode;

test('a commit is answered only when the log has committed it', async () => {
  const groups = await Groups.start();
  groups.log.isHolding = true;
  const commit = await committing(groups);
  expect(commit.isParked).toBe(true);
  groups.log.commit();
  await settle();
  expect(errorOf(commit)).toBe(ErrorCode.NONE);
});

test('an offset that may still be lost is not shown: the fetch waits for it', async () => {
  const groups = await Groups.start();
  groups.log.isHolding = true;
  await committing(groups);
  const fetch = new Pending(groups.offset());
  const describe = new Pending(groups.state());
  await settle();
  expect([fetch.isParked, describe.isParked]).toEqual([true, true]);
  groups.log.commit();
  await settle();
  expect([fetch.response, describe.response]).toEqual([42, 'Empty']);
});

test('nobody gets an assignment before it is committed', async () => {
  const groups = await Groups.start();
  const joins = [await groups.enter(), await groups.enter()];
  await groups.joined(joins);
  groups.log.isHolding = true;
  const [leader = '', follower = ''] = joins.map(({ id }) => id);
  const syncs = [await groups.sync({ memberId: follower }), await groups.sync({ memberId: leader })];
  expect(syncs.map(({ isParked }) => isParked)).toEqual([true, true]);
  groups.log.commit();
  await settle();
  expect(syncs.map(({ response }) => response.errorCode)).toEqual([0, 0]);
});

test('a commit that takes too long is answered, and stays if it succeeds later', async () => {
  const groups = await Groups.start();
  groups.log.isHolding = true;
  const commit = await committing(groups);
  await groups.pass(4_999);
  expect(commit.isParked).toBe(true);
  await groups.pass(1);
  expect(errorOf(commit)).toBe(ErrorCode.COORDINATOR_NOT_AVAILABLE);
  const fetch = new Pending(groups.offset());
  groups.log.commit();
  await settle();
  expect(fetch.response).toBe(42);
  expect(groups.clock.pending).toBe(0);
});

test.each([
  [ErrorCode.NOT_ENOUGH_REPLICAS, ErrorCode.COORDINATOR_NOT_AVAILABLE],
  [ErrorCode.REQUEST_TIMED_OUT, ErrorCode.COORDINATOR_NOT_AVAILABLE],
  [ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.COORDINATOR_NOT_AVAILABLE],
  [ErrorCode.NOT_LEADER_OR_FOLLOWER, ErrorCode.NOT_COORDINATOR],
  [ErrorCode.KAFKA_STORAGE_ERROR, ErrorCode.NOT_COORDINATOR],
  [ErrorCode.MESSAGE_TOO_LARGE, ErrorCode.UNKNOWN_SERVER_ERROR],
  [ErrorCode.CLUSTER_AUTHORIZATION_FAILED, ErrorCode.CLUSTER_AUTHORIZATION_FAILED],
])('an append refused with error %i is answered with %i and changes nothing', async (refusal, expected) => {
  const groups = await Groups.start();
  groups.log.refusal = refusedWith(refusal);
  expect(await groups.commit()).toBe(expected);
  expect((await groups.join()).response.errorCode).toBe(expected);
  groups.log.refusal = undefined;
  expect(await groups.offset()).toBe(-1);
  expect(await groups.state()).toBe('Dead');
});

test('an unforeseen failure of the log counts as a storage error', async () => {
  const groups = await Groups.start();
  groups.log.refusal = new Error('EIO');
  expect(await groups.commit()).toBe(ErrorCode.NOT_COORDINATOR);
});

test('an assignment that the log refuses is an error for all who wait, and the group rebalances', async () => {
  const groups = await Groups.start();
  const joins = [await groups.enter(), await groups.enter()];
  await groups.joined(joins);
  const [leader = '', follower = ''] = joins.map(({ id }) => id);
  const waiting = await groups.sync({ memberId: follower });
  groups.log.refusal = refusedWith(ErrorCode.MESSAGE_TOO_LARGE);
  const leading = await groups.sync({ memberId: leader });
  groups.log.refusal = undefined;
  expect([waiting.response.errorCode, leading.response.errorCode]).toEqual([-1, -1]);
  expect(await groups.state()).toBe('PreparingRebalance');
  const again = [await groups.join({ memberId: leader }), await groups.join({ memberId: follower })];
  const stable = await groups.assign(again.map((joining) => ({ id: joining.response.memberId, joining })));
  expect(stable.generationId).toBe(2);
  expect(await groups.state()).toBe('Stable');
});

test('a static member that could not be recorded keeps its old id', async () => {
  const groups = await Groups.start();
  const joining = await groups.join({ groupInstanceId: 'a' });
  await groups.pass(3_000);
  const { memberId } = joining.response;
  await groups.assign([{ id: memberId, joining }]);
  groups.log.refusal = refusedWith(ErrorCode.NOT_ENOUGH_REPLICAS);
  const back = await groups.join({ groupInstanceId: 'a' });
  expect(back.response.errorCode).toBe(ErrorCode.COORDINATOR_NOT_AVAILABLE);
  expect(await groups.heartbeat(memberId, 1, 'a')).toBe(ErrorCode.NONE);
});

test('the end of a session whose record is refused is tried again', async () => {
  const groups = await Groups.start();
  const { leader } = await groups.stable(1);
  groups.log.refusal = refusedWith(ErrorCode.NOT_ENOUGH_REPLICAS);
  await groups.pass(10_000);
  expect(await groups.state()).toBe('Stable');
  groups.log.refusal = undefined;
  await groups.pass(500);
  expect(await groups.state()).toBe('Empty');
  expect(await groups.heartbeat(leader, 1)).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
});

test('after a lost append the state is that of the log: what was not committed is gone', async () => {
  const groups = await Groups.start();
  await groups.commit({ groupId: 'before' });
  groups.log.isHolding = true;
  const commit = await committing(groups);
  const fetch = new Pending(groups.offset());
  await settle();
  groups.log.lose(lost);
  groups.log.isHolding = false;
  await settle();
  expect(errorOf(commit)).toBe(ErrorCode.NOT_COORDINATOR);
  expect(fetch.response).toBe(-2);
  expect(await groups.offset()).toBe(-1);
  expect(await groups.offset('before')).toBe(42);
});

test('a lost assignment takes the group back to the generation that the log knows', async () => {
  const groups = await Groups.start();
  const first = await groups.stable(1);
  const newcomer = await groups.enter();
  const leader = await groups.join({ memberId: first.leader });
  groups.log.isHolding = true;
  const waiting = await groups.sync({ memberId: newcomer.id, generationId: 2 });
  const leading = await groups.sync({ memberId: leader.response.memberId, generationId: 2 });
  groups.log.lose(lost);
  groups.log.isHolding = false;
  await settle();
  expect([waiting.response.errorCode, leading.response.errorCode]).toEqual([16, 16]);
  expect(await groups.state()).toBe('Stable');
  expect(await groups.heartbeat(first.leader, 1)).toBe(ErrorCode.NONE);
  expect(await groups.heartbeat(newcomer.id, 2)).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
});

test('the log is read again only when no append is under way', async () => {
  const groups = await Groups.start();
  groups.log.isHolding = true;
  await committing(groups);
  groups.service.unload(0);
  const loading = groups.service.load(0);
  await settle();
  expect(await groups.commit({ groupId: 'other' })).toBe(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
  groups.log.isHolding = false;
  groups.log.commit();
  await loading;
  expect(await groups.offset()).toBe(42);
});

test('while the log is being read everything waits, except heartbeats, which succeed', async () => {
  const groups = new Groups();
  let open = () => {};
  groups.log.readGate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const loading = groups.service.load(0);
  const loadInProgress = ErrorCode.COORDINATOR_LOAD_IN_PROGRESS;
  expect((await groups.join()).response.errorCode).toBe(loadInProgress);
  expect((await groups.sync({ memberId: 'm' })).response.errorCode).toBe(loadInProgress);
  expect(await groups.commit()).toBe(loadInProgress);
  expect(await groups.heartbeat('m', 1)).toBe(ErrorCode.NONE);
  const listed = await groups.service.listGroups({ statesFilter: [], typesFilter: [] });
  expect(listed).toMatchObject({ errorCode: loadInProgress, groups: [] });
  open();
  await loading;
  expect(await groups.commit()).toBe(ErrorCode.NONE);
});

test('a log that cannot be read is tried again until it can', async () => {
  const groups = new Groups();
  groups.log.readFailure = new Error('EIO');
  const loading = new Pending(groups.service.load(0).then(() => 'loaded'));
  await groups.pass(500);
  expect(await groups.commit()).toBe(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
  groups.log.readFailure = undefined;
  await groups.pass(1_000);
  expect(loading.response).toBe('loaded');
  expect(await groups.commit()).toBe(ErrorCode.NONE);
});

test('a partition that is unloaded while it is read stays unloaded', async () => {
  const groups = new Groups();
  const loading = groups.service.load(0);
  groups.service.unload(0);
  await loading;
  expect(await groups.commit()).toBe(ErrorCode.NOT_COORDINATOR);
});

test('a topic deleted while the log is being read loses its offsets all the same', async () => {
  const before = await Groups.start();
  await before.commit();
  const groups = new Groups({}, { log: before.log, topics: before.topics });
  const loading = groups.service.load(0);
  groups.service.onTopicDeleted('orders');
  await loading;
  expect(await groups.offset()).toBe(-1);
});

test('the removal of a deleted topic is tried again when the log refuses it', async () => {
  const groups = await Groups.start();
  await groups.commit();
  groups.log.refusal = refusedWith(ErrorCode.NOT_ENOUGH_REPLICAS);
  groups.service.onTopicDeleted('orders');
  groups.log.refusal = undefined;
  expect(await groups.offset()).toBe(42);
  groups.service.expireOffsets();
  expect(await groups.offset()).toBe(-1);
});

test('a broker that loses the partition sends everybody to the next coordinator and stops all timers', async () => {
  const groups = await Groups.start();
  const joins = [await groups.enter(), await groups.enter()];
  await groups.joined(joins);
  const syncing = await groups.sync({ memberId: joins[1]?.id ?? '' });
  const joining = await groups.enter({ groupId: 'other' });
  groups.service.unload(0);
  await settle();
  expect(syncing.response.errorCode).toBe(ErrorCode.NOT_COORDINATOR);
  expect(joining.joining.response).toMatchObject({ errorCode: 16, memberId: joining.id });
  expect(groups.clock.pending).toBe(0);
  expect(await groups.heartbeat(joins[0]?.id ?? '', 1)).toBe(ErrorCode.NOT_COORDINATOR);
});

test('groups of a partition that is lost while they are listed are left out', async () => {
  const groups = await Groups.start();
  groups.log.isHolding = true;
  await committing(groups);
  const listing = new Pending(groups.service.listGroups({ statesFilter: [], typesFilter: [] }));
  groups.service.unload(0);
  await settle();
  expect(listing.response).toMatchObject({ errorCode: ErrorCode.NONE, groups: [] });
});

test('a new coordinator knows the generation, its members, their assignments and what they subscribe to', async () => {
  const before = await Groups.start();
  const { leader, followers } = await before.stable(2);
  const [follower = ''] = followers;
  const groups = await before.restart();
  expect((await groups.sync({ memberId: follower })).response.assignment.toString()).toBe(follower);
  expect((await groups.join({ memberId: follower })).response).toMatchObject({ generationId: 1, leader });
  const topics = ['orders', 'payments'].map((name) => ({ name, partitions: [{ partitionIndex: 0 }] }));
  const deleted = await groups.service.offsetDelete({ groupId: 'g', topics });
  expect(deleted.topics.map(({ partitions }) => partitions[0]?.errorCode)).toEqual([86, 0]);
  const otherProtocol = await groups.join({ protocols: [protocol('sticky')] });
  expect(otherProtocol.response.errorCode).toBe(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
});

test('members that lived in the process of the broker are gone after a restart, all others keep their sessions', async () => {
  const before = await Groups.start({ groupInitialRebalanceDelayMs: 0 });
  before.clientHost = IN_PROCESS_HOST;
  await before.stable(2);
  const groups = await before.restart({ groupInitialRebalanceDelayMs: 0 });
  await groups.pass(0);
  expect(await groups.state()).toBe('Empty');
  groups.clientHost = '/127.0.0.1';
  const { leader, generationId } = await groups.stable(1);
  const again = await groups.restart();
  await again.pass(0);
  expect(await again.state()).toBe('Stable');
  expect(await again.heartbeat(leader, generationId)).toBe(ErrorCode.NONE);
});

test('a rebalance that a restart interrupted starts again from the last recorded generation', async () => {
  const before = await Groups.start();
  const { leader } = await before.stable(1);
  await before.enter();
  const groups = await before.restart();
  expect(await groups.state()).toBe('Stable');
  expect(await groups.heartbeat(leader, 1)).toBe(ErrorCode.NONE);
});
