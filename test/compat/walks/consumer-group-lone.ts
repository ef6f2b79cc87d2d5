import { consumerGroupDescribeRequest } from '../../../kafka/protocol/index.ts';
import { current, type GroupWalk, sorted } from './consumer-group-state.ts';
import { lead } from './consumer-group-topics.ts';

/** A member alone in a new group: its id may be the coordinator's, its rebalance timeout any number. */
export async function lone(walk: GroupWalk): Promise<void> {
  const { dice, wire } = walk;
  const group = walk.newLoneGroup();
  await lead(wire, group.groupId);
  const rebalanceTimeoutMs = dice.pick([0, -2, -2_147_483_648, 1, 2_147_483_647]);
  const version = dice.pick([0, 0, 1]);
  const assignor = dice.pick([null, 'uniform', 'range']);
  const names = dice.some(walk.topicNames, 60);
  await walk.beat(group, `joins with a timeout of ${rebalanceTimeoutMs}, assignor ${assignor}`, {
    version,
    memberId: version === 0 ? '' : 'm'.repeat(dice.pick([1, 36, 37, 200])),
    memberEpoch: 0,
    instanceId: dice.pick([null, null, 'i1']),
    rackId: dice.pick([null, 'r1']),
    rebalanceTimeoutMs,
    names,
    assignor,
    owned: [],
  });
  const [member] = group.members.values();
  if (member !== undefined) await walk.beat(group, 'goes on', { ...current(member), owned: member.owned });
  await wire.ask(
    'a member alone',
    consumerGroupDescribeRequest,
    1,
    { groupIds: [group.groupId], includeAuthorizedOperations: false },
    { shown: sorted },
  );
  // With a short timeout it would be chance whether it is still there when a topic vanishes.
  if (member !== undefined)
    await walk.beat(group, 'leaves', {
      memberId: member.memberId,
      instanceId: member.instanceId,
      memberEpoch: -1,
    });
}
