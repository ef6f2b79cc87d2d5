import {
  consumerGroupDescribeRequest,
  consumerGroupHeartbeatRequest,
  createTopicsRequest,
  deleteGroupsRequest,
  describeGroupsRequest,
  heartbeatRequest,
  joinGroupRequest,
  leaveGroupRequest,
  listGroupsRequest,
  offsetCommitRequest,
  offsetDeleteRequest,
  offsetFetchRequest,
  syncGroupRequest,
} from '../../../kafka/protocol/index.ts';
import type { Answer } from './answer.ts';
import { subscription } from './consumer-protocol.ts';
import type { Wire, WireFamily } from './wire.ts';

/** Groups of the consumer protocol (KIP-848). */
export const consumerGroups: WireFamily = {
  name: 'consumer-groups',
  about: 'ConsumerGroupHeartbeat, ConsumerGroupDescribe, and the classic APIs on such a group',
  async ask(wire) {
    const made = await wire.ask(
      'two topics',
      createTopicsRequest,
      7,
      {
        topics: ['assigned', 'assigned-too'].map((name) => ({
          name,
          numPartitions: 2,
          replicationFactor: 1,
          assignments: [],
          configs: [],
        })),
      },
      { counted: ['topics.configs'] },
    );
    await wire.untilLed(['assigned', 'assigned-too'], 2);
    const ids = new Map(
      ['0', '1'].map((i) => [made.text(`topics.${i}.name`), made.text(`topics.${i}.topicId`)]),
    );
    const topicId = ids.get('assigned') ?? '';
    await refused(wire);
    await alone(wire, topicId);
    await together(wire, topicId);
    await regex(wire);
    await statics(wire);
    await otherApis(wire, topicId);
    await betweenProtocols(wire);
    await listed(wire);
  },
};

interface Beat {
  readonly version?: number;
  readonly group?: string;
  readonly memberId?: string;
  readonly memberEpoch?: number;
  readonly instance?: string | null;
  readonly rack?: string | null;
  readonly rebalanceTimeoutMs?: number;
  readonly names?: readonly string[] | null;
  readonly regex?: string | null;
  readonly assignor?: string | null;
  readonly owned?: readonly (readonly [topicId: string, partitions: readonly number[]])[] | null;
}

function beat(wire: Wire, what: string, fields: Beat = {}): Promise<Answer> {
  const {
    version = 1,
    group = 'kip848',
    memberId = member,
    memberEpoch = 0,
    rebalanceTimeoutMs = -1,
    instance = null,
    rack = null,
    names = null,
    assignor = null,
    owned = null,
  } = fields;
  return wire.ask(what, consumerGroupHeartbeatRequest, version, {
    groupId: group,
    memberId,
    memberEpoch,
    instanceId: instance,
    rackId: rack,
    rebalanceTimeoutMs,
    subscribedTopicNames: names === null ? null : [...names],
    ...(fields.regex === undefined ? {} : { subscribedTopicRegex: fields.regex }),
    serverAssignor: assignor,
    topicPartitions:
      owned?.map(([topicId, partitions]) => ({ topicId, partitions: [...partitions] })) ?? null,
  });
}

/** A member that joins says everything about itself. */
const joining = { rebalanceTimeoutMs: 5000, names: ['assigned'], owned: [], memberEpoch: 0 } as const;
const member = 'MemberMemberMemberAAAA';
const second = 'MemberMemberMemberBBBB';

