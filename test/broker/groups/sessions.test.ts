import { expect, test } from 'vitest';
import { ErrorCode, type LeaveGroupRequest } from '../../../kafka/protocol/index.ts';
import { context, Groups } from './group-fixture.ts';

type Leaving = LeaveGroupRequest['members'][number];

const leaving = (memberId: string, groupInstanceId: string | null = null): Leaving => ({
  memberId,
  groupInstanceId,
  reason: null,
});

async function leave(groups: Groups, members: readonly Leaving[], apiVersion = 5) {
  const memberId = apiVersion < 3 ? (members[0]?.memberId ?? '') : '';
  const request = { groupId: 'g', memberId, members: apiVersion < 3 ? [] : members };
  return groups.service.leaveGroup(request, context(apiVersion));
}

test('a heartbeat succeeds in a stable group and while the leader assigns', async () => {
  const groups = await Groups.start();
  const joins = [await groups.enter(), await groups.enter()];
  await groups.joined(joins);
  expect(await groups.state()).toBe('CompletingRebalance');
  expect(await groups.heartbeat(joins[1]?.id ?? '', 1)).toBe(ErrorCode.NONE);
  const { leader } = await groups.assign(joins);
  expect(await groups.heartbeat(leader, 1)).toBe(ErrorCode.NONE);
});

test('a heartbeat in the join phase tells the member to join again, and keeps its session', async () => {
  const groups = await Groups.start();
  const { leader } = await groups.stable(1);
  await groups.enter();
  for (let second = 0; second < 50; second += 5) {
    await groups.pass(5_000);
    expect(await groups.heartbeat(leader, 1)).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
  }
});

test.each([
  ['a stranger', { memberId: 'stranger' }, ErrorCode.UNKNOWN_MEMBER_ID],
  ['an unknown group', { groupId: 'other' }, ErrorCode.UNKNOWN_MEMBER_ID],
  ['another generation', { generationId: 2 }, ErrorCode.ILLEGAL_GENERATION],
  ['no group name', { groupId: '' }, ErrorCode.INVALID_GROUP_ID],
])('a heartbeat of %s is refused', async (_, fields, errorCode) => {
  const groups = await Groups.start();
  const { leader } = await groups.stable(1);
  const request = { groupId: 'g', memberId: leader, generationId: 1, groupInstanceId: null, ...fields };
  expect((await groups.service.heartbeat(request)).errorCode).toBe(errorCode);
});

test('a member without a heartbeat for its session timeout is removed, and the others rebalance', async () => {
  const groups = await Groups.start();
  const { leader, followers } = await groups.stable(2);
  await groups.pass(9_999);
  expect(await groups.heartbeat(leader, 1)).toBe(ErrorCode.NONE);
  await groups.pass(1);
  expect(await groups.heartbeat(followers[0] ?? '', 1)).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
  expect(await groups.heartbeat(leader, 1)).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
});

test.each(['heartbeat', 'sync', 'join', 'commit'])('a %s keeps the session of a follower', async (how) => {
  const groups = await Groups.start();
  const { leader, followers } = await groups.stable(2);
  const [memberId = ''] = followers;
  const calls: Record<string, () => Promise<unknown>> = {
    heartbeat: () => groups.heartbeat(memberId, 1),
    sync: () => groups.sync({ memberId }),
    join: () => groups.join({ memberId }),
    commit: () => groups.commit({ memberId, generationIdOrMemberEpoch: 1 }),
  };
  for (let second = 0; second < 30; second += 6) {
    await groups.pass(6_000);
    await groups.heartbeat(leader, 1);
    await calls[how]?.();
  }
  expect(await groups.heartbeat(memberId, 1)).toBe(ErrorCode.NONE);
});

test('a member whose join is parked does not fail, however long that takes', async () => {
  const groups = await Groups.start();
  const { leader } = await groups.stable(2, { sessionTimeoutMs: 10_000 });
  const late = await groups.enter();
  const rejoining = await groups.join({ memberId: leader });
  // The other member heartbeats without joining, up to the rebalance timeout.
  expect(rejoining.isParked).toBe(true);
  await groups.pass(60_000);
  expect(rejoining.response).toMatchObject({ errorCode: 0, generationId: 2 });
  expect(late.joining.response.errorCode).toBe(ErrorCode.NONE);
});

