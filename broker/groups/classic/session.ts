import {
  ErrorCode,
  type HeartbeatRequest,
  type HeartbeatResponse,
  type LeaveGroupRequest,
  type LeaveGroupResponse,
} from '../../../kafka/protocol/index.ts';
import { type Decision, respond } from '../decision.ts';
import type { ClassicGroup } from './classic-group.ts';
import { validateMember } from './member-validation.ts';
import { maybeCompleteJoin, prepareRebalance } from './rebalance.ts';
import { Transition, type TransitionConfig } from './transition.ts';

/**
 * Decides on a Heartbeat. Only a rebalance that collects members is reported; while the leader assigns, the
 * members have nothing to do. Every accepted heartbeat restarts the session.
 */
export function decideHeartbeat(
  group: ClassicGroup | undefined,
  request: HeartbeatRequest,
): Decision<HeartbeatResponse> {
  const { groupId, memberId } = request;
  const errorCode = validateHeartbeat(group, request);
  const member = errorCode === ErrorCode.NONE ? group?.members.get(memberId) : undefined;
  if (group === undefined || member === undefined) {
    return respond(groupId, { throttleTimeMs: 0, errorCode });
  }
  const isRebalancing = group.state === 'PreparingRebalance';
  return {
    ...respond(groupId, {
      throttleTimeMs: 0,
      errorCode: isRebalancing ? ErrorCode.REBALANCE_IN_PROGRESS : ErrorCode.NONE,
    }),
    timers: [{ timer: { kind: 'session', memberId }, delayMs: member.sessionTimeoutMs }],
  };
}

function validateHeartbeat(group: ClassicGroup | undefined, request: HeartbeatRequest): number {
  if (group === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
  const errorCode = validateMember(group, request.memberId, request.groupInstanceId);
  if (errorCode !== ErrorCode.NONE) return errorCode;
  return request.generationId === group.generationId ? ErrorCode.NONE : ErrorCode.ILLEGAL_GENERATION;
}

/** Who leaves, one per member of the request (v3+), or the single one of older versions. */
export type LeavingMembers = LeaveGroupRequest['members'];

/** Decides on a LeaveGroup: each member is answered by itself, and the group rebalances once. */
export function decideLeave(
  group: ClassicGroup | undefined,
  leave: {
    readonly groupId: string;
    readonly members: LeavingMembers;
    readonly config: TransitionConfig;
    readonly now: number;
  },
): Decision<LeaveGroupResponse['members']> {
  const answer = (member: LeavingMembers[number], errorCode: number) => ({
    memberId: member.memberId,
    groupInstanceId: member.groupInstanceId,
    errorCode,
  });
  if (group === undefined) {
    const unknown = leave.members.map((member) => answer(member, ErrorCode.UNKNOWN_MEMBER_ID));
    return respond(leave.groupId, unknown);
  }
  const transition = new Transition(group, leave.config, leave.now);
  const answers = leave.members.map((member) => answer(member, removeLeaving(transition, member)));
  if (answers.every(({ errorCode }) => errorCode !== ErrorCode.NONE)) return respond(leave.groupId, answers);
  // A pending member had no part in the generation: its leaving can only complete a rebalance.
  if (transition.group.members.size === group.members.size) maybeCompleteJoin(transition);
  else afterRemoval(transition, 'members left');
  return transition.respond(answers);
}

function removeLeaving(transition: Transition, leaving: LeavingMembers[number]): number {
  const { group } = transition;
  const { memberId, groupInstanceId } = leaving;
  // An administrator removes a static member by its instance id alone.
  if (memberId === '') {
    const current = groupInstanceId === null ? undefined : group.staticMembers.get(groupInstanceId);
    if (current === undefined) return ErrorCode.UNKNOWN_MEMBER_ID;
    transition.removeMember(current, ErrorCode.UNKNOWN_MEMBER_ID);
    return ErrorCode.NONE;
  }
  if (!group.pendingMembers.has(memberId)) {
    const errorCode = validateMember(group, memberId, groupInstanceId);
    if (errorCode !== ErrorCode.NONE) return errorCode;
  }
  transition.removeMember(memberId, ErrorCode.UNKNOWN_MEMBER_ID);
  transition.note('member left', { member: memberId, reason: leaving.reason ?? 'not provided' });
  return ErrorCode.NONE;
}

/**
 * The session timer of a member fired. Somebody whose JoinGroup or SyncGroup is parked is alive, except a new
 * member: its timer bounds the wait itself.
 */
export function expireSession(transition: Transition, memberId: string): void {
  const { group } = transition;
  const member = group.members.get(memberId);
  if (member === undefined && !group.pendingMembers.has(memberId)) return;
  if (member !== undefined && !member.isNew && (member.isAwaitingJoin || member.isAwaitingSync)) return;
  transition.removeMember(memberId, ErrorCode.UNKNOWN_MEMBER_ID);
  transition.note('member failed', { member: memberId });
  if (member === undefined) maybeCompleteJoin(transition);
  else afterRemoval(transition, `member ${memberId} failed`);
}

function afterRemoval(transition: Transition, reason: string): void {
  const { state } = transition.group;
  if (state === 'PreparingRebalance') maybeCompleteJoin(transition);
  else if (state !== 'Empty') prepareRebalance(transition, reason);
}
