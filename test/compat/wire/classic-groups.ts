import {
  deleteGroupsRequest,
  describeGroupsRequest,
  heartbeatRequest,
  joinGroupRequest,
  leaveGroupRequest,
  listGroupsRequest,
  syncGroupRequest,
} from '../../../kafka/protocol/index.ts';
import type { Answer } from './answer.ts';
import { subscription } from './consumer-protocol.ts';
import type { Wire, WireFamily } from './wire.ts';

/** Groups of the classic protocol. */
export const classicGroups: WireFamily = {
  name: 'classic-groups',
  about: 'JoinGroup, SyncGroup, Heartbeat, LeaveGroup, DescribeGroups, ListGroups, DeleteGroups',
  async ask(wire) {
    await empty(wire);
    await refusedJoins(wire);
    await oneMember(wire);
    await twoMembers(wire);
    await staticMembers(wire);
    await olderVersions(wire);
    await lookAndDelete(wire);
  },
};

interface Joining {
  readonly version?: number;
  readonly group?: string;
  readonly memberId?: string;
  readonly instance?: string | null;
  readonly sessionTimeoutMs?: number;
  readonly rebalanceTimeoutMs?: number;
  readonly protocolType?: string;
  readonly protocols?: readonly string[];
  readonly client?: string;
}

function startJoin(wire: Wire, what: string, joining: Joining = {}): Promise<() => Promise<Answer>> {
  const {
    version = 9,
    group = 'classic',
    memberId = '',
    instance,
    sessionTimeoutMs = 10_000,
    rebalanceTimeoutMs = 1_000,
    protocolType = 'consumer',
    protocols = ['range'],
  } = joining;
  return wire.start(
    what,
    joinGroupRequest,
    version,
    {
      groupId: group,
      sessionTimeoutMs,
      ...(version === 0 ? {} : { rebalanceTimeoutMs }),
      memberId,
      ...(instance === undefined ? {} : { groupInstanceId: instance }),
      protocolType,
      protocols: protocols.map((name) => ({ name, metadata: subscription(['committed']) })),
    },
    { client: joining.client ?? 'wire' },
  );
}

async function join(wire: Wire, what: string, joining: Joining = {}): Promise<Answer> {
  return (await startJoin(wire, what, joining))();
}

interface Syncing {
  readonly version?: number;
  readonly group?: string;
  readonly generation: number;
  readonly memberId: string;
  readonly instance?: string;
  readonly protocolType?: string | null;
  readonly protocolName?: string | null;
  readonly assignments?: Readonly<Record<string, string>>;
  readonly client?: string;
}

function startSync(wire: Wire, what: string, syncing: Syncing): Promise<() => Promise<Answer>> {
  const { version = 5, group = 'classic', generation, memberId, instance, assignments = {} } = syncing;
  const named =
    version < 5
      ? {}
      : {
          protocolType: syncing.protocolType === undefined ? 'consumer' : syncing.protocolType,
          protocolName: syncing.protocolName === undefined ? 'range' : syncing.protocolName,
        };
  return wire.start(
    what,
    syncGroupRequest,
    version,
    {
      groupId: group,
      generationId: generation,
      memberId,
      ...(instance === undefined ? {} : { groupInstanceId: instance }),
      ...named,
      assignments: Object.entries(assignments).map(([id, text]) => ({
        memberId: id,
        assignment: Buffer.from(text),
      })),
    },
    { client: syncing.client ?? 'wire' },
  );
}

async function sync(wire: Wire, what: string, syncing: Syncing): Promise<Answer> {
  return (await startSync(wire, what, syncing))();
}

function beat(
  wire: Wire,
  what: string,
  generationId: number,
  memberId: string,
  options: { readonly version?: number; readonly group?: string; readonly instance?: string } = {},
) {
  return wire.ask(what, heartbeatRequest, options.version ?? 4, {
    groupId: options.group ?? 'classic',
    generationId,
    memberId,
    ...(options.instance === undefined ? {} : { groupInstanceId: options.instance }),
  });
}

