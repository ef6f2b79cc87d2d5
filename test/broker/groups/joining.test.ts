import { expect, test } from 'vitest';
import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { Groups, protocol } from './group-fixture.ts';

test('a group without a name is refused', async () => {
  const groups = await Groups.start();
  const { response } = await groups.join({ groupId: '' });
  expect(response.errorCode).toBe(ErrorCode.INVALID_GROUP_ID);
});

test.each([5_999, 1_800_001])('a session timeout of %i ms is refused', async (sessionTimeoutMs) => {
  const groups = await Groups.start();
  const { response } = await groups.join({ sessionTimeoutMs });
  expect(response.errorCode).toBe(ErrorCode.INVALID_SESSION_TIMEOUT);
});

test('the limits of the session timeout themselves are accepted', async () => {
  const groups = await Groups.start();
  expect((await groups.join({ sessionTimeoutMs: 6_000 })).response.errorCode).toBe(
    ErrorCode.MEMBER_ID_REQUIRED,
  );
  const longest = await groups.join({ sessionTimeoutMs: 1_800_000 });
  expect(longest.response.errorCode).toBe(ErrorCode.MEMBER_ID_REQUIRED);
});

test('a member with an id is unknown to a group that does not exist, and does not create it', async () => {
  const groups = await Groups.start();
  const { response } = await groups.join({ memberId: 'client-1' });
  expect(response).toMatchObject({ errorCode: ErrorCode.UNKNOWN_MEMBER_ID, memberId: 'client-1' });
  expect(await groups.state()).toBe('Dead');
});

