import {
  createTopicsRequest,
  joinGroupRequest,
  offsetCommitRequest,
  offsetDeleteRequest,
  offsetFetchRequest,
  syncGroupRequest,
} from '../../../kafka/protocol/index.ts';
import { subscription } from './consumer-protocol.ts';
import type { Wire, WireFamily } from './wire.ts';

/** Committed offsets. */
export const offsets: WireFamily = {
  name: 'offsets',
  about: 'OffsetCommit, OffsetFetch, OffsetDelete',
  async ask(wire) {
    const made = await wire.ask(
      'two topics',
      createTopicsRequest,
      7,
      {
        topics: ['committed', 'committed-too'].map((name) => ({
          name,
          numPartitions: 2,
          replicationFactor: 1,
          assignments: [],
          configs: [],
        })),
      },
      { counted: ['topics.configs'] },
    );
    await wire.untilLed(['committed', 'committed-too'], 2);
    const topicId = made.text('topics.0.topicId');
    await commit(wire, topicId);
    await asMember(wire);
    await look(wire, topicId);
    await remove(wire);
  },
};

interface Commit {
  readonly version?: number;
  readonly group?: string;
  readonly generation?: number;
  readonly memberId?: string;
  readonly instance?: string | null;
  readonly topic?: string;
  readonly topicId?: string;
  readonly partition?: number;
  readonly offset?: number;
  readonly leaderEpoch?: number;
  readonly metadata?: string | null;
}

function ask(wire: Wire, what: string, commit: Commit = {}) {
  const {
    version = 9,
    group = 'committing',
    generation,
    memberId,
    instance,
    topic = 'committed',
    topicId,
    partition = 0,
    offset = 5,
    leaderEpoch,
    metadata = 'note',
  } = commit;
  return wire.ask(what, offsetCommitRequest, version, {
    groupId: group,
    ...(generation === undefined ? {} : { generationIdOrMemberEpoch: generation }),
    ...(memberId === undefined ? {} : { memberId }),
    ...(instance === undefined ? {} : { groupInstanceId: instance }),
    topics: [
      {
        ...(version < 10 ? { name: topic } : { topicId: topicId ?? 'AAAAAAAAAAAAAAAAAAAAEA' }),
        partitions: [
          {
            partitionIndex: partition,
            committedOffset: offset,
            committedMetadata: metadata,
            ...(leaderEpoch === undefined ? {} : { committedLeaderEpoch: leaderEpoch }),
          },
        ],
      },
    ],
  });
}

async function commit(wire: Wire, topicId: string): Promise<void> {
  wire.title('commit without a member');
  for (const version of [2, 3, 4, 5, 6, 7, 8, 9]) await ask(wire, 'one', { version, offset: version });
  await ask(wire, 'one by id', { version: 10, topicId, offset: 10 });
  await ask(wire, 'by an unknown id', { version: 10 });
  await ask(wire, 'an empty group', { group: '' });
  await ask(wire, 'an unknown topic', { topic: 'unknown' });
  await ask(wire, 'an unknown partition', { partition: 9 });
  await ask(wire, 'a negative partition', { partition: -1 });
  await ask(wire, 'an empty topic', { topic: '' });
  await ask(wire, 'a negative offset', { offset: -1 });
  await ask(wire, 'an offset beyond the end', { offset: 1_000_000_000_000 });
  await ask(wire, 'no metadata', { metadata: null, partition: 1 });
  await ask(wire, 'metadata that is too long', { metadata: 'x'.repeat(4097) });
  await ask(wire, 'metadata of the most letters', { metadata: 'x'.repeat(4096), topic: 'committed-too' });
  await ask(wire, 'with a leader epoch', { leaderEpoch: 3 });
  await ask(wire, 'with a generation', { generation: 3 });
  await ask(wire, 'with a member', { memberId: 'nobody' });
  await ask(wire, 'with a generation and a member', { generation: 3, memberId: 'nobody' });
  await ask(wire, 'with an instance', { instance: 'i' });
  await ask(wire, 'to a new group with a generation', {
    group: 'committing-new',
    generation: 3,
    memberId: 'nobody',
  });
  await wire.ask('no topic', offsetCommitRequest, 9, { groupId: 'committing', topics: [] });
  await wire.ask('one partition twice', offsetCommitRequest, 9, {
    groupId: 'committing',
    topics: [
      {
        name: 'committed',
        partitions: [7, 8].map((committedOffset) => ({
          partitionIndex: 0,
          committedOffset,
          committedMetadata: '',
        })),
      },
    ],
  });
  await wire.ask('one valid and two unknown', offsetCommitRequest, 9, {
    groupId: 'committing',
    topics: [
      {
        name: 'committed',
        partitions: [0, 9].map((partitionIndex) => ({
          partitionIndex,
          committedOffset: 8,
          committedMetadata: '',
        })),
      },
      { name: 'unknown', partitions: [{ partitionIndex: 0, committedOffset: 8, committedMetadata: '' }] },
    ],
  });
}

