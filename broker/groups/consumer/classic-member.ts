import {
  ErrorCode,
  type HeartbeatRequest,
  type HeartbeatResponse,
  type LeaveGroupResponse,
  type SyncGroupRequest,
  type SyncGroupResponse,
} from '../../../kafka/protocol/index.ts';
import { syncResponse } from '../classic/responses.ts';
import type { LeavingMembers } from '../classic/session.ts';
import type { Decision } from '../decision.ts';
import { type ConsumerGroup, staticMemberOf, targetOf } from './consumer-group.ts';
import { type ClassicMetadata, type ConsumerMember, MemberState } from './consumer-member.ts';
import type { ConsumerTransition } from './consumer-transition.ts';
import { fence } from './departure.ts';
import { writeAssignment } from './embedded-protocol.ts';
import { requireMember, requireStatic } from './membership.ts';
import { withoutEpochs } from './partitions.ts';
import { Refusal } from './refusal.ts';

/** Decides on the SyncGroup of a member of the classic protocol in a consumer group. Throws a Refusal. */
export function decideClassicSync(
  transition: ConsumerTransition,
  request: SyncGroupRequest,
): Decision<SyncGroupResponse> {
  const { group, world } = transition;
  const { member, classic } = requireClassic(group, request.memberId, request.groupInstanceId);
  refuseGeneration(member, request.generationId);
  refuseProtocol(classic, request);
  const { memberId, state, memberEpoch } = member;
  if (group.assignmentEpoch > memberEpoch && state !== MemberState.UNREVOKED_PARTITIONS) {
    awaitJoin(transition, member);
    return transition.respond(syncResponse({ errorCode: ErrorCode.REBALANCE_IN_PROGRESS }));
  }
  transition.cancel({ kind: 'member-sync', memberId });
  transition.schedule({ kind: 'session', memberId }, classic.sessionTimeoutMs);
  const metadata = classic.supportedProtocols[0]?.metadata ?? Buffer.alloc(0);
  return transition.respond(
    syncResponse({
      protocolType: request.protocolType,
      protocolName: request.protocolName,
      assignment: writeAssignment(withoutEpochs(member.assigned), metadata, world.topics),
    }),
  );
}

/** Decides on the Heartbeat of such a member: it hears of a rebalance when there is a next step for it. Throws a Refusal. */
export function decideClassicHeartbeat(
  transition: ConsumerTransition,
  request: HeartbeatRequest,
): Decision<HeartbeatResponse> {
  const { group } = transition;
  const { member, classic } = requireClassic(group, request.memberId, request.groupInstanceId);
  refuseGeneration(member, request.generationId);
  transition.schedule({ kind: 'session', memberId: member.memberId }, classic.sessionTimeoutMs);
  if (!hasNextStep(group, member))
    return transition.respond({ throttleTimeMs: 0, errorCode: ErrorCode.NONE });
  awaitJoin(transition, member);
  return transition.respond({ throttleTimeMs: 0, errorCode: ErrorCode.REBALANCE_IN_PROGRESS });
}

/** Decides on a LeaveGroup of a consumer group: each member is answered by itself, and the group changes once. */
export function decideClassicLeave(
  transition: ConsumerTransition,
  leaving: LeavingMembers,
): Decision<LeaveGroupResponse['members']> {
  const members = new Set<ConsumerMember>();
  const answers = leaving.map(({ memberId, groupInstanceId }) => {
    let errorCode: number = ErrorCode.NONE;
    try {
      members.add(requireLeaving(transition.group, memberId, groupInstanceId));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      errorCode = error.errorCode;
    }
    return { memberId, groupInstanceId, errorCode };
  });
  return fence(transition, [...members], answers);
}

/** An administrator removes a static member by its instance id alone; members of either protocol may be named. */
function requireLeaving(group: ConsumerGroup, memberId: string, instanceId: string | null): ConsumerMember {
  if (instanceId === null) return requireMember(group, memberId);
  const member = staticMemberOf(group, instanceId);
  return requireStatic(member, memberId === '' ? (member?.memberId ?? '') : memberId, instanceId);
}

function requireClassic(
  group: ConsumerGroup,
  memberId: string,
  instanceId: string | null,
): { readonly member: ConsumerMember; readonly classic: ClassicMetadata } {
  const member =
    instanceId === null
      ? requireMember(group, memberId)
      : requireStatic(staticMemberOf(group, instanceId), memberId, instanceId);
  if (member.classic !== null) return { member, classic: member.classic };
  throw new Refusal(ErrorCode.UNKNOWN_MEMBER_ID, `Member ${memberId} does not use the classic protocol.`);
}

function refuseGeneration({ memberEpoch }: ConsumerMember, generationId: number): void {
  if (memberEpoch !== generationId) throw new Refusal(ErrorCode.ILLEGAL_GENERATION);
}

/** It must be the one that JoinGroup answered; old versions do not say which they mean. */
function refuseProtocol(
  { supportedProtocols }: ClassicMetadata,
  { protocolType, protocolName }: SyncGroupRequest,
): void {
  const isConsumer = protocolType === null || protocolType === 'consumer';
  const isChosen = protocolName === null || protocolName === supportedProtocols[0]?.name;
  if (!isConsumer || !isChosen) throw new Refusal(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
}

function hasNextStep(group: ConsumerGroup, member: ConsumerMember): boolean {
  const { state, memberEpoch } = member;
  if (memberEpoch < group.assignmentEpoch || state === MemberState.UNREVOKED_PARTITIONS) return true;
  return state === MemberState.UNRELEASED_PARTITIONS && isAllReleased(group, member);
}

function isAllReleased(group: ConsumerGroup, { memberId, assigned }: ConsumerMember): boolean {
  for (const [topicId, partitions] of targetOf(group, memberId)) {
    for (const partition of partitions) {
      if (assigned.get(topicId)?.has(partition)) continue;
      if (group.owners.get(topicId)?.has(partition)) return false;
    }
  }
  return true;
}

/** It has its rebalance timeout to join again, from the first time it was told. */
function awaitJoin(transition: ConsumerTransition, { memberId, rebalanceTimeoutMs }: ConsumerMember): void {
  transition.schedule({ kind: 'member-join', memberId }, rebalanceTimeoutMs, { unlessRunning: true });
}
