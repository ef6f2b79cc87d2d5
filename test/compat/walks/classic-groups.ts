import { createTopicsRequest, deleteGroupsRequest } from '../../../kafka/protocol/index.ts';
import type { Wire } from '../wire/wire.ts';
import { ClassicModel } from './classic-model.ts';
import { classicQuestions } from './classic-questions.ts';
import { untilCoordinated } from './classic-requests.ts';
import { ClassicWalker } from './classic-walker.ts';
import type { Walk } from './walk.ts';

/** Members of a classic group that come, rejoin, synchronize and leave in every order. */
export const classicGroupsWalk: Walk = {
  name: 'classic-groups',
  about: 'JoinGroup, SyncGroup, Heartbeat, LeaveGroup, DescribeGroups, ListGroups, DeleteGroups',
  count: 6,
  steps: 60,
  async take(wire, dice, prefix) {
    const topics = [`${prefix}-t0`, `${prefix}-t1`];
    await create(wire, topics);
    const group = `${prefix}-group`;
    await untilCoordinated(wire, [group, `${prefix}-unknown`, '']);
    const protocolType = dice.chance(75) ? 'consumer' : 'connect';
    const walker = new ClassicWalker(wire, dice, prefix, topics, new ClassicModel(group, protocolType));
    for (let step = 0; step < classicGroupsWalk.steps; step++) {
      if (dice.chance(60)) await walker.move();
      else await dice.pick(classicQuestions)(walker);
    }
    await walker.end();
    await wire.ask('what is left', deleteGroupsRequest, 2, { groupsNames: [walker.model.group] });
  },
};

async function create(wire: Wire, names: readonly string[]): Promise<void> {
  const topics = names.map((name) => ({
    name,
    numPartitions: 2,
    replicationFactor: 1,
    assignments: [],
    configs: [],
  }));
  await wire.ask('the topics', createTopicsRequest, 7, { topics }, { counted: ['topics.configs'] });
  await wire.untilLed(names, 2);
}
