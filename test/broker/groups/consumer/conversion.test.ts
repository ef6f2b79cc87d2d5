import { expect, test } from 'vitest';
import { ErrorCode, type JoinGroupRequest } from '../../../../kafka/protocol/index.ts';
import { Groups, settle } from '../group-fixture.ts';
import {
  assignedPartitions,
  ConsumerClient,
  converge,
  describe,
  embeddedAssignment,
  records,
  subscription,
} from './consumer-fixture.ts';

const all = ['orders-0', 'orders-1', 'orders-2', 'orders-3'];

/** A stable classic group of one member that owns all partitions. */
async function classicGroup(
  config: ConstructorParameters<typeof Groups>[0] = {},
  { userData = null, fields = {} }: { userData?: Buffer | null; fields?: Partial<JoinGroupRequest> } = {},
) {
  const groups = await Groups.start(config);
  const { id, joining } = await groups.enter({ protocols: [subscription(['orders'])], ...fields });
  await groups.joined([{ joining }]);
  const assignments = [{ memberId: id, assignment: embeddedAssignment(all, userData) }];
  const any = { protocolType: null, protocolName: null };
  await groups.sync({ memberId: id, generationId: 1, assignments, ...any }, 4);
  return { groups, id };
}

/** The classic member joins again, owning these, and asks for its assignment. */
async function rejoin(groups: Groups, memberId: string, owned: readonly string[]) {
  const protocols = [subscription(['orders'], owned)];
  const joined = (await groups.join({ memberId, protocols })).response;
  const { generationId } = joined;
  const synced = (await groups.sync({ memberId, generationId })).response;
  return { joined, synced, assigned: assignedPartitions(synced.assignment) };
}

test('a member of the new protocol turns a classic group into a consumer group, and both share the partitions', async () => {
  const { groups, id } = await classicGroup();
  const a = new ConsumerClient(groups, 'new');
  expect(await a.join()).toMatchObject({ errorCode: 0, memberEpoch: 2 });
  expect(a.assigned).toEqual([]);
  const { members } = await describe(groups);
  expect(members.map(({ memberId, memberType }) => [memberId, memberType])).toEqual([
    [id, 0],
    ['new', 1],
  ]);
  // The classic member hears of a rebalance, gives up two partitions, and joins until it has nothing left to do.
  expect(await groups.heartbeat(id, 1)).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
  const first = await rejoin(groups, id, all);
  expect(first.joined).toMatchObject({ generationId: 1, leader: '', members: [], protocolName: 'range' });
  expect(first.assigned).toHaveLength(2);
  expect(await groups.heartbeat(id, 1)).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
  const second = await rejoin(groups, id, first.assigned);
  expect(second.joined.generationId).toBe(2);
  expect(await groups.heartbeat(id, 2)).toBe(ErrorCode.NONE);
  await converge([a]);
  expect([...second.assigned, ...a.assigned].sort()).toEqual(all);
});

test('records of a conversion: the classic tombstone, then members, epochs and assignments as they were', async () => {
  const { groups, id } = await classicGroup();
  const start = groups.log.records().length;
  await new ConsumerClient(groups, 'new').join();
  const written = records(groups, start).map((record) => [
    record.kind,
    'memberId' in record ? record.memberId : '',
    record.value === null,
  ]);
  expect(written.slice(0, 6)).toEqual([
    ['group-metadata', '', true],
    ['consumer-member', id, false],
    ['consumer-group', '', false],
    ['consumer-target-member', id, false],
    ['consumer-target', '', false],
    ['consumer-current-member', id, false],
  ]);
  const again = await groups.restart();
  expect((await describe(again)).members.map(({ memberType }) => memberType)).toEqual([0, 1]);
});

test('when the last member of the new protocol leaves, the group is classic again and rebalances', async () => {
  const { groups, id } = await classicGroup();
  const a = new ConsumerClient(groups, 'new');
  await a.join();
  expect((await a.leave()).errorCode).toBe(0);
  expect(await groups.state()).toBe('PreparingRebalance');
  expect(await groups.heartbeat(id, 2)).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
  const joining = await groups.join({ memberId: id, protocols: [subscription(['orders'])] });
  expect(joining.response).toMatchObject({ errorCode: 0, generationId: 3, leader: id });
  expect((await describe(groups)).errorCode).toBe(ErrorCode.GROUP_ID_NOT_FOUND);
  const again = await groups.restart();
  expect(await again.state()).toBe('Stable');
});

