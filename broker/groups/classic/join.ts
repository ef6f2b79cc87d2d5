import { ErrorCode, type JoinGroupRequest, type JoinGroupResponse } from '../../../kafka/protocol/index.ts';
import { type Decision, respond } from '../decision.ts';
import { groupMetadataRecord } from '../group-record.ts';
import {
  type ClassicGroup,
  type ClassicMember,
  countAwaitingJoin,
  EMPTY_ASSIGNMENT,
  emptyClassicGroup,
  type MemberProtocol,
} from './classic-group.ts';
import type { Join } from './join-attempt.ts';
import { validateMember } from './member-validation.ts';
import { offersSameProtocols, supportsProtocols } from './protocol-selection.ts';
import { maybeCompleteJoin, rebalanceOrCompleteJoin } from './rebalance.ts';
import { generationResponse, joinResponse } from './responses.ts';
import { replaceStaticMember } from './static-member.ts';
import { Transition, type TransitionConfig } from './transition.ts';

type JoinDecision = Decision<JoinGroupResponse | undefined>;

/**
 * Decides on a JoinGroup whose group id and session timeout are valid. `existing` is undefined for an unknown
 * group: a member without an id creates it, together with the record that makes it known after a restart.
 */
export function decideJoin(existing: ClassicGroup | undefined, join: Join): JoinDecision {
  const { memberId, groupId } = join.request;
  if (existing === undefined && memberId !== '') return refuse(join, memberId, ErrorCode.UNKNOWN_MEMBER_ID);
  const group = existing ?? emptyClassicGroup(groupId, join.now);
  if (!acceptsMember(group, knownIdOf(group, join), join.config)) return refuseForSize(group, join);
  if (!supportsProtocols(group, join.request.protocolType, join.request.protocols)) {
    return refuse(join, memberId, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  }
  const decision = memberId === '' ? joinAsNew(group, join) : joinAsKnown(group, join);
  if (existing !== undefined || decision.records.length > 0) return decision;
  return { ...decision, records: [groupMetadataRecord(group)] };
}

function refuse({ request }: Join, memberId: string, errorCode: number): JoinDecision {
  return respond(request.groupId, joinResponse(memberId, { errorCode }));
}

/** The id under which the group knows the member: that of a static member also when it has forgotten it. */
function knownIdOf(group: ClassicGroup, { request }: Join): string {
  const { memberId, groupInstanceId } = request;
  if (memberId !== '' || groupInstanceId === null) return memberId;
  return group.staticMembers.get(groupInstanceId) ?? '';
}

/**
 * During a rebalance those who wait for it count, so that a lowered limit pushes out the last to rejoin;
 * otherwise all members do.
 */
function acceptsMember(group: ClassicGroup, memberId: string, { groupMaxSize }: TransitionConfig): boolean {
  if (group.state === 'Empty') return true;
  const member = group.members.get(memberId);
  if (group.state === 'PreparingRebalance') {
    return member?.isAwaitingJoin === true || countAwaitingJoin(group) < groupMaxSize;
  }
  return member !== undefined || group.members.size < groupMaxSize;
}

function refuseForSize(group: ClassicGroup, join: Join): JoinDecision {
  const response = joinResponse('', { errorCode: ErrorCode.GROUP_MAX_SIZE_REACHED });
  const { memberId } = join.request;
  if (!group.members.has(memberId) && !group.pendingMembers.has(memberId)) {
    return respond(group.groupId, response);
  }
  const transition = new Transition(group, join.config, join.now);
  transition.removeMember(memberId, ErrorCode.GROUP_MAX_SIZE_REACHED);
  maybeCompleteJoin(transition);
  return transition.respond(response);
}

function joinAsNew(group: ClassicGroup, join: Join): JoinDecision {
  const { request, context, newMemberId } = join;
  const transition = new Transition(group, join.config, join.now);
  const { groupInstanceId } = request;
  const replacedId = groupInstanceId === null ? undefined : group.staticMembers.get(groupInstanceId);
  if (replacedId !== undefined) {
    return replaceStaticMember(transition, {
      ...join,
      replacedId,
      protocols: copyProtocols(request),
      rebalanceTimeoutMs: rebalanceTimeoutOf(request),
    });
  }
  // KIP-394: a dynamic member first gets its id, so that a lost response leaves no ghost behind.
  if (groupInstanceId === null && context.apiVersion >= 4) {
    transition.group.pendingMembers.add(newMemberId);
    transition.schedule({ kind: 'session', memberId: newMemberId }, request.sessionTimeoutMs);
    return transition.respond(joinResponse(newMemberId, { errorCode: ErrorCode.MEMBER_ID_REQUIRED }));
  }
  return addMember(transition, join, newMemberId);
}

function joinAsKnown(group: ClassicGroup, join: Join): JoinDecision {
  const { memberId, groupInstanceId } = join.request;
  if (group.pendingMembers.has(memberId) && groupInstanceId === null) {
    return addMember(new Transition(group, join.config, join.now), join, memberId);
  }
  const errorCode = validateMember(group, memberId, groupInstanceId);
  if (errorCode !== ErrorCode.NONE) return refuse(join, memberId, errorCode);
  const member = group.members.get(memberId);
  // Members exist only outside of Empty.
  if (member === undefined) return refuse(join, memberId, ErrorCode.UNKNOWN_MEMBER_ID);
  return rejoin(new Transition(group, join.config, join.now), join, member);
}

function rejoin(transition: Transition, join: Join, member: ClassicMember): JoinDecision {
  const { group } = transition;
  const { memberId, protocols, reason } = join.request;
  const isUnchanged = offersSameProtocols(member, protocols);
  // A leader that rejoins a stable group wants to assign again, for example because a topic has more partitions.
  const mayKeepGeneration =
    group.state === 'CompletingRebalance' || (group.state === 'Stable' && group.leaderId !== memberId);
  if (mayKeepGeneration && isUnchanged) {
    transition.resetSession(member);
    return transition.respond(generationResponse(group, memberId));
  }
  const updated = transition.updateMember(member, {
    protocols: isUnchanged ? member.protocols : copyProtocols(join.request),
    rebalanceTimeoutMs: rebalanceTimeoutOf(join.request),
    sessionTimeoutMs: join.request.sessionTimeoutMs,
    isAwaitingJoin: true,
  });
  if (!updated.isNew) transition.resetSession(updated);
  rebalanceOrCompleteJoin(transition, `member ${memberId} joins again: ${reason ?? 'not provided'}`);
  return transition.park('join', memberId);
}

function addMember(transition: Transition, join: Join, memberId: string): JoinDecision {
  const { group, config } = transition;
  const { request, context } = join;
  const member: ClassicMember = {
    memberId,
    groupInstanceId: request.groupInstanceId,
    clientId: context.clientId,
    clientHost: context.clientHost,
    rebalanceTimeoutMs: rebalanceTimeoutOf(request),
    sessionTimeoutMs: request.sessionTimeoutMs,
    protocols: copyProtocols(request),
    assignment: EMPTY_ASSIGNMENT,
    isAwaitingJoin: true,
    isAwaitingSync: false,
    isNew: true,
  };
  if (group.initialRebalance !== undefined) {
    group.initialRebalance = { ...group.initialRebalance, isMemberAdded: true };
  }
  transition.addMember(member, request.protocolType);
  // A new member cannot heartbeat while it waits, and its disconnect goes unseen: a long timeout ends the wait.
  transition.resetSession(member, config.newMemberJoinTimeoutMs);
  rebalanceOrCompleteJoin(transition, `new member ${memberId} joins: ${request.reason ?? 'not provided'}`);
  return transition.park('join', memberId);
}

/** Version 0 has no rebalance timeout. One that is not positive would end every rebalance at once. */
function rebalanceTimeoutOf({ rebalanceTimeoutMs, sessionTimeoutMs }: JoinGroupRequest): number {
  return rebalanceTimeoutMs > 0 ? rebalanceTimeoutMs : sessionTimeoutMs;
}

/** Copies the metadata: what the request holds is a slice of the receive buffer. */
function copyProtocols({ protocols }: JoinGroupRequest): readonly MemberProtocol[] {
  return protocols.map(({ name, metadata }) => ({ name, metadata: Buffer.from(metadata) }));
}
