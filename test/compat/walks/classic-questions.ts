import {
  deleteGroupsRequest,
  findCoordinatorRequest,
  offsetFetchRequest,
} from '../../../kafka/protocol/index.ts';
import type { ClassicModel } from './classic-model.ts';
import {
  commit,
  deleteOffsets,
  describe,
  heartbeat,
  type Identity,
  leave,
  list,
} from './classic-requests.ts';
import type { ClassicWalker } from './classic-walker.ts';

/** Questions that are answered at once, whatever the group does. */
export const classicQuestions: readonly ((walker: ClassicWalker) => Promise<unknown>)[] = [
  beat,
  beat,
  look,
  look,
  lookForAll,
  commitAs,
  fetch,
  removeOffsets,
  wrongJoin,
  wrongSync,
  wrongLeave,
  remove,
  find,
];

const sleeping = [
  'Empty',
  'empty',
  'Stable',
  'PreparingRebalance',
  'completingrebalance',
  'Dead',
  'Sleeping',
  '',
];

function identityOf({ dice, model }: ClassicWalker): Identity {
  const strangers = ['nobody', '', ...model.gone.slice(-2), ...model.pending.map(({ id }) => id)];
  const known = model.members.filter(({ id }) => id !== '');
  const { generation } = model;
  const member = known.length > 0 && dice.chance(75) ? dice.pick(known) : undefined;
  const instance = dice.chance(70) ? (member?.instance ?? null) : dice.pick([null, 'i0', 'i1', 'i9', '']);
  return {
    id: member?.id ?? dice.pick(strangers),
    generation: dice.chance(70) ? generation : dice.pick([generation - 1, generation + 1, 0, -1, -2, 1000]),
    instance,
  };
}

function shown({ wire }: ClassicWalker, { id, generation, instance }: Identity): string {
  const name = wire.names.within(id) || 'no member';
  return `${name} of generation ${generation}${instance === null ? '' : ` as ${instance || 'an empty instance'}`}`;
}

function groupOf({ dice, model, prefix }: ClassicWalker): string {
  return dice.chance(90) ? model.group : dice.pick([`${prefix}-unknown`, '']);
}

function titled(walker: ClassicWalker, group: string, who: Identity): string {
  const of = group === walker.model.group ? '' : `${group || 'an empty group'}, `;
  return `${of}${shown(walker, who)}`;
}

function beat(walker: ClassicWalker) {
  const who = identityOf(walker);
  const group = groupOf(walker);
  return heartbeat(walker.wire, titled(walker, group, who), walker.dice.below(5), group, who);
}

/** Kafka shows a group that has given out ids and nothing else once something else is written: when is chance. */
function isUnwritten({ members, pending }: ClassicModel): boolean {
  return members.length === 0 && pending.length > 0;
}

async function look(walker: ClassicWalker) {
  const { dice, model, prefix, wire } = walker;
  if (isUnwritten(model)) return undefined;
  const groups = [model.group, ...dice.some([`${prefix}-unknown`, '', model.group], 10)];
  return describe(wire, groups.join(' '), dice.below(7), groups, dice.chance(20));
}

async function lookForAll({ dice, model, prefix, wire }: ClassicWalker) {
  if (isUnwritten(model)) return undefined;
  const filters = {
    states: dice.some(sleeping, 30),
    types: dice.some(['classic', 'CLASSIC', 'consumer', 'other'], 20),
  };
  const what = `states ${filters.states.join(',') || 'any'}, types ${filters.types.join(',') || 'any'}`;
  return list(wire, what, dice.below(6), prefix, filters);
}

function commitAs(walker: ClassicWalker) {
  const { dice, topics, wire, prefix } = walker;
  const who = identityOf(walker);
  const group = walker.model.group;
  const topic = dice.pick([...topics, `${prefix}-unknown`]);
  const partition = dice.pick([0, 1, 1, 2]);
  const offset = dice.below(100);
  const what = `${titled(walker, group, who)}, ${offset} of ${topic}-${partition}`;
  return commit(wire, what, 2 + dice.below(8), group, who, [topic, partition, offset]);
}

function fetch({ dice, model, wire }: ClassicWalker) {
  const memberId = dice.pick([null, 'nobody', model.members[0]?.id ?? '']);
  return wire.ask('all of the group', offsetFetchRequest, 9, {
    groups: [
      { groupId: model.group, topics: null, memberId, memberEpoch: dice.pick([-1, model.generation]) },
    ],
  });
}

