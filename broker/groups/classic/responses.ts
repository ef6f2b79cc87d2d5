import type { JoinGroupResponse, SyncGroupResponse } from '../../../kafka/protocol/index.ts';
import { type ClassicGroup, EMPTY_ASSIGNMENT, metadataOf } from './classic-group.ts';

/** A JoinGroup response; what is not given says "no generation". */
export function joinResponse(
  memberId: string,
  fields: Partial<Omit<JoinGroupResponse, 'memberId'>>,
): JoinGroupResponse {
  return {
    throttleTimeMs: 0,
    errorCode: 0,
    generationId: -1,
    protocolType: null,
    protocolName: null,
    leader: '',
    skipAssignment: false,
    members: [],
    memberId,
    ...fields,
  };
}

/** A SyncGroup response; what is not given says "no assignment". */
export function syncResponse(fields: Partial<SyncGroupResponse>): SyncGroupResponse {
  return {
    throttleTimeMs: 0,
    errorCode: 0,
    protocolType: null,
    protocolName: null,
    assignment: EMPTY_ASSIGNMENT,
    ...fields,
  };
}

/** What a member is told about the current generation. Only the leader gets the members: it assigns. */
export function generationResponse(group: ClassicGroup, memberId: string): JoinGroupResponse {
  return joinResponse(memberId, {
    generationId: group.generationId,
    protocolType: group.protocolType ?? null,
    protocolName: group.protocolName ?? null,
    leader: group.leaderId ?? '',
    members: group.leaderId === memberId ? joinedMembers(group) : [],
  });
}

/** What a member is told about its assignment in the current generation. */
export function assignmentResponse(group: ClassicGroup, assignment: Buffer): SyncGroupResponse {
  return syncResponse({
    protocolType: group.protocolType ?? null,
    protocolName: group.protocolName ?? null,
    assignment,
  });
}

function joinedMembers(group: ClassicGroup): JoinGroupResponse['members'] {
  return [...group.members.values()].map((member) => ({
    memberId: member.memberId,
    groupInstanceId: member.groupInstanceId,
    metadata: metadataOf(member, group.protocolName),
  }));
}
