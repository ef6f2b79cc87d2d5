import {
  addOffsetsToTxnRequest,
  deleteGroupsRequest,
  endTxnRequest,
  initProducerIdRequest,
  listGroupsRequest,
  offsetCommitRequest,
  offsetDeleteRequest,
  offsetFetchRequest,
  offsetFetchResponse,
  txnOffsetCommitRequest,
} from '../../../kafka/protocol/index.ts';
import { describe, type Identity } from './classic-requests.ts';
import type { OffsetWalk } from './offsets.ts';
import { onlyGroups } from './own-groups.ts';

/** What is asked about offsets. */
export const offsetQuestions: readonly ((walk: OffsetWalk) => Promise<unknown>)[] = [
  commit,
  commit,
  commit,
  commitById,
  fetchOne,
  fetchOne,
  fetchSeveral,
  fetchSeveral,
  fetchById,
  remove,
  remove,
  removeGroups,
  look,
  commitInTransaction,
  endTransaction,
];

const unknownId = 'AAAAAAAAAAAAAAAAAAAAEA';
const zeroId = 'AAAAAAAAAAAAAAAAAAAAAA';

function groupOf({ dice, groups, prefix }: OffsetWalk): string {
  return dice.chance(92) ? dice.pick(groups) : `${prefix}-unknown`;
}

function identityOf({ dice, members }: OffsetWalk, group: string): Identity {
  const member = members.find((each) => each.group === group);
  const isMember = member !== undefined && member.id !== '';
  const generation = isMember ? member.generation : -1;
  return {
    id: dice.chance(85) ? (member?.id ?? '') : dice.pick(['', 'nobody']),
    generation: dice.chance(85) ? generation : dice.pick([-1, 0, 1, 2, -2, 77]),
    instance: dice.chance(95) ? null : dice.pick(['i', '']),
  };
}

function shown({ wire }: OffsetWalk, group: string, { id, generation, instance }: Identity): string {
  const as = instance === null ? '' : ` as ${instance || 'an empty instance'}`;
  return `${group || 'an empty group'}, ${wire.names.within(id) || 'no member'} of generation ${generation}${as}`;
}

function topicsOf({ dice, topics, prefix }: OffsetWalk): string[] {
  return dice.list(0, 3, () =>
    dice.chance(90) ? dice.pick(topics) : dice.pick([`${prefix}-unknown`, '', 'a b']),
  );
}

function idsOf({ dice, topicIds, oldTopicIds }: OffsetWalk): string[] {
  const strange = [unknownId, zeroId, ...oldTopicIds];
  return dice.list(0, 3, () => (dice.chance(85) ? dice.pick([...topicIds.values()]) : dice.pick(strange)));
}

function partitionsOf({ dice }: OffsetWalk): number[] {
  return dice.list(0, 3, () => dice.pick([0, 0, 1, 1, 2, -1]));
}

/**
 * Partitions to commit, of each of some topics. Metadata is too long only for a group that is there: Kafka keeps in memory
 * what a commit made that failed.
 */
function positionsOf(walk: OffsetWalk, group: string, version: number) {
  const { dice, members } = walk;
  const isThere = members.some((member) => member.group === group && member.id !== '');
  const most = isThere ? 4097 : 4096;
  return partitionsOf(walk).map((partitionIndex) => ({
    partitionIndex,
    committedOffset: dice.chance(85)
      ? dice.below(1000)
      : dice.pick([-1, -2, 0, 2 ** 40, Number.MAX_SAFE_INTEGER]),
    ...(version < 6 ? {} : { committedLeaderEpoch: dice.pick([-1, 0, 5, -2]) }),
    committedMetadata: dice.pick([
      '',
      'note',
      'note',
      null,
      'x'.repeat(4096),
      'x'.repeat(most),
      'é'.repeat(4096),
    ]),
  }));
}

