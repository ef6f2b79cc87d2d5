import { ErrorCode, ProtocolDecodeError } from '../../../kafka/protocol/index.ts';
import {
  type ClassicGroup,
  type ClassicMember,
  CONSUMER_PROTOCOL_TYPE,
  metadataOf,
} from '../classic/classic-group.ts';
import { joinResponse, syncResponse } from '../classic/responses.ts';
import type { Answer } from '../decision.ts';
import { type ConsumerGroup, emptyConsumerGroup, subscribedTopics } from './consumer-group.ts';
import { groupEpochRecord, targetEpochRecord, targetMemberRecord } from './consumer-group-record.ts';
import { type ConsumerMember, MemberState, newConsumerMember } from './consumer-member.ts';
import { ConsumerTransition } from './consumer-transition.ts';
import { type ConsumerWorld, isUpgradeEnabled } from './consumer-world.ts';
import { readAssignment, readSubscription } from './embedded-protocol.ts';
import { type Assignment, withEpoch } from './partitions.ts';
import { Refusal } from './refusal.ts';

/**
 * Begins a change of the consumer group that the heartbeat of a joining member asks for. A classic group becomes one:
 * at once when it is empty, with its members when all of them are consumers that the coordinator can assign to, and
 * `group.consumer.migration.policy` allows it. Throws GROUP_ID_NOT_FOUND when the id names another group.
 */
export function joinedGroup(
  existing: ConsumerGroup | ClassicGroup | undefined,
  groupId: string,
  world: ConsumerWorld,
  now: number,
): ConsumerTransition {
  if (existing === undefined) return new ConsumerTransition(emptyConsumerGroup(groupId), world, now);
  if (existing.type === 'consumer') return new ConsumerTransition(existing, world, now);
  if (existing.state === 'Empty') {
    const records = [{ kind: 'group-metadata', group: groupId, value: null }] as const;
    const transition = new ConsumerTransition(emptyConsumerGroup(groupId), world, now, { records });
    for (const memberId of existing.pendingMembers) transition.cancel({ kind: 'session', memberId });
    return transition;
  }
  refuseUpgrade(existing, world);
  return upgrade(existing, world, now);
}

function refuseUpgrade(group: ClassicGroup, { settings }: ConsumerWorld): void {
  const refuse = (reason: string) => {
    const message = `Cannot upgrade classic group ${group.groupId} to consumer group because ${reason}.`;
    throw new Refusal(ErrorCode.GROUP_ID_NOT_FOUND, message);
  };
  if (!isUpgradeEnabled(settings)) refuse('online upgrade is disabled');
  if (group.protocolType !== CONSUMER_PROTOCOL_TYPE) {
    refuse('the group does not use the consumer embedded protocol');
  }
  if (group.members.size > settings.maxSize) {
    refuse('the group size exceeds the consumer group maximum size');
  }
}

/** B55: members go on with what their leader gave them, so nobody else gets it before they have given it up. */
function upgrade(group: ClassicGroup, world: ConsumerWorld, now: number): ConsumerTransition {
  const { groupId, generationId } = group;
  const converted = [...group.members.values()].map((member) => convertMember(group, member, world));
  const transition = new ConsumerTransition(emptyConsumerGroup(groupId), world, now, {
    records: [{ kind: 'group-metadata', group: groupId, value: null }],
    answers: parkedAnswers(group),
  });
  transition.cancel({ kind: 'join' });
  transition.cancel({ kind: 'sync' });
  for (const memberId of group.pendingMembers) transition.cancel({ kind: 'session', memberId });
  for (const { member } of converted) transition.writeMember(member);
  const hash = world.hashes.of(subscribedTopics(transition.group));
  transition.write(groupEpochRecord(groupId, generationId, hash));
  for (const { member, assignment } of converted) {
    transition.write(targetMemberRecord(groupId, member.memberId, assignment));
  }
  transition.write(targetEpochRecord(groupId, generationId, 0));
  for (const { member } of converted) {
    transition.writeCurrent(member);
    const sessionTimeoutMs = member.classic?.sessionTimeoutMs ?? 0;
    transition.schedule({ kind: 'session', memberId: member.memberId }, sessionTimeoutMs);
  }
  transition.note('classic group became a consumer group', { members: converted.length });
  return transition;
}

function convertMember(
  group: ClassicGroup,
  member: ClassicMember,
  { topics }: ConsumerWorld,
): { readonly member: ConsumerMember; readonly assignment: Assignment } {
  // While its first members join, the group has no protocol yet.
  const { topics: names, rackId } = orMalformed(group, () =>
    readSubscription(metadataOf(member, group.protocolName ?? member.protocols[0]?.name)),
  );
  const { assignment, hasUserData } = orMalformed(group, () => readAssignment(member.assignment, topics));
  if (hasUserData) {
    throw new Refusal(
      ErrorCode.GROUP_ID_NOT_FOUND,
      `Cannot upgrade classic group ${group.groupId} to consumer group because an unsupported custom assignor is in ` +
        'use. Please refer to the documentation or switch to a default assignor before re-attempting the upgrade.',
    );
  }
  return {
    assignment,
    member: {
      ...newConsumerMember(member.memberId),
      instanceId: member.groupInstanceId,
      rackId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      rebalanceTimeoutMs: member.rebalanceTimeoutMs,
      subscribedTopicNames: new Set(names),
      memberEpoch: group.generationId,
      previousMemberEpoch: group.generationId,
      state: MemberState.STABLE,
      assigned: withEpoch(assignment, group.generationId),
      classic: { sessionTimeoutMs: member.sessionTimeoutMs, supportedProtocols: member.protocols },
    },
  };
}

function orMalformed<T>({ groupId }: ClassicGroup, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ProtocolDecodeError)) throw error;
    throw new Refusal(
      ErrorCode.GROUP_ID_NOT_FOUND,
      `Cannot upgrade classic group ${groupId} to consumer group because the embedded consumer protocol is malformed.`,
    );
  }
}

/** Who waits is told to join again, which makes it a member of the consumer group. */
function parkedAnswers(group: ClassicGroup): readonly Answer[] {
  const errorCode = ErrorCode.REBALANCE_IN_PROGRESS;
  return [...group.members.values()].flatMap(({ memberId, isAwaitingJoin, isAwaitingSync }): Answer[] => {
    if (isAwaitingJoin) return [{ kind: 'join', memberId, response: joinResponse(memberId, { errorCode }) }];
    return isAwaitingSync ? [{ kind: 'sync', memberId, response: syncResponse({ errorCode }) }] : [];
  });
}
