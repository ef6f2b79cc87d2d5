import { ErrorCode } from '../../../kafka/protocol/index.ts';
import { type ConsumerGroup, staticMemberOf, targetOf } from './consumer-group.ts';
import { targetMemberRecord } from './consumer-group-record.ts';
import { type ConsumerMember, newConsumerMember, STATIC_LEAVE_EPOCH } from './consumer-member.ts';
import type { ConsumerTransition } from './consumer-transition.ts';
import { refuseMemberEpoch } from './heartbeat-validation.ts';
import type { TopicPartitions } from './partitions.ts';
import { Refusal } from './refusal.ts';

/** Who asks to be a member, or to stay one. */
export interface Applicant {
  readonly memberId: string;
  readonly instanceId: string | null;
  /** It joins; otherwise it has to be a member already. */
  readonly isJoining: boolean;
  /** It speaks the classic protocol, where a join may always take an instance id over. */
  readonly isClassic: boolean;
  /** The epoch it believes to be in; undefined when that is not to be checked. */
  readonly memberEpoch: number | undefined;
  readonly owned: TopicPartitions | null;
}

/** Throws GROUP_MAX_SIZE_REACHED when a member of this id, empty for a new one, has no place in the group. */
export function refuseWhenFull({ group, world }: ConsumerTransition, memberId: string): void {
  const { maxSize } = world.settings;
  if (group.members.size < maxSize || group.members.has(memberId)) return;
  throw new Refusal(
    ErrorCode.GROUP_MAX_SIZE_REACHED,
    `The consumer group has reached its maximum capacity of ${maxSize} members.`,
  );
}

/**
 * The member as it was before the request: known, new, or, for a static member that came back under another id, the
 * former one under its new id, which is recorded at once. Throws when the applicant is no member, or fenced.
 */
export function admit(transition: ConsumerTransition, applicant: Applicant): ConsumerMember {
  const { group } = transition;
  return applicant.instanceId === null
    ? admitDynamic(group, applicant)
    : admitStatic(transition, applicant, applicant.instanceId);
}

function admitDynamic(group: ConsumerGroup, applicant: Applicant): ConsumerMember {
  const { memberId, memberEpoch, owned } = applicant;
  const member = group.members.get(memberId);
  if (member === undefined) {
    if (applicant.isJoining) return newConsumerMember(memberId);
    throw unknownMember(group, memberId);
  }
  if (memberEpoch !== undefined) refuseMemberEpoch(member, memberEpoch, owned);
  return member;
}

function admitStatic(
  transition: ConsumerTransition,
  applicant: Applicant,
  instanceId: string,
): ConsumerMember {
  const { memberId, memberEpoch, owned, isClassic } = applicant;
  const member = staticMemberOf(transition.group, instanceId);
  if (applicant.isJoining) {
    if (member === undefined) return transition.group.members.get(memberId) ?? newConsumerMember(memberId);
    if (!isClassic && member.classic === null) refuseUnreleased(member, memberId, instanceId);
    return replaceMember(transition, member, memberId);
  }
  const known = requireStatic(member, memberId, instanceId);
  if (memberEpoch !== undefined) refuseMemberEpoch(known, memberEpoch, owned);
  return known;
}

function refuseUnreleased(member: ConsumerMember, memberId: string, instanceId: string): void {
  if (member.memberEpoch === STATIC_LEAVE_EPOCH) return;
  throw new Refusal(
    ErrorCode.UNRELEASED_INSTANCE_ID,
    `Static member ${memberId} with instance id ${instanceId} cannot join the group because the instance id is ` +
      `owned by ${member.memberId} member.`,
  );
}

/** The new member takes over what the former one owned and should own. */
function replaceMember(
  transition: ConsumerTransition,
  former: ConsumerMember,
  memberId: string,
): ConsumerMember {
  const target = targetOf(transition.group, former.memberId);
  const member: ConsumerMember = { ...former, memberId, memberEpoch: 0, previousMemberEpoch: 0 };
  transition.removeMember(former.memberId);
  transition.writeMember(member);
  transition.write(targetMemberRecord(transition.groupId, memberId, target));
  transition.writeCurrent(member);
  transition.note('static member is back', { member: memberId, replaced: former.memberId });
  return member;
}

/** The static member, if it has this member id: UNKNOWN_MEMBER_ID or FENCED_INSTANCE_ID otherwise. */
export function requireStatic(
  member: ConsumerMember | undefined,
  memberId: string,
  instanceId: string,
): ConsumerMember {
  if (member === undefined) {
    throw new Refusal(ErrorCode.UNKNOWN_MEMBER_ID, `Instance id ${instanceId} is unknown.`);
  }
  if (member.memberId === memberId) return member;
  throw new Refusal(
    ErrorCode.FENCED_INSTANCE_ID,
    `Static member ${memberId} with instance id ${instanceId} was fenced by member ${member.memberId}.`,
  );
}

/** The member of this id; UNKNOWN_MEMBER_ID when there is none. */
export function requireMember(group: ConsumerGroup, memberId: string): ConsumerMember {
  const member = group.members.get(memberId);
  if (member === undefined) throw unknownMember(group, memberId);
  return member;
}

function unknownMember({ groupId }: ConsumerGroup, memberId: string): Refusal {
  return new Refusal(ErrorCode.UNKNOWN_MEMBER_ID, `Member ${memberId} is not a member of group ${groupId}.`);
}