async function refused(wire: Wire): Promise<void> {
  wire.title('heartbeats that are refused');
  for (const version of [0, 1]) await beat(wire, 'no member id', { ...joining, version, memberId: '' });
  await beat(wire, 'a member id of blanks', { ...joining, memberId: '  ' });
  await beat(wire, 'an empty group', { ...joining, group: '' });
  await beat(wire, 'a group of blanks', { ...joining, group: '  ' });
  await beat(wire, 'no rebalance timeout', { ...joining, rebalanceTimeoutMs: -1 });
  await beat(wire, 'a rebalance timeout of 0', { ...joining, rebalanceTimeoutMs: 0 });
  await beat(wire, 'no topics', { ...joining, names: null });
  await beat(wire, 'no topics, version 0', { ...joining, names: null, version: 0 });
  await beat(wire, 'owned partitions when joining', { ...joining, owned: [['AAAAAAAAAAAAAAAAAAAAEA', [0]]] });
  await beat(wire, 'null partitions when joining', { ...joining, owned: null });
  await beat(wire, 'an assignor that is not there', { ...joining, assignor: 'no-such' });
  await beat(wire, 'an empty assignor', { ...joining, assignor: '' });
  await beat(wire, 'an empty instance', { ...joining, instance: '' });
  await beat(wire, 'an empty rack', { ...joining, rack: '' });
  await beat(wire, 'epoch -3', { ...joining, memberEpoch: -3 });
  await beat(wire, 'epoch -2 without an instance', { ...joining, memberEpoch: -2 });
  await beat(wire, 'a regex that is none', { ...joining, names: null, regex: '(' });
  await beat(wire, 'an epoch of a group that is not there', { memberEpoch: 5 });
  await beat(wire, 'leaving a group that is not there', { memberEpoch: -1 });
  for (const version of [0, 1]) await describe(wire, 'a group that is not there', ['unknown'], version);
  await describe(wire, 'an empty id, and one twice', ['', 'unknown', 'unknown']);
  await describe(wire, 'none', []);
}

function describe(
  wire: Wire,
  what: string,
  groupIds: readonly string[],
  version = 1,
  includeAuthorizedOperations = false,
) {
  return wire.ask(what, consumerGroupDescribeRequest, version, {
    groupIds: [...groupIds],
    includeAuthorizedOperations,
  });
}

async function alone(wire: Wire, topicId: string): Promise<void> {
  wire.title('one member');
  const joined = await beat(wire, 'joins', joining);
  const epoch = joined.number('memberEpoch');
  await describe(wire, 'before it has told what it owns', ['kip848'], 1);
  await beat(wire, 'joins again', joining);
  await beat(wire, 'nothing new', { memberEpoch: epoch });
  await beat(wire, 'tells what it owns', { memberEpoch: epoch, owned: [[topicId, [0, 1]]] });
  for (const version of [0, 1]) await describe(wire, 'after', ['kip848'], version);
  await describe(wire, 'with operations', ['kip848'], 1, true);
  await beat(wire, 'a later epoch', { memberEpoch: epoch + 5 });
  await beat(wire, 'an earlier epoch', { memberEpoch: epoch - 1 });
  await beat(wire, 'a member nobody knows', { memberId: 'nobody', memberEpoch: epoch });
  await beat(wire, 'an instance of its own now', { memberEpoch: epoch, instance: 'i' });
  const changed = await beat(wire, 'another topic too', {
    memberEpoch: epoch,
    names: ['assigned', 'assigned-too'],
  });
  await describe(wire, 'after the change', ['kip848']);
  const next = changed.number('memberEpoch');
  await beat(wire, 'a topic that is not there', { memberEpoch: next, names: ['assigned', 'unknown'] });
  await beat(wire, 'no topic any more', { memberEpoch: next, names: [] });
  await beat(wire, 'another assignor', { memberEpoch: next + 1, assignor: 'range', names: ['assigned'] });
  await describe(wire, 'with another assignor', ['kip848']);
  await beat(wire, 'leaves', { memberEpoch: -1 });
  await beat(wire, 'leaves again', { memberEpoch: -1 });
  await describe(wire, 'without members', ['kip848']);
}

