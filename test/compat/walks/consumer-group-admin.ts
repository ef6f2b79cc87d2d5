import {
  consumerGroupDescribeRequest,
  deleteGroupsRequest,
  describeConfigsRequest,
  describeGroupsRequest,
  incrementalAlterConfigsRequest,
  listGroupsRequest,
  offsetCommitRequest,
  offsetDeleteRequest,
  offsetFetchRequest,
} from '../../../kafka/protocol/index.ts';
import { type GroupWalk, known, name, sorted, type WalkedGroup } from './consumer-group-state.ts';
import { markMetadata } from './consumer-group-topics.ts';
import { onlyGroups } from './own-groups.ts';

const strangeIds = ['nobody', '', 'm1'];

/** Groups as ConsumerGroupDescribe and DescribeGroups show them. */
export function describe(walk: GroupWalk): Promise<unknown> {
  const { dice, wire } = walk;
  const groups = dice.some(walk.allGroups, 60);
  const titled = groups.map(name).join(' ');
  const ids = groups.map(({ groupId }) => groupId);
  const others = dice.pick([[], [], [], [''], ['no-such-group'], ids.slice(0, 1)]);
  const asked = [...ids, ...others];
  const what =
    others.length === 0
      ? titled
      : `${titled} and [${others.length === 0 ? '' : others.map((id) => id.slice(-6))}]`;
  const includeAuthorizedOperations = dice.chance(15);
  const version = dice.pick([0, 4, 5, 6]);
  if (dice.chance(75))
    return wire.ask(
      what,
      consumerGroupDescribeRequest,
      dice.pick([0, 1]),
      { groupIds: asked, includeAuthorizedOperations },
      { shown: sorted },
    );
  return wire.ask(what, describeGroupsRequest, version, {
    groups: asked,
    includeAuthorizedOperations: version > 0 && includeAuthorizedOperations,
  });
}

/** Groups of this walk by type and state. */
export function list(walk: GroupWalk): Promise<unknown> {
  const { dice } = walk;
  const typesFilter = dice.pick([
    [],
    ['consumer'],
    ['Consumer'],
    ['classic'],
    ['consumer', 'classic'],
    ['no'],
  ]);
  const states = ['Empty', 'Assigning', 'reconciling', 'Stable', 'PreparingRebalance', 'Dead', 'no'];
  const version = dice.pick([3, 4, 5, 5, 5]);
  const statesFilter = version < 4 || dice.chance(50) ? [] : dice.some(states);
  const types = version < 5 ? [] : typesFilter;
  return walk.wire.ask(
    `of type ${types.join(' ')} in state ${statesFilter.join(' ')}`,
    listGroupsRequest,
    version,
    { typesFilter: types, statesFilter },
    onlyGroups((groupId) => walk.allGroups.some((group) => group.groupId === groupId)),
  );
}

/** A commit of a member, true or not, or of nobody. */
export function commit(walk: GroupWalk): Promise<unknown> {
  const { dice, wire } = walk;
  const group = walk.group();
  const version = dice.pick([2, 7, 8, 9, 9, 9, 10, 10]);
  const { memberId, epoch, instanceId, what } = somebody(walk, group);
  const topics = dice.some([...walk.topicNames, 'never-there'], 30).map((topic) => {
    const partitions = dice.list(1, 2, () => ({
      partitionIndex: dice.pick([0, 1, 2, 4, 20, -1]),
      committedOffset: dice.pick([0, 1, 7, 40, -1]),
      committedMetadata: dice.pick(['', 'meta', null]),
    }));
    return { topic, partitions };
  });
  return wire.ask(
    `${name(group)} by ${what} of ${topics.map(({ topic }) => topic.split('-').at(-1)).join(' ')}`,
    offsetCommitRequest,
    version,
    {
      groupId: group.groupId,
      memberId,
      generationIdOrMemberEpoch: epoch,
      ...(version >= 7 ? { groupInstanceId: instanceId } : {}),
      topics: topics.map(({ topic, partitions }) => ({ ...named(walk, topic, version), partitions })),
    },
  );
}

export function fetch(walk: GroupWalk): Promise<unknown> {
  const { dice, wire } = walk;
  const group = walk.group();
  const version = dice.pick([7, 8, 9, 9, 10, 10]);
  const { memberId, epoch, what } = somebody(walk, group);
  const names = dice.chance(50) ? null : dice.some([...walk.topicNames, 'never-there'], 40);
  const partitionIndexes = dice.some([0, 1, 2, 4, 20]);
  const title = `${name(group)} by ${what} of ${names === null ? 'all' : names.map((each) => each.split('-').at(-1)).join(' ')}`;
  if (version < 8)
    return wire.ask(title, offsetFetchRequest, version, {
      groupId: group.groupId,
      topics: names === null ? null : names.map((each) => ({ name: each, partitionIndexes })),
    });
  const topics =
    names === null ? null : names.map((each) => ({ ...named(walk, each, version), partitionIndexes }));
  // Nobody in an epoch is asked by no client, and Kafka fails.
  const isNobody = dice.chance(30);
  const member =
    version < 9 ? {} : { memberId: isNobody ? null : memberId, memberEpoch: isNobody ? -1 : epoch };
  return wire.ask(title, offsetFetchRequest, version, {
    groups: [{ groupId: group.groupId, ...member, topics }],
  });
}

