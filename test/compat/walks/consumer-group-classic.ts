import {
  consumerGroupDescribeRequest,
  describeGroupsRequest,
  heartbeatRequest,
  joinGroupRequest,
  leaveGroupRequest,
  offsetCommitRequest,
  syncGroupRequest,
} from '../../../kafka/protocol/index.ts';
import { assignmentBytes, subscriptionBytes, withAssignment } from './consumer-group-embedded.ts';
import type { GroupWalk, WalkedGroup } from './consumer-group-state.ts';

/** A member that speaks the classic protocol, with a connection of its own: the coordinator makes ids of its name. */
export interface ClassicMember {
  readonly slot: string;
  readonly instanceId: string | null;
  memberId: string;
  generation: number;
  topics: readonly string[];
  owned: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
}

/** A member of the classic protocol in the group that has members of both. */
export async function anything(walk: GroupWalk): Promise<unknown> {
  const { dice } = walk;
  const group = mixed(walk);
  const isClassic = await hasClassicMembers(walk, group);
  const hasConsumers = !isClassic && (await hasConsumerMembers(walk, group));
  const member = dice.pick(walk.classics);
  const isEmpty = !isClassic && !hasConsumers;
  // A refused join makes an empty consumer group a classic one in Kafka, and says so nowhere.
  if (isEmpty) forget(member);
  if (dice.chance(35))
    return isClassic ? rebalance(walk, group, member) : join(walk, group, member, hasConsumers);
  const question = dice.pick([
    heartbeat,
    heartbeat,
    heartbeat,
    isClassic ? heartbeat : sync,
    leave,
    commit,
    isEmpty ? heartbeat : wrongJoin,
  ]);
  return question(walk, group, member);
}

/** Everybody who speaks the classic protocol leaves. */
export async function endAll(walk: GroupWalk): Promise<void> {
  const group = mixed(walk);
  for (const member of walk.classics) if (member.memberId !== '') await leave(walk, group, member);
}

/**
 * When the last member of the consumer protocol has left, those of the classic protocol join again: until then each
 * broker knows in its own way what they own.
 */
export async function afterLeave(walk: GroupWalk, group: WalkedGroup): Promise<void> {
  const [first] = walk.classics.filter(({ memberId }) => memberId !== '');
  if (group.isMixed !== true || first === undefined || !(await hasClassicMembers(walk, group))) return;
  await rebalance(walk, group, first);
}

function mixed(walk: GroupWalk): WalkedGroup {
  const group = walk.groups.find(({ isMixed }) => isMixed);
  if (group === undefined) throw new Error('no group of both protocols');
  return group;
}

/** Whether the group is one of the classic protocol and has members: their joins wait for each other. */
async function hasClassicMembers({ wire }: GroupWalk, { groupId }: WalkedGroup): Promise<boolean> {
  const described = await wire.until(
    describeGroupsRequest,
    6,
    { groups: [groupId], includeAuthorizedOperations: false },
    () => true,
  );
  return described.has('groups.0.members.0');
}

async function hasConsumerMembers({ wire }: GroupWalk, { groupId }: WalkedGroup): Promise<boolean> {
  const described = await wire.until(
    consumerGroupDescribeRequest,
    1,
    { groupIds: [groupId], includeAuthorizedOperations: false },
    () => true,
  );
  return described.has('groups.0.members.0');
}

function joinBody(
  { groupId }: WalkedGroup,
  member: ClassicMember,
  version: number,
  userData: Buffer | null = null,
) {
  const metadata = subscriptionBytes(member.topics, member.owned, userData);
  return {
    groupId,
    sessionTimeoutMs: 30_000,
    rebalanceTimeoutMs: 20_000,
    memberId: member.memberId,
    ...(version >= 5 ? { groupInstanceId: member.instanceId } : {}),
    protocolType: 'consumer',
    protocols: ['range', 'roundrobin'].map((name) => ({ name, metadata })),
  };
}