async function together(wire: Wire, topicId: string): Promise<void> {
  wire.title('two members');
  const group = 'kip848-two';
  const first = await beat(wire, 'the first joins', { ...joining, group });
  await beat(wire, 'the first owns all', {
    group,
    memberEpoch: first.number('memberEpoch'),
    owned: [[topicId, [0, 1]]],
  });
  const waiting = await beat(wire, 'the second joins', { ...joining, group, memberId: second });
  await describe(wire, 'while the first has to give one up', [group]);
  await beat(wire, 'the second asks again', {
    group,
    memberId: second,
    memberEpoch: waiting.number('memberEpoch'),
  });
  await beat(wire, 'the first is told', { group, memberEpoch: first.number('memberEpoch') });
  const given = await beat(wire, 'the first has given one up', {
    group,
    memberEpoch: first.number('memberEpoch'),
    owned: [[topicId, [0]]],
  });
  await beat(wire, 'the second gets one', {
    group,
    memberId: second,
    memberEpoch: waiting.number('memberEpoch'),
  });
  await beat(wire, 'the second owns one', {
    group,
    memberId: second,
    memberEpoch: given.number('memberEpoch'),
    owned: [[topicId, [1]]],
  });
  await describe(wire, 'settled', [group]);
  await beat(wire, 'the second leaves', { group, memberId: second, memberEpoch: -1 });
  await beat(wire, 'the first gets all', {
    group,
    memberEpoch: given.number('memberEpoch'),
    owned: [[topicId, [0]]],
  });
  await beat(wire, 'the first leaves', { group, memberEpoch: -1 });
}

async function regex(wire: Wire): Promise<void> {
  wire.title('by regular expression');
  const group = 'kip848-regex';
  const joined = await beat(wire, 'joins', { ...joining, group, names: null, regex: 'assigned.*' });
  await wire.pause(500);
  const heard = await beat(wire, 'hears of its topics', { group, memberEpoch: joined.number('memberEpoch') });
  await describe(wire, 'a regex', [group]);
  await beat(wire, 'an empty regex and a topic', {
    group,
    memberEpoch: heard.number('memberEpoch'),
    regex: '',
    names: ['assigned'],
  });
  await beat(wire, 'a regex that is none', {
    group,
    memberEpoch: heard.number('memberEpoch'),
    regex: '[',
  });
  await beat(wire, 'leaves', { group, memberEpoch: -1 });
}

async function statics(wire: Wire): Promise<void> {
  wire.title('static members');
  const group = 'kip848-static';
  const joined = await beat(wire, 'joins', { ...joining, group, instance: 'i' });
  await beat(wire, 'the instance by another member', { ...joining, group, memberId: second, instance: 'i' });
  await beat(wire, 'an epoch by another member', {
    group,
    memberId: second,
    memberEpoch: joined.number('memberEpoch'),
    instance: 'i',
  });
  await beat(wire, 'another instance', { group, memberEpoch: joined.number('memberEpoch'), instance: 'j' });
  await beat(wire, 'goes away for a while', { group, memberEpoch: -2, instance: 'i' });
  await describe(wire, 'away', [group]);
  await beat(wire, 'comes back as another member', { ...joining, group, memberId: second, instance: 'i' });
  await describe(wire, 'back', [group]);
  await beat(wire, 'the member that was replaced', {
    group,
    memberEpoch: joined.number('memberEpoch'),
    instance: 'i',
  });
  await beat(wire, 'leaves an instance nobody knows', {
    group,
    memberId: second,
    memberEpoch: -1,
    instance: 'j',
  });
  await beat(wire, 'leaves', { group, memberId: second, memberEpoch: -1, instance: 'i' });
}

