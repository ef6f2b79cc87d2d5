import { type ConsumerGroupHeartbeatRequest, ErrorCode } from '../../../kafka/protocol/index.ts';
import { type ConsumerMember, JOIN_EPOCH, LEAVE_EPOCH, STATIC_LEAVE_EPOCH } from './consumer-member.ts';
import { isSubset, type TopicPartitions } from './partitions.ts';
import { Refusal } from './refusal.ts';

/** Throws when the heartbeat makes no sense for any group. `assignors` are the names the broker has. */
export function refuseInvalidHeartbeat(
  request: ConsumerGroupHeartbeatRequest,
  apiVersion: number,
  assignors: readonly string[],
): void {
  const { memberEpoch, serverAssignor } = request;
  // In version 0 the coordinator may make the id of a member that joins.
  if (apiVersion >= 1 || memberEpoch > JOIN_EPOCH || memberEpoch === LEAVE_EPOCH) {
    refuseEmpty(request.memberId, "MemberId can't be empty.");
  }
  refuseEmpty(request.groupId, "GroupId can't be empty.");
  refuseEmpty(request.instanceId, "InstanceId can't be empty.");
  refuseEmpty(request.rackId, "RackId can't be empty.");
  if (memberEpoch === JOIN_EPOCH) refuseInvalidJoin(request);
  else if (memberEpoch === STATIC_LEAVE_EPOCH) {
    if (request.instanceId === null) throw invalid("InstanceId can't be null.");
  } else if (memberEpoch < STATIC_LEAVE_EPOCH) throw invalid('MemberEpoch is invalid.');
  if (serverAssignor !== null && !assignors.includes(serverAssignor)) {
    throw new Refusal(
      ErrorCode.UNSUPPORTED_ASSIGNOR,
      `ServerAssignor ${serverAssignor} is not supported. Supported assignors: ${assignors.join(', ')}.`,
    );
  }
}

function refuseInvalidJoin(request: ConsumerGroupHeartbeatRequest): void {
  if (request.rebalanceTimeoutMs === -1) {
    throw invalid('RebalanceTimeoutMs must be provided in first request.');
  }
  if (request.topicPartitions === null || request.topicPartitions.length > 0) {
    throw invalid('TopicPartitions must be empty when (re-)joining.');
  }
  if (request.subscribedTopicNames === null && request.subscribedTopicRegex === null) {
    throw invalid('Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.');
  }
}

function refuseEmpty(value: string | null, message: string): void {
  if (value !== null && value.trim() === '') throw invalid(message);
}

function invalid(message: string): Refusal {
  return new Refusal(ErrorCode.INVALID_REQUEST, message);
}

/**
 * Throws FENCED_MEMBER_EPOCH when the member is not where the coordinator thinks it is. The previous epoch is accepted
 * from a member that owns nothing else than it was given: the response that told it the new epoch was lost.
 */
export function refuseMemberEpoch(
  member: ConsumerMember,
  receivedEpoch: number,
  owned: TopicPartitions | null,
): void {
  if (receivedEpoch === JOIN_EPOCH || receivedEpoch === member.memberEpoch) return;
  if (receivedEpoch > member.memberEpoch) throw fenced('greater', receivedEpoch, member);
  const isLostResponse =
    receivedEpoch === member.previousMemberEpoch && owned !== null && isSubset(owned, member.assigned);
  if (!isLostResponse) throw fenced('smaller', receivedEpoch, member);
}

function fenced(
  comparison: 'greater' | 'smaller',
  received: number,
  { memberEpoch }: ConsumerMember,
): Refusal {
  return new Refusal(
    ErrorCode.FENCED_MEMBER_EPOCH,
    `The consumer group member has a ${comparison} member epoch (${received}) than the one known by the group ` +
      `coordinator (${memberEpoch}). The member must abandon all its partitions and rejoin.`,
  );
}