function leave(
  wire: Wire,
  what: string,
  members: readonly (readonly [memberId: string, instance: string | null])[],
  options: { readonly version?: number; readonly group?: string } = {},
) {
  return wire.ask(what, leaveGroupRequest, options.version ?? 5, {
    groupId: options.group ?? 'classic',
    members: members.map(([memberId, groupInstanceId]) => ({ memberId, groupInstanceId })),
  });
}

function describe(
  wire: Wire,
  what: string,
  groups: readonly string[],
  version = 6,
  includeAuthorizedOperations = false,
) {
  return wire.ask(what, describeGroupsRequest, version, {
    groups: [...groups],
    ...(version < 3 ? {} : { includeAuthorizedOperations }),
  } as { groups: string[]; includeAuthorizedOperations: boolean });
}

async function empty(wire: Wire): Promise<void> {
  wire.title('groups that are not there');
  for (const version of [0, 2, 3, 4])
    await beat(wire, 'heartbeat', 1, 'nobody', { version, group: 'unknown' });
  await beat(wire, 'heartbeat of an empty group', 1, 'nobody', { group: '' });
  await beat(wire, 'heartbeat without a member', 1, '', { group: 'unknown' });
  await sync(wire, 'sync', { group: 'unknown', generation: 1, memberId: 'nobody' });
  await sync(wire, 'sync', { version: 4, group: 'unknown', generation: 1, memberId: 'nobody' });
  await sync(wire, 'sync of an empty group', { group: '', generation: 1, memberId: 'nobody' });
  await leave(wire, 'leave', [['nobody', null]], { group: 'unknown' });
  await leave(wire, 'leave of an empty group', [['nobody', null]], { group: '' });
  await leave(wire, 'leave of no members', [], { group: 'unknown' });
  await wire.ask('leave', leaveGroupRequest, 2, { groupId: 'unknown', memberId: 'nobody' });
  for (const version of [0, 1, 3, 4, 5, 6]) await describe(wire, 'describe', ['unknown'], version);
  await describe(wire, 'describe an empty id, one twice', ['', 'unknown', 'unknown']);
  await describe(wire, 'describe none', []);
}

async function refusedJoins(wire: Wire): Promise<void> {
  wire.title('joins that are refused');
  await join(wire, 'an empty group', { group: '' });
  await join(wire, 'a session that is too short', { group: 'refused', sessionTimeoutMs: 10 });
  await join(wire, 'a session that is too long', { group: 'refused', sessionTimeoutMs: 9_000_000 });
  await join(wire, 'no protocols', { group: 'refused', protocols: [] });
  await join(wire, 'an empty protocol type', { group: 'refused', protocolType: '' });
  await join(wire, 'a member nobody knows', { group: 'refused', memberId: 'nobody' });
  await join(wire, 'an instance and a member nobody knows', {
    group: 'refused',
    memberId: 'nobody',
    instance: 'i',
  });
  for (const instance of ['', '.', '..', 'a b', 'x'.repeat(250)])
    await join(wire, `an instance named ${instance.length > 9 ? 'with 250 letters' : `"${instance}"`}`, {
      instance,
    });
}