test('sessions start again when a coordinator is loaded', async () => {
  const before = await Groups.start();
  const { leader, generationId } = await before.stable(1);
  await before.pass(9_000);
  const groups = await before.restart();
  await groups.pass(9_999);
  expect(await groups.heartbeat(leader, generationId)).toBe(ErrorCode.NONE);
  await groups.pass(10_000);
  expect(await groups.heartbeat(leader, generationId)).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
  expect(await groups.state()).toBe('Empty');
});

test('a member that leaves is gone at once, and the others rebalance', async () => {
  const groups = await Groups.start();
  const { leader, followers } = await groups.stable(2);
  const [follower = ''] = followers;
  const response = await leave(groups, [leaving(follower)]);
  expect(response).toMatchObject({ errorCode: 0, members: [{ memberId: follower, errorCode: 0 }] });
  expect(await groups.heartbeat(follower, 1)).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
  expect(await groups.heartbeat(leader, 1)).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
});

test('the last member leaves an empty group behind', async () => {
  const groups = await Groups.start();
  const { leader } = await groups.stable(1);
  await leave(groups, [leaving(leader)]);
  expect(await groups.state()).toBe('Empty');
});

test('before v3 a single member leaves, and its error is that of the response', async () => {
  const groups = await Groups.start();
  const { leader } = await groups.stable(1);
  expect(await leave(groups, [leaving('stranger')], 2)).toEqual({
    throttleTimeMs: 0,
    errorCode: ErrorCode.UNKNOWN_MEMBER_ID,
    members: [],
  });
  expect((await leave(groups, [leaving(leader)], 0)).errorCode).toBe(ErrorCode.NONE);
  expect(await groups.state()).toBe('Empty');
});

test('each leaving member has an error of its own, in an unknown group as well', async () => {
  const groups = await Groups.start();
  const unknown = await leave(groups, [leaving('a'), leaving('', 'i')]);
  expect(unknown.members.map(({ errorCode }) => errorCode)).toEqual([25, 25]);
  const { leader } = await groups.stable(2);
  const mixed = await leave(groups, [leaving('stranger'), leaving(leader), leaving(leader)]);
  expect(mixed.errorCode).toBe(ErrorCode.NONE);
  expect(mixed.members.map(({ errorCode }) => errorCode)).toEqual([25, 0, 25]);
});

test('a static member is removed by its instance id, a wrong member id for it is fenced', async () => {
  const groups = await Groups.start();
  const joining = await groups.join({ groupInstanceId: 'a' });
  await groups.pass(3_000);
  await groups.assign([{ id: joining.response.memberId, joining }]);
  const fenced = await leave(groups, [leaving('wrong', 'a'), leaving('wrong', 'b'), leaving('', 'b')]);
  expect(fenced.members.map(({ errorCode }) => errorCode)).toEqual([82, 25, 25]);
  const removed = await leave(groups, [leaving('', 'a')]);
  expect(removed.members).toEqual([{ memberId: '', groupInstanceId: 'a', errorCode: 0 }]);
  expect(await groups.state()).toBe('Empty');
});

test('a pending member that leaves lets the rebalance end that waits for it', async () => {
  const groups = await Groups.start();
  const { leader } = await groups.stable(1);
  const pending = await groups.join();
  const rejoining = await groups.join({ memberId: leader });
  expect(rejoining.isParked).toBe(true);
  const response = await leave(groups, [leaving(pending.response.memberId)]);
  expect(response.members[0]?.errorCode).toBe(ErrorCode.NONE);
  expect(rejoining.response.generationId).toBe(2);
});

test('a pending member that leaves a stable group does not disturb it', async () => {
  const groups = await Groups.start();
  await groups.stable(1);
  const pending = await groups.join();
  await leave(groups, [leaving(pending.response.memberId)]);
  expect(await groups.state()).toBe('Stable');
});

test('what a leaving member waits for is answered with UNKNOWN_MEMBER_ID', async () => {
  const groups = await Groups.start();
  const joins = [await groups.enter(), await groups.enter()];
  await groups.joined(joins);
  const [leader = '', follower = ''] = joins.map(({ id }) => id);
  const syncing = await groups.sync({ memberId: follower });
  await leave(groups, [leaving(follower)]);
  expect(syncing.response.errorCode).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
  const newcomer = await groups.enter();
  await leave(groups, [leaving(newcomer.id)]);
  expect(newcomer.joining.response.errorCode).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
  expect((await groups.join({ memberId: leader })).response.generationId).toBe(2);
});