function commit(walk: OffsetWalk) {
  const { dice, wire } = walk;
  const version = 2 + dice.below(8);
  const group = groupOf(walk);
  const who = identityOf(walk, group);
  const topics = topicsOf(walk).map((name) => ({ name, partitions: positionsOf(walk, group, version) }));
  const body = {
    groupId: group,
    generationIdOrMemberEpoch: who.generation,
    memberId: who.id,
    ...(version < 7 ? {} : { groupInstanceId: who.instance }),
    ...(version > 4 ? {} : { retentionTimeMs: dice.pick([-1, -1, 1_000_000, 0]) }),
    topics,
  };
  return wire.ask(`${shown(walk, group, who)}: ${positions(topics)}`, offsetCommitRequest, version, body);
}

function positions(
  topics: readonly {
    readonly name: string;
    readonly partitions: readonly {
      readonly partitionIndex: number;
      readonly committedOffset: number;
      readonly committedMetadata: string | null;
    }[];
  }[],
): string {
  const told = topics.map(({ name, partitions }) => {
    const each = partitions.map(
      ({ partitionIndex, committedOffset, committedMetadata }) =>
        `${partitionIndex} at ${committedOffset} with ${committedMetadata === null ? 'null' : committedMetadata.length}`,
    );
    return `${name || 'an empty name'} [${each.join(', ')}]`;
  });
  return told.join(' ') || 'nothing';
}

function commitById(walk: OffsetWalk) {
  const { wire } = walk;
  const group = groupOf(walk);
  const who = identityOf(walk, group);
  const topics = idsOf(walk).map((topicId) => ({ topicId, partitions: positionsOf(walk, group, 10) }));
  const what = positions(
    topics.map(({ topicId, partitions }) => ({ name: wire.names.within(topicId), partitions })),
  );
  return wire.ask(`${shown(walk, group, who)}: ${what}`, offsetCommitRequest, 10, {
    groupId: group,
    generationIdOrMemberEpoch: who.generation,
    memberId: who.id,
    groupInstanceId: who.instance,
    topics,
  });
}

function requested(walk: OffsetWalk) {
  return topicsOf(walk).map((name) => ({ name, partitionIndexes: partitionsOf(walk) }));
}

function told(
  topics: readonly { readonly name: string; readonly partitionIndexes: readonly number[] }[] | null,
) {
  if (topics === null) return 'all';
  return (
    topics.map(({ name, partitionIndexes }) => `${name} [${partitionIndexes.join()}]`).join(' ') || 'nothing'
  );
}

function fetchOne(walk: OffsetWalk) {
  const { dice, wire } = walk;
  const version = 1 + dice.below(7);
  const groupId = groupOf(walk);
  const topics = version > 1 && dice.chance(40) ? null : requested(walk);
  const requireStable = dice.chance(50);
  const what = `${groupId || 'an empty group'}: ${told(topics)}${version >= 7 && requireStable ? ', stable' : ''}`;
  const body = { groupId, topics, ...(version < 7 ? {} : { requireStable }) };
  return wire.ask(what, offsetFetchRequest, version, body);
}

function fetchSeveral(walk: OffsetWalk) {
  const { dice, wire, members } = walk;
  const version = 8 + dice.below(3);
  const groups = dice.list(0, 3, () => {
    const memberId = dice.pick([null, null, '', 'nobody', members[0]?.id ?? '']);
    return {
      groupId: groupOf(walk),
      topics: version === 10 || dice.chance(40) ? null : requested(walk),
      ...(version < 9 ? {} : { memberId, memberEpoch: dice.pick([-1, -1, 0, 1]) }),
    };
  });
  const requireStable = dice.chance(50);
  const each = groups.map(({ groupId, topics }) => `${groupId || 'an empty group'}: ${told(topics)}`);
  const what = `${each.join('; ') || 'no group'}${requireStable ? ', stable' : ''}`;
  return wire.ask(what, offsetFetchRequest, version, { groups, requireStable });
}

function fetchById(walk: OffsetWalk) {
  const { dice, wire } = walk;
  const groupId = groupOf(walk);
  const topics = idsOf(walk).map((topicId) => ({ topicId, partitionIndexes: partitionsOf(walk) }));
  const requireStable = dice.chance(50);
  const named = topics.map(({ topicId, partitionIndexes }) => ({
    name: wire.names.within(topicId),
    partitionIndexes,
  }));
  const what = `${groupId || 'an empty group'}: ${told(named)}${requireStable ? ', stable' : ''}`;
  return wire.ask(what, offsetFetchRequest, 10, { groups: [{ groupId, topics }], requireStable });
}