async function otherApis(wire: Wire, topicId: string): Promise<void> {
  wire.title('other APIs on such a group');
  const group = 'kip848-other';
  const joined = await beat(wire, 'joins', { ...joining, group });
  const epoch = joined.number('memberEpoch');
  const commit = (what: string, version: number, generation: number, memberId: string) =>
    wire.ask(what, offsetCommitRequest, version, {
      groupId: group,
      generationIdOrMemberEpoch: generation,
      memberId,
      topics: [
        {
          ...(version < 10 ? { name: 'assigned' } : { topicId }),
          partitions: [{ partitionIndex: 0, committedOffset: 3, committedMetadata: '' }],
        },
      ],
    });
  for (const version of [8, 9, 10]) await commit('commit', version, epoch, member);
  for (const version of [8, 9, 10]) await commit('commit with an old epoch', version, epoch - 1, member);
  await commit('commit with a later epoch', 9, epoch + 3, member);
  await commit('commit of a member nobody knows', 9, epoch, 'nobody');
  await commit('commit without a member', 9, -1, '');
  const fetch = (what: string, memberId: string | null, memberEpoch: number) =>
    wire.ask(what, offsetFetchRequest, 9, {
      groups: [
        { groupId: group, memberId, memberEpoch, topics: [{ name: 'assigned', partitionIndexes: [0] }] },
      ],
    });
  await fetch('fetch', member, epoch);
  await fetch('fetch with an old epoch', member, epoch - 1);
  await fetch('fetch with a later epoch', member, epoch + 3);
  await fetch('fetch of a member nobody knows', 'nobody', epoch);
  await fetch('fetch without a member', null, -1);
  await wire.ask('its offsets', offsetDeleteRequest, 0, {
    groupId: group,
    topics: [{ name: 'assigned', partitions: [{ partitionIndex: 0 }] }],
  });
  await wire.ask('with a member', deleteGroupsRequest, 2, { groupsNames: [group] });
  await wire.ask('as a classic group', describeGroupsRequest, 6, {
    groups: [group],
    includeAuthorizedOperations: false,
  });
  await wire.ask('as a classic group', describeGroupsRequest, 5, {
    groups: [group],
    includeAuthorizedOperations: false,
  });
  await wire.ask('as a classic member', heartbeatRequest, 4, {
    groupId: group,
    memberId: member,
    generationId: epoch,
  });
  await wire.ask('as a classic member', syncGroupRequest, 5, {
    groupId: group,
    memberId: member,
    generationId: epoch,
    assignments: [],
  });
  await wire.ask('as a classic member', leaveGroupRequest, 5, {
    groupId: group,
    members: [{ memberId: 'nobody' }],
  });
  await wire.ask('of an own protocol type', joinGroupRequest, 9, {
    groupId: group,
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 1_000,
    memberId: 'nobody',
    protocolType: 'other',
    protocols: [{ name: 'range', metadata: Buffer.alloc(0) }],
  });
  await beat(wire, 'leaves', { group, memberEpoch: -1 });
  await wire.ask('without members', deleteGroupsRequest, 2, { groupsNames: [group] });
  await describe(wire, 'deleted', [group]);
}

async function betweenProtocols(wire: Wire): Promise<void> {
  wire.title('from one protocol to the other');
  const group = 'kip848-mixed';
  const joinClassic = (what: string, memberId: string) =>
    wire.ask(what, joinGroupRequest, 9, {
      groupId: group,
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 2_000,
      memberId,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: subscription(['assigned']) }],
    });
  const id = (await joinClassic('a classic member gets an id', '')).text('memberId');
  const joined = await joinClassic('a classic member', id);
  await describe(wire, 'a classic group', [group]);
  await wire.ask('a classic member', syncGroupRequest, 5, {
    groupId: group,
    generationId: joined.number('generationId'),
    memberId: id,
    protocolType: 'consumer',
    protocolName: 'range',
    assignments: [{ memberId: id, assignment: Buffer.alloc(0) }],
  });
  await wire.ask('the classic member leaves', leaveGroupRequest, 5, {
    groupId: group,
    members: [{ memberId: id }],
  });
  await beat(wire, 'a member of the new protocol takes the empty group', { ...joining, group });
  await describe(wire, 'a group of the new protocol', [group]);
  await beat(wire, 'leaves', { group, memberEpoch: -1 });
  const back = (await joinClassic('a classic member on an empty group', '')).text('memberId');
  await joinClassic('a classic member on an empty group', back);
  await describe(wire, 'a classic group again', [group]);
}

async function listed(wire: Wire): Promise<void> {
  wire.title('list');
  for (const typesFilter of [['consumer'], ['Consumer'], ['share'], ['streams']])
    await wire.ask(`of type ${typesFilter[0]}`, listGroupsRequest, 5, { typesFilter });
  for (const statesFilter of [['Assigning'], ['Reconciling'], ['Empty'], ['NotReady']])
    await wire.ask(`in state ${statesFilter[0]}, of type consumer`, listGroupsRequest, 5, {
      statesFilter,
      typesFilter: ['consumer'],
    });
}
