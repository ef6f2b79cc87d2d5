import {
  ErrorCode,
  heartbeatRequest,
  heartbeatResponse,
  type JoinGroupResponse,
  joinGroupRequest,
  joinGroupResponse,
  leaveGroupRequest,
  leaveGroupResponse,
  type SyncGroupResponse,
  syncGroupRequest,
  syncGroupResponse,
} from '../../protocol/index.ts';
import type { BrokerConnection } from '../broker-connection.ts';
import { KafkaError } from '../errors.ts';
import type { AssignmentTask, GroupMember, GroupProtocol } from './membership.ts';

const FIRST_LEAVE_OF_SEVERAL = 3;
/** The coordinator answers when the rebalance ends: a little later than its timeout at worst. */
const REBALANCE_MARGIN_MS = 5_000;

/** A member and its group, as requests carry them. */
export interface Membership {
  readonly groupId: string;
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  readonly generationId: number;
}

/** Times of a member, in ms. */
export interface MemberTimes {
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
}

/** Joins; resolves when the group has a new generation. Throws KafkaError, save for MEMBER_ID_REQUIRED. */
export async function joinGroup(
  connection: BrokerConnection,
  { groupId, memberId, groupInstanceId }: Membership,
  { sessionTimeoutMs, rebalanceTimeoutMs }: MemberTimes,
  protocol: GroupProtocol,
  reason: string,
): Promise<JoinGroupResponse> {
  const response = await connection.send(
    joinGroupRequest,
    joinGroupResponse,
    {
      groupId,
      memberId,
      groupInstanceId,
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      protocolType: protocol.type,
      protocols: protocol.choices().map(({ name, metadata }) => ({ name, metadata })),
      reason: reason.slice(0, 255),
    },
    { timeoutMs: rebalanceTimeoutMs + REBALANCE_MARGIN_MS },
  );
  if (response.errorCode !== ErrorCode.MEMBER_ID_REQUIRED)
    check(response.errorCode, `joining group ${groupId}`);
  return response;
}

/** What the leader has to divide, and among whom. */
export function assignmentTask(join: JoinGroupResponse): AssignmentTask {
  return {
    generationId: join.generationId,
    protocolName: join.protocolName ?? '',
    leaderId: join.leader,
    members: join.members.map(
      ({ memberId, groupInstanceId, metadata }): GroupMember => ({
        memberId,
        groupInstanceId: groupInstanceId ?? undefined,
        metadata,
      }),
    ),
  };
}

/** Hands over assignments (none, unless of the leader) and resolves with the member's own. Throws KafkaError. */
export async function syncGroup(
  connection: BrokerConnection,
  member: Membership,
  protocol: { readonly type: string; readonly name: string },
  assignments: ReadonlyMap<string, Buffer>,
  { rebalanceTimeoutMs }: MemberTimes,
): Promise<SyncGroupResponse> {
  const response = await connection.send(
    syncGroupRequest,
    syncGroupResponse,
    {
      ...member,
      protocolType: protocol.type,
      protocolName: protocol.name,
      assignments: [...assignments].map(([memberId, assignment]) => ({ memberId, assignment })),
    },
    { timeoutMs: rebalanceTimeoutMs + REBALANCE_MARGIN_MS },
  );
  check(response.errorCode, `taking the assignment of group ${member.groupId}`);
  return response;
}

/** Throws KafkaError. */
export async function heartbeat(connection: BrokerConnection, member: Membership): Promise<void> {
  const { errorCode } = await connection.send(heartbeatRequest, heartbeatResponse, { ...member });
  check(errorCode, `the heartbeat to group ${member.groupId}`);
}

/** Leaves the group. Throws KafkaError. */
export async function leaveGroup(
  connection: BrokerConnection,
  member: Membership,
  reason: string,
): Promise<void> {
  const { groupId, memberId, groupInstanceId } = member;
  const isOfSeveral = connection.versionOf(leaveGroupRequest) >= FIRST_LEAVE_OF_SEVERAL;
  const members = [{ memberId, groupInstanceId, reason: reason.slice(0, 255) }];
  const who = isOfSeveral ? { memberId: '', members } : { memberId, members: [] };
  const response = await connection.send(leaveGroupRequest, leaveGroupResponse, { groupId, ...who });
  check(response.errorCode, `leaving group ${groupId}`);
}

function check(errorCode: number, what: string): void {
  if (errorCode !== ErrorCode.NONE) throw new KafkaError(errorCode, what);
}
