import type {
  ConsumerGroupHeartbeatRequest,
  ConsumerGroupHeartbeatResponse,
} from '../../../kafka/protocol/index.ts';
import type { Decision } from '../decision.ts';
import type { RequestContext } from '../request-context.ts';
import { targetOf } from './consumer-group.ts';
import { type ConsumerMember, JOIN_EPOCH } from './consumer-member.ts';
import type { ConsumerTransition } from './consumer-transition.ts';
import { admit, refuseWhenFull } from './membership.ts';
import { isSameEpochs, topicPartitionsOf } from './partitions.ts';
import { reconcile } from './reconciliation.ts';
import { updateSubscription } from './subscription.ts';
import { updateTarget } from './target-assignment.ts';

/** A ConsumerGroupHeartbeat and what its answer depends on besides the group. */
export interface ConsumerHeartbeat {
  readonly request: ConsumerGroupHeartbeatRequest;
  readonly context: RequestContext;
  /** The id that a member without one gets (v0). */
  readonly newMemberId: string;
}

/**
 * Decides on the heartbeat of a member that joins or stays: its subscription, the group epoch, the target assignment,
 * and its own next step towards it. The answer has an assignment only when that changed or the member said everything
 * about itself. Throws a Refusal.
 */
export function decideHeartbeat(
  transition: ConsumerTransition,
  { request, context, newMemberId }: ConsumerHeartbeat,
): Decision<ConsumerGroupHeartbeatResponse> {
  const { memberEpoch, instanceId, topicPartitions } = request;
  refuseWhenFull(transition, request.memberId);
  const isJoining = memberEpoch === JOIN_EPOCH;
  const former = admit(transition, {
    memberId: request.memberId === '' ? newMemberId : request.memberId,
    instanceId,
    isJoining,
    isClassic: false,
    memberEpoch,
    owned: topicPartitions,
  });
  const updated = updatedMember(former, request, context);
  const hasSubscriptionChanged = updateSubscription(transition, former, updated);
  updateTarget(transition);
  const { group, groupId, world } = transition;
  const member = reconcile(transition, updated, {
    targetEpoch: group.assignmentEpoch,
    target: targetOf(group, updated.memberId),
    owned: topicPartitions,
    hasSubscriptionChanged,
  });
  const { sessionTimeoutMs, heartbeatIntervalMs } = world.timesOf(groupId);
  transition.schedule({ kind: 'session', memberId: member.memberId }, sessionTimeoutMs);
  const isAssignmentDue =
    isJoining || isFullRequest(request) || !isSameEpochs(former.assigned, member.assigned);
  return transition.respond({
    ...heartbeatResponse(member.memberId, member.memberEpoch),
    heartbeatIntervalMs,
    assignment: isAssignmentDue ? { topicPartitions: topicPartitionsOf(member.assigned) } : null,
  });
}

/** An answer without error and assignment, as a member gets that leaves. */
export function heartbeatResponse(
  memberId: string | null,
  memberEpoch: number,
): ConsumerGroupHeartbeatResponse {
  return {
    throttleTimeMs: 0,
    errorCode: 0,
    errorMessage: null,
    memberId,
    memberEpoch,
    heartbeatIntervalMs: 0,
    assignment: null,
  };
}

/** Null, and -1 for a time, mean that nothing has changed. */
function updatedMember(
  former: ConsumerMember,
  request: ConsumerGroupHeartbeatRequest,
  { clientId, clientHost }: RequestContext,
): ConsumerMember {
  const { subscribedTopicNames, rebalanceTimeoutMs } = request;
  return {
    ...former,
    instanceId: request.instanceId ?? former.instanceId,
    rackId: request.rackId ?? former.rackId,
    rebalanceTimeoutMs: rebalanceTimeoutMs === -1 ? former.rebalanceTimeoutMs : rebalanceTimeoutMs,
    serverAssignor: request.serverAssignor ?? former.serverAssignor,
    subscribedTopicNames:
      subscribedTopicNames === null ? former.subscribedTopicNames : new Set(subscribedTopicNames),
    subscribedTopicRegex: request.subscribedTopicRegex ?? former.subscribedTopicRegex,
    clientId,
    clientHost,
    classic: null,
  };
}

function isFullRequest(request: ConsumerGroupHeartbeatRequest): boolean {
  const { rebalanceTimeoutMs, subscribedTopicNames, subscribedTopicRegex, topicPartitions } = request;
  return (
    rebalanceTimeoutMs !== -1 &&
    (subscribedTopicNames !== null || subscribedTopicRegex !== null) &&
    topicPartitions !== null
  );
}
