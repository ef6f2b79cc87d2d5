import { expect, test } from 'vitest';
import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { Groups, protocol } from './group-fixture.ts';

/** A stable group of two static members, a (the leader) and b. */
async function staticPair(fields = {}) {
  const groups = await Groups.start();
  const a = await groups.join({ groupInstanceId: 'a', ...fields });
  const b = await groups.join({ groupInstanceId: 'b', ...fields });
  await groups.joined([{ joining: a }, { joining: b }]);
  const joins = [a, b].map((joining) => ({ id: joining.response.memberId, joining }));
  await groups.assign(joins);
  return { groups, idA: a.response.memberId, idB: b.response.memberId };
}

test('a static member joins at once, with an id that begins with its instance id', async () => {
  const groups = await Groups.start();
  const joining = await groups.join({ groupInstanceId: 'a' });
  expect(joining.isParked).toBe(true);
  await groups.pass(3_000);
  expect(joining.response.memberId).toMatch(/^a-/);
  expect(joining.response.members[0]?.groupInstanceId).toBe('a');
});

test('a follower that comes back with a new id gets its generation and assignment without a rebalance', async () => {
  const { groups, idA, idB } = await staticPair();
  const back = await groups.join({ groupInstanceId: 'b' });
  const { memberId } = back.response;
  expect(memberId).not.toBe(idB);
  expect(back.response).toMatchObject({ errorCode: 0, generationId: 1, leader: idA, members: [] });
  expect(back.response.skipAssignment).toBe(false);
  expect(await groups.state()).toBe('Stable');
  const synced = await groups.sync({ memberId, groupInstanceId: 'b' });
  expect(synced.response.assignment.toString()).toBe(idB);
  expect(await groups.heartbeat(idA, 1, 'a')).toBe(ErrorCode.NONE);
});

test('since v9 a leader that comes back gets the members and skips the assignment', async () => {
  const { groups, idB } = await staticPair();
  const { response } = await groups.join({ groupInstanceId: 'a' }, 9);
  expect(response).toMatchObject({ leader: response.memberId, skipAssignment: true, generationId: 1 });
  expect(response.members.map(({ memberId }) => memberId).sort()).toEqual([response.memberId, idB].sort());
});

test('before v9 a leader that comes back is told its former id, so that it does not assign', async () => {
  const { groups, idA } = await staticPair();
  const { response } = await groups.join({ groupInstanceId: 'a' }, 8);
  expect(response).toMatchObject({ leader: idA, members: [], skipAssignment: false });
  expect(response.memberId).not.toBe(idA);
});

test('the new id is recorded: it is known after a restart, the old one is fenced', async () => {
  const { groups, idB } = await staticPair();
  const { memberId } = (await groups.join({ groupInstanceId: 'b' })).response;
  const restarted = await groups.restart();
  expect(await restarted.heartbeat(memberId, 1, 'b')).toBe(ErrorCode.NONE);
  expect(await restarted.heartbeat(idB, 1, 'b')).toBe(ErrorCode.FENCED_INSTANCE_ID);
});

test('a static member that comes back finds its place in a full group', async () => {
  const { groups } = await staticPair();
  const full = await groups.restart({ groupMaxSize: 2 });
  expect((await full.join({ groupInstanceId: 'b' })).response.errorCode).toBe(ErrorCode.NONE);
  expect((await full.join({ groupInstanceId: 'c' })).response.errorCode).toBe(
    ErrorCode.GROUP_MAX_SIZE_REACHED,
  );
});

test('whoever still uses the old id is fenced everywhere', async () => {
  const { groups, idB } = await staticPair();
  await groups.join({ groupInstanceId: 'b' });
  const old = { memberId: idB, groupInstanceId: 'b' };
  expect(await groups.heartbeat(idB, 1, 'b')).toBe(ErrorCode.FENCED_INSTANCE_ID);
  expect((await groups.join(old)).response.errorCode).toBe(ErrorCode.FENCED_INSTANCE_ID);
  expect((await groups.sync(old)).response.errorCode).toBe(ErrorCode.FENCED_INSTANCE_ID);
  expect(await groups.commit({ ...old, generationIdOrMemberEpoch: 1 })).toBe(ErrorCode.FENCED_INSTANCE_ID);
});

