import {
  createTopicsRequest,
  deleteGroupsRequest,
  deleteTopicsRequest,
  describeTransactionsRequest,
  findCoordinatorRequest,
  initProducerIdRequest,
  joinGroupRequest,
  leaveGroupRequest,
  offsetFetchRequest,
  offsetFetchResponse,
  syncGroupRequest,
} from '../../../kafka/protocol/index.ts';
import type { Dice } from '../dice.ts';
import { subscription } from '../wire/consumer-protocol.ts';
import type { Wire } from '../wire/wire.ts';
import { untilCoordinated } from './classic-requests.ts';
import { offsetQuestions } from './offset-questions.ts';
import type { Walk } from './walk.ts';

/** Offsets of simple consumers, of members, in transactions, and of topics that are deleted. */
export const offsetsWalk: Walk = {
  name: 'offsets',
  about: 'OffsetCommit, OffsetFetch, OffsetDelete, TxnOffsetCommit, DeleteGroups',
  count: 6,
  steps: 60,
  async take(wire, dice, prefix) {
    const walk = await begin(wire, dice, prefix);
    for (let step = 0; step < offsetsWalk.steps; step++) {
      if (dice.chance(3)) await renewTopic(walk);
      else if (dice.chance(5)) await leaveOrJoin(walk);
      else await dice.pick(offsetQuestions)(walk);
    }
    await end(walk);
  },
};

/** What the questions of a walk are about. */
export interface OffsetWalk {
  readonly wire: Wire;
  readonly dice: Dice;
  readonly prefix: string;
  readonly topics: readonly string[];
  readonly topicIds: Map<string, string>;
  readonly oldTopicIds: string[];
  readonly groups: readonly string[];
  /** Of a group of consumers and of one of another type. */
  readonly members: readonly GroupMember[];
  producer: { readonly id: number; readonly epoch: number };
  readonly transactionalId: string;
}

/** The single member of a group; without an id it is not there. */
export interface GroupMember {
  readonly group: string;
  readonly protocolType: string;
  id: string;
  generation: number;
  isStable: boolean;
}

async function begin(wire: Wire, dice: Dice, prefix: string): Promise<OffsetWalk> {
  const topics = [`${prefix}-a`, `${prefix}-b`];
  const topicIds = new Map<string, string>();
  for (const name of topics) topicIds.set(name, await create(wire, name));
  const members = ['consumer', 'connect'].map((protocolType) => {
    return { group: `${prefix}-${protocolType}`, protocolType, id: '', generation: 0, isStable: false };
  });
  const groups = [`${prefix}-s0`, `${prefix}-s1`, ...members.map(({ group }) => group), ''];
  await untilCoordinated(wire, [...groups, `${prefix}-unknown`]);
  await wire.settle(deleteGroupsRequest, 2, { groupsNames: [''] }, 'results.0.errorCode');
  const transactionalId = `${prefix}-transaction`;
  await wire.settle(findCoordinatorRequest, 3, { key: transactionalId, keyType: 1 }, 'errorCode');
  const transactions = { transactionalIds: [transactionalId] };
  await wire.settle(describeTransactionsRequest, 0, transactions, 'transactionStates.0.errorCode');
  const body = { transactionalId, transactionTimeoutMs: 60_000 };
  const answer = await wire.askUntilReady('a producer', initProducerIdRequest, 4, body, 'errorCode');
  const producer = { id: answer.number('producerId'), epoch: answer.number('producerEpoch') };
  const walk: OffsetWalk = {
    ...{ wire, dice, prefix, topics, topicIds, oldTopicIds: [], groups, members, producer, transactionalId },
  };
  for (const member of members) await join(walk, member);
  return walk;
}

async function create(wire: Wire, name: string): Promise<string> {
  const topics = [{ name, numPartitions: 2, replicationFactor: 1, assignments: [], configs: [] }];
  const answer = await wire.ask(name, createTopicsRequest, 7, { topics }, { counted: ['topics.configs'] });
  await wire.untilLed([name], 2);
  return answer.text('topics.0.topicId');
}

async function join({ wire, dice, topics }: OffsetWalk, member: GroupMember): Promise<void> {
  const { group, protocolType } = member;
  const asked = (memberId: string) =>
    wire.ask(`of ${group}`, joinGroupRequest, 9, {
      groupId: group,
      sessionTimeoutMs: 30_000,
      rebalanceTimeoutMs: 60_000,
      memberId,
      protocolType,
      protocols: [{ name: 'range', metadata: subscription(topics.slice(0, dice.below(2))) }],
    });
  member.id = (await asked('')).text('memberId');
  wire.names.of(member.id, `member of ${group}`);
  member.generation = (await asked(member.id)).number('generationId');
  member.isStable = dice.chance(80);
  if (!member.isStable) return;
  await wire.ask(`of ${group}`, syncGroupRequest, 3, {
    groupId: group,
    generationId: member.generation,
    memberId: member.id,
    assignments: [{ memberId: member.id, assignment: Buffer.from('all') }],
  });
}

async function leave({ wire }: OffsetWalk, member: GroupMember): Promise<void> {
  await wire.ask(`of ${member.group}`, leaveGroupRequest, 1, { groupId: member.group, memberId: member.id });
  member.id = '';
}

function leaveOrJoin(walk: OffsetWalk): Promise<void> {
  const member = walk.dice.pick(walk.members);
  return member.id === '' ? join(walk, member) : leave(walk, member);
}

/** A topic is deleted, with its offsets, and made again. */
async function renewTopic({ wire, dice, topics, topicIds, oldTopicIds, groups }: OffsetWalk): Promise<void> {
  const name = dice.pick(topics);
  await wire.ask(name, deleteTopicsRequest, 5, { topicNames: [name], timeoutMs: 5000 });
  oldTopicIds.push(topicIds.get(name) ?? '');
  for (const groupId of groups) await untilWithout(wire, groupId, name);
  topicIds.set(name, await create(wire, name));
}

async function untilWithout(wire: Wire, groupId: string, topic: string): Promise<void> {
  const client = await wire.client('looking');
  for (let tries = 0; tries < 300; tries++) {
    const answer = await client.request([offsetFetchRequest, offsetFetchResponse], 7, {
      groupId,
      topics: null,
    });
    if (answer?.topics.every(({ name }) => name !== topic)) return;
    await wire.pause(10);
  }
  throw new Error(`the offsets of ${topic} are still there`);
}

async function end(walk: OffsetWalk): Promise<void> {
  const { wire, members, groups } = walk;
  for (const member of members) if (member.id !== '') await leave(walk, member);
  for (const groupId of groups)
    await wire.ask('at the end', offsetFetchRequest, 9, { groups: [{ groupId, topics: null }] });
  await wire.ask('all', deleteGroupsRequest, 2, { groupsNames: [...groups] });
}