function remove(walk: OffsetWalk) {
  const { wire } = walk;
  const groupId = groupOf(walk);
  const topics = topicsOf(walk).map((name) => ({ name, partitionIndexes: partitionsOf(walk) }));
  return wire.ask(`${groupId || 'an empty group'}: ${told(topics)}`, offsetDeleteRequest, 0, {
    groupId,
    topics: topics.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.map((partitionIndex) => ({ partitionIndex })),
    })),
  });
}

function removeGroups(walk: OffsetWalk) {
  const { dice, wire } = walk;
  const groupsNames = dice.list(0, 3, () => groupOf(walk));
  const what = groupsNames.map((name) => name || 'an empty group').join(' ') || 'nothing';
  return wire.ask(what, deleteGroupsRequest, dice.below(3), { groupsNames });
}

function look(walk: OffsetWalk) {
  const { dice, wire, prefix } = walk;
  const groups = dice.list(0, 3, () => groupOf(walk));
  if (dice.chance(60)) return describe(wire, groups.join(' '), dice.below(7), groups);
  const own = onlyGroups((groupId) => groupId.startsWith(prefix));
  return wire.ask('all', listGroupsRequest, dice.below(6), {}, own);
}

/** A transaction goes on: what it commits is not stable until it ends. */
async function commitInTransaction(walk: OffsetWalk): Promise<void> {
  const { dice, wire, producer, transactionalId } = walk;
  const version = dice.pick([0, 2, 3, 4, 5]);
  const group = groupOf(walk);
  const who = identityOf(walk, group);
  const ids = {
    transactionalId,
    producerId: producer.id,
    producerEpoch: dice.chance(90) ? producer.epoch : 7,
  };
  const offsets = { ...ids, groupId: group };
  if (version < 5 && dice.chance(80))
    await wire.askUntilReady(group || 'an empty group', addOffsetsToTxnRequest, 3, offsets, 'errorCode');
  const topics = topicsOf(walk).map((name) => ({
    name,
    partitions: positionsOf(walk, group, version < 2 ? 5 : 6),
  }));
  await wire.ask(`${shown(walk, group, who)}: ${positions(topics)}`, txnOffsetCommitRequest, version, {
    ...offsets,
    ...(version < 3 ? {} : { memberId: who.id, generationId: who.generation, groupInstanceId: who.instance }),
    topics,
  });
}

async function endTransaction(walk: OffsetWalk): Promise<void> {
  const { dice, wire, producer, transactionalId, groups } = walk;
  const committed = dice.chance(70);
  const what = committed ? 'commit' : 'abort';
  const ids = { transactionalId, producerId: producer.id, producerEpoch: producer.epoch };
  await wire.askUntilReady(what, endTxnRequest, 4, { ...ids, committed }, 'errorCode');
  // Whatever was open ends with the next producer of the same id.
  const body = { transactionalId, transactionTimeoutMs: 60_000 };
  const answer = await wire.askUntilReady('the next producer', initProducerIdRequest, 4, body, 'errorCode');
  walk.producer = { id: answer.number('producerId'), epoch: answer.number('producerEpoch') };
  for (const groupId of groups) await untilStable(walk, groupId);
}

/** Waits, without writing anything down, until no transaction may change the offsets of a group. */
async function untilStable({ wire, topics }: OffsetWalk, groupId: string): Promise<void> {
  const client = await wire.client('looking');
  const asked = topics.map((name) => ({ name, partitionIndexes: [0, 1] }));
  for (let tries = 0; tries < 300; tries++) {
    const answer = await client.request([offsetFetchRequest, offsetFetchResponse], 7, {
      groupId,
      topics: asked,
      requireStable: true,
    });
    const found = answer?.topics.flatMap(({ partitions }) => partitions) ?? [];
    if (found.every(({ errorCode }) => errorCode === 0)) return;
    await wire.pause(10);
  }
  throw new Error(`offsets of ${groupId} are still in a transaction`);
}
