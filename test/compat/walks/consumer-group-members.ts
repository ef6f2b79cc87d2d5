import { consumerGroupDescribeRequest } from '../../../kafka/protocol/index.ts';
import { afterLeave } from './consumer-group-classic.ts';
import {
  type Beat,
  current,
  type GroupWalk,
  type KnownMember,
  known,
  name,
  type Owned,
  sorted,
  type WalkedGroup,
} from './consumer-group-state.ts';

const dynamicIds = ['m1', 'm2', 'm3', 'm4'];
/** Which instance a static member is: the second may take the first one's place. */
const staticIds = new Map([
  ['m5', 'i1'],
  ['m6', 'i1'],
  ['m7', 'i2'],
]);
const allIds = [...dynamicIds, ...staticIds.keys()];
const timeouts = [30_000, 60_000, 300_000, 2_147_483_647];

/** A member joins, or joins again, with whatever may be said about it. */
export function join(walk: GroupWalk) {
  const { dice } = walk;
  const group = walk.group();
  const memberId = dice.pick(allIds);
  return joinAs(walk, group, memberId, staticIds.get(memberId) ?? null);
}

function joinAs(walk: GroupWalk, group: WalkedGroup, memberId: string, instanceId: string | null) {
  const { dice } = walk;
  const names = subscription(walk, group);
  const rackId = dice.pick([null, null, 'r1', 'r2']);
  const version = dice.pick([0, 1, 1]);
  const as = instanceId === null ? '' : ` as ${instanceId}`;
  return walk.beat(group, `joins${as} for ${said(names)}, rack ${rackId}`, {
    version,
    memberId,
    memberEpoch: 0,
    instanceId,
    rackId,
    rebalanceTimeoutMs: dice.pick(timeouts),
    names,
    assignor: group.assignor,
    owned: [],
  });
}

/** A member that goes on: what a client sends between changes, and what it says it owns. */
export function goOn(walk: GroupWalk): Promise<unknown> {
  const group = walk.group();
  const member = known(walk.dice, group);
  if (member === undefined) return join(walk);
  const [what, owned] = owns(walk, member);
  const full = walk.dice.chance(15);
  return walk.beat(group, `goes on, ${what}${full ? ', says all' : ''}`, {
    version: walk.dice.pick([0, 1]),
    ...current(member),
    owned: full ? (owned ?? []) : owned,
    ...(full
      ? { rebalanceTimeoutMs: 30_000, names: subscription(walk, group), assignor: group.assignor }
      : {}),
  });
}

/** A member says something new about itself. */
export function change(walk: GroupWalk): Promise<unknown> {
  const { dice } = walk;
  const group = walk.group();
  const member = known(dice, group);
  if (member === undefined) return join(walk);
  const names = subscription(walk, group);
  const [what, owned] = owns(walk, member);
  const changes: readonly (readonly [string, Partial<Beat>])[] = [
    [`subscribes to ${said(names)}`, { names }],
    [`subscribes to ${said(names)}, ${what}`, { names, owned }],
    ['is in another rack', { rackId: dice.pick(['r1', 'r2', 'r3']) }],
    ['has another rebalance timeout', { rebalanceTimeoutMs: dice.pick(timeouts) }],
    ['asks for its assignor', { assignor: group.assignor }],
    ['is an instance now', { instanceId: dice.pick(['i1', 'i2', 'i3']) }],
    ['has null for its instance', { instanceId: null }],
  ];
  const [title, beat] = dice.pick(changes);
  return walk.beat(group, title, { ...current(member), ...beat });
}

/** A member is not in the epoch that the coordinator thinks it is in. */
export function wrongEpoch(walk: GroupWalk): Promise<unknown> {
  const { dice } = walk;
  const group = walk.group();
  const member = known(dice, group);
  if (member === undefined) return join(walk);
  const [what, owned] = owns(walk, member);
  const by = dice.pick([-2, -1, -1, -1, 1, 5]);
  const memberEpoch = Math.max(1, member.epoch + by);
  return walk.beat(group, `in epoch ${memberEpoch}, not ${member.epoch}, ${what}`, {
    ...current(member),
    memberEpoch,
    owned,
  });
}

/** A member leaves, for ever or for a while, or somebody who cannot. */
export async function leave(walk: GroupWalk): Promise<void> {
  const { dice } = walk;
  const group = walk.group();
  const member = known(dice, group);
  const memberId = member === undefined || dice.chance(10) ? dice.pick(allIds) : member.memberId;
  const own = member?.memberId === memberId ? member.instanceId : (staticIds.get(memberId) ?? null);
  const instanceId = dice.chance(10) ? dice.pick([null, 'i1', 'i2']) : own;
  const memberEpoch = instanceId === null && dice.chance(90) ? -1 : dice.pick([-1, -2, -2]);
  await walk.beat(group, `leaves with ${memberEpoch} as ${instanceId}`, {
    version: dice.pick([0, 1]),
    memberId,
    memberEpoch,
    instanceId,
  });
  await afterLeave(walk, group);
}