async function asMember(wire: Wire): Promise<void> {
  wire.title('commit as a member');
  const join = (memberId: string) =>
    wire.ask('a member', joinGroupRequest, 9, {
      groupId: 'committing-members',
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 5_000,
      memberId,
      protocolType: 'consumer',
      protocols: [{ name: 'range', metadata: subscription(['committed']) }],
    });
  const memberId = (await join('')).text('memberId');
  const generation = (await join(memberId)).number('generationId');
  const group = 'committing-members';
  await ask(wire, 'before the sync', { group, generation, memberId });
  await wire.ask('the member', syncGroupRequest, 5, {
    groupId: group,
    generationId: generation,
    memberId,
    protocolType: 'consumer',
    protocolName: 'range',
    assignments: [{ memberId, assignment: Buffer.from('all') }],
  });
  await ask(wire, 'the member', { group, generation, memberId });
  await ask(wire, 'a wrong generation', { group, generation: generation + 1, memberId });
  await ask(wire, 'another member', { group, generation, memberId: 'nobody' });
  await ask(wire, 'no member', { group });
  await ask(wire, 'an instance nobody knows', { group, generation, memberId, instance: 'i' });
  await wire.ask('offsets of a topic that is not subscribed', offsetDeleteRequest, 0, {
    groupId: group,
    topics: [{ name: 'committed', partitions: [{ partitionIndex: 0 }] }],
  });
}

async function look(wire: Wire, topicId: string): Promise<void> {
  wire.title('fetch');
  const one = (
    what: string,
    version: number,
    groupId: string,
    topics: readonly (readonly [string, readonly number[]])[] | null,
    requireStable?: boolean,
  ) =>
    wire.ask(what, offsetFetchRequest, version, {
      groupId,
      topics:
        topics?.map(([name, partitionIndexes]) => ({ name, partitionIndexes: [...partitionIndexes] })) ??
        null,
      ...(requireStable === undefined ? {} : { requireStable }),
    });
  for (const version of [1, 2, 3, 4, 5, 6, 7]) await one('one', version, 'committing', [['committed', [0]]]);
  for (const version of [2, 7]) await one('all', version, 'committing', null);
  await one('no topic', 7, 'committing', []);
  await one('unknown ones', 7, 'committing', [
    ['committed', [0, 1, 9]],
    ['unknown', [0]],
  ]);
  for (const version of [1, 7]) await one('of an unknown group', version, 'unknown', [['committed', [0]]]);
  await one('all of an unknown group', 7, 'unknown', null);
  await one('of an empty group', 7, '', null);
  await one('only stable ones', 7, 'committing', [['committed', [0]]], true);
  const several = (
    what: string,
    version: number,
    groups: readonly {
      readonly groupId: string;
      readonly topics?: readonly (readonly [string, readonly number[]])[] | null;
      readonly memberId?: string | null;
      readonly memberEpoch?: number;
    }[],
  ) =>
    wire.ask(what, offsetFetchRequest, version, {
      groups: groups.map(({ groupId, topics = null, memberId, memberEpoch }) => ({
        groupId,
        topics:
          topics?.map(([name, partitionIndexes]) => ({
            ...(version < 10 ? { name } : { topicId: name }),
            partitionIndexes: [...partitionIndexes],
          })) ?? null,
        ...(memberId === undefined ? {} : { memberId }),
        ...(memberEpoch === undefined ? {} : { memberEpoch }),
      })),
    });
  for (const version of [8, 9])
    await several('one of a group', version, [{ groupId: 'committing', topics: [['committed', [0]]] }]);
  await several('one of a group by id', 10, [{ groupId: 'committing', topics: [[topicId, [0, 9]]] }]);
  await several('by an unknown id', 10, [
    { groupId: 'committing', topics: [['AAAAAAAAAAAAAAAAAAAAEA', [0]]] },
  ]);
  for (const version of [8, 9, 10]) await several('all of a group', version, [{ groupId: 'committing' }]);
  await several('of several groups', 9, [
    { groupId: 'committing', topics: [['committed', [1]]] },
    { groupId: 'unknown', topics: [['committed', [1]]] },
    { groupId: 'committing-members' },
  ]);
  await several('of one group twice', 9, [
    { groupId: 'committing', topics: [['committed', [0]]] },
    { groupId: 'committing', topics: [['committed', [1]]] },
  ]);
  await several('of no group', 9, []);
  await several('of an empty group', 9, [{ groupId: '' }]);
  await several('with a member of a classic group', 9, [
    { groupId: 'committing-members', memberId: 'nobody', memberEpoch: 1 },
  ]);
  await several('with a member of an unknown group', 9, [
    { groupId: 'unknown', memberId: 'nobody', memberEpoch: 1 },
  ]);
}

async function remove(wire: Wire): Promise<void> {
  wire.title('delete');
  const delete_ = (
    what: string,
    groupId: string,
    topics: readonly (readonly [string, readonly number[]])[],
  ) =>
    wire.ask(what, offsetDeleteRequest, 0, {
      groupId,
      topics: topics.map(([name, partitions]) => ({
        name,
        partitions: partitions.map((partitionIndex) => ({ partitionIndex })),
      })),
    });
  await delete_('one', 'committing', [['committed', [0]]]);
  await delete_('the same again', 'committing', [['committed', [0]]]);
  await delete_('unknown ones', 'committing', [
    ['committed', [9]],
    ['unknown', [0]],
  ]);
  await delete_('of an unknown group', 'unknown', [['committed', [0]]]);
  await delete_('of an empty group', '', [['committed', [0]]]);
  await delete_('nothing', 'committing', []);
  await wire.ask('what is left', offsetFetchRequest, 9, {
    groups: [{ groupId: 'committing', topics: null }],
  });
}