/** Joins where no other member is waited for, at last with the id that the coordinator made. */
async function join(
  walk: GroupWalk,
  group: WalkedGroup,
  member: ClassicMember,
  hasConsumers: boolean,
): Promise<void> {
  const { dice, wire } = walk;
  const version = dice.pick([5, 7, 9]);
  // Of ids that the coordinator of a consumer group makes, none comes before another but by chance.
  if (hasConsumers && member.memberId === '' && member.instanceId === null) {
    if (dice.chance(30))
      await wire.ask(`${member.slot} asks for an id`, joinGroupRequest, 9, joinBody(group, member, 9), {
        client: member.slot,
      });
    member.memberId = member.slot;
  }
  if (dice.chance(30)) member.topics = dice.some(walk.topicNames, 60);
  const what = `${member.slot} joins the group for ${member.topics.map((topic) => topic.split('-').at(-1)).join(' ')}`;
  for (let tries = 0; tries < 2; tries++) {
    const isNew = member.memberId === '';
    const answer = await wire.ask(what, joinGroupRequest, version, joinBody(group, member, version), {
      client: member.slot,
      shown: ({ leader: _leader, members: _members, ...rest }) => rest,
    });
    if (answer.number('errorCode') === 25) forget(member);
    else if (answer.text('memberId') !== '') member.memberId = answer.text('memberId');
    if (answer.number('errorCode') === 0) member.generation = answer.number('generationId');
    if (answer.number('errorCode') === 0 || !isNew) break;
  }
  if (dice.chance(80)) await sync(walk, group, member);
}

/** All classic members join a classic group again, and its leader assigns. */
async function rebalance(walk: GroupWalk, group: WalkedGroup, member: ClassicMember): Promise<void> {
  const { wire } = walk;
  // An id first: a join without one may wait, and be refused with one.
  if (member.memberId === '' && member.instanceId === null) {
    const answer = await wire.ask(
      `${member.slot} asks for an id`,
      joinGroupRequest,
      9,
      joinBody(group, member, 9),
      {
        client: member.slot,
        shown: ({ leader: _leader, members: _members, ...rest }) => rest,
      },
    );
    member.memberId = answer.text('memberId');
  }
  // Whoever may be new comes first: its join waits for the others.
  const others = walk.classics.filter((each) => each !== member && each.memberId !== '');
  const joining = [member, ...others];
  const answers = [];
  const joins = [];
  for (const each of joining) {
    // The first has something new to say: it is not answered before the others have joined too.
    const isFirst = joins.length === 0;
    const body = joinBody(group, each, 9, isFirst ? Buffer.from([walk.next()]) : null);
    joins.push(
      await wire.start(`${each.slot} joins with all`, joinGroupRequest, 9, body, {
        client: each.slot,
        shown: ({ leader: _leader, members: _members, memberId: _id, ...rest }) => rest,
      }),
    );
    if (isFirst) await untilRebalancing(walk, group);
  }
  for (const [index, answered] of joins.entries()) {
    const answer = await answered();
    const each = joining[index];
    if (each === undefined) continue;
    if (answer.number('errorCode') === 25) forget(each);
    if (answer.number('errorCode') !== 0) continue;
    each.memberId = answer.text('memberId');
    each.generation = answer.number('generationId');
    answers.push({ each, isLeader: answer.text('leader') === each.memberId });
  }
  await syncAll(walk, group, answers);
}

async function untilRebalancing({ wire }: GroupWalk, { groupId }: WalkedGroup): Promise<void> {
  await wire.until(
    describeGroupsRequest,
    6,
    { groups: [groupId], includeAuthorizedOperations: false },
    (answer) => answer.text('groups.0.groupState').endsWith('Rebalance'),
  );
}

async function syncAll(
  { wire, topicNames, partitions }: GroupWalk,
  { groupId }: WalkedGroup,
  answers: readonly { readonly each: ClassicMember; readonly isLeader: boolean }[],
): Promise<void> {
  // Member i gets partition i of every topic.
  const assignments = answers.map(({ each }, index) => ({
    memberId: each.memberId,
    assignment: assignmentBytes(
      topicNames
        .filter((topic) => (partitions.get(topic) ?? 0) > index)
        .map((topic) => ({ topic, partitions: [index] })),
    ),
  }));
  const waiting = [];
  for (const { each, isLeader } of answers)
    waiting.push({
      each,
      answered: await wire.start(
        `${each.slot} syncs with all`,
        syncGroupRequest,
        5,
        {
          groupId,
          generationId: each.generation,
          memberId: each.memberId,
          groupInstanceId: each.instanceId,
          protocolType: 'consumer',
          protocolName: 'range',
          assignments: isLeader ? assignments : [],
        },
        { client: each.slot, shown: withAssignment },
      ),
    });
  for (const { each, answered } of waiting) learn(each, (await answered()).text('assignment'));
}