test.each([4, 9])(
  'since v4 (v%i) a dynamic member first gets an id, begun with its client id',
  async (apiVersion) => {
    const groups = await Groups.start();
    const { response } = await groups.join({}, apiVersion);
    expect(response.errorCode).toBe(ErrorCode.MEMBER_ID_REQUIRED);
    expect(response.memberId).toMatch(
      /^client-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    expect(response.generationId).toBe(-1);
  },
);

test('a member before v4 joins without the detour', async () => {
  const groups = await Groups.start();
  const joining = await groups.join({}, 3);
  expect(joining.isParked).toBe(true);
  await groups.pass(3_000);
  expect(joining.response).toMatchObject({ errorCode: 0, generationId: 1, protocolName: 'range' });
  expect(joining.response.memberId).toBe(joining.response.leader);
});

test('an id that was handed out and not used is forgotten after the session timeout', async () => {
  const groups = await Groups.start();
  const { response } = await groups.join();
  await groups.pass(10_000);
  const late = await groups.join({ memberId: response.memberId });
  expect(late.response.errorCode).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
});

test('a pending member may not turn into a static one', async () => {
  const groups = await Groups.start();
  const { response } = await groups.join();
  const joined = await groups.join({ memberId: response.memberId, groupInstanceId: 'i1' });
  expect(joined.response.errorCode).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
});

test.each([
  ['no protocol type', { protocolType: '' }],
  ['no protocols', { protocols: [] }],
])('%s is inconsistent, also in a new group, which is not created', async (_, fields) => {
  const groups = await Groups.start();
  const { response } = await groups.join(fields);
  expect(response.errorCode).toBe(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  expect(groups.log.records()).toEqual([]);
  expect(await groups.state()).toBe('Dead');
});

test('a member must share the protocol type and one protocol with all others', async () => {
  const groups = await Groups.start();
  await groups.enter({ protocols: [protocol('range'), protocol('sticky')] });
  const otherType = await groups.join({ protocolType: 'connect' });
  expect(otherType.response.errorCode).toBe(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  const otherProtocol = await groups.join({ protocols: [protocol('roundrobin')] });
  expect(otherProtocol.response.errorCode).toBe(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  const common = await groups.join({ protocols: [protocol('roundrobin'), protocol('sticky')] });
  expect(common.response.errorCode).toBe(ErrorCode.MEMBER_ID_REQUIRED);
});

test('the response names the protocol type since v7, and before a protocol in any case', async () => {
  const groups = await Groups.start();
  const refused = await groups.join({ protocols: [] }, 6);
  expect(refused.response.protocolName).toBe('');
  expect((await groups.join({ protocols: [] }, 7)).response.protocolName).toBeNull();
  const { joining } = await groups.enter();
  await groups.pass(3_000);
  expect(joining.response).toMatchObject({ protocolType: 'consumer', protocolName: 'range' });
});

test('only the leader gets the members, with their metadata for the chosen protocol', async () => {
  const groups = await Groups.start();
  const first = await groups.enter({ protocols: [protocol('sticky', ['a']), protocol('range', ['b'])] });
  const second = await groups.enter({ protocols: [protocol('range', ['c'])] });
  await groups.joined([first, second]);
  expect(first.joining.response.leader).toBe(first.id);
  expect(first.joining.response.members).toEqual([
    { memberId: first.id, groupInstanceId: null, metadata: protocol('range', ['b']).metadata },
    { memberId: second.id, groupInstanceId: null, metadata: protocol('range', ['c']).metadata },
  ]);
  expect(second.joining.response).toMatchObject({ leader: first.id, members: [], generationId: 1 });
});

test('the protocol with most votes wins, among those that all members support', async () => {
  const groups = await Groups.start();
  const joins = [
    await groups.enter({ protocols: [protocol('x'), protocol('a'), protocol('b')] }),
    await groups.enter({ protocols: [protocol('b'), protocol('a')] }),
    await groups.enter({ protocols: [protocol('b'), protocol('a')] }),
  ];
  await groups.joined(joins);
  expect(joins.map(({ joining }) => joining.response.protocolName)).toEqual(['b', 'b', 'b']);
});

test('of protocols with as many votes that one wins which Kafka’s hash map has first', async () => {
  for (const order of [
    ['range', 'sticky'],
    ['sticky', 'range'],
  ]) {
    const groups = await Groups.start();
    const joins = [
      await groups.enter({ protocols: order.map((name) => protocol(name)) }),
      await groups.enter({ protocols: order.toReversed().map((name) => protocol(name)) }),
    ];
    await groups.joined(joins);
    expect(joins.map(({ joining }) => joining.response.protocolName)).toEqual(['sticky', 'sticky']);
  }
});

test('a protocol that one member names twice is still unknown to the others', async () => {
  const groups = await Groups.start();
  const twice = [protocol('sticky'), protocol('sticky'), protocol('range')];
  const joins = [
    await groups.enter({ protocols: twice }),
    await groups.enter({ protocols: [protocol('range')] }),
  ];
  await groups.joined(joins);
  expect(joins.map(({ joining }) => joining.response.protocolName)).toEqual(['range', 'range']);
});

test('metadata is copied out of the request', async () => {
  const groups = await Groups.start();
  const metadata = Buffer.from('metadata');
  const { joining } = await groups.enter({ protocols: [{ name: 'range', metadata }] });
  metadata.fill(0);
  await groups.pass(3_000);
  expect(joining.response.members[0]?.metadata.toString()).toBe('metadata');
});

test('the first rebalance waits for the initial delay, even when all have joined', async () => {
  const groups = await Groups.start();
  const { joining } = await groups.enter();
  await groups.pass(2_999);
  expect(joining.isParked).toBe(true);
  await groups.pass(1);
  expect(joining.response.generationId).toBe(1);
});

test('each new member prolongs the first rebalance, at most to the rebalance timeout', async () => {
  const groups = await Groups.start();
  const joins = [await groups.enter({ rebalanceTimeoutMs: 8_000 })];
  for (let second = 2; second < 8; second += 2) {
    await groups.pass(2_000);
    joins.push(await groups.enter({ rebalanceTimeoutMs: 8_000 }));
  }
  await groups.pass(1_999);
  expect(joins.every(({ joining }) => joining.isParked)).toBe(true);
  await groups.pass(1);
  expect(joins.map(({ joining }) => joining.response.generationId)).toEqual([1, 1, 1, 1]);
});

test('without a new member the first rebalance is not prolonged', async () => {
  const groups = await Groups.start();
  const first = await groups.enter();
  const second = await groups.enter();
  await groups.pass(3_000);
  expect(first.joining.isParked).toBe(true);
  await groups.pass(3_000);
  expect([first.joining.response.generationId, second.joining.response.generationId]).toEqual([1, 1]);
});

test('a later rebalance ends as soon as all members have joined again', async () => {
  const groups = await Groups.start();
  const { leader, followers } = await groups.stable(2);
  const newcomer = await groups.enter();
  expect(await groups.state()).toBe('PreparingRebalance');
  const rejoining = [
    await groups.join({ memberId: leader }),
    await groups.join({ memberId: followers[0] ?? '' }),
  ];
  expect(rejoining.map(({ response }) => response.generationId)).toEqual([2, 2]);
  expect(newcomer.joining.response.generationId).toBe(2);
  expect(await groups.state()).toBe('CompletingRebalance');
});

test('a rebalance waits for a member that has got its id but not joined yet', async () => {
  const groups = await Groups.start();
  const { leader } = await groups.stable(1);
  const { response } = await groups.join();
  const rejoining = await groups.join({ memberId: leader });
  expect(rejoining.isParked).toBe(true);
  await groups.join({ memberId: response.memberId });
  expect(rejoining.response.members).toHaveLength(2);
});

test('a rebalance goes on without the pending member when its time is up', async () => {
  const groups = await Groups.start();
  const { leader } = await groups.stable(1);
  await groups.join({ sessionTimeoutMs: 6_000 });
  const rejoining = await groups.join({ memberId: leader });
  await groups.pass(6_000);
  expect(rejoining.response.members).toHaveLength(1);
});

test('members that do not join again within the rebalance timeout are removed', async () => {
  const groups = await Groups.start();
  const { leader, followers } = await groups.stable(2, { sessionTimeoutMs: 600_000 });
  const newcomer = await groups.enter();
  const [follower = ''] = followers;
  await groups.join({ memberId: follower });
  await groups.pass(60_000);
  const { response } = newcomer.joining;
  // The leader is gone: another member takes over.
  expect(response.leader).toBe(follower);
  expect(await groups.heartbeat(leader, 1)).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
});

test('the rebalance timeout is the longest of the members, not the session timeout', async () => {
  const groups = await Groups.start();
  const fields = { sessionTimeoutMs: 600_000, rebalanceTimeoutMs: 100_000 };
  await groups.stable(2, fields);
  const newcomer = await groups.enter({ rebalanceTimeoutMs: 20_000 });
  await groups.pass(99_999);
  expect(newcomer.joining.isParked).toBe(true);
  await groups.pass(1);
  expect(newcomer.joining.response.generationId).toBe(2);
});

test('a member that names no rebalance timeout (v0) has its session timeout instead', async () => {
  const groups = await Groups.start();
  const { leader } = await groups.stable(1, { sessionTimeoutMs: 30_000, rebalanceTimeoutMs: -1 });
  const newcomer = await groups.enter({ sessionTimeoutMs: 6_000, rebalanceTimeoutMs: -1 });
  await groups.pass(15_000);
  // Alive, but it does not join.
  expect(await groups.heartbeat(leader, 1)).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
  await groups.pass(14_999);
  expect(newcomer.joining.isParked).toBe(true);
  await groups.pass(1);
  expect(newcomer.joining.response).toMatchObject({ generationId: 2, leader: newcomer.id });
});

test('a member that never learned its id is dropped after five minutes of waiting', async () => {
  const groups = await Groups.start();
  await groups.stable(1, { sessionTimeoutMs: 1_800_000, rebalanceTimeoutMs: 1_800_000 });
  const newcomer = await groups.enter();
  await groups.pass(299_999);
  expect(newcomer.joining.isParked).toBe(true);
  await groups.pass(1);
  expect(newcomer.joining.response).toMatchObject({ errorCode: ErrorCode.UNKNOWN_MEMBER_ID, memberId: '' });
});

test('a leader that joins a stable group again forces a rebalance', async () => {
  const groups = await Groups.start();
  const { leader } = await groups.stable(2);
  const rejoining = await groups.join({ memberId: leader });
  expect(rejoining.isParked).toBe(true);
  expect(await groups.state()).toBe('PreparingRebalance');
});

test('a follower with the same metadata gets the current generation of a stable group back', async () => {
  const groups = await Groups.start();
  const { leader, followers, generationId } = await groups.stable(2);
  const { response } = await groups.join({ memberId: followers[0] ?? '' });
  expect(response).toMatchObject({ errorCode: 0, generationId, leader, members: [], skipAssignment: false });
  expect(await groups.state()).toBe('Stable');
});

test('a follower with changed metadata forces a rebalance', async () => {
  const groups = await Groups.start();
  const { followers } = await groups.stable(2);
  const protocols = [protocol('range', ['payments'])];
  const rejoining = await groups.join({ memberId: followers[0] ?? '', protocols });
  expect(rejoining.isParked).toBe(true);
  expect(await groups.state()).toBe('PreparingRebalance');
});

test('while the leader assigns, a lost join response is sent again, to the leader with the members', async () => {
  const groups = await Groups.start();
  const joins = [await groups.enter(), await groups.enter()];
  await groups.joined(joins);
  const [leader, follower] = joins;
  const again = await groups.join({ memberId: leader?.id ?? '' });
  expect(again.response).toEqual(leader?.joining.response);
  expect((await groups.join({ memberId: follower?.id ?? '' })).response).toEqual(follower?.joining.response);
});

test('while the leader assigns, changed metadata starts the rebalance anew and sends those who sync back', async () => {
  const groups = await Groups.start();
  const joins = [await groups.enter(), await groups.enter(), await groups.enter()];
  await groups.joined(joins);
  const [leader, second, third] = joins.map(({ id }) => id);
  const syncing = await groups.sync({ memberId: second ?? '' });
  const changed = await groups.join({ memberId: third ?? '', protocols: [protocol('range', ['payments'])] });
  expect(syncing.response.errorCode).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
  expect(changed.isParked).toBe(true);
  const rest = [await groups.join({ memberId: leader ?? '' }), await groups.join({ memberId: second ?? '' })];
  expect(rest.map(({ response }) => response.generationId)).toEqual([2, 2]);
});

test('a request that a member repeats over another connection is answered on both', async () => {
  const groups = await Groups.start();
  const { id, joining } = await groups.enter();
  const repeated = await groups.join({ memberId: id });
  await groups.pass(3_000);
  expect(repeated.response).toEqual(joining.response);
});

test('a group takes no more members than group.max.size', async () => {
  const groups = await Groups.start({ groupMaxSize: 2 });
  const { ids } = await groups.stable(2);
  const third = await groups.join();
  expect(third.response).toMatchObject({ errorCode: ErrorCode.GROUP_MAX_SIZE_REACHED, memberId: '' });
  const known = await groups.join({ memberId: ids[1] ?? '' });
  expect(known.response.errorCode).toBe(ErrorCode.NONE);
});

test('a loaded group above the limit rebalances, and whoever joins again first stays', async () => {
  const before = await Groups.start();
  const { ids } = await before.stable(3);
  const groups = await before.restart({ groupMaxSize: 2 });
  expect(await groups.state()).toBe('PreparingRebalance');
  const joins = [];
  for (const memberId of ids) joins.push(await groups.join({ memberId }));
  expect(joins[2]?.response.errorCode).toBe(ErrorCode.GROUP_MAX_SIZE_REACHED);
  expect(joins[0]?.response).toMatchObject({ errorCode: 0, generationId: 2 });
  expect(joins[1]?.response.errorCode).toBe(ErrorCode.NONE);
});

test('a group that lost all its members goes on with the next generation and may change its type', async () => {
  const groups = await Groups.start();
  await groups.stable(1);
  await groups.pass(10_000);
  expect(await groups.state()).toBe('Empty');
  const { joining } = await groups.enter({ protocolType: 'connect' });
  await groups.pass(3_000);
  expect(joining.response).toMatchObject({ generationId: 3, protocolType: 'connect' });
});
