import { expect, test } from 'vitest';
import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { Groups } from './group-fixture.ts';

async function joinedPair() {
  const groups = await Groups.start();
  const joins = [await groups.enter(), await groups.enter()];
  await groups.joined(joins);
  const [leader = '', follower = ''] = joins.map(({ id }) => id);
  return { groups, leader, follower, joins };
}

test('a follower waits for the leader, then everybody gets the assignment', async () => {
  const { groups, leader, follower } = await joinedPair();
  const waiting = await groups.sync({ memberId: follower });
  expect(waiting.isParked).toBe(true);
  const assignments = [
    { memberId: leader, assignment: Buffer.from('for the leader') },
    { memberId: follower, assignment: Buffer.from('for the follower') },
  ];
  const leading = await groups.sync({ memberId: leader, assignments });
  expect(leading.response).toMatchObject({ errorCode: 0, protocolType: 'consumer', protocolName: 'range' });
  expect(leading.response.assignment.toString()).toBe('for the leader');
  expect(waiting.response.assignment.toString()).toBe('for the follower');
  expect(await groups.state()).toBe('Stable');
});

test('a follower that syncs after the leader is answered at once, as often as it asks', async () => {
  const { groups, follower, joins } = await joinedPair();
  await groups.assign(joins);
  const again = await groups.sync({ memberId: follower });
  expect(again.response.assignment.toString()).toBe(follower);
});

test('members that the leader forgot get an empty assignment, strangers nothing', async () => {
  const { groups, leader, follower } = await joinedPair();
  const assignments = [{ memberId: 'stranger', assignment: Buffer.from('x') }];
  await groups.sync({ memberId: leader, assignments });
  const { response } = await groups.sync({ memberId: follower });
  expect(response).toMatchObject({ errorCode: 0, assignment: Buffer.alloc(0) });
});

test('the assignment is copied out of the request', async () => {
  const { groups, leader, follower } = await joinedPair();
  const assignment = Buffer.from('kept');
  await groups.sync({ memberId: leader, assignments: [{ memberId: follower, assignment }] });
  assignment.fill(0);
  expect((await groups.sync({ memberId: follower })).response.assignment.toString()).toBe('kept');
});

test.each([
  ['an unknown member', { memberId: 'stranger' }, ErrorCode.UNKNOWN_MEMBER_ID],
  ['an unknown group', { groupId: 'other' }, ErrorCode.UNKNOWN_MEMBER_ID],
  ['an older generation', { generationId: 0 }, ErrorCode.ILLEGAL_GENERATION],
  ['a newer generation', { generationId: 2 }, ErrorCode.ILLEGAL_GENERATION],
  ['another protocol type', { protocolType: 'connect' }, ErrorCode.INCONSISTENT_GROUP_PROTOCOL],
  ['another protocol', { protocolName: 'sticky' }, ErrorCode.INCONSISTENT_GROUP_PROTOCOL],
  ['no protocol in v5', { protocolName: null }, ErrorCode.INCONSISTENT_GROUP_PROTOCOL],
  ['no group name', { groupId: '' }, ErrorCode.INVALID_GROUP_ID],
])('a sync of %s is refused', async (_, fields, errorCode) => {
  const { groups, follower } = await joinedPair();
  const { response } = await groups.sync({ memberId: follower, ...fields });
  expect(response).toMatchObject({ errorCode, protocolName: null, assignment: Buffer.alloc(0) });
});

test('before v5 a sync does not name the protocol', async () => {
  const { groups, follower } = await joinedPair();
  const request = { memberId: follower, protocolType: null, protocolName: null };
  expect((await groups.sync(request, 4)).isParked).toBe(true);
});

test('a sync during the join phase says that the group rebalances', async () => {
  const { groups, follower, joins } = await joinedPair();
  await groups.assign(joins);
  await groups.enter();
  expect((await groups.sync({ memberId: follower })).response.errorCode).toBe(
    ErrorCode.REBALANCE_IN_PROGRESS,
  );
});

test('a leader that fails before it assigns leads to another rebalance with another leader', async () => {
  const { groups, leader, follower } = await joinedPair();
  const waiting = await groups.sync({ memberId: follower });
  await groups.pass(10_000);
  expect(waiting.response.errorCode).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
  const { response } = await groups.join({ memberId: follower });
  expect(response).toMatchObject({ generationId: 2, leader: follower });
  expect(await groups.heartbeat(leader, 1)).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
});

test('members that heartbeat but never sync are removed after the rebalance timeout', async () => {
  const { groups, leader, follower } = await joinedPair();
  await groups.sync({ memberId: leader });
  for (let second = 0; second < 60; second += 5) {
    expect(await groups.heartbeat(leader, 1)).toBe(ErrorCode.NONE);
    expect(await groups.heartbeat(follower, 1)).toBe(ErrorCode.NONE);
    await groups.pass(5_000);
  }
  expect(await groups.heartbeat(follower, 1)).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
  expect(await groups.heartbeat(leader, 1)).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
});

test('a follower that waits for its leader longer than its session is not taken for dead', async () => {
  const { groups, leader, follower } = await joinedPair();
  const waiting = await groups.sync({ memberId: follower });
  for (let second = 0; second < 30; second += 5) {
    await groups.pass(5_000);
    await groups.heartbeat(leader, 1);
  }
  await groups.sync({ memberId: leader });
  expect(waiting.response.errorCode).toBe(ErrorCode.NONE);
  await groups.pass(9_999);
  expect(await groups.heartbeat(follower, 1)).not.toBe(ErrorCode.UNKNOWN_MEMBER_ID);
});

test('a group in which everybody has left answers a late sync with UNKNOWN_MEMBER_ID', async () => {
  const { groups, leader } = await joinedPair();
  await groups.pass(10_000);
  expect(await groups.state()).toBe('Empty');
  expect((await groups.sync({ memberId: leader })).response.errorCode).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
});
