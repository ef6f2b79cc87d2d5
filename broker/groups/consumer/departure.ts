import type {
  ConsumerGroupHeartbeatRequest,
  ConsumerGroupHeartbeatResponse,
} from '../../../kafka/protocol/index.ts';
import type { Decision, GroupTimer } from '../decision.ts';
import { type ConsumerGroup, staticMemberOf, subscribedTopics } from './consumer-group.ts';
import { groupEpochRecord } from './consumer-group-record.ts';
import { type ConsumerMember, STATIC_LEAVE_EPOCH } from './consumer-member.ts';
import type { ConsumerTransition } from './consumer-transition.ts';
import { decideDowngrade, isDowngradeDue } from './downgrade.ts';
import { heartbeatResponse } from './heartbeat.ts';
import { requireMember, requireStatic } from './membership.ts';
import { EMPTY_EPOCHS, withEpoch, withoutEpochs } from './partitions.ts';
import { removeUnusedRegexes } from './subscription.ts';

/**
 * Decides on a heartbeat with which a member leaves: for ever, or, when it is static, until it comes back within its
 * session. Its epoch is not looked at. Throws a Refusal.
 */
export function decideLeave(
  transition: ConsumerTransition,
  { memberId, instanceId, memberEpoch }: ConsumerGroupHeartbeatRequest,
): Decision<ConsumerGroupHeartbeatResponse> {
  const { group } = transition;
  const response = heartbeatResponse(memberId, memberEpoch);
  if (instanceId === null) {
    return fence(transition, [requireMember(group, memberId)], response);
  }
  const member = requireStatic(staticMemberOf(group, instanceId), memberId, instanceId);
  if (memberEpoch !== STATIC_LEAVE_EPOCH) return fence(transition, [member], response);
  transition.writeCurrent({
    ...member,
    memberEpoch: STATIC_LEAVE_EPOCH,
    assigned: withEpoch(withoutEpochs(member.assigned), 0),
    pendingRevocation: EMPTY_EPOCHS,
  });
  transition.note('static member left for a while', { member: memberId, instance: instanceId });
  return transition.respond(response);
}

/**
 * Removes members and starts a group epoch without them. When only members of the classic protocol are left, the group
 * becomes classic.
 */
export function fence<Response>(
  transition: ConsumerTransition,
  members: readonly ConsumerMember[],
  response: Response,
): Decision<Response> {
  if (members.length === 0) return transition.respond(response);
  const leaving = new Set(members.map(({ memberId }) => memberId));
  if (isDowngradeDue(transition, leaving)) {
    return { ...decideDowngrade(transition, { leaving, isRebalance: true }), response };
  }
  for (const memberId of leaving) transition.removeMember(memberId);
  removeUnusedRegexes(transition);
  const { group, world, groupId } = transition;
  const hash = world.hashes.of(subscribedTopics(group));
  transition.write(groupEpochRecord(groupId, group.groupEpoch + 1, hash));
  transition.note('members left the consumer group', { members: [...leaving].join(', ') });
  return transition.respond(response);
}

/** Decides what follows from a timer of a member: it is removed, if it is still where the timer was started. */
export function decideExpiry(transition: ConsumerTransition, timer: GroupTimer): Decision {
  const member = expired(transition.group, timer);
  if (member === undefined) return transition.respond(undefined);
  transition.note('member failed', { member: member.memberId, reason: timer.kind });
  return fence(transition, [member], undefined);
}

function expired(group: ConsumerGroup, timer: GroupTimer): ConsumerMember | undefined {
  if (!('memberId' in timer)) return undefined;
  const member = group.members.get(timer.memberId);
  if (timer.kind === 'revocation' && member?.memberEpoch !== timer.memberEpoch) return undefined;
  return member;
}