test('an instance id that nobody has is unknown', async () => {
  const { groups, idB } = await staticPair();
  expect(await groups.heartbeat(idB, 1, 'c')).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
});

test('a parked request of the replaced member is answered with FENCED_INSTANCE_ID', async () => {
  const groups = await Groups.start();
  const first = await groups.join({ groupInstanceId: 'a' });
  const second = await groups.join({ groupInstanceId: 'a' });
  expect(first.response.errorCode).toBe(ErrorCode.FENCED_INSTANCE_ID);
  await groups.pass(3_000);
  expect(second.response).toMatchObject({ errorCode: 0, generationId: 1 });
  expect(second.response.members).toHaveLength(1);
});

test('a static member that comes back while the leader assigns starts a new rebalance', async () => {
  const groups = await Groups.start();
  const a = await groups.join({ groupInstanceId: 'a' });
  const b = await groups.join({ groupInstanceId: 'b' });
  await groups.joined([{ joining: a }, { joining: b }]);
  const oldSync = await groups.sync({ memberId: b.response.memberId, groupInstanceId: 'b' });
  const back = await groups.join({ groupInstanceId: 'b' });
  expect(oldSync.response.errorCode).toBe(ErrorCode.FENCED_INSTANCE_ID);
  expect(await groups.state()).toBe('PreparingRebalance');
  await groups.join({ memberId: a.response.memberId, groupInstanceId: 'a' });
  expect(back.response.generationId).toBe(2);
});

test('a static member that restarts before it has synced may sync under its new id', async () => {
  const groups = await Groups.start();
  const fields = { sessionTimeoutMs: 200_000 };
  const a = await groups.join({ groupInstanceId: 'a', ...fields });
  const b = await groups.join({ groupInstanceId: 'b', ...fields });
  await groups.joined([{ joining: a }, { joining: b }]);
  await groups.sync({ memberId: a.response.memberId });
  const { memberId } = (await groups.join({ groupInstanceId: 'b', ...fields })).response;
  expect((await groups.sync({ memberId })).response.errorCode).toBe(ErrorCode.NONE);
  await groups.pass(60_000);
  expect(await groups.state()).toBe('Stable');
});

test('a static member that comes back with another preference rebalances a group whose protocol changes', async () => {
  const both = { protocols: [protocol('range'), protocol('sticky')] };
  const { groups, idA } = await staticPair(both);
  const back = await groups.join({ groupInstanceId: 'b', protocols: [protocol('sticky')] });
  expect(back.isParked).toBe(true);
  const leader = await groups.join({ ...both, memberId: idA, groupInstanceId: 'a' });
  expect([leader.response.protocolName, back.response.protocolName]).toEqual(['sticky', 'sticky']);
});

test('a static member that misses a rebalance stays until its session ends', async () => {
  const { groups, idA, idB } = await staticPair({ sessionTimeoutMs: 200_000 });
  const newcomer = await groups.enter({ sessionTimeoutMs: 200_000 });
  const rejoining = await groups.join({ memberId: idA, groupInstanceId: 'a', sessionTimeoutMs: 200_000 });
  await groups.pass(60_000);
  const members = rejoining.response.members.map(({ memberId }) => memberId);
  expect(members.sort()).toEqual([idA, idB, newcomer.id].sort());
});

test('a rebalance that only absent static members could end waits until their sessions do', async () => {
  const { groups } = await staticPair({ sessionTimeoutMs: 100_000 });
  const newcomer = await groups.enter();
  await groups.service.leaveGroup(
    { groupId: 'g', memberId: '', members: [{ memberId: newcomer.id, groupInstanceId: null, reason: null }] },
    { apiVersion: 5, clientId: 'client', clientHost: '/127.0.0.1' },
  );
  await groups.pass(60_000);
  expect(await groups.state()).toBe('PreparingRebalance');
  await groups.pass(60_000);
  expect(await groups.state()).toBe('Empty');
});

test('a static member that failed is removed at the end of its session', async () => {
  const { groups, idA, idB } = await staticPair();
  await groups.pass(6_000);
  await groups.heartbeat(idA, 1, 'a');
  await groups.pass(4_000);
  expect(await groups.heartbeat(idA, 1, 'a')).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
  expect(await groups.heartbeat(idB, 1, 'b')).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
});
