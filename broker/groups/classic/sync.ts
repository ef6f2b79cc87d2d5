import { ErrorCode, type SyncGroupRequest, type SyncGroupResponse } from '../../../kafka/protocol/index.ts';
import { type Decision, respond } from '../decision.ts';
import { groupMetadataRecord } from '../group-record.ts';
import { type ClassicGroup, type ClassicMember, EMPTY_ASSIGNMENT } from './classic-group.ts';
import { validateMember } from './member-validation.ts';
import { prepareRebalance, resetAssignments } from './rebalance.ts';
import { assignmentResponse, syncResponse } from './responses.ts';
import { Transition, type TransitionConfig } from './transition.ts';

/** A SyncGroup and what its answer depends on. */
export interface Sync {
  readonly request: SyncGroupRequest;
  readonly config: TransitionConfig;
  /** Wall clock, milliseconds. */
  readonly now: number;
}

/**
 * Decides on a SyncGroup. Followers wait for the leader, whose assignments are recorded before anybody gets one.
 * If the log refuses that record, everybody gets the error and the group rebalances.
 */
export function decideSync(
  group: ClassicGroup | undefined,
  sync: Sync,
): Decision<SyncGroupResponse | undefined> {
  const { request } = sync;
  const member = group?.members.get(request.memberId);
  const errorCode = group === undefined ? ErrorCode.UNKNOWN_MEMBER_ID : validateSync(group, request);
  if (group === undefined || member === undefined || errorCode !== ErrorCode.NONE) {
    return respond(request.groupId, syncResponse({ errorCode: errorCode || ErrorCode.UNKNOWN_MEMBER_ID }));
  }
  if (group.state === 'Stable') return repeatAssignment(group, sync, member);
  const isLeader = group.leaderId === member.memberId;
  const transition = awaitAssignment(group, sync, member);
  if (!isLeader) return transition.park('sync', member.memberId);
  assign(transition, request);
  return {
    ...transition.park('sync', member.memberId),
    refused: (refusal) => rejectAssignment(awaitAssignment(group, sync, member), refusal),
  };
}

function validateSync(group: ClassicGroup, request: SyncGroupRequest): number {
  const errorCode = validateMember(group, request.memberId, request.groupInstanceId);
  if (errorCode !== ErrorCode.NONE) return errorCode;
  if (request.generationId !== group.generationId) return ErrorCode.ILLEGAL_GENERATION;
  const isConsistent =
    matches(request.protocolType, group.protocolType) && matches(request.protocolName, group.protocolName);
  if (!isConsistent) return ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
  if (group.state === 'Empty') return ErrorCode.UNKNOWN_MEMBER_ID;
  if (group.state === 'PreparingRebalance') return ErrorCode.REBALANCE_IN_PROGRESS;
  return ErrorCode.NONE;
}

/** Old versions do not say which protocol they mean. */
function matches(requested: string | null, actual: string | undefined): boolean {
  return requested === null || actual === undefined || requested === actual;
}

function repeatAssignment(group: ClassicGroup, sync: Sync, member: ClassicMember) {
  const transition = new Transition(group, sync.config, sync.now);
  confirmSync(transition, member);
  transition.resetSession(member);
  return transition.respond(assignmentResponse(group, member.assignment));
}

function awaitAssignment(group: ClassicGroup, sync: Sync, member: ClassicMember): Transition {
  const transition = new Transition(group, sync.config, sync.now);
  transition.updateMember(member, { isAwaitingSync: true });
  confirmSync(transition, member);
  return transition;
}

function confirmSync(transition: Transition, { memberId }: ClassicMember): void {
  const { pendingSyncMembers } = transition.group;
  pendingSyncMembers.delete(memberId);
  if (pendingSyncMembers.size === 0) transition.cancel({ kind: 'sync' });
}

/** Members that the leader forgot get an empty assignment. */
function assign(transition: Transition, { assignments }: SyncGroupRequest): void {
  const { group } = transition;
  const byMember = new Map(assignments.map(({ memberId, assignment }) => [memberId, assignment]));
  transition.enter('Stable');
  for (const member of group.members.values()) {
    const given = byMember.get(member.memberId);
    // Copied: the request holds a slice of the receive buffer.
    const assignment = given === undefined ? EMPTY_ASSIGNMENT : Buffer.from(given);
    const assigned = transition.updateMember(member, { assignment });
    if (!assigned.isAwaitingSync) continue;
    transition.answerSync(assigned, assignmentResponse(group, assignment));
    transition.resetSession(assigned);
  }
  transition.records.push(groupMetadataRecord(group));
  transition.note('group is stable', { members: group.members.size, leader: group.leaderId ?? '' });
}

function rejectAssignment(transition: Transition, errorCode: number): Decision {
  resetAssignments(transition, errorCode);
  prepareRebalance(transition, `the assignment could not be stored: error ${errorCode}`);
  return transition.finish();
}