async function oneMember(wire: Wire): Promise<void> {
  wire.title('one member');
  const first = await join(wire, 'without a member id');
  const memberId = first.text('memberId');
  const joined = await join(wire, 'with the id it was given', { memberId });
  const generation = joined.number('generationId');
  await describe(wire, 'describe before the sync', ['classic']);
  await beat(wire, 'heartbeat before the sync', generation, memberId);
  await sync(wire, 'a wrong generation', { generation: generation + 5, memberId });
  await sync(wire, 'a member nobody knows', { generation, memberId: 'nobody' });
  await sync(wire, 'another protocol type', { generation, memberId, protocolType: 'other' });
  await sync(wire, 'another protocol', { generation, memberId, protocolName: 'other' });
  await sync(wire, 'no protocol type in version 5', {
    generation,
    memberId,
    protocolType: null,
    protocolName: null,
  });
  await sync(wire, 'as the leader', { generation, memberId, assignments: { [memberId]: 'all' } });
  await sync(wire, 'again', { generation, memberId });
  await beat(wire, 'heartbeat', generation, memberId);
  await beat(wire, 'heartbeat of a wrong generation', generation + 1, memberId);
  await beat(wire, 'heartbeat of an old generation', generation - 1, memberId);
  await beat(wire, 'heartbeat of a member nobody knows', generation, 'nobody');
  await beat(wire, 'heartbeat with an instance', generation, memberId, { instance: 'i' });
  for (const version of [0, 3, 4, 5, 6]) await describe(wire, 'describe', ['classic'], version);
  await describe(wire, 'describe with operations', ['classic'], 6, true);
  await join(wire, 'another protocol type', { protocolType: 'other', client: 'second' });
  await join(wire, 'no protocol in common', { protocols: ['other'], client: 'second' });
  const again = await join(wire, 'the leader joins again', { memberId });
  await sync(wire, 'the next generation', {
    generation: again.number('generationId'),
    memberId,
    assignments: { [memberId]: 'all', nobody: 'none' },
  });
  await wire.ask('delete with a member', deleteGroupsRequest, 2, { groupsNames: ['classic'] });
  await leave(wire, 'a member nobody knows', [['nobody', null]]);
  await leave(wire, 'the member and one nobody knows', [
    [memberId, null],
    ['nobody', null],
  ]);
  await beat(wire, 'heartbeat after the leave', generation, memberId);
  await describe(wire, 'describe after the leave', ['classic']);
}

async function twoMembers(wire: Wire): Promise<void> {
  wire.title('two members');
  const id = async (client: string) =>
    (await join(wire, 'without a member id', { group: 'two', client, protocols: ['range', 'sticky'] })).text(
      'memberId',
    );
  const one = await id('one');
  const joined = await join(wire, 'the first', {
    group: 'two',
    memberId: one,
    client: 'one',
    protocols: ['range', 'sticky'],
  });
  await sync(wire, 'the first', {
    group: 'two',
    generation: joined.number('generationId'),
    memberId: one,
    assignments: { [one]: 'all' },
    client: 'one',
  });
  const two = await id('two');
  const second = await startJoin(wire, 'the second', {
    group: 'two',
    memberId: two,
    client: 'two',
    protocols: ['sticky', 'range'],
  });
  await wire.pause(200);
  await beat(wire, 'heartbeat while the second joins', joined.number('generationId'), one, { group: 'two' });
  await describe(wire, 'describe while the second joins', ['two']);
  const rejoined = await join(wire, 'the first again', {
    group: 'two',
    memberId: one,
    client: 'one',
    protocols: ['range', 'sticky'],
  });
  await second();
  const generation = rejoined.number('generationId');
  const follower = await startSync(wire, 'the follower', {
    group: 'two',
    generation,
    memberId: two,
    client: 'two',
  });
  await wire.pause(100);
  await sync(wire, 'the leader', {
    group: 'two',
    generation,
    memberId: one,
    assignments: { [one]: 'left', [two]: 'right' },
    client: 'one',
  });
  await follower();
  await describe(wire, 'describe two', ['two']);
  await leave(
    wire,
    'both',
    [
      [one, null],
      [two, null],
    ],
    { group: 'two' },
  );
  await describe(wire, 'describe none', ['two']);
}