test('a session of the new protocol that ends also makes the group classic again', async () => {
  const { groups, id } = await classicGroup({}, { fields: { sessionTimeoutMs: 1_800_000 } });
  await new ConsumerClient(groups, 'new').join();
  await groups.pass(45_000);
  expect(await groups.state()).toBe('PreparingRebalance');
  expect(await groups.heartbeat(id, 2)).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
});

test('an empty group takes either protocol', async () => {
  const { groups, id } = await classicGroup();
  await groups.service.leaveGroup(
    { groupId: 'g', memberId: '', members: [{ memberId: id, groupInstanceId: null, reason: null }] },
    { apiVersion: 5, clientId: '', clientHost: '' },
  );
  await groups.commit();
  const a = new ConsumerClient(groups, 'new');
  expect(await a.join()).toMatchObject({ errorCode: 0, memberEpoch: 2 });
  expect(await groups.offset()).toBe(42);
  await a.leave();
  const { joining } = await groups.enter({ protocols: [subscription(['orders'])] });
  await groups.joined([{ joining }]);
  expect(joining.response).toMatchObject({ errorCode: 0, generationId: 1 });
  expect(await groups.offset()).toBe(42);
  expect(
    records(groups).filter(({ kind, value }) => kind === 'consumer-group' && value === null),
  ).toHaveLength(1);
});

test('a parked JoinGroup is answered when the group is converted: its member joins the consumer group', async () => {
  const groups = await Groups.start();
  const { id, joining } = await groups.enter({ protocols: [subscription(['orders'])] });
  expect(joining.isParked).toBe(true);
  const a = new ConsumerClient(groups, 'new');
  expect((await a.join()).errorCode).toBe(ErrorCode.NONE);
  await settle();
  expect(joining.response).toMatchObject({ errorCode: ErrorCode.REBALANCE_IN_PROGRESS, memberId: id });
  const { assigned } = await rejoin(groups, id, []);
  await converge([a]);
  expect([...assigned, ...a.assigned].sort()).toEqual(all);
});

test.each<[string, Parameters<typeof classicGroup>, string]>([
  ['disabled', [{ groupConsumerMigrationPolicy: 'disabled' }], 'online upgrade is disabled.'],
  ['downgrade', [{ groupConsumerMigrationPolicy: 'DOWNGRADE' }], 'online upgrade is disabled.'],
  [
    'another protocol type',
    [{}, { fields: { protocolType: 'connect' } }],
    'the group does not use the consumer embedded protocol.',
  ],
  [
    'too many members',
    [{ groupConsumerMaxSize: 0 }],
    'the group size exceeds the consumer group maximum size.',
  ],
  [
    'a custom assignor',
    [{}, { userData: Buffer.from('mine') }],
    'an unsupported custom assignor is in use. Please refer to the documentation or switch to a default assignor ' +
      'before re-attempting the upgrade.',
  ],
  [
    'metadata that cannot be read',
    [{}, { fields: { protocols: [{ name: 'range', metadata: Buffer.from([0, 0, 0, 0, 0, 9]) }] } }],
    'the embedded consumer protocol is malformed.',
  ],
])('a classic group stays classic: %s', async (_why, options, reason) => {
  const { groups } = await classicGroup(...options);
  expect(await new ConsumerClient(groups, 'new').join()).toMatchObject({
    errorCode: ErrorCode.GROUP_ID_NOT_FOUND,
    errorMessage: `Cannot upgrade classic group g to consumer group because ${reason}`,
  });
  expect(await groups.state()).toBe('Stable');
});