export function deleteOffsets(walk: GroupWalk): Promise<unknown> {
  const { dice } = walk;
  const group = walk.group();
  const names = dice.some([...walk.topicNames, 'never-there']);
  return walk.wire.ask(
    `${name(group)} of ${names.map((each) => each.split('-').at(-1)).join(' ')}`,
    offsetDeleteRequest,
    0,
    {
      groupId: group.groupId,
      topics: names.map((each) => ({
        name: each,
        partitions: dice.list(1, 2, () => ({ partitionIndex: dice.pick([0, 1, 2, 20]) })),
      })),
    },
  );
}

export async function deleteGroups(walk: GroupWalk): Promise<unknown> {
  const { dice } = walk;
  const groups = dice.some(walk.groups);
  const others = dice.some(['no-such-group', '']);
  return walk.wire.ask(groups.map(name).join(' '), deleteGroupsRequest, dice.pick([0, 1, 2]), {
    groupsNames: [...groups.map(({ groupId }) => groupId), ...others],
  });
}

const groupResource = 32;
const configs: readonly (readonly [string, readonly string[]])[] = [
  ['consumer.session.timeout.ms', ['45000', '60000', '60001', '999', '-1', 'soon']],
  ['consumer.heartbeat.interval.ms', ['5000', '6000', '15000', '15001', '499', '0']],
  ['consumer.assignment.interval.ms', ['0', '15000', '15001', '-1']],
  ['consumer.no.such', ['1']],
];

/** Configs of a group, which count from the next heartbeat on. */
export async function configure(walk: GroupWalk): Promise<void> {
  const { dice, wire } = walk;
  const group = walk.group();
  const chosen = dice.some(configs, 40).map(([key, values]) => {
    const configOperation = dice.pick([0, 0, 0, 1]);
    return { name: key, configOperation, value: configOperation === 1 ? null : dice.pick(values) };
  });
  const what = chosen.map(({ name: key, value }) => `${key}=${value}`).join(' ');
  await wire.ask(`${name(group)} ${what}`, incrementalAlterConfigsRequest, 1, {
    resources: [{ resourceType: groupResource, resourceName: group.groupId, configs: chosen }],
    validateOnly: dice.chance(10),
  });
  await markMetadata(walk);
  if (dice.chance(50))
    await wire.ask(name(group), describeConfigsRequest, 4, {
      resources: [
        {
          resourceType: groupResource,
          resourceName: group.groupId,
          configurationKeys: configs.map(([key]) => key),
        },
      ],
      includeSynonyms: true,
      includeDocumentation: false,
    });
}

/** Everybody leaves, and the groups are deleted. */
export async function endAll(walk: GroupWalk): Promise<void> {
  walk.wire.title('all leave');
  for (const group of walk.allGroups) {
    for (const { memberId, instanceId } of [...group.members.values()])
      await walk.beat(group, 'leaves', { memberId, instanceId, memberEpoch: -1 });
  }
  await walk.wire.ask('all of the walk', deleteGroupsRequest, 2, {
    groupsNames: [...walk.allGroups.map(({ groupId }) => groupId), ...walk.probes],
  });
}

function somebody(walk: GroupWalk, group: WalkedGroup) {
  const { dice } = walk;
  const member = dice.chance(80) ? known(dice, group) : undefined;
  if (member === undefined) {
    const memberId = dice.pick(strangeIds);
    const epoch = dice.pick([-1, -1, 0, 1, 3]);
    return { memberId, epoch, instanceId: null, what: `"${memberId}" in epoch ${epoch}` };
  }
  const { memberId, instanceId } = member;
  const epoch = member.epoch + dice.pick([0, 0, 0, 0, -1, -1, -2, 1, 7]);
  return { memberId, epoch, instanceId, what: `${memberId} in epoch ${epoch}, is in ${member.epoch}` };
}

/** Topics that are not there have ids of their own. */
function named(walk: GroupWalk, topic: string, version: number) {
  if (version < 10) return { name: topic };
  const strange = `AAAAAAAAAAAAAAAAAAAA${'BCDEF'.charAt(walk.topicNames.indexOf(topic) + 1)}A`;
  return { topicId: walk.topicIds.get(topic) ?? strange };
}