async function sync(walk: GroupWalk, { groupId }: WalkedGroup, member: ClassicMember): Promise<void> {
  const { dice, wire } = walk;
  const by = dice.pick([0, 0, 0, 0, 1, -1]);
  const protocolName = dice.pick(['range', 'range', 'range', 'range', null, 'roundrobin', 'other']);
  const answer = await wire.ask(
    `${member.slot} by ${protocolName} in ${member.generation + by}, is in ${member.generation}`,
    syncGroupRequest,
    5,
    {
      groupId,
      generationId: member.generation + by,
      memberId: member.memberId,
      groupInstanceId: member.instanceId,
      protocolType: dice.pick(['consumer', 'consumer', 'consumer', 'consumer', null, 'other']),
      protocolName,
      assignments: [],
    },
    { client: member.slot, shown: withAssignment },
  );
  if (answer.number('errorCode') === 0) learn(member, answer.text('assignment'));
}

function learn(member: ClassicMember, assignment: string): void {
  member.owned = withAssignment({ assignment })['assigned'] as ClassicMember['owned'];
}

function forget(member: ClassicMember): void {
  member.memberId = '';
  member.owned = [];
}

async function heartbeat(
  { dice, wire }: GroupWalk,
  { groupId }: WalkedGroup,
  member: ClassicMember,
): Promise<void> {
  const by = dice.pick([0, 0, 0, 0, 1, -1]);
  const what = `${member.slot} in ${member.generation + by}, is in ${member.generation}`;
  const generationId = member.generation + by;
  const answer = await wire.ask(
    what,
    heartbeatRequest,
    4,
    { groupId, generationId, memberId: member.memberId, groupInstanceId: member.instanceId },
    { client: member.slot },
  );
  if (answer.number('errorCode') === 25) forget(member);
}

async function leave(
  { dice, wire }: GroupWalk,
  { groupId }: WalkedGroup,
  member: ClassicMember,
): Promise<void> {
  const { memberId, instanceId } = member;
  const isNamed = instanceId === null || dice.chance(50);
  const strangers = dice.pick([[], [], [{ memberId: 'nobody' }], [{ memberId, groupInstanceId: 'i8' }]]);
  await wire.ask(
    `${member.slot}${isNamed ? '' : ' by its instance'} and ${strangers.length}`,
    leaveGroupRequest,
    dice.pick([4, 5]),
    { groupId, members: [{ memberId: isNamed ? memberId : '', groupInstanceId: instanceId }, ...strangers] },
    { client: member.slot },
  );
  forget(member);
}

function commit({ dice, wire, topicNames }: GroupWalk, { groupId }: WalkedGroup, member: ClassicMember) {
  const by = dice.pick([0, 0, 0, 1, -1]);
  const generation = member.generation + by;
  const partitions = [{ partitionIndex: dice.below(2), committedOffset: 5, committedMetadata: '' }];
  return wire.ask(
    `mixed by ${member.slot} in ${generation}, is in ${member.generation}`,
    offsetCommitRequest,
    dice.pick([7, 8, 9]),
    {
      groupId,
      generationIdOrMemberEpoch: generation,
      memberId: member.memberId,
      groupInstanceId: member.instanceId,
      topics: [{ name: dice.pick(topicNames), partitions }],
    },
    { client: member.slot },
  );
}

/** Joins that are refused whatever the group is. */
function wrongJoin({ dice, wire }: GroupWalk, group: WalkedGroup, member: ClassicMember) {
  const right = joinBody(group, { ...member, memberId: `${member.slot}-strange` }, 9);
  const [what, body] = dice.pick([
    ['of another type', { ...right, memberId: member.memberId || 'nobody', protocolType: 'other' }],
    ['without protocols', { ...right, protocols: [] }],
    ['with a session of 1 ms', { ...right, sessionTimeoutMs: 1 }],
    ['as an instance of another', { ...right, groupInstanceId: 'i1' }],
    ['as an instance nobody knows', { ...right, groupInstanceId: 'i7' }],
  ] as const);
  return wire.ask(`${member.slot} ${what}`, joinGroupRequest, 9, body, {
    client: member.slot,
    shown: ({ leader: _leader, members: _members, ...rest }) => rest,
  });
}
