import { ErrorCode, type JoinGroupResponse } from '../../../kafka/protocol/index.ts';
import type { Decision } from '../decision.ts';
import { groupMetadataRecord } from '../group-record.ts';
import type { ClassicMember, MemberProtocol } from './classic-group.ts';
import type { Join } from './join-attempt.ts';
import { selectProtocol } from './protocol-selection.ts';
import { maybeCompleteJoin, prepareRebalance } from './rebalance.ts';
import { generationResponse, joinResponse, syncResponse } from './responses.ts';
import type { Transition } from './transition.ts';

/** The join of a static member that lost its member id, usually by a restart (KIP-345). */
export interface StaticRejoin extends Join {
  /** The id under which the group knows the member. */
  readonly replacedId: string;
  /** Owned by the group from now on. */
  readonly protocols: readonly MemberProtocol[];
  readonly rebalanceTimeoutMs: number;
}

/**
 * Gives the member its new id and fences whoever uses the old one. A stable group whose protocol stays the same
 * does not rebalance: the new id is recorded, and the member gets its generation back.
 */
export function replaceStaticMember(
  transition: Transition,
  join: StaticRejoin,
): Decision<JoinGroupResponse | undefined> {
  const { group } = transition;
  const { replacedId, newMemberId } = join;
  const formerLeaderId = group.leaderId ?? '';
  if (!replaceMember(transition, join)) {
    return transition.respond(joinResponse('', { errorCode: ErrorCode.UNKNOWN_MEMBER_ID }));
  }
  const reason = `static member ${join.request.groupInstanceId ?? ''} joins with changed metadata`;
  if (group.state === 'Stable') {
    if (selectProtocol(group.members) === group.protocolName) {
      transition.records.push(groupMetadataRecord(group));
      transition.note('static member is back', { member: newMemberId, replaced: replacedId });
      return transition.respond(returnResponse(transition, join, formerLeaderId));
    }
    awaitJoin(transition, newMemberId);
    prepareRebalance(transition, reason);
  } else if (group.state === 'CompletingRebalance') {
    // The leader may be assigning to the old id already, and the new one would get nothing.
    awaitJoin(transition, newMemberId);
    prepareRebalance(transition, reason);
  } else {
    awaitJoin(transition, newMemberId);
    maybeCompleteJoin(transition);
  }
  return transition.park('join', newMemberId);
}

function replaceMember(transition: Transition, join: StaticRejoin): boolean {
  const { group } = transition;
  const { replacedId, newMemberId } = join;
  const old = group.members.get(replacedId);
  if (old === undefined || old.groupInstanceId === null) return false;
  const errorCode = ErrorCode.FENCED_INSTANCE_ID;
  transition.answerJoin(old, joinResponse(replacedId, { errorCode }));
  transition.answerSync(old, syncResponse({ errorCode }));
  transition.cancel({ kind: 'session', memberId: replacedId });
  const member: ClassicMember = {
    ...old,
    memberId: newMemberId,
    protocols: join.protocols,
    rebalanceTimeoutMs: join.rebalanceTimeoutMs,
    sessionTimeoutMs: join.request.sessionTimeoutMs,
    isAwaitingJoin: false,
    isAwaitingSync: false,
    isNew: false,
  };
  group.members.delete(replacedId);
  group.members.set(newMemberId, member);
  group.staticMembers.set(old.groupInstanceId, newMemberId);
  if (group.leaderId === replacedId) group.leaderId = newMemberId;
  if (group.pendingSyncMembers.delete(replacedId)) group.pendingSyncMembers.add(newMemberId);
  transition.resetSession(member);
  return true;
}

function awaitJoin(transition: Transition, memberId: string): void {
  const member = transition.group.members.get(memberId);
  if (member !== undefined) transition.updateMember(member, { isAwaitingJoin: true });
}

/**
 * Since v9 a returning leader gets the members but is told to skip the assignment (KIP-814). Before, it is told
 * its former id as the leader's: it takes itself for a follower and does not assign.
 */
function returnResponse(
  transition: Transition,
  join: StaticRejoin,
  formerLeaderId: string,
): JoinGroupResponse {
  const { group } = transition;
  const response = generationResponse(group, join.newMemberId);
  if (join.context.apiVersion >= 9) {
    return { ...response, skipAssignment: group.leaderId === join.newMemberId };
  }
  return { ...response, leader: formerLeaderId, members: [] };
}
