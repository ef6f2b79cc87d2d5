import { ErrorCode, type JoinGroupResponse, ProtocolDecodeError } from '../../../kafka/protocol/index.ts';
import { CONSUMER_PROTOCOL_TYPE } from '../classic/classic-group.ts';
import type { Join } from '../classic/join-attempt.ts';
import { joinResponse } from '../classic/responses.ts';
import type { Decision } from '../decision.ts';
import { type ConsumerGroup, staticMemberOf, targetOf } from './consumer-group.ts';
import type { ConsumerMember } from './consumer-member.ts';
import type { ConsumerTransition } from './consumer-transition.ts';
import { isDowngradeEnabled } from './consumer-world.ts';
import { decideDowngrade } from './downgrade.ts';
import { byId, readSubscription } from './embedded-protocol.ts';
import { admit, refuseWhenFull } from './membership.ts';
import { reconcile } from './reconciliation.ts';
import { Refusal } from './refusal.ts';
import { updateSubscription } from './subscription.ts';
import { updateTarget } from './target-assignment.ts';

type ClassicJoin = Omit<Join, 'config' | 'now'>;

/**
 * Decides on the JoinGroup of a member of the classic protocol in a consumer group with members. The coordinator
 * assigns: the member is never a leader, its generation is its member epoch. A static member that goes back to the
 * classic protocol may be the last of the other one: then the group becomes classic. Throws a Refusal.
 */
export function decideClassicJoin(
  transition: ConsumerTransition,
  join: ClassicJoin,
): Decision<JoinGroupResponse> {
  const { request, context, newConsumerMemberId } = join;
  if (transition.world.settings.migrationPolicy === 'disabled') {
    throw new Refusal(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  }
  const memberId = request.memberId === '' ? newConsumerMemberId : request.memberId;
  refuseWhenFull(transition, memberId);
  if (!supportsProtocols(transition.group, request)) throw new Refusal(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  const { groupInstanceId } = request;
  if (request.memberId === '' && groupInstanceId === null && context.apiVersion >= 4) {
    return transition.respond(joinResponse(memberId, { errorCode: ErrorCode.MEMBER_ID_REQUIRED }));
  }
  const subscription = orUnknownError(() =>
    readSubscription(request.protocols[0]?.metadata ?? Buffer.alloc(0)),
  );
  const isDowngrade = isLastToGoBack(transition, groupInstanceId);
  const former = admit(transition, {
    memberId,
    instanceId: groupInstanceId,
    isJoining: groupInstanceId === null || request.memberId === '',
    isClassic: true,
    memberEpoch: undefined,
    owned: null,
  });
  const updated = updatedMember(former, join, subscription);
  const hasSubscriptionChanged = updateSubscription(transition, former, updated);
  if (!isDowngrade) updateTarget(transition);
  const { group, world } = transition;
  const isStale = group.assignmentEpoch < group.groupEpoch;
  const member =
    isDowngrade && isStale
      ? updated
      : reconcile(transition, updated, {
          targetEpoch: group.assignmentEpoch,
          target: targetOf(group, memberId),
          owned: byId(subscription.ownedPartitions, world.topics),
          hasSubscriptionChanged,
        });
  const response = joinResponse(memberId, {
    generationId: member.memberEpoch,
    protocolType: request.protocolType,
    protocolName: request.protocols[0]?.name ?? null,
  });
  if (isDowngrade) {
    return { ...decideDowngrade(transition, { leaving: new Set(), isRebalance: isStale }), response };
  }
  transition.cancel({ kind: 'member-join', memberId });
  transition.schedule({ kind: 'session', memberId }, request.sessionTimeoutMs);
  transition.schedule({ kind: 'member-sync', memberId }, updated.rebalanceTimeoutMs);
  return transition.respond(response);
}

/** The members of the classic protocol must have one of its protocols in common with it. */
function supportsProtocols(
  { members }: ConsumerGroup,
  { protocolType, protocols }: Join['request'],
): boolean {
  if (protocolType !== CONSUMER_PROTOCOL_TYPE) return false;
  const classics = [...members.values()].flatMap(({ classic }) => (classic === null ? [] : [classic]));
  return protocols.some(({ name }) =>
    classics.every(({ supportedProtocols }) => supportedProtocols.some((other) => other.name === name)),
  );
}

function isLastToGoBack(transition: ConsumerTransition, groupInstanceId: string | null): boolean {
  const { group, world } = transition;
  const member = groupInstanceId === null ? undefined : staticMemberOf(group, groupInstanceId);
  if (member === undefined || member.classic !== null || !isDowngradeEnabled(world.settings)) return false;
  if (group.members.size > world.classic.groupMaxSize) return false;
  return [...group.members.values()].every((other) => other === member || other.classic !== null);
}

function updatedMember(
  former: ConsumerMember,
  { request, context }: ClassicJoin,
  { topics, rackId }: ReturnType<typeof readSubscription>,
): ConsumerMember {
  const { sessionTimeoutMs, rebalanceTimeoutMs } = request;
  return {
    ...former,
    instanceId: request.groupInstanceId ?? former.instanceId,
    rackId: rackId ?? former.rackId,
    // Version 0 has no rebalance timeout.
    rebalanceTimeoutMs: rebalanceTimeoutMs > 0 ? rebalanceTimeoutMs : sessionTimeoutMs,
    subscribedTopicNames: new Set(topics),
    subscribedTopicRegex: '',
    clientId: context.clientId,
    clientHost: context.clientHost,
    classic: {
      sessionTimeoutMs,
      supportedProtocols: request.protocols.map(({ name, metadata }) => ({ name, metadata })),
    },
  };
}

function orUnknownError<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ProtocolDecodeError) throw new Refusal(ErrorCode.UNKNOWN_SERVER_ERROR);
    throw error;
  }
}
