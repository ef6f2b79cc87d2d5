import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { groupMetadataRecord } from '../group-record.ts';
import { EMPTY_ASSIGNMENT, haveAllMembersJoined, rebalanceTimeoutMs } from './classic-group.ts';
import { selectProtocol } from './protocol-selection.ts';
import { generationResponse, syncResponse } from './responses.ts';
import { subscribedTopicsOf } from './subscription.ts';
import type { Transition } from './transition.ts';

/** Starts a rebalance, or, when one is under way, ends its join phase if everybody is here. */
export function rebalanceOrCompleteJoin(transition: Transition, reason: string): void {
  if (transition.group.state === 'PreparingRebalance') maybeCompleteJoin(transition);
  else prepareRebalance(transition, reason);
}

/**
 * Starts a rebalance: members waiting for an assignment are told to join again. The first rebalance of an empty
 * group stays open for `group.initial.rebalance.delay.ms`, later ones until all have joined or time is up.
 */
export function prepareRebalance(transition: Transition, reason: string): void {
  const { group } = transition;
  if (group.state === 'CompletingRebalance') resetAssignments(transition, ErrorCode.REBALANCE_IN_PROGRESS);
  group.pendingSyncMembers.clear();
  transition.cancel({ kind: 'sync' });
  const isInitial = group.state === 'Empty';
  transition.enter('PreparingRebalance');
  transition.note('group is rebalancing', { reason });
  if (isInitial) {
    const delayMs = transition.config.initialRebalanceDelayMs;
    const remainingMs = Math.max(rebalanceTimeoutMs(group) - delayMs, 0);
    group.initialRebalance = { delayMs, remainingMs, isMemberAdded: false };
    transition.schedule({ kind: 'join' }, delayMs);
  } else if (haveAllMembersJoined(group)) {
    completeJoin(transition);
  } else {
    transition.schedule({ kind: 'join' }, rebalanceTimeoutMs(group));
  }
}

/** Ends the join phase if everybody is here; never early in the first rebalance of a group. */
export function maybeCompleteJoin(transition: Transition): void {
  const { group } = transition;
  if (group.state !== 'PreparingRebalance' || group.initialRebalance !== undefined) return;
  if (haveAllMembersJoined(group)) completeJoin(transition);
}

/** The join timer fired: extends the first rebalance while members keep coming, otherwise ends the join phase. */
export function expireJoin(transition: Transition): void {
  const { group, config } = transition;
  if (group.state !== 'PreparingRebalance') return;
  const initial = group.initialRebalance;
  if (initial?.isMemberAdded && initial.remainingMs > 0) {
    const delayMs = Math.min(config.initialRebalanceDelayMs, initial.remainingMs);
    const remainingMs = Math.max(initial.remainingMs - initial.delayMs, 0);
    group.initialRebalance = { delayMs, remainingMs, isMemberAdded: false };
    transition.schedule({ kind: 'join' }, delayMs);
  } else {
    completeJoin(transition);
  }
}

/** The sync timer fired: members that took the new generation but never asked for their assignment are removed. */
export function expireSync(transition: Transition): void {
  const { group } = transition;
  if (group.state !== 'CompletingRebalance' && group.state !== 'Stable') return;
  if (group.pendingSyncMembers.size === 0) return;
  const late = [...group.pendingSyncMembers];
  for (const memberId of late) transition.removeMember(memberId, ErrorCode.UNKNOWN_MEMBER_ID);
  prepareRebalance(transition, `removed members that did not sync: ${late.join(', ')}`);
}

/** Takes every assignment back and answers the members waiting for one with the error. */
export function resetAssignments(transition: Transition, errorCode: number): void {
  for (const member of transition.group.members.values()) {
    const reset = transition.updateMember(member, { assignment: EMPTY_ASSIGNMENT });
    if (!reset.isAwaitingSync) continue;
    transition.answerSync(reset, syncResponse({ errorCode }));
    // A session that ended during the wait was ignored: it has to start again.
    transition.resetSession(reset);
  }
}

/**
 * Ends the join phase. Dynamic members that did not rejoin are removed, static ones stay until their session
 * ends (KIP-345). Members that did get the new generation; a group without members becomes Empty.
 */
function completeJoin(transition: Transition): void {
  const { group } = transition;
  group.initialRebalance = undefined;
  transition.cancel({ kind: 'join' });
  for (const member of [...group.members.values()]) {
    if (member.isAwaitingJoin || member.groupInstanceId !== null) continue;
    transition.removeMember(member.memberId, ErrorCode.UNKNOWN_MEMBER_ID);
  }
  if (group.members.size === 0) becomeEmpty(transition);
  else if (electJoinedLeader(transition)) startGeneration(transition);
  // Only static members are left, and none came back: wait for them until their sessions end.
  else transition.schedule({ kind: 'join' }, rebalanceTimeoutMs(group));
}

function becomeEmpty(transition: Transition): void {
  const { group } = transition;
  nextGeneration(transition);
  transition.enter('Empty');
  transition.note('group is empty', {});
  transition.records.push(groupMetadataRecord(group));
}

function startGeneration(transition: Transition): void {
  const { group } = transition;
  nextGeneration(transition);
  transition.enter('CompletingRebalance');
  transition.note('group has a new generation', { members: group.members.size });
  for (const member of group.members.values()) {
    const response = generationResponse(group, member.memberId);
    const answered = transition.answerJoin(member, response);
    transition.resetSession(transition.updateMember(answered, { isNew: false }));
    group.pendingSyncMembers.add(member.memberId);
  }
  transition.schedule({ kind: 'sync' }, rebalanceTimeoutMs(group));
}

function nextGeneration({ group }: Transition): void {
  group.generationId += 1;
  group.protocolName = selectProtocol(group.members);
  group.subscribedTopics = subscribedTopicsOf(group.members, group.protocolType, group.protocolName);
  group.pendingSyncMembers.clear();
}

/** Keeps the leader if it joined, else takes the first member that did. False when nobody joined. */
function electJoinedLeader({ group }: Transition): boolean {
  const leader = group.leaderId === undefined ? undefined : group.members.get(group.leaderId);
  if (leader?.isAwaitingJoin) return true;
  for (const member of group.members.values()) {
    if (!member.isAwaitingJoin) continue;
    group.leaderId = member.memberId;
    return true;
  }
  return false;
}