/** Heartbeats with something wrong about them. */
export function refused(walk: GroupWalk): Promise<unknown> {
  const { dice } = walk;
  const group = walk.group();
  const joining: Beat = {
    version: dice.pick([0, 1]),
    memberId: dice.pick(allIds),
    memberEpoch: 0,
    rebalanceTimeoutMs: 30_000,
    names: [walk.topic(0)],
    assignor: group.assignor,
    owned: [],
  };
  const staying: Beat = { memberId: 'm1', memberEpoch: 3 };
  const someone = dice.pick(['nobody', 'm'.repeat(37), 'm'.repeat(300)]);
  const wrong: readonly (readonly [string, Beat])[] = [
    ['joins without a rebalance timeout', { ...joining, rebalanceTimeoutMs: -1 }],
    ['joins without a subscription', { ...joining, names: null }],
    ['joins with null partitions', { ...joining, owned: null }],
    ['joins with partitions', { ...joining, owned: [{ topicId: id(walk, 0), partitions: [0] }] }],
    [
      'joins with an assignor that is not there',
      { ...joining, assignor: dice.pick(['no', '', 'Range', 'RANGE ']) },
    ],
    ['joins as an empty instance', { ...joining, instanceId: dice.pick(['', ' ']) }],
    ['joins in an empty rack', { ...joining, rackId: dice.pick(['', ' ']) }],
    ['joins by id of blanks', { ...joining, memberId: ' ', version: 1 }],
    ['joins without an id in version 1', { ...joining, memberId: '', version: 1 }],
    ['stays without an id', { ...staying, memberId: '', version: 0 }],
    ['leaves without an id', { ...staying, memberId: '', memberEpoch: -1, version: dice.pick([0, 1]) }],
    [`of ${someone.length} letters stays`, { ...staying, memberId: someone }],
    ['stays as an instance nobody knows', { ...staying, instanceId: 'i9' }],
    ['is in epoch -3', { ...staying, memberEpoch: dice.pick([-3, -100, -2_147_483_648]) }],
    ['is in the last epoch', { ...staying, memberEpoch: 2_147_483_647 }],
    ['goes away for a while without an instance', { ...staying, memberEpoch: -2 }],
    ['goes away as an instance nobody knows', { ...staying, memberEpoch: -2, instanceId: 'i9' }],
    ['stays with an assignor that is not there', { ...staying, assignor: 'no' }],
  ];
  const [title, beat] = dice.pick(wrong);
  return walk.beat(group, title, beat);
}

/** Heartbeats until every member has what it should have, and what all have then. */
export async function settleAll(walk: GroupWalk): Promise<void> {
  for (const group of walk.allGroups) {
    walk.wire.title(`all members of ${name(group)} go on`);
    for (let round = 0; round < 4; round++)
      for (const member of [...group.members.values()])
        await walk.beat(group, 'goes on, owns what it was given', {
          ...current(member),
          owned: member.owned,
        });
    await walk.wire.ask(
      `${name(group)} in the end`,
      consumerGroupDescribeRequest,
      1,
      { groupIds: [group.groupId], includeAuthorizedOperations: false },
      { shown: sorted },
    );
  }
}

function subscription(walk: GroupWalk, group: WalkedGroup): string[] {
  const { dice } = walk;
  if (group.onlyTopic !== undefined) return [group.onlyTopic];
  return dice.some([...walk.topicNames, 'never-there'], 50);
}

function said(names: readonly string[]): string {
  return names.length === 0 ? 'nothing' : names.map((each) => each.split('-').at(-1)).join(' ');
}

/** What a member says it owns, true, in part, or something else, and that in words. */
function owns(walk: GroupWalk, { owned }: KnownMember): readonly [string, Owned | null] {
  const { dice } = walk;
  const some = owned.map(({ topicId, partitions }) => ({ topicId, partitions: dice.some(partitions) }));
  const wrong = dice.pick([...walk.topicIds.values(), 'AAAAAAAAAAAAAAAAAAAAEA']);
  const said: Owned | null = dice.pick([
    null,
    owned,
    owned,
    owned,
    some.filter(({ partitions }) => partitions.length > 0),
    [...owned, ...owned],
    [...owned, { topicId: wrong, partitions: [] }],
    [{ topicId: wrong, partitions: dice.list(1, 2, () => dice.below(5)) }],
    [],
  ]);
  if (said === null) return ['says not what it owns', said];
  const names = new Map([...walk.topicIds].map(([topic, topicId]) => [topicId, topic.split('-').at(-1)]));
  const words = said.map(
    ({ topicId, partitions }) => `${names.get(topicId) ?? 'gone'}-${partitions.toSorted((a, b) => a - b)}`,
  );
  return [`owns ${words.sort().join(' ') || 'nothing'}${said === owned ? ' as given' : ''}`, said];
}

function id(walk: GroupWalk, index: number): string {
  return walk.topicIds.get(walk.topic(index)) ?? 'AAAAAAAAAAAAAAAAAAAAEA';
}
