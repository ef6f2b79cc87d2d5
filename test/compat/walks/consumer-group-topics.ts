import {
  consumerGroupDescribeRequest,
  consumerGroupHeartbeatRequest,
  createPartitionsRequest,
  createTopicsRequest,
  deleteTopicsRequest,
  findCoordinatorRequest,
} from '../../../kafka/protocol/index.ts';
import type { Wire } from '../wire/wire.ts';
import { assignmentOf, bodyOf, type GroupWalk } from './consumer-group-state.ts';

/** The topics that are there from the start: some are not. */
export async function createFirst(walk: GroupWalk): Promise<void> {
  await create(walk, 0, 5);
  await create(walk, 1, 3);
  if (walk.dice.chance(50)) await create(walk, 2, 2);
}

/** A topic appears, grows or vanishes; the question after it is asked when groups have heard of it. */
export function anything(walk: GroupWalk): Promise<unknown> {
  const index = walk.dice.below(4);
  const topic = walk.topic(index);
  const count = walk.partitions.get(topic);
  if (count === undefined) return create(walk, index, walk.dice.pick([1, 2, 3, 5]));
  return walk.dice.chance(60) && count < 9
    ? grow(walk, topic, count + 1 + walk.dice.below(2))
    : remove(walk, topic);
}

async function create(walk: GroupWalk, index: number, numPartitions: number): Promise<void> {
  const topic = walk.topic(index);
  const made = await walk.wire.ask(
    `t${index} of ${numPartitions}`,
    createTopicsRequest,
    7,
    { topics: [{ name: topic, numPartitions, replicationFactor: 1, assignments: [], configs: [] }] },
    { counted: ['topics.configs'] },
  );
  walk.topicIds.set(topic, made.text('topics.0.topicId'));
  await untilGroupsSee(walk, topic, numPartitions);
}

async function grow(walk: GroupWalk, topic: string, count: number): Promise<void> {
  await walk.wire.ask(`${topic.split('-').at(-1)} to ${count}`, createPartitionsRequest, 3, {
    timeoutMs: 5000,
    validateOnly: false,
    topics: [{ name: topic, count, assignments: null }],
  });
  await untilGroupsSee(walk, topic, count);
}

async function remove(walk: GroupWalk, topic: string): Promise<void> {
  await walk.wire.ask(`${topic.split('-').at(-1)}`, deleteTopicsRequest, 6, {
    timeoutMs: 5000,
    topics: [{ name: topic, topicId: 'AAAAAAAAAAAAAAAAAAAAAA' }],
  });
  walk.topicIds.delete(topic);
  await untilGroupsSee(walk, topic, 0);
}

/**
 * Waits until a member of a group of its own, new each time, is given as many partitions of a topic as there are: the
 * coordinators hear of topics one after the other, but without a pause.
 */
async function untilGroupsSee(walk: GroupWalk, topic: string, count: number): Promise<void> {
  if (count === 0) walk.partitions.delete(topic);
  else walk.partitions.set(topic, count);
  const groupId = walk.probe();
  const beat = { memberId: 'probe', rebalanceTimeoutMs: 30_000, owned: [] };
  await walk.wire.until(
    consumerGroupHeartbeatRequest,
    1,
    bodyOf(groupId, { ...beat, memberEpoch: 0, names: [topic] }),
    (answer) => assignmentOf(answer)?.reduce((sum, { partitions }) => sum + partitions.length, 0) === count,
  );
  await walk.wire.until(
    consumerGroupHeartbeatRequest,
    1,
    bodyOf(groupId, { memberId: 'probe', memberEpoch: -1 }),
    () => true,
  );
}

/** Waits until the broker has heard of all that the controller did: what comes later is heard of later. */
export async function markMetadata(walk: GroupWalk): Promise<void> {
  const topic = `${walk.prefix}-mark-${walk.next()}`;
  await walk.wire.until(
    createTopicsRequest,
    7,
    { topics: [{ name: topic, numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }] },
    () => true,
  );
  await untilGroupsSee(walk, topic, 1);
  walk.partitions.delete(topic);
}

/** Waits until a group has a coordinator. */
export async function lead(wire: Wire, groupId: string): Promise<void> {
  await wire.settle(
    findCoordinatorRequest,
    4,
    { keyType: 0, coordinatorKeys: [groupId] },
    'coordinators.0.errorCode',
  );
  await wire.settle(
    consumerGroupDescribeRequest,
    1,
    { groupIds: [groupId], includeAuthorizedOperations: false },
    'groups.0.errorCode',
  );
}
