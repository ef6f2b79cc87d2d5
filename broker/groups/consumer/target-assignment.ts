import type { Assignor, AssignorMember, GroupSpec } from './assignors/assignor.ts';
import { rangeAssignor } from './assignors/range.ts';
import { uniformAssignor } from './assignors/uniform.ts';
import { type ConsumerGroup, preferredAssignor, subscribedTopicsOf, targetOf } from './consumer-group.ts';
import { targetEpochRecord, targetMemberRecord } from './consumer-group-record.ts';
import type { ConsumerTransition } from './consumer-transition.ts';
import type { ConsumerWorld } from './consumer-world.ts';
import { EMPTY_ASSIGNMENT, isSameAssignment, isSameSet } from './partitions.ts';

/** The server-side assignors by the names that `group.consumer.assignors` and members use. */
const assignors: ReadonlyMap<string, Assignor> = new Map(
  [uniformAssignor, rangeAssignor].map((assignor) => [assignor.name, assignor]),
);

/**
 * Computes and records the target assignment of the group epoch, unless it is there already or the last one is
 * younger than `consumer.assignment.interval.ms`: then a later heartbeat does it, for all changes until then.
 */
export function updateTarget(transition: ConsumerTransition): void {
  const { group, world, now, groupId } = transition;
  if (group.groupEpoch <= group.assignmentEpoch || !isDue(group, world, now)) return;
  const name = preferredAssignor(group) ?? '';
  const assignor = assignors.get(name) ?? defaultAssignor(world);
  const assignment = assignor.assign(groupSpec(group, world));
  for (const [memberId, partitions] of assignment) {
    const former = group.target.get(memberId);
    if (former !== undefined && isSameAssignment(former, partitions)) continue;
    transition.write(targetMemberRecord(groupId, memberId, partitions));
  }
  transition.write(targetEpochRecord(groupId, group.groupEpoch, now));
  transition.note('consumer group has a new target assignment', { assignor: assignor.name });
}

function isDue({ groupId, assignmentTimestamp }: ConsumerGroup, world: ConsumerWorld, now: number): boolean {
  return (
    assignmentTimestamp === 0 || now >= assignmentTimestamp + world.timesOf(groupId).assignmentIntervalMs
  );
}

function defaultAssignor({ settings }: ConsumerWorld): Assignor {
  return assignors.get(settings.assignors[0] ?? '') ?? uniformAssignor;
}

function groupSpec(group: ConsumerGroup, { topics }: ConsumerWorld): GroupSpec {
  const counts = new Map<string, number>();
  const members = [...group.members.values()].map((member): AssignorMember => {
    const topicIds = new Set<string>();
    for (const name of subscribedTopicsOf(group, member)) {
      const topicId = topics.topicId(name);
      if (topicId === undefined) continue;
      topicIds.add(topicId);
      counts.set(topicId, topics.partitionCount(name));
    }
    const { memberId, instanceId } = member;
    return { memberId, instanceId, topicIds, assigned: targetOf(group, memberId) ?? EMPTY_ASSIGNMENT };
  });
  const first = members[0]?.topicIds ?? new Set();
  return {
    members,
    isHomogeneous: members.every(({ topicIds }) => isSameSet(topicIds, first)),
    partitionCount: (topicId) => counts.get(topicId) ?? 0,
  };
}