test('a classic member joins a consumer group, unless the migration policy is disabled', async () => {
  for (const [policy, errorCode] of [
    ['bidirectional', ErrorCode.MEMBER_ID_REQUIRED],
    ['upgrade', ErrorCode.MEMBER_ID_REQUIRED],
    ['disabled', ErrorCode.INCONSISTENT_GROUP_PROTOCOL],
  ] as const) {
    const groups = await Groups.start({ groupConsumerMigrationPolicy: policy });
    await new ConsumerClient(groups, 'a').join();
    const joining = await groups.join({ protocols: [subscription(['orders'])] });
    expect(joining.response.errorCode).toBe(errorCode);
  }
});

test('the id made for a classic member of a consumer group has no name in it', async () => {
  const groups = await Groups.start();
  await new ConsumerClient(groups, 'a').join();
  const joining = await groups.join({ protocols: [subscription(['orders'])] });
  expect(joining.response.memberId).toMatch(/^[\w-]{22}$/);
});

test('with downgrades off the group stays a consumer group without members of its own protocol', async () => {
  const { groups, id } = await classicGroup({ groupConsumerMigrationPolicy: 'upgrade' });
  const a = new ConsumerClient(groups, 'new');
  await a.join();
  await a.leave();
  expect((await describe(groups)).members.map(({ memberId }) => memberId)).toEqual([id]);
});

/** A consumer group of a classic member and one of its own protocol, in balance. */
async function mixedGroup() {
  const { groups, id } = await classicGroup();
  const a = new ConsumerClient(groups, 'new');
  await a.join();
  const { assigned } = await rejoin(groups, id, all);
  await rejoin(groups, id, assigned);
  await converge([a]);
  return { groups, id, a, assigned };
}

test('a classic member that does not join again in time is fenced', async () => {
  const { groups, id } = await classicGroup({}, { fields: { sessionTimeoutMs: 1_800_000 } });
  const a = new ConsumerClient(groups, 'new');
  await a.join();
  expect(await groups.heartbeat(id, 1)).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
  for (let second = 0; second < 59; second += 1) {
    await groups.pass(1_000);
    if (second % 30 === 0) await a.beat();
    expect(await groups.heartbeat(id, 1)).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
  }
  await groups.pass(1_000);
  expect(await groups.heartbeat(id, 1)).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
  await a.beat();
  expect(a.assigned).toEqual(all);
});

test('a classic member that joins but does not sync in time is fenced', async () => {
  const { groups, id, a } = await mixedGroup();
  const options = { protocols: [subscription(['orders', 'payments'])], sessionTimeoutMs: 1_800_000 };
  await groups.join({ memberId: id, ...options });
  await groups.pass(40_000);
  await a.beat();
  await groups.pass(20_000);
  await a.beat();
  expect(await groups.heartbeat(id, 3)).not.toBe(ErrorCode.NONE);
});

test('a classic member heartbeats to keep its session', async () => {
  const { groups, id, a } = await mixedGroup();
  for (let round = 0; round < 6; round += 1) {
    await groups.pass(9_000);
    await a.beat();
    expect(await groups.heartbeat(id, 2)).toBe(ErrorCode.NONE);
  }
  await groups.pass(10_000);
  expect(await groups.heartbeat(id, 2)).toBe(ErrorCode.UNKNOWN_MEMBER_ID);
});

test('a classic member leaves with LeaveGroup, and so does a member of the new protocol by its id', async () => {
  const { groups, id, a } = await mixedGroup();
  const newcomer = new ConsumerClient(groups, 'third');
  await newcomer.join();
  const request = {
    groupId: 'g',
    memberId: '',
    members: [
      { memberId: id, groupInstanceId: null, reason: null },
      { memberId: 'stranger', groupInstanceId: null, reason: null },
      { memberId: '', groupInstanceId: 'nobody', reason: null },
      { memberId: 'third', groupInstanceId: null, reason: null },
    ],
  };
  const from = { apiVersion: 5, clientId: '', clientHost: '' };
  const { members } = await groups.service.leaveGroup(request, from);
  expect(members.map(({ errorCode }) => errorCode)).toEqual([
    ErrorCode.NONE,
    ErrorCode.UNKNOWN_MEMBER_ID,
    ErrorCode.UNKNOWN_MEMBER_ID,
    ErrorCode.NONE,
  ]);
  await a.beat();
  expect(a.assigned).toEqual(all);
  expect(await describe(groups)).toMatchObject({ groupEpoch: 4 });
});

