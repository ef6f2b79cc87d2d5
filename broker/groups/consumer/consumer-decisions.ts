import { type ConsumerGroupHeartbeatResponse, ErrorCode } from '../../../kafka/protocol/index.ts';
import type { ClassicGroup } from '../classic/classic-group.ts';
import { type Decision, respond } from '../decision.ts';
import { IN_PROCESS_HOST } from '../request-context.ts';
import type { ConsumerGroup } from './consumer-group.ts';
import { JOIN_EPOCH, MemberState } from './consumer-member.ts';
import { ConsumerTransition } from './consumer-transition.ts';
import type { ConsumerWorld } from './consumer-world.ts';
import { decideLeave } from './departure.ts';
import { type ConsumerHeartbeat, decideHeartbeat, heartbeatResponse } from './heartbeat.ts';
import { orRefuse, Refusal } from './refusal.ts';
import { joinedGroup } from './upgrade.ts';

/** Decides on a valid ConsumerGroupHeartbeat: a member joins, stays or leaves. Errors are answers. */
export function decideConsumerHeartbeat(
  existing: ConsumerGroup | ClassicGroup | { readonly type: 'foreign' } | undefined,
  heartbeat: ConsumerHeartbeat,
  world: ConsumerWorld,
  now: number,
): Decision<ConsumerGroupHeartbeatResponse> {
  const { groupId, memberEpoch } = heartbeat.request;
  return orRefuse(
    () => {
      const isJoining = memberEpoch === JOIN_EPOCH;
      if (existing?.type === 'foreign') throw notConsumer(groupId);
      if (isJoining) return decideHeartbeat(joinedGroup(existing, groupId, world, now), heartbeat);
      if (existing === undefined) throw notFound(groupId, memberEpoch);
      if (existing.type === 'classic') throw notConsumer(groupId);
      const transition = new ConsumerTransition(existing, world, now);
      return memberEpoch < JOIN_EPOCH
        ? decideLeave(transition, heartbeat.request)
        : decideHeartbeat(transition, heartbeat);
    },
    ({ errorCode, errorMessage }) =>
      respond(groupId, { ...heartbeatResponse(null, 0), errorCode, errorMessage }),
  );
}

function notFound(groupId: string, memberEpoch: number): Refusal {
  const what = memberEpoch < JOIN_EPOCH ? 'Group' : 'Consumer group';
  return new Refusal(ErrorCode.GROUP_ID_NOT_FOUND, `${what} ${groupId} not found.`);
}

function notConsumer(groupId: string): Refusal {
  return new Refusal(ErrorCode.GROUP_ID_NOT_FOUND, `Group ${groupId} is not a consumer group.`);
}

/** What has to happen after the last record of the group was replayed: sessions and rebalance timeouts start anew. */
export function decideConsumerLoaded(group: ConsumerGroup, world: ConsumerWorld, now: number): Decision {
  const transition = new ConsumerTransition(group, world, now);
  const { sessionTimeoutMs } = world.timesOf(group.groupId);
  for (const { memberId, memberEpoch, clientHost, state, rebalanceTimeoutMs } of group.members.values()) {
    // Who lived in the broker's process ended with it: nobody waits for such a member after a crash.
    const hasEnded = clientHost === IN_PROCESS_HOST;
    transition.schedule({ kind: 'session', memberId }, hasEnded ? 0 : sessionTimeoutMs);
    if (state === MemberState.UNREVOKED_PARTITIONS) {
      transition.schedule({ kind: 'revocation', memberId, memberEpoch }, rebalanceTimeoutMs);
    }
  }
  return transition.respond(undefined);
}