function removeOffsets(walker: ClassicWalker) {
  const { dice, topics, wire, prefix, model } = walker;
  const names = dice.some([...topics, `${prefix}-unknown`], 60);
  const partitions = dice.some([0, 1, 2], 60);
  return deleteOffsets(
    wire,
    `${names.join(' ') || 'nothing'}, partitions ${partitions.join(',')}`,
    model.group,
    names.map((name) => [name, partitions]),
  );
}

/** Joins that are refused. A group that was not there would be left in Kafka's memory. */
async function wrongJoin(walker: ClassicWalker): Promise<void> {
  const { dice, model } = walker;
  const client = 'other';
  const version = 5 + dice.below(5);
  const protocols = walker.protocols();
  const base = { version, client, id: '', instance: null, protocols };
  const wrongs = [
    () => walker.join({ ...base, id: dice.pick(['nobody', ...model.gone.slice(-2)]) }),
    () => walker.join({ ...base, id: 'nobody', instance: dice.pick(['i0', 'i1', 'i9']) }),
    () => walker.join({ ...base, sessionTimeoutMs: dice.pick([0, -1, 999, 1_800_001]) }),
  ];
  const wrongsOfKnown = [
    () => walker.join({ ...base, protocols: [] }),
    () => walker.join({ ...base, protocolType: '' }),
    () => walker.join({ ...base, protocols: [{ name: 'none of theirs', variant: 0 }] }),
    () => walker.join({ ...base, protocolType: 'other' }),
  ];
  const isOthers = model.phase === 'empty' ? 2 : 4;
  await dice.pick(model.isKnown ? [...wrongs, ...wrongsOfKnown.slice(0, isOthers)] : wrongs)();
}

async function wrongSync(walker: ClassicWalker): Promise<void> {
  const { dice, model } = walker;
  const known = model.members.filter(({ id, waitsFor }) => id !== '' && waitsFor === undefined);
  const member = known.length > 0 ? dice.pick(known) : undefined;
  const right = {
    version: 3 + dice.below(3),
    client: 'other',
    id: member?.id ?? 'nobody',
    instance: member?.instance ?? null,
  };
  const { generation } = model;
  await dice.pick([
    () => walker.synchronize({ ...right, id: dice.pick(['nobody', '', ...model.gone.slice(-1)]) }),
    () => walker.synchronize({ ...right, instance: 'i9' }),
    () => walker.synchronize({ ...right, generation: dice.pick([generation - 1, generation + 1, -1]) }),
    () => walker.synchronize({ ...right, version: 5, protocolType: dice.pick(['other', '', null]) }),
    () => walker.synchronize({ ...right, version: 5, protocolName: dice.pick(['other', '', null]) }),
  ])();
}

function wrongLeave(walker: ClassicWalker) {
  const { dice, wire } = walker;
  const group = groupOf(walker);
  const entries = dice.list(0, 2, () =>
    dice.pick([
      ['nobody', null],
      ['', null],
      ['', 'i9'],
      ['nobody', 'i9'],
    ] as const),
  );
  const what = `${group === walker.model.group ? '' : `${group || 'an empty group'} `}strangers ${entries.map((entry) => entry.join('/')).join(' ')}`;
  return leave(wire, what, dice.below(6), group, entries);
}

async function remove(walker: ClassicWalker): Promise<void> {
  const { dice, model, prefix, wire } = walker;
  const groupsNames = [
    ...dice.some([`${prefix}-unknown`, ''], 20),
    model.group,
    ...dice.some([model.group], 10),
  ];
  if (!dice.chance(50)) return;
  await wire.ask(groupsNames.join(' '), deleteGroupsRequest, dice.below(3), { groupsNames });
  if (model.phase === 'empty') model.reset();
}

function find({ dice, prefix, wire }: ClassicWalker) {
  const version = dice.below(7);
  const keys = dice.list(0, 3, (i) => dice.pick([`${prefix}-${i}`, '', 'x'.repeat(300)]));
  const keyType = dice.pick([0, 0, 3, -1, 127]);
  const what = `${keys.length} keys of type ${keyType}`;
  if (version >= 4)
    return wire.ask(what, findCoordinatorRequest, version, { keyType, coordinatorKeys: keys });
  const key = keys[0] ?? '';
  return wire.ask(what, findCoordinatorRequest, version, version === 0 ? { key } : { key, keyType });
}