async function staticMembers(wire: Wire): Promise<void> {
  wire.title('static members');
  const group = 'static';
  const joined = await join(wire, 'an instance', { group, instance: 'i', client: 'one' });
  const memberId = joined.text('memberId');
  const generation = joined.number('generationId');
  await sync(wire, 'the instance', {
    group,
    generation,
    memberId,
    instance: 'i',
    assignments: { [memberId]: 'all' },
    client: 'one',
  });
  await beat(wire, 'heartbeat', generation, memberId, { group, instance: 'i' });
  await beat(wire, 'heartbeat of another instance', generation, memberId, { group, instance: 'j' });
  await beat(wire, 'heartbeat of the instance by another member', generation, 'nobody', {
    group,
    instance: 'i',
  });
  const replaced = await join(wire, 'the instance anew', { group, instance: 'i', client: 'two' });
  await beat(wire, 'heartbeat of the member that was replaced', generation, memberId, {
    group,
    instance: 'i',
  });
  await sync(wire, 'the member that was replaced', {
    group,
    generation,
    memberId,
    instance: 'i',
    client: 'one',
  });
  await sync(wire, 'the instance anew', {
    group,
    generation: replaced.number('generationId'),
    memberId: replaced.text('memberId'),
    instance: 'i',
    assignments: { [replaced.text('memberId')]: 'all' },
    client: 'two',
  });
  await join(wire, 'the instance with a member that was replaced', {
    group,
    instance: 'i',
    memberId,
    client: 'one',
  });
  await describe(wire, 'describe', [group]);
  await leave(wire, 'an instance nobody knows', [['', 'j']], { group });
  await leave(wire, 'the instance with the member that was replaced', [[memberId, 'i']], { group });
  await leave(wire, 'the instance', [['', 'i']], { group });
  await describe(wire, 'describe after the leave', [group]);
}

async function olderVersions(wire: Wire): Promise<void> {
  wire.title('older versions');
  for (const version of [0, 1, 2, 3]) {
    const group = `older-${version}`;
    const joined = await join(wire, 'without a member id', { version, group });
    const memberId = joined.text('memberId');
    const generation = joined.number('generationId');
    await sync(wire, 'as the leader', {
      version: Math.min(version, 2),
      group,
      generation,
      memberId,
      assignments: { [memberId]: 'all' },
    });
    await beat(wire, 'heartbeat', generation, memberId, { version: Math.min(version, 2), group });
    await wire.ask('leave', leaveGroupRequest, Math.min(version, 2), { groupId: group, memberId });
    await wire.ask('leave again', leaveGroupRequest, Math.min(version, 2), { groupId: group, memberId });
  }
  for (const version of [4, 5, 6, 7, 8]) {
    const group = `older-${version}`;
    const first = await join(wire, 'without a member id', { version, group });
    const joined = await join(wire, 'with the id it was given', {
      version,
      group,
      memberId: first.text('memberId'),
    });
    const memberId = joined.text('memberId');
    await sync(wire, 'as the leader', {
      version: Math.min(version - 2, 5),
      group,
      generation: joined.number('generationId'),
      memberId,
      assignments: { [memberId]: 'all' },
    });
    await leave(wire, 'leave', [[memberId, null]], { version: Math.min(version - 1, 5), group });
  }
}

async function lookAndDelete(wire: Wire): Promise<void> {
  wire.title('list and delete');
  for (const version of [0, 1, 2, 3, 4, 5]) await wire.ask('all', listGroupsRequest, version, {});
  const filtered = (what: string, statesFilter: readonly string[], typesFilter: readonly string[] = []) =>
    wire.ask(what, listGroupsRequest, 5, { statesFilter: [...statesFilter], typesFilter: [...typesFilter] });
  await filtered('empty ones', ['Empty']);
  await filtered('empty ones, in lower case', ['empty']);
  await filtered('stable ones', ['Stable']);
  await filtered('ones in a state that is not there', ['Sleeping']);
  await filtered('classic ones', [], ['classic']);
  await filtered('classic ones, in capitals', [], ['CLASSIC']);
  await filtered('consumer ones', [], ['consumer']);
  await filtered('ones of a type that is not there', [], ['other']);
  for (const version of [0, 1, 2]) {
    await wire.ask('one', deleteGroupsRequest, version, { groupsNames: [`older-${version}`] });
    await wire.ask('one again', deleteGroupsRequest, version, { groupsNames: [`older-${version}`] });
  }
  await wire.ask('an empty id', deleteGroupsRequest, 2, { groupsNames: [''] });
  await wire.ask('none', deleteGroupsRequest, 2, { groupsNames: [] });
  await wire.ask('one twice and one unknown', deleteGroupsRequest, 2, {
    groupsNames: ['older-3', 'older-3', 'unknown'],
  });
  await describe(wire, 'a deleted one', ['older-3']);
  await wire.ask('what is left', listGroupsRequest, 5, {});
}
