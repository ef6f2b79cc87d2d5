import { type ConsumerGroupDescribeResponse, ErrorCode } from '../../../kafka/protocol/index.ts';
import type { ListedGroup } from '../group-description.ts';
import { type ConsumerGroup, consumerGroupState, preferredAssignor, targetOf } from './consumer-group.ts';
import type { ConsumerMember } from './consumer-member.ts';
import type { ConsumerWorld } from './consumer-world.ts';
import { type Assignment, type AssignmentEpochs, topicPartitionsOf } from './partitions.ts';

export type DescribedConsumerGroup = ConsumerGroupDescribeResponse['groups'][number];

/** "Not asked for": the default of `authorized_operations`. */
const NO_OPERATIONS = -2_147_483_648;

const MEMBER_TYPE = { classic: 0, consumer: 1 } as const;

/** A group as ConsumerGroupDescribe shows it. What a member has still to give up counts as its own. */
export function describeConsumerGroup(group: ConsumerGroup, world: ConsumerWorld): DescribedConsumerGroup {
  return {
    ...undescribedConsumerGroup(group.groupId, ErrorCode.NONE),
    groupState: consumerGroupState(group),
    groupEpoch: group.groupEpoch,
    assignmentEpoch: group.assignmentEpoch,
    assignorName: preferredAssignor(group) ?? world.settings.assignors[0] ?? '',
    members: [...group.members.values()].map((member) => describeMember(group, member, world)),
  };
}

/** A group that could not be described. */
export function undescribedConsumerGroup(
  groupId: string,
  errorCode: number,
  errorMessage: string | null = null,
): DescribedConsumerGroup {
  return {
    errorCode,
    errorMessage,
    groupId,
    groupState: '',
    groupEpoch: 0,
    assignmentEpoch: 0,
    assignorName: '',
    members: [],
    authorizedOperations: NO_OPERATIONS,
  };
}

/** A group as ListGroups shows it. */
export function listedConsumerGroup(group: ConsumerGroup): ListedGroup {
  return {
    groupId: group.groupId,
    protocolType: 'consumer',
    groupState: consumerGroupState(group),
    groupType: 'consumer',
  };
}

function describeMember(
  group: ConsumerGroup,
  member: ConsumerMember,
  world: ConsumerWorld,
): DescribedConsumerGroup['members'][number] {
  return {
    memberId: member.memberId,
    instanceId: member.instanceId,
    rackId: member.rackId,
    memberEpoch: member.memberEpoch,
    clientId: member.clientId,
    clientHost: member.clientHost,
    subscribedTopicNames: [...member.subscribedTopicNames],
    subscribedTopicRegex: member.subscribedTopicRegex,
    assignment: named([member.assigned, member.pendingRevocation], world),
    targetAssignment: named([targetOf(group, member.memberId)], world),
    memberType: member.classic === null ? MEMBER_TYPE.consumer : MEMBER_TYPE.classic,
  };
}

/** Topics that do not exist any more are left out. */
function named(assignments: readonly (Assignment | AssignmentEpochs)[], { topics }: ConsumerWorld) {
  const byTopic = new Map<string, number[]>();
  for (const { topicId, partitions } of assignments.flatMap(topicPartitionsOf)) {
    byTopic.set(topicId, [...(byTopic.get(topicId) ?? []), ...partitions]);
  }
  const topicPartitions = [...byTopic].flatMap(([topicId, partitions]) => {
    const topicName = topics.topicName(topicId);
    return topicName === undefined ? [] : [{ topicId, topicName, partitions }];
  });
  return { topicPartitions };
}
