import {
  type ClassicGroup,
  type ClassicMember,
  CONSUMER_PROTOCOL_TYPE,
  emptyClassicGroup,
} from '../classic/classic-group.ts';
import { selectProtocol } from '../classic/protocol-selection.ts';
import { prepareRebalance } from '../classic/rebalance.ts';
import { subscribedTopicsOf } from '../classic/subscription.ts';
import { Transition } from '../classic/transition.ts';
import type { Decision } from '../decision.ts';
import { groupMetadataRecord } from '../group-record.ts';
import { type ConsumerGroup, targetOf } from './consumer-group.ts';
import { consumerGroupTombstones } from './consumer-group-record.ts';
import type { ConsumerMember } from './consumer-member.ts';
import type { ConsumerTransition } from './consumer-transition.ts';
import { isDowngradeEnabled } from './consumer-world.ts';
import { writeAssignment } from './embedded-protocol.ts';
import type { Assignment } from './partitions.ts';

/** Who leaves while the group becomes classic, and whether the others have to join again. */
export interface Downgrade {
  readonly leaving: ReadonlySet<string>;
  readonly isRebalance: boolean;
}

/**
 * Whether the group has to become classic without these members: the last ones of the consumer protocol leave, others
 * stay, and `group.consumer.migration.policy` and `group.max.size` allow it.
 */
export function isDowngradeDue({ group, world }: ConsumerTransition, leaving: ReadonlySet<string>): boolean {
  const staying = [...group.members.values()].filter(({ memberId }) => !leaving.has(memberId));
  return (
    isDowngradeEnabled(world.settings) &&
    [...group.members.values()].some(({ classic }) => classic === null) &&
    staying.length > 0 &&
    staying.length <= world.classic.groupMaxSize &&
    staying.every(({ classic }) => classic !== null)
  );
}

/**
 * Makes the group classic. Its generation is the group epoch. Each member has what it should own, or, when all have to
 * join again, what it still owns: B55, should the group become a consumer group again before they have.
 */
export function decideDowngrade(transition: ConsumerTransition, downgrade: Downgrade): Decision {
  const { group, groupId, world, now } = transition;
  const classic = classicGroupOf(transition, downgrade);
  const change = new Transition(classic, world.classic, now);
  change.note('consumer group became a classic group', { members: classic.members.size });
  for (const memberId of group.members.keys()) {
    for (const kind of ['revocation', 'member-join', 'member-sync'] as const) {
      change.cancel({ kind, memberId });
    }
    const member = classic.members.get(memberId);
    if (member === undefined) change.cancel({ kind: 'session', memberId });
    else change.resetSession(member);
  }
  if (downgrade.isRebalance) prepareRebalance(change, 'the last member of the consumer protocol left');
  const before = transition.respond(undefined);
  const { records, timers, events, ...decision } = change.finish();
  return {
    ...decision,
    groupId,
    records: [...before.records, ...consumerGroupTombstones(group), groupMetadataRecord(classic), ...records],
    timers: [...before.timers, ...timers],
    events: [...before.events, ...events],
  };
}

function classicGroupOf(
  { group, groupId, world, now }: ConsumerTransition,
  { leaving, isRebalance }: Downgrade,
): ClassicGroup {
  const staying = [...group.members.values()].filter(({ memberId }) => !leaving.has(memberId));
  const unassigned = new Map(staying.map((member) => [member.memberId, classicMemberOf(member)]));
  const protocolName = selectProtocol(unassigned);
  const members = new Map<string, ClassicMember>();
  const staticMembers = new Map<string, string>();
  for (const member of unassigned.values()) {
    const { memberId, groupInstanceId } = member;
    const metadata = member.protocols.find(({ name }) => name === protocolName)?.metadata;
    const assignment =
      metadata === undefined
        ? member.assignment
        : writeAssignment(
            isRebalance ? holdings(group, memberId) : targetOf(group, memberId),
            metadata,
            world.topics,
          );
    members.set(memberId, { ...member, assignment });
    if (groupInstanceId !== null) staticMembers.set(groupInstanceId, memberId);
  }
  return {
    ...emptyClassicGroup(groupId, now),
    state: 'Stable',
    generationId: group.groupEpoch,
    protocolType: CONSUMER_PROTOCOL_TYPE,
    protocolName,
    leaderId: members.keys().next().value,
    members,
    staticMembers,
    subscribedTopics: subscribedTopicsOf(members, CONSUMER_PROTOCOL_TYPE, protocolName),
  };
}

function holdings({ members }: ConsumerGroup, memberId: string): Assignment {
  const held = new Map<string, Set<number>>();
  const member = members.get(memberId);
  for (const assignment of [member?.assigned, member?.pendingRevocation]) {
    for (const [topicId, epochs] of assignment ?? []) {
      held.set(topicId, new Set([...(held.get(topicId) ?? []), ...epochs.keys()]));
    }
  }
  return held;
}

function classicMemberOf(member: ConsumerMember): ClassicMember {
  return {
    memberId: member.memberId,
    groupInstanceId: member.instanceId,
    clientId: member.clientId,
    clientHost: member.clientHost,
    rebalanceTimeoutMs: member.rebalanceTimeoutMs,
    sessionTimeoutMs: member.classic?.sessionTimeoutMs ?? 0,
    protocols: member.classic?.supportedProtocols ?? [],
    assignment: Buffer.alloc(0),
    isAwaitingJoin: false,
    isAwaitingSync: false,
    isNew: false,
  };
}