test.each<[string, Parameters<Groups['sync']>[0], number]>([
  ['another generation', { generationId: 1 }, ErrorCode.ILLEGAL_GENERATION],
  ['another protocol', { generationId: 2, protocolName: 'sticky' }, ErrorCode.INCONSISTENT_GROUP_PROTOCOL],
  ['another protocol type', { generationId: 2, protocolType: 'x' }, ErrorCode.INCONSISTENT_GROUP_PROTOCOL],
  ['a member of the new protocol', { generationId: 2, memberId: 'new' }, ErrorCode.UNKNOWN_MEMBER_ID],
  ['a stranger', { generationId: 2, memberId: 'x' }, ErrorCode.UNKNOWN_MEMBER_ID],
  ['an unknown instance', { generationId: 2, groupInstanceId: 'x' }, ErrorCode.UNKNOWN_MEMBER_ID],
])('SyncGroup by a classic member: %s is refused', async (_what, fields, errorCode) => {
  const { groups, id } = await mixedGroup();
  expect((await groups.sync({ memberId: id, ...fields })).response.errorCode).toBe(errorCode);
});

test.each<[string, Partial<JoinGroupRequest>, number]>([
  ['another protocol type', { protocolType: 'connect' }, ErrorCode.INCONSISTENT_GROUP_PROTOCOL],
  [
    'no protocol in common with the classic members',
    { protocols: [subscription(['orders'], [], 'sticky')] },
    ErrorCode.INCONSISTENT_GROUP_PROTOCOL,
  ],
  ['no protocol', { protocols: [] }, ErrorCode.INCONSISTENT_GROUP_PROTOCOL],
  [
    'metadata that cannot be read',
    { memberId: 'x', protocols: [{ name: 'range', metadata: Buffer.from([0, 1]) }] },
    ErrorCode.UNKNOWN_SERVER_ERROR,
  ],
])('JoinGroup of a consumer group: %s is refused', async (_what, fields, errorCode) => {
  const { groups } = await mixedGroup();
  expect((await groups.join({ protocols: [subscription(['orders'])], ...fields })).response.errorCode).toBe(
    errorCode,
  );
});

test('a static member may go back to the classic protocol and forth, without asking anyone', async () => {
  const groups = await Groups.start();
  const instance = { instanceId: 'i', subscribedTopicNames: ['orders'] };
  const other = new ConsumerClient(groups, 'o', { instanceId: 'j', subscribedTopicNames: ['orders'] });
  const fresh = new ConsumerClient(groups, 's1', instance);
  await other.join();
  await fresh.join();
  await converge([other, fresh]);
  const back = await groups.join({
    groupInstanceId: 'i',
    protocols: [subscription(['orders'])],
    sessionTimeoutMs: 30_000,
  });
  expect(back.response).toMatchObject({ errorCode: 0, generationId: 3 });
  const { memberId } = back.response;
  const synced = (await groups.sync({ memberId, groupInstanceId: 'i', generationId: 3 })).response;
  expect(assignedPartitions(synced.assignment)).toEqual(fresh.assigned);
  const forth = new ConsumerClient(groups, 's2', instance);
  expect(await forth.join()).toMatchObject({ errorCode: 0, memberEpoch: 3 });
  expect(forth.assigned).toEqual(fresh.assigned);
});

test('the last static member that goes back to the classic protocol takes the group along', async () => {
  const groups = await Groups.start();
  const fresh = new ConsumerClient(groups, 's1', { instanceId: 'i', subscribedTopicNames: ['orders'] });
  await fresh.join();
  const back = await groups.join({ groupInstanceId: 'i', protocols: [subscription(['orders'])] });
  expect(back.response).toMatchObject({ errorCode: 0, generationId: 2 });
  expect(await groups.state()).toBe('Stable');
  const { memberId } = back.response;
  const synced = (await groups.sync({ memberId, groupInstanceId: 'i', generationId: 2 })).response;
  expect(assignedPartitions(synced.assignment)).toEqual(all);
});
